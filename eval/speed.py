"""Speed: how fast a memory is made, brought up to date, searched and started, beside the plain llama-index pipeline."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np

from copassist import embedding, passages, settings
from copassist.embedding import Encoder
from copassist.errors import CopAssistError
from copassist.records import Viewer
from copassist.retrieve import Searcher, retrieve
from copassist.store import memory as memories
from copassist.store.memory import Memory
from copassist.store.vectors import VectorIndex
from eval import corpora, growth
from eval.corpora import Doc
from eval.report import Figures, Result

T = TypeVar("T")

SYSTEMS = ("copassist", "llama-index")
HERE = Path(__file__).parent
PEERS = HERE.parent / ".venv-peers" / "bin" / "python"
"""The environment of the peers; `make peers` makes it."""
WARM_UP = 5
SAMPLE = 512
"""So many chunks, evenly spaced, are embedded by both; each is read whole by the model."""
STARTS = 3


def add_options(parser: argparse.ArgumentParser) -> None:
    """What only this benchmark takes."""
    parser.add_argument(
        "--docs", type=int, default=2_000, help="how many documents of the corpus (default: 2000)"
    )
    parser.add_argument(
        "--passages",
        type=growth.sizes,
        metavar="N,N",
        help="instead, search memories of so many passages drawn from the corpus, as in 1000,10000,100000",
    )
    parser.add_argument("--plot", type=Path, metavar="FILE", help="with --passages, draw the growth here")
    parser.add_argument("--work", type=Path, metavar="DIR", help="where the drawn memories are made")


def run(options: argparse.Namespace) -> Result:
    """Time the product and the plain llama-index pipeline on the first documents, each in a process of its own.

    With `--passages` time searches of memories of these sizes.
    """
    if options.passages:
        return growth.run(options)
    docs = tuple(islice(corpora.read_docs(options.data), options.docs))
    queries = [query.text for query in corpora.read_queries(options.data, options.split)]
    encoder = embedding.load(settings.from_environment())
    chunks = _chunks(docs, encoder)
    tokens = sum(encoder.count(chunks))
    systems: dict[str, Figures] = {}
    left_out: dict[str, str] = {}
    with TemporaryDirectory() as scratch:
        work = Path(scratch)
        _write_files(docs, work / "files")
        (work / "chunks.json").write_text(json.dumps(chunks), encoding="utf-8")
        if "llama-index" in options.systems and PEERS.exists():
            systems["llama-index"] = _ingested(work, "llama-index", _PEER, tokens)
        elif "llama-index" in options.systems:
            left_out["llama-index"] = "there is no environment of the peers; `make peers` makes it"
        if "copassist" in options.systems:
            product = _ingested(work, "copassist", _PRODUCT, tokens)
            systems["copassist"] = product | _searched(work / "memory", encoder, queries)
    return Result(
        benchmark="speed",
        data=f"{options.data.resolve().name}, {len(docs):,} documents, {len(chunks)} chunks",
        split=options.split,
        n=len(queries),
        systems=dict(reversed(systems.items())),
        models={"embedding": encoder.fingerprint},
        left_out=left_out,
        notes=[*_ratios(systems), f"{_cores()} cores, load {os.getloadavg()[0]:.1f}"],
    )


_PRODUCT = (sys.executable, "-m", "eval.ingest_worker")
_PEER = (str(PEERS), str(HERE / "peers" / "llama_index_worker.py"))


def _ingested(work: Path, system: str, command: Sequence[str], tokens: int) -> Figures:
    """What a system's worker measured. Raises CopAssistError if it fails."""
    done = subprocess.run([*command, str(work)], capture_output=True, text=True, cwd=HERE.parent, check=False)
    if done.returncode:
        raise CopAssistError(f"{system} failed: {done.stderr.strip()[-2000:]}")
    measured: Figures = json.loads((work / f"{system}.json").read_text(encoding="utf-8"))
    return {
        "embedded_tokens_per_second": tokens / measured["embed_seconds"],
        "ingest_seconds": measured["ingest_seconds"],
        "reingest_seconds": measured["reingest_seconds"],
        "one_changed_seconds": measured["one_changed_seconds"],
        "rss_mb": measured["peak_mb"],
        "passages": measured["passages"],
        "passages_per_second": measured["passages"] / measured["ingest_seconds"],
    }


