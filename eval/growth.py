"""How a memory's speed and size grow: `eval speed --passages 1000,10000,100000`, and the plot of it."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from html import escape
from itertools import islice
from math import log10
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from copassist.embedding import PackagedEncoder
from copassist.errors import CopAssistError
from eval import corpora
from eval.ingest_worker import seconds
from eval.report import Figures, Result

PEERS = Path(__file__).parent.parent / ".venv-peers" / "bin" / "python"
STARTS = 3
MILLION = 1_000_000
PLOTTED = {
    "query_p95_ms": "p95 of a search, ms",
    "audience_p95_ms": "p95 for a quarter's audience, ms",
    "long_p95_ms": "p95 of 120 words, ms",
    "rss_mb": "working memory, MB",
    "disk_mb": "disk, MB",
}
COLORS = ("#2a7f78", "#b5533c", "#d9a441", "#4a5fa5", "#777777")


def sizes(text: str) -> list[int]:
    """Reads whole numbers separated by commas; anything else is a ValueError, wrong usage to argparse."""
    return sorted({int(number) for number in text.split(",")})


def run(options: argparse.Namespace) -> Result:
    """Make and search a memory of each size, each step in a process of its own, and the peer beside it."""
    systems: dict[str, Figures] = {}
    left_out: dict[str, str] = {}
    for size in options.passages:
        with TemporaryDirectory(dir=options.work) as scratch:
            work = Path(scratch)
            worker = [sys.executable, "-m", "eval.growth_worker"]
            about = [str(options.data.resolve()), options.split, str(work), str(size)]
            _done([*worker, "make", *about])
            _done([*worker, "search", *about])
            ours = {**_read(work / "made.json"), **_read(work / "copassist.json")}
            question = next(iter(corpora.read_queries(options.data, options.split))).text[:500]
            ours["ask_seconds"] = median(_ask(work / "memory", question) for _ in range(STARTS))
            systems[f"copassist {size:,}"] = ours
            if "llama-index" not in options.systems:
                continue
            if PEERS.exists():
                script = Path(__file__).parent / "peers" / "llama_index_search_worker.py"
                _done([str(PEERS), str(script), str(work)])
                systems[f"llama-index {size:,}"] = _read(work / "llama-index.json")
            else:
                left_out["llama-index"] = "there is no environment of the peers; `make peers` makes it"
    grown = {
        figures["passages"]: figures for name, figures in systems.items() if name.startswith("copassist")
    }
    if options.plot and len(grown) > 1:
        options.plot.write_text(svg(grown), encoding="utf-8")
    return Result(
        benchmark="speed",
        data=f"texts and vectors drawn around those of {options.data.resolve().name}",
        split=options.split,
        n=len(list(islice(corpora.read_queries(options.data, options.split), 50))),
        systems=systems,
        models={"embedding": PackagedEncoder.fingerprint},
        left_out=left_out,
        notes=[*_million(grown), f"load {os.getloadavg()[0]:.1f}"],
    )


def _done(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CopAssistError(f"{' '.join(command[:4])} failed: {done.stderr.strip()[-2000:]}")


def _read(path: Path) -> Figures:
    figures: Figures = json.loads(path.read_text(encoding="utf-8"))
    return figures


def _ask(memory: Path, question: str) -> float:
    """The seconds that a cold `copassist ask` takes from start to end."""
    asking = ["ask", question, "--private", "--memory", str(memory)]
    return seconds(lambda: _done([sys.executable, "-m", "copassist.cli", *asking]))


def at(grown: dict[float, Figures], name: str, passages: float) -> float:
    """A figure at another size: along the line through those of the two largest sizes."""
    (less, low), (more, high) = sorted(grown.items())[-2:]
    slope = (high[name] - low[name]) / (more - less)
    return high[name] + slope * (passages - more)


def _million(grown: dict[float, Figures]) -> list[str]:
    """What a million passages would cost, in words."""
    if len(grown) < 2:
        return []
    said = [f"{words}: {at(grown, name, MILLION):,.0f}" for name, words in PLOTTED.items()]
    return [f"a million passages, by the line through the two largest sizes: {'; '.join(said)}"]


def svg(grown: dict[float, Figures]) -> str:
    """A plot of the figures over the number of passages, both axes logarithmic; a million dashed."""
    width, height, left, top, bottom = 860, 440, 60, 20, 50
    inner_width, inner_height = width - left - 290, height - top - bottom

    def x(passages: float) -> float:
        return left + inner_width * (log10(passages) - 2.9) / 3.2

    def y(value: float) -> float:
        return top + inner_height * (1 - log10(max(value, 1)) / 4.2)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="13"><rect width="100%" height="100%" fill="white"/>'
    ]
    for power in range(5):
        parts.append(
            f'<path d="M{left} {y(10**power):.1f}h{inner_width}" stroke="#ddd"/>'
            f'<text x="{left - 8}" y="{y(10**power) + 4:.1f}" text-anchor="end">{10**power:,}</text>'
        )
    for passages in (1_000, 10_000, 100_000, MILLION):
        parts.append(
            f'<text x="{x(passages):.1f}" y="{height - 28}" text-anchor="middle">{passages:,}</text>'
        )
    parts.append(f'<text x="{left + inner_width / 2}" y="{height - 8}" text-anchor="middle">passages</text>')
    ends = sorted(((at(grown, name, MILLION), name) for name in PLOTTED), reverse=True)
    lowest = 0.0
    for value, name in ends:
        color = COLORS[list(PLOTTED).index(name)]
        points = [(x(n), y(figures[name])) for n, figures in sorted(grown.items())]
        line = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        lowest = max(lowest + 18, y(value) + 4)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3.5" fill="{color}"/>' for a, b in points]
        parts.append(
            f'<path d="M{points[-1][0]:.1f} {points[-1][1]:.1f}L{x(MILLION):.1f} {y(value):.1f}" '
            f'stroke="{color}" stroke-width="2" stroke-dasharray="4 4"/>'
            f'<text x="{x(MILLION) + 14:.1f}" y="{lowest:.1f}" fill="{color}">'
            f"{escape(PLOTTED[name])}: {value:,.0f}</text>"
        )
    return "".join([*parts, "</svg>\n"])
