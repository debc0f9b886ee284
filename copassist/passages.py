"""Cutting records into passages: windows over segments that a search can find and a model reads whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from copassist.records import Record, Segment, Span
from copassist.sentences import sentence_spans
from copassist.words import FORMAT_WORDS, spoken

READ_TOKENS = 254
"""What the packaged model reads of a text, its own two markers left out."""
MOST_TOKENS = 190
"""No passage is longer, nor longer than its header leaves room: the model reads each whole (decision 4)."""
SPARE_TOKENS = 30
"""A passage is closed when the next piece would bring it so near to the most."""
LEAST_ROOM = 100
"""However long its header is, a passage may have so many tokens; the tail of the longest isn't embedded then."""
HEADER_CHARACTERS = 200

Counter = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True, slots=True)
class Passage:
    """What is searched: `header` says what it is part of, `body` what it says, `spans` where that stands.

    The body names each speaker before their words: questions ask who said what. Names that are not to be
    shown are never searched for (`retrieve`), and what is shown is made of the segments.
    """

    header: str
    body: str
    spans: tuple[Span, ...]

    @property
    def embedded(self) -> str:
        """The text that the model reads."""
        return f"{self.header}\n{self.body}" if self.header else self.body


def cut(record: Record, count: Counter) -> list[Passage]:
    """The passages of a record in order; each of its sentences is in exactly one of them.

    They end where the record's own seams are (headings, turns, messages) and never inside a
    sentence, unless a single one is longer than a passage may be.
    """
    most = _most(record, count)
    pieces = list(_pieces(record.segments, most, count))
    passages: list[list[tuple[Span, int]]] = []
    for span, tokens in pieces:
        if passages and _joins(record.segments, passages[-1], span, tokens, most):
            passages[-1].append((span, tokens))
        else:
            passages.append([(span, tokens)])
    return [_passage(record, [span for span, _ in window]) for window in passages]


def _most(record: Record, count: Counter) -> int:
    """How many tokens a passage of the record may have besides the longest of its headers."""
    sections = dict.fromkeys(s.section for s in record.segments)
    headers = [_header(record, section, opening=False) for section in sections] if sections else [""]
    return max(min(MOST_TOKENS, READ_TOKENS - max(count(headers))), LEAST_ROOM)


def _joins(
    segments: Sequence[Segment], window: list[tuple[Span, int]], span: Span, tokens: int, most: int
) -> bool:
    before, this = segments[window[-1][0].position], segments[span.position]
    belongs = before.section == this.section and (before.part == "people") == (this.part == "people")
    return belongs and sum(n for _, n in window) + tokens <= most - SPARE_TOKENS


def _pieces(segments: Sequence[Segment], most: int, count: Counter) -> Iterator[tuple[Span, int]]:
    """Whole segments, or runs of sentences of those that are too long, with their tokens."""
    for position, (segment, tokens) in enumerate(
        zip(segments, count([f"{_name(s)} {s.text}" for s in segments]), strict=True)
    ):
        if tokens <= most:
            yield Span(position, 0, len(segment.text)), tokens
            continue
        run: tuple[int, int, int] | None = None
        for start, end, n in _short_sentences(segment.text, most, count):
            if run and run[2] + n <= most - SPARE_TOKENS:
                run = (run[0], end, run[2] + n)
                continue
            if run:
                yield Span(position, run[0], run[1]), run[2]
            run = (start, end, n)
        if run:
            yield Span(position, run[0], run[1]), run[2]


def _short_sentences(text: str, most: int, count: Counter) -> Iterator[tuple[int, int, int]]:
    """Start, end and tokens of each sentence; one that is too long is halved at a space until it isn't."""
    spans = sentence_spans(text)
    for (start, end), tokens in zip(spans, count([text[a:b] for a, b in spans]), strict=True):
        yield from _halves(text, (start, end), tokens, most, count)


def _halves(
    text: str, ends: tuple[int, int], tokens: int, most: int, count: Counter
) -> Iterator[tuple[int, int, int]]:
    start, end = ends
    if tokens <= most or end - start < 2:
        yield start, end, tokens
        return
    middle = (start + end) // 2
    space = text.find(" ", middle, end)
    at = space + 1 if space >= 0 and space + 1 < end else middle
    for a, b in ((start, at), (at, end)):
        yield from _halves(text, (a, b), count([text[a:b]])[0], most, count)


def _passage(record: Record, spans: list[Span]) -> Passage:
    section = record.segments[spans[0].position].section
    said, before = [], ""
    for span in spans:
        segment = record.segments[span.position]
        name = _name(segment)
        text = segment.text[span.start : span.end]
        said.append(f"{name}: {text}" if name and name != before else text)
        before = name
    header = _header(record, section, opening=spans[0].position == 0)
    return Passage(header, "\n".join(said), tuple(spans))


def _name(segment: Segment) -> str:
    return segment.speaker.name or segment.speaker.handle if segment.speaker else ""


def _header(record: Record, section: str, opening: bool) -> str:
    """What a reader of the passage alone would have to be told: the meeting, the heading, the question."""
    if record.kind == "thread":
        asked = record.segments[0].text.replace("\n", " ")
        return record.channel if opening else f"{record.channel} {asked[:HEADER_CHARACTERS]}".strip()
    name = FORMAT_WORDS.get(record.format, "") if record.kind == "session" else ""
    when = spoken(record.date) if record.kind == "session" and record.date else ""
    return " | ".join(
        part for part in (record.title[:HEADER_CHARACTERS], name, when, section[-HEADER_CHARACTERS:]) if part
    )
