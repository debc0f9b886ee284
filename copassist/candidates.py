"""The sentences of what a search found that could answer a question, each with how well it does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from copassist.cross_encoder import Text
from copassist.records import Hit, StoredSegment
from copassist.retrieve import Searcher, held_passages, read_query
from copassist.sentences import sentence_spans
from copassist.store import keywords
from copassist.store.keywords import stem
from copassist.wanted import defines, names_in, parts_wanted, tells, wanted
from copassist.words import spoken

NAMES = ("words", "hit", "odds")
"""What a sentence is weighed by: how much of the question's words it holds, its passage's score relative to the best,
and the cross-encoder's odds that it answers."""
WEIGHTS = (0.3, 1.72, 0.14)
"""Chosen on questions that the cross-encoder wasn't trained on (docs/decisions/0012-cross-encoder.md)."""
MOST_ODDS = 8.0
"""Beyond this the logarithm of the odds says no more."""
PART_WEIGHT = {
    "outcome": 0.12,
    "decision": 0.15,
    "answer": 0.06,
    "accepted-answer": 0.1,
    "advice": 0.08,
    "next-step": 0.0,
    "problem": -0.6,
}
"""A sentence of the problem is often the nearest to a question, and is never its answer."""
ASKED = 0.2
"""What a sentence loses that is the asker's own."""
WANTED = 0.2
"""What a sentence gains with the kind of thing that is asked for (a name, a figure, a time), and one of the part of
the notes that is asked for (the advice, the outcome)."""
DEFINES = 1.5
"""What a sentence gains that begins with the word whose meaning is asked, and says it."""
LEAST_WORDS = 4
LEAST_PLAIN = 0.12
"""So much of a sentence are words like "the" and "is"; of a list of links or figures less."""
_UNDECIDED = (
    r"(?:still open|unanswered|unresolved|undecided|not (?:yet )?(?:answered|decided|resolved|settled))"
)
_OPEN = re.compile(rf"\W*(?:(?:open(?: question)?|question)s?|{_UNDECIDED})\b\W*[:,(]", re.IGNORECASE)
"""How notes mark what was asked and not answered."""
_OPEN_HEADING = re.compile(rf"(?:.* > )?\W*{_UNDECIDED}\W*", re.IGNORECASE)
_HEAD = re.compile(r"\W*(?:date|time|place|location|venue|duration)\b\W*:", re.IGNORECASE)
"""How a line begins that only says when and where the record is from."""
_NUMBERED = re.compile(
    r"(?:#|\b(?:rfc|pr|issue|ticket|bug|mcp|cve|adr)\b[ -]?(?:no\.? ?)?#?)(\d{2,})\b", re.IGNORECASE
)
CODE = ("```", "~~~")
_ROW = re.compile(r"[^|]+\|[^|]|[^:;\n]{1,60}: [^;\n]+; [^:;\n]{1,60}: ")
"""A row of a table, by its bars or its columns' names."""
_WORD = re.compile(r"[^\W\d_]{3,}")
_LINK = re.compile(r"\W*\[[^\]]*\]\(")
_MARKER = re.compile(r"(?:[-*+•>]|\d{1,3}[.)]|\[[ xX]\])\s+")


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A sentence of a passage with how well it answers the question; `features` are those of NAMES."""

    hit: Hit
    segment: StoredSegment
    start: int
    end: int
    score: float
    features: tuple[float, ...] = ()

    @property
    def announces(self) -> bool:
        """Whether the sentence says that something follows, such as a list."""
        return self.text.endswith(":")

    @property
    def heads(self) -> bool:
        """Whether it is the first line of a list's item whose other lines say more of it."""
        rest = self.segment.text[self.end :]
        return self.start == 0 and rest.startswith("\n") and self.text[-1] not in ".!?;"

    @property
    def is_code(self) -> bool:
        """Whether it is a block of code."""
        return self.text.startswith(CODE)

    @property
    def text(self) -> str:
        """The sentence as it stands in its segment."""
        return self.segment.text[self.start : self.end]


