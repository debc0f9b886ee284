"""The questions on the sample, and when an answer to one counts as right."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from copassist.answer import Extract
from copassist.records import Citation, Status
from eval.sample import QUESTIONS, outcome

FILES = Path(__file__).parents[2] / "examples" / "larkspur"


def test_every_question_has_a_file_that_answers_or_is_a_near_miss() -> None:
    rows = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    assert len(rows) == 120 and sum(not row["answer"] for row in rows) == 35
    for row in rows:
        assert bool(row["file"]) == bool(row["answer"])
        assert (FILES / row["file"]).exists(), row["file"]


@pytest.mark.parametrize(
    ("status", "quote", "answer", "expected"),
    [
        ("answered", "Cache the tiles for a day.", "Cache the **tiles** for a day. It helps.", "right"),
        ("partial", "Bo: cache the tiles for a day, please.", "Cache the tiles for a day.", "right"),
        ("answered", "Rain fell on all of us.", "Cache the tiles for a day.", "wrong"),
        ("answered", "Tiles.", "Cache the tiles for a day.", "wrong"),
        ("unanswered", "Cache the tiles for a day.", "Cache the tiles for a day.", "held back"),
        ("partial", "Cache the tiles for a day.", "", "near miss, given"),
        ("unanswered", "Cache the tiles for a day.", "", "near miss, held back"),
    ],
)
def test_an_answer_is_right_that_quotes_what_answers(
    status: Status, quote: str, answer: str, expected: str
) -> None:
    citation = Citation(1, "answer", "r", "s", "session", "clinic", "Tiles", date(2025, 3, 4), (), quote)
    assert outcome(Extract(status, 0.5, (), (citation,)), answer) == expected
