"""An answer out of the memory's own sentences, each with the quote that it is, or an honest "it doesn't say"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import snowballstemmer

from copassist import confidence
from copassist.embedding import Vectors
from copassist.records import Citation, Hit, Sentence, Status, StoredSegment, Use
from copassist.retrieve import Searcher
from copassist.sentences import sentence_spans
from copassist.store import keywords
from copassist.store import records as stored
from copassist.superseded import superseding

HITS_READ = 8
"""So many of the best passages are read for sentences."""
MOST_SENTENCES = 5
MOST_NEAREST = 3
RAREST = 2
"""So many of the question's rarest words are looked for in the best passages."""
SAME = 0.86
"""Sentences with a cosine above this say the same; one of them is enough."""
MARGIN = 0.22
"""A sentence this much weaker than the best one is left out."""
PART_WEIGHT = {
    "outcome": 0.08,
    "decision": 0.08,
    "answer": 0.06,
    "advice": 0.05,
    "next-step": 0.0,
    "problem": -0.08,
    "question": -0.3,
}
LEANING = {"it", "this", "that", "they", "these", "those", "he", "she", "so", "then", "but", "and", "which"}
"""A sentence that begins with one of these leans on the one before."""
_MARKER = re.compile(r"(?:[-*+•>]|\d{1,3}[.)]|\[[ xX]\])\s+")
REPLACED = 0.15
"""What a sentence loses whose record a later one replaces."""
UNFINISHED = 0.15
"""What a sentence loses that only announces what follows it."""
LEAST_WORDS = 4
LEAST_PLAIN = 0.12
"""So much of a sentence are words like "the" and "is"; of a list of links or figures less."""
_OPEN = re.compile(
    r"\W*(?:(?:still )?open(?: question)?|unanswered|unresolved|question)s?\b\W*[:,(]", re.IGNORECASE
)
"""How notes mark what was asked and not answered."""
WHO = (
    (
        re.compile(
            r"\bwho(?:'s| is| was| were)?\b.*\b(?:ran|run|led|leads?|leading|facilitat\w+|chair\w*|host\w*|moderat\w+)\b",
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
WHO_SESSIONS = 2
WHO_MARGIN = 0.25
"""How much worse than the best one a session may fit to be told of too."""
FORMAT_WORDS = (
    ("clinic", "clinic"),
    ("show", "show-and-tell"),
    ("peer review", "peer-review"),
    ("ask me", "ama"),
    ("ama", "ama"),
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a passage with how well it answers the question."""

    hit: Hit
    segment: StoredSegment
    start: int
    end: int
    score: float
    cosine: float
    coverage: float
    vector: Vectors

    @property
    def text(self) -> str:
        """The sentence as it stands in its segment."""
        return self.segment.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Extract:
    """What the memory's sentences make of a question: status, confidence, sentences and their citations."""

    status: Status
    confidence: float
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]


def extract(searcher: Searcher, question: str, hits: Sequence[Hit]) -> Extract:
    """The sentences of these hits that answer the question, or the nearest ones when none does.

    `hits` are best first and decide how sure the answer can be; without any it is "unanswered".
    """
    candidates, features = assess(searcher, question, hits)
    replaced = superseding(hits)
    candidates = _newer_first(candidates, replaced)
    sure = confidence.probability(features)
    told = _who(searcher, question, candidates)
    status = confidence.status(sure)
    if status == "unanswered":
        nearest = _nearest(candidates)
        return Extract(
            status,
            sure,
            (),
            tuple(cite(n, "nearest", c.hit, c.segment, c.text) for n, c in enumerate(nearest, 1)),
        )
    chosen = told or _in_reading_order(_chosen(candidates), replaced)
    sentences, citations = _cited(chosen)
    return Extract(
        status, sure, sentences, tuple(replace(c, superseded_by=replaced.get(c.record)) for c in citations)
    )


def assess(
    searcher: Searcher, question: str, hits: Sequence[Hit]
) -> tuple[list[Candidate], tuple[float, ...]]:
    """The sentences that could answer, best first, and what confidence.NAMES names."""
    weights = _term_weights(searcher, question)
    candidates = _candidates(searcher, question, hits[:HITS_READ], weights)
    rarest = dict(sorted(weights.items(), key=lambda item: -item[1])[:RAREST])
    held = max((_coverage(rarest, f"{h.record.title} {h.text}") for h in hits[:3]), default=0.0)
    return candidates, confidence.features(hits, [(c.cosine, c.coverage) for c in candidates], held)


def _who(searcher: Searcher, question: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The lines of the session that the question is about which say who ran, presented or was there.

    Empty when the question doesn't ask that, or when the notes don't tell.
    """
    labels = next((labels.split() for asks, labels in WHO if asks.search(question)), None)
    named = {format_ for words, format_ in FORMAT_WORDS if words in question.lower()}
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


def cite(n: int, use: Use, hit: Hit, segment: StoredSegment, quote: str) -> Citation:
    """The citation of a quote from a segment of a hit."""
    speaker = (segment.speaker,) if segment.speaker else ()
    others = [
        p
        for p in hit.record.people
        if p.role != "attendee" and (not segment.speaker or p.identity != segment.speaker.identity)
    ]
    return Citation(
        n=n,
        use=use,
        record=hit.record.id,
        segment=segment.id,
        kind=hit.record.kind,
        format=hit.record.format,
        title=hit.record.title,
        date=segment.time.date() if segment.time else hit.record.date,
        people=(*speaker, *others),
        quote=quote,
        section=segment.section,
        location=segment.location,
        channel=hit.record.channel,
        link=hit.record.link,
    )


def first_sentence(segment: StoredSegment) -> str:
    """The first sentence of a segment, as it stands there."""
    spans = sentence_spans(segment.text)
    return segment.text[slice(*spans[0])] if spans else segment.text


def _candidates(
    searcher: Searcher, question: str, hits: Sequence[Hit], weights: dict[str, float]
) -> list[Candidate]:
    """The sentences of the hits that could answer, best first."""
    found: dict[tuple[str, int, int], tuple[Hit, StoredSegment]] = {}
    for hit in hits:
        segments = {s.position: s for s in hit.segments}
        for span in hit.spans:
            segment = segments[span.position]
            for start, end in _sentences(segment):
                if span.start <= start and end <= span.end:
                    found.setdefault((segment.id, start, end), (hit, segment))
    if not found:
        return []
    texts = [segment.text[start:end] for (_, start, end), (_, segment) in found.items()]
    vectors = searcher.encoder.encode([question, *texts])
    best_hit = max(hit.score for hit in hits) or 1.0
    candidates = []
    for ((_, start, end), (hit, segment)), text, vector in zip(
        found.items(), texts, vectors[1:], strict=True
    ):
        cosine, covered = (
            float(vector @ vectors[0]),
            _coverage(weights, f"{hit.record.title} {segment.section} {text}"),
        )
        own = _coverage(weights, text)
        score = cosine + 0.3 * own + 0.35 * hit.score / best_hit + PART_WEIGHT.get(segment.part, 0.0)
        score -= UNFINISHED * text.endswith(":")
        candidates.append(Candidate(hit, segment, start, end, score, cosine, covered, vector))
    return sorted(candidates, key=lambda c: (-c.score, c.segment.id, c.start))


def _sentences(segment: StoredSegment) -> Iterator[tuple[int, int]]:
    """Where the sentences of a segment stand that can be part of an answer, without their list markers."""
    if segment.part in ("question", "people"):
        return
    for start, end in sentence_spans(segment.text):
        marker = _MARKER.match(segment.text, start, end)
        start = marker.end() if marker else start
        if _says_something(segment.text[start:end]):
            yield start, end


def _says_something(text: str) -> bool:
    """Whether a text says something: no question, no crumb, no line of links, numbers or code."""
    if text.startswith("```") or text.rstrip("\"')*_ ").endswith("?") or _OPEN.match(text):
        return False
    found = text.lower().split()
    plain = sum(word.strip("\"'(),.;:!*_`") in keywords.STOP_WORDS for word in found)
    return len(found) >= LEAST_WORDS and plain / len(found) >= LEAST_PLAIN


def _term_weights(searcher: Searcher, question: str) -> dict[str, float]:
    """The stems of the question's words with how rare each is in the memory (inverse document frequency)."""
    words = keywords.terms(question)[:40]
    with searcher.memory.reading() as connection:
        counts = keywords.frequencies(connection, words)
        total = max(keywords.count(connection), 1)
    return {stem(w): float(np.log(1 + total / (counts[w] + 0.5))) for w in words}


def _coverage(weights: dict[str, float], text: str) -> float:
    """How much of the question's words, weighted, occurs in the text (0 to 1)."""
    present = {stem(w) for w in keywords.words(text)}
    return sum(weight for s, weight in weights.items() if s in present) / (sum(weights.values()) or 1.0)


_stemmer = snowballstemmer.stemmer("porter")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a lower-case English word (Porter, as the keyword index does it)."""
    return str(_stemmer.stemWord(word))


def _nearest(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The best sentence of each of the nearest records."""
    by_record: dict[str, Candidate] = {}
    for candidate in candidates:
        by_record.setdefault(candidate.hit.record.id, candidate)
    return list(by_record.values())[:MOST_NEAREST]


def _chosen(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The best sentences that don't repeat each other, with those that they lean on."""
    chosen: list[Candidate] = []
    for candidate in candidates:
        if len(chosen) >= MOST_SENTENCES or candidate.score < candidates[0].score - MARGIN:
            break
        if any(float(candidate.vector @ other.vector) > SAME for other in chosen):
            continue
        chosen.append(candidate)
        before = _leans_on(candidate, candidates)
        if before and before not in chosen:
            chosen.append(before)
    return chosen


def _newer_first(candidates: Sequence[Candidate], replaced: dict[str, str]) -> list[Candidate]:
    """The candidates with those of replaced records behind what replaced them."""
    weighed = [replace(c, score=c.score - REPLACED * (c.hit.record.id in replaced)) for c in candidates]
    return sorted(weighed, key=lambda c: (-c.score, c.segment.id, c.start))


def _leans_on(candidate: Candidate, candidates: Sequence[Candidate]) -> Candidate | None:
    """The sentence just before in the same segment, where this one can't be understood without it."""
    first = candidate.text.split()[0].strip("\"'(*_,.").lower()
    if first not in LEANING:
        return None
    same = [c for c in candidates if c.segment.id == candidate.segment.id and c.end <= candidate.start]
    return max(same, key=lambda c: c.end, default=None)


def _in_reading_order(chosen: Sequence[Candidate], replaced: dict[str, str]) -> list[Candidate]:
    """Record by record, the one with the best sentence first and what was replaced last, each in its own order."""
    best: dict[str, float] = {}
    for c in chosen:
        best[c.hit.record.id] = max(best.get(c.hit.record.id, c.score), c.score)
    return sorted(
        chosen,
        key=lambda c: (
            c.hit.record.id in replaced,
            -best[c.hit.record.id],
            c.hit.record.id,
            c.segment.position,
            c.start,
        ),
    )


def _told(candidate: Candidate) -> str:
    """A sentence as it is said in an answer; a line about people says of which session, too."""
    if candidate.segment.part == "people":
        return f"{candidate.hit.record.title}: {candidate.text}"
    return candidate.text[:1].upper() + candidate.text[1:]


def _cited(chosen: Sequence[Candidate]) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """Each sentence with the citation that backs it."""
    citations = tuple(cite(n, "answer", c.hit, c.segment, c.text) for n, c in enumerate(chosen, 1))
    sentences = tuple(Sentence(_told(c), (n,)) for n, c in enumerate(chosen, 1))
    return sentences, citations
