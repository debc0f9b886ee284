"""What a page says of its meeting: title, day and format."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from copassist.records import Format
from ingest.pages.dates import readable
from ingest.pages.page import Page
from ingest.sessions.days import day_in
from ingest.sessions.labels import part_of, role_of

DATE_LINE = re.compile(
    r"\W*(?:(?:meeting|session|clinic|call|event) )?(?:date(?:\s?(?:/|&|and)\s?time)?|when|held(?: on)?|time|day|"
    r"datum|wann|fecha|cuándo|quand)\s*:",
    re.IGNORECASE,
)
_BESIDES = re.compile(
    r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b|\d|[ap]\.?m\b|\b(?:utc|gmt|[cepm]e?[sd]?t)\b|"
    r"\b(?:at|on|to|the|time|uhr|day)\b",
    re.IGNORECASE,
)
_OTHER_DAY = re.compile(
    r"\b(?:published|posted|created|updated|modified|due|deadline|printed|generated|exported|copyright|since|until|"
    r"before|after|next|last|previous|from)\b",
    re.IGNORECASE,
)


def title_of(page: Page, path: Path) -> str:
    """What a reader would call the meeting; a title that is only a day has the name of the folder before it."""
    front = page.front.get("title")
    title = str(front).strip() if isinstance(front, str | date) else ""
    title = title or page.title or _heading_of_all(page) or _first_line(page, path) or readable(path)
    found = day_in(title)
    if found and not re.search(r"[^\W\d]", title[: found.start] + title[found.end :]):
        name = readable(Path(*path.parts[:-1], f"{found.day}.md"))
        return name if name != str(found.day) else title
    return title


def _heading_of_all(page: Page) -> str:
    """The heading below which all but a few lines of a page stand, "" without one."""
    above = [piece.headings[:1] for piece in page.pieces]
    first = next((i for i, heading in enumerate(above) if heading), len(above))
    return above[first][0] if first < min(4, len(above)) and len(set(above[first:])) == 1 else ""


def _first_line(page: Page, path: Path) -> str:
    """The short line with which a text without headings begins, as in Word or plain text; "" without one."""
    if page.headings or not page.pieces or path.suffix.lower() in (".md", ".markdown"):
        return ""
    first = page.pieces[0]
    line = first.text.partition("\n")[0]
    short = 3 < len(line) < 70 and re.search(r"[^\W\d_]{3}[^.:,;!?]*$", line) is not None
    plain = not (first.depth or first.rows or first.code or ":" in line or role_of(line))
    return line if short and plain and len(page.pieces) > 1 else ""


def date_of(page: Page, title: str, path: Path) -> date | None:
    """The day of the meeting, as front matter, file name, title or a line of its own states it; never a mention.

    Where file name and title differ, titles are those that were copied from other notes.
    """
    for key in ("date", "meeting date", "meeting_date", "when", "held", "day"):
        value = page.front.get(key)
        if isinstance(value, date):
            return value.date() if isinstance(value, datetime) else value
        if isinstance(value, str) and (found := day_in(value)):
            return found.day
    nameless = re.fullmatch(r"(?:index|readme|notes|minutes)", path.stem, re.IGNORECASE)
    names = (path.parent.name,) if nameless else (path.stem,)
    for text in (*names, title, page.title):
        if found := day_in(text):
            return found.day
    year = next((int(n) for n in reversed(path.parts[-4:-1]) if re.fullmatch(r"(?:19|20)\d\d", n)), None)
    return next(_days_stated(page, (title, page.title) if year else (), year), None)


def _days_stated(page: Page, names: Sequence[str], year: int | None) -> Iterator[date]:
    """The days of lines that state one; `year` is that of the folder, for names and lines without one."""
    for name in names:
        if found := day_in(name, year):
            yield found.day
    lines = [line for piece in page.pieces[:30] if not piece.quoted for line in piece.text.split("\n")]
    for line in (*page.headings[:30], *lines):
        if DATE_LINE.match(line) and (found := day_in(line, year)):
            yield found.day
    for piece in page.pieces[:3]:
        alone = len(piece.text) < 80 and "\n" not in piece.text and not piece.quoted
        found = day_in(piece.text) if alone else None
        if found and not _OTHER_DAY.search(piece.text):
            rest = _BESIDES.sub(" ", f"{piece.text[: found.start]} {piece.text[found.end :]}")
            if len(re.findall(r"\w+", rest)) < 3:
                yield found.day


# Format

_FORMATS: tuple[tuple[Format, re.Pattern[str]], ...] = (
    ("clinic", re.compile(r"\bclinics?\b|problem[ -]solving|\bfallberatung\b", re.IGNORECASE)),
    (
        "show-and-tell",
        re.compile(r"\bshow[ _-]?(?:and|&|n|'n')?[ _-]?tells?\b|\bdemo (?:day|session)\b", re.IGNORECASE),
    ),
    ("peer-review", re.compile(r"\bpeer[ _-]?reviews?\b", re.IGNORECASE)),
    ("ama", re.compile(r"\bamas?\b|\bask[ _-]me[ _-]anything\b|\bask[ _-]the[ _-]expert", re.IGNORECASE)),
)


def format_named(text: object) -> Format:
    """The format that a name of a session says; "" when none."""
    if not isinstance(text, str):
        return ""
    for name, pattern in _FORMATS:
        if pattern.search(text.replace("_", " ")):
            return name
    return "meeting" if re.search(r"\bmeeting\b", text, re.IGNORECASE) else ""


def format_of(page: Page, title: str, path: Path, folder: str = "") -> Format:
    """The format that front matter, title, file name, folder or the parts of a page say; else "meeting"."""
    said = (page.front.get("format"), page.front.get("type"), title, page.title, path.stem.replace("-", " "))
    for text in said:
        if found := format_named(text):
            return found
    parts = {part_of(text) for text in (*page.headings, *_labels(page))}
    if "problem" in parts and parts & {"advice", "outcome"}:
        return "clinic"
    of_folder = format_named(folder.replace("-", " "))
    return of_folder or "meeting"


def _labels(page: Page) -> Iterator[str]:
    """The short lines that stand alone and divide a page like headings: "**Advice**", "Problem:"."""
    return (piece.text for piece in page.pieces if not (piece.code or piece.depth) and len(piece.text) < 32)
