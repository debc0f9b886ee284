"""One file with the notes of many meetings ("## 2025-03-12", "## March 5, 2025 | Clinic"), meeting by meeting."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path

from ingest.pages.page import Page, Piece
from ingest.sessions.attendance import tells_people
from ingest.sessions.days import day_in, month_first, year_in
from ingest.sessions.meeting import DATE_LINE


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting of a file: its part of the page, its day, and the end of its locator ("2025-03-12-2")."""

    page: Page
    day: date
    mark: str


@dataclass(frozen=True, slots=True)
class _Head:
    """Where a meeting may begin: its first piece, what stands there, the day, and whether it is plainly a meeting's.

    `depth` is that of the heading, -1 for the title, None for a line of text; `lead` are the words before the day.
    """

    start: int
    text: str
    day: date
    plain: bool
    depth: int | None
    lead: str = ""


def meetings(page: Page, path: Path) -> list[Meeting]:
    """The meetings of a page that keeps many, in its order; [] for the notes of one, and for anything else.

    What makes one: headings (or lines) with a day each that are those of meetings: in order of time, where they
    say so or hold nothing else; in any order where those who were there stand below. Not: a page with a day of its
    own, versions, plans, logs, and days that are mentioned ("Updates since 2025-03-01").
    """
    if not page.pieces or _is_other(page, path):
        return []
    page = _below_periods(page)
    heads = _chosen(page, path)
    if not heads:
        return []
    marks = _marks([head.day for head in heads])
    ends = [*(head.start for head in heads[1:]), len(page.pieces)]
    return [
        Meeting(_part(page, head, end), head.day, mark)
        for head, end, mark in zip(heads, ends, marks, strict=True)
    ]


def outside(page: Page, path: Path) -> Page:
    """What stands above the first of the meetings of a page; its headings are those that all meetings are below."""
    page = _below_periods(page)
    first = _chosen(page, path)[0]
    above = page.pieces[first.start].headings[: max(0, first.depth or 0)]
    return replace(page, pieces=page.pieces[: first.start], headings=above)


def says_meetings(page: Page, path: Path) -> bool:
    """Whether a page calls itself notes of meetings, without a day."""
    return any(_NOTES.search(text) for text in _names(page, path))


# Which pages

_NOTES = re.compile(
    r"\b(?:meetings?|calls?|syncs?|sessions?|clinics?|stand-?ups?|retros?)\b.{0,20}\b(?:notes|minutes|log)\b|"
    r"^\W*(?:the )?(?:(?:\w+ ){0,3}notes|(?:\w+ ){0,3}minutes|(?:\w+ ){0,3}meetings|clinics|"
    r"(?:agenda|notes)(?: ?(?:&|and) ?(?:notes|minutes|agenda))?|meeting log)\W*$|\brunning notes\b|"
    r"\b(?:protokolle?|sitzungen|comptes[- ]rendus|réunions|reuniones|actas)\b",
    re.IGNORECASE,
)
_NEVER = re.compile(
    r"\b(?:upcoming|planned|future|schedule[ds]?|calendar|roadmaps?|timelines?|milestones?|change ?logs?|releases?|"
    r"release notes|history|versions?|news|newsletter|blog|work ?logs?|journal|diary|decisions?|events|templates?)\b",
    re.IGNORECASE,
)
_FORM = re.compile(r"\b(?:templates?|examples?|samples?|upcoming|schedule)\b", re.IGNORECASE)


def _names(page: Page, path: Path) -> list[str]:
    front = page.front.get("title")
    titles = [page.title, front if isinstance(front, str) else "", re.sub(r"[-_]+", " ", path.stem)]
    return [title for title in titles if title]


def _is_other(page: Page, path: Path) -> bool:
    """Whether a page says that it is something else than notes of many meetings: of one day, or no notes."""
    names = _names(page, path)
    sure = any(re.search(r"\b(?:minutes|meeting notes)\b", name, re.IGNORECASE) for name in names)
    if any(_FORM.search(name) for name in names) or (any(_NEVER.search(name) for name in names) and not sure):
        return True
    return day_in(path.stem) is not None or any(
        day_in(name) is not None for name in names if name != page.title
    )


_PERIOD = re.compile(r"(?:[^\W\d_]{3,9}\.? )?(?:19|20)\d\d(?:[- ]?(?:q[1-4]|h[12]|\d\d))?", re.IGNORECASE)


