"""Finding the passages that bear on a question, as far as the viewer may see them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from copassist.embedding import Encoder, Vectors
from copassist.errors import MemoryFolderError, NotFoundError
from copassist.records import Filters, Hit, Span, StoredRecord, Viewer
from copassist.store import identities, keywords, vectors
from copassist.store import records as stored
from copassist.store import schema as t
from copassist.store.memory import Memory
from copassist.store.vectors import VectorIndex

DEPTH = 100
"""How many passages dense and keyword search each bring before they are fused."""
EXACT_LIMIT = 10_000
"""Up to so many passages each vector is looked at, about 3 ms a thousand; beyond, the index is asked."""
KEYWORD_WEIGHT = 0.2
"""What the best keyword score adds to a cosine; set on training questions, see docs/decisions/0004-fusion.md."""


@dataclass(frozen=True, slots=True)
class Searcher:
    """What a search needs. Without `index` every vector is looked at, which needs no lock."""

    memory: Memory
    encoder: Encoder
    index: VectorIndex | None = None


def retrieve(
    searcher: Searcher, query: str, viewer: Viewer, filters: Filters = Filters(), k: int = 10
) -> list[Hit]:
    """The k passages that fit the query best among all that the viewer may see under the filters.

    Best first; fewer than k only when there are no more. With an empty query, the newest records'
    opening passages. Raises MemoryFolderError if another model made the memory's vectors.
    """
    check_model(searcher.memory, searcher.encoder)
    with searcher.memory.reading() as connection:
        allowed = visible(viewer, filters, connection)
        if not query.strip():
            return _newest(connection, allowed, k)
        vector = searcher.encoder.encode([query])[0]
        depth = max(DEPTH, k)
        words = keywords.terms(query)
        dense = dict(_nearest(searcher, connection, vector, allowed, depth))
        sparse = dict(keywords.best(connection, words, allowed, depth))
        both = _complete(connection, vector, words, dense, sparse)
        return _hits(connection, fuse(both)[:k])


def check_model(memory: Memory, encoder: Encoder) -> None:
    """Raise MemoryFolderError if the memory's vectors were made by another model than `encoder`."""
    made_by = memory.fact("model")
    if made_by and made_by != encoder.fingerprint:
        raise MemoryFolderError(
            f"The vectors in {memory.folder} were made by the model {made_by}, "
            f"but {encoder.fingerprint} is configured.",
            "Set COPASSIST_EMBEDDING_MODEL back, or run `copassist reindex` to embed everything anew.",
        )


def visible(viewer: Viewer, filters: Filters, connection: Connection) -> Select[Any]:
    """Selects the ids of the passages that this viewer may see under these filters."""
    record = t.records.c
    seen = select(t.record_groups.c.record_id).where(t.record_groups.c.group.in_(sorted(viewer.groups)))
    statement = select(record.id).where(record.id.in_(seen))
    if filters.record:
        statement = statement.where(record.id == filters.record)
    if filters.kind:
        statement = statement.where(record.kind == filters.kind)
    if filters.format:
        statement = statement.where(record.format == filters.format)
    if filters.since:
        statement = statement.where(record.date >= filters.since)
    if filters.until:
        statement = statement.where(record.date <= filters.until)
    if filters.person:
        people = identities.identities_of(connection, filters.person)
        took_part = select(t.roles.c.record_id).where(t.roles.c.identity_id.in_(people))
        spoke = select(t.segments.c.record_id).where(t.segments.c.identity_id.in_(people))
        statement = statement.where(or_(record.id.in_(took_part), record.id.in_(spoke)))
    return select(t.passages.c.id).where(t.passages.c.record_id.in_(statement))


def _nearest(
    searcher: Searcher, connection: Connection, vector: Vectors, allowed: Select[Any], k: int
) -> list[tuple[int, float]]:
    """The k allowed passages nearest to the vector: exactly while they are few, else through the index."""
    count = connection.execute(select(func.count()).select_from(allowed.subquery())).scalar_one()
    if searcher.index is None or count <= EXACT_LIMIT:
        return vectors.nearest_exactly(connection, vector, allowed, k)
    total = connection.execute(select(func.count()).select_from(t.passages)).scalar_one()
    wanted = k * 2 * total // count
    while True:
        near = searcher.index.nearest(vector, wanted)
        ids = [id_ for id_, _ in near]
        seen = set(connection.execute(allowed.where(t.passages.c.id.in_(ids))).scalars())
        found = [(id_, cosine) for id_, cosine in near if id_ in seen][:k]
        if len(found) == k or len(near) < wanted:
            return found
        wanted *= 4


