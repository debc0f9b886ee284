"""The systems that retrieval compares: the product, and what stands beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import select

from copassist.embedding import Encoder
from copassist.records import Viewer
from copassist.retrieve import Searcher, retrieve
from copassist.store import records as stored
from copassist.store import schema as t
from copassist.store import vectors
from copassist.store.memory import Memory
from eval.corpora import Doc
from eval.corpus_memory import CORPUS

DOCS = 100
"""So many documents each system ranks for a query, if it finds as many."""
PASSAGES = 300
"""So many passages are asked for at first; more if they come from fewer than DOCS documents."""

Search = Callable[[str], list[str]]
"""From a query to the ids of at most DOCS documents, best first; empty when nothing is found."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What every system gets: the same documents, their memory, and the model that made it."""

    docs: Sequence[Doc]
    memory: Memory
    encoder: Encoder


def copassist(ground: Ground) -> Search:
    """The product's own search for somebody unknown; a document stands where its best passage does."""
    doc_of = {stored.record_id(CORPUS.key, doc.id): doc.id for doc in ground.docs}
    searcher = Searcher(ground.memory, ground.encoder)

    def search(query: str) -> list[str]:
        k = PASSAGES
        while True:
            hits = retrieve(searcher, query, Viewer(), k=k)
            found = _first(doc_of[hit.record.id] for hit in hits)
            if len(found) >= DOCS or len(hits) < k:
                return found[:DOCS]
            k *= 2

    return search


def dense(ground: Ground) -> Search:
    """The same model's cosine over the same passages and nothing else, exactly."""
    with ground.memory.reading() as connection:
        ids, matrix = vectors.vectors_of(connection, select(t.passages.c.id))
        rows = connection.execute(
            select(t.passages.c.id, t.records.c.locator).join(
                t.records, t.records.c.id == t.passages.c.record_id
            )
        )
        doc_of = {row.id: row.locator for row in rows}

    def search(query: str) -> list[str]:
        cosines = matrix @ ground.encoder.encode([query])[0]
        return _first(doc_of[int(ids[i])] for i in np.lexsort((ids, -cosines)))[:DOCS]

    return search


def bm25(ground: Ground) -> Search:
    """BM25 (k1 1.2, b .75) over whole documents, English stems, without stop words."""
    import bm25s
    import Stemmer

    stemmer = Stemmer.Stemmer("english")

    def tokens(texts: list[str]) -> Any:
        return bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False)

    index = bm25s.BM25(k1=1.2, b=0.75)
    index.index(tokens([doc.whole for doc in ground.docs]), show_progress=False)
    most = min(DOCS, len(ground.docs))

    def search(query: str) -> list[str]:
        rows, scores = index.retrieve(tokens([query]), k=most, show_progress=False)
        return [ground.docs[i].id for i, score in zip(rows[0], scores[0], strict=True) if score > 0]

    return search


SYSTEMS: dict[str, Callable[[Ground], Search]] = {"copassist": copassist, "bm25": bm25, "dense": dense}


def _first(docs: Iterable[str]) -> list[str]:
    """Each document once, where it comes first."""
    return list(dict.fromkeys(docs))
