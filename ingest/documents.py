"""Pages as documents: guides, policies, slides, reports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path

from copassist.records import Identity, Record, Role, Segment
from ingest.people import names
from ingest.pages.dates import find_date, readable
from ingest.pages.page import SHORT, Page, Piece
from ingest.pages.text import split


def record(page: Page, path: Path, locator: str) -> Record:
    """The document that a page is; its segments are empty where the page has no text."""
    front = page.front.get("title")
    stated = str(front).strip() if isinstance(front, str | date) else ""
    title = stated or page.title or page.file_title or readable(path)
    day = _stated_date(page) or find_date(path.stem) or page.file_date
    return Record(locator, "document", title, tuple(segments(page.pieces)), day, roles=tuple(_authors(page)))


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

_DATED = re.compile(
    r"(?:last )?(?:updated?|modified|reviewed|revised|date|as of|valid from)(?: on)?\s*:", re.IGNORECASE
)
_AUTHORED = re.compile(
    r"(?:document |page )?(?:authors?|owners?|maintainers?|(?:written|maintained|owned) by)\s*:\s*(.+)",
    re.IGNORECASE,
)
_DATE_KEYS = ("last_updated", "last-updated", "updated", "lastmod", "last_reviewed", "modified", "date")
_AUTHOR_KEYS = ("author", "authors", "owner", "owners", "maintainer", "maintainers")


def _stated_date(page: Page) -> date | None:
    for key in _DATE_KEYS:
        value = page.front.get(key)
        if isinstance(value, date):
            return value.date() if isinstance(value, datetime) else value
        if isinstance(value, str) and (found := find_date(value)):
            return found
    for line in _lines([*page.pieces[:30], *page.pieces[-5:]]):
        if _DATED.match(line) and (found := find_date(line)):
            return found
    return None


def _authors(page: Page) -> Iterator[tuple[Identity, Role]]:
    found: list[Identity] = []
    for key in _AUTHOR_KEYS:
        value = page.front.get(key)
        for name in value if isinstance(value, list) else [value]:
            if isinstance(name, str):
                found += [person for person, _ in names(name, "author")]
    for line in _lines(page.pieces[:15]):
        if stated := _AUTHORED.fullmatch(line):
            found += [person for person, _ in names(stated[1], "author")]
    yield from ((person, "author") for person in dict.fromkeys(found))


def _lines(pieces: Iterable[Piece]) -> Iterator[str]:
    return (line for piece in pieces if not piece.code for line in piece.text.split("\n"))
