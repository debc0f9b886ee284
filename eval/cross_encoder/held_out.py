"""The communities that the cross-encoder wasn't trained on, as a memory to ask."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from copassist.embedding import Encoder
from copassist.retrieve import Searcher
from copassist.store import memory as memories
from eval.corpus_memory import answering
from eval.cross_encoder.passages import check_out
from ingest.pipeline import ingest

HELD_OUT = ("jupyter/governance", "electron/governance", "numfocus/DISCOVER-Cookbook")


@contextmanager
def held_out_memory(clones: Path, encoder: Encoder, cache: Path | None) -> Iterator[Searcher]:
    """A memory of them all, kept in `cache` for the next run."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = (cache or Path(scratch)) / "held-out"
        if (folder / memories.DATABASE).exists():
            memory = memories.open_(folder)
        else:
            for repository in HELD_OUT:
                check_out(clones, repository, Path(scratch) / "notes" / repository)
            memory = memories.create(folder)
            ingest(memory, [Path(scratch) / "notes"], encoder)
        try:
            yield answering(memory, encoder)
        finally:
            memory.close()
