"""PDF files with text, as pages."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from ingest.pages import outline
from ingest.pages.dates import find_date
from ingest.pages.outline import Block, Heading
from ingest.pages.page import Page, Piece, paragraph

SECONDS = 120
"""How long the reader may take for one file: some 20,000 pages."""
_SCAN = "no text in it (a scan?); run text recognition (OCR) on it, or find its source"
_BROKEN = "can't be read; open the file and save it again"
_FEW = 3
"""So many pages in a row without text are reported; fewer are pictures, if most pages have text."""

_MOST_HEADINGS = 100
"""So many entries of the outline are looked for on one page."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page of the file: its number from 1, its lines, and why it has none."""

    number: int
    lines: list[str]
    problem: str = ""


def pdf(content: bytes) -> Page:
    """A PDF file, page by page, in the sections of its outline.

    Raises ValueError with the reason when it is broken, encrypted or holds no text.
    """
    about, *rest = _read(content)
    if about.get("failed") == "password":
        raise ValueError("encrypted; save it without a password")
    if "pages" not in about:
        raise ValueError("broken PDF file; open it and save it again")
    sheets = _without_running_lines([_sheet(number, said) for number, said in enumerate(rest, 1)])
    if len(sheets) == about["pages"] and all(not s.lines and s.problem in ("", _SCAN) for s in sheets):
        raise ValueError(_SCAN)
    problems = list(_problems(sheets))
    if len(sheets) < about["pages"]:
        place = _pages(len(sheets) + 1, about["pages"])
        problems.append((place, _BROKEN))
    title, day, author = _properties(about["about"])
    page = outline.page(list(_blocks(sheets, about["outline"])))
    return replace(page, file_title=title, file_date=day, file_author=author, problems=tuple(problems))


def _read(content: bytes) -> list[dict[str, Any]]:
    """What the reader writes of the file, as far as it gets: of the whole, then of each page."""
    program = [sys.executable, "-I", str(Path(__file__).with_name("pdf_text.py"))]
    try:
        output = subprocess.run(program, input=content, capture_output=True, timeout=SECONDS).stdout
    except subprocess.TimeoutExpired as error:
        output = error.stdout or b""
        if not output:
            raise ValueError(
                f"takes longer than {SECONDS} seconds to read; split it into smaller files"
            ) from None
    whole_lines = output[: output.rfind(b"\n") + 1].splitlines()
    return [json.loads(line) for line in whole_lines] or [{}]


def _properties(found: dict[str, str]) -> tuple[str, date | None, str]:
    title, author = found.get("Title", "").strip(), found.get("Author", "").strip()
    if re.match(r"untitled|microsoft (?:word|powerpoint) - |.*\.\w{3,4}$", title, re.IGNORECASE):
        title = ""
    changed = found.get("ModDate") or found.get("CreationDate") or ""
    return title, find_date(changed[2:10]), author


# Pages


def _sheet(number: int, said: dict[str, Any]) -> _Sheet:
    if "failed" in said:
        return _Sheet(number, [], _BROKEN)
    text = re.sub("[\x02\ufffe]", f"{_CUT}\n", said["text"])
    lines = [line for line in text.replace("\0", "").splitlines() if not _LEADER.search(line)]
    return _Sheet(number, lines, "" if any(line.strip() for line in lines) or said["empty"] else _SCAN)


_CUT = "\u00ad"
"""The hyphen of a word that a line break cut."""
_LEADER = re.compile(r"(?:\.[ .]?){6}[ .]*\d+\s*$")
"""A line of a table of contents."""


def _without_running_lines(sheets: Sequence[_Sheet]) -> list[_Sheet]:
    """The pages without the lines at their top and bottom that three pages or more have in common."""

    def shape(line: str) -> str:
        return re.sub(r"\d+", "#", line.strip())

    ends = Counter(shape(line) for sheet in sheets for line in {*sheet.lines[:1], *sheet.lines[-1:]})
    found = []
    for sheet in sheets:
        last = len(sheet.lines) - 1
        kept = [line for i, line in enumerate(sheet.lines) if i not in (0, last) or ends[shape(line)] < 3]
        nothing = sheet.lines and not any(line.strip() for line in kept)
        found.append(replace(sheet, lines=kept, problem=_SCAN if nothing else sheet.problem))
    return found


def _problems(sheets: Sequence[_Sheet]) -> Iterator[tuple[str, str]]:
    """Where pages have no text, or can't be read."""
    scans = sum(sheet.problem == _SCAN for sheet in sheets)
    for problem, run in groupby(sheets, key=lambda sheet: sheet.problem):
        numbers = [sheet.number for sheet in run]
        if problem and (problem != _SCAN or len(numbers) >= _FEW or scans * 2 > len(sheets)):
            yield _pages(numbers[0], numbers[-1]), problem


def _pages(first: int, last: int) -> str:
    return f"page {first}" if first == last else f"pages {first}-{last}"


# Paragraphs under the headings of the outline


def _blocks(sheets: Sequence[_Sheet], entries: Sequence[tuple[str, int, int]]) -> Iterator[Block]:
    """The paragraphs of each page, and each heading of the outline where its line stands, or at the top of its page."""
    waiting = [
        (Heading(level + 2, " ".join(title.split())), page + 1) for title, level, page in reversed(entries)
    ]
    for sheet in sheets:
        due: list[Heading] = []
        while waiting and waiting[-1][1] <= sheet.number:
            due.append(waiting.pop()[0])
        seen = [h for h in due[:_MOST_HEADINGS] if any(_is_heading(line, h.text) for line in sheet.lines)]
        yield from (heading for heading in due if heading not in seen)
        lines: list[str] = []
        for line in sheet.lines:
            if seen and _is_heading(line, seen[0].text):
                yield from _paragraphs(lines, sheet.number)
                yield seen.pop(0)
                lines = []
            else:
                lines.append(line)
        yield from _paragraphs(lines, sheet.number)


def _is_heading(line: str, title: str) -> bool:
    """Whether a line is the heading that the outline calls `title`, numbered or not."""
    bare = " ".join(line.split())
    return bare.lower().endswith(title.lower()) and not bare[: len(bare) - len(title)].strip(" .0123456789§")


def _paragraphs(lines: Sequence[str], number: int) -> Iterator[list[Piece]]:
    for text in paragraphs(lines):
        yield [replace(piece, location=f"page {number}") for piece in paragraph(text)]


def paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """The paragraphs of a page, wrapped as they are: parted by a blank line, a bullet or a short line that ends.

    A word that a line break cut with a hyphen is whole again. An item of a list begins with "• " or its number.
    """
    width = max((len(line.rstrip()) for line in lines), default=0)
    text: list[str] = []
    for line in [*lines, ""]:
        bare = re.sub(r"^[•·▪◦‣–*-]\s+(?=\S)", "• ", " ".join(line.split()))
        if text and (not bare or re.match(r"(?:•|\d{1,2}[.)])\s+\S", bare)):
            yield "".join(text)
            text = []
        if text and (
            text[-1].endswith(_CUT) or (re.search(r"[a-z]-$", text[-1][-2:]) and bare[:1].islower())
        ):
            text[-1] = text[-1][:-1]
            text.append(bare)
        elif bare:
            text += ["\n", bare] if text else [bare]
        if text and bare.endswith((".", "!", "?", ":")) and len(line.rstrip()) < 0.8 * width:
            yield "".join(text)
            text = []
