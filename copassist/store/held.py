"""All passages of a memory held in working memory: whose they are, their words, their vectors.

Derived from SQL and brought up to date from the change log within the transaction that searches, so that
what is held is always what that transaction sees.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, func, select, true

from copassist.embedding import Vectors
from copassist.store import keywords
from copassist.store import schema as t
from copassist.store.keywords import Words

RECORDS_AT_ONCE = 500
PASSAGES_AT_ONCE = 10_000
SPARE = 0.2
"""So much more room than needed is made for the vectors when there isn't enough."""
NO_DAY = 0
"""The day of a record without a date: before any other."""

Rows = NDArray[np.int64]
"""Numbers of rows, ascending. A row is a passage's place among those held."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What some records have in common: who may see them, kind and format."""

    groups: frozenset[str]
    kind: str
    format: str


@dataclass(frozen=True, slots=True)
class Held:
    """The passages as one state of the memory has them; never changes. Rows are in the order of the ids.

    `record_of` gives the number of each row's record, `traits_of` that of each record's traits, `days`
    its date as an ordinal. `vectors` is None where they are too many to hold.
    """

    sequence: int
    ids: NDArray[np.int64]
    record_of: NDArray[np.int32]
    words: Words
    vectors: Vectors | None
    days: NDArray[np.int32]
    traits_of: NDArray[np.int32]
    _traits: list[Traits]
    _names: list[str]
    _numbers: dict[str, int]
    """These three only ever grow, and are shared by all states."""

    @property
    def count(self) -> int:
        """How many passages there are."""
        return int(self.words.alive.sum())

    def rows(
        self,
        fits: Callable[[Traits], bool],
        since: dt.date | None = None,
        until: dt.date | None = None,
        records: Collection[str] | None = None,
    ) -> Rows:
        """The rows whose records fit: by their traits, by date, and among `records` if these are given."""
        some = np.array([fits(traits) for traits in self._traits], dtype=bool)
        wanted = some[self.traits_of] if len(some) else np.zeros(0, dtype=bool)
        if since:
            wanted &= self.days >= since.toordinal()
        if until:
            wanted &= (self.days <= until.toordinal()) & (self.days != NO_DAY)
        if records is not None:
            among = np.zeros(len(wanted), dtype=bool)
            numbers = [self._numbers[r] for r in records if r in self._numbers]
            among[[n for n in numbers if n < len(among)]] = True
            wanted &= among
        return np.flatnonzero(wanted[self.record_of] & self.words.alive)

    def beside(self, rows: Rows) -> tuple[Rows, Rows]:
        """The rows just before and after each of these rows in its record; the row itself where there is none."""
        last = len(self.ids) - 1
        pair = []
        for there in (np.maximum(rows - 1, 0), np.minimum(rows + 1, last)):
            with_it = (self.record_of[there] == self.record_of[rows]) & self.words.alive[there]
            pair.append(np.where(with_it, there, rows))
        return pair[0], pair[1]

    def newest(self, rows: Rows) -> Iterator[str]:
        """The records of these rows, newest first, undated ones last; of one day by their ids."""
        numbers = np.unique(self.record_of[rows])
        by_day = numbers[np.argsort(-self.days[numbers], kind="stable")]
        for _, same_day in groupby(by_day.tolist(), key=lambda n: int(self.days[n])):
            yield from sorted(self._names[n] for n in same_day)


def best(rows: Rows, values: NDArray[np.float32], k: int) -> Iterator[tuple[int, float]]:
    """The k rows of the highest values, best first; ties go to the older passage. `values` go with `rows`."""
    if len(rows) > k:
        least = np.partition(values, -k)[-k]
        rows, values = rows[values >= least], values[values >= least]
    order = np.lexsort((rows, -values))[:k]
    return zip(rows[order].tolist(), values[order].tolist(), strict=True)


