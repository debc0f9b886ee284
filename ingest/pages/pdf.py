"""PDF files with text, as pages."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from ingest.pages.dates import find_date
from ingest.pages.page import Page, Piece


def pdf(content: bytes) -> Page:
    """A PDF file, page by page. Raises ValueError with the reason when it is broken or holds no text."""
    from pypdf import PdfReader

    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ValueError("encrypted; save it without a password")
        pages = list(reader.pages)
        title, changed = _pdf_properties(reader)
    except ValueError:
        raise
    except Exception as error:  # pypdf raises anything on a broken file
        raise ValueError(f"broken PDF file ({type(error).__name__}); open it and save it again") from error
    texts: list[tuple[int, list[str]]] = []
    problems = []
    for number, page in enumerate(pages, 1):
        try:
            texts.append((number, page.extract_text().replace("\0", "").splitlines()))
        except Exception as error:
            problems.append((f"page {number}", f"the page can't be read ({type(error).__name__})"))
    pieces = [
        Piece(text, block=number, location=f"page {number}")
        for number, lines in _without_running_lines(texts)
        for text in paragraphs(lines)
    ]
    if not pieces and not problems:
        raise ValueError("no text in it (a scan?); run text recognition (OCR) on it, or find its source")
    return Page(pieces=tuple(pieces), file_title=title, file_date=changed, problems=tuple(problems))


def _pdf_properties(reader: Any) -> tuple[str, date | None]:
    found = reader.metadata
    if not found:
        return "", None
    title = str(found.get("/Title") or "").strip()
    title = (
        ""
        if re.match(r"untitled|microsoft (?:word|powerpoint) - |.*\.\w{3,4}$", title, re.IGNORECASE)
        else title
    )
    changed = str(found.get("/ModDate") or found.get("/CreationDate") or "")
    return title, find_date(changed[2:10])


def _without_running_lines(pages: Sequence[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """The pages without the first and last lines that three pages or more have in common."""

    def shape(line: str) -> str:
        return re.sub(r"\d+", "#", line.strip())

    ends = Counter(shape(line) for _, lines in pages for line in {*lines[:1], *lines[-1:]})
    for number, lines in pages:
        last = len(lines) - 1
        yield number, [line for i, line in enumerate(lines) if i not in (0, last) or ends[shape(line)] < 3]


def paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """The paragraphs of a page's lines: parted by a blank line, a bullet or a short line that ends.

    A word that a line break cut with a hyphen is whole again.
    """
    width = max((len(line.rstrip()) for line in lines), default=0)
    text = ""
    for line in [*lines, ""]:
        bare = " ".join(line.split())
        item = re.match(r"(?:[•·▪◦‣–*-]|\d{1,2}[.)])\s+(?=\S)", bare)
        if text and (not bare or item):
            yield text
            text = ""
        bare = re.sub(r"^[•·▪◦‣*-]\s+", "", bare)
        hyphenated = re.search(r"[a-z]-$", text) and bare[:1].islower()
        text = text[:-1] + bare if hyphenated else f"{text} {bare}".strip()
        if text and bare.endswith((".", "!", "?", ":")) and len(line.rstrip()) < 0.8 * width:
            yield text
            text = ""