def read(
    searcher: Searcher, question: str, hits: Sequence[Hit], weights: dict[str, float]
) -> list[Candidate]:
    """The sentences of the hits that could answer, best first."""
    passages = [_read_of(hit) for hit in hits]
    places = [(hit, *place) for hit, (_, inside) in zip(hits, passages, strict=True) for place in inside]
    if not places:
        return []
    odds = _odds(searcher, question, [text for text, _ in passages])
    best_hit = max(hit.score for hit in hits) or 1.0
    kinds, parts = wanted(question), parts_wanted(question)
    names, now = names_in(hits), searcher.memory.now().date()
    candidates = []
    for (hit, segment, start, end), answers in zip(places, odds, strict=True):
        text = segment.text[start:end]
        features = (coverage(weights, text), hit.score / best_hit, answers)
        score = sum(weight * value for weight, value in zip(WEIGHTS, features, strict=True))
        score += PART_WEIGHT.get(segment.part, 0.0) - ASKED * _is_asker(segment)
        score += WANTED * sum(tells(kind, text, names, now) for kind in kinds)
        score += WANTED * (segment.part in parts) + DEFINES * defines(question, text)
        candidates.append(Candidate(hit, segment, start, end, score, features))
    return sorted(candidates, key=lambda c: (-c.score, c.segment.id, c.start))


def _read_of(hit: Hit) -> tuple[Text, list[tuple[StoredSegment, int, int]]]:
    """What the cross-encoder reads of a hit, and where each sentence of that stands in the memory."""
    segments = {s.position: s for s in hit.segments}
    body, before = "", ""
    inside: list[tuple[int, int]] = []
    places: list[tuple[StoredSegment, int, int]] = []
    for span in hit.spans:
        segment = segments[span.position]
        name = segment.speaker.name if segment.speaker else ""
        body += ("\n" if body else "") + (f"{name}: " if name != before and name else "")
        shift, before = len(body) - span.start, name
        body += segment.text[span.start : span.end]
        for start, end in _said(segment):
            if span.start <= start and end <= span.end:
                inside.append((start + shift, end + shift))
                places.append((segment, start, end))
    when = spoken(hit.record.date) if hit.record.kind == "session" and hit.record.date else ""
    section = hit.segments[0].section if hit.segments else ""
    header = " | ".join(part for part in (hit.record.title, when, section) if part)
    return Text(header, body, tuple(inside)), places


def _said(segment: StoredSegment) -> list[tuple[int, int]]:
    """Where the sentences of a segment stand; what somebody said in a few words ("Ten to nine.") counts as one."""
    found, text = list(sentences(segment)), segment.text
    if found or not segment.speaker or _says_nothing(segment):
        return found
    spans = [
        (a, b) for a, b in sentence_spans(text) if not _is_question(text[a:b]) and not _HEAD.match(text[a:b])
    ]
    whole = [(spans[0][0], spans[-1][1])] if spans else []
    return [(start, end) for start, end in whole if _is_crumb(text[start:end])]


def _odds(searcher: Searcher, question: str, texts: Sequence[Text]) -> list[float]:
    """What the cross-encoder says to each sentence of the texts, within MOST_ODDS; zeros without one."""
    if searcher.cross_encoder is None:
        return [0.0 for text in texts for _ in text.sentences]
    odds = searcher.cross_encoder.read(question, texts)
    return [max(-MOST_ODDS, min(MOST_ODDS, o)) for text in odds for o in text]


def _is_asker(segment: StoredSegment) -> bool:
    return segment.speaker is not None and segment.speaker.role == "asker"


