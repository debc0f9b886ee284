"""The systems that are asked, each over the same memory as the public viewer: pages of hits become records."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select

from copassist import embedding
from copassist.records import Filters, Hit, Viewer
from copassist.retrieve import Searcher, retrieve, visible
from copassist.store import Memory, vectors
from copassist.store import records as stored
from copassist.store import schema as t

FIRST = 10
"""So many records, and hits, are looked at."""
PASSAGES = 100
"""So many passages are asked for at first; more if they are of fewer than FIRST records."""

Search = Callable[[str], list[str]]
"""From a question to the names of the first records, best first."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the records that answer it, by source and path; a file of many meetings is one."""

    id: str
    kind: str
    question: str
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """A memory, its model, and the name of each record that anybody may see, by id."""

    memory: Memory
    encoder: embedding.Encoder
    names: dict[str, str]


def questions(path: Path) -> list[Question]:
    """The questions of a file, in order."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [Question(row["id"], row["kind"], row["question"], tuple(row["records"])) for row in rows]


def ground(memory: Memory, encoder: embedding.Encoder) -> Ground:
    """What the systems need to search this memory."""
    seen = select(t.passages.c.record_id).where(t.passages.c.id.in_(_all_visible(memory)))
    with memory.reading() as connection:
        rows = connection.execute(
            select(t.records.c.id, t.sources.c.name, t.records.c.locator)
            .join(t.sources)
            .where(t.records.c.id.in_(seen))
            .order_by(t.records.c.id)
        )
        names = {row.id: f"{row.name}/{row.locator.partition('#')[0]}" for row in rows}
    return Ground(memory, encoder, names)


def first_hits(over: Ground, question: str) -> list[Hit]:
    """The first hits of the product's own search."""
    return retrieve(Searcher(over.memory, over.encoder), question, Viewer(), Filters(), FIRST)


def copassist(over: Ground) -> Search:
    """The product's own search; a record stands where its best passage does."""
    searcher = Searcher(over.memory, over.encoder)

    def search(question: str) -> list[str]:
        k = PASSAGES
        while True:
            hits = retrieve(searcher, question, Viewer(), Filters(), k)
            found = _first(over.names[hit.record.id] for hit in hits)
            if len(found) == FIRST or len(hits) < k:
                return found
            k *= 2

    return search


def bm25(over: Ground) -> Search:
    """BM25 (k1 1.2, b .75) over whole records with their titles, English stems, without stop words."""
    import bm25s
    import Stemmer

    stemmer = Stemmer.Stemmer("english")

    def tokens(texts: list[str]) -> Any:
        return bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False)

    with over.memory.reading() as connection:
        records = stored.load(connection, over.names)
    names = [over.names[id_] for id_ in records]
    whole = ["\n".join([r.summary.title, *(s.text for s in r.segments)]) for r in records.values()]
    index = bm25s.BM25(k1=1.2, b=0.75)
    index.index(tokens(whole), show_progress=False)

    def search(question: str) -> list[str]:
        rows, scores = index.retrieve(tokens([question]), k=len(names), show_progress=False)
        return _first(names[i] for i, score in zip(rows[0], scores[0], strict=True) if score > 0)

    return search


def dense(over: Ground) -> Search:
    """The same model's cosine over the same passages and nothing else, exactly."""
    with over.memory.reading() as connection:
        ids, matrix = vectors.vectors_of(connection, _all_visible(over.memory))
        of = dict(connection.execute(select(t.passages.c.id, t.passages.c.record_id)).tuples().all())

    def search(question: str) -> list[str]:
        best = np.argsort(-(matrix @ over.encoder.encode([question])[0]), kind="stable")
        return _first(over.names[of[int(ids[i])]] for i in best)

    return search


SYSTEMS: dict[str, Callable[[Ground], Search]] = {"copassist": copassist, "bm25": bm25, "dense": dense}


def _all_visible(memory: Memory) -> Any:
    with memory.reading() as connection:
        return visible(Viewer(), Filters(), connection)


def _first(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))[:FIRST]
