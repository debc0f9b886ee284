"""Ask the questions put in other words: `python -m eval.phrasing --data DIR [--memory DIR] [--json FILE]`.

sample.jsonl is over the sample community, rust.jsonl over DIR/communities/rust; both were written from the
files alone, before any output of a search had been seen. Prints by kind how well the records that answer
are found, beside BM25 and dense search over the same memory, and how far near-duplicates crowd the first
ten hits. Makes the memories where there are none; with --memory they are kept for the next run.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tqdm import tqdm

from copassist import embedding, settings
from copassist.store import Memory
from copassist.store import memory as memories
from eval.phrasing import measures, systems
from eval.phrasing.systems import Ground, Question
from eval.report import commit, machine
from eval.rust import made as make_rust
from examples import make_sample
from ingest import directory, history
from ingest.pipeline import ingest

HERE = Path(__file__).parent
PARTS = ("sessions", "slack-export", "documents")
Rankings = dict[str, dict[str, list[str]]]
"""From a system's name to what it found for each question, by id."""


def main() -> None:
    """Make the memories if need be, ask, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds communities/rust")
    parser.add_argument("--memory", type=Path, help="where the memories are or shall be (default: new ones)")
    parser.add_argument("--half", choices=("fit", "held"), help="list only the failures of this half")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    encoder = embedding.load(settings.from_environment())
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.memory or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        grounds = {
            "sample": systems.ground(_sample(folder / "sample", encoder), encoder),
            "rust": systems.ground(_rust(folder / "rust", options.data, encoder), encoder),
        }
        found = _asked(grounds)
        _show(found, options.half)
        if options.json:
            found |= {"models": {"embedding": encoder.fingerprint}, "commit": commit(), "machine": machine()}
            options.json.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        for over in grounds.values():
            over.memory.close()


def half(id_: str) -> str:
    """Which half a question is drawn into: failures of "fit" may be looked at, "held" only measures."""
    return "held" if hashlib.sha256(id_.encode()).digest()[0] % 2 else "fit"


def _sample(folder: Path, encoder: embedding.Encoder) -> Memory:
    """The sample community's memory without anything asked, its time that of the sample."""
    if (folder / memories.DATABASE).exists():
        memory = memories.open_(folder)
    else:
        memory = memories.create(folder)
        history.import_members(memory, directory.read(make_sample.LARKSPUR / "members.csv"))
        for part in PARTS:
            ingest(memory, [make_sample.LARKSPUR / part], encoder)
    memory.set_fact("sample", {"now": make_sample.NOW.isoformat(), "made": datetime.now(UTC).isoformat()})
    return memory


def _rust(folder: Path, data: Path, encoder: embedding.Encoder) -> Memory:
    if (folder / memories.DATABASE).exists():
        return memories.open_(folder)
    return make_rust(data / "communities" / "rust", folder, encoder)


def _asked(grounds: dict[str, Ground]) -> dict[str, Any]:
    """Figures of every group of questions by system, of the first hits by community, and the failures."""
    asked: list[Question] = []
    rankings: Rankings = {name: {} for name in systems.SYSTEMS}
    crowding = {}
    for name, over in grounds.items():
        here = systems.questions(HERE / f"{name}.jsonl")
        asked += here
        for system, made in systems.SYSTEMS.items():
            search = made(over)
            rankings[system] |= {q.id: search(q.question) for q in tqdm(here, f"{name}, {system}")}
        crowding[name] = _crowding(over, here)
    gold = {q.id: q.records for q in asked}
    of = {system: measures.values(gold, found) for system, found in rankings.items()}
    figures = {
        group: {"n": len(ids), "systems": {s: measures.means(values, ids) for s, values in of.items()}}
        for group, ids in _groups(asked).items()
    }
    failed = [
        {"id": q.id, "half": half(q.id), "question": q.question, "first": rankings["copassist"][q.id][:3]}
        for q in asked
        if of["copassist"]["recall@10"][q.id] == 0
    ]
    return {
        "benchmark": "phrasing",
        "n": len(asked),
        "groups": figures,
        "crowding": crowding,
        "failed": failed,
    }


def _groups(asked: Sequence[Question]) -> dict[str, list[str]]:
    """Ids by kind, each whole and by halves, and of all."""
    groups: dict[str, list[str]] = {}
    for question in asked:
        for kind in (question.kind, "all"):
            for name in (kind, f"{kind}, {half(question.id)}"):
                groups.setdefault(name, []).append(question.id)
    return dict(sorted(groups.items(), key=lambda group: (group[0].startswith("all"), group[0])))


def _crowding(over: Ground, asked: Sequence[Question]) -> dict[str, float]:
    """Of the first ten hits: the share that repeats one above it, and how many records they are of."""
    pages = [systems.first_hits(over, question.question) for question in asked]
    hits = sum(map(len, pages))
    return {
        "near_duplicates": sum(measures.near_duplicates([h.text for h in page]) for page in pages) / hits,
        "records": sum(len({h.record.id for h in page}) for page in pages) / len(pages),
    }


def _show(found: dict[str, Any], listed: str | None) -> None:
    print(f"{'':22}{'n':>4}  {'':10}", *(f"{name:>10}" for name in measures.MEASURES))
    for group, measured in found["groups"].items():
        for system, values in measured["systems"].items():
            first = f"{group:22}{measured['n']:>4}" if system == "copassist" else " " * 26
            print(f"{first}  {system:10}", *(f"{values[name]:10.3f}" for name in measures.MEASURES))
    for name, of in found["crowding"].items():
        share, records = of["near_duplicates"], of["records"]
        print(
            f"{name}: {share:.1%} of the first ten hits repeat one above; they are of {records:.1f} records"
        )
    failed = [row for row in found["failed"] if listed in (None, row["half"])]
    print(f"failed, no right record among the first ten: {len(found['failed'])}; listed: {len(failed)}")
    for row in failed:
        print(f"  {row['id']} ({row['half']}) {row['question']}\n      found: {', '.join(row['first'])}")


if __name__ == "__main__":
    main()
