"""A model whose vectors a reader can compute, and short ways into a real memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import numpy as np
from sqlalchemy import func, insert, select

from copassist import passages
from copassist.cross_encoder import Text
from copassist.embedding import Vectors
from copassist.records import PUBLIC, Member, Record
from copassist.store import Memory, members
from copassist.store import records as stored
from copassist.store import schema as t
from copassist.store.records import Placed
from ingest.indexing import indexes

DIMENSIONS = 27
_WORD = re.compile(r"[^\W_]+")
_LONG = re.compile(r"[^\W_]{4,}")


class WordEncoder:
    """An encoder with a dimension for each first letter, and one for words that begin with none.

    "apple" is (1, 0, ...), "apple bear" is (1, 1, 0, ...) / √2, so their cosine is 1 / √2. A token is a word.
    """

    max_tokens = 256

    def __init__(self, fingerprint: str = "first-letters") -> None:
        self.fingerprint = fingerprint
        self.encoded = 0  # texts, so that a test sees what was embedded anew

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """See Encoder."""
        self.encoded += len(texts)
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in _WORD.findall(text.lower()):
                letter = ord(word[0]) - ord("a")
                vectors[row, letter if 0 <= letter < 26 else 26] += 1
            vectors[row, 26] += not vectors[row].any()
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def count(self, texts: Sequence[str]) -> list[int]:
        """See Encoder."""
        return [len(text.split()) for text in texts]


class WordCrossEncoder:
    """One by which a sentence that shares a word of four letters or more with the question answers it."""

    def read(self, question: str, texts: Sequence[Text]) -> list[list[float]]:
        """See CrossEncoder."""
        asked = set(_LONG.findall(question.lower()))
        return [
            [6.0 if asked & set(_LONG.findall(t.body[a:b].lower())) else -3.0 for a, b in t.sentences]
            for t in texts
        ]


class StoppingEncoder(WordEncoder):
    """One that stops as Ctrl-C would, once it was asked to embed so many texts."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """See Encoder."""
        if self.encoded + len(texts) > self.after:
            raise KeyboardInterrupt
        return super().encode(texts, progress)


def put(
    memory: Memory,
    record: Record,
    audience: frozenset[str] = PUBLIC,
    source: str = "notes",
    encoder: WordEncoder | None = None,
) -> str:
    """Store a record as an ingest does, in the source of that name; its id."""
    encoder = encoder or WordEncoder()
    if memory.fact("model") != encoder.fingerprint:
        memory.set_fact("model", encoder.fingerprint)
    with memory.writing() as connection:
        source_id = connection.execute(select(t.sources.c.id).where(t.sources.c.key == source)).scalar()
        if source_id is None:
            row = {"name": source, "key": source, "kind": "files", "path": source, "audience": ["everyone"]}
            source_id = connection.execute(insert(t.sources).values(**row)).inserted_primary_key[0]
    (indexed,) = indexes(memory, encoder, [passages.cut(record, encoder.count)])
    id_ = stored.record_id(source, record.locator)
    with memory.writing() as connection:
        placed = Placed(record, source_id, record.locator, audience)
        stored.save(connection, id_, placed, indexed, datetime(2025, 3, 1, tzinfo=UTC))
    return id_


def enrol(memory: Memory, *directory: Member) -> None:
    """Make these the directory; each gets the id that follows from the name ("Ana Diaz": "ana-diaz")."""
    with memory.writing() as connection:
        _, with_ids = members.compare(connection, directory)
        members.save(connection, with_ids)


def rows(memory: Memory, table: str) -> int:
    """How many rows a table of the memory has."""
    with memory.reading() as connection:
        return connection.execute(select(func.count()).select_from(t.metadata.tables[table])).scalar_one()


def changes(memory: Memory) -> list[tuple[str, str]]:
    """The change log: record and change, oldest first."""
    with memory.reading() as connection:
        found = connection.execute(select(t.changes).order_by(t.changes.c.sequence)).all()
    return [(row.record_id, row.change) for row in found]


def all_rows(memory: Memory, table: str) -> Iterator[dict[str, object]]:
    """The rows of a table, in the order of their first column."""
    found = t.metadata.tables[table]
    with memory.reading() as connection:
        for row in connection.execute(select(found).order_by(*found.primary_key)).mappings():
            yield dict(row)