def open_questions(hits: Sequence[Hit]) -> list[tuple[Hit, StoredSegment, int, int]]:
    """Where these passages say that something was asked and not answered, as notes mark it in the line or above it."""
    return [
        (hit, segment, start, end)
        for hit in hits
        for segment in hit.segments
        for start, end in sentence_spans(segment.text)
        if (_OPEN.match(segment.text[start:end]) or _OPEN_HEADING.fullmatch(segment.section))
        and len(segment.text[start:end].split()) >= LEAST_WORDS
    ]


def sentences(segment: StoredSegment) -> Iterator[tuple[int, int]]:
    """Where the sentences of a segment stand that can be part of an answer, without their list markers.

    A crumb ("Contractors may not.", "SLO: service level objective.") says nothing alone, and is one with the
    sentence before it in its line, or else with the one after it.
    """
    if _says_nothing(segment):
        return
    text, start, end = segment.text, 0, 0
    waiting = False
    for first, last in sentence_spans(text):
        marker = _MARKER.match(text, first, last)
        first = marker.end() if marker else first
        beside = start < end and "\n" not in text[end:first]
        if beside and (waiting or _is_crumb(text[first:last])) and not _is_question(text[first:last]):
            waiting = waiting and not says_something(text[first:last])
        else:
            if start < end and not waiting:
                yield start, end
            start, waiting = first, not says_something(text[first:last])
            if _is_question(text[first:last]):
                start = last
        end = last
    if start < end and not waiting:
        yield start, end


def _says_nothing(segment: StoredSegment) -> bool:
    """Whether a segment only asks, names people, or stands below a heading of what is open."""
    return segment.part in ("question", "people") or bool(_OPEN_HEADING.fullmatch(segment.section))


def _is_crumb(text: str) -> bool:
    return not says_something(text) and not _LINK.match(text) and any(c.isalpha() for c in text)


def _is_question(text: str) -> bool:
    return text.rstrip("\"'*_ ").endswith("?") or bool(_OPEN.match(text))


def says_something(text: str) -> bool:
    """Whether a text says something: no question, no crumb, no line of links or figures."""
    if text.startswith(CODE):
        return True
    if _LINK.match(text) or _HEAD.match(text) or _is_question(text):
        return False
    if _ROW.match(text):
        return len(_WORD.findall(text)) >= LEAST_WORDS
    found = text.lower().split()
    plain = sum(word.strip("\"'(),.;:!*_`") in keywords.STOP_WORDS for word in found)
    return len(found) >= LEAST_WORDS and plain / len(found) >= LEAST_PLAIN


def term_weights(searcher: Searcher, question: str) -> dict[str, float]:
    """The stems of the question's words with how rare each is in the memory (inverse document frequency).

    A typo counts as the word that it means.
    """
    with searcher.memory.reading() as connection:
        held = held_passages(searcher, connection)
        meant = read_query(searcher, connection, question).meant
    words = [meant.get(word, word) for word in keywords.terms(question)[:40]]
    counts, total = held.words.frequencies(words), max(held.count, 1)
    return {stem(w): float(np.log(1 + total / (counts[w] + 0.5))) for w in words}


def unknown_numbers(searcher: Searcher, question: str) -> list[str]:
    """The numbered things that a question names ("RFC 3762", "#4711") and the memory never does."""
    named = {found[0].strip(): found[1] for found in _NUMBERED.finditer(question)}
    with searcher.memory.reading() as connection:
        counts = held_passages(searcher, connection).words.frequencies(sorted(set(named.values())))
    return [name for name, number in named.items() if not counts[number]]


def coverage(weights: dict[str, float], text: str) -> float:
    """How much of the question's words, weighted, occurs in the text (0 to 1)."""
    present = {stem(w) for w in keywords.words(text)}
    return sum(weight for s, weight in weights.items() if s in present) / (sum(weights.values()) or 1.0)


def first_sentence(segment: StoredSegment) -> str:
    """The first sentence of a segment, as it stands there."""
    spans = sentence_spans(segment.text)
    return segment.text[slice(*spans[0])] if spans else segment.text
