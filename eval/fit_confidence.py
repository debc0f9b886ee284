"""Fit the model that says how sure an answer is: `python -m eval.fit_confidence --data DIR [--write]`.

On mtrag_un dev, which has no train split; the fit half of the questions on the Rust community; questions and near
misses that were written on communities which the cross-encoder hasn't seen (eval/cross_encoder, with --clones);
and training questions of cardano_se, bicmeta_se (by title; asked of the memory with all answers, with the
own answers taken out, and of the other community) and qmsum (asked of its own meeting and of another one), where an
answer counts as there when a gold one is among the five best hits. Each set and, within it, each kind weighs the same.
Which sets are used is decided by how well a model without a set does on it (`left_out_whole`): see FITTED_ON.

"answered" is said from where at most FALSELY_ANSWERED of the questions without an answer would get it, "partial"
from where GIVEN of those with one are given, both on LIMITED_BY in cross-validation with groups whole: in the other
sets what counts as not there often is. Writes copassist/confidence.json with --write.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from tqdm import tqdm

from copassist import confidence, embedding, settings
from copassist.answer import assess
from copassist.embedding import Encoder
from copassist.records import Filters, Hit, Record, Segment, Viewer, named
from copassist.retrieve import DEPTH, Searcher, retrieve
from copassist.store import memory as memories
from eval.abstention.asked import questions_on
from eval.abstention.fitting import FALSELY_ANSWERED, GIVEN, Array, folds, given_limit, limit
from eval.corpus_memory import answering, corpus_memory
from eval.cross_encoder.held_out import HELD_OUT, held_out_records
from eval.cross_encoder.passages import ours
from ingest.pipeline import ingest_records
from ingest.sources import Place

COMMUNITIES = ("cardano_se", "bicmeta_se")
MEETINGS = 40
QUESTIONS_EACH = 60
GOLD_WITHIN = 5
SEED = 11
CONFIDENCE_FILE = Path(confidence.__file__).with_suffix(".json")
STRENGTH = 0.03
"""Inverse regularisation over features of the same scale. Weak ones won most when a set was left out whole."""
JUDGED = ("mtrag_un/dev", "rust/fit")
WRITTEN = "written"
WRITTEN_EACH = 180
LIMITED_BY = (*JUDGED, WRITTEN)
FITTED_ON = (*JUDGED, WRITTEN, *COMMUNITIES)

Names = NDArray[np.str_]
Chosen = NDArray[np.bool_]
Example = tuple[str, str, tuple[float, ...], bool]
"""Set, question id, features, whether the answer was there."""


def main() -> None:
    """Fit, print the figures, and write the coefficients if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument(
        "--clones", type=Path, help="holds a clone of each of eval/cross_encoder/sources.json"
    )
    parser.add_argument("--write", action="store_true", help="replace the product's coefficients")
    parser.add_argument("--memory-cache", type=Path, metavar="DIR", help="keep memories for the next run")
    options = parser.parse_args()
    encoder = embedding.load(settings.from_environment())
    examples = _judged(options.data, encoder, options.memory_cache)
    if options.clones:
        examples += _written(options.clones, options.data, encoder, options.memory_cache)
    examples += _communities(options.data, encoder) + _meetings(options.data / "qmsum", encoder)
    fitted = _fit([example for example in examples if any(example[2])])
    print(json.dumps(fitted, indent=1))
    if options.write:
        CONFIDENCE_FILE.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


def _lines(path: Path) -> Iterator[Any]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    yield from map(json.loads, content.decode("utf-8").splitlines())


def _memory(records: list[Record], folder: Path, encoder: Encoder) -> Searcher:
    memory = memories.create(folder)
    ingest_records(memory, Place("corpus", "corpus", "corpus", folder), records, encoder)
    return answering(memory, encoder)


def _judged(data: Path, encoder: Encoder, cache: Path | None) -> list[Example]:
    """The questions of JUDGED, whose answers people looked for."""
    examples: list[Example] = []
    for name, folder, split in (
        (JUDGED[0], data / "mtrag_un", "dev"),
        (JUDGED[1], data / "communities" / "rust", "fit"),
    ):
        with questions_on(folder, split, encoder, cache) as (searcher, questions):
            for q in tqdm(questions, desc=name):
                hits = retrieve(searcher, q.text, Viewer(), Filters(), DEPTH)
                examples.append((name, q.group, assess(searcher, q.text, hits).features, q.answerable))
    return examples


