"""Notes of a community's meetings, as sessions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from copassist.records import Format, Identity, Part, Read, Record, Segment, Skipped
from ingest.meeting import date_of, format_named, format_of, part_below, part_of, title_of
from ingest.pages.dates import find_date
from ingest.pages.page import Page, Piece
from ingest.pages.text import split
from ingest.people import LABELLED, front_name, names, names_people, people, plain, role_of, settle_hosts
from ingest.transcripts import CAPTIONS
from ingest.transcripts import read as captions
from ingest.voices import Turn, packed, speakers_of, speaking_role, voiced

__all__ = ["CAPTIONS", "captions", "is_session", "names", "sessions"]


def sessions(page: Page, path: Path, locator: str) -> Iterator[Read]:
    """Yield each session that the notes on a page tell of, or why there is none."""
    yield _note(page, path, locator)


def is_session(page: Page, path: Path, locator: str) -> bool:
    """Whether a page holds notes of a meeting; if not, it is a document (guide, policy, index)."""
    if format_named(page.front.get("format")) or any(role_of(key) for key in _FRONT_SIGNS & set(page.front)):
        return True
    if re.match(
        r"(_?index|readme|faq|summary|contributing|template|changelog|agenda)$", path.stem, re.IGNORECASE
    ):
        return False
    if any(role in ("attendee", "facilitator") for _, role in people(page)):
        return True
    title = title_of(page, path)
    if _SESSION_TITLE.match(title):
        return True
    dated = find_date(path.stem) or find_date(title)
    folders = "/".join(PurePosixPath(locator).parts[:-1])
    return bool(dated and (_MEETING_FOLDER.search(folders) or _MEETING_WORD.search(f"{title} {path.stem}")))


_FRONT_SIGNS = {"attendees", "participants", "present", "facilitator", "facilitators", "presenter", "chair"}
_SESSION_TITLE = re.compile(
    r"(?!how|guide|about|template|running|what)(?:[\w -]{0,20} )?"
    r"(?:clinic|show\s?(?:and|&|n)\s?tell|peer[ -]review(?: circle)?|ama|ask me anything)\s*(?:[:#–—(\d]|- )",
    re.IGNORECASE,
)
_MEETING_FOLDER = re.compile(
    r"(?:^|[/_ -])(?:minutes|meetings?|sessions?|notes|clinics?|agendas?)(?:$|[/_ -])", re.IGNORECASE
)
_MEETING_WORD = re.compile(
    r"\b(?:meeting|minutes|sync|stand-?up|retro(?:spective)?|clinic|session|agenda|call|show (?:and|&) tell|"
    r"ama|peer review)\b",
    re.IGNORECASE,
)


def _note(page: Page, path: Path, locator: str) -> Read:
    title = title_of(page, path)
    roles = people(page)
    kind = format_of(page, title, path)
    roles = settle_hosts(roles, kind)
    segments = tuple(_segments(page, kind, roles))
    if segments:
        segments = (*_front_people(page), *segments)
    else:
        return Skipped(locator, "page without text")
    return Record(locator, "session", title, segments, date_of(page, title, path), kind, plain(roles))


def _front_people(page: Page) -> Iterator[Segment]:
    """The lines of the front matter that say who ran the meeting or was there, as they would stand in the text."""
    for key, value in page.front.items():
        label = key.replace("_", " ")
        if role_of(label) not in ("", "absent"):
            entries = [front_name(entry) for entry in (value if isinstance(value, list) else [value])[:200]]
            if text := ", ".join(entry for entry in entries if entry):
                yield Segment(f"{label[:1].upper()}{label[1:]}: {text}", part="people")


# Segments


def _segments(page: Page, kind: Format, roles: Sequence[tuple[Identity, str]]) -> Iterator[Segment]:
    known = plain(roles)
    lines = [
        line
        for piece in page.pieces
        if not (piece.code or piece.quoted or names_people(piece))
        for line in piece.text.split("\n")
    ]
    speakers = speakers_of(known, lines)
    for group in _groups(page.pieces):
        if len(group) == 1 and group[0].text.endswith(":") and _label(group[0]):
            continue
        headings = group[0].headings
        part = part_below(headings)
        turns = voiced(group, speakers, part)
        for turn in packed(turns):
            own: Part = "people" if _tells_people(turn, group[0]) else turn.part or part
            role = speaking_role(turn.speaker, own, kind, known)
            section = " > ".join(headings)
            for text in split(turn.text):
                yield Segment(text, turn.speaker, role, section=section, part=own)


def _tells_people(turn: Turn, piece: Piece) -> bool:
    """Whether a turn is lines like "Facilitator: Ana Diaz", or stands below such a heading."""
    labels = [labelled[1] for line in turn.text.split("\n") if (labelled := LABELLED.fullmatch(line))]
    return names_people(piece) or (turn.speaker is None and any(role_of(label) for label in labels))


def _groups(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Pieces that may stand in one segment: a top-level list item with all in it, a list of attendees.

    A paragraph that is only the name of a part or role ("**Advice**", "Attendees:") becomes a
    heading of what follows; an item with an empty role ("Note-taker:") says nothing.
    """
    group: list[Piece] = []
    label: tuple[tuple[str, ...], str] | None = None
    for piece in pieces:
        if piece.depth == 0 and (name := _label(piece)):
            label = (piece.headings, name)
            continue
        if label and label[0] == piece.headings:
            piece = replace(piece, headings=(*piece.headings, label[1]))
        new_item = piece.depth == 0 or (piece.depth == 1 and piece.opens and not names_people(piece))
        if group and (new_item or piece.block != group[0].block):
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def _label(piece: Piece) -> str:
    """The part or role that a piece names and nothing else; "" when it says more."""
    bare = piece.text.strip().rstrip(": ")
    if piece.code or "\n" in bare or ":" in bare or len(bare) > 30:
        return ""
    return bare if (part_of(bare) and len(bare.split()) < 3) or role_of(bare) else ""
