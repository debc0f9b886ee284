"""Keyword search: BM25 by SQLite, with words that are stemmed."""

from __future__ import annotations

import math

import pytest
from sqlalchemy import select

from copassist.records import Record, Segment
from copassist.store import Memory, keywords
from copassist.store import schema as t
from tests.fakes import put


def fill(memory: Memory, *texts: str) -> None:
    """A record for each text; their passages get the ids 1, 2, ..."""
    for number, text in enumerate(texts):
        put(memory, Record(f"{number}", "document", "", (Segment(text),)))


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("How do we cache the charts?", ["cache", "charts"]),
        ("Charts, charts!", ["charts"]),
        ("What is it?", ["what", "is", "it"]),
        ("snake_case don't", ["snake", "case"]),
        ('"; DROP TABLE', ["drop", "table"]),
        ("Größe 42", ["größe", "42"]),
        ("?!", []),
    ],
)
def test_the_words_that_carry_meaning_are_searched(question: str, terms: list[str]) -> None:
    assert keywords.terms(question) == terms


def test_passages_come_by_weight_and_without_the_word_not_at_all(memory: Memory) -> None:
    fill(memory, "cat dog", "cat cat cat", "bird bird", "fish fish", "worm worm")
    with memory.reading() as connection:
        assert [id_ for id_, _ in keywords.best(connection, ["cat"], None, 9)] == [2, 1]
        assert [id_ for id_, _ in keywords.best(connection, ["cat"], None, 1)] == [2]
        assert keywords.best(connection, ["snake"], None, 9) == []
        assert keywords.best(connection, [], None, 9) == []


def test_the_score_is_bm25(memory: Memory) -> None:
    fill(memory, "cat dog", "cat cat cat", "bird bird bird", "fish fish", "worm worm worm worm worm")
    rarity = math.log((5 - 2 + 0.5) / (2 + 0.5))  # in 2 of 5 passages, whose mean length is 3 words
    expected = [(2, rarity * 3 * 2.2 / (3 + 1.2)), (1, rarity * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / 3)))]
    with memory.reading() as connection:
        best = keywords.best(connection, ["cat"], None, 9)
        assert [id_ for id_, _ in best] == [id_ for id_, _ in expected]
        assert [score for _, score in best] == pytest.approx([score for _, score in expected])
        assert keywords.scores_of(connection, ["cat"], [1, 2, 3]) == pytest.approx(dict(expected))


def test_only_the_selected_passages_are_looked_at(memory: Memory) -> None:
    fill(memory, "cat", "cat", "dog", "dog", "dog")
    with memory.reading() as connection:
        some = select(t.passages.c.id).where(t.passages.c.id.in_([2, 3]))
        assert [id_ for id_, _ in keywords.best(connection, ["cat"], some, 9)] == [2]
        assert list(keywords.scores_of(connection, ["cat"], [2, 3])) == [2]


def test_forms_of_a_word_and_accents_are_the_same(memory: Memory) -> None:
    fill(memory, "caching charts", "café", "x", "y", "z")
    with memory.reading() as connection:
        assert [id_ for id_, _ in keywords.best(connection, ["cached"], None, 9)] == [1]
        assert [id_ for id_, _ in keywords.best(connection, ["cafe"], None, 9)] == [2]
        assert keywords.frequencies(connection, ["chart", "cafe", "none"]) == {
            "chart": 1,
            "cafe": 1,
            "none": 0,
        }
        assert keywords.count(connection) == 5


def test_titles_are_searched_too(memory: Memory) -> None:
    for number, title in enumerate(("Fonts", "Charts", "Maps")):
        put(memory, Record(f"{number}", "document", title, (Segment("Nothing."),)))
    with memory.reading() as connection:
        assert [id_ for id_, _ in keywords.best(connection, ["chart"], None, 9)] == [2]


def test_of_a_long_question_the_rarest_words_are_searched(memory: Memory) -> None:
    rare = [f"rare{n}" for n in range(keywords.MOST_TERMS)]
    fill(memory, " ".join(rare), "common", "common", "x", "y", "z")
    with memory.reading() as connection:
        assert [id_ for id_, _ in keywords.best(connection, ["common", *rare[1:]], None, 9)] == [1, 2, 3]
        assert [id_ for id_, _ in keywords.best(connection, ["common", *rare], None, 9)] == [1]


def test_words_of_the_query_language_are_only_words(memory: Memory) -> None:
    fill(memory, "this and that or near", "x", "y")
    with memory.reading() as connection:
        for word in ("and", "or", "not", "near"):
            keywords.best(connection, [word], None, 9)
        assert [id_ for id_, _ in keywords.best(connection, ["near"], None, 9)] == [1]
