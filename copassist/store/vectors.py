"""The vectors of the passages: kept in SQL, indexed by Chroma, compared with a question's.

Chroma is derived. It follows the change log, and whoever holds the lock on its folder is the only
one who opens it: the running app, else the command line for the time of a run.
"""

from __future__ import annotations

import hashlib
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, delete, func, select

from copassist.embedding import Vectors
from copassist.errors import BusyError, StorageError
from copassist.store import schema as t
from copassist.store.held import Rows
from copassist.store.memory import VECTORS, Memory

RECORDS_AT_ONCE = 200
PASSAGES_AT_ONCE = 5000
"""Chroma takes at most 5,461 in one call."""
GATHERED = 8
"""Up to this part of all vectors it is faster to gather those wanted than to multiply them all."""
_COLLECTION = "passages"
_HNSW = {"space": "cosine", "ef_construction": 200, "ef_search": 800, "max_neighbors": 32}


def embedding_hash(fingerprint: str, text: str) -> str:
    """The name under which the vector of a text by a model is kept."""
    return hashlib.sha256(f"{fingerprint}\0{text}".encode()).hexdigest()


def kept(connection: Connection, hashes: Sequence[str]) -> dict[str, Vectors]:
    """The vectors that are kept already, by hash."""
    rows = connection.execute(select(t.embeddings).where(t.embeddings.c.hash.in_(hashes)))
    return {row.hash: np.frombuffer(row.vector, dtype=np.float32) for row in rows}


def drop_unused(connection: Connection) -> int:
    """Delete the vectors that no passage uses; how many."""
    used = select(t.passages.c.embedding)
    return connection.execute(delete(t.embeddings).where(t.embeddings.c.hash.not_in(used))).rowcount


def cosines(matrix: Vectors, rows: Rows, vector: Vectors) -> Vectors:
    """The cosine of a unit vector with each of these rows, (n,)."""
    if len(rows) * GATHERED < len(matrix):
        return matrix[rows] @ vector
    return (matrix @ vector)[rows]


def cosines_in_sql(connection: Connection, ids: NDArray[np.int64], vector: Vectors) -> Vectors:
    """The cosine of a unit vector with each of these passages, (n,), read from SQL."""
    found = np.zeros(len(ids), dtype=np.float32)
    for start in range(0, len(ids), PASSAGES_AT_ONCE):
        some = ids[start : start + PASSAGES_AT_ONCE].tolist()
        at, matrix = vectors_of(connection, select(t.passages.c.id).where(t.passages.c.id.in_(some)))
        found[np.searchsorted(ids, at)] = matrix @ vector
    return found


def vectors_of(connection: Connection, passages: Select[Any]) -> tuple[np.ndarray[Any, Any], Vectors]:
    """Ids (n,) and vectors (n, d) of the selected passages, in no particular order."""
    rows = connection.execute(
        select(t.passages.c.id, t.embeddings.c.vector)
        .join(t.embeddings, t.embeddings.c.hash == t.passages.c.embedding)
        .where(t.passages.c.id.in_(passages))
    ).all()
    ids = np.fromiter((row.id for row in rows), dtype=np.int64, count=len(rows))
    matrix = np.frombuffer(b"".join(row.vector for row in rows), dtype=np.float32)
    return ids, matrix.reshape(len(rows), -1) if rows else np.zeros((0, 0), dtype=np.float32)


