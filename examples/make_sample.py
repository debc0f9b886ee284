"""Make the sample community's memory: `python examples/make_sample.py DIR`.

The members, notes, threads and documents are those of larkspur/. The log holds some weeks of
questions drawn by a seeded generator, so that Leaders has something to show; the memory is marked as
a sample, and takes no real files.
"""

from __future__ import annotations

import random
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml
from tqdm import tqdm

from copassist import cross_encoder, embedding, questions, settings
from copassist.ask import Asker, ask
from copassist.errors import CopAssistError
from copassist.records import Member
from copassist.retrieve import Searcher
from copassist.store import members
from copassist.store import memory as memories
from ingest import directory, history
from ingest.pipeline import ingest

LARKSPUR = Path(__file__).parent / "larkspur"
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
"""The time in the sample community when its memory is made."""
EXAMPLES = [
    "My report looks fine on screen, but in the PDF some letters are empty squares. How do I fix that?",
    "Who ran the clinic about the slow dashboard?",
    "May a line chart start above zero?",
    "How should our dashboards look in dark mode?",
]
WEEKS = 8
QUESTIONS = 90
SEED = 7


def make(folder: Path) -> None:
    """Make the memory in `folder`; half-done work never looks like a memory."""
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    memory = memories.create(unfinished)
    given = settings.from_environment()
    encoder = embedding.load(given)
    history.import_members(memory, directory.read(LARKSPUR / "members.csv"))
    for part in ("sessions", "slack-export", "documents"):
        print(f"Reading {part} ...", flush=True)
        ingest(memory, [LARKSPUR / part], encoder)
    ask_around(Searcher(memory, encoder, cross_encoder=cross_encoder.load(given.cache)))
    memory.set_fact("sample", {"now": NOW.isoformat(), "made": datetime.now(UTC).isoformat()})
    memory.set_fact("examples", EXAMPLES)
    memory.close()
    unfinished.rename(folder)
    print(f"Made the sample memory in {folder}.")


def ask_around(searcher: Searcher) -> None:
    """Let members ask for some weeks, and say now and then whether the answer helped."""
    chance = random.Random(SEED)
    log = yaml.safe_load((LARKSPUR / "query_log.yaml").read_text(encoding="utf-8"))
    with searcher.memory.reading() as connection:
        asking = [m for m in members.load(connection) if not m.left]
    drawn = chance.choices([e["question"] for e in log], [e["weight"] for e in log], k=QUESTIONS)
    moments = sorted(NOW - timedelta(minutes=chance.randrange(WEEKS * 7 * 24 * 60)) for _ in drawn)
    for question, at in zip(tqdm(drawn, desc="Asking around", unit=" questions"), moments, strict=True):
        _ask(searcher, question, chance.choice(asking), at, chance)


def _ask(
    searcher: Searcher,
    question: str,
    asker: Member,
    at: datetime,
    chance: random.Random,
) -> None:
    memory = searcher.memory
    memory.set_fact("sample", {"now": at.isoformat(), "made": datetime.now(UTC).isoformat()})
    with memory.reading() as connection:
        viewer = members.viewer(connection, asker.id, at.date())
    answer = ask(searcher, question, Asker(viewer, asker.id))
    if answer.question_id and chance.random() < 0.3:
        helped = answer.status != "unanswered" and chance.random() < 0.85
        questions.give_feedback(memory, answer.question_id, helped, "", at)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python examples/make_sample.py DIR")
    try:
        make(Path(sys.argv[1]))
    except CopAssistError as error:
        sys.exit(f"make_sample: {error}")
