"""Questions for the sessions of a time ("which clinics were in March?"), without a topic."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from copassist import candidates as reading
from copassist.candidates import Candidate
from copassist.conversation import content
from copassist.query import MONTHS, SEASONS, period
from copassist.records import Format, Hit, StoredRecord
from copassist.retrieve import Searcher
from copassist.store import records as stored
from copassist.words import FORMAT_WORDS

FORMATS: tuple[tuple[re.Pattern[str], Format | None], ...] = (
    (re.compile(r"\bclinics?\b", re.I), "clinic"),
    (re.compile(r"\bshow(?: and | & |-and-)tells?\b", re.I), "show-and-tell"),
    (re.compile(r"\bpeer[- ]reviews?(?: circles?)?\b", re.I), "peer-review"),
    (re.compile(r"\b(?:amas?|ask[- ]me[- ]anythings?)(?: hours?)?\b", re.I), "ama"),
    (re.compile(r"\b(?:sessions?|meetings?)\b", re.I), None),
)
_ASKS = re.compile(r"\b(?:which|what|list|show me|any|were there|was there|did we have)\b", re.I)
_TIMES = {
    *MONTHS,
    *(month[:3] for month in MONTHS),
    *SEASONS,
    "week",
    "month",
    "year",
    "yesterday",
    "early",
    "late",
}
MOST_SESSIONS = 6


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions that a question for a time is about, oldest first, each by how it opens.

    `asked` says what was asked for, `more` how many were found besides.
    """

    openings: tuple[Candidate, ...]
    asked: str
    more: int


def which(searcher: Searcher, question: str, hits: Sequence[Hit]) -> Sessions | None:
    """The sessions of the time that a question names, if it names nothing besides; else None.

    Without openings where none of `hits` is of that time.
    """
    when = period(question, searcher.memory.now().date())
    named = next(((pattern, format_) for pattern, format_ in FORMATS if pattern.search(question)), None)
    if not (when and named and _ASKS.search(question)):
        return None
    pattern, format_ = named
    if not says_only_when(_ASKS.sub(" ", pattern.sub(" ", question))):
        return None
    found = {
        hit.record.id: hit
        for hit in reversed(hits)
        if hit.record.kind == "session"
        and hit.record.date
        and when.since <= hit.record.date <= when.until
        and format_ in (None, hit.record.format)
    }
    with searcher.memory.reading() as connection:
        records = stored.load(connection, found)
    opened = [c for id_, hit in found.items() if (c := opening(hit, records[id_]))]
    opened.sort(key=lambda c: (str(c.hit.record.date), c.hit.record.id))
    what = FORMAT_WORDS[format_].lower() if format_ else "session"
    return Sessions(tuple(opened[:MOST_SESSIONS]), f"{what} of {when}", max(0, len(opened) - MOST_SESSIONS))


def says_only_when(text: str) -> bool:
    """Whether a text has no words but those of a time, such as "in March 2025"."""
    return not beyond_time(text)


def beyond_time(text: str) -> list[str]:
    """The telling words of a text but those of a time."""
    return [w for w in content(text) if w not in _TIMES and not w[0].isdigit()]


def opening(hit: Hit, record: StoredRecord) -> Candidate | None:
    """The first sentence of a session's problem, or else the first that it says."""
    segments = sorted(record.segments, key=lambda s: (s.part != "problem", s.position))
    places = ((segment, *place) for segment in segments for place in reading.sentences(segment))
    first = next(places, None)
    return Candidate(hit, *first, hit.score) if first else None
