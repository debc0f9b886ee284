"""Pages as documents: guides, policies, slides, reports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path

from copassist.records import Identity, Record, Role, Segment
from ingest.pages.dates import find_date, only_date, readable
from ingest.pages.page import SHORT, Page, Piece
from ingest.pages.text import split
from ingest.sessions.people import identity, names


def record(page: Page, path: Path, locator: str) -> Record:
    """The document that a page is; its segments are empty where the page has no text.

    Its date is the day that it states for itself, in its front matter, text, title or file name, else the day on
    which an Office or PDF file says it was changed last.
    """
    front = page.front.get("title")
    stated = str(front).strip() if isinstance(front, str | date) else ""
    title = stated or page.title or page.file_title or readable(path)
    day = _stated_date(page) or find_date(page.title) or find_date(path.stem) or page.file_date
    people = dict.fromkeys(_authors(page)) or dict.fromkeys(_file_author(page.file_author))
    roles: tuple[tuple[Identity, Role], ...] = tuple((person, "author") for person in people)
    return Record(locator, "document", title, tuple(segments(page.pieces)), day, roles=roles)


def segments(pieces: Iterable[Piece]) -> Iterator[Segment]:
    """One segment for each piece; a list item with all that is nested in it is one where it is short."""
    for group in _items(pieces):
        together = "\n".join(piece.text for piece in group)
        texts = [together] if len(together) <= SHORT else [piece.text for piece in group]
        for text in (part for whole in texts for part in split(whole)):
            yield Segment(text, section=" > ".join(group[0].headings), location=group[0].location)


def _items(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    group: list[Piece] = []
    for piece in pieces:
        nested = piece.depth > 1 or (piece.depth == 1 and not piece.opens)
        if group and not (nested and piece.block == group[0].block and group[0].depth):
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


# What a document says about itself

_CHANGED = r"(?:(?:last )?(?:updated?|modified|edited|changed|reviewed|revised)|last (?:change|edit|review|revision))"
_DATED = (
    re.compile(rf"{_CHANGED}(?: (?:on|at|date|time))?\s*:|as of\b|valid (?:from|since)\b", re.IGNORECASE),
    re.compile(
        r"(?:(?:document|publication|version|effective|issue) )?(?:date|published|created|effective|issued)"
        r"(?: (?:on|at|date|time))?\s*:|version \d[\w.]{0,8}\s?[,(]\s?(?:\d|\w{3,9} \d)",
        re.IGNORECASE,
    ),
)
"""How lines begin that say when a text was last right; those that count more come first."""
_AUTHORED = re.compile(
    r"(?:document |page )?(?:authors?|owners?|maintainers?|"
    r"(?:written|maintained|owned|created|prepared) by)\s*:\s*(.+)",
    re.IGNORECASE,
)
_DATE_KEYS = (
    "last_updated", "last-updated", "last updated", "updated", "lastmod", "last_reviewed", "modified", "last_modified",
    "date",
)  # fmt: skip
_AUTHOR_KEYS = ("author", "authors", "owner", "owners", "maintainer", "maintainers")
_NO_PERSON = re.compile(
    r"\b(?:user|office|admin\w*|owner|team|microsoft|google|apple|apache|adobe|openpyxl|libreoffice|unknown|author|"
    r"python|pandoc|company|inc|ltd|gmbh|default|windows|writer|word|converter)\b",
    re.IGNORECASE,
)


def _stated_date(page: Page) -> date | None:
    for key in _DATE_KEYS:
        value = page.front.get(key)
        if isinstance(value, date):
            return value.date() if isinstance(value, datetime) else value
        if isinstance(value, str) and (found := find_date(value)):
            return found
    lines = list(_lines([*page.pieces[:30], *page.pieces[30:][-5:]]))
    for label in _DATED:
        for line in lines:
            if label.match(line) and (found := find_date(line)):
                return found
    return next((found for line in _lines(page.pieces[:4]) if (found := only_date(line))), None)


def _authors(page: Page) -> Iterator[Identity]:
    for key in _AUTHOR_KEYS:
        value = page.front.get(key)
        for entry in value if isinstance(value, list) else [value]:
            name = entry.get("name") if isinstance(entry, dict) else entry
            if isinstance(name, str):
                yield from (person for person, _ in names(name, "author"))
    for line in _lines(page.pieces[:15]):
        if stated := _AUTHORED.fullmatch(line):
            yield from (person for person, _ in names(stated[1], "author"))


def _file_author(name: str) -> Iterator[Identity]:
    """The person that a file's properties name as its author, if it looks like one's full name."""
    person = identity(name)
    if person and " " in person.name and not _NO_PERSON.search(name):
        yield person


def _lines(pieces: Iterable[Piece]) -> Iterator[str]:
    """The lines of text; of a table with two columns, what is in one row after the other and a colon."""
    for piece in pieces:
        if piece.rows and all(len(row) == 2 for row in piece.rows):
            yield from (f"{label.rstrip(':')}: {said}" for label, said in piece.rows)
        elif not piece.code:
            yield from piece.text.split("\n")
