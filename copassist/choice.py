"""Which sentences make up an answer: the best runs of them, each as it stands in its record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from copassist.candidates import Candidate
from copassist.store import keywords
from copassist.store.keywords import stem

MOST_SENTENCES = 6
RUNS = 2
"""So many places are quoted: what is scattered over more of them isn't read as an answer."""
RUN_SENTENCES = 4
"""A run is no longer, unless a list needs it; see docs/decisions/0006."""
MARGIN = 0.45
"""A run whose best sentence is this much weaker than the best of all is left out."""
DROP = 0.6
"""A sentence this much weaker than the best of its run isn't taken along."""
DROP_BEFORE = 0.2
"""The same for one that stands before it: what follows says more of it."""
SAME = 0.9
"""Of two sentences that share this much of the shorter one's words one is enough."""
LEAST_SHARED = 3
"""With fewer words than these two sentences say the same only if they have no others."""
LEANING = {"it", "this", "that", "they", "these", "those", "he", "she", "so", "then", "but", "and", "which"}
"""A sentence that begins with one of these leans on the one before."""
OUTCOME_MARGIN = 1.0
"""The same for the outcome of the session whose advice is the best run: it says what came of it."""
REPLACED = 0.15
"""What a sentence loses that a later record replaces."""
FIRST_PARTS = ("decision", "outcome", "accepted-answer")
"""What is said of a record before the rest of it."""


def choose(candidates: Sequence[Candidate], replaced: Mapping[str, str]) -> list[Candidate]:
    """The sentences of the best runs, in the order in which they are said; empty only without candidates.

    `replaced` has the id of the newer record by that of each segment that it replaces, which is said last.
    """
    weighed = _newer_first(candidates, replaced)
    order = sorted(weighed, key=lambda c: (c.hit.record.id, c.segment.position, c.start))
    runs: list[list[Candidate]] = []
    seeds = list(weighed)
    while seeds:
        least = weighed[0].score - OUTCOME_MARGIN
        outcome = _outcome(runs[0], seeds, least) if len(runs) == 1 else None
        seed = outcome or seeds[0]
        seeds.remove(seed)
        taken = [c for run in runs for c in run]
        too_weak = not outcome and seed.score < weighed[0].score - MARGIN
        if len(runs) == RUNS or len(taken) >= MOST_SENTENCES or too_weak:
            break
        if seed.is_code or any(seed is c or repeats(seed.text, c.text) for c in taken):
            continue
        run = _run(_newest(seed, weighed), order, taken, MOST_SENTENCES - len(taken), replaced)
        if not run[-1].announces:
            runs.append(run)
    return [c for run in sorted(runs, key=lambda run: _place(run, runs, replaced)) for c in run]


def _outcome(run: Sequence[Candidate], seeds: Sequence[Candidate], least: float) -> Candidate | None:
    """The best sentence of the outcome of the session whose advice the run quotes, unless it scores less than that."""
    if run[0].segment.part != "advice":
        return None
    record = run[0].hit.record.id
    told = (c for c in seeds if c.segment.part == "outcome" and c.hit.record.id == record)
    best = next(told, None)
    return best if best and best.score >= least else None


def _newer_first(candidates: Sequence[Candidate], replaced: Mapping[str, str]) -> list[Candidate]:
    """The candidates, best first, with those of a replaced segment behind the best of what replaced it."""
    best: dict[str, float] = {}
    for c in candidates:
        best[c.hit.record.id] = max(best.get(c.hit.record.id, c.score), c.score)
    weighed = [
        replace(c, score=min(c.score - REPLACED, best.get(replaced[c.segment.id], c.score) - REPLACED))
        if c.segment.id in replaced
        else c
        for c in candidates
    ]
    return sorted(weighed, key=lambda c: (-c.score, c.segment.id, c.start))


def repeats(text: str, other: str) -> bool:
    """Whether two sentences say the same: nearly the same words, of more than a few, and the very same figures."""
    first, second = set(map(stem, keywords.terms(text))), set(map(stem, keywords.terms(other)))
    same_figures = {w for w in first if w.isdigit()} == {w for w in second if w.isdigit()}
    shorter = min(len(first), len(second))
    alike = shorter >= LEAST_SHARED and len(first & second) >= SAME * shorter
    return same_figures and (first == second or alike)


def _run(
    seed: Candidate,
    order: Sequence[Candidate],
    taken: Sequence[Candidate],
    most: int,
    replaced: Mapping[str, str],
) -> list[Candidate]:
    """The seed with those around it that belong to it or are nearly as good, in their order, at most `most`."""
    first = last = next(i for i, c in enumerate(order) if c is seed)

    def free(i: int, beside: int) -> bool:
        lower, upper = min(i, beside), max(i, beside)
        return (
            lower >= 0
            and upper < len(order)
            and _follows(order[upper], order[lower])
            and (order[upper].segment.id in replaced) == (order[lower].segment.id in replaced)
            and not any(order[i] is c or repeats(order[i].text, c.text) for c in taken)
        )

    while last - first + 1 < most:
        before, after = free(first - 1, first), free(last + 1, last)
        listed = any(c.announces or c.heads for c in order[first : last + 1])
        if before and (_leans(order[first], order[first - 1]) or order[first - 1].announces):
            first -= 1
        elif after and (
            order[last].announces or order[last].heads or (listed and _near(order[last + 1], seed, DROP))
        ):
            last += 1
        elif last - first + 1 >= RUN_SENTENCES:
            break
        else:
            beside = [last + 1] if after and _near(order[last + 1], seed, DROP) else []
            beside += [first - 1] if before and _near(order[first - 1], seed, DROP_BEFORE) else []
            if not beside:
                break
            best = max(beside, key=lambda i: order[i].score)
            first, last = min(first, best), max(last, best)
    while last > first and order[last].announces:
        last -= 1
    return list(order[first : last + 1])


def _newest(seed: Candidate, candidates: Sequence[Candidate]) -> Candidate:
    """Of those who say the same as the seed the one that was said last."""
    same = [c for c in candidates if c.hit.record.date and repeats(c.text, seed.text)]
    return max([seed, *same], key=lambda c: c.hit.record.date or date.min)


def _follows(after: Candidate, before: Candidate) -> bool:
    """Whether a sentence stands right behind another one, below the same heading."""
    return (
        after.hit.record.id == before.hit.record.id
        and after.segment.section == before.segment.section
        and after.segment.part == before.segment.part
        and after.segment.position - before.segment.position <= 1
    )


def _leans(candidate: Candidate, before: Candidate) -> bool:
    """Whether a sentence can't be understood without the one before it in the same segment."""
    first = candidate.text.split()[0].strip("\"'(*_,.").lower()
    return first in LEANING and before.segment.id == candidate.segment.id


def _near(candidate: Candidate, seed: Candidate, drop: float) -> bool:
    return candidate.score >= seed.score - drop


def _place(
    run: Sequence[Candidate], runs: Sequence[Sequence[Candidate]], replaced: Mapping[str, str]
) -> tuple[object, ...]:
    """Where a run comes: what was replaced last, the record of the best first, its outcome before its discussion, and
    its problem last. `runs` are best first.
    """
    record, part = run[0].hit.record.id, run[0].segment.part
    best = next(i for i, other in enumerate(runs) if other[0].hit.record.id == record)
    later = 0 if part in FIRST_PARTS else 2 if part == "problem" else 1
    return run[0].segment.id in replaced, best, later, run[0].segment.position, run[0].start
