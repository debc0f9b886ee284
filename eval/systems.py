"""The systems that retrieval compares: the product, and the plain baselines beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import select

from copassist.conversation import Turn, understand
from copassist.embedding import Encoder
from copassist.records import EVERYONE, Filters, Span, Viewer
from copassist.retrieve import Searcher, retrieve
from copassist.store import records as stored
from copassist.store import schema as t
from copassist.store import vectors
from copassist.store.memory import Memory
from eval.corpora import Query
from eval.corpus_memory import CORPUS
from eval.tasks import Task

UNITS = 100
"""So many documents, or turns, each system ranks for a query, if it finds as many."""
PASSAGES = 300
"""So many passages are asked for at first; more if they hold fewer than UNITS units."""

Search = Callable[[Query], list[str]]
"""From a query to the ids of at most UNITS units, best first; empty when nothing is found."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What every system gets: the same task, its memory, and the model that made it."""

    task: Task
    memory: Memory
    encoder: Encoder


def copassist(ground: Ground) -> Search:
    """The product's own search; a unit stands where the best passage that covers it does.

    What a query mustn't find, its viewer may not see: each question that counts as earlier is a group's.
    """
    locators = {
        stored.record_id(CORPUS.key, record.locator): record.locator for record in ground.task.records
    }
    ids = {locator: id_ for id_, locator in locators.items()}
    searcher = Searcher(ground.memory, ground.encoder)

    def search(query: Query) -> list[str]:
        text = understood(query, ground.encoder)
        viewer = Viewer(groups=frozenset((EVERYONE, *(query.seen or ()))))
        filters = Filters(record=ids[query.within] if query.within else "")
        k = PASSAGES
        while True:
            hits = retrieve(searcher, text, viewer, filters, k)
            found = _first(
                ground.task.unit(locators[hit.record.id], span.position) for hit in hits for span in hit.spans
            )
            if len(found) >= UNITS or len(hits) < k:
                return found[:UNITS]
            k *= 2

    return search


def understood(query: Query, encoder: Encoder) -> str:
    """What the product searches for: the question in its conversation, as the product understands it.

    Each earlier question is understood by those before it, as when they were put one after the other. What the
    other side answered isn't the product's answer, so no record was cited.
    """
    turns: list[Turn] = []
    for speaker, words in query.turns:
        if speaker == "user":
            turns.append(Turn(understand(words, turns, encoder)))
    return understand(query.asked, turns, encoder) if query.asked else query.text


def dense(ground: Ground) -> Search:
    """The same model's cosine over the same passages and nothing else, exactly."""
    passages = _passages(ground)
    locators = np.array([locator for _, locator, _ in passages])
    units = [[ground.task.unit(locator, span.position) for span in spans] for _, locator, spans in passages]
    with ground.memory.reading() as connection:
        ids, matrix = vectors.vectors_of(connection, select(t.passages.c.id))
    matrix = matrix[np.argsort(ids)]

    def search(query: Query) -> list[str]:
        rows = np.flatnonzero(_allowed(query, locators))
        cosines = matrix[rows] @ ground.encoder.encode([query.text])[0]
        best = rows[np.argsort(-cosines, kind="stable")]
        return _first(unit for i in best for unit in units[i])[:UNITS]

    return search


def bm25(ground: Ground) -> Search:
    """BM25 (k1 1.2, b .75), English stems, without stop words: over whole documents, of meetings over passages."""
    import bm25s
    import Stemmer

    stemmer = Stemmer.Stemmer("english")

    def tokens(texts: list[str]) -> Any:
        return bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False)

    searched = list(_searched(ground))
    locators = np.array([locator for locator, _, _ in searched])
    index = bm25s.BM25(k1=1.2, b=0.75)
    index.index(tokens([text for _, text, _ in searched]), show_progress=False)

    def search(query: Query) -> list[str]:
        mask = _allowed(query, locators).astype(np.float32)
        rows, scores = index.retrieve(
            tokens([query.text]), k=len(searched), weight_mask=mask, show_progress=False
        )
        best = [i for i, score in zip(rows[0], scores[0], strict=True) if score > 0]
        return _first(unit for i in best for unit in searched[i][2])[:UNITS]

    return search


BASELINES: dict[str, Callable[[Ground], Search]] = {"copassist": copassist, "bm25": bm25, "dense": dense}
"""What runs in this environment; the peers have their own, see eval/peers/client.py."""


Passages = list[tuple[int, str, list[Span]]]
"""Id, locator of the record and spans of each passage, in the order of their ids."""


def _passages(ground: Ground) -> Passages:
    with ground.memory.reading() as connection:
        rows = connection.execute(
            select(t.passages.c.id, t.records.c.locator, t.passages.c.spans)
            .join(t.records, t.records.c.id == t.passages.c.record_id)
            .order_by(t.passages.c.id)
        ).all()
    return [(row.id, row.locator, [Span(*span) for span in row.spans]) for row in rows]


def _searched(ground: Ground) -> Iterator[tuple[str, str, list[str]]]:
    """What BM25 searches: locator of its record, text, and what is ranked for it."""
    task = ground.task
    if all(len(text.units) == 1 for text in task.texts):
        yield from ((text.record, text.whole, [text.units[0][1]]) for text in task.texts)
        return
    segments = {record.locator: record.segments for record in task.records}
    for _, locator, spans in _passages(ground):
        said = [(segments[locator][span.position], span) for span in spans]
        lines = [
            f"{segment.speaker.name if segment.speaker else ''}: {segment.text[span.start : span.end]}"
            for segment, span in said
        ]
        yield locator, "\n".join(lines), [task.unit(locator, span.position) for span in spans]


def _allowed(query: Query, locators: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which of these the query may find, by the locators of their records."""
    if query.within:
        return np.asarray(locators == query.within)
    if query.seen is not None:
        return np.isin(locators, query.seen)
    return np.ones(len(locators), dtype=np.bool_)


def _first(units: Iterable[str]) -> list[str]:
    """Each unit once, where it comes first."""
    return list(dict.fromkeys(units))