@dataclass(slots=True)
class VectorIndex:
    """The Chroma collection of a memory, held open. Close it to let another process have it."""

    memory: Memory
    _lock: FileLock
    _client: Any
    _collection: Any

    @classmethod
    def open(cls, memory: Memory) -> VectorIndex:
        """Take the lock and open the index, building it anew where it is missing.

        Raises BusyError when another process holds it, StorageError when the disk is full.
        """
        folder = memory.folder / VECTORS
        folder.mkdir(exist_ok=True)
        lock = FileLock(memory.folder / "vectors.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise BusyError(
                f"Another copassist holds the index of {memory.folder}.",
                "It is probably the running app; it follows by itself.",
            ) from None
        import chromadb
        from chromadb.config import Settings

        with ExitStack() as undone, _said_plainly(memory.folder):
            undone.callback(lock.release)
            client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
            index = cls(memory, lock, client, None)
            index._collection = index._current() or index._fresh()
            undone.pop_all()
        return index

    def follow(self) -> int:
        """Apply what the change log holds and the index doesn't; how many records that were.

        Safe to repeat: a crash half-way leaves work to be done again, never something lost.
        """
        done = 0
        while True:
            with self.memory.reading() as connection:
                applied = self.memory.fact("index")["sequence"]
                changes = connection.execute(
                    select(t.changes)
                    .where(t.changes.c.sequence > applied)
                    .order_by(t.changes.c.sequence)
                    .limit(RECORDS_AT_ONCE)
                ).all()
                if not changes:
                    return done
                records = sorted({c.record_id for c in changes if c.change != "audience"})
                wanted = self._wanted(connection, records)
            with _said_plainly(self.memory.folder):
                self._apply(records, wanted)
            self._advance(changes[-1].sequence)
            done += len(records)

    def nearest(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """About the k nearest passages with their cosines, best first; some may be gone from SQL already."""
        count = self._collection.count()
        if not count:
            return []
        found = self._collection.query(
            query_embeddings=[vector], n_results=min(k, count), include=["distances"]
        )
        return [
            (int(id_), 1 - float(d)) for id_, d in zip(found["ids"][0], found["distances"][0], strict=True)
        ]

    def passages(self) -> set[int]:
        """The ids of all passages in the index."""
        return {int(id_) for id_ in self._collection.get(include=[])["ids"]}

    def rebuild(self) -> None:
        """Make the index anew from SQL."""
        self._client.delete_collection(_COLLECTION)
        self._collection = self._fresh()

    def close(self) -> None:
        """Close the index and let go of the lock."""
        self._client.close()
        self._lock.release()

    def _current(self) -> Any:
        """The collection, if it is the one that the memory's `index` fact speaks of; else None."""
        known = self.memory.fact("index")
        names = [c.name for c in self._client.list_collections()]
        if _COLLECTION not in names:
            return None
        collection = self._client.get_collection(_COLLECTION, embedding_function=None)
        if known and (collection.metadata or {}).get("epoch") == known["epoch"]:
            return collection
        self._client.delete_collection(_COLLECTION)
        return None

    def _fresh(self) -> Any:
        """An empty collection, filled with every passage that SQL holds."""
        epoch = uuid.uuid4().hex
        collection = self._client.create_collection(
            _COLLECTION, embedding_function=None, metadata={"epoch": epoch}, configuration={"hnsw": _HNSW}
        )
        with self.memory.reading() as connection:
            sequence = connection.execute(select(func.max(t.changes.c.sequence))).scalar() or 0
            records = list(connection.execute(select(t.records.c.id)).scalars())
            for start in range(0, len(records), RECORDS_AT_ONCE):
                _upsert(collection, self._wanted(connection, records[start : start + RECORDS_AT_ONCE]))
        self.memory.set_fact("index", {"epoch": epoch, "sequence": sequence})
        return collection

    def _wanted(self, connection: Connection, records: Sequence[str]) -> list[tuple[int, str, Vectors]]:
        """Passage, record and vector of all that the index should hold of these records."""
        rows = connection.execute(
            select(t.passages.c.id, t.passages.c.record_id, t.embeddings.c.vector)
            .join(t.embeddings, t.embeddings.c.hash == t.passages.c.embedding)
            .where(t.passages.c.record_id.in_(records))
        )
        return [(row.id, row.record_id, np.frombuffer(row.vector, dtype=np.float32)) for row in rows]

    def _apply(self, records: Sequence[str], wanted: list[tuple[int, str, Vectors]]) -> None:
        if not records:
            return
        held = set(self._collection.get(where={"record": {"$in": list(records)}}, include=[])["ids"])
        new = [row for row in wanted if str(row[0]) not in held]
        stale = sorted(held - {str(id_) for id_, _, _ in wanted})
        _upsert(self._collection, new)
        for start in range(0, len(stale), PASSAGES_AT_ONCE):
            self._collection.delete(ids=stale[start : start + PASSAGES_AT_ONCE])

    def _advance(self, sequence: int) -> None:
        known = self.memory.fact("index")
        self.memory.set_fact("index", {**known, "sequence": sequence})


@contextmanager
def _said_plainly(folder: Path) -> Iterator[None]:
    """Turn Chroma's word for a full disk into an error that says how to mend it."""
    from chromadb.errors import ChromaError

    try:
        yield
    except ChromaError as error:
        if "disk is full" not in str(error) and "No space left" not in str(error):
            raise
        raise StorageError(
            f"The disk that holds {folder} is full.",
            "Make room and run it again; what was stored before is whole.",
        ) from error


def _upsert(collection: Any, rows: list[tuple[int, str, Vectors]]) -> None:
    for start in range(0, len(rows), PASSAGES_AT_ONCE):
        part = rows[start : start + PASSAGES_AT_ONCE]
        collection.upsert(
            ids=[str(id_) for id_, _, _ in part],
            embeddings=[vector for _, _, vector in part],
            metadatas=[{"record": record} for _, record, _ in part],
        )


def wipe(memory: Memory) -> None:
    """Delete the index's folder; the next one to open it builds it anew. Raises BusyError if it is in use."""
    lock = FileLock(memory.folder / "vectors.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise BusyError(
            f"Another copassist holds the index of {memory.folder}.", "Stop the app first."
        ) from None
    shutil.rmtree(memory.folder / VECTORS, ignore_errors=True)
    lock.release()