@dataclass(slots=True)
class Holder:
    """Keeps the newest state of one memory; several threads may ask it at once."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _held: Held | None = None
    _room: Vectors = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))

    def at(self, connection: Connection, most_vectors: int) -> Held:
        """The passages as this connection's transaction sees them; the first time they are all read.

        Vectors are held of at most so many passages. Ends a transaction that began before somebody
        else's newer state was read: ask before anything else is read.
        """
        newest = select(func.coalesce(func.max(t.changes.c.sequence), 0))
        with self._lock:
            sequence = connection.execute(newest).scalar_one()
            if self._held and sequence < self._held.sequence:
                connection.rollback()
                sequence = connection.execute(newest).scalar_one()
            if self._held is None or sequence != self._held.sequence:
                self._held = self._next(connection, sequence, most_vectors)
            return self._held

    def _next(self, connection: Connection, sequence: int, most_vectors: int) -> Held:
        changed = select(t.changes.c.record_id).where(
            t.changes.c.sequence > (self._held.sequence if self._held else 0)
        )
        records = list(connection.execute(changed.distinct()).scalars())
        held = self._held
        if held and len(records) < len(held.days) // 2 and held.count >= len(held.ids) // 2:
            for start in range(0, len(records), RECORDS_AT_ONCE):
                held = self._updated(connection, held, records[start : start + RECORDS_AT_ONCE])
        else:
            held = self._read(connection, most_vectors)
        if held.vectors is not None and held.count > most_vectors:
            held, self._room = replace(held, vectors=None), self._room[:0]
        return replace(held, sequence=sequence)

    def _read(self, connection: Connection, most_vectors: int) -> Held:
        """Everything, from SQL."""
        count = connection.execute(select(func.count()).select_from(t.passages)).scalar_one()
        empty: NDArray[Any] = np.zeros(0, dtype=np.int32)
        words = Words((), empty.astype(np.float32), empty.astype(bool))
        self._room = np.empty((count if count <= most_vectors else 0, 0), dtype=np.float32)
        vectors = self._room if count <= most_vectors else None
        held = Held(0, empty.astype(np.int64), empty, words, vectors, empty, empty, [], [], {})
        return self._with_passages(connection, _with_records(connection, held, true()), true())

    def _updated(self, connection: Connection, held: Held, records: Sequence[str]) -> Held:
        """A state in which these records are as SQL has them now."""
        held = _with_records(connection, held, t.records.c.id.in_(records))
        mine = t.passages.c.record_id.in_(records)
        now = np.fromiter(connection.execute(select(t.passages.c.id).where(mine)).scalars(), dtype=np.int64)
        numbers = [held._numbers[r] for r in records if r in held._numbers]
        before = np.isin(held.record_of, numbers)
        alive = held.words.alive & (~before | np.isin(held.ids, now))
        held = replace(held, words=replace(held.words, alive=alive))
        last = int(held.ids[-1]) if len(held.ids) else 0
        return self._with_passages(connection, held, mine & (t.passages.c.id > last))

    def _with_passages(self, connection: Connection, held: Held, which: ColumnElement[bool]) -> Held:
        """With the passages that are selected behind those held already; ids are never used again."""
        columns = [t.passages.c.id, t.passages.c.record_id, t.passages.c.words]
        found = select(*columns)
        if held.vectors is not None:
            found = select(*columns, t.embeddings.c.vector).join(
                t.embeddings, t.embeddings.c.hash == t.passages.c.embedding
            )
        rows = connection.execute(found.where(which).order_by(t.passages.c.id))
        parts = []
        for some in rows.partitions(PASSAGES_AT_ONCE):
            held, part = self._appended(held, some)
            parts.append(part)
        return replace(held, words=replace(held.words, parts=_merged(held.words.parts, parts)))

    def _appended(self, held: Held, rows: Sequence[Any]) -> tuple[Held, keywords.Postings]:
        first = len(held.ids)
        part, lengths = keywords.postings(first, [row.words for row in rows])
        vectors = held.vectors
        if vectors is not None:
            new = np.frombuffer(b"".join(row.vector for row in rows), dtype=np.float32)
            self._grow(first + len(rows), len(new) // len(rows))
            self._room[first : first + len(rows)] = new.reshape(len(rows), -1)
            vectors = self._room[: first + len(rows)]
        ids = np.array([row.id for row in rows], dtype=np.int64)
        record_of = np.array([held._numbers[row.record_id] for row in rows], dtype=np.int32)
        words = Words(
            held.words.parts,
            np.concatenate([held.words.lengths, lengths]),
            np.concatenate([held.words.alive, np.ones(len(rows), dtype=bool)]),
        )
        held = replace(
            held,
            ids=np.concatenate([held.ids, ids]),
            record_of=np.concatenate([held.record_of, record_of]),
            words=words,
            vectors=vectors,
        )
        return held, part

    def _grow(self, rows: int, dimensions: int) -> None:
        """Make room for so many vectors; what stands in it stays where older states look for it."""
        if rows <= len(self._room) and dimensions == self._room.shape[1]:
            return
        room = np.empty((max(int(rows * (1 + SPARE)), len(self._room)), dimensions), dtype=np.float32)
        if dimensions == self._room.shape[1]:
            room[: len(self._room)] = self._room
        self._room = room


def _with_records(connection: Connection, held: Held, which: ColumnElement[bool]) -> Held:
    """With these records' dates and traits as SQL has them now; one that is gone keeps what it had."""
    record = t.records.c
    groups: dict[str, set[str]] = {}
    audiences = select(t.record_groups).join(t.records).where(which)
    for row in connection.execute(audiences):
        groups.setdefault(row.record_id, set()).add(row.group)
    numbers, days, traits = [], [], []
    known = {traits: number for number, traits in enumerate(held._traits)}
    for row in connection.execute(select(record.id, record.kind, record.format, record.date).where(which)):
        has = Traits(frozenset(groups.get(row.id, ())), row.kind, row.format)
        if has not in known:
            known[has] = len(held._traits)
            held._traits.append(has)
        if row.id not in held._numbers:
            held._numbers[row.id] = len(held._names)
            held._names.append(row.id)
        numbers.append(held._numbers[row.id])
        traits.append(known[has])
        days.append(row.date.toordinal() if row.date else NO_DAY)
    more = len(held._names) - len(held.days)
    days_of, traits_of = np.pad(held.days, (0, more)), np.pad(held.traits_of, (0, more))
    days_of[numbers], traits_of[numbers] = days, traits
    return replace(held, days=days_of, traits_of=traits_of)


def _merged(parts: Sequence[keywords.Postings], new: Sequence[keywords.Postings]) -> tuple[Any, ...]:
    """Few sorted parts out of many: a large one that is rarely made anew, and one of what came since."""
    if not new:
        return tuple(parts)
    large, *small = parts or (np.zeros(0, dtype=np.uint64),)
    tail = np.concatenate([*small, *new])
    if len(tail) * 8 > len(large):
        return (np.sort(np.concatenate([large, tail])),)
    return large, np.sort(tail)
