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

NAMES = ("above", "agreement", "odds")
NEAREST = 10
"""So many of the best passages for meaning and for words are compared."""
NOTHING = (0.0,) * len(NAMES)
"""Where there is nothing to decide by."""


def features(hits: Sequence[Hit], odds: float) -> tuple[float, ...]:
    """What the decision looks at, in the order of NAMES; NOTHING without hits.

    above: how far the best passage's cosine is above the mean of all that were found, since what is near to everything
    tells nothing (where fewer than ten were found, those to ten count as 0); agreement: the share of the ten best
    passages for meaning that are among the ten best for words; odds: the cross-encoder's best for a sentence that would
    be said, a logarithm.
    """
    if not hits:
        return NOTHING
    dense = [h.dense for h in hits]
    by_meaning = sorted(hits, key=lambda h: -h.dense)[:NEAREST]
    by_words = sorted((h for h in hits if h.keyword > 0), key=lambda h: -h.keyword)[:NEAREST]
    both = {h.passage for h in by_meaning} & {h.passage for h in by_words}
    return max(dense) - sum(dense) / max(len(dense), NEAREST), len(both) / NEAREST, odds


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


def fitted_on() -> tuple[str, ...]:
    """The sets and splits that the coefficients were fitted on, as in "mtrag_un/dev"."""
    return tuple(_fitted()["fitted_on"]["sets"])


@cache
def _fitted() -> Any:
    return json.loads(files("copassist").joinpath("confidence.json").read_text(encoding="utf-8"))
