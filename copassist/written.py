"""An answer that a language model writes from what a search found, checked sentence by sentence before it stands."""

from __future__ import annotations

import logging
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic

from copassist import llm, prompts, support
from copassist.answer import Extract, cite
from copassist.claims import content
from copassist.embedding import Encoder
from copassist.errors import LanguageModelError, TooLongError
from copassist.records import Citation, Hit, Person, Sentence, Status, StoredSegment
from copassist.sentences import sentence_spans
from copassist.settings import Endpoint
from copassist.store.keywords import words
from copassist.superseded import superseding
from copassist.words import spoken

log = logging.getLogger(__name__)

SIZES = ((6, 1_200), (3, 500))
"""How many passages a model is shown, with how many characters of each; the next where these are too much."""
MOST_SENTENCES = 6
THIN = 0.5
"""With fewer of its sentences kept than this share, it is only perhaps an answer."""
EVERY = 0.1
"""Seconds between two states of a draft, at least."""
OWN = "These are the memory’s own sentences."

_MARKER = re.compile(r"[\[(](?:passages?\s+)?(\d{1,2}(?:\s*[,;&]\s*\d{1,2})*)[\])]", re.IGNORECASE)
_AFTER_STOP = re.compile(rf"([.!?])((?:\s*{_MARKER.pattern})+)", re.IGNORECASE)
_THINKING = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\([^)]*\)")
_WHOLE = re.compile(r"[.!][\"”’')]*$")
"""How a sentence ends; what doesn't is a heading, or was broken off."""
_LEAD = re.compile(r"^\s*(?:[-*+•>#|]+|\d{1,2}[.)])\s+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Written:
    """An answer as it is written: what stands so far as an unchecked draft, or, with none, what holds.

    `by` is the model whose sentences `found` has, "" while they are the memory's own.
    """

    draft: str
    found: Extract
    by: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A sentence of a passage that could back one of an answer."""

    hit: Hit
    segment: StoredSegment
    quote: support.Quote


def write(
    encoder: Encoder, endpoint: Endpoint, question: str, hits: Sequence[Hit], found: Extract
) -> Iterator[Written]:
    """The drafts as they grow, and at last the checked answer; or `found`, with a note on why.

    `found` is what the memory's own sentences make of the question.
    """
    text, shown_at = "", -math.inf
    try:
        for piece in _pieces(endpoint, question, hits):
            text += piece
            if monotonic() - shown_at >= EVERY and _readable(text).strip():
                shown_at = monotonic()
                yield Written(_readable(text).strip(), found)
    except LanguageModelError as error:
        log.warning("%s", error)
        yield Written("", _own(found, f"{error.message} {OWN} {error.fix}".strip()))
        return
    yield settle(encoder, endpoint.model, text, hits, found)


def _pieces(endpoint: Endpoint, question: str, hits: Sequence[Hit]) -> Iterator[str]:
    """What the model writes; where it can't read so much, once more from fewer and shorter passages."""
    for n, (most, characters) in enumerate(SIZES, 1):
        prompt = prompts.write(question, numbered(hits[:most], characters))
        try:
            yield from llm.stream(endpoint, prompt)
            return
        except TooLongError:
            if n == len(SIZES):
                raise


def numbered(hits: Sequence[Hit], characters: int) -> list[prompts.Numbered]:
    """The passages as a model sees them, numbered from 1, with so many characters of each."""
    replaced = superseding(hits)
    shown = []
    for n, hit in enumerate(hits, 1):
        segments = {s.position: s for s in hit.segments}
        left, lines = characters, []
        for span in hit.spans:
            segment = segments[span.position]
            text = segment.text[span.start : min(span.end, span.start + left)]
            left -= len(text)
            if text:
                lines.append((segment.speaker.name if segment.speaker else "", text))
        older = " (older, replaced since)" if all(s.id in replaced for s in hit.segments) else ""
        shown.append(prompts.Numbered(n, f"{_from(hit)}{older}", tuple(lines)))
    return shown


def _from(hit: Hit, section: str = "") -> str:
    """What a passage is from: title, day, heading."""
    day = spoken(hit.record.date) if hit.record.date else ""
    return ", ".join(part for part in (hit.record.title, hit.record.channel, day, section) if part)


def settle(encoder: Encoder, model: str, text: str, hits: Sequence[Hit], found: Extract) -> Written:
    """What of a finished draft the passages back, with exact quotes; `found`, with a note, if it is nothing."""
    claimed = sentences(text)
    if prompts.NOTHING.lower() in text.lower() and not any(numbers for _, numbers in claimed):
        lower: Status = "partial" if found.status == "answered" else found.status
        note = f"The language model finds no full answer in what was found. {OWN}"
        return Written("", _own(replace(found, status=lower), note))
    if not any(numbers for _, numbers in claimed):
        return Written("", _own(found, f"The language model didn’t say where its sentences come from. {OWN}"))
    kept = backed(encoder, claimed, hits)
    if not kept:
        return Written(
            "", _own(found, f"Nothing that the language model wrote is backed by the memory. {OWN}")
        )
    left_out = len(claimed) - len(kept)
    thin = found.status == "answered" and len(kept) < THIN * len(claimed)
    said, citations = _cited(kept[:MOST_SENTENCES], superseding(hits))
    notes = (*found.notes, _left_out(left_out)) if left_out else found.notes
    status: Status = "partial" if thin else found.status
    return Written("", Extract(status, found.confidence, said, citations, notes), model)


def _own(found: Extract, note: str) -> Extract:
    return replace(found, notes=(*found.notes, note))


def _left_out(number: int) -> str:
    what, them = ("A sentence", "it") if number == 1 else (f"{number} sentences", "them")
    were = "was" if number == 1 else "were"
    return f"{what} of the language model’s {were} left out: the memory doesn’t back {them}."


def sentences(text: str) -> list[tuple[str, tuple[int, ...]]]:
    """The sentences of a draft, each once, as plain text with the numbers of the passages that it cites.

    A number at the end of a paragraph counts for those before it in the paragraph that have none.
    """
    found: dict[str, tuple[int, ...]] = {}
    for line in _readable(text).splitlines():
        line = _AFTER_STOP.sub(lambda m: f" {m[2].strip()}{m[1]} ", line)
        numbers: tuple[int, ...] = ()
        told = []
        for start, end in reversed(sentence_spans(line)):
            here = tuple(int(n) for m in _MARKER.finditer(line[start:end]) for n in re.findall(r"\d+", m[1]))
            numbers = here or numbers
            told.append((_without_markers(line[start:end]), numbers))
        for said, cited in reversed(told):
            if any(c.isalpha() for c in said):
                found.setdefault(said, cited)
    return list(found.items())


def _without_markers(sentence: str) -> str:
    return re.sub(r"\s+([.,;:!?])", r"\1", " ".join(_MARKER.sub(" ", sentence).split()))


def _readable(text: str) -> str:
    """A draft without what isn't meant for people: thoughts, images, the addresses of links, marks of Markdown."""
    plain = _THINKING.sub("", prompts.unquoted(text))
    plain = _LINK.sub(r"\1", _IMAGE.sub("", plain))
    plain = _LEAD.sub("", plain).replace("**", "").replace("__", "")
    return "".join(c for c in plain if c.isprintable() or c == "\n")


def backed(
    encoder: Encoder, claimed: Sequence[tuple[str, tuple[int, ...]]], hits: Sequence[Hit]
) -> list[tuple[str, list[Source]]]:
    """Those of the sentences that hold, each with what backs it, the best first."""
    by_number = {n: _sources(hit) for n, hit in enumerate(hits[: SIZES[0][0]], 1)}
    people = frozenset(
        word for hit in hits for p in (*hit.record.people, *_speakers(hit)) for word in words(p.name)
    )
    ground = support.Ground(encoder, _rarities(hits), people)
    kept = []
    for sentence, numbers in claimed:
        sources = [s for n in dict.fromkeys(numbers) for s in by_number.get(n, ())]
        if not sources or not _WHOLE.search(sentence):
            continue
        vectors = encoder.encode([sentence, *(s.quote.text for s in sources)])
        cosines = [float(v @ vectors[0]) for v in vectors[1:]]
        quotes = [s.quote for s in sources]
        chosen = support.choose(sentence, quotes, cosines, ground)
        judged = support.check(sentence, [quotes[i] for i in chosen], ground)
        log.debug("%s %s", judged, sentence)
        if judged.holds:
            kept.append((sentence, [sources[i] for i in chosen]))
    return kept


def _sources(hit: Hit) -> list[Source]:
    """The sentences of a passage; a question says nothing."""
    segments = {s.position: s for s in hit.segments}
    return [
        Source(hit, segment, support.Quote(text, _name(segment), _from(hit, segment.section)))
        for span in hit.spans
        for segment in (segments[span.position],)
        for start, end in sentence_spans(segment.text)
        if span.start <= start and end <= span.end and (text := segment.text[start:end])[-1] != "?"
    ]


def _name(segment: StoredSegment) -> str:
    return segment.speaker.name if segment.speaker else ""


def _speakers(hit: Hit) -> list[Person]:
    return [s.speaker for s in hit.segments if s.speaker]


def _rarities(hits: Sequence[Hit]) -> Mapping[str, float]:
    """What each stem counts, by the share of what was found that holds it."""
    counts = Counter(s for hit in hits for s in set(content(hit.text)))
    return {s: math.log(1 + len(hits) / (n + 0.5)) for s, n in counts.items()}


def _cited(
    kept: Sequence[tuple[str, list[Source]]], replaced: Mapping[str, str]
) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """The sentences with their citations; the same quote has one number."""
    numbers: dict[tuple[str, str], int] = {}
    citations, said = [], []
    for text, sources in kept:
        mine = []
        for source in sources:
            key = (source.segment.id, source.quote.text)
            if key not in numbers:
                numbers[key] = len(numbers) + 1
                made = cite(numbers[key], "answer", source.hit, source.segment, source.quote.text)
                citations.append(replace(made, superseded_by=replaced.get(made.segment)))
            mine.append(numbers[key])
        said.append(Sentence(text, tuple(mine)))
    return tuple(said), tuple(citations)
