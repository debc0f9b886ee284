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


def test_features_are_those_of_the_best_hits_and_sentences() -> None:
    hits = [hit(1, 0.5, 0.0), hit(2, 0.8, 3.0), *(hit(n, 0.4 - n / 100, 1.0) for n in range(3, 13))]
    sentences = [(0.6, 0.5), (0.7, 0.1), (0.2, 0.9)]
    expected = {
        "dense": 0.8,
        "sentence": 0.7,
        "coverage": 0.9,
        "rarest": 0.25,
        "margin": 0.8 - 0.3,  # the tenth cosine is that of passage 10
        "agreement": 1.0,
    }
    found = confidence.features(hits, sentences, 0.25)
    assert found == pytest.approx([expected[name] for name in confidence.NAMES])


def test_meaning_and_words_that_disagree_are_seen() -> None:
    hits = [hit(1, 0.9, 0.0), *(hit(n, 0.5, 2.0) for n in range(2, 8))]
    agreement = confidence.NAMES.index("agreement")
    assert confidence.features(hits, [(0.5, 0.5)], 0.0)[agreement] == 0.0
    no_word_at_all = confidence.features([hit(1, 0.9, 0.0)], [(0.5, 0.5)], 0.0)
    assert no_word_at_all[agreement] == 0.0


def test_without_hits_or_sentences_nothing_is_sure() -> None:
    for values in (
        confidence.features([], [(0.9, 0.9)], 1.0),
        confidence.features([hit(1, 0.9, 1.0)], [], 1.0),
    ):
        assert values == (0.0,) * len(confidence.NAMES)
        assert confidence.probability(values) == 0.0


def test_the_probability_is_the_fitted_logistic_function() -> None:
    values = tuple(n / 10 for n in range(1, len(confidence.NAMES) + 1))
    z = FITTED["intercept"] + sum(
        FITTED["coefficients"][name] * v for name, v in zip(confidence.NAMES, values, strict=True)
    )
    assert confidence.probability(values) == pytest.approx(1 / (1 + math.exp(-z)))
    assert set(FITTED["coefficients"]) == set(confidence.NAMES)


def test_the_status_changes_at_the_fitted_limits() -> None:
    answered, partial = FITTED["answered_from"], FITTED["partial_from"]
    assert 0 < partial < answered < 1
    assert [confidence.status(p) for p in (1.0, answered)] == ["answered", "answered"]
    assert [confidence.status(p) for p in (answered - 1e-9, partial)] == ["partial", "partial"]
    assert [confidence.status(p) for p in (partial - 1e-9, 0.0)] == ["unanswered", "unanswered"]