def _searched(folder: Path, encoder: Encoder, queries: Sequence[str]) -> Figures:
    """How fast the memory answers."""
    memory = memories.open_(folder)
    try:
        milliseconds = query_times(memory, encoder, queries)
    finally:
        memory.close()
    singles = [timed(partial(encoder.encode, [query]))[1] for query in queries]
    return {
        "query_p50_ms": float(np.percentile(milliseconds, 50)),
        "query_p95_ms": float(np.percentile(milliseconds, 95)),
        "query_embed_ms": 1_000 * median(singles),
        "ask_seconds": median(start(folder, queries[0]) for _ in range(STARTS)),
        "disk_mb": sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6,
    }


def query_times(memory: Memory, encoder: Encoder, queries: Sequence[str]) -> list[float]:
    """The milliseconds of each search as the running app does it: warm, the index held open."""
    index = VectorIndex.open(memory)
    try:
        searcher = Searcher(memory, encoder, index)
        for query in queries[:WARM_UP]:
            retrieve(searcher, query, Viewer())
        return [1_000 * timed(partial(retrieve, searcher, query, Viewer()))[1] for query in queries]
    finally:
        index.close()


def start(folder: Path, question: str) -> float:
    """The seconds that a cold `copassist ask` takes from start to end. Raises CopAssistError if it fails."""
    asking = ("ask", question[:500], "--private", "--memory", str(folder))
    command = [sys.executable, "-m", "copassist.cli", *asking]
    done, took = timed(lambda: subprocess.run(command, capture_output=True, text=True, check=False))
    if done.returncode:
        raise CopAssistError(f"`copassist ask` failed: {done.stderr.strip()}")
    return took


def timed(do: Callable[[], T]) -> tuple[T, float]:
    """What `do` returns, and the seconds that it took."""
    began = time.perf_counter()
    done = do()
    return done, time.perf_counter() - began


def _ratios(systems: dict[str, Figures]) -> list[str]:
    """How the product compares, in words."""
    if "copassist" not in systems:
        return []
    product = systems["copassist"]
    again = product["ingest_seconds"] / product["reingest_seconds"]
    said = [f"the same again, nothing changed: {again:.0f} times as fast as the first time"]
    if "llama-index" in systems:
        peer = systems["llama-index"]
        embedded = product["embedded_tokens_per_second"] / peer["embedded_tokens_per_second"]
        said += [
            f"embedding identical chunks: {embedded:.2f} times the tokens per second of llama-index",
            f"whole ingest: {peer['ingest_seconds'] / product['ingest_seconds']:.2f} times as fast",
            f"again: {peer['reingest_seconds'] / product['reingest_seconds']:.1f} times as fast",
            f"peak memory: {product['rss_mb'] / peer['rss_mb']:.2f} of it",
        ]
    return said


def _write_files(docs: Sequence[Doc], folder: Path) -> None:
    """Each document as a file of its own, for both systems alike."""
    folder.mkdir()
    for number, doc in enumerate(docs):
        heading = f"# {doc.title}\n\n" if doc.title else ""
        (folder / f"{number:05}.md").write_text(f"{heading}{doc.text}\n", encoding="utf-8")


def _chunks(docs: Sequence[Doc], encoder: Encoder) -> list[str]:
    texts = [p.embedded for record in corpora.records(docs) for p in passages.cut(record, encoder.count)]
    return texts[:: max(1, len(texts) // SAMPLE)][:SAMPLE]


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
