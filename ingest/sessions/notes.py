"""Notes of a community's meetings, as sessions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath

from copassist.records import Read, Record, Segment, Skipped
from ingest.pages.page import Page
from ingest.sessions import running, transcripts
from ingest.sessions.attendance import front_people, people
from ingest.sessions.days import day_in
from ingest.sessions.labels import bare
from ingest.sessions.meeting import date_of, format_named, format_of, title_of
from ingest.sessions.people import Someone, roles_of
from ingest.sessions.segments import segments_of

# What is a session


def is_session(page: Page, path: Path, locator: str) -> bool:
    """Whether a page holds notes of a meeting or of several; if not, it is a document (guide, policy, index)."""
    if format_named(page.front.get("format")):
        return True
    title = title_of(page, path)
    day = date_of(page, title, path)
    dated = day_in(path.stem) or day_in(path.parent.name) or day_in(title)
    if _CALLED_OFF.search(title):
        return False
    if _NO_NOTES.fullmatch(path.stem) and not (page.front.get("date") or day_in(path.parent.name)):
        return False
    folders = "/".join(PurePosixPath(locator).parts[:-1])
    meets = bool(_MEETING_FOLDER.search(folders) or _MEETING_WORD.search(f"{title} {path.stem}"))
    written = any(
        not _EMPTY.fullmatch(piece.text) and any(_NOTES.fullmatch(bare(h)) for h in piece.headings)
        for piece in page.pieces
    )
    if _SESSION_TITLE.match(title) or (dated and meets) or (day and meets and written):
        return True
    found = people(page)
    if _TELLS_HOW.search(title) and not dated:
        return False
    present = sum(someone.role == "attendee" for someone in found)
    leads = any(someone.role in ("facilitator", "presenter", "host") for someone in found)
    if present or (leads and (meets or day)) or (day and _of_calendar(page)):
        return True
    many = running.meetings(page, path) and (meets or running.says_meetings(page, path))
    return bool(many or transcripts.of_page(page, path, locator))


def _of_calendar(page: Page) -> bool:
    """Whether a page begins as the notes that a calendar makes for a meeting."""
    return sum(_CALENDAR.match(piece.text) is not None for piece in page.pieces[:8]) > 1


_CALENDAR = re.compile(r"(?:Invited|Attachments?|Meeting records) \S")
_EMPTY = re.compile(r"\W*(?:todo|tbd|tba|none|n/a|notes)?\W*", re.IGNORECASE)
_NO_NOTES = re.compile(
    r"_?index|readme|faq|summary|contributing|code_of_conduct|template.*|.*template|change-?log|agenda",
    re.IGNORECASE,
)
_NOTES = re.compile(
    r"(?:meeting |discussion )?(?:notes|minutes)|discussions?|protokoll|mitschrift", re.IGNORECASE
)
_SESSION_TITLE = re.compile(
    r"(?!how|guide|about|template|running|what)(?:[\w -]{0,20} )?"
    r"(?:clinic|show\s?(?:and|&|n)\s?tell|peer[ -]review(?: circle)?|ama|ask me anything)\s*(?:[:#–—(\d]|- )",
    re.IGNORECASE,
)
_TELLS_HOW = re.compile(
    r"\b(?:how|guide|guidelines?|template|playbook|handbook|policy|charter|manual)\b", re.IGNORECASE
)
_MEETING_FOLDER = re.compile(
    r"(?:^|[/_ -])(?:minutes|meetings?|sessions?|notes|clinics?|agendas?|protokolle)(?:$|[/_ -])",
    re.IGNORECASE,
)
_MEETING_WORD = re.compile(
    r"\b(?:meetings?|minutes|sync|stand-?up|retro(?:spective)?|clinics?|session|agenda|calls?|show (?:and|&) tell|"
    r"amas?|peer review|protokoll)\b",
    re.IGNORECASE,
)


# Records


def sessions(page: Page, path: Path, locator: str) -> Iterator[Read]:
    """Yield each session that the notes on a page tell of, or why there is none.

    A file with many meetings gives a session for each, with the locator `file#2025-03-12` (`#2025-03-12-2` for
    the second of a day), and a document with what stands above them.
    """
    if spoken := transcripts.of_page(page, path, locator):
        yield from spoken
        return
    found = running.meetings(page, path)
    if not found:
        yield _session(page, path, locator, locator)
        return
    around = running.outside(page, path)
    standing = tuple(p for p in people(around) if p.role in ("facilitator", "host"))
    for meeting in found:
        own = f"{locator}#{meeting.mark}"
        if _CALLED_OFF.search(meeting.page.title) or _says_only(meeting.page, _CALLED_OFF):
            yield Skipped(own, "meeting that was called off")
        else:
            yield _session(_headed(meeting.page, meeting.day, around), path, own, locator, standing)
    above = tuple(segments_of(around, "", (), ()))
    if any(segment.part != "people" for segment in above):
        yield Record(locator, "document", title_of(around, path), above)


_CALLED_OFF = re.compile(
    r"\b(?:cancell?ed|called off|no (?:meeting|call|session)|did ?n[o']t (?:meet|take place)|abgesagt|annulée?|"
    r"cancelad[ao])\b",
    re.IGNORECASE,
)


def _says_only(page: Page, words: re.Pattern[str]) -> bool:
    """Whether these words are about all that a page says."""
    return (
        len(page.pieces) == 1
        and len(page.pieces[0].text) < 80
        and words.search(page.pieces[0].text) is not None
    )


def _headed(page: Page, day: date, around: Page) -> Page:
    """One of many meetings with what its file says of all of them: the format, and a name where it has only a day."""
    front: dict[str, object] = {"date": day}
    kind = format_named(page.title) or format_named(around.front.get("format")) or format_named(around.title)
    if kind and kind != "meeting":
        front["format"] = kind
    found = day_in(page.title)
    rest = page.title[: found.start] + page.title[found.end :] if found else page.title
    stated = around.front.get("title")
    named = (around.title, stated if isinstance(stated, str) else "", *around.headings[:1])
    name = next((n for n in named if n and not day_in(n) and not _GENERIC.fullmatch(n)), "")
    if re.search(r"[^\W\d]{4}", re.sub(r"(?i)\b\w+day\b|\bdate\b", "", rest)):
        return replace(page, front=front)
    front |= {"title": f"{name} {day}".strip()}
    return replace(page, front=front, title="")


_GENERIC = re.compile(
    r"(?:meeting |the )?(?:notes|minutes|meetings|agenda|log)(?: (?:&|and) \w+)?", re.IGNORECASE
)


def _session(
    page: Page, path: Path, locator: str, file: str, standing: Sequence[Someone] = ()
) -> Record | Skipped:
    """The session that a page tells of; those in `standing` have their role where the page names nobody else in it."""
    title = title_of(page, path)
    folder = PurePosixPath(file).parent.name
    kind = format_of(page, title, path, folder)
    own = people(page)
    led = any(person.role in ("facilitator", "host") for person in own)
    found = (*own, *(() if led else standing))
    roles = roles_of(found, kind)
    segments = tuple(segments_of(page, kind, found, roles))
    if not segments:
        return Skipped(locator, "page without text")
    front = tuple(_front_people(page))
    return Record(locator, "session", title, (*front, *segments), date_of(page, title, path), kind, roles)


def _front_people(page: Page) -> Iterator[Segment]:
    """The lines of the front matter that say who ran the meeting or was there, as they would stand in the text."""
    for label, role, entries in front_people(page.front):
        if role not in ("absent", "invited") and entries:
            yield Segment(f"{label[:1].upper()}{label[1:]}: {', '.join(entries)}", part="people")
