"""What the decision looks at, and that it never says more than it is sure of."""

from __future__ import annotations

import json
import math
from importlib.resources import files

import pytest

from copassist import confidence
from copassist.records import Hit, RecordSummary

FITTED = json.loads(files("copassist").joinpath("confidence.json").read_text(encoding="utf-8"))


def hit(passage: int, dense: float, keyword: float) -> Hit:
    return Hit(passage, RecordSummary("r", "session", "T"), (), (), 0.0, dense, keyword)


def test_features_are_those_of_what_was_found_and_of_what_would_be_said() -> None:
    hits = [hit(1, 0.2, 4.0), hit(2, 0.8, 3.0), hit(3, 0.5, 0.0)]
    expected = {
        "above": 0.8 - 0.15,  # the mean of .2, .8, .5 and seven that aren't there
        "agreement": 0.2,  # two of ten: the third has no word of the question
        "odds": 3.0,
    }
    found = confidence.features(hits, odds=3.0)
    assert found == pytest.approx([expected[name] for name in confidence.NAMES])


def test_meaning_and_words_agree_as_far_as_their_ten_best_are_the_same() -> None:
    near_alone = [hit(n, 0.9, 0.0) for n in range(10)]
    words_alone = [hit(n, 0.1, 5.0) for n in range(10, 20)]
    agreement = confidence.NAMES.index("agreement")
    assert confidence.features(near_alone + words_alone, 0.0)[agreement] == 0.0
    both = [hit(n, 0.9, 5.0) for n in range(10)]
    further = [hit(n, 0.1, 1.0) for n in range(10, 20)]
    assert confidence.features(both + further, 0.0)[agreement] == 1.0


def test_above_is_over_the_mean_of_all_that_were_found() -> None:
    hits = [hit(n, 0.9 if n == 0 else 0.4, 0.0) for n in range(25)]
    above = confidence.features(hits, 0.0)[confidence.NAMES.index("above")]
    assert above == pytest.approx(0.9 - (0.9 + 24 * 0.4) / 25)


def test_without_hits_nothing_is_sure() -> None:
    values = confidence.features([], 5.0)
    assert values == (0.0,) * len(confidence.NAMES)
    assert confidence.probability(values) == 0.0


def test_the_probability_is_the_fitted_logistic_function() -> None:
    values = tuple(n / 10 for n in range(1, len(confidence.NAMES) + 1))
    z = FITTED["intercept"] + sum(
        FITTED["coefficients"][name] * v for name, v in zip(confidence.NAMES, values, strict=True)
    )
    assert confidence.probability(values) == pytest.approx(1 / (1 + math.exp(-z)))
    assert set(FITTED["coefficients"]) == set(confidence.NAMES)


def test_each_of_them_makes_surer() -> None:
    assert all(FITTED["coefficients"][name] > 0 for name in confidence.NAMES)


def test_the_status_changes_at_the_fitted_limits() -> None:
    answered, partial = FITTED["answered_from"], FITTED["partial_from"]
    assert 0 < partial < answered < 1
    assert [confidence.status(p) for p in (1.0, answered)] == ["answered", "answered"]
    assert [confidence.status(p) for p in (answered - 1e-9, partial)] == ["partial", "partial"]
    assert [confidence.status(p) for p in (partial - 1e-9, 0.0)] == ["unanswered", "unanswered"]


def test_on_what_it_was_fitted_is_told() -> None:
    assert confidence.fitted_on() == tuple(FITTED["fitted_on"]["sets"])
    assert "rust/test" not in confidence.fitted_on()
