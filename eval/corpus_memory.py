"""A benchmark's corpus as a real memory, made the way the product makes one."""

from __future__ import annotations

import hashlib
import inspect
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tqdm import tqdm

from copassist import passages, sentences
from copassist.embedding import Encoder
from copassist.store import memory as memories
from copassist.store.memory import Memory
from eval import corpora
from eval.corpora import Doc
from ingest.pipeline import ingest_records
from ingest.sources import Place

CORPUS = Place("corpus", "corpus", "corpus", Path("corpus.jsonl"))
"""The source that the documents are stored under."""


def ingest_corpus(memory: Memory, docs: Sequence[Doc], encoder: Encoder) -> int:
    """Store the documents through the product's own ingestion; how many passages were made."""
    reads = tqdm(corpora.records(docs), "Ingesting", len(docs), unit=" docs")
    return ingest_records(memory, CORPUS, reads, encoder).passages


@contextmanager
def corpus_memory(docs: Sequence[Doc], encoder: Encoder, cache: Path | None) -> Iterator[Memory]:
    """A memory of the documents: in a temporary folder, or in `cache` to be used again.

    A cached one is taken only for the same documents, model and way of cutting passages.
    """
    with TemporaryDirectory() as scratch:
        folder = cache / _key(docs, encoder) if cache else Path(scratch) / "memory"
        if not folder.exists():
            unfinished = folder.with_name(f"{folder.name}.unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.parent.mkdir(parents=True, exist_ok=True)
            memory = memories.create(unfinished)
            try:
                ingest_corpus(memory, docs, encoder)
            finally:
                memory.close()
            unfinished.rename(folder)
        memory = memories.open_(folder)
        try:
            yield memory
        finally:
            memory.close()


def _key(docs: Sequence[Doc], encoder: Encoder) -> str:
    digest = hashlib.sha256(encoder.fingerprint.encode())
    for code in (passages, sentences, corpora.records):
        digest.update(inspect.getsource(code).encode())
    for doc in docs:
        digest.update(repr(doc).encode())
    return digest.hexdigest()[:16]
