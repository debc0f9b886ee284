"""From files to answers with the real model: what a person gets, to the letter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from copassist import cross_encoder, embedding, settings
from copassist.ask import Asker, ask
from copassist.records import Answer, Viewer
from copassist.retrieve import Searcher
from copassist.store import Memory
from copassist.store.memory import create
from ingest import directory, history
from ingest.pipeline import ingest

MEMBERS = """\
name,emails,handles,teams,contact,topics
Ines Valcourt,ines@example.org,@ines,charts,@ines in chat,chart exports
Dario Fenwick,dario@example.org,@dario,charts,,
Ana Diaz,ana@example.org,@ana,infra,,
"""
CLINIC = """\
# Clinic: nightly backups run out of disk

Format: clinic
Date: 2025-03-12
Facilitator: Ana Diaz

## Problem

The nightly backup of the wiki fills the disk every two weeks.

## Advice

Dario Fenwick: Keep only seven daily backups and one for each month.

## Outcome

With seven daily backups the disk stays under sixty percent.
"""
GUIDE = """\
# Onboarding of new members

Every new member gets a buddy for the first six weeks.

The badge for the building is picked up at the front desk on the second floor.
"""
QUESTIONS = {
    "fonts": "How do we embed fonts in exported charts?",
    "badge": "Where do I pick up my building badge?",
    "unknown": "What is the parental leave policy in Portugal?",
}


@pytest.fixture
def community(tmp_path: Path) -> Path:
    """A folder with a clinic's note and a guide, and beside it a Slack export with one thread."""
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "2025-03-12-clinic.md").write_text(CLINIC, encoding="utf-8")
    (folder / "onboarding.md").write_text(GUIDE, encoding="utf-8")
    export = tmp_path / "slack"
    (export / "chart-help").mkdir(parents=True)
    users = [
        {"id": "U1", "team_id": "T1", "name": "ines", "profile": {"email": "ines@example.org"}},
        {"id": "U2", "team_id": "T1", "name": "dario", "profile": {"email": "dario@example.org"}},
    ]
    root = {
        "type": "message",
        "user": "U2",
        "ts": "1741600000.000100",
        "thread_ts": "1741600000.000100",
        "text": "How do we embed fonts in exported charts?",
        "reply_count": 1,
    }
    reply = {
        "type": "message",
        "user": "U1",
        "ts": "1741603600.000200",
        "thread_ts": "1741600000.000100",
        "text": "Tick the box Embed all fonts in the export profile of the chart.",
    }
    for name, content in {
        "users": users,
        "channels": [{"id": "C1", "name": "chart-help", "members": ["U1", "U2"]}],
        "chart-help/2025-03-10": [root, reply],
    }.items():
        (export / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "members.csv").write_text(MEMBERS, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def encoder() -> embedding.Encoder:
    return embedding.load(settings.from_environment())


@pytest.fixture
def memory(community: Path, encoder: embedding.Encoder) -> Iterator[Memory]:
    made = create(community / "memory")
    history.import_members(made, directory.read(community / "members.csv"))
    report = ingest(made, [community / "notes", community / "slack"], encoder)
    assert (dict(report.kinds), report.rejected) == ({"session": 1, "document": 1, "thread": 1}, [])
    yield made
    made.close()


def asked(memory: Memory, encoder: embedding.Encoder, question: str, **viewer: str) -> Answer:
    searcher = Searcher(memory, encoder, cross_encoder=cross_encoder.load(settings.from_environment().cache))
    return ask(searcher, QUESTIONS.get(question, question), Asker(Viewer(**viewer), "browser"))


def backing(answer: Answer) -> list[tuple[str, str, list[tuple[str, str | None]]]]:
    """The title, quote and people of what backs the sentences."""
    return [
        (c.title, c.quote, [(p.name, p.role) for p in c.people])
        for c in answer.citations
        if c.use == "answer"
    ]


def test_a_thread_answers_with_who_said_it_and_whom_to_ask(
    memory: Memory, encoder: embedding.Encoder
) -> None:
    answer = asked(memory, encoder, "fonts")
    assert answer.status == "answered"
    said = "Tick the box Embed all fonts in the export profile of the chart."
    assert [(s.text, s.citations) for s in answer.sentences] == [(said, (1,))]
    ((title, quote, people),) = backing(answer)
    assert (title, quote) == ("How do we embed fonts in exported charts?", said)
    assert people[0] == ("Ines Valcourt", "answerer")
    contact = answer.contacts[0]
    assert (contact.member, contact.name, contact.contact) == (
        "ines-valcourt",
        "Ines Valcourt",
        "@ines in chat",
    )
    assert contact.reason.startswith("Answered “")
    assert {c.quote for c in answer.citations if c.n in contact.evidence} == {said}


def test_nobody_is_sent_to_themselves(memory: Memory, encoder: embedding.Encoder) -> None:
    answer = asked(memory, encoder, "fonts", member="ines-valcourt")
    assert answer.status == "answered"
    assert "Ines Valcourt" not in [c.name for c in answer.contacts]


def test_a_document_answers_from_its_own_sentence(memory: Memory, encoder: embedding.Encoder) -> None:
    answer = asked(memory, encoder, "badge")
    assert answer.status != "unanswered"
    said = "The badge for the building is picked up at the front desk on the second floor."
    assert [s.text for s in answer.sentences] == [said]
    assert backing(answer) == [("Onboarding of new members", said, [])]


def test_what_the_memory_does_not_say_is_said_and_kept(memory: Memory, encoder: embedding.Encoder) -> None:
    answer = asked(memory, encoder, "unknown")
    assert (answer.status, answer.sentences) == ("unanswered", ())
    assert {c.use for c in answer.citations} <= {"nearest", "contact"}
    assert answer.question_id is not None


def test_when_the_file_changes_so_does_the_answer(
    memory: Memory, community: Path, encoder: embedding.Encoder
) -> None:
    guide = community / "notes" / "onboarding.md"
    guide.write_text(GUIDE.replace("front desk on the second floor", "security office in the lobby"), "utf-8")
    assert ingest(memory, [community / "notes"], encoder).changed == 1
    said = "The badge for the building is picked up at the security office in the lobby."
    assert [s.text for s in asked(memory, encoder, "badge").sentences] == [said]
    guide.write_text(
        "# Onboarding of new members\n\nEvery new member gets a buddy for the first six weeks.\n"
    )
    assert ingest(memory, [community / "notes"], encoder).changed == 1
    answer = asked(memory, encoder, "badge")
    assert (answer.status, answer.sentences) == ("unanswered", ())
    history.undo(memory, encoder)
    assert [s.text for s in asked(memory, encoder, "badge").sentences] == [said]


def test_a_fresh_process_finds_the_same(memory: Memory, encoder: embedding.Encoder, community: Path) -> None:
    before = asked(memory, encoder, "fonts")
    command = [sys.executable, "-m", "copassist.cli", "ask", QUESTIONS["fonts"], "--json", "--private"]
    environment = {**os.environ, "COPASSIST_MEMORY": str(community / "memory")}
    root = Path(__file__).parents[1]
    ran = subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, check=True)
    found = json.loads(ran.stdout)
    assert (found["status"], found["question_id"]) == (before.status, None)
    assert [s["text"] for s in found["sentences"]] == [s.text for s in before.sentences]
    assert found["confidence"] == before.confidence
