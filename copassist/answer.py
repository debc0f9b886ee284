"""An answer out of the memory's own sentences, each quoted exactly, or an honest "it doesn't say"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from copassist import candidates as reading
from copassist import confidence, links
from copassist.candidates import Candidate, open_questions, read, term_weights, unknown_numbers
from copassist.choice import choose, repeats
from copassist.parts import Told, part
from copassist.query import SHORT, Period, period, periods
from copassist.records import Citation, Hit, Sentence, Status, StoredSegment, Use
from copassist.retrieve import Searcher
from copassist.superseded import superseding
from copassist.wanted import tells, wanted
from copassist.which import Sessions, which
from copassist.who import when, who

HITS_READ = 10
"""So many of the best passages are read for sentences."""
MOST_NEAREST = 3
ODDS = reading.NAMES.index("odds")
OPEN_ALIKE = 0.5
TITLE_CHARACTERS = 80
TOLD = 0.8
"""How sure an answer is that isn't decided by the model: whom to ask, or who was at the session that seems meant."""
LEFT_OPEN = "This was asked before, and is still open."
LEFT_OUT = "There the notes say {} more; open the session to read all."
STILL_OPEN = 0.2
"""The most that is said of how sure an answer is to what notes mark as open."""


@dataclass(frozen=True, slots=True)
class Extract:
    """What the memory's sentences make of a question: status, confidence, sentences and their citations; `told` if
    a rule found just what is asked for, which nothing could say better.
    """

    status: Status
    confidence: float
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    notes: tuple[str, ...] = ()
    told: bool = False


@dataclass(frozen=True, slots=True)
class Assessed:
    """What could be said to a question: the sentences that could answer, best first; those that would be said, with
    their citations; in `notes` why they can't be the answer, as far as a rule tells; else by what to decide
    (confidence.NAMES). `told` if the memory's notes tell just that, so that there is nothing to decide; `notes` then
    say what is left out.
    """

    candidates: tuple[Candidate, ...]
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    notes: tuple[str, ...]
    features: tuple[float, ...]
    told: bool = False


def extract(searcher: Searcher, question: str, hits: Sequence[Hit]) -> Extract:
    """The sentences of these hits that answer the question, or the nearest ones when none does.

    `hits` are best first and decide how sure the answer can be; without any it is "unanswered".
    """
    asked = which(searcher, question, hits) or when(searcher, question, hits)
    if asked:
        return _listed(asked)
    found = assess(searcher, question, hits)
    if found.told:
        return Extract("answered", TOLD, found.sentences, found.citations, found.notes, told=True)
    sure = confidence.probability(found.features)
    status = confidence.status(sure)
    left_open = _left_open(searcher, question, hits[:HITS_READ], found.candidates)
    if status == "unanswered" or left_open:
        nearest = [*left_open, *_nearest(found.candidates)][:MOST_NEAREST]
        return Extract(
            "unanswered",
            min(sure, STILL_OPEN) if left_open else sure,
            (),
            tuple(
                cite(n, "nearest", hit, segment, quote) for n, (hit, segment, quote) in enumerate(nearest, 1)
            ),
            (*found.notes, LEFT_OPEN) if left_open else found.notes,
        )
    return Extract(status, sure, found.sentences, found.citations)


def _listed(asked: Sessions) -> Extract:
    """The sessions that are asked for, by their titles and how each opens; or that there was none."""
    if not asked.openings:
        return Extract("unanswered", 0.0, (), (), (f"The memory has no {asked.asked}.",))
    _, citations = _cited(asked.openings)
    sentences = tuple(Sentence(_titled(c), (n,)) for n, c in enumerate(asked.openings, 1))
    more = (f"There are at least {asked.more} more; Sessions finds them all.",) if asked.more else ()
    return Extract("answered", 1.0, sentences, citations, more)


