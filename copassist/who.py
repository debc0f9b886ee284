"""Questions for people or for the day of a session ("who ran the clinic on ..."): answered by what notes tell of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from copassist.candidates import Candidate
from copassist.query import SHORT, Period, period
from copassist.records import Hit, RecordSummary, best_of_each
from copassist.retrieve import Searcher
from copassist.store import records as stored
from copassist.which import FORMATS, Sessions, opening, says_only_when

WHO = (
    (
        re.compile(
            r"\bwho(?:'s| is| was| were)?\b.*"
            r"\b(?:ran|run|led|leads?|leading|facilitat\w+|chair\w*|host(?:s|ed|ing)?|moderat\w+)\b",
            re.I,
        ),
        "facilitat host chair lead moderat",
    ),
    (
        re.compile(r"\bwho(?: else)?\b.*\b(?:attend\w*|was (?:there|at)|were (?:there|at)|present)\b", re.I),
        "attend present participant",
    ),
    (
        re.compile(
            r"\bwho(?: has| was)?\b.*\b(?:present\w*|showed|shown|gave|demo(?:s|ed|nstrat\w*)?|talked|spoke)\b",
            re.I,
        ),
        "presenter speaker host guest",
    ),
    (re.compile(r"\bwho\b.*\b(?:brought|asked|raised)\b", re.I), "brought problem asker"),
)
"""What a question for people asks for, and with which labels notes tell it."""
_OF_SESSIONS = re.compile(r"\b(?:workshops?|present(?:ed|er|ing)?)\b", re.I)
"""By what else than a format a question shows that it is about a session."""
_WHEN = re.compile(
    r"^\W*(?:and )?when (?:was|were|is) (?:“[^”]+”|(?:the|that|this|our) (?:[\w-]+ ){0,3}?"
    r"(?:clinic|show (?:&|and) tell|peer review(?: circle)?|ask me anything|ama|meeting|session)"
    r"(?: (?:about|on|with|of|for) .+)?)\W*$",
    re.I,
)
"""How the day of a session is asked for."""
WHOM = re.compile(
    r"\bwho(?: else)?(?: (?:can|could|may|might|would|will|has|is|be|able|to|already|ever|also|best))*"
    r" (?:knows?|helps?|advises?|experienced?|(?:worked|dealt|struggled) with|solved|tried|had experience)\b"
    r"|\b(?:any|some)(?:one|body)(?: else| here| who| there)* knows?\b|\b(?:an|any) expert (?:on|in|for|with)\b"
    r"|\bwho(?:m| else)?(?: (?:can|could|should|shall|do|would|might))? (?:i|we|you|to) (?:\w+ )?"
    r"(?:ask|talk|speak|contact|turn|reach|ping|write|message|go|approach)\b",
    re.I,
)
"""How somebody to talk to is asked for, whatever they are to say."""
_ASKING = re.compile(
    r"\b(?:when|who(?:'s| is| was| were| has| else)?|ran|run|led|leads?|leading|facilitat\w+|chair\w*|host(?:s|ed|ing)?"
    r"|moderat\w+|present\w*|gave|demo(?:s|ed|nstrat\w*)?|spoke|attend\w*|was|were|there|brought|asked|raised|about"
    r"|clinics?|show (?:&|and) tells?|peer reviews?(?: circles?)?|ask me anything|amas?|meetings?|sessions?)\b|\?",
    re.I,
)
"""What in such a question isn't what the session was about."""
WHO_COMPARED = 10
"""So many sessions that were found are compared."""
FITS = 0.72
"""From here on a session is what the question is about; set by hand on the sample, for the packaged model."""
DAY_FITS = 0.6
"""The same where its day is asked for, which is asked in few other ways."""
WHO_SESSIONS = 2
WHO_MARGIN = 0.25
"""How much worse than the best one a session may fit to be told of too."""


