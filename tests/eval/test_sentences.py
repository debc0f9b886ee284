"""What the benchmark of sentences counts."""

from __future__ import annotations

import pytest

from copassist.candidates import WEIGHTS, Candidate
from copassist.records import Hit, RecordSummary, StoredSegment
from eval.sentences import MEASURES, ODDS, Asked, figures

APPLES, BEARS = "Apples keep in a cold cellar.", "Bears sleep through the winter."


def asked(there: bool, odds: tuple[float, float], right: str = "", both: bool = False) -> Asked:
    """A question with two records of a sentence each, the first of which scores more without the odds.

    The other's is said, too, if `both`; else it is much weaker.
    """
    found = []
    for n, (text, o) in enumerate(zip((APPLES, BEARS), odds, strict=True)):
        segment = StoredSegment(f"s{n}", 0, text)
        hit = Hit(n, RecordSummary(f"r{n}", "document", text), (segment,), (), 1.0)
        score = 1.0 - n * (0.1 if both else 1.0) + WEIGHTS[ODDS] * o
        found.append(Candidate(hit, segment, 0, len(text), score, (0.0, 1.0, o)))
    return Asked("?", there, [c.hit for c in found], found, lambda c: c.text == right)


def test_what_is_said_is_counted_over_the_answered_and_the_odds_over_all() -> None:
    questions = [
        asked(True, (2.0, 1.9), APPLES, both=True),
        asked(True, (2.0, 1.9), BEARS, both=True),
        asked(True, (3.0, 1.0), APPLES),
        asked(True, (3.0, 1.0), "Something else."),
        asked(False, (2.5, 0.0)),
    ]
    found = figures(questions, WEIGHTS[ODDS])
    assert tuple(found) == MEASURES
    said = {"first right": 2 / 4, "any right": 3 / 4, "share right": 2 / 4, "sentences": 6 / 4}
    assert found == pytest.approx(said | {"AUROC of the odds": 2 / 4})


def test_another_weight_of_the_odds_puts_another_sentence_first() -> None:
    questions = [asked(True, (0.0, 2.0), BEARS), asked(False, (0.0, 0.0))]
    assert figures(questions, 0.1)["first right"] == 0.0
    assert figures(questions, 1.0)["first right"] == 1.0
