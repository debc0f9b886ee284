"""From passages to what the index holds of them: only text that was never embedded is embedded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from copassist.embedding import Encoder
from copassist.passages import Passage
from copassist.store import Memory, vectors
from copassist.store.records import Indexed


def indexes(memory: Memory, encoder: Encoder, cuts: Sequence[list[Passage]]) -> Iterator[Indexed]:
    """The passages of each record with their vectors; each distinct text is embedded once, known ones never."""
    hashes = [[vectors.embedding_hash(encoder.fingerprint, p.embedded) for p in cut] for cut in cuts]
    texts = {
        h: p.embedded for cut, row in zip(cuts, hashes, strict=True) for h, p in zip(row, cut, strict=True)
    }
    with memory.reading() as connection:
        known = vectors.kept(connection, list(texts))
    new = [h for h in texts if h not in known]
    if new:
        known.update(zip(new, encoder.encode([texts[h] for h in new]), strict=True))
    for cut, row in zip(cuts, hashes, strict=True):
        yield Indexed(
            cut, row, np.stack([known[h] for h in row]) if row else np.zeros((0, 0), dtype=np.float32)
        )