def asks_whom(question: str) -> bool:
    """Whether a question asks for people to talk to, rather than for what they would say."""
    return WHOM.search(question) is not None


def who(searcher: Searcher, question: str, hits: Sequence[Hit]) -> tuple[list[Candidate], bool]:
    """The lines of the session that the question is about which say who ran, presented or was there; and whether it
    surely is about that session. Without lines when the question doesn't ask that, or when the notes don't tell.
    """
    labels = next((labels.split() for asks, labels in WHO if asks.search(question)), None)
    when = period(question, searcher.memory.now().date())
    when = when if when and when.until - when.since < SHORT else None
    sessions = _sessions(question, hits, when) if labels else []
    if labels is None or not sessions:
        return [], False
    topic = _ASKING.sub(" ", question)
    fits = _fits(searcher, topic, sessions)
    best = sorted(range(len(sessions)), key=lambda i: -(fits[i] + sessions[i].score))[:WHO_SESSIONS]
    told = []
    with searcher.memory.reading() as connection:
        records = stored.load(connection, [sessions[i].record.id for i in best])
    for i in best:
        hit = sessions[i]
        near = fits[i] + hit.score >= fits[best[0]] + sessions[best[0]].score - WHO_MARGIN
        for segment in records[hit.record.id].segments if near else ():
            if segment.part == "people" and (line := _line_starting(segment.text, labels)):
                told.append(Candidate(hit, segment, *line, hit.score))
    alone = when is not None and len(sessions) == 1 and says_only_when(topic)
    of_session = any(named.search(question) for named in (_OF_SESSIONS, *(pattern for pattern, _ in FORMATS)))
    surely = alone or fits[best[0]] >= FITS
    return told, bool(told) and told[0].hit is sessions[best[0]] and of_session and surely


def when(searcher: Searcher, question: str, hits: Sequence[Hit]) -> Sessions | None:
    """The session whose day is asked for; None to any other question, and where it isn't sure which is meant."""
    sessions = [hit for hit in _sessions(question, hits, None) if hit.record.date]
    if not sessions or not _WHEN.search(question):
        return None
    fits = _fits(searcher, _ASKING.sub(" ", question), sessions)
    best = max(range(len(sessions)), key=lambda i: fits[i] + sessions[i].score)
    hit = sessions[best]
    with searcher.memory.reading() as connection:
        opened = opening(hit, stored.load(connection, [hit.record.id])[hit.record.id])
    return Sessions((opened,), "", 0) if opened and fits[best] >= DAY_FITS else None


def _sessions(question: str, hits: Sequence[Hit], when: Period | None) -> list[Hit]:
    """The best passage of each session, best first: of the format and of the time that the question names, if any."""
    formats = {format_ for named, format_ in FORMATS if format_ and named.search(question)}

    def may_be_meant(record: RecordSummary) -> bool:
        of_time = not when or (record.date is not None and when.since <= record.date <= when.until)
        return record.kind == "session" and of_time and (not formats or record.format in formats)

    return [hit for hit in best_of_each(hits) if may_be_meant(hit.record)][:WHO_COMPARED]


def _fits(searcher: Searcher, topic: str, sessions: Sequence[Hit]) -> list[float]:
    """How near the title and the best passage of each session, two cosines together, are to what is asked about."""
    passages = ["\n".join(s.text for s in hit.segments) for hit in sessions]
    asked, *vectors = searcher.encoder.encode(
        [" ".join(topic.split()), *(hit.record.title for hit in sessions), *passages]
    )
    near = [float(v @ asked) for v in vectors]
    return [title + text for title, text in zip(near[: len(sessions)], near[len(sessions) :], strict=True)]


def _line_starting(text: str, labels: Sequence[str]) -> tuple[int, int] | None:
    """Where the first line stands that begins with one of the labels."""
    start = 0
    for line in text.splitlines(keepends=True):
        if line.lower().startswith(tuple(labels)):
            return start, start + len(line.rstrip())
        start += len(line)
    return None
