"""What a page says of its meeting: title, date, format, and which part of it a heading announces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from copassist.records import Format, Part
from ingest.pages.dates import find_date, readable
from ingest.pages.page import Page


def title_of(page: Page, path: Path) -> str:
    front = page.front.get("title")
    title = str(front).strip() if isinstance(front, str | date) else ""
    title = title or page.title or readable(path)
    found = find_date(title)
    if found and not re.search(r"[^\W\d]", title):
        name = readable(Path(*path.parts[:-1], f"{found}.md"))
        return name if name != str(found) else title
    return title


def date_of(page: Page, title: str, path: Path) -> date | None:
    for key in ("date", "meeting date", "when", "held"):
        value = page.front.get(key)
        if isinstance(value, date):
            return value.date() if isinstance(value, datetime) else value
        if isinstance(value, str) and (found := find_date(value)):
            return found
    for text in (title, page.title, path.stem):
        if found := find_date(text):
            return found
    for line in (line for piece in page.pieces[:30] for line in piece.text.split("\n")):
        if re.match(r"(?:[a-z]+ )?(?:date|when|held(?: on)?|time)\s*:", line, re.IGNORECASE) and (
            found := find_date(line)
        ):
            return found
    return None


_FORMATS: tuple[tuple[Format, re.Pattern[str]], ...] = (
    ("clinic", re.compile(r"\bclinics?\b|problem[ -]solving", re.IGNORECASE)),
    (
        "show-and-tell",
        re.compile(r"\bshow[ _-]?(?:and|&|n|'n')?[ _-]?tell\b|\bdemo (?:day|session)\b", re.IGNORECASE),
    ),
    ("peer-review", re.compile(r"\bpeer[ _-]?reviews?\b", re.IGNORECASE)),
    ("ama", re.compile(r"\bama\b|\bask[ _-]me[ _-]anything\b|\bask[ _-]the[ _-]expert", re.IGNORECASE)),
)


def format_named(text: object) -> Format:
    if not isinstance(text, str):
        return ""
    for name, pattern in _FORMATS:
        if pattern.search(text.replace("_", " ")):
            return name
    return "meeting" if re.search(r"\bmeeting\b", text, re.IGNORECASE) else ""


def format_of(page: Page, title: str, path: Path) -> Format:
    for text in (page.front.get("format"), page.front.get("type"), title, page.title, path.stem):
        if found := format_named(text):
            return found
    parts = {part_of(heading) for heading in page.headings}
    return "clinic" if "problem" in parts and parts & {"advice", "outcome"} else "meeting"


_PARTS: tuple[tuple[Part, re.Pattern[str]], ...] = (
    ("problem", re.compile(r"(?:the )?(?:problems?|challenge|case|question brought)\b", re.IGNORECASE)),
    ("advice", re.compile(r"(?:the )?(?:advice|suggestions?|recommendations?|ideas)\b", re.IGNORECASE)),
    (
        "outcome",
        re.compile(r"(?:the )?(?:outcomes?|results?|resolutions?|what happened|solution)\b", re.IGNORECASE),
    ),
    (
        "next-step",
        re.compile(r"(?:next[ -]steps?|action(?: item)?s?|to-?dos?|follow[ -]?ups?)\b", re.IGNORECASE),
    ),
    ("decision", re.compile(r"(?:decisions?|decided|agreed)\b", re.IGNORECASE)),
)


def part_of(heading: str) -> Part:
    """The part that a heading announces; only a short one does, "Results of the survey in May" doesn't."""
    if len(heading.split()) > 4:
        return ""
    return next((part for part, pattern in _PARTS if pattern.match(heading)), "")


def part_below(headings: Sequence[str]) -> Part:
    for heading in reversed(headings):
        if part := part_of(heading):
            return part
    return ""
