"""The memory of the Rust community, on which several benchmarks ask."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tqdm import tqdm

from copassist import embedding
from copassist.store import Memory
from copassist.store import memory as memories
from eval.rust_roster import convert
from ingest import directory, history
from ingest.pipeline import ingest
from ingest.report import Options

PARTS = ("compiler-team", "lang-team")


def made(community: Path, folder: Path, encoder: embedding.Encoder) -> Memory:
    """The memory of the Rust community: its roster, its two teams' minutes and documents."""
    memory = memories.create(folder)
    with tempfile.TemporaryDirectory() as scratch:
        convert(community / "team", Path(scratch) / "members.yaml")
        history.import_members(memory, directory.read(Path(scratch) / "members.yaml"))
    with tqdm(desc="Reading", unit=" files") as bar:
        progress = Options(progress=lambda what, done, total: bar.update(done - bar.n if done > bar.n else 0))
        ingest(memory, [community / part for part in PARTS], encoder, progress)
    return memory
