"""The communities that the cross-encoder isn't trained on, to measure it and what it is used for."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from copassist.records import Record
from eval.cross_encoder.passages import check_out
from ingest.files import read

HELD_OUT = ("jupyter/governance", "electron/governance", "numfocus/DISCOVER-Cookbook")


def held_out_records(clones: Path) -> Iterator[Record]:
    """What the Markdown files of their repositories hold; a record's locator begins with the example's document."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for repository in HELD_OUT:
            check_out(clones, repository, folder / repository)
        for file in sorted(folder.rglob("*.md")):
            found = read(file, file.relative_to(folder).as_posix())
            yield from (record for record in found if isinstance(record, Record))
