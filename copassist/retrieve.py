"""Finding the passages that bear on a question, as far as the viewer may see them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, exists, func, or_, select

from copassist.cross_encoder import CrossEncoder
from copassist.embedding import Encoder, Vectors
from copassist.errors import MemoryFolderError, NotFoundError
from copassist.query import Period, also, corrections, doubtful, period
from copassist.rank import Scores, fuse
from copassist.records import Filters, Hit, Span, StoredRecord, Viewer
from copassist.store import identities, keywords, vectors, vocabulary
from copassist.store import records as stored
from copassist.store import schema as t
from copassist.store.held import Held, Holder, Rows, Traits, best
from copassist.store.memory import Memory
from copassist.store.vectors import VectorIndex

DEPTH = 100
"""How many passages dense and keyword search each bring before they are fused."""
HELD_LIMIT = 300_000
"""Up to so many passages all vectors are held in working memory and looked at, see docs/decisions/0005."""
EXACT_LIMIT = 10_000
"""In a larger memory, so many allowed ones are looked at in SQL; of more of them Chroma finds the nearest."""


@dataclass(frozen=True, slots=True)
class Searcher:
    """What a search needs; keep it, since `holder` keeps the passages.

    Without `index` every vector is looked at, however many, which needs no lock. Without `cross_encoder` an answer's
    sentences are chosen by their passages and words alone.
    """

    memory: Memory
    encoder: Encoder
    index: VectorIndex | None = None
    cross_encoder: CrossEncoder | None = None
    holder: Holder = field(default_factory=Holder)


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for: the text that is embedded, the words to look for, and the time that it speaks of.

    `meant` has the memory's word for each word that is a typo.
    """

    text: str
    words: list[str]
    meant: Mapping[str, str]
    when: Period | None


def retrieve(
    searcher: Searcher, query: str, viewer: Viewer, filters: Filters = Filters(), k: int = 10
) -> list[Hit]:
    """The k passages that fit the query best among all that the viewer may see under the filters.

    Best first; fewer than k only when there are no more. With an empty query, the newest records'
    opening passages. Raises MemoryFolderError if another model made the memory's vectors.
    """
    check_model(searcher.memory, searcher.encoder)
    with searcher.memory.reading() as connection:
        if not query.strip():
            held = held_passages(searcher, connection)
            return _newest(connection, held.newest(_allowed(connection, held, viewer, filters)), k)
        both = candidates(searcher, connection, query, viewer, filters, max(DEPTH, k))
        return _hits(connection, fuse(both)[:k])


def candidates(
    searcher: Searcher, connection: Connection, query: str, viewer: Viewer, filters: Filters, depth: int
) -> dict[int, Scores]:
    """The scores of each passage that is among the best `depth` by meaning or by words, by their ids.

    The best of all that the viewer may see under the filters, and the nearest of those from the time that
    the query speaks of. Ask before anything else is read.
    """
    held = held_passages(searcher, connection)
    asked = read_query(searcher, connection, query)
    both = _complete(searcher, connection, held, _allowed(connection, held, viewer, filters), asked, depth)
    seen = visible(viewer, filters, connection).where(t.passages.c.id.in_(list(both)))
    return {id_: both[id_] for id_ in connection.execute(seen).scalars()}


def read_query(searcher: Searcher, connection: Connection, query: str) -> Query:
    """The query as it is searched for: with what its typos and acronyms mean among the words.

    Names of those who don't want to be named are in none of it.
    """
    redact = identities.redactor(connection, instead=" ", any_case=True)
    text = redact(query)
    typos = doubtful(text, lambda word: searcher.encoder.count([word]) == [1])
    meant = corrections(typos, vocabulary.like(connection, typos))
    added = also(text, meant.values(), vocabulary.acronyms(connection))
    words = keywords.terms(text) + [word for word in added if redact(word).strip()]
    return Query(text, words, meant, period(text, searcher.memory.now().date()))


def held_passages(searcher: Searcher, connection: Connection) -> Held:
    """All passages as this transaction sees them; ask before anything else is read in it."""
    return searcher.holder.at(connection, HELD_LIMIT)


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
    group = t.record_groups.c
    may = exists().where(group.record_id == record.id, group.group.in_(sorted(viewer.groups)))
    statement = select(t.passages.c.id).join(t.records).where(may)
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
        role, segment = t.roles.c, t.segments.c
        # The + 0 keeps SQLite from going through all that they ever said, for each record anew.
        took_part = exists().where(role.record_id == record.id, (role.identity_id + 0).in_(people))
        spoke = exists().where(segment.record_id == record.id, (segment.identity_id + 0).in_(people))
        statement = statement.where(or_(took_part, spoke))
    return statement


