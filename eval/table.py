"""The READMEs' tables of retrieval, made from the headline runs: `python -m eval.table [--check]`.

Each file keeps its table between two markers. With --check nothing is written; 1 when a table isn't what
eval/results/ gives.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from eval.headlines import HEADLINES, RESULTS, file_name
from eval.retrieval import COMPARED, MEASURES, SYSTEMS

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- retrieval: made by python -m eval.table -->\n", "<!-- end of retrieval -->\n"
SHORT = ("bm25", "dense", "llama-index", "llama-index-whole", "haystack", "haystack-whole")
"""What the short table shows beside the product."""
OURS = "copassist"

Measured = Mapping[str, Any]
"""What one run wrote."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Put the tables into both READMEs."""
    parser = argparse.ArgumentParser(prog="python -m eval.table", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 when a table isn't up to date")
    options = parser.parse_args(arguments)
    runs = measured(RESULTS)
    code = 0
    for path, table in ((ROOT / "README.md", short(runs)), (ROOT / "eval" / "README.md", long(runs))):
        text = path.read_text(encoding="utf-8")
        if options.check:
            code |= put(text, table) != text
        else:
            path.write_text(put(text, table), encoding="utf-8")
    return code


def measured(folder: Path, split: str = "dev") -> dict[str, Measured]:
    """The runs of HEADLINES that were written to this folder, by the name of their set."""
    found: dict[str, Measured] = {}
    for name, task, field in HEADLINES:
        path = folder / file_name(name, task, field, split)
        if path.is_file():
            found[path.stem.removeprefix("retrieval-").removesuffix(f"-{split}")] = json.loads(
                path.read_text(encoding="utf-8")
            )
    return found


def put(text: str, table: str) -> str:
    """The text with the table between its markers. Raises ValueError if it has none."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}{table}{END}{after}"


def short(runs: Mapping[str, Measured]) -> str:
    """nDCG@10 of the product and its main peers on each set, and the lead over the best of all of them."""
    others = [name for name in SHORT if any(name in run["systems"] for run in runs.values())]
    rows = [["nDCG@10", "n", OURS, *others, "best of all others", "lead over it"]]
    for name, run in runs.items():
        values = [_figure(run, system) for system in (OURS, *others)]
        rows.append([name, str(run["n"]), *values, *_lead(run)])
    rows.append(_means(runs, others))
    return _markdown(rows)


def long(runs: Mapping[str, Measured]) -> str:
    """Every measure of every system on each set."""
    parts = []
    for measure in MEASURES:
        rows = [[measure, *runs]]
        for system in SYSTEMS:
            values = [_figure(run, system, measure) for run in runs.values()]
            if any(value != "–" for value in values):
                rows.append([system, *values])
        parts.append(_markdown(rows))
    rows = [["", *runs]]
    rows.append(["n", *(str(run["n"]) for run in runs.values())])
    rows.append(["failed", *(_failures(run) for run in runs.values())])
    rows.append(["commit", *(str(run["commit"]) for run in runs.values())])
    parts.append(_markdown(rows))
    machines = "; ".join(dict.fromkeys(run["machine"] for run in runs.values() if "machine" in run))
    models = dict(item for run in runs.values() for item in run["models"].items())
    said = "; ".join(f"{use}: {model}" for use, model in models.items())
    return "\n".join([*parts, f"Models and versions: {said}. Machine: {machines or 'not noted'}.\n"])


def best_other(run: Measured) -> str:
    """The system that comes closest to the product, or before it."""
    others = [name for name in run["systems"] if name != OURS]
    best: str = max(others, key=lambda name: float(run["systems"][name][COMPARED]))
    return best


def relative_lead(run: Measured, other: str) -> float:
    """By what share of the other's figure the product is ahead."""
    ours, theirs = (float(run["systems"][name][COMPARED]) for name in (OURS, other))
    return ours / theirs - 1


def _lead(run: Measured) -> list[str]:
    """The best of the others, and the lead over it: relative, and as a difference with its interval."""
    other = best_other(run)
    difference, low, high = run["intervals"][other][COMPARED]
    lead = f"{relative_lead(run, other):+.0%} ({difference:+.3f}; {low:+.3f} to {high:+.3f})"
    return [f"{other} {_figure(run, other)}", lead]


def _means(runs: Mapping[str, Measured], others: Sequence[str]) -> list[str]:
    """The mean over the sets; that of the relative leads, over the best of each set and over the best in the mean."""
    everywhere = [s for s in SYSTEMS if all(s in run["systems"] for run in runs.values())]
    means = {s: mean(float(run["systems"][s][COMPARED]) for run in runs.values()) for s in everywhere}
    best = max((s for s in everywhere if s != OURS), key=lambda s: means[s], default="")
    lead = f"{mean(relative_lead(run, best_other(run)) for run in runs.values()):+.0%}" if runs else ""
    if best:
        over_one = mean(relative_lead(run, best) for run in runs.values())
        lead += f" (over {best} on every set {over_one:+.0%})"
    shown = [_short(means[s]) if s in means else "–" for s in (OURS, *others)]
    return ["**mean**", "", *shown, f"{best} {_short(means[best])}" if best else "–", lead]


def _failures(run: Measured) -> str:
    counts: dict[str, int] = {}
    for failure in run["failed"]:
        counts[failure["system"]] = counts.get(failure["system"], 0) + 1
    return ", ".join(f"{system} {n}" for system, n in counts.items()) or "0"


def _figure(run: Measured, system: str, measure: str = COMPARED) -> str:
    return _short(run["systems"][system][measure]) if system in run["systems"] else "–"


def _short(figure: float) -> str:
    return f"{figure:.3f}".removeprefix("0")


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    head, *body = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([head, "|---" * len(rows[0]) + "|", *body]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
