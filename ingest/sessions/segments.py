"""The segments of notes: what was said or written, whose words it is, and the part of the session it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from copassist.records import Format, Part, Segment
from ingest.pages.page import Page, Piece
from ingest.pages.text import split
from ingest.sessions.attendance import names_people, tells_people
from ingest.sessions.labels import bare, part_below, part_of, role_of
from ingest.sessions.nested import voiced
from ingest.sessions.people import Roles, Someone
from ingest.sessions.speakers import speakers_of
from ingest.sessions.voices import Turn, alone, packed, speaking_role


def segments_of(page: Page, kind: Format, found: Sequence[Someone], roles: Roles) -> Iterator[Segment]:
    """What a page of notes says, piece by piece, each with the person who says it where that is plain."""
    speakers = speakers_of(found, _lines(page.pieces))
    for group, around in _groups(page.pieces, alone(page.pieces, speakers)):
        if len(group) == 1 and group[0].text.endswith(":") and _label(group[0], kind):
            continue
        headings = tuple(heading for heading in group[0].headings if not _is_time(heading))
        time = next((heading for heading in reversed(group[0].headings) if _is_time(heading)), around.time)
        part = part_below(headings, kind)
        quiet = [part == "next-step" or _is_quiet(piece) for piece in group]
        for turn in packed(voiced(group, speakers, quiet, around.speaker)):
            own: Part = "people" if _tells_people(turn, group[0]) else turn.part or part
            role = speaking_role(turn.speaker, own, kind, roles)
            place = group[0].location or turn.time or time
            for text in split(turn.text):
                yield Segment(
                    text, turn.speaker, role, section=" > ".join(headings), part=own, location=place
                )


def _is_time(heading: str) -> bool:
    return re.fullmatch(r"\d{1,2}:\d\d(?::\d\d)?", heading) is not None


def _is_quiet(piece: Piece) -> bool:
    """Whether a name before a line isn't who said it: in code, tables, lists of tasks and of people."""
    return piece.code or bool(piece.rows) or piece.checked is not None or names_people(piece)


def _lines(pieces: Iterable[Piece]) -> Iterator[str]:
    for piece in pieces:
        if not (piece.quoted or _is_quiet(piece)):
            yield from piece.text.split("\n")


def _tells_people(turn: Turn, piece: Piece) -> bool:
    """Whether a turn is lines like "Facilitator: Ana Diaz", or stands below such a heading."""
    told = turn.speaker is None and any(tells_people(line) for line in turn.text.split("\n"))
    roles = bool(piece.rows) and sum(role_of(cell) != "" for row in piece.rows[:4] for cell in row) > 1
    return names_people(piece) or told or roles


def _groups(pieces: Sequence[Piece], alone: Mapping[int, Turn]) -> Iterator[tuple[list[Piece], Turn]]:
    """Pieces that may stand in one segment, and who speaks around them: a top-level list item with all in it.

    A paragraph that is only the name of a part or role ("**Advice**", "Attendees:") becomes a
    heading of what follows; an item with an empty role ("Note-taker:") says nothing. `alone` are the names
    that stand alone before what somebody says.
    """
    group: list[Piece] = []
    label: tuple[tuple[str, ...], str] | None = None
    around, nobody = Turn(""), Turn("")
    for i, piece in enumerate(pieces):
        changes = bool(group) and piece.headings != pieces[i - 1].headings
        if group and (i in alone or changes or _begins_anew(piece, group[0])):
            yield group, around
            group = []
        around = alone.get(i, nobody if changes else around)
        if i in alone:
            continue
        above, name = _divided(piece)
        if piece.depth == 0 and _begins_a_part(piece):
            label = None
        if label and label[0] == piece.headings and above:
            above = replace(above, headings=(*piece.headings, label[1]))
        if name:
            label = (piece.headings, name)
        if above:
            group.append(above)
    if group:
        yield group, around


def _begins_anew(piece: Piece, first: Piece) -> bool:
    item = piece.depth == 1 and piece.opens and not names_people(first)
    return piece.depth == 0 or item or piece.block != first.block


def _begins_a_part(piece: Piece) -> bool:
    """Whether a paragraph begins as "Outcome: it works": what a label before it heads has ended."""
    label, colon, rest = piece.text[:80].partition(":")
    return bool(colon and rest.strip() and len(label) < 30 and part_of(label))


def _divided(piece: Piece) -> tuple[Piece | None, str]:
    """A paragraph without the label that it is or ends with ("Advice:"), and that label, which heads what follows."""
    if piece.depth:
        return piece, ""
    if name := _label(piece, ""):
        return None, name
    above, _, last = piece.text.rpartition("\n")
    if above and last.endswith(":") and not (piece.code or piece.rows) and (name := _label(Piece(last), "")):
        return replace(piece, text=above), name
    return piece, ""


def _label(piece: Piece, kind: Format) -> str:
    """The part or role that a piece names and nothing else; "" when it says more."""
    text = piece.text.strip().rstrip(": ")
    if piece.code or piece.rows or "\n" in text or ":" in text or len(text) > 30:
        return ""
    return (
        text
        if (part_of(text, kind) and len(bare(text).split()) < 4) or role_of(text) not in ("", "group")
        else ""
    )