def _below_periods(page: Page) -> Page:
    """The page with its title above all that isn't below another year or month: the title is the first of these."""
    others = any(piece.headings and _PERIOD.fullmatch(piece.headings[0]) for piece in page.pieces)
    if not (others and _PERIOD.fullmatch(page.title)):
        return page
    pieces = (
        piece
        if piece.headings and _PERIOD.fullmatch(piece.headings[0])
        else replace(piece, headings=(page.title, *piece.headings))
        for piece in page.pieces
    )
    return replace(page, title="", pieces=tuple(pieces))


# Where meetings begin

_WORDS_OF_MEETINGS = re.compile(
    r"\b(?:meetings?|minutes|notes|sync|call|clinic|session|stand-?up|retro(?:spective)?|ama|ask me anything|"
    r"show (?:and|&|n) tell|peer review|circle|workshop|office hours?|meet-?up|catch-?up|check-?in|1:1|agenda|"
    r"triage|planning|kick-?off|date|sitzung|treffen|besprechung|protokoll|réunion|reunión|acta)\b",
    re.IGNORECASE,
)
_NOT_MEETINGS = re.compile(
    r"\b(?:since|until|till|before|after|from|due|deadline|eol|released?|versions?|v?\d+\.\d+\.\d+|updates?|updated|"
    r"change ?log|timeline|roadmap|milestone|planned|upcoming|next|future|last|previous|proposed|created|expires?|"
    r"triage log|performance|approval|week of|by|between|incident|outage|scheduled|tentative|deadline|est\.?)\b",
    re.IGNORECASE,
)
_SMALL = re.compile(
    r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b|\b(?:montag|dienstag|mittwoch|donnerstag|"
    r"freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|lunes|martes|miércoles|jueves|viernes)\b|"
    r"\d{1,2}:\d\d(?:\s?[ap]m)?|\b\d{1,2}\s?[ap]m\b|\b(?:utc|gmt|c?es?t|p[sd]?t|e[sd]t)(?:[+-]\d+)?\b|\bat\b|\bon\b|\bthe\b|[\W_]|\d",
    re.IGNORECASE,
)


def _head(start: int, text: str, depth: int | None, year: int | None, first: bool | None) -> _Head | None:
    """The beginning of a meeting that a heading may be: with one day, at its start or end or after "Meeting"."""
    found = day_in(text, year, first)
    if found is None or len(text) > 120:
        return None
    before, after = text[: found.start], text[found.end :]
    left = f"{before} {after}"
    if _NOT_MEETINGS.search(left) or day_in(after, year, first):
        return None
    lead, tail = (" ".join(_SMALL.sub(" ", around).lower().split()) for around in (before, after))
    if lead and tail and not (_WORDS_OF_MEETINGS.search(lead) and len(lead.split()) < 4):
        return None
    plain = not (lead or tail) or _WORDS_OF_MEETINGS.search(left) is not None
    return _Head(start, text, found.day, plain, depth, lead)


def _chosen(page: Page, path: Path) -> list[_Head]:
    """The heads of the meetings of a page, [] where they aren't those of meetings.

    Where nothing else shows whether 3/4/2025 has the month first, the way that puts them in order does.
    """
    texts = (*_names(page, path), *page.headings, *(piece.text for piece in page.pieces if not piece.depth))
    stated = month_first(texts)
    if stated is not None:
        return _heads(page, path, stated)
    ways = [heads for way in (True, False) if (heads := _heads(page, path, way))]
    return _heads(page, path, None) or (ways[0] if len(ways) == 1 else [])


def _heads(page: Page, path: Path, first: bool | None) -> list[_Head]:
    year = next((y for name in _names(page, path) if (y := year_in(name))), None)
    for heads in (_by_heading(page, year, first), _by_line(page, year, first)):
        if _are_meetings(page, path, heads):
            return heads
        if day_in(page.title, None, first):
            return []
    return []


def _are_meetings(page: Page, path: Path, heads: Sequence[_Head]) -> bool:
    known = says_meetings(page, path)
    if len(heads) == 1:  # a file that is kept for many, with one so far
        stem = re.sub(r"[-_]+", " ", path.stem)
        many = _NOTES.search(stem) is not None and not re.search(r"\d", stem) and not day_in(path.parent.name)
        return many and heads[0].depth is not None
    if len({head.day for head in heads}) < 2:
        return False
    steps = [(b.day > a.day) - (b.day < a.day) for a, b in pairwise(heads) if a.day != b.day]
    peopled = _peopled(page, heads)
    ordered = peopled > 0.8 or max(steps.count(1), steps.count(-1)) >= 0.8 * len(steps)
    plain = sum(head.plain for head in heads) >= 0.6 * len(heads)
    if heads[0].depth == -1:  # its title is the first of them only where they look alike
        return ordered and plain and sum(h.lead == heads[0].lead for h in heads) >= 0.6 * len(heads)
    return ordered and (plain or known or peopled >= 0.5)


def _peopled(page: Page, heads: Sequence[_Head]) -> float:
    """How much of the parts say near their beginning who was there."""
    ends = [*(head.start for head in heads[1:]), len(page.pieces)]
    told = 0
    for head, end in zip(heads, ends, strict=True):
        pieces = page.pieces[head.start : min(end, head.start + 8)]
        lines = (line for piece in pieces for line in piece.text.split("\n"))
        told += any(tells_people(line) for line in lines) or any(
            tells_people(f"{heading}:") for piece in pieces for heading in piece.headings
        )
    return told / len(heads)


def _by_heading(page: Page, year: int | None, first: bool | None) -> list[_Head]:
    """The heads among the headings, at the outermost depth that has two; the title may be the first.

    Where headings have no days but a line "Date: 2025-03-12" stands below each, the headings are heads.
    """
    found: dict[int, list[_Head]] = {}
    before: tuple[str, ...] = ()
    if title := _head(0, page.title, -1, None, first):
        found[0] = [title]
    for i, piece in enumerate(page.pieces):
        for depth, text in enumerate(piece.headings):
            if piece.headings[: depth + 1] != before[: depth + 1]:
                near = next((y for name in reversed(piece.headings[:depth]) if (y := year_in(name))), year)
                head = _head(i, text, depth, near, first) or _dated_below(page.pieces, i, text, depth)
                found.setdefault(depth, []).extend([head] if head else [])
        before = piece.headings
    several = [heads for _, heads in sorted(found.items()) if len(heads) > 1]
    single = [heads for _, heads in sorted(found.items()) if len(heads) == 1]
    return next(iter([*several, *single]), [])


def _dated_below(pieces: Sequence[Piece], start: int, text: str, depth: int) -> _Head | None:
    for piece in pieces[start : start + 2]:
        for line in piece.text.split("\n")[:3]:
            if piece.headings == pieces[start].headings and DATE_LINE.match(line) and (day := day_in(line)):
                plain = len(pieces[start].headings) == depth + 1
                return _Head(start, text, day.day, True, depth, lead="date") if plain else None
    return None


def _by_line(page: Page, year: int | None, first: bool | None) -> list[_Head]:
    """The heads among lines that stand alone or begin a paragraph, where a file has no headings for them."""
    heads = []
    for i, piece in enumerate(page.pieces):
        if piece.depth or piece.quoted or piece.code or piece.rows:
            continue
        line = piece.text.partition("\n")[0]
        head = _head(i, line, None, year, first) if len(line) < 80 else None
        if head and (head.plain or not head.lead):
            heads.append(head)
    plain = [head for head in heads if head.plain]
    return plain if len(plain) > 1 else heads


# Cutting


def _marks(days: Sequence[date]) -> list[str]:
    """What tells the meetings of a file apart: the day; of those on one day, later ones have a number.

    Files grow at one end, so the number follows the time, not the place, and what was there keeps its mark.
    """
    newest_first = sum(b < a for a, b in pairwise(days)) > sum(b > a for a, b in pairwise(days))
    seen: Counter[date] = Counter()
    marks = [""] * len(days)
    for i in reversed(range(len(days))) if newest_first else range(len(days)):
        seen[days[i]] += 1
        marks[i] = f"{days[i]}" if seen[days[i]] == 1 else f"{days[i]}-{seen[days[i]]}"
    return marks


def _part(page: Page, head: _Head, end: int) -> Page:
    """The page of one meeting: its heading is the title, headings above it are gone."""
    pieces = list(_without_head(page.pieces[head.start : end], head))
    above = 0 if head.depth is None else head.depth + 1
    cut = tuple(replace(piece, headings=piece.headings[above:]) for piece in pieces)
    seen = dict.fromkeys(heading for piece in cut for heading in piece.headings)
    return Page(title=head.text, pieces=cut, headings=tuple(seen))


def _without_head(pieces: Sequence[Piece], head: _Head) -> Iterator[Piece]:
    """The pieces without the line that is the title of the meeting."""
    for i, piece in enumerate(pieces):
        if i == 0 and head.depth is None:
            _, _, rest = piece.text.partition("\n")
            if rest.strip():
                yield replace(piece, text=rest.strip())
        else:
            yield piece
