"""One ingest in a process of its own, so that its memory is its own: `python -m eval.ingest_worker WORK`.

WORK holds `files/` (one record a file), `chunks.json` (texts to embed) and gets `memory/` and `copassist.json`.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from copassist import embedding, settings
from copassist.store import memory as memories
from ingest.pipeline import ingest

ROUNDS = 3


def main(work: Path) -> None:
    """Embed the chunks, ingest the files, again, and again with one of them changed; write the figures."""
    encoder = embedding.load(settings.from_environment())
    texts = json.loads((work / "chunks.json").read_text(encoding="utf-8"))
    encoder.encode(texts[:16])
    figures: dict[str, float] = {
        "embed_seconds": min(seconds(lambda: encoder.encode(texts)) for _ in range(ROUNDS))
    }
    memory = memories.create(work / "memory")
    files = work / "files"
    began = time.perf_counter()
    figures["passages"] = ingest(memory, [files], encoder).passages
    figures["ingest_seconds"] = time.perf_counter() - began
    figures["peak_mb"] = peak_mb()
    figures["reingest_seconds"] = seconds(lambda: ingest(memory, [files], encoder))
    change_one(files)
    figures["one_changed_seconds"] = seconds(lambda: ingest(memory, [files], encoder))
    memory.close()
    (work / "copassist.json").write_text(json.dumps(figures), encoding="utf-8")


def change_one(files: Path) -> None:
    """Add a sentence to the middle one of the files."""
    paths = sorted(files.iterdir())
    with paths[len(paths) // 2].open("a", encoding="utf-8") as file:
        file.write("\n\nOne more thing was said about this later on.\n")


def seconds(do: Callable[[], object]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def peak_mb() -> float:
    """The most memory that this process ever held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


if __name__ == "__main__":
    main(Path(sys.argv[1]))