def _complete(
    connection: Connection,
    vector: Vectors,
    words: Sequence[str],
    dense: dict[int, float],
    sparse: dict[int, float],
) -> dict[int, tuple[float, float]]:
    """Both scores of every passage that one of the searches found, so that they can be weighed."""
    missing = [id_ for id_ in sparse if id_ not in dense]
    if missing:
        ids, matrix = vectors.vectors_of(
            connection, select(t.passages.c.id).where(t.passages.c.id.in_(missing))
        )
        dense = {**dense, **dict(zip(ids.tolist(), (matrix @ vector).tolist(), strict=True))}
    unscored = [id_ for id_ in dense if id_ not in sparse]
    sparse = {**sparse, **keywords.scores_of(connection, words, unscored)}
    return {id_: (dense[id_], sparse.get(id_, 0.0)) for id_ in dense}


def fuse(both: dict[int, tuple[float, float]]) -> list[tuple[int, float, float, float]]:
    """Passage, fused score, cosine and keyword score, best first, from cosine and keyword score of each.

    Keyword scores count relative to the best of them, since BM25 has no scale of its own. Unlike
    reciprocal ranks this keeps how much better a passage is. Ties go to the older passage.
    """
    most = max((keyword for _, keyword in both.values()), default=0.0) or 1.0
    fused = [
        (id_, cosine + KEYWORD_WEIGHT * keyword / most, cosine, keyword)
        for id_, (cosine, keyword) in both.items()
    ]
    return sorted(fused, key=lambda row: (-row[1], row[0]))


def _newest(connection: Connection, allowed: Select[Any], k: int) -> list[Hit]:
    opening = t.segments.c.position == func.json_extract(t.passages.c.spans, "$[0][0]")
    first = (
        select(func.min(t.passages.c.id))
        .join(t.segments, (t.segments.c.record_id == t.passages.c.record_id) & opening)
        .where(t.passages.c.id.in_(allowed), t.segments.c.part != "people")
        .group_by(t.passages.c.record_id)
    )
    rows = connection.execute(
        select(t.passages.c.id)
        .join(t.records)
        .where(t.passages.c.id.in_(first))
        .order_by(t.records.c.date.desc().nulls_last(), t.records.c.id)
        .limit(k)
    ).scalars()
    return _hits(connection, [(id_, 0.0, 0.0, 0.0) for id_ in rows])


def _hits(connection: Connection, scored: Iterable[tuple[int, float, float, float]]) -> list[Hit]:
    """The passages completed from SQL, in the given order; one that is gone meanwhile is left out."""
    wanted = list(scored)
    rows = connection.execute(select(t.passages).where(t.passages.c.id.in_([id_ for id_, *_ in wanted])))
    passages = {row.id: row for row in rows}
    records = stored.summarise(connection, sorted({row.record_id for row in passages.values()}))
    places = {(row.record_id, position) for row in passages.values() for position, _, _ in row.spans}
    segments = stored.segments_at(connection, places)
    hits = []
    for id_, score, dense, keyword in wanted:
        if id_ in passages:
            record = records[passages[id_].record_id]
            spans = tuple(
                _shown_span(segments[record.id, at][1], at, *ends) for at, *ends in passages[id_].spans
            )
            covered = tuple(segments[record.id, at][0] for at in dict.fromkeys(s.position for s in spans))
            hits.append(Hit(id_, record, covered, spans, score, dense, keyword))
    return hits


def _shown_span(shift: Callable[[int], int], position: int, start: int, end: int) -> Span:
    return Span(position, shift(start), shift(end))


def open_record(memory: Memory, record_id: str, viewer: Viewer) -> StoredRecord:
    """A record whole. Raises NotFoundError if there is none, or none that this viewer may see."""
    with memory.reading() as connection:
        seen = select(t.record_groups.c.record_id).where(
            t.record_groups.c.record_id == record_id, t.record_groups.c.group.in_(sorted(viewer.groups))
        )
        if connection.execute(seen).first() is None:
            raise NotFoundError(
                f"There is no record {record_id!r} that you may see.", "It may have been removed."
            )
        return stored.load(connection, [record_id])[record_id]
