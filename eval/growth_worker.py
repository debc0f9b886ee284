"""One memory of one size in a process of its own: `python -m eval.growth_worker make|search DATA SPLIT WORK SIZE`.

`make` draws WORK/memory like DATA's corpus and writes WORK/made.json, and what the peer gets; `search` asks it
DATA's questions and writes WORK/copassist.json.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select

from copassist import embedding, settings
from copassist.embedding import Vectors
from copassist.records import Filters, Viewer
from copassist.retrieve import Query, Searcher, candidates, held_passages, read_query, retrieve, visible
from copassist.store import members, vectors
from copassist.store import memory as memories
from copassist.store import schema as t
from copassist.store.memory import Memory
from copassist.store.vectors import VectorIndex
from eval import corpora, drawn
from eval.corpus_memory import CORPUS
from eval.ingest_worker import peak_mb, seconds
from ingest.pipeline import ingest_records

QUESTIONS = 50
LONG_WORDS = 120
DEPTH = 100
ROUNDING = 1e-5
"""Scores that differ by less are equal: sums of floats depend on their order."""


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Case:
    """One way to search: on whose behalf, under which filters, with which questions."""

    name: str
    viewer: Viewer
    filters: Filters = NO_FILTERS
    long: bool = False


ALL = Viewer("all", frozenset(drawn.GROUPS))
CASES = (
    Case("all", ALL),
    Case("audience", Viewer()),
    Case("person", ALL, Filters(person=drawn.person(0))),
    Case("kind", ALL, Filters(kind="thread")),
    Case("date", ALL, Filters(since=drawn.FIRST_DAY.replace(year=drawn.FIRST_DAY.year + 6))),
    Case(
        "together", Viewer(), Filters("session", since=drawn.FIRST_DAY.replace(year=drawn.FIRST_DAY.year + 4))
    ),
    Case("long", ALL, long=True),
    Case("long_audience", Viewer(), long=True),
)


def main(step: str, data: Path, split: str, work: Path, size: int) -> None:
    """Do one of the two steps."""
    if step == "make":
        figures = make(data, work, size)
        (work / "made.json").write_text(json.dumps(figures), encoding="utf-8")
    else:
        figures = search(data, split, work)
        (work / "copassist.json").write_text(json.dumps(figures), encoding="utf-8")


def make(data: Path, work: Path, size: int) -> dict[str, float]:
    """Draw a memory of about `size` passages; what storing and indexing it took."""
    docs = tuple(corpora.read_docs(data))
    encoder = drawn.drawn_encoder(docs, embedding.load(settings.from_environment()))
    memory = memories.create(work / "memory")
    with memory.writing() as connection:
        members.save(connection, members.compare(connection, drawn.members())[1])
    index = VectorIndex.open(memory)  # held, so that Chroma is filled on its own below
    try:
        began = time.perf_counter()
        records = drawn.records(docs, size // drawn.PASSAGES_EACH)
        passages = ingest_records(memory, CORPUS, records, encoder).passages
        stored = time.perf_counter() - began
        filled = seconds(index.follow)
    finally:
        index.close()
    _export(memory, work)
    disk = {
        name: _size(path)
        for name, path in (("sql", work / "memory"), ("chroma", work / "memory" / "vectors"))
    }
    memory.close()
    return {
        "passages": passages,
        "store_seconds": stored,
        "store_passages_per_second": passages / stored,
        "chroma_seconds": filled,
        "disk_mb": disk["sql"],
        "disk_chroma_mb": disk["chroma"],
    }


def search(data: Path, split: str, work: Path) -> dict[str, float]:
    """How fast and how exactly the memory answers, cold and warm, and what that holds of working memory."""
    encoder = embedding.load(settings.from_environment())
    before = peak_mb()
    began = time.perf_counter()
    memory = memories.open_(work / "memory")
    searcher = Searcher(memory, encoder, VectorIndex.open(memory))
    with memory.reading() as connection:
        held_passages(searcher, connection)
    figures = {"start_seconds": time.perf_counter() - began, "rss_model_mb": before}
    questions = {long: list(_questions(data, split, long)) for long in (False, True)}
    (work / "queries.json").write_text(json.dumps(questions[False]), encoding="utf-8")
    for case in CASES:
        taken = []
        for question in questions[case.long]:
            began = time.perf_counter()
            found(searcher, case, question)
            taken.append(1_000 * (time.perf_counter() - began))
        figures |= {f"{case.name}_first_ms": taken[0]}
        figures |= {f"{case.name}_p{p}_ms": float(np.percentile(taken, p)) for p in (50, 95)}
    figures["query_p50_ms"], figures["query_p95_ms"] = figures["all_p50_ms"], figures["all_p95_ms"]
    figures["query_embed_ms"] = 1_000 * float(
        np.median([seconds(lambda q=q: encoder.encode([q])) for q in questions[False]])  # type: ignore[misc]
    )
    figures["rss_mb"] = peak_mb()
    for case in CASES:
        figures[f"{case.name}_differ"] = differing(searcher, case, questions[case.long])
    if searcher.index:
        searcher.index.close()
    memory.close()
    return figures


def found(searcher: Searcher, case: Case, question: str) -> None:
    """Search as the running app does."""
    retrieve(searcher, question, case.viewer, case.filters)


def differing(searcher: Searcher, case: Case, questions: Sequence[str]) -> int:
    """For how many questions the passages to be ranked aren't the exact best of what SQL says may be seen.

    The best by cosine, by the query's words, and by cosine of the time that it names, each looked for among all.
    """
    with searcher.memory.reading() as connection:
        held = held_passages(searcher, connection)
        ids, matrix = vectors.vectors_of(connection, visible(case.viewer, case.filters, connection))
        order = np.argsort(ids)
        ids, matrix = ids[order], matrix[order]
        differ = 0
        rows = np.searchsorted(held.ids, ids)
        days = held.days[held.record_of[rows]]
        for question in questions:
            query = read_query(searcher, connection, question)
            cosines = matrix @ searcher.encoder.encode([query.text])[0]
            words = held.words.scores(query.words)[rows]
            got = candidates(searcher, connection, question, case.viewer, case.filters, DEPTH)
            differ += not _same(
                got, ids, [(cosines, -1.0), (words, 0.0), (_of_then(cosines, days, query), -1.0)]
            )
    return differ


def _of_then(cosines: Vectors, days: NDArray[np.int32], query: Query) -> Vectors:
    """The cosines of what is of the time that the query names; -1 for all else."""
    if query.when is None:
        return np.full_like(cosines, -1.0)
    then = (days >= query.when.since.toordinal()) & (days <= query.when.until.toordinal())
    return np.where(then, cosines, -1.0)


def _same(got: Collection[int], ids: Vectors, columns: Sequence[tuple[Vectors, float]]) -> bool:
    """Whether what was found is the best by each score; of those that tie for the last place any will do.

    Each column of scores comes with the value that is no score.
    """
    must = np.zeros(len(ids), dtype=bool)
    may = np.zeros(len(ids), dtype=bool)
    for scores, least in columns:
        some = scores[scores > least]
        last = np.partition(some, -DEPTH)[-DEPTH] if len(some) > DEPTH else least
        must |= scores > last + ROUNDING
        may |= (scores > last - ROUNDING) & (scores > least)
    found = np.isin(ids, list(got))
    return len(got) == int(found.sum()) and not bool((must & ~found).any() or (found & ~may).any())


def _questions(data: Path, split: str, long: bool) -> Iterator[str]:
    """Questions of the split; long ones of LONG_WORDS words, of several questions."""
    texts = [query.text for query in islice(corpora.read_queries(data, split), QUESTIONS)]
    words = " ".join(texts).split()
    for number, text in enumerate(texts):
        start = number * len(words) // len(texts)
        yield (
            " ".join((words + words)[start : start + LONG_WORDS])
            if long
            else " ".join(text.split()[:LONG_WORDS])
        )


def _export(memory: Memory, work: Path) -> None:
    """Write the same passages for the peer: texts with their audience, and vectors."""
    with memory.reading() as connection:
        ids, matrix = vectors.vectors_of(connection, select(t.passages.c.id))
        order = np.argsort(ids)
        np.save(work / "vectors.npy", matrix[order])
        rows = connection.execute(
            select(t.passages.c.id, t.record_groups.c.group, func.min(t.segments.c.text).label("text"))
            .join(t.record_groups, t.record_groups.c.record_id == t.passages.c.record_id)
            .join(t.segments, t.segments.c.record_id == t.passages.c.record_id)
            .group_by(t.passages.c.id)
            .order_by(t.passages.c.id)
        )
        with (work / "passages.jsonl").open("w", encoding="utf-8") as file:
            for row in rows:
                file.write(
                    json.dumps({"id": str(row.id), "group": row.group, "text": row.text[:1_000]}) + "\n"
                )


def _size(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]), int(sys.argv[5]))
