"""How decisions when to answer are measured."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from copassist.embedding import Encoder
from copassist.errors import InputError
from eval.abstention import asked, benchmark, fitting
from eval.abstention.asked import Question, Seen
from eval.abstention.benchmark import Decided, compared, figures, reliability
from eval.abstention.plot import reliability_svg
from tests.fakes import WordEncoder

THERE = np.array([1.0, 1.0, 1.0, 0.0, 0.0])


def decided(scores: list[float], partial: float, answered: float) -> Decided:
    found = np.array(scores)
    return Decided(found, found >= partial, found >= answered)


def test_measures_are_of_answered_in_part_and_of_answered_wholly():
    found = figures(decided([0.9, 0.6, 0.2, 0.7, 0.1], partial=0.5, answered=0.8), THERE)
    assert found == {
        "auroc": pytest.approx(4 / 6),  # of 3 x 2 pairs the unanswerable .7 is above .6 and .2
        "accuracy": 3 / 5,
        "precision": pytest.approx(2 / 3),
        "recall": pytest.approx(2 / 3),
        "precision_wholly": 1.0,
        "recall_wholly": pytest.approx(1 / 3),
        "false_given": 0.5,
        "false_wholly": 0.0,
    }


def test_who_answers_nothing_has_no_precision():
    found = figures(decided([0.1] * 5, 0.5, 0.8), THERE)
    assert (found["precision"], found["recall"], found["accuracy"], found["auroc"]) == (0.0, 0.0, 0.4, 0.5)


def test_a_bin_tells_how_sure_and_how_often_right():
    rows = reliability(np.array([0.1, 0.15, 0.9, 1.0]), np.array([0.0, 1.0, 1.0, 1.0]))
    assert rows == [(0.0, 0.2, 2, pytest.approx(0.125), 0.5), (0.8, 1.0, 2, pytest.approx(0.95), 1.0)]
    drawn = reliability_svg(rows, "a <set>")
    assert drawn.count("<circle") == 2
    assert "a &lt;set&gt;" in drawn


def test_at_most_the_given_share_of_unanswerable_ones_reaches_the_limit():
    scores, there = np.arange(40) / 40, np.zeros(40)
    least = fitting.limit(scores, there, 0.05)
    assert (scores >= least).sum() == 2
    assert fitting.limit(np.array([0.3, 0.9]), np.array([0.0, 1.0]), 0.05) > 0.3  # none of one


def test_the_given_share_of_answerable_ones_reaches_the_limit():
    scores = np.array([0.1, 0.2, 0.3, 0.4, 0.9])
    assert fitting.given_limit(scores, np.array([1.0, 1.0, 1.0, 1.0, 0.0]), 0.75) == 0.1
    assert fitting.given_limit(scores, np.array([1.0, 1.0, 1.0, 1.0, 0.0]), 0.5) == 0.2


def many(n: int = 40) -> list[Seen]:
    """Half answerable, with a first feature and a cosine that tell, and a BM25 score that doesn't."""
    return [
        Seen(
            Question(str(i), f"conversation {i // 2}", "?", i % 2 == 0),
            (0.9 if i % 2 == 0 else 0.1, i / n, 0.0, 0.0, 0.0),
            keyword=5.0,
            dense=0.8 if i % 2 == 0 else 0.2,
            status="answered" if i % 2 == 0 else "unanswered",
            confidence=0.9 if i % 2 == 0 else 0.1,
        )
        for i in range(n)
    ]


def test_each_system_is_measured_on_the_same_questions():
    systems, notes, intervals = compared(many(), list(benchmark.SYSTEMS))
    assert [systems[name]["auroc"] for name in benchmark.SYSTEMS] == [1.0, 1.0, 0.5, 1.0]
    assert systems["best cosine"]["accuracy"] == 1.0
    assert intervals["best bm25 score"]["auroc"] == (0.5, 0.5, 0.5)
    assert notes[0] == "answerable: 20, unanswerable: 20"


def test_too_few_of_a_kind_is_said():
    with pytest.raises(InputError, match="answerable"):
        compared(many(6), list(benchmark.SYSTEMS))


def test_groups_stay_whole_when_drawn_anew():
    for rows in benchmark.resampled(np.array([1.0, 0.0, 1.0, 0.0]), ["a", "a", "b", "b"])[:20]:
        assert (rows == 0).sum() == (rows == 1).sum()


@pytest.fixture
def encoder() -> Encoder:
    return WordEncoder()


def test_questions_are_understood_in_their_conversation_and_undecided_ones_left_out(tmp_path: Path, encoder):
    rows = [
        {"_id": "c1-t1", "text": "Where is the pump?", "history": [], "answerable": True},
        {
            "_id": "c1-t2",
            "text": "And who mends it?",
            "history": [["user", "Where is the pump?"], ["agent", "There."]],
            "answerable": False,
        },
        {"_id": "c2-t1", "text": "Hello", "history": [], "answerable": None},
    ]
    (tmp_path / "queries.held.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    first, second = asked.conversation_questions(tmp_path, "held", encoder)
    assert first == Question("c1-t1", "c1", "Where is the pump?", True)
    assert (second.group, second.answerable) == ("c1", False)
    assert "pump" in second.text


def test_the_halves_share_no_question():
    halves = [list(asked.rust_questions(half)) for half in ("fit", "test")]
    assert [(len(half), sum(q.answerable for q in half)) for half in halves] == [(60, 40), (60, 40)]
    assert not {q.id for q in halves[0]} & {q.id for q in halves[1]}
    with pytest.raises(InputError, match="fit or test"):
        list(asked.rust_questions("dev"))


def test_a_question_is_asked_of_the_product_itself(tmp_path: Path, encoder):
    corpus = [
        {"_id": "d1", "title": "Pump", "text": "The pump stands in the red shed behind the mill."},
        {"_id": "d2", "title": "Bread", "text": "The bread of the village is baked on every Friday."},
    ]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, corpus)), encoding="utf-8")
    row = {"_id": "q1", "text": "Where does the pump stand?", "history": [], "answerable": True}
    (tmp_path / "queries.held.jsonl").write_text(json.dumps(row), encoding="utf-8")
    with asked.questions_on(tmp_path, "held", encoder, None) as (searcher, questions):
        (found,) = asked.seen(searcher, questions)
    assert found.question == questions[0]
    assert found.dense > 0
    assert found.keyword > 0
    assert 0 <= found.confidence <= 1
