"""Which session a question is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from copassist.query import Period
from copassist.records import Hit, RecordSummary, best_of_each
from copassist.retrieve import Searcher
from copassist.wanted import quoted, unquoted, without_parts
from copassist.which import FORMATS, says_only_when

_OF_SESSIONS = re.compile(r"\b(?:workshops?|(?:the|that|this|our) review|present(?:ed|er|ing)?)\b", re.I)
"""By what else than a format a question shows that it is about a session."""
_ASKING = re.compile(
    r"\b(?:when|who(?:'s| is| was| were| has| else)?|ran|run|led|leads?|leading|facilitat\w+|chair\w*|host(?:s|ed|ing)?"
    r"|moderat\w+|present\w*|gave|demo(?:s|ed|nstrat\w*)?|spoke|attend\w*|was|were|there|brought|asked|raised|about"
    r"|clinics?|show (?:&|and) tells?|peer reviews?(?: circles?)?|ask me anything|amas?|meetings?|sessions?)\b|\?",
    re.I,
)
"""What in such a question isn't what the session was about."""
COMPARED = 10
"""So many sessions that were found are compared."""
FITS = 0.72
"""From here on a session is what the question is about; set by hand on the sample, for the packaged model."""
TITLED = 4.0
"""What a session gains whose title is quoted; more than all else can differ."""


@dataclass(frozen=True, slots=True)
class Meant:
    """A session that a question may be about, by its best passage: how well it fits (`fit`, with the search's own score
    `score`), and whether the question surely is about this one.
    """

    hit: Hit
    fit: float
    score: float
    surely: bool


def meant(searcher: Searcher, question: str, hits: Sequence[Hit], when: Period | None) -> list[Meant]:
    """The sessions of a time, if given, and of the format that a question names; which fits best first.

    One whose very title is quoted is surely meant.
    """
    sessions = _sessions(question, hits, when)
    if not sessions:
        return []
    about = subject(question)
    alone = when is not None and len(sessions) == 1 and says_only_when(subject(without_parts(question)))
    titles = quoted(question)
    found = [
        Meant(
            hit,
            fit,
            fit + hit.score + TITLED * (hit.record.title in titles),
            fit >= FITS or alone or hit.record.title in titles,
        )
        for hit, fit in zip(sessions, _fits(searcher, about, sessions), strict=True)
    ]
    return sorted(found, key=lambda m: -m.score)


def subject(question: str) -> str:
    """A question for a session without what says that it is one."""
    return _ASKING.sub(" ", question)


def of_session(question: str) -> bool:
    """Whether a question shows that it is about a session."""
    return any(named.search(question) for named in (_OF_SESSIONS, *(pattern for pattern, _ in FORMATS)))


def _sessions(question: str, hits: Sequence[Hit], when: Period | None) -> list[Hit]:
    """The best passage of each session, best first: of the format and of the time that the question names, if any."""
    own = unquoted(question)
    formats = {format_ for named, format_ in FORMATS if format_ and named.search(own)}

    def may_be_meant(record: RecordSummary) -> bool:
        of_time = not when or (record.date is not None and when.since <= record.date <= when.until)
        return record.kind == "session" and of_time and (not formats or record.format in formats)

    return [hit for hit in best_of_each(hits) if may_be_meant(hit.record)][:COMPARED]


def _fits(searcher: Searcher, topic: str, sessions: Sequence[Hit]) -> list[float]:
    """How near the title and the best passage of each session, two cosines together, are to what is asked about."""
    passages = ["\n".join(s.text for s in hit.segments) for hit in sessions]
    asked, *vectors = searcher.encoder.encode(
        [" ".join(topic.split()), *(hit.record.title for hit in sessions), *passages]
    )
    near = [float(v @ asked) for v in vectors]
    return [title + text for title, text in zip(near[: len(sessions)], near[len(sessions) :], strict=True)]
