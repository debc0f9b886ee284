"""Retrieval: whether the search brings the documents that answer a question."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import ir_measures
import numpy as np
from ir_measures import RR, Measure, Qrel, R, ScoredDoc, nDCG
from tqdm import tqdm

from copassist import embedding, settings
from copassist.errors import CopAssistError
from eval import corpora
from eval.corpora import Query
from eval.corpus_memory import corpus_memory
from eval.report import Failure, Figures, Result
from eval.systems import SYSTEMS, Ground, Search

MEASURES: dict[str, Measure] = {
    "ndcg@10": nDCG @ 10,
    "recall@10": R @ 10,
    "recall@100": R @ 100,
    "mrr@10": RR @ 10,
}
"""Every grade above zero is relevant; nDCG weighs the grades."""
COMPARED = "ndcg@10"
RESAMPLES = 2_000

Rankings = dict[str, list[str]]
"""From a query's id to the documents that were found, best first."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What only this benchmark takes."""
    parser.add_argument(
        "--query-field", default="text", help="the field of a query to search for (default: text)"
    )
    parser.add_argument(
        "--memory-cache",
        type=Path,
        metavar="DIR",
        help="keep the memory made of the corpus here for the next run",
    )


def run(options: argparse.Namespace) -> Result:
    """Rank the corpus for every judged query by each system that was asked for."""
    judged = corpora.judged(options.data, options.split, options.query_field)
    encoder = embedding.load(settings.from_environment())
    rankings: dict[str, Rankings] = {}
    failed: list[Failure] = []
    left_out: dict[str, str] = {}
    with corpus_memory(judged.docs, encoder, options.memory_cache) as memory:
        ground = Ground(judged.docs, memory, encoder)
        for name in options.systems:
            try:
                search = SYSTEMS[name](ground)
            except ModuleNotFoundError as error:
                left_out[name] = f"{error.name} isn't installed"
                continue
            rankings[name], missed = rank(name, search, judged.queries)
            failed += missed
    values = {name: scores(judged.qrels, ranking) for name, ranking in rankings.items()}
    field = "" if options.query_field == "text" else f" ({options.query_field})"
    return Result(
        benchmark="retrieval",
        data=judged.name + field,
        split=options.split,
        n=len(judged.queries),
        systems={name: averages(per_query) for name, per_query in values.items()},
        models={"embedding": encoder.fingerprint},
        failed=failed,
        left_out=left_out,
        intervals=leads(values),
    )


def rank(name: str, search: Search, queries: Sequence[Query]) -> tuple[Rankings, list[Failure]]:
    """What a system finds for each query; one that it finds nothing for, or fails on, is a failure."""
    rankings: Rankings = {}
    failed = []
    for query in tqdm(queries, name, unit=" queries"):
        try:
            rankings[query.id] = search(query.text)
        except CopAssistError as error:
            rankings[query.id] = []
            failed.append(Failure(name, query.id, str(error)))
        else:
            if not rankings[query.id]:
                failed.append(Failure(name, query.id, "nothing found"))
    return rankings, failed


def scores(qrels: Sequence[Qrel], rankings: Rankings) -> dict[str, dict[str, float]]:
    """Each measure's value for each judged query; zero where nothing was found.

    Ranks are what counts: how a system scores, and how it breaks ties, is its own affair.
    """
    run = [ScoredDoc(query, doc, -rank) for query, docs in rankings.items() for rank, doc in enumerate(docs)]
    values = {name: {qrel.query_id: 0.0 for qrel in qrels} for name in MEASURES}
    names = {measure: name for name, measure in MEASURES.items()}
    for metric in ir_measures.iter_calc(list(MEASURES.values()), qrels, run):
        values[names[metric.measure]][metric.query_id] = metric.value
    return values


def averages(values: Mapping[str, Mapping[str, float]]) -> Figures:
    """The mean of each measure over all queries."""
    return {name: float(np.mean(list(per_query.values()))) for name, per_query in values.items()}


def leads(
    values: Mapping[str, Mapping[str, Mapping[str, float]]],
) -> dict[str, dict[str, tuple[float, float, float]]]:
    """copassist's lead over each other system on COMPARED, with its 95% interval."""
    if "copassist" not in values:
        return {}
    ours = values["copassist"][COMPARED]
    return {
        name: {COMPARED: paired_bootstrap([ours[q] - theirs[COMPARED][q] for q in ours])}
        for name, theirs in values.items()
        if name != "copassist"
    }


def paired_bootstrap(differences: Sequence[float], seed: int = 0) -> tuple[float, float, float]:
    """The mean of the differences and its 95% interval by resampling the queries (Efron, 1979)."""
    found = np.asarray(differences)
    picks = np.random.default_rng(seed).integers(len(found), size=(RESAMPLES, len(found)))
    low, high = np.percentile(found[picks].mean(axis=1), [2.5, 97.5])
    return float(found.mean()), float(low), float(high)
