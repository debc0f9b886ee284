"""Questions for people or for the day of a session ("who ran the clinic on ..."): answered by what notes tell of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from copassist.candidates import Candidate
from copassist.meant import meant, of_session
from copassist.query import SHORT, period
from copassist.records import Hit
from copassist.retrieve import Searcher
from copassist.store import records as stored
from copassist.which import Sessions, opening

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
DAY_FITS = 0.6
"""From here on the day of a session is told: it is asked for in few other ways."""
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
    time = period(question, searcher.memory.now().date())
    time = time if time and time.until - time.since < SHORT else None
    sessions = meant(searcher, question, hits, time)[:WHO_SESSIONS] if labels else []
    if not labels or not sessions or not (sessions[0].surely or of_session(question)):
        return [], False
    best = sessions[0]
    near = [m for m in sessions if m.score >= best.score - WHO_MARGIN and (m.surely or not best.surely)]
    with searcher.memory.reading() as connection:
        records = stored.load(connection, (m.hit.record.id for m in near))
    told = [
        Candidate(m.hit, segment, *line, m.hit.score)
        for m in near
        if m.hit.record.id in records
        for segment in records[m.hit.record.id].segments
        if segment.part == "people" and (line := _line_starting(segment.text, labels))
    ]
    return told, bool(told) and told[0].hit is best.hit and of_session(question) and best.surely


def when(searcher: Searcher, question: str, hits: Sequence[Hit]) -> Sessions | None:
    """The session whose day is asked for; None to any other question, and where it isn't sure which is meant."""
    sessions = meant(searcher, question, hits, None) if _WHEN.search(question) else []
    best = next((m for m in sessions if m.hit.record.date), None)
    if not best or not (best.surely or best.fit >= DAY_FITS):
        return None
    with searcher.memory.reading() as connection:
        record = stored.load(connection, [best.hit.record.id]).get(best.hit.record.id)
    opened = opening(best.hit, record) if record else None
    return Sessions((opened,), "", 0) if opened else None


def _line_starting(text: str, labels: Sequence[str]) -> tuple[int, int] | None:
    """Where the first line stands that begins with one of the labels."""
    start = 0
    for line in text.splitlines(keepends=True):
        if line.lower().startswith(tuple(labels)):
            return start, start + len(line.rstrip())
        start += len(line)
    return None
