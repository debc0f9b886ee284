"""Captions, transcripts and chats of a community's meetings, as sessions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePosixPath

from copassist.records import Format, Identity, Read, Record, Rejected, Segment, Skipped
from ingest.pages.markdown import parse
from ingest.pages.page import SHORT, Page
from ingest.pages.text import cuts, decode
from ingest.sessions import captions, dialogue
from ingest.sessions.attendance import people
from ingest.sessions.days import day_in
from ingest.sessions.labels import role_of
from ingest.sessions.meeting import date_of, format_of
from ingest.sessions.people import Roles, Someone, identity, roles_of
from ingest.sessions.recordings import cleaned, day_named, recording_title, speaker_named
from ingest.sessions.segments import segments_of
from ingest.sessions.speakers import Speakers, speakers_of
from ingest.sessions.voices import begins, speaking_role

CAPTIONS = (".vtt", ".srt", ".sbv")
TEXTS = (".txt", ".md", ".markdown")
_SEEN = 65_536
"""So many characters of a text show whether it is a transcript."""


def is_transcript(path: Path) -> bool:
    """Whether a file holds captions, or text in which every turn has its time; never raises."""
    suffix = path.suffix.lower()
    if suffix in CAPTIONS:
        return True
    if suffix not in TEXTS:
        return False
    try:
        with path.open("rb") as file:
            text = decode(file.read(_SEEN))
    except (OSError, ValueError):
        return False
    return _is_subtitles(text) or dialogue.parse(_text_lines(text)) is not None


def read(path: Path, locator: str) -> Iterator[Read]:
    """Yield the session that a transcript tells of, before it what of it can't be read, or why there is none.

    Raises OSError if `path` cannot be opened.
    """
    try:
        text = decode(path.read_bytes())
    except ValueError as error:
        yield Rejected(locator, str(error))
        return
    if path.suffix.lower() in CAPTIONS or _is_subtitles(text):
        yield from _captions(text, path, locator)
    else:
        yield from _spoken_text(_text_lines(text), path, locator)


def of_page(page: Page, path: Path, locator: str) -> list[Read]:
    """The session that a page of any format tells of turn by turn, with what is left out; [] for other pages."""
    lines = _lines(page)
    return list(_spoken_text(lines, path, locator)) if dialogue.parse(lines) else []


def _is_subtitles(text: str) -> bool:
    numbered = re.findall(r"(?m)^\d{1,6}[ \t]*\n[ \t]*\d{1,2}:\d\d:\d\d[.,]\d{1,3} --> ", text[:_SEEN])
    return text.startswith("WEBVTT") or len(numbered) > 2


def _text_lines(text: str) -> list[str]:
    """The lines of a text, without the backslashes that a Markdown export puts before signs."""
    return re.sub(r"\\([-_*.>#()\[\]!+])", r"\1", text).split("\n")


def _lines(page: Page) -> list[str]:
    lines = [page.title] if page.title else []
    above: tuple[str, ...] = ()
    for piece in page.pieces:
        if piece.headings != above:
            lines += [heading for heading in piece.headings if heading not in above]
            above = piece.headings
        lines += piece.text.split("\n")
    return lines


# Who speaks


@dataclass(frozen=True, slots=True)
class _Turn:
    """Words from a time on; `new` tells that another voice begins, whether or not its name is known."""

    time: str
    text: str
    speaker: Identity | None = None
    new: bool = False


def _known(speakers: Speakers, name: str) -> Identity | None:
    """Who a name in a transcript is: one of those whom its notes list, or whoever bears it."""
    person = speaker_named(name)
    return speakers.get(person.name) or person if person and person.name else person


# Captions


def _captions(text: str, path: Path, locator: str) -> Iterator[Read]:
    found = captions.parse(text)
    yield from (Rejected(locator, reason, place) for place, reason in found.problems)
    if not found.cues:
        if not found.problems:
            yield Rejected(locator, "no captions in it")
        return
    page = parse(found.notes) if found.notes else Page()
    stated = re.search(r"^title\s*:\s*(.+)$", found.notes, re.IGNORECASE | re.MULTILINE)
    title = stated[1].strip() if stated else page.title or recording_title(path)
    turns = _with_voices(found.cues, people(page))
    yield _record(replace(page, title=title), Page(), turns, path, locator)


def _with_voices(cues: Sequence[captions.Cue], present: Sequence[Someone]) -> Iterator[_Turn]:
    """Each cue with its speaker. A name before the words stands for what follows too, unless every cue has one."""
    untagged = [cue.text for cue in cues if not cue.voice]
    speakers = speakers_of(present, untagged)
    prefixes = Counter(found[1] for text in untagged if (found := _PREFIX.match(text)))
    names = {
        name for name, count in prefixes.items() if dialogue.may_speak(name) and (count > 1 or identity(name))
    }
    always = sum(prefixes[name] for name in names) >= 0.6 * len(untagged)
    current: Identity | None = None
    tagged = False
    for cue in cues:
        turn = begins(cue.text, speakers) if not (cue.voice or always) else None
        changed = not cue.voice and re.match(r"(?:>>+|[-–—])\s*(?=\S)", cue.text)
        if cue.voice:
            current, tagged = _known(speakers, cue.voice), True
            yield _Turn(cue.start, cue.text, current)
        elif always and (found := _PREFIX.match(cue.text)) and found[1] in names:
            current = _known(speakers, found[1])
            yield _Turn(cue.start, cue.text[found.end() :], current)
        elif turn and (turn.said or turn.apart):
            current = turn.speaker
            yield _Turn(cue.start, turn.text, current, new=True)
        elif changed:
            current = None
            yield _Turn(cue.start, cue.text[changed.end() :], None, new=True)
        else:
            current = None if tagged or always else current
            yield _Turn(cue.start, cue.text, current)


_PREFIX = re.compile(r"([^:\n]{1,60}):\s+(?=\S)")


# Text


def _spoken_text(lines: Sequence[str], path: Path, locator: str) -> Iterator[Read]:
    found = dialogue.parse(lines)
    if found is None:
        yield Rejected(locator, "no turns with a time in it")
        return
    head, title, day = _head(found.head)
    page = parse(head, prose=True)
    speakers = speakers_of(people(page), ())
    turns, padded = [], _since_start(found.said)
    for one in dialogue.messages(found.said):
        if isinstance(one, str):
            yield Skipped(locator, one)
        elif one.text:
            turns.append(
                _Turn(
                    _clock(one.time, padded),
                    one.text,
                    _known(speakers, one.who) if one.who else None,
                    new=True,
                )
            )
    if turns:
        about = replace(page, title=title or recording_title(path))
        record = _record(about, page, turns, path, locator)
        yield record if record.date else replace(record, date=day)
    else:
        yield Skipped(locator, "transcript without words")


def _head(lines: Sequence[str]) -> tuple[str, str, date | None]:
    """What stands above the first turn: notes, the title of the meeting, its day.

    Left out are what services write there: how long it took, who spoke, key words.
    """
    kept: list[str] = []
    title, day, left_out = "", None, False
    for line in lines:
        bare = line.strip(" #*\t")
        left_out = bool(bare) and (left_out or bare.lower() in ("summary keywords", "speakers"))
        found = day_in(bare) if len(bare) < 100 else None
        if left_out or _OF_SERVICES.fullmatch(bare):
            continue
        if found and len(bare) < 50 and not re.search(r"[^\W\d]{4}", bare[: found.start] + bare[found.end :]):
            day = day or found.day
        elif not title and 0 < len(bare) < 100 and not line.lstrip().startswith(("-", "*", "|")):
            title, day = cleaned(bare), day or (found.day if found else None)
        else:
            kept.append(re.sub(r",?[^,\n]*(?:['’]s|s['’]) Presentation\b", "", line))
            kept += [""] if role_of(bare) else []
    return "\n".join(kept), title, day


_OF_SERVICES = re.compile(
    r"transcript|(?:\d{1,2}h ?)?(?:\d{1,2}m ?)?\d{1,2}s|\d+ (?:min(?:ute)?s?|hours?)", re.IGNORECASE
)


def _since_start(said: Sequence[dialogue.Said]) -> bool:
    """Whether times count from the start of a recording, as "0:03" does; "10:02" is a time of the day."""
    first = next((one.time for one in said if one.time), "")
    return re.match(r"0{0,2}[0-2]:\d", first) is not None


def _clock(time: str, padded: bool) -> str:
    """A time in a transcript, where it counts from the start with two digits each: "0:03" gives "00:00:03"."""
    if not padded or not time or re.search(r"[apAP]", time):
        return time
    parts = time.split(".")[0].split(":")
    return ":".join(part.zfill(2) for part in ["0", *parts][-3:])


# Records


def _record(about: Page, above: Page, turns: Iterable[_Turn], path: Path, locator: str) -> Record:
    """The session of the turns; `about` says what it was and who was there, `above` goes in before them."""
    kind = format_of(about, about.title, path, PurePosixPath(locator).parent.name)
    present = people(about)
    roles = roles_of(present, kind)
    segments = (*segments_of(above, kind, present, roles), *_segments(turns, kind, roles))
    day = date_of(about, about.title, path) or day_named(path)
    return Record(locator, "session", about.title, segments, day, kind, roles)


def _segments(turns: Iterable[_Turn], kind: Format, roles: Roles) -> Iterator[Segment]:
    """Neighbouring turns of one voice as one; `location` is when each segment begins."""
    run: list[_Turn] = []
    for turn in turns:
        if run and (turn.speaker != run[0].speaker or (turn.new and turn.speaker is None)):
            yield from _run(run, kind, roles)
            run = []
        run.append(turn)
    if run:
        yield from _run(run, kind, roles)


def _run(run: Sequence[_Turn], kind: Format, roles: Roles) -> Iterator[Segment]:
    """One turn, cut at the end of a sentence where it is long."""
    texts, starts, length = [], [], 0
    for turn in run:
        starts.append((length, turn.time))
        texts.append(turn.text)
        length += len(turn.text) + 1
    text = " ".join(texts)
    role = speaking_role(run[0].speaker, "", kind, roles)
    at = 0
    for start, end in cuts(text, SHORT):
        while at + 1 < len(starts) and starts[at + 1][0] <= start:
            at += 1
        yield Segment(text[start:end], run[0].speaker, role, location=starts[at][1])
