"""Ask the 40 questions on the Rust community: `python -m eval.rust --data DIR [--memory DIR] [--show]`.

The questions were written before any output was seen (rust_questions.jsonl); a person judged the answers
(rust_judgements.jsonl, with the commit that gave them). Prints for each question the status, whether a
record that answers is cited, and the judgement; then the counts. Makes the memory where there is none.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import select
from tqdm import tqdm

from copassist import embedding, settings
from copassist.ask import Asker, ask
from copassist.interchange import answer_text
from copassist.records import Answer, Viewer
from copassist.store import Memory
from copassist.store import memory as memories
from copassist.store import schema as t
from eval.corpus_memory import answering
from eval.rust_roster import convert
from ingest import directory, history
from ingest.pipeline import ingest
from ingest.report import Options

HERE = Path(__file__).parent
PARTS = ("compiler-team", "lang-team")


def main() -> None:
    """Make the memory if need be, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds communities/rust")
    parser.add_argument("--memory", type=Path, help="where the memory is or shall be (default: a new one)")
    parser.add_argument("--show", action="store_true", help="print each answer whole")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        _ask_all(
            options.data / "communities" / "rust", options.memory or Path(scratch) / "rust", options.show
        )


def _ask_all(community: Path, folder: Path, show: bool) -> None:
    encoder = embedding.load(settings.from_environment())
    memory = (
        memories.open_(folder) if (folder / memories.DATABASE).exists() else made(community, folder, encoder)
    )
    searcher = answering(memory, encoder)
    judged = {j["id"]: j["judged"] for j in _lines(HERE / "rust_judgements.jsonl")}
    counts = {"answered": 0, "record cited": 0, "held back": 0}
    for question in _lines(HERE / "rust_questions.jsonl"):
        answer = ask(searcher, question["question"], Asker(Viewer(), "eval", private=True))
        cited = bool(set(_records(memory, answer)) & set(question["records"]))
        counts["answered"] += question["answerable"] and answer.status != "unanswered"
        counts["record cited"] += question["answerable"] and cited
        counts["held back"] += not question["answerable"] and answer.status == "unanswered"
        there = "there" if question["answerable"] else "not there"
        row = (question["id"], there, answer.status, f"{answer.confidence:.2f}", "cited" if cited else "-")
        print(*row, judged.get(question["id"], "not judged"), question["question"], sep="\t")
        if show:
            print(f"\n{answer_text(answer)}\n    expected: {question['expect']}\n")
    print(
        f"Of 28 that are there {counts['answered']} answered, {counts['record cited']} with a right record cited;",
        end=" ",
    )
    print(f"of 12 that aren't {counts['held back']} held back.")


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


def _records(memory: Memory, answer: Answer) -> list[str]:
    """The paths of the records that the answer cites, as the questions name them."""
    cited = [c.record for c in answer.citations if c.use == "answer"]
    with memory.reading() as connection:
        rows = connection.execute(
            select(t.sources.c.name, t.records.c.locator).join(t.records).where(t.records.c.id.in_(cited))
        )
        return [f"{row.name}/{row.locator}" for row in rows]


def _lines(path: Path) -> list[Any]:
    return (
        [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    )


if __name__ == "__main__":
    main()
