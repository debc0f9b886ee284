"""What a benchmark found: printed as a table, written as JSON."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

Figures = dict[str, float]
"""Name of a measure, as the interface contract spells it, to its value."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A query that a system brought nothing for; it counts as zero."""

    system: str
    query: str
    reason: str


@dataclass(frozen=True, slots=True)
class Result:
    """The figures of each system over the same n queries.

    `left_out` says why a system isn't there, `notes` are further lines for the reader, and
    `intervals` holds for each baseline and measure copassist's lead over it: mean, lower and upper end.
    `task` and `query_field` say what of the data was measured, where there is a choice.
    """

    benchmark: str
    data: str
    split: str
    n: int
    systems: dict[str, Figures]
    models: dict[str, str]
    failed: list[Failure] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    intervals: dict[str, dict[str, tuple[float, float, float]]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    task: str = ""
    query_field: str = ""


def write(result: Result, path: Path) -> None:
    """Write the result as JSON, with the commit and the machine that it was measured on."""
    measured = {**asdict(result), "commit": commit(), "machine": machine()}
    text = json.dumps(measured, indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def show(result: Result) -> str:
    """The result for people: systems as rows, measures as columns."""
    names = list(dict.fromkeys(name for figures in result.systems.values() for name in figures))
    rows = [
        [system, *(_number(figures, name) for name in names)] for system, figures in result.systems.items()
    ]
    about = ", ".join(filter(None, (result.data, result.task, result.query_field, result.split)))
    lines = [f"{result.benchmark}: {about}, n = {result.n}", ""]
    lines += _columns([["", *names], *rows])
    lines += [""] + [
        f"copassist - {baseline}, {measure}: {mean:+.3f} (95% {low:+.3f} to {high:+.3f})"
        for baseline, measures in result.intervals.items()
        for measure, (mean, low, high) in measures.items()
    ]
    lines += result.notes
    lines += [f"left out: {system}: {reason}" for system, reason in result.left_out.items()]
    lines.append(f"failed: {len(result.failed)}")
    lines += [f"  {f.system}, {f.query}: {f.reason}" for f in result.failed]
    lines += [f"{use} model: {name}" for use, name in result.models.items()]
    return "\n".join([*lines, f"commit: {commit()}", f"machine: {machine()}"])


def commit() -> str:
    """The commit of the code that runs, "unknown" outside git; "+" when files were changed since."""
    here = Path(__file__).parent
    try:
        head = _git(here, "rev-parse", "--short=12", "HEAD")
        return head + (
            "+" if _git(here, "--no-optional-locks", "status", "--porcelain", "--untracked-files=no") else ""
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def machine() -> str:
    """Cores that this process may use, and the processor's name as the system gives it."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{cores} cores, {names[0] if names else platform.processor() or platform.machine()}"


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _number(figures: Mapping[str, float], name: str) -> str:
    if name not in figures:
        return "-"
    return f"{figures[name]:.3f}" if figures[name] < 10 else f"{figures[name]:,.1f}"


def _columns(rows: list[list[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
