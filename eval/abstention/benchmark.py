"""Whether the memory's silence and its answers are in the right places: AUROC, precision and recall, calibration."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from copassist import confidence, embedding, settings
from copassist.errors import InputError
from eval.abstention.asked import Seen, is_rust, questions_on, seen
from eval.abstention.fitting import FOLDS, Array, best_limits, nested
from eval.abstention.plot import reliability_svg
from eval.report import Figures, Result

SHIPPED, NESTED = "copassist", "fitted anew, nested"
BASELINES = ("best bm25 score", "best cosine")
BINS = 5
RESAMPLED, SEED = 2000, 3
MEASURES = ("auroc", "accuracy", "precision", "recall")


@dataclass(frozen=True, slots=True)
class Decided:
    """A system's decisions over the questions: score, whether it answers at all, and whether without reserve."""

    scores: Array
    given: NDArray[np.bool_]
    wholly: NDArray[np.bool_]


System = Callable[[Sequence[Seen], Array, Sequence[str]], Decided]
"""From what was seen, whether each is answerable, and the groups, to decisions."""


def shipped(found: Sequence[Seen], there: Array, groups: Sequence[str]) -> Decided:
    """The product's own status and confidence, with the coefficients that it is shipped with."""
    return Decided(
        np.array([s.confidence for s in found]),
        np.array([s.status != "unanswered" for s in found]),
        np.array([s.status == "answered" for s in found]),
    )


def refitted(found: Sequence[Seen], there: Array, groups: Sequence[str]) -> Decided:
    """The product's features with coefficients and limits from the other folds of these questions alone.

    What a rule of the product decides, before there are features, stays decided.
    """
    x = np.array([s.features for s in found])
    rows = np.flatnonzero(x.any(axis=1))
    sure, given, answered = np.zeros(len(found)), np.zeros(len(found), bool), np.zeros(len(found), bool)
    sure[rows], answered_from, partial_from = nested(
        x[rows], there[rows], [groups[row] for row in rows.tolist()]
    )
    given[rows], answered[rows] = sure[rows] >= partial_from, sure[rows] >= answered_from
    return Decided(sure, given, answered)


def by_keyword(found: Sequence[Seen], there: Array, groups: Sequence[str]) -> Decided:
    """Answers where the best BM25 score is high enough; the limit comes from the other folds."""
    return _threshold(np.array([s.keyword for s in found]), there, groups)


def by_cosine(found: Sequence[Seen], there: Array, groups: Sequence[str]) -> Decided:
    """Answers where the best cosine is high enough; the limit comes from the other folds."""
    return _threshold(np.array([s.dense for s in found]), there, groups)


def _threshold(scores: Array, there: Array, groups: Sequence[str]) -> Decided:
    given = scores >= best_limits(scores, there, groups)
    return Decided(scores, given, given)


