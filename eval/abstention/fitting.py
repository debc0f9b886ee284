"""Fitting the decision when to answer, and how well a fitted one does on questions that it hasn't seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

Array = NDArray[np.float64]
FOLDS = 5
STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3)
"""Inverse regularisation; which of them is chosen by cross-validation within what is fitted on."""
FALSELY_ANSWERED = 0.05
"""At most this share of the questions whose answer isn't there may be called answered."""
GIVEN = 0.85
"""At least this share of the answers that are there is given, if only perhaps."""


def model(strength: float) -> Pipeline:
    """A logistic regression over features of the same scale; both classes weigh the same."""
    logistic = LogisticRegression(C=strength, max_iter=2000, class_weight="balanced")
    return make_pipeline(StandardScaler(), logistic)


def folds(seed: int) -> StratifiedGroupKFold:
    """Folds that leave each group whole and hold as many answerable ones as the others."""
    return StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)


def out_of_fold(x: Array, there: Array, groups: Sequence[str], strength: float, seed: int = 0) -> Array:
    """The probability of each question, shape (n,), by a model that saw nothing of its group."""
    found = cross_val_predict(
        model(strength), x, there, groups=np.asarray(groups), cv=folds(seed), method="predict_proba"
    )
    return np.asarray(found[:, 1], dtype=np.float64)


def strongest(x: Array, there: Array, groups: Sequence[str]) -> float:
    """Of STRENGTHS the one with the best AUROC in cross-validation."""
    return max(STRENGTHS, key=lambda c: roc_auc_score(there, out_of_fold(x, there, groups, c)))


def nested(x: Array, there: Array, groups: Sequence[str]) -> tuple[Array, Array, Array]:
    """Each question's probability, and the limits of "answered" and of "partial" for its fold, each of shape (n,).

    Model, strength and limits of a fold come from the other folds alone.
    """
    sure, answered, partial = (np.zeros(len(there)) for _ in range(3))
    named = np.asarray(groups)
    for fit, held_out in folds(1).split(x, there, named):
        c = strongest(x[fit], there[fit], named[fit].tolist())
        inner = out_of_fold(x[fit], there[fit], named[fit].tolist(), c)
        answered[held_out] = limit(inner, there[fit], FALSELY_ANSWERED)
        partial[held_out] = given_limit(inner, there[fit], GIVEN)
        sure[held_out] = model(c).fit(x[fit], there[fit]).predict_proba(x[held_out])[:, 1]
    return sure, answered, partial


def limit(scores: Array, there: Array, falsely: float) -> float:
    """The least limit that at most this share of the questions without an answer reaches."""
    without = np.sort(scores[there == 0])[::-1]
    allowed = int(falsely * len(without))
    return float(np.nextafter(without[allowed], np.inf)) if allowed < len(without) else 0.0


def given_limit(scores: Array, there: Array, share: float) -> float:
    """The highest limit that at least this share of the questions with an answer reaches."""
    return float(np.quantile(scores[there == 1], 1 - share, method="lower"))


def best_limits(scores: Array, there: Array, groups: Sequence[str]) -> Array:
    """For each question the limit for its score, shape (n,), that parts the questions of the other folds best.

    Best is the highest mean of the shares of right decisions in both classes.
    """
    limits = np.zeros(len(there))
    for fit, held_out in folds(1).split(scores, there, np.asarray(groups)):
        tried = np.unique(scores[fit])
        right = [
            (scores[fit] >= least)[there[fit] == 1].mean() + (scores[fit] < least)[there[fit] == 0].mean()
            for least in tried
        ]
        limits[held_out] = tried[int(np.argmax(right))]
    return limits
