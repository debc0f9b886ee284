"""A process that is killed at work: it says how it found the memory, then changes it without end.

`python crash_worker.py FOLDER SEED [--rebuild]`; each line on its output is JSON.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlalchemy import select, text

from copassist.records import PUBLIC, Record, Segment, Viewer
from copassist.retrieve import Searcher, retrieve
from copassist.store import Memory
from copassist.store import records as stored
from copassist.store import schema as t
from copassist.store.memory import create
from copassist.store.vectors import VectorIndex
from tests.fakes import WordEncoder, put

RECORDS = 40
MARK = "quokka"
"""Stands in every third record; those are for "leads" or for "core", never for everyone."""
OPEN, RESTRICTED = (PUBLIC, frozenset({"leads"})), (frozenset({"leads"}), frozenset({"core"}))


def say(**line: Any) -> None:
    print(json.dumps(line), flush=True)


def found(memory: Memory, index: VectorIndex) -> dict[str, Any]:
    """How this process finds the memory: for the parent to judge."""
    searcher = Searcher(memory, WordEncoder(), index)
    public = retrieve(searcher, MARK, Viewer(), k=1000)
    lead = retrieve(searcher, MARK, Viewer("lead", frozenset({"everyone", "leads"})), k=1000)
    with memory.reading() as connection:
        audiences: dict[str, list[str]] = {}
        for row in connection.execute(select(t.record_groups)):
            audiences.setdefault(row.record_id, []).append(row.group)
        held = connection.execute(select(t.records.c.id, t.records.c.locator, t.records.c.title)).all()
        return {
            "records": {row.locator: [row.title, *sorted(audiences[row.id])] for row in held},
            "passages": sorted(connection.execute(select(t.passages.c.id)).scalars()),
            "words": sorted(
                connection.execute(text("SELECT id FROM passages WHERE length(words) > 0")).scalars()
            ),
            "vectors": sorted(index.passages()),
            "integrity": connection.execute(text("PRAGMA integrity_check")).scalar(),
            "public": [[h.record.title, MARK in h.text] for h in public],
            "marked": sum(MARK in h.text for h in lead),
        }


def record(seeded: random.Random, number: int) -> Record:
    words = ["apple", "bear", "cat", "dog", "elk", "fox", "goat", "hen", "ibis", "jay"]
    mark = [f"The {MARK} is here."] if number % 3 == 0 else []
    texts = [" ".join(seeded.choices(words, k=seeded.randint(5, 150))) for _ in range(seeded.randint(1, 4))]
    title = f"Version {seeded.randrange(10**6)}"
    return Record(f"{number}.md", "document", title, tuple(map(Segment, mark + texts)))


def change(memory: Memory, seeded: random.Random) -> None:
    """One change, told before it is made and after it is stored."""
    number = seeded.randrange(RECORDS)
    id_ = stored.record_id("notes", f"{number}.md")
    audience = seeded.choice(RESTRICTED if number % 3 == 0 else OPEN)
    with memory.reading() as connection:
        is_there = connection.execute(select(t.records.c.id).where(t.records.c.id == id_)).first()
    what = seeded.choice(["save", "save", "remove", "audience"]) if is_there else "save"
    new = record(seeded, number)
    say(about=f"{number}.md", what=what, title=new.title, audience=sorted(audience))
    if what == "save":
        put(memory, new, audience)
    else:
        with memory.writing() as connection:
            if what == "remove":
                stored.remove(connection, id_)
            else:
                stored.set_audience(connection, id_, audience)
    say(stored=True)


def main(folder: Path, seed: int, rebuild: bool) -> None:
    memory = create(folder, exist_ok=True)
    memory.set_fact("model", WordEncoder().fingerprint)
    index = VectorIndex.open(memory)
    index.follow()
    say(found=found(memory, index))
    if rebuild:
        index.close()
        shutil.rmtree(folder / "vectors")
        say(working=True)
        index = VectorIndex.open(memory)
    seeded = random.Random(seed)
    say(working=True)
    while True:
        for _ in range(seeded.randint(1, 6)):
            change(memory, seeded)
        index.follow()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), "--rebuild" in sys.argv)