SYSTEMS: dict[str, System] = {
    SHIPPED: shipped,
    NESTED: refitted,
    BASELINES[0]: by_keyword,
    BASELINES[1]: by_cosine,
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """What only this benchmark takes."""
    parser.add_argument(
        "--memory-cache", type=Path, metavar="DIR", help="keep memory and vectors here for the next run"
    )
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw how sure and how often right (SVG)")


def run(options: argparse.Namespace) -> Result:
    """Ask the questions of the split; of the Rust community's folder, those of a half (`fit` or `test`)."""
    encoder = embedding.load(settings.from_environment())
    with questions_on(options.data, options.split, encoder, options.memory_cache) as (searcher, questions):
        found = seen(searcher, questions)
    data = "rust" if is_rust(options.data) else options.data.resolve().name
    systems, notes, intervals = compared(found, options.systems)
    if options.plot:
        rows = reliability(np.array([s.confidence for s in found]), _there(found))
        options.plot.write_text(reliability_svg(rows, f"{data} {options.split}"), encoding="utf-8")
    if f"{data}/{options.split}" in confidence.fitted_on():
        notes.append(f"The coefficients of {SHIPPED} were fitted on these questions too: see {NESTED}.")
    return Result(
        benchmark="abstention",
        data=data,
        split=options.split,
        n=len(found),
        systems=systems,
        models={"embedding": encoder.fingerprint},
        intervals=intervals,
        notes=notes,
    )


Intervals = dict[str, dict[str, tuple[float, float, float]]]


def compared(found: Sequence[Seen], names: Sequence[str]) -> tuple[dict[str, Figures], list[str], Intervals]:
    """The figures of each system, lines on intervals and calibration, and copassist's leads.

    Raises InputError unless there are FOLDS questions of each kind, which the folds need.
    """
    there = _there(found)
    if min(there.sum(), (1 - there).sum()) < FOLDS:
        raise InputError(
            f"Of {len(found)} questions {int(there.sum())} are answerable.",
            f"Take a split with at least {FOLDS} answerable and {FOLDS} unanswerable ones.",
        )
    groups = [s.question.group for s in found]
    decided = {name: SYSTEMS[name](found, there, groups) for name in names}
    systems = {name: figures(d, there) for name, d in decided.items()}
    draws = resampled(there, groups)
    notes = [f"answerable: {int(there.sum())}, unanswerable: {int((1 - there).sum())}"]
    for name, d in decided.items():
        spread = [figures(d, there, rows) for rows in draws]
        ranges = [f"{m} {_range([s[m] for s in spread])}" for m in MEASURES]
        notes.append(f"{name}, 95%: {', '.join(ranges)}")
    intervals: Intervals = {}
    if SHIPPED in decided:
        for name in names:
            if name != SHIPPED:
                intervals[name] = {
                    "auroc": _lead(decided[SHIPPED].scores, decided[name].scores, there, draws)
                }
        for low, high, n, sure, right in reliability(decided[SHIPPED].scores, there):
            notes.append(
                f"confidence {low:.1f} to {high:.1f}: n {n}, mean {sure:.2f}, answerable {right:.2f}"
            )
    return systems, notes, intervals


def figures(decided: Decided, there: Array, rows: Array | None = None) -> Figures:
    """The measures over some rows, or all; nothing answered has precision 0.

    accuracy, precision and recall are of "answered, if only perhaps"; those with _wholly of the status
    "answered" alone. false_wholly is the share of the unanswerable that is called "answered".
    """
    some = np.arange(len(there)) if rows is None else rows.astype(np.int64)
    y, given, wholly = there[some] == 1, decided.given[some], decided.wholly[some]
    return {
        "auroc": float(roc_auc_score(y, decided.scores[some])),
        "accuracy": float((given == y).mean()),
        "precision": float(y[given].mean()) if given.any() else 0.0,
        "recall": float(given[y].mean()),
        "precision_wholly": float(y[wholly].mean()) if wholly.any() else 0.0,
        "recall_wholly": float(wholly[y].mean()),
        "false_given": float(given[~y].mean()),
        "false_wholly": float(wholly[~y].mean()),
    }


def resampled(there: Array, groups: Sequence[str]) -> list[Array]:
    """RESAMPLED draws of whole groups with replacement, as rows; those without both kinds are left out."""
    chance = np.random.default_rng(SEED)
    by_group: dict[str, list[int]] = {}
    for row, group in enumerate(groups):
        by_group.setdefault(group, []).append(row)
    kinds = [np.array(rows) for rows in by_group.values()]
    draws = []
    for _ in range(RESAMPLED):
        rows = np.concatenate([kinds[i] for i in chance.integers(len(kinds), size=len(kinds))])
        if 0 < there[rows].sum() < len(rows):
            draws.append(rows)
    return draws


def reliability(scores: Array, there: Array) -> list[tuple[float, float, int, float, float]]:
    """For each of BINS equal ranges of confidence that isn't empty: its ends, n, mean confidence, share answerable."""
    which = np.minimum((scores * BINS).astype(int), BINS - 1)
    return [
        (b / BINS, (b + 1) / BINS, int(mine.sum()), float(scores[mine].mean()), float(there[mine].mean()))
        for b in range(BINS)
        if (mine := which == b).any()
    ]


def _there(found: Sequence[Seen]) -> Array:
    return np.array([float(s.question.answerable) for s in found])


def _range(values: Sequence[float]) -> str:
    low, high = np.quantile(values, (0.025, 0.975))
    return f"{low:.3f} to {high:.3f}"


def _lead(mine: Array, theirs: Array, there: Array, draws: Sequence[Array]) -> tuple[float, float, float]:
    leads = [roc_auc_score(there[r], mine[r]) - roc_auc_score(there[r], theirs[r]) for r in draws]
    low, high = np.quantile(leads, (0.025, 0.975))
    return float(roc_auc_score(there, mine) - roc_auc_score(there, theirs)), float(low), float(high)
