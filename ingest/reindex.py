"""Cutting and embedding everything anew from what is stored, and building the index again."""

from __future__ import annotations

from sqlalchemy import select

from copassist import passages
from copassist.embedding import Encoder
from copassist.store import Memory, vectors
from copassist.store import records as stored
from copassist.store import schema as t
from ingest import history
from ingest.indexing import indexes
from ingest.report import Progress

RECORDS_AT_ONCE = 50


def reindex(memory: Memory, encoder: Encoder, progress: Progress) -> int:
    """Cut every record into passages anew, embed what was never embedded by this model, rebuild Chroma.

    How many passages there are now. Searching goes on meanwhile; with another model than before,
    answers fail until it is done. Raises BusyError while the app or an ingest runs.
    """
    with history.alone(memory):
        vectors.wipe(memory)
        with memory.reading() as connection:
            ids = list(connection.execute(select(t.records.c.id).order_by(t.records.c.id)).scalars())
        memory.set_fact("model", encoder.fingerprint)
        count = 0
        for start in range(0, len(ids), RECORDS_AT_ONCE):
            progress("Indexing", start, len(ids))
            count += _recut(memory, encoder, ids[start : start + RECORDS_AT_ONCE])
        progress("Indexing", len(ids), len(ids))
        with memory.writing() as connection:
            vectors.drop_unused(connection)
        index = vectors.VectorIndex.open(memory)
        index.close()
        return count


def _recut(memory: Memory, encoder: Encoder, ids: list[str]) -> int:
    with memory.reading() as connection:
        cuts = [passages.cut(stored.read_back(connection, id_).record, encoder.count) for id_ in ids]
    for id_, indexed in zip(ids, indexes(memory, encoder, cuts), strict=True):
        with memory.writing() as connection:
            stored.recut(connection, id_, indexed)
    return sum(len(cut) for cut in cuts)
