"""In which order what was found is shown: how much a passage's meaning, words and surroundings count."""

from __future__ import annotations

from typing import NamedTuple

KEYWORD_WEIGHT = 0.15
RECORD_WEIGHT = 0.1
BESIDE_WEIGHT = 0.3
DATED_BOOST = 0.3
"""Set on training questions, the last on half of the written ones: docs/decisions/0004-fusion.md."""


class Scores(NamedTuple):
    """What is known of a passage and a query.

    `cosine` (-1 to 1) and `keyword` (BM25) are the passage's own. `record` is the BM25 score of all that
    its record says, `beside` the better cosine of the passages just before and after it in the record, its
    own where it stands alone. `dated`: the record is of the time that the question speaks of.
    """

    cosine: float
    keyword: float
    record: float = 0.0
    beside: float | None = None
    dated: bool = False


def fuse(found: dict[int, Scores]) -> list[tuple[int, float, float, float]]:
    """Passage, fused score, cosine and keyword score, best first, from the scores of each.

    BM25 scores count relative to the best of them, since BM25 has no scale of its own. Unlike
    reciprocal ranks this keeps how much better a passage is. Ties go to the older passage.
    """
    most = max((scores.keyword for scores in found.values()), default=0.0) or 1.0
    most_of_record = max((scores.record for scores in found.values()), default=0.0) or 1.0
    fused = [
        (
            id_,
            s.cosine
            + KEYWORD_WEIGHT * s.keyword / most
            + RECORD_WEIGHT * s.record / most_of_record
            + BESIDE_WEIGHT * (s.cosine if s.beside is None else s.beside)
            + DATED_BOOST * s.dated,
            s.cosine,
            s.keyword,
        )
        for id_, s in found.items()
    ]
    return sorted(fused, key=lambda row: (-row[1], row[0]))