def _allowed(connection: Connection, held: Held, viewer: Viewer, filters: Filters) -> Rows:
    """The rows that `visible` selects, found in working memory."""
    records = {filters.record} if filters.record else None
    if filters.person:
        people = identities.identities_of(connection, filters.person)
        took_part = select(t.roles.c.record_id).where(t.roles.c.identity_id.in_(people))
        spoke = select(t.segments.c.record_id).where(t.segments.c.identity_id.in_(people))
        theirs = set(connection.execute(took_part.union(spoke)).scalars())
        records = theirs if records is None else records & theirs

    def fits(has: Traits) -> bool:
        return (
            not viewer.groups.isdisjoint(has.groups)
            and (not filters.kind or has.kind == filters.kind)
            and (not filters.format or has.format == filters.format)
        )

    return held.rows(fits, filters.since, filters.until, records)


def _complete(
    searcher: Searcher, connection: Connection, held: Held, rows: Rows, query: Query, depth: int
) -> dict[int, Scores]:
    """The scores of the passages in these rows that one of the searches finds, by their ids."""
    if not len(rows):
        return {}
    vector = searcher.encoder.encode([query.text])[0]
    scores = held.words.scores(query.words)
    by_words = [row for row, score in best(rows, scores[rows], depth) if score > 0]
    when = _of_its_time(held, rows, query)
    nearest = _nearest(searcher, connection, held, rows, vector, depth)
    of_then = _nearest(searcher, connection, held, when, vector, depth) if len(when) else []
    found = np.unique(np.array([*nearest, *by_words, *of_then], dtype=np.int64))
    before, after = held.beside(found)
    cosines = _cosines(connection, held, np.unique(np.concatenate([found, before, after])), vector)
    alone = (before == found) & (after == found)
    beside = np.maximum(
        np.where(before == found, -1, cosines(before)), np.where(after == found, -1, cosines(after))
    )
    columns = (
        cosines(found),
        scores[found],
        held.words.record_scores(query.words, held.record_of)[held.record_of[found]],
        np.where(alone, cosines(found), beside),
        np.isin(found, when),
    )
    each = map(Scores, *(column.tolist() for column in columns))
    return dict(zip(held.ids[found].tolist(), each, strict=True))


def _of_its_time(held: Held, rows: Rows, query: Query) -> Rows:
    """Those of the rows whose records are of the time that the query speaks of; none if it names no time."""
    if query.when is None:
        return rows[:0]
    days = held.days[held.record_of[rows]]
    return rows[(days >= query.when.since.toordinal()) & (days <= query.when.until.toordinal())]


def _cosines(
    connection: Connection, held: Held, rows: Rows, vector: Vectors
) -> Callable[[Rows], NDArray[np.float32]]:
    """Gives the cosines of any of these rows with the vector."""
    if held.vectors is not None:
        known = held.vectors[rows] @ vector
    else:
        known = vectors.cosines_in_sql(connection, held.ids[rows], vector)
    return lambda some: known[np.searchsorted(rows, some)]


def _nearest(
    searcher: Searcher, connection: Connection, held: Held, rows: Rows, vector: Vectors, k: int
) -> list[int]:
    """The k of these rows nearest to the vector.

    By looking at each, in working memory or in SQL, while they are few or there is no index, else as the
    index knows them.
    """
    if held.vectors is not None:
        return [row for row, _ in best(rows, vectors.cosines(held.vectors, rows, vector), k)]
    allowed = held.ids[rows]
    if searcher.index is None or len(rows) <= EXACT_LIMIT:
        cosines = vectors.cosines_in_sql(connection, allowed, vector)
        return [row for row, _ in best(rows, cosines, k)]
    wanted = k * 2 * held.count // len(rows)
    while True:
        near = np.array([id_ for id_, _ in searcher.index.nearest(vector, wanted)], dtype=np.int64)
        found = near[np.isin(near, allowed)][:k]
        if len(found) == min(k, len(rows)) or len(near) < wanted:
            return [int(row) for row in np.searchsorted(held.ids, found)]
        wanted *= 4


def _newest(connection: Connection, records: Iterable[str], k: int) -> list[Hit]:
    """The opening passages of the first k of these records that open with more than a list of people."""
    opening = t.segments.c.position == func.json_extract(t.passages.c.spans, "$[0][0]")
    first = (
        select(t.passages.c.record_id, func.min(t.passages.c.id).label("first"))
        .join(t.segments, (t.segments.c.record_id == t.passages.c.record_id) & opening)
        .where(t.segments.c.part != "people")
        .group_by(t.passages.c.record_id)
    )
    found: list[int] = []
    waiting = iter(records)
    while len(found) < k and (some := list(islice(waiting, k))):
        rows = connection.execute(first.where(t.passages.c.record_id.in_(some))).all()
        opens = {row.record_id: row.first for row in rows}
        found += [opens[record] for record in some if record in opens]
    return _hits(connection, [(id_, 0.0, 0.0, 0.0) for id_ in found[:k]])


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
