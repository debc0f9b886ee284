"""Whose words stand where in lists: items with others nested in them, replies below what they answer."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from copassist.records import Identity, Part
from ingest.pages.page import Piece
from ingest.sessions.speakers import Speakers
from ingest.sessions.voices import Turn, turns_of

_REPLY = re.compile(
    r"(?:yes|yeah|yep|no|nope|agreed|i agree|exactly|correct|indeed|good point|fair (?:point|enough)|makes sense|true)"
    r"(?:[.!,;:]|\s+[-–—]|$)|\+1\b",
    re.IGNORECASE,
)
"""How somebody else answers: nobody agrees with what they just said themselves."""


def _replied(piece: Piece, turns: list[Turn], before: Turn | None) -> list[Turn]:
    """The turns of a piece; a nested one that begins like a reply is somebody else's, though not said whose.

    Not so below a name alone ("- Ana:"), which heads what Ana says.
    """
    headed = before is not None and before.said and not before.text
    if piece.opens and piece.depth > 1 and not turns[0].said and not headed and _REPLY.match(piece.text):
        return [replace(turns[0], said=True), *turns[1:]]
    return turns


def voiced(
    group: Sequence[Piece], speakers: Speakers, quiet: Sequence[bool], around: Identity | None = None
) -> list[Turn]:
    """The turns of a list item with all that is nested in it, in order; of `quiet` pieces nobody is the speaker.

    What is nested without a prefix is the speaker's of what it is nested in, until others talk there; below a
    question it is nobody's, and so is what begins like a reply. `around` is whose words they are where nothing
    else is said.
    """
    spoken: list[list[Turn]] = []
    for piece, still in zip(group, quiet, strict=True):
        own = [Turn(piece.text)] if still else turns_of(piece.text, speakers)
        spoken.append(own if still else _replied(piece, own, spoken[-1][-1] if spoken else None))
    below = _voices_below(group, spoken)
    open_: list[_Open] = [_Open(-1, around, math.inf, "")]
    turns: list[Turn] = []
    for i, (piece, own) in enumerate(zip(group, spoken, strict=True)):
        while open_[-1].depth > piece.depth or (piece.opens and open_[-1].depth == piece.depth):
            open_.pop()
        if not (own[0].said or piece.quoted):
            outer = open_[-1]
            speaker = outer.speaker if i < outer.until and not own[0].apart else None
            own[0] = replace(own[0], speaker=speaker, part=own[0].part or outer.part)
        if piece.opens:
            open_.append(_opened(piece, own[-1], below[i]))
        turns += own
    return [turn for turn in turns if turn.text.strip()]


@dataclass(frozen=True, slots=True)
class _Open:
    """An item in which others are nested: whose words these are, up to which piece, and the part they belong to."""

    depth: int
    speaker: Identity | None
    until: float
    part: Part


_Voices = tuple[tuple[int, Identity | None], ...]
"""Where voices begin, and whose: the first one, and the first that is another's."""


def _opened(piece: Piece, turn: Turn, below: _Voices) -> _Open:
    asks = turn.part == "question" or turn.text.rstrip().endswith("?")
    until = next((i for i, speaker in below if speaker != turn.speaker), math.inf)
    lasting: Part = "" if turn.part in ("question", "answer") else turn.part  # "Decision:" heads all below it
    return _Open(piece.depth, None if asks else turn.speaker, until, lasting)


def _voices_below(group: Sequence[Piece], spoken: Sequence[Sequence[Turn]]) -> list[_Voices]:
    """For each piece, where voices begin in what is nested in it."""
    below: list[_Voices] = [()] * len(group)
    after: list[tuple[Piece, _Voices]] = []
    for i in reversed(range(len(group))):
        piece = group[i]
        inside: _Voices = ()
        while after and (
            after[-1][0].depth > piece.depth or (after[-1][0].depth == piece.depth and not after[-1][0].opens)
        ):
            inside = _first_two((*inside, *after.pop()[1]))
        below[i] = inside
        own = tuple((i, turn.speaker) for turn in spoken[i] if turn.said)
        after.append((piece, _first_two((*own, *inside))))
    return below


def _first_two(voices: _Voices) -> _Voices:
    other = next((voice for voice in voices if voice[1] != voices[0][1]), None)
    return voices[:1] if other is None else (voices[0], other)
