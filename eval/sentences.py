"""Whether what an answer says stands where the question is answered: `python -m eval.sentences --data DIR`.

On the questions on the Rust community that may be looked at (the 40 older ones and the fit half of the 120), where a
sentence is right that stands in a record which answers; and with --clones on questions written on communities that the
cross-encoder isn't trained on, where just the sentences are right that answer. Nothing is held back, and questions for
sessions or people are read like all others. `--odds` weighs the cross-encoder's odds by each of these weights: the one
that copassist has was chosen here, so its figures are kind.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score
from sqlalchemy import select
from tqdm import tqdm

from copassist import candidates as reading
from copassist import embedding, settings
from copassist.answer import HITS_READ
from copassist.candidates import Candidate, read, term_weights
from copassist.choice import choose
from copassist.embedding import Encoder
from copassist.records import Filters, Hit, Viewer
from copassist.retrieve import DEPTH, Searcher, retrieve
from copassist.store import Memory
from copassist.store import schema as t
from copassist.superseded import superseding
from eval.abstention import draw
from eval.abstention.asked import questions_on, rust_questions
from eval.corpus_memory import answering, corpus_memory
from eval.cross_encoder.held_out import HELD_OUT, held_out_records
from eval.cross_encoder.passages import Example, ours
from eval.report import commit

OLDER = Path(__file__).parent / "rust_questions.jsonl"
ANSWERED, NEAR_MISSES = 200, 120
SEED = 5
ODDS = reading.NAMES.index("odds")
MEASURES = ("first right", "any right", "share right", "sentences", "AUROC of the odds")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what was found and read for it; whether it is answered there, and whether a sentence does it."""

    text: str
    there: bool
    hits: list[Hit]
    candidates: list[Candidate]
    right: Callable[[Candidate], bool]


def main() -> None:
    """Print the figures of each set for each weight."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="holds communities/rust")
    parser.add_argument(
        "--clones", type=Path, help="holds a clone of each of eval/cross_encoder/sources.json"
    )
    parser.add_argument("--memory-cache", type=Path, metavar="DIR", help="keep the memories for the next run")
    parser.add_argument("--odds", type=_weights, default=[reading.WEIGHTS[ODDS]], metavar="W,W")
    parser.add_argument("--show", action="store_true", help="print what is said to each question")
    options = parser.parse_args()
    encoder = embedding.load(settings.from_environment())
    sets = {"rust": on_rust(options.data, encoder, options.memory_cache)}
    if options.clones:
        sets["written"] = on_written(options.clones, options.data, encoder, options.memory_cache)
    print(f"commit: {commit()}; encoder: {encoder.fingerprint}")
    for name, asked in sets.items():
        for weight in options.odds:
            there = sum(question.there for question in asked)
            print(
                f"{name}, {there} answered and {len(asked) - there} not, odds weigh {weight}: {figures(asked, weight)}"
            )
        for question in asked if options.show else ():
            _show(question, options.odds[-1])


def on_rust(data: Path, encoder: Encoder, cache: Path | None) -> list[Asked]:
    """The questions on the Rust community that may be looked at."""
    fit = {q.id for q in rust_questions("fit")}
    rows = [row for row in draw.read() if row["id"] in fit]
    rows += map(json.loads, OLDER.read_text(encoding="utf-8").splitlines())
    with questions_on(data / "communities" / "rust", "fit", encoder, cache) as (searcher, _):
        paths = _paths(searcher.memory)

        def from_one_of(records: Sequence[str]) -> Callable[[Candidate], bool]:
            return lambda c: paths[c.hit.record.id] in records

        return [
            _asked(searcher, row["question"], row["answerable"], from_one_of(row["records"]))
            for row in tqdm(rows, desc="rust")
        ]


def on_written(clones: Path, data: Path, encoder: Encoder, cache: Path | None) -> list[Asked]:
    """A drawn sample of the questions on the communities that the cross-encoder isn't trained on."""
    examples, lost = ours(clones, data, encoder.count, HELD_OUT)
    print(f"written: of {lost} passages the source has changed.")
    chance = random.Random(SEED)
    kept = chance.sample([e for e in examples if e.answers], ANSWERED)
    kept += chance.sample([e for e in examples if not e.answers], NEAR_MISSES)
    with corpus_memory(list(held_out_records(clones)), encoder, cache) as memory:
        searcher, locators = answering(memory, encoder), _locators(memory)

        def one_of(example: Example) -> Callable[[Candidate], bool]:
            answers = [_plain(example.text.body[slice(*example.text.sentences[i])]) for i in example.answers]

            def right(c: Candidate) -> bool:
                there = locators[c.hit.record.id].partition("#")[0] == example.document
                return there and any(_plain(c.text) in a or a in _plain(c.text) for a in answers)

            return right

        return [
            _asked(searcher, example.question, bool(example.answers), one_of(example))
            for example in tqdm(kept, desc="written")
        ]


def figures(asked: Sequence[Asked], weight: float) -> dict[str, float]:
    """MEASURES, of what is said with the odds weighed so: over the questions that are answered, and AUROC over all."""
    said = [chosen(question, weight) for question in asked]
    right = [[q.right(c) for c in found] for q, found in zip(asked, said, strict=True) if q.there]
    odds = [max((c.features[ODDS] for c in found), default=-reading.MOST_ODDS) for found in said]
    values = (
        np.mean([any(r[:1]) for r in right]),
        np.mean([any(r) for r in right]),
        np.mean([np.mean(r) if r else 0.0 for r in right]),
        np.mean([len(r) for r in right]),
        roc_auc_score([q.there for q in asked], odds),
    )
    return {name: round(float(value), 3) for name, value in zip(MEASURES, values, strict=True)}


def chosen(asked: Asked, weight: float) -> list[Candidate]:
    """What is said, with the odds weighed so."""
    more = weight - reading.WEIGHTS[ODDS]
    weighed = [replace(c, score=c.score + more * c.features[ODDS]) for c in asked.candidates]
    best_first = sorted(weighed, key=lambda c: (-c.score, c.segment.id, c.start))
    return choose(best_first, superseding(asked.hits))


def _asked(searcher: Searcher, question: str, there: bool, right: Callable[[Candidate], bool]) -> Asked:
    hits = retrieve(searcher, question, Viewer(), Filters(), DEPTH)
    found = read(searcher, question, hits[:HITS_READ], term_weights(searcher, question))
    return Asked(question, there, hits, found, right)


def _paths(memory: Memory) -> dict[str, str]:
    """The path of each record, as the questions on Rust name it."""
    with memory.reading() as connection:
        rows = connection.execute(
            select(t.records.c.id, t.sources.c.name, t.records.c.locator).join(t.sources)
        )
        return {row.id: f"{row.name}/{row.locator}" for row in rows}


def _locators(memory: Memory) -> dict[str, str]:
    with memory.reading() as connection:
        return {
            row.id: row.locator for row in connection.execute(select(t.records.c.id, t.records.c.locator))
        }


def _show(asked: Asked, weight: float) -> None:
    print(f"\n{asked.text}" if asked.there else f"\nNot there: {asked.text}")
    for c in chosen(asked, weight):
        mark = "+" if asked.there and asked.right(c) else "-"
        print(f"  {mark} {c.features[ODDS]:5.1f}  {' '.join(c.text.split())[:200]}")


def _plain(text: str) -> str:
    return " ".join(text.split())


def _weights(text: str) -> list[float]:
    return [float(weight) for weight in text.split(",")]


if __name__ == "__main__":
    main()
