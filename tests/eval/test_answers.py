"""What answers are measured by, on answers small enough to count."""

from __future__ import annotations

import pytest

from eval.answers import Said, leads, rouge_l, score
from eval.citation_peer import _covered
from eval.corpora import Query
from tests.fakes import WordEncoder


def test_rouge_l_counts_the_longest_common_subsequence_of_words() -> None:
    assert rouge_l("Cache the tiles daily", "cache tiles") == pytest.approx(2 * 2 / (4 + 2))
    assert rouge_l("tiles cache", "cache tiles") == pytest.approx(2 * 1 / (2 + 2))
    assert rouge_l("", "cache tiles") == 0.0


def test_an_answer_is_scored_by_its_citations_and_words_and_none_is_zero() -> None:
    queries = [Query("q1", "?"), Query("q2", "?")]
    said = [Said("apple", ("t1", "t2", "t9")), None]
    gold = {"q1": {"t1", "t2", "t3", "t4"}, "q2": {"t1"}}
    values = score(queries, said, gold, {"q1": "apple", "q2": "bear"}, WordEncoder())
    assert values["citation_precision"] == {"q1": pytest.approx(2 / 3), "q2": 0.0}
    assert values["citation_recall"] == {"q1": 0.5, "q2": 0.0}
    assert values["rouge_l"] == {"q1": 1.0, "q2": 0.0}
    assert values["similarity"] == {"q1": pytest.approx(1.0), "q2": 0.0}


def test_a_lead_is_the_mean_difference_over_the_same_questions() -> None:
    found = leads(
        {"copassist": {"rouge_l": {"a": 0.5, "b": 0.5}}, "lead": {"rouge_l": {"a": 0.25, "b": 0.25}}}
    )
    assert found == {"lead": {"rouge_l": (0.25, 0.25, 0.25)}}


def test_a_cited_source_covers_the_turns_that_it_stands_in() -> None:
    units = ((10, "t0"), (20, "t1"), (30, "t2"))
    assert list(_covered(units, 10, 21)) == ["t1", "t2"]
    assert list(_covered(units, 0, 10)) == ["t0"]
