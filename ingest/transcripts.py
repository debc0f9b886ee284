"""Captions of a community's meetings, as sessions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import webvtt

from copassist.records import Format, Identity, Read, Record, Rejected, Segment, named
from ingest.attendance import people
from ingest.meeting import date_of, format_of
from ingest.pages.dates import readable
from ingest.pages.markdown import parse
from ingest.pages.page import SHORT, Page
from ingest.pages.text import cuts, decode
from ingest.people import Roles, Someone, roles_of
from ingest.speakers import speakers_of
from ingest.voices import begins, speaking_role

CAPTIONS = (".vtt", ".srt")


def read(path: Path, locator: str) -> Iterator[Read]:
    """Yield the session that the captions in `path` tell of, or why there is none.

    Raises OSError if `path` cannot be opened.
    """
    try:
        text = decode(path.read_bytes())
    except ValueError as error:
        yield Rejected(locator, str(error))
        return
    yield _captions(text, path, locator)


_VOICE = re.compile(r"<v(?:\.[\w.-]+)?\s+([^>\n]{1,80})>")


@dataclass(frozen=True, slots=True)
class _Cue:
    start: str
    text: str
    voice: str = ""


def _captions(text: str, path: Path, locator: str) -> Read:
    """The session of a caption file; each segment is a turn, or a part of a long one, with its time."""
    try:
        if path.suffix.lower() == ".srt":
            captions = webvtt.from_buffer(iter(text.split("\n")), format="srt")
        else:
            captions = webvtt.from_string(text)
    except (webvtt.errors.MalformedFileError, webvtt.errors.MalformedCaptionError) as error:
        return Rejected(locator, f"not a caption file: {str(error) or 'it has no WEBVTT header or no times'}")
    cues = [cue for caption in captions.captions for cue in _cues(caption)]
    if not cues:
        return Rejected(locator, "no captions in it")
    notes = "\n".join(str(note) for note in captions.header_comments)
    page = parse(notes) if notes else Page()
    stated = re.search(r"^title\s*:\s*(.+)$", notes, re.IGNORECASE | re.MULTILINE)
    title = stated[1].strip() if stated else page.title or readable(path)
    kind = format_of(page, title, path)
    found = people(page)
    roles = roles_of(found, kind)
    segments = tuple(_spoken_segments(_with_voices(cues, found), kind, roles))
    return Record(locator, "session", title, segments, date_of(page, title, path), kind, roles)


def _cues(caption: webvtt.Caption) -> Iterator[_Cue]:
    """The words of one cue, voice by voice."""
    parts = _VOICE.split(caption.raw_text)
    start = caption.start.split(".")[0]
    for voice, words in zip(["", *parts[1::2]], parts[::2], strict=True):
        bare = re.sub(r"</?(?:[biuvc]|ruby|rt|lang|font|\d)[^<>]{0,80}>", "", words)
        for line in (" ".join(line.split()) for line in bare.split("\n")):
            if line:
                yield _Cue(start, line, voice.strip())


def _with_voices(
    cues: Sequence[_Cue], found: Sequence[Someone]
) -> Iterator[tuple[_Cue, Identity | None, bool]]:
    """Each cue with its speaker, and whether the cue names one: "Ana: yes" stands for what follows too."""
    speakers = speakers_of(found, (cue.text for cue in cues if not cue.voice))
    current: Identity | None = None
    for cue in cues:
        turn = None if cue.voice else begins(cue.text, speakers)
        if cue.voice:
            current = speakers.get(cue.voice) or named(cue.voice)
            yield cue, current, True
        elif turn and turn.speaker:
            current = turn.speaker
            yield replace(cue, text=turn.text), current, True
        else:
            yield cue, current, False


def _spoken_segments(
    cues: Iterable[tuple[_Cue, Identity | None, bool]], kind: Format, roles: Roles
) -> Iterator[Segment]:
    turn: list[_Cue] = []
    speaker: Identity | None = None
    for cue, who, _ in cues:
        if turn and who != speaker:
            yield from _turn_segments(turn, speaker, kind, roles)
            turn = []
        speaker = who
        turn.append(cue)
    yield from _turn_segments(turn, speaker, kind, roles)


def _turn_segments(
    turn: Sequence[_Cue], speaker: Identity | None, kind: Format, roles: Roles
) -> Iterator[Segment]:
    """One turn, cut at the end of a sentence where it is long; `location` is when each part begins."""
    text, starts = "", []
    for cue in turn:
        starts.append((len(text) + bool(text), cue.start))
        text += (" " if text else "") + cue.text
    role = speaking_role(speaker, "", kind, roles)
    for start, end in cuts(text, SHORT):
        location = next(time for offset, time in reversed(starts) if offset <= start)
        yield Segment(text[start:end], speaker, role, location=location)
