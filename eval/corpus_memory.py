"""A benchmark's corpus as a real memory, made the way the product makes one."""

from __future__ import annotations

import hashlib
import inspect
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from tqdm import tqdm

from copassist import cross_encoder, passages, sentences, settings
from copassist.embedding import Encoder, Vectors
from copassist.records import Record
from copassist.retrieve import Searcher
from copassist.store import memory as memories
from copassist.store.memory import Memory
from eval import kept
from ingest.pipeline import ingest_records
from ingest.sources import Place

CORPUS = Place("corpus", "corpus", "corpus", Path("corpus.jsonl"))
"""The source that the records are stored under."""


class KeptEncoder:
    """An encoder that embeds no text twice: it keeps vectors in a file."""

    def __init__(self, encoder: Encoder, path: Path) -> None:
        self.fingerprint, self.max_tokens = encoder.fingerprint, encoder.max_tokens
        self._encoder, self._path = encoder, path

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """See Encoder."""
        if not texts:
            return np.zeros((0, 0), dtype=np.float32)
        found = kept.vectors(self._path, self.fingerprint, texts, self._encoder.encode)
        if progress:
            progress(len(texts))
        return found

    def count(self, texts: Sequence[str]) -> list[int]:
        """See Encoder."""
        return self._encoder.count(texts)


def ingest_corpus(memory: Memory, records: Sequence[Record], encoder: Encoder) -> int:
    """Store the records through the product's own ingestion; how many passages were made."""
    return ingest_records(memory, CORPUS, tqdm(records, "Ingesting", unit=" records"), encoder).passages


def answering(memory: Memory, encoder: Encoder) -> Searcher:
    """A searcher that answers as the product does."""
    return Searcher(memory, encoder, cross_encoder=cross_encoder.load(settings.from_environment().cache))


@contextmanager
def corpus_memory(records: Sequence[Record], encoder: Encoder, cache: Path | None) -> Iterator[Memory]:
    """A memory of the records: in a temporary folder, or in `cache` to be used again.

    A cached one is taken only for the same records, model and way of cutting passages.
    """
    with TemporaryDirectory() as scratch:
        folder = cache / _key(records, encoder) if cache else Path(scratch) / "memory"
        if not folder.exists():
            unfinished = folder.with_name(f"{folder.name}.unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.parent.mkdir(parents=True, exist_ok=True)
            memory = memories.create(unfinished)
            try:
                ingest_corpus(memory, records, encoder)
            finally:
                memory.close()
            unfinished.rename(folder)
        memory = memories.open_(folder)
        try:
            yield memory
        finally:
            memory.close()


def _key(records: Sequence[Record], encoder: Encoder) -> str:
    digest = hashlib.sha256(encoder.fingerprint.encode())
    for code in (passages, sentences):
        digest.update(inspect.getsource(code).encode())
    for record in records:
        digest.update(repr(record).encode())
    return digest.hexdigest()[:16]
