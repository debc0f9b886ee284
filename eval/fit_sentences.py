"""Fit by what sentences are weighed: `python -m eval.fit_sentences DIR... [--sample N] [--memory-cache DIR]`.

Training questions only (cardano_se by `title`, bicmeta_se by `title`, qmsum). A sentence is worth half its cosine with
the reference answer, half the share of its words that the reference has, and 0.3 more where it stands in a gold turn or
document. A ridge regression of that within each question, each set weighing the same; the two cosines sum to 1.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import Ridge
from tqdm import tqdm

from copassist import candidates, embedding, settings
from copassist.answer import assess
from copassist.embedding import Encoder
from copassist.store import keywords
from copassist.store.keywords import stem
from eval.answers import Ground, asked, relevant, units
from eval.corpus_memory import answering, corpus_memory

GOLD = 0.3
ALPHA = 0.001
Examples = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Features, shape (n, len(NAMES)), and worth, shape (n,), each less its mean over the question."""


def main() -> None:
    """Print the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--memory-cache", type=Path)
    options = parser.parse_args()
    encoder = embedding.load(settings.from_environment())
    sets = [
        list(_examples(folder, options.sample, options.memory_cache, encoder)) for folder in options.folders
    ]
    x = np.vstack([features for examples in sets for features, _ in examples])
    y = np.concatenate([worth for examples in sets for _, worth in examples])
    weigh = [1 / len(worth) / len(examples) for examples in sets for _, worth in examples for _ in worth]
    fitted = Ridge(alpha=ALPHA).fit(x, y, sample_weight=weigh).coef_
    scaled = fitted / fitted[:2].sum()
    print(dict(zip(candidates.NAMES, scaled.round(2).tolist(), strict=True)), f"n = {sum(map(len, sets))}")


def _examples(folder: Path, sample: int, cache: Path | None, encoder: Encoder) -> Iterator[Examples]:
    """The sentences of the best passages for each question of a set."""
    field = "text" if (folder / "turns.jsonl.gz").exists() else "title"
    task, references = asked(folder, "train", field, sample)
    gold = relevant(task)
    with corpus_memory(task.records, encoder, cache) as memory:
        searcher = answering(memory, encoder)
        ground = Ground(task, searcher, units(task, searcher))
        for query in tqdm(task.queries, folder.name):
            found = assess(searcher, query.text, ground.hits(query)).candidates
            if not found:
                continue
            vectors = encoder.encode([references[query.id], *(c.text for c in found)])
            told = _stems(references[query.id])
            worth = np.array(
                [
                    (float(vector @ vectors[0]) + len(_stems(c.text) & told) / max(1, len(_stems(c.text))))
                    / 2
                    + GOLD * (ground.unit_of[c.segment.id] in gold[query.id])
                    for c, vector in zip(found, vectors[1:], strict=True)
                ]
            )
            x = np.array([c.features for c in found])
            yield x - x.mean(axis=0), worth - worth.mean()


def _stems(text: str) -> set[str]:
    return {stem(word) for word in keywords.terms(text)}


if __name__ == "__main__":
    main()
