"""An answer out of the memory's own sentences, each quoted exactly, or an honest "it doesn't say"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from copassist import confidence, links
from copassist.candidates import (
    Candidate,
    coverage,
    open_questions,
    read,
    term_weights,
    unknown_numbers,
)
from copassist.records import Citation, Hit, Sentence, Status, StoredSegment, Use
from copassist.retrieve import Searcher
from copassist.store import keywords
from copassist.store.keywords import stem
from copassist.superseded import superseding
from copassist.who import who

HITS_READ = 8
"""So many of the best passages are read for sentences."""
MOST_SENTENCES = 5
MOST_IN_PART = 4
"""Sentences of an answer that is one only in part: more of them would be further from it."""
MOST_NEAREST = 3
RAREST = 2
"""So many of the question's rarest words are looked for in the best passages."""
SAME = 0.9
"""Of two sentences that share this much of the shorter one's words one is enough."""
MARGIN = 0.18
"""A sentence this much weaker than the best one is left out."""
LEANING = {"it", "this", "that", "they", "these", "those", "he", "she", "so", "then", "but", "and", "which"}
"""A sentence that begins with one of these leans on the one before."""
NEXT = 4
"""Characters between a sentence and the next, list markers included."""
OPEN_ALIKE = 0.5
STILL_OPEN = 0.2
"""The most that is said of how sure an answer is to what notes mark as open or the memory never mentions."""
REPLACED = 0.15
"""What a sentence loses whose record a later one replaces."""


@dataclass(frozen=True, slots=True)
class Extract:
    """What the memory's sentences make of a question: status, confidence, sentences and their citations."""

    status: Status
    confidence: float
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    notes: tuple[str, ...] = ()


def extract(searcher: Searcher, question: str, hits: Sequence[Hit]) -> Extract:
    """The sentences of these hits that answer the question, or the nearest ones when none does.

    `hits` are best first and decide how sure the answer can be; without any it is "unanswered".
    """
    candidates, features = assess(searcher, question, hits)
    replaced = superseding(hits)
    candidates = _newer_first(candidates, replaced)
    sure = confidence.probability(features)
    told = who(searcher, question, candidates)
    status = confidence.status(sure)
    unknown = unknown_numbers(searcher, question)
    if unknown:
        status, sure = "unanswered", min(sure, STILL_OPEN)
    left_open = _left_open(searcher, question, hits[:HITS_READ], candidates)
    if status == "unanswered" or left_open:
        nearest = [*left_open, *_nearest(candidates)][:MOST_NEAREST]
        return Extract(
            "unanswered",
            min(sure, STILL_OPEN) if left_open else sure,
            (),
            tuple(
                cite(n, "nearest", hit, segment, quote) for n, (hit, segment, quote) in enumerate(nearest, 1)
            ),
            _why(left_open, unknown),
        )
    most = MOST_SENTENCES if status == "answered" else MOST_IN_PART
    chosen = told or _in_reading_order(_chosen(candidates, most), replaced)
    sentences, citations = _cited(chosen)
    return Extract(
        status, sure, sentences, tuple(replace(c, superseded_by=replaced.get(c.record)) for c in citations)
    )


def assess(
    searcher: Searcher, question: str, hits: Sequence[Hit]
) -> tuple[list[Candidate], tuple[float, ...]]:
    """The sentences that could answer, best first, and what confidence.NAMES names."""
    weights = term_weights(searcher, question)
    candidates = read(searcher, question, hits[:HITS_READ], weights)
    rarest = dict(sorted(weights.items(), key=lambda item: -item[1])[:RAREST])
    held = max((coverage(rarest, f"{h.record.title} {h.text}") for h in hits[:3]), default=0.0)
    telling = {c.hit.passage for c in candidates}
    saying = [h for h in hits if h.passage in telling] + list(hits[HITS_READ:])
    return candidates, confidence.features(saying, [(c.cosine, c.coverage) for c in candidates], held)


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
        speaker=segment.speaker,
        section=segment.section,
        location=segment.location,
        channel=hit.record.channel,
        link=links.original(hit.record, segment),
    )


def _why(left_open: Sequence[object], unknown: Sequence[str]) -> tuple[str, ...]:
    """What is known of why the memory doesn't say."""
    notes = [f"The memory never mentions {' or '.join(unknown)}."] if unknown else []
    return (*notes, "This was asked before, and is still open.") if left_open else tuple(notes)


def _nearest(candidates: Sequence[Candidate]) -> list[tuple[Hit, StoredSegment, str]]:
    """The best sentence of each of the nearest records."""
    by_record: dict[str, Candidate] = {}
    for candidate in candidates:
        by_record.setdefault(candidate.hit.record.id, candidate)
    return [(c.hit, c.segment, c.text) for c in by_record.values()]


def _left_open(
    searcher: Searcher, question: str, hits: Sequence[Hit], candidates: Sequence[Candidate]
) -> list[tuple[Hit, StoredSegment, str]]:
    """What notes mark as an open question, if that is nearer to the question than any sentence elsewhere."""
    marked = open_questions(hits)
    if not marked:
        return []
    vectors = searcher.encoder.encode([question, *(segment.text for _, segment, _, _ in marked)])
    cosines = [float(v @ vectors[0]) for v in vectors[1:]]
    hit, segment, start, end = marked[int(np.argmax(cosines))]
    elsewhere = max((c.cosine for c in candidates if c.segment.id != segment.id), default=0.0)
    if max(cosines) < max(OPEN_ALIKE, elsewhere):
        return []
    return [(hit, segment, segment.text[start:end])]


def _chosen(candidates: Sequence[Candidate], most: int) -> list[Candidate]:
    """The best sentences that don't repeat each other, with those that they lean on."""
    chosen: list[Candidate] = []
    for candidate in candidates:
        if len(chosen) >= most or candidate.score < candidates[0].score - MARGIN:
            break
        if any(_repeats(candidate.text, other.text) for other in chosen):
            continue
        chosen.append(candidate)
        before = _leans_on(candidate, candidates)
        if before and before not in chosen:
            chosen.append(before)
    return chosen


def _repeats(text: str, other: str) -> bool:
    """Whether two sentences say the same: nearly the same words, and the very same figures."""
    first, second = set(map(stem, keywords.terms(text))), set(map(stem, keywords.terms(other)))
    same_figures = {w for w in first if w.isdigit()} == {w for w in second if w.isdigit()}
    return same_figures and len(first & second) >= SAME * min(len(first), len(second))


def _newer_first(candidates: Sequence[Candidate], replaced: dict[str, str]) -> list[Candidate]:
    """The candidates with those of a replaced record behind the best of what replaced it."""
    best: dict[str, float] = {}
    for c in candidates:
        best[c.hit.record.id] = max(best.get(c.hit.record.id, c.score), c.score)
    weighed = [
        replace(c, score=min(c.score - REPLACED, best.get(replaced[c.hit.record.id], c.score) - REPLACED))
        if c.hit.record.id in replaced
        else c
        for c in candidates
    ]
    return sorted(weighed, key=lambda c: (-c.score, c.segment.id, c.start))


def _leans_on(candidate: Candidate, candidates: Sequence[Candidate]) -> Candidate | None:
    """The sentence just before in the same segment, where this one can't be understood without it."""
    first = candidate.text.split()[0].strip("\"'(*_,.").lower()
    if first not in LEANING:
        return None
    return next(
        (
            c
            for c in candidates
            if c.segment.id == candidate.segment.id and 0 <= candidate.start - c.end <= NEXT
        ),
        None,
    )


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
