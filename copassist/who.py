"""Questions for people ("who ran the clinic on ..."): answered from the lines in which notes tell it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from copassist.candidates import Candidate
from copassist.retrieve import Searcher
from copassist.store import records as stored

WHO = (
    (
        re.compile(
            r"\bwho(?:'s| is| was| were)?\b.*"
            r"\b(?:ran|run|led|leads?|leading|facilitat\w+|chair\w*|host\w*|moderat\w+)\b",
            re.I,
        ),
        "facilitat host chair lead moderat",
    ),
    (
        re.compile(r"\bwho(?: has| was)?\b.*\b(?:present\w*|show\w*|gave|demo\w*|talk\w*|spoke)\b", re.I),
        "present speaker host guest",
    ),
    (
        re.compile(r"\bwho(?: else)?\b.*\b(?:attend\w*|was (?:there|at)|were (?:there|at)|present)\b", re.I),
        "attend present participant",
    ),
    (re.compile(r"\bwho\b.*\b(?:brought|asked|raised)\b", re.I), "brought problem asker"),
)
"""What a question for people asks for, and with which labels notes tell it."""
WHOM = re.compile(
    r"\bwho(?: else)?(?: (?:can|could|may|might|would|will|has|is|be|able|to|already|ever|also|best))*"
    r" (?:knows?|helps?|advises?|experienced?|(?:worked|dealt|struggled) with|solved|tried|had experience)\b"
    r"|\b(?:any|some)(?:one|body)(?: else| here| who| there)* knows?\b|\b(?:an|any) expert (?:on|in|for|with)\b"
    r"|\bwho(?:m| else)?(?: (?:can|could|should|shall|do|would|might))? (?:i|we|you|to) (?:\w+ )?"
    r"(?:ask|talk|speak|contact|turn|reach|ping|write|message|go|approach)\b",
    re.I,
)
"""How somebody to talk to is asked for, whatever they are to say."""
WHO_SESSIONS = 2
WHO_MARGIN = 0.25
"""How much worse than the best one a session may fit to be told of too."""
FORMATS_ASKED = (
    ("clinic", "clinic"),
    ("show", "show-and-tell"),
    ("peer review", "peer-review"),
    ("ask me", "ama"),
    ("ama", "ama"),
)


def asks_whom(question: str) -> bool:
    """Whether a question asks for people to talk to, rather than for what they would say."""
    return WHOM.search(question) is not None


def who(searcher: Searcher, question: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The lines of the session that the question is about which say who ran, presented or was there.

    Empty when the question doesn't ask that, or when the notes don't tell.
    """
    labels = next((labels.split() for asks, labels in WHO if asks.search(question)), None)
    named = {format_ for words, format_ in FORMATS_ASKED if words in question.lower()}
    best: dict[str, Candidate] = {}
    for c in candidates:
        if c.hit.record.kind == "session" and (not named or c.hit.record.format in named):
            best.setdefault(c.hit.record.id, c)
    if labels is None or not best:
        return []
    vectors = searcher.encoder.encode([question, *(c.hit.record.title for c in best.values())])
    fits = [float(v @ vectors[0]) + c.hit.score for v, c in zip(vectors[1:], best.values(), strict=True)]
    about = sorted(zip(fits, best.values(), strict=True), key=lambda pair: -pair[0])[:WHO_SESSIONS]
    told = []
    with searcher.memory.reading() as connection:
        records = stored.load(connection, [c.hit.record.id for _, c in about])
    for fit, candidate in about:
        for segment in records[candidate.hit.record.id].segments:
            line = _line_starting(segment.text, labels) if segment.part == "people" else None
            if line and fit >= about[0][0] - WHO_MARGIN:
                told.append(replace(candidate, segment=segment, start=line[0], end=line[1]))
    return told


def _line_starting(text: str, labels: Sequence[str]) -> tuple[int, int] | None:
    """Where the first line stands that begins with one of the labels."""
    start = 0
    for line in text.splitlines(keepends=True):
        if line.lower().startswith(tuple(labels)):
            return start, start + len(line.rstrip())
        start += len(line)
    return None
