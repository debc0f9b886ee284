from __future__ import annotations

import json

import pytest

from eval.phrasing import measures
from eval.phrasing.__main__ import HERE

KINDS = {"paraphrase": 40, "name": 15, "acronym": 15, "identifier": 15, "misspelling": 15, "date": 15}


def test_a_text_that_repeats_one_above_it_but_for_numbers_case_and_space_is_a_near_duplicate() -> None:
    assert measures.near_duplicates(["Refresh OK: depot (212 s)", "refresh ok:  depot (9 s)", "Other"]) == 1


def test_a_text_that_shares_more_than_nine_of_ten_words_is_a_near_duplicate() -> None:
    ten = "alpha beta gamma delta epsilon zeta eta theta iota kappa"
    assert measures.near_duplicates([ten, ten + " lambda"]) == 1
    assert measures.near_duplicates([ten, ten + " lambda mu"]) == 0


def test_a_question_that_finds_nothing_counts_as_zero() -> None:
    values = measures.values({"a": ["x", "y"], "b": ["z"]}, {"a": ["n", "x"], "b": []})
    assert measures.means(values, ["a", "b"]) == pytest.approx(
        {"hit@1": 0.0, "recall@10": 0.25, "mrr@10": 0.25, "ndcg@10": 0.386852807 / 2}
    )


def test_there_are_enough_questions_of_each_kind_and_each_has_an_answer() -> None:
    rows = [
        json.loads(line)
        for name in ("sample", "rust")
        for line in (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    counts = {kind: sum(row["kind"] == kind for row in rows) for kind in KINDS}
    assert all(counts[kind] >= least for kind, least in KINDS.items())
    assert all(row["records"] for row in rows)
    assert len({row["id"] for row in rows}) == len(rows)