def _written(clones: Path, data: Path, encoder: Encoder, cache: Path | None) -> list[Example]:
    """The questions on what the cross-encoder wasn't trained on, asked of a memory of it all."""
    chance = random.Random(SEED)
    asked, lost = ours(clones, data, encoder.count, HELD_OUT)
    print(f"{WRITTEN}: of {lost} passages the source has changed.")
    kept = chance.sample([q for q in asked if q.answers], WRITTEN_EACH)
    kept += [q for q in asked if not q.answers][:WRITTEN_EACH]
    examples: list[Example] = []
    with corpus_memory(list(held_out_records(clones)), encoder, cache) as memory:
        searcher = answering(memory, encoder)
        for q in tqdm(kept, desc=WRITTEN):
            hits = retrieve(searcher, q.question, Viewer(), Filters(), DEPTH)
            features = assess(searcher, q.question, hits).features
            examples.append((WRITTEN, q.document, features, bool(q.answers)))
    return examples


def _communities(data: Path, encoder: Encoder) -> list[Example]:
    with tempfile.TemporaryDirectory() as folder:
        searchers = {name: _answers(data / name, Path(folder) / name, encoder) for name in COMMUNITIES}
        examples = []
        for name in COMMUNITIES:
            other = next(searchers[n] for n in COMMUNITIES if n != name)
            examples += _community(data / name, searchers[name], other)
        return examples


def _answers(data: Path, folder: Path, encoder: Encoder) -> Searcher:
    docs = _lines(data / "corpus.jsonl")
    records = [Record(d["_id"], "document", d["_id"], (Segment(d["text"]),)) for d in docs]
    return _memory(records, folder, encoder)