def assess(searcher: Searcher, question: str, hits: Sequence[Hit]) -> Assessed:
    """What could be said of these hits, and by what to decide whether it is an answer."""
    weights = term_weights(searcher, question)
    candidates = read(searcher, question, hits[:HITS_READ], weights)
    replaced = superseding(hits)
    chosen = choose(candidates, replaced)
    people, fits = who(searcher, question, hits)
    told = Told() if people else part(searcher, question, hits)
    replaced = replaced | superseding([*hits, *(c.hit for c in told.candidates[:1])])
    of_part = sorted(told.candidates, key=lambda c: c.segment.id in replaced)
    sentences, citations = _cited(people or of_part or chosen)
    citations = tuple(replace(c, superseded_by=replaced.get(c.segment)) for c in citations)
    why_not = _why_not(searcher, question, citations)
    if (fits if people else of_part) and not why_not:
        left_out = (LEFT_OUT.format(told.more),) if told.more else ()
        return Assessed(tuple(candidates), sentences, citations, left_out, confidence.NOTHING, told=True)
    if why_not or not candidates:
        return Assessed(tuple(candidates), sentences, citations, why_not, confidence.NOTHING)
    odds = max((c.features[ODDS] for c in chosen), default=-reading.MOST_ODDS)
    return Assessed(tuple(candidates), sentences, citations, (), confidence.features(hits, odds))


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


def _why_not(searcher: Searcher, question: str, citations: Sequence[Citation]) -> tuple[str, ...]:
    """Why what would be cited can't be the answer, as far as that can be told from what the question names."""
    now = searcher.memory.now().date()
    notes = []
    if unknown := unknown_numbers(searcher, question):
        notes.append(f"The memory never mentions {' or '.join(unknown)}.")
    when = period(question, now)
    if when and when.until - when.since < SHORT and not any(_is_of(c, when, now) for c in citations):
        notes.append(f"Nothing that was found is of {when}, or speaks of it.")
    if "figure" in wanted(question) and not any(
        tells("figure", c.quote, frozenset(), now) for c in citations
    ):
        notes.append("Nothing that was found gives a figure.")
    return tuple(notes)


def _is_of(citation: Citation, when: Period, now: date) -> bool:
    """Whether a citation is from that time, or speaks of it, as far as can be told; documents tell of any time."""
    if citation.kind == "document" or citation.date is None:
        return True
    spoken_of = [Period(citation.date, citation.date), *periods(citation.quote, now)]
    return any(p.since <= when.until and when.since <= p.until for p in spoken_of)


def _nearest(candidates: Sequence[Candidate]) -> list[tuple[Hit, StoredSegment, str]]:
    """The best sentence of each of the nearest records, none that says the same as another."""
    near: list[Candidate] = []
    for c in candidates:
        if not any(c.hit.record.id == n.hit.record.id or repeats(c.text, n.text) for n in near):
            near.append(c)
        if len(near) == MOST_NEAREST:
            break
    return [(c.hit, c.segment, c.text) for c in near]


def _left_open(
    searcher: Searcher, question: str, hits: Sequence[Hit], candidates: Sequence[Candidate]
) -> list[tuple[Hit, StoredSegment, str]]:
    """What notes mark as an open question, if that is nearer to the question than any sentence elsewhere."""
    marked = open_questions(hits)
    if not marked:
        return []
    texts = [*(segment.text for _, segment, _, _ in marked), *map(_in_context, candidates)]
    asked, *vectors = searcher.encoder.encode([question, *texts])
    near = [float(vector @ asked) for vector in vectors]
    to_marked, to_candidates = near[: len(marked)], near[len(marked) :]
    hit, segment, start, end = marked[int(np.argmax(to_marked))]
    others = zip(candidates, to_candidates, strict=True)
    elsewhere = max((cosine for c, cosine in others if c.segment.id != segment.id), default=0.0)
    if max(to_marked) < max(OPEN_ALIKE, elsewhere):
        return []
    return [(hit, segment, segment.text[start:end])]


def _in_context(candidate: Candidate) -> str:
    """A sentence with what it stands under, since "Ring within 15 minutes." alone is about nothing."""
    heading = candidate.segment.section.rpartition(" > ")[2]
    title = candidate.hit.record.title[:TITLE_CHARACTERS]
    return f"{title}. {heading}: {candidate.text}" if heading else candidate.text


def _told(candidate: Candidate) -> str:
    """A sentence as it is said in an answer; a line about people says of which session, too."""
    if candidate.segment.part == "people":
        return _titled(candidate)
    return candidate.text[:1].upper() + candidate.text[1:]


def _titled(candidate: Candidate) -> str:
    return f"{candidate.hit.record.title}: {candidate.text}"


def _cited(chosen: Sequence[Candidate]) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """Each sentence with the citation that backs it."""
    citations = tuple(cite(n, "answer", c.hit, c.segment, c.text) for n, c in enumerate(chosen, 1))
    sentences = tuple(Sentence(_told(c), (n,)) for n, c in enumerate(chosen, 1))
    return sentences, citations
