"""Retrieval: whether the search brings what answers a question, beside the peers on the same documents."""

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
from eval import tasks
from eval.corpora import HISTORY, Query
from eval.corpus_memory import KeptEncoder, corpus_memory
from eval.peers import client
from eval.report import Failure, Figures, Result
from eval.systems import BASELINES, UNITS, Ground, Search
from eval.tasks import Task

SYSTEMS = (*BASELINES, *client.SYSTEMS)
"""The product first, then plain baselines, then the peers of eval/peers."""

MEASURES: dict[str, Measure] = {
    "ndcg@10": nDCG @ 10,
    "recall@10": R @ 10,
    "recall@100": R @ 100,
    "mrr@10": RR @ 10,
}
"""Every grade above zero is relevant; nDCG weighs the grades."""
COMPARED = "ndcg@10"
RESAMPLES = 2_000
NOTHING = "nothing found"

Rankings = dict[str, list[str]]
"""From a query's id to what was found, best first."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What only this benchmark takes."""
    parser.add_argument(
        "--task",
        choices=list(tasks.TASKS),
        default="",
        help="what to find (default: the first of these that the folder has)",
    )
    parser.add_argument(
        "--query-field",
        default="text",
        metavar="FIELD",
        help=f"the field of a query to search for; {HISTORY} is its text in its conversation (default: text)",
    )
    parser.add_argument(
        "--memory-cache",
        type=Path,
        metavar="DIR",
        help="keep the memory made of the corpus, and every system's vectors, here for the next run",
    )


def run(options: argparse.Namespace) -> Result:
    """Rank the corpus for every judged query by each system that was asked for."""
    task = tasks.load(options.data, options.split, options.task, options.query_field)
    cache: Path | None = options.memory_cache
    vectors = None
    if cache:
        cache.mkdir(parents=True, exist_ok=True)
        vectors = cache / "vectors.db"
    models, rankings, failed, left_out = _here(task, options.systems, cache, vectors)
    peers = client.rank(task, [name for name in options.systems if name in client.SYSTEMS], UNITS, vectors)
    for name, found in peers.rankings.items():
        rankings[name] = {query.id: units for query, units in zip(task.queries, found, strict=True)}
        failed += [Failure(name, id_, NOTHING) for id_, units in rankings[name].items() if not units]
    values = {name: scores(task.qrels, rankings[name]) for name in options.systems if name in rankings}
    return Result(
        benchmark="retrieval",
        data=task.data,
        split=options.split,
        n=len(task.queries),
        systems={name: averages(per_query) for name, per_query in values.items()},
        models=models | peers.models,
        failed=failed,
        left_out=left_out | peers.left_out,
        intervals=leads(values),
        task=task.name,
        query_field=options.query_field,
    )


def _here(
    task: Task, systems: Sequence[str], cache: Path | None, vectors: Path | None
) -> tuple[dict[str, str], dict[str, Rankings], list[Failure], dict[str, str]]:
    """What runs in this environment: models, rankings, failures, and what is left out."""
    encoder = embedding.load(settings.from_environment())
    models = {"embedding": encoder.fingerprint}
    if vectors:
        encoder = KeptEncoder(encoder, vectors)
    rankings: dict[str, Rankings] = {}
    failed: list[Failure] = []
    left_out: dict[str, str] = {}
    wanted = [name for name in systems if name in BASELINES]
    if not wanted:
        return models, rankings, failed, left_out
    with corpus_memory(task.records, encoder, cache) as memory:
        for name in wanted:
            try:
                search = BASELINES[name](Ground(task, memory, encoder))
            except ModuleNotFoundError as error:
                left_out[name] = f"{error.name} isn't installed"
                continue
            rankings[name], missed = rank(name, search, task.queries)
            failed += missed
    return models, rankings, failed, left_out


def rank(name: str, search: Search, queries: Sequence[Query]) -> tuple[Rankings, list[Failure]]:
    """What a system finds for each query; one that it finds nothing for, or fails on, is a failure."""
    rankings: Rankings = {}
    failed = []
    for query in tqdm(queries, name, unit=" queries"):
        try:
            rankings[query.id] = search(query)
        except CopAssistError as error:
            rankings[query.id] = []
            failed.append(Failure(name, query.id, str(error)))
        else:
            if not rankings[query.id]:
                failed.append(Failure(name, query.id, NOTHING))
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
