"""How sure the memory's answer is: a small logistic model over what retrieval found.

Fitted by `python -m eval.fit_confidence`; the coefficients and on what they were fitted stand in
confidence.json beside this file.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from copassist.records import Hit, Status

NAMES = ("dense", "sentence", "coverage", "rarest", "margin", "agreement")


def features(
    hits: Sequence[Hit], sentences: Sequence[tuple[float, float]], rarest: float
) -> tuple[float, ...]:
    """What the decision looks at, in the order of NAMES. `sentences` are cosine and coverage, best first.

    dense: the best cosine of a passage; sentence: that of a sentence; coverage: the most of the
    question's words that one sentence covers, with its title and heading; rarest: how much of the
    question's rarest words the best passages hold; margin: how far the best passage stands out from
    the tenth; agreement: whether the best passage for meaning is among the best five for words.
    """
    if not hits or not sentences:
        return (0.0,) * len(NAMES)
    dense = sorted((h.dense for h in hits), reverse=True)
    by_words = sorted(hits, key=lambda h: -h.keyword)[:5]
    nearest = max(hits, key=lambda h: h.dense)
    return (
        dense[0],
        max(cosine for cosine, _ in sentences),
        max(coverage for _, coverage in sentences),
        rarest,
        dense[0] - dense[min(9, len(dense) - 1)],
        float(nearest in by_words and nearest.keyword > 0),
    )


def probability(values: Sequence[float]) -> float:
    """The probability (0 to 1) that the memory answers the question."""
    if not any(values):
        return 0.0
    fitted = _fitted()
    z = fitted["intercept"] + sum(
        fitted["coefficients"][name] * v for name, v in zip(NAMES, values, strict=True)
    )
    return 1 / (1 + math.exp(-z))


def status(sure: float) -> Status:
    """What is said of an answer with this probability."""
    fitted = _fitted()
    if sure >= fitted["answered_from"]:
        return "answered"
    return "partial" if sure >= fitted["partial_from"] else "unanswered"


@cache
def _fitted() -> Any:
    return json.loads(files("copassist").joinpath("confidence.json").read_text(encoding="utf-8"))
