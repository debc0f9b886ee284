"""Which sentences can be part of an answer."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from copassist.candidates import (
    MOST_ODDS,
    NAMES,
    coverage,
    open_questions,
    read,
    says_something,
    sentences,
    term_weights,
)
from copassist.cross_encoder import Text
from copassist.records import Filters, Record, Segment, StoredSegment, Viewer, named
from copassist.retrieve import Searcher, retrieve
from copassist.store import Memory
from tests.fakes import WordEncoder, put


@pytest.mark.parametrize(
    "text",
    [
        "Use the wide gamma kernel.",
        "The steps are as follows:",
        "```\nlk cache\n```",
        "Tile server | Ana Diaz | Berlin office",
        "Team: Maps and charts; Contact: Ana Diaz",
    ],
)
def test_statements_announcements_code_and_rows_of_tables_can_answer(text: str) -> None:
    assert says_something(text)


@pytest.mark.parametrize(
    "text",
    [
        "Which kernel is the wide one?",
        "Open: which kernel do we use",
        "[A link](https://example.org) to the notes of the day",
        "Gamma kernel",
        "Date: Monday, the 3rd of March, at the office",
        "mean | 0.3% | N/A | 2",
    ],
)
def test_questions_links_crumbs_and_figures_alone_cannot(text: str) -> None:
    assert not says_something(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "SLO: service level objective. It is what we promise.",
            ["SLO: service level objective. It is what we promise."],
        ),
        ("Members may park here. Contractors may not.", ["Members may park here. Contractors may not."]),
        ("Who may park? No one. We gave up the yard in May.", ["No one. We gave up the yard in May."]),
        ("Gamma kernel\nUse the wide kernel.", ["Use the wide kernel."]),
        (
            "We gave up the yard. Why? Nobody in town knows.",
            ["We gave up the yard.", "Nobody in town knows."],
        ),
    ],
)
def test_a_crumb_is_one_with_the_sentence_beside_it_in_its_line(text: str, expected: list[str]) -> None:
    segment = StoredSegment("s", 0, text)
    assert [text[start:end] for start, end in sentences(segment)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ten to nine.", ["Ten to nine."]),
        ("When? Ten to nine.", ["Ten to nine."]),
        ("Is it the wide one?", []),
        ("We gave up the yard.\nThanks!", ["We gave up the yard."]),
        (":-)", []),
    ],
)
def test_what_somebody_said_in_few_words_stands_alone(memory: Memory, text: str, expected: list[str]) -> None:
    said = Segment(text, speaker=named("Ana"))
    put(memory, Record("a", "thread", "Gamma", (Segment("Gamma kernels?", part="question"), said)))
    searcher = Searcher(memory, WordEncoder(), cross_encoder=GivenOdds({}))
    hits = retrieve(searcher, "Gamma kernels?", Viewer(), Filters(), 10)
    assert [c.text for c in read(searcher, "Gamma kernels?", hits, {})] == expected


def test_a_glossarys_line_comes_first_where_its_word_is_asked_for(memory: Memory) -> None:
    lines = ("A gamma kernel is shown on the wall.", "Gamma: the widest of all the kernels.")
    put(memory, Record("a.md", "document", "Kernels", tuple(Segment(line) for line in lines)))
    searcher = Searcher(memory, WordEncoder(), cross_encoder=GivenOdds({lines[0]: 5.0}))
    for question, first in (("What does gamma mean?", lines[1]), ("Where is gamma?", lines[0])):
        hits = retrieve(searcher, question, Viewer(), Filters(), 10)
        assert read(searcher, question, hits, {})[0].text == first


def test_coverage_is_the_share_of_the_questions_words_by_weight() -> None:
    assert coverage({"gamma": 3.0, "kernel": 1.0}, "Gamma rays") == 0.75
    assert coverage({}, "Gamma rays") == 0.0


def test_a_sentence_with_what_is_asked_for_comes_before_a_like_one_without(memory: Memory) -> None:
    segments = (
        Segment("Gamma kernels join the lambda mesh."),
        Segment("Gamma kernels join the 5 lambda meshes."),
    )
    put(memory, Record("a.md", "document", "Kernels", segments))
    odds = {"Gamma kernels join the lambda mesh.": 0.5}
    searcher = Searcher(memory, WordEncoder(), cross_encoder=GivenOdds(odds))
    for question, first in (
        ("How many lambda meshes do gamma kernels join?", "Gamma kernels join the 5 lambda meshes."),
        ("What do gamma kernels join, the lambda mesh?", "Gamma kernels join the lambda mesh."),
    ):
        found = read(searcher, question, retrieve(searcher, question, Viewer()), {})
        assert found[0].text == first


def test_a_sentence_of_the_part_that_is_asked_for_comes_first(memory: Memory) -> None:
    segments = (
        Segment("Gamma kernels join the lambda meshes.", part="outcome"),
        Segment("Gamma kernels join the beta meshes.", part="advice"),
    )
    put(memory, Record("a.md", "session", "Kernels", segments))
    searcher = Searcher(memory, WordEncoder())
    asked = (("What do gamma kernels join?", "outcome"), ("What was the advice on gamma kernels?", "advice"))
    for question, first in asked:
        found = read(searcher, question, retrieve(searcher, question, Viewer()), {})
        assert found[0].segment.part == first


def test_a_typo_weighs_as_the_word_that_it_means(memory: Memory) -> None:
    put(memory, Record("a.md", "document", "Kernels", (Segment("A palette of gamma kernels."),)))
    searcher = Searcher(memory, SplittingEncoder())
    assert term_weights(searcher, "gamma palete") == term_weights(searcher, "gamma palette")


def test_the_cross_encoders_odds_are_those_of_the_sentence_and_put_the_likelier_first(memory: Memory) -> None:
    segments = (
        Segment("Gamma kernels glow in the dark. They join the lambda meshes.", named("Ana Diaz")),
        Segment("Gamma kernels are sold by the dozen.", named("Bo Lind")),
    )
    put(memory, Record("a.md", "document", "Kernels", segments))
    odds = {"They join the lambda meshes.": 30.0, "Gamma kernels glow in the dark.": -30.0}
    searcher = Searcher(memory, WordEncoder(), cross_encoder=GivenOdds(odds))
    found = read(searcher, "Gamma kernels?", retrieve(searcher, "Gamma kernels?", Viewer()), {})
    assert {c.text: c.features[NAMES.index("odds")] for c in found} == {
        "They join the lambda meshes.": MOST_ODDS,
        "Gamma kernels are sold by the dozen.": 0.0,
        "Gamma kernels glow in the dark.": -MOST_ODDS,
    }
    order = [c.text for c in found]
    assert order.index("Gamma kernels are sold by the dozen.") < order.index(
        "Gamma kernels glow in the dark."
    )


def test_an_open_question_is_marked_and_says_what_it_is(memory: Memory) -> None:
    marked = "Open question: who reads alt text aloud?"
    put(memory, Record("a", "document", "Alt", (Segment(f"{marked} Gamma helps."), Segment("Question:"))))
    hits = retrieve(Searcher(memory, WordEncoder()), "gamma question", Viewer(), Filters(), 9)
    assert [s.text[a:b] for _, s, a, b in open_questions(hits)] == [marked]


def test_what_stands_below_not_decided_is_open_and_no_answer(memory: Memory) -> None:
    whether = Segment("Whether gamma opens on Sundays.", section="Meeting > Not decided")
    left = Segment("Not settled: how gamma shows a range.")
    put(memory, Record("a", "document", "Gamma", (whether, left)))
    hits = retrieve(Searcher(memory, WordEncoder()), "gamma", Viewer(), Filters(), 9)
    assert {s.text[a:b] for _, s, a, b in open_questions(hits)} == {whether.text, left.text}
    assert [list(sentences(s)) for hit in hits for s in hit.segments] == [[], []]


class GivenOdds:
    """A cross-encoder that is told what to say to each sentence, else 0."""

    def __init__(self, odds: dict[str, float]) -> None:
        self._odds = odds

    def read(self, question: str, texts: Sequence[Text]) -> list[list[float]]:
        """See CrossEncoder."""
        return [[self._odds.get(t.body[a:b], 0.0) for a, b in t.sentences] for t in texts]


class SplittingEncoder(WordEncoder):
    """One whose model doesn't know the word "palete"."""

    def count(self, texts: Sequence[str]) -> list[int]:
        """See Encoder."""
        return [2 if text == "palete" else 1 for text in texts]