def _community(data: Path, searcher: Searcher, other: Searcher) -> list[Example]:
    gold: dict[str, set[str]] = defaultdict(set)
    for line in (data / "qrels.train.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, doc, _ = line.split("\t")
        gold[query].add(doc)
    queries = [q for q in _lines(data / "queries.train.jsonl") if q["_id"] in gold]
    chosen = random.Random(SEED).sample(queries, min(QUESTIONS_EACH, len(queries)))
    examples = []
    for query in tqdm(chosen, desc=data.name):
        title, own = query["title"], gold[query["_id"]]
        hits = retrieve(searcher, title, Viewer(), Filters(), DEPTH)
        without = [h for h in hits if h.record.title not in own]
        far = retrieve(other, title, Viewer(), Filters(), DEPTH)
        for asked, kept in ((searcher, hits), (searcher, without), (other, far)):
            there = asked is searcher and any(h.record.title in own for h in kept[:GOLD_WITHIN])
            examples.append((data.name, query["_id"], assess(asked, title, kept).features, there))
    return examples


def _meetings(data: Path, encoder: Encoder) -> list[Example]:
    turns: dict[str, list[Segment]] = defaultdict(list)
    for turn in _lines(data / "turns.jsonl.gz"):
        turns[turn["meeting"]].append(Segment(turn["text"], named(turn["speaker"])))
    queries = [
        q for q in _lines(data / "queries.train.jsonl") if not q["text"].lower().startswith("summarize")
    ]
    chance = random.Random(SEED)
    meetings = chance.sample(sorted({q["meeting"] for q in queries}), MEETINGS)
    chosen = [q for q in queries if q["meeting"] in meetings]
    chosen = chance.sample(chosen, min(QUESTIONS_EACH, len(chosen)))
    examples = []
    with tempfile.TemporaryDirectory() as folder:
        records = [Record(m, "session", m, tuple(turns[m])) for m in meetings]
        searcher = _memory(records, Path(folder) / "m", encoder)
        for query in tqdm(chosen, desc="qmsum"):
            hits = retrieve(searcher, query["text"], Viewer(), Filters(), 20 * DEPTH)
            other = chance.choice([m for m in meetings if m != query["meeting"]])
            for meeting in (query["meeting"], other):
                kept = [h for h in hits if h.record.title == meeting][:DEPTH]
                there = meeting == query["meeting"] and _gold_turn(query, kept[:GOLD_WITHIN])
                examples.append(
                    ("qmsum", query["_id"], assess(searcher, query["text"], kept).features, there)
                )
    return examples


def _gold_turn(query: Any, hits: list[Hit]) -> bool:
    gold = {turn for span in query["evidence"] for turn in range(span["turn_start"], span["turn_end"] + 1)}
    return any(segment.position in gold for hit in hits for segment in hit.segments)


def _fit(examples: list[Example]) -> dict[str, Any]:
    """What confidence.json holds: the model fitted on FITTED_ON, its limits, and figures for every set."""
    x = np.array([values for _, _, values, _ in examples])
    y = np.array([float(there) for *_, there in examples])
    sets = np.array([name for name, *_ in examples])
    groups = np.array([f"{name}/{group}" for name, group, *_ in examples])
    fitting = np.isin(sets, FITTED_ON)
    held_out = np.zeros(len(y))
    for fit, other in folds(0).split(x[fitting], y[fitting], groups[fitting]):
        rows = np.flatnonzero(fitting)
        held_out[rows[other]] = _sure(x[rows[other]], *_fitted(x[rows[fit]], y[rows[fit]], sets[rows[fit]]))
    figures = {}
    for name in sorted(set(sets)):
        mine = sets == name
        figures[name] = _figures(x, y, sets, mine, fitting)
        if name in FITTED_ON:
            figures[name]["auroc_cross_validated"] = _auroc(y[mine], held_out[mine])
    weights, intercept = _fitted(x[fitting], y[fitting], sets[fitting])
    limiting = np.isin(sets, LIMITED_BY)
    answered = limit(held_out[limiting], y[limiting], FALSELY_ANSWERED)
    partial = given_limit(held_out[limiting], y[limiting], GIVEN)
    return {
        "coefficients": dict(zip(confidence.NAMES, np.round(weights, 3).tolist(), strict=True)),
        "intercept": round(intercept, 3),
        "answered_from": math.ceil(answered * 1000) / 1000,
        "partial_from": math.floor(partial * 1000) / 1000,
        "fitted_on": {"seed": SEED, "sets": list(FITTED_ON), "figures": figures},
    }


def _figures(x: Array, y: Array, sets: Names, mine: Chosen, fitting: Chosen) -> dict[str, float]:
    """AUROC on a set of a model that saw nothing of it, one fitted on all other sets, and each feature alone."""
    figures: dict[str, float] = {"n": int(mine.sum()), "there": int(y[mine].sum())}
    for name, some in (("left_out_whole", fitting & ~mine), ("left_out_whole_of_all_sets", ~mine)):
        if some.any():
            sure = _sure(x[mine], *_fitted(x[some], y[some], sets[some]))
            figures[f"auroc_{name}"] = _auroc(y[mine], sure)
    for column, feature in enumerate(confidence.NAMES):
        figures[f"auroc_{feature}_alone"] = _auroc(y[mine], x[mine][:, column])
    return figures


def _fitted(x: Array, y: Array, sets: Names) -> tuple[Array, float]:
    """Weights of the features as they are, shape (len(NAMES),), and the intercept."""
    weigh = np.zeros(len(y))
    for name in set(sets):
        for kind in (0, 1):
            some = (sets == name) & (y == kind)
            weigh[some] = 1 / max(1, some.sum())
    mean, scale = x.mean(axis=0), x.std(axis=0)
    model = LogisticRegression(C=STRENGTH, max_iter=2000)
    model.fit((x - mean) / scale, y, sample_weight=weigh * len(y) / weigh.sum())
    weights = model.coef_[0] / scale
    return weights, float(model.intercept_[0] - weights @ mean)


def _sure(x: Array, weights: Array, intercept: float) -> Array:
    return np.asarray(1 / (1 + np.exp(-(x @ weights + intercept))), dtype=np.float64)


def _auroc(y: Array, scores: Array) -> float:
    return round(float(roc_auc_score(y, scores)), 3)


if __name__ == "__main__":
    main()
