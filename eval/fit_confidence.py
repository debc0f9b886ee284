"""Fit the model that says how sure an answer is: `python -m eval.fit_confidence --data DIR [--write]`.

Training questions only. Of cardano_se and bicmeta_se each train question (its title) is asked three times:
of the memory with all answers, with its own answers taken out, and of the other community; of qmsum each is
asked of its own meeting and of another one. An answer counts as there when a gold one is among the five best
hits. "answered" is said from where at most a tenth of the questions whose answer isn't there would get it,
"partial" from where 85% of the answers that are there are given, both in cross-validation; classes weigh the
same, since how often a community asks what it doesn't know can't be learnt from here. Reported by five-fold
cross-validation with the folds by question; figures for each set that was left out whole are beside it. Writes
copassist/confidence.json with --write.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.model_selection import GroupKFold, cross_val_predict
from tqdm import tqdm

from copassist import confidence, embedding, settings
from copassist.answer import assess
from copassist.embedding import Encoder
from copassist.records import Filters, Hit, Record, Segment, Viewer, named
from copassist.retrieve import DEPTH, Searcher, retrieve
from copassist.store import memory as memories
from ingest.pipeline import ingest_records
from ingest.sources import Place

COMMUNITIES = ("cardano_se", "bicmeta_se")
MEETINGS = 60
QUESTIONS_EACH = 150
GOLD_WITHIN = 5
SEED = 11
CONFIDENCE_FILE = Path(confidence.__file__).with_suffix(".json")
GIVEN_IN_PART = 0.85
"""At least this share of the answers that are there is given, if only in part."""
FALSELY_ANSWERED = 0.1
"""At most this share of the questions whose answer isn't there may be called answered."""

Example = tuple[str, str, tuple[float, ...], bool]
"""Set, question id, features, whether the answer was there."""


def main() -> None:
    """Fit, print the figures, and write the coefficients if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="replace the product's coefficients")
    parser.add_argument(
        "--examples", type=Path, help="keep the features of the examples in this file, or take them from it"
    )
    options = parser.parse_args()
    encoder = embedding.load(settings.from_environment())
    if options.examples and options.examples.exists():
        examples: list[Example] = json.loads(options.examples.read_text(encoding="utf-8"))
    else:
        examples = _communities(options.data, encoder) + _meetings(options.data / "qmsum", encoder)
    if options.examples:
        options.examples.write_text(json.dumps(examples), encoding="utf-8")
    fitted = _fit(examples)
    print(json.dumps(fitted, indent=1))
    if options.write:
        CONFIDENCE_FILE.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


def _lines(path: Path) -> Iterator[Any]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    yield from map(json.loads, content.decode("utf-8").splitlines())


def _memory(records: list[Record], folder: Path, encoder: Encoder) -> Searcher:
    memory = memories.create(folder)
    ingest_records(memory, Place("corpus", "corpus", "corpus", folder), records, encoder)
    return Searcher(memory, encoder)


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
            examples.append((data.name, query["_id"], assess(asked, title, kept)[1], there))
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
                examples.append(("qmsum", query["_id"], assess(searcher, query["text"], kept)[1], there))
    return examples


def _gold_turn(query: Any, hits: list[Hit]) -> bool:
    gold = {turn for span in query["evidence"] for turn in range(span["turn_start"], span["turn_end"] + 1)}
    return any(segment.position in gold for hit in hits for segment in hit.segments)


def _fit(examples: list[Example]) -> dict[str, Any]:
    x = np.array([values for _, _, values, _ in examples])
    y = np.array([there for *_, there in examples])
    sets = np.array([name for name, *_ in examples])
    groups = np.array([f"{name}/{query}" for name, query, *_ in examples])
    model = _model()
    held_out = cross_val_predict(model, x, y, groups=groups, cv=GroupKFold(5), method="predict_proba")[:, 1]
    figures: dict[str, Any] = {"n": len(y), "there": int(y.sum()), "auroc": _auroc(y, held_out)}
    for name in sorted(set(sets)):
        mine = sets == name
        other = _model().fit(x[~mine], y[~mine])
        figures[name] = {
            "n": int(mine.sum()),
            "there": int(y[mine].sum()),
            "auroc": _auroc(y[mine], held_out[mine]),
            "auroc_left_out_whole": _auroc(y[mine], other.predict_proba(x[mine])[:, 1]),
            "auroc_top_score": _auroc(y[mine], x[mine][:, 0]),
        }
    model.fit(x, y)
    answered, partial = _thresholds(y, held_out)
    return {
        "coefficients": dict(zip(confidence.NAMES, np.round(model.coef_[0], 3).tolist(), strict=True)),
        "intercept": round(float(model.intercept_[0]), 3),
        "answered_from": answered,
        "partial_from": partial,
        "fitted_on": {"seed": SEED, "cross_validated": figures},
    }


def _auroc(y: np.ndarray[Any, Any], scores: np.ndarray[Any, Any]) -> float:
    return round(float(roc_auc_score(y, scores)), 3)


def _model() -> LogisticRegression:
    return LogisticRegression(C=1.0, max_iter=1000, class_weight="balanced")


def _thresholds(y: np.ndarray[Any, Any], scores: np.ndarray[Any, Any]) -> tuple[float, float]:
    false_positives, sensitivity, thresholds = roc_curve(y, scores)
    answered = thresholds[false_positives <= FALSELY_ANSWERED].min()
    partial = thresholds[np.argmax(sensitivity >= GIVEN_IN_PART)]
    return round(float(answered), 2), round(float(partial), 2)


if __name__ == "__main__":
    main()
