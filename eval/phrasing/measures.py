"""What is measured of a ranking of records, and of a page of hits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import ir_measures
import numpy as np
from ir_measures import RR, Measure, Qrel, R, ScoredDoc, Success, nDCG

MEASURES: dict[str, Measure] = {
    "hit@1": Success @ 1,
    "recall@10": R @ 10,
    "mrr@10": RR @ 10,
    "ndcg@10": nDCG @ 10,
}
NEAR = 0.9
"""Texts that share more than so much of their words (Jaccard) are near-duplicates."""
_VARIES = re.compile(r"[\W\d_]+")

Values = Mapping[str, Mapping[str, float]]
"""From a measure's name to its value for each question, by id."""


def values(gold: Mapping[str, Sequence[str]], rankings: Mapping[str, Sequence[str]]) -> Values:
    """Each measure for each question; zero where nothing was found."""
    qrels = [Qrel(id_, record, 1) for id_, records in gold.items() for record in records]
    run = [
        ScoredDoc(id_, record, -place)
        for id_, found in rankings.items()
        for place, record in enumerate(found)
    ]
    by_name = {name: dict.fromkeys(gold, 0.0) for name in MEASURES}
    names = {measure: name for name, measure in MEASURES.items()}
    for metric in ir_measures.iter_calc(list(MEASURES.values()), qrels, run):
        by_name[names[metric.measure]][metric.query_id] = metric.value
    return by_name


def means(of: Values, ids: Sequence[str]) -> dict[str, float]:
    """Each measure's mean over these questions."""
    return {name: float(np.mean([by_id[id_] for id_ in ids])) for name, by_id in of.items()}


def near_duplicates(texts: Sequence[str]) -> int:
    """How many of these texts say what one before them says, but for case, space, numbers and few words."""
    plain = [_VARIES.sub(" ", text.casefold()).strip() for text in texts]
    words = [frozenset(text.split()) for text in plain]
    return sum(
        any(plain[i] == plain[j] or _jaccard(words[i], words[j]) > NEAR for j in range(i))
        for i in range(len(texts))
    )


def _jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b) if a or b else 1.0
