"""Keyword search: BM25 over words that are stemmed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from copassist.store import keywords
from copassist.store.keywords import Words


def held(*texts: str, gone: tuple[int, ...] = ()) -> Words:
    """The words of these texts, one a row; the rows in `gone` are no longer there."""
    part, lengths = keywords.postings(0, [keywords.packed(text) for text in texts])
    return Words((part,), lengths, np.array([row not in gone for row in range(len(texts))]))


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


def test_the_score_is_bm25() -> None:
    words = held("cat dog", "cat cat cat", "bird bird bird", "fish fish", "worm worm worm worm worm")
    rarity = math.log((5 - 2 + 0.5) / (2 + 0.5))  # in 2 of 5 passages, whose mean length is 3 words
    expected = [rarity * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / 3)), rarity * 3 * 2.2 / (3 + 1.2), 0, 0, 0]
    assert words.scores(["cat"]).tolist() == pytest.approx(expected)
    assert words.scores(["snake"]).tolist() == words.scores([]).tolist() == [0] * 5


def test_scores_of_several_words_add_up_and_forms_of_one_count_once() -> None:
    words = held("cat dog", "cat", "dog", "x", "y")
    both = words.scores(["cat"]) + words.scores(["dog"])
    assert words.scores(["cat", "dog"]).tolist() == pytest.approx(both.tolist())
    assert words.scores(["cat", "cats"]).tolist() == words.scores(["cat"]).tolist()


def test_a_word_that_stands_nearly_everywhere_still_counts_a_little() -> None:
    scores = held("cat", "cat", "cat", "dog").scores(["cat"])
    assert scores[0] > 0 and scores.tolist() == pytest.approx([1e-6, 1e-6, 1e-6, 0], abs=1e-6)


def test_what_is_gone_counts_for_nothing() -> None:
    words = held("cat", "dog " * 50, "cat dog", "x", "y", gone=(1,))
    without = held("cat", "cat dog", "x", "y")
    assert words.scores(["cat", "dog"])[[0, 2, 3, 4]].tolist() == without.scores(["cat", "dog"]).tolist()
    assert words.frequencies(["dog"]) == {"dog": 1}
    assert held("cat", gone=(0,)).scores(["cat"]).tolist() == [0]


def test_words_in_several_parts_are_found_as_in_one() -> None:
    texts = ["cat dog", "cat", "dog dog", "x", "y"]
    first, some = keywords.postings(0, [keywords.packed(text) for text in texts[:2]])
    second, others = keywords.postings(2, [keywords.packed(text) for text in texts[2:]])
    parted = Words((first, second), np.concatenate([some, others]), np.ones(5, dtype=bool))
    assert parted.scores(["cat", "dog"]).tolist() == held(*texts).scores(["cat", "dog"]).tolist()
    assert parted.frequencies(["dog", "cat"]) == {"dog": 2, "cat": 2}


def test_forms_of_a_word_and_accents_are_the_same() -> None:
    words = held("caching charts", "café", "x", "y", "z")
    assert np.flatnonzero(words.scores(["cached"])).tolist() == [0]
    assert np.flatnonzero(words.scores(["cafe"])).tolist() == [1]
    assert words.frequencies(["chart", "cafe", "none"]) == {"chart": 1, "cafe": 1, "none": 0}


def test_the_word_with_the_highest_number_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keywords, "_number", {"cat": 0, "dog": 0xFFFFFFFF}.__getitem__)
    words = held("cat", "dog", "dog dog")
    assert np.flatnonzero(words.scores(["dog"])).tolist() == [1, 2]
    assert np.flatnonzero(words.scores(["cat"])).tolist() == [0]


def test_a_word_said_more_often_than_a_count_can_say_is_said_often() -> None:
    words = held("cat " * 1000, "dog", "x")
    assert words.lengths.tolist() == [255, 1, 1]
    assert words.scores(["cat"])[0] > 0


def test_what_is_kept_of_a_text_holds_no_word_in_clear() -> None:
    assert b"hunter" not in keywords.packed("hunter hunter")
    assert len(keywords.packed("hunter hunter cat")) == 2 * 8
    assert keywords.packed("") == b""


def test_a_record_scores_by_all_that_it_says() -> None:
    # Records: 0 has rows 0 and 1, 1 has row 2, 2 has row 3, each of two words; three records, "cat" in two.
    words = held("cat dog", "cat elk", "cat fox", "goat hen", "ibis jay")
    scores = words.record_scores(["cat", "goat"], np.array([0, 0, 1, 2, 3], dtype=np.int32))
    average = (4 + 2 + 2 + 2) / 4
    of_cat = max(math.log((4 - 2 + 0.5) / (2 + 0.5)), 1e-6)
    of_goat = math.log((4 - 1 + 0.5) / (1 + 0.5))
    assert scores.tolist() == pytest.approx(
        [
            of_cat * 2.2 * 2 / (2 + 1.2 * (0.25 + 0.75 * 4 / average)),
            of_cat * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / average)),
            of_goat * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / average)),
            0,
        ],
        abs=1e-6,
    )


def test_what_is_gone_of_a_record_counts_for_nothing_in_it() -> None:
    words = held("cat cat", "dog", "elk", "fox", gone=(0,))
    assert words.record_scores(["cat"], np.array([0, 0, 1, 2], dtype=np.int32)).tolist() == [0, 0, 0]
