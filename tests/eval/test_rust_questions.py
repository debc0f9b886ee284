"""The 120 questions on the Rust community: counted, drawn evenly, and named after files that exist."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from eval.abstention.draw import HALVES, draw, read

ROOT = Path(__file__).parents[2]
RUST = ROOT.parent / "shared" / "data" / "communities" / "rust"
QUESTIONS = read()


def test_eighty_are_answerable_and_forty_are_not_and_each_has_an_id_of_its_own() -> None:
    assert Counter(q["answerable"] for q in QUESTIONS) == {True: 80, False: 40}
    assert [q["id"] for q in QUESTIONS] == [f"s{n:03}" for n in range(1, 121)]


def test_only_an_answerable_question_names_records_and_each_says_how_it_was_checked() -> None:
    assert all(bool(q["records"]) == bool(q["place"]) == q["answerable"] for q in QUESTIONS)
    assert all(q["expect"] and q["checked"] for q in QUESTIONS)
    assert {q["kind"] for q in QUESTIONS} == {"how", "who", "when", "what", "why", "which"}


def test_each_half_holds_forty_answerable_and_twenty_near_misses() -> None:
    halves = json.loads(HALVES.read_text(encoding="utf-8"))
    answerable = {q["id"]: q["answerable"] for q in QUESTIONS}
    assert {name: Counter(answerable[i] for i in ids) for name, ids in halves.items()} == {
        "fit": {True: 40, False: 20},
        "test": {True: 40, False: 20},
    }
    assert sorted(halves["fit"] + halves["test"]) == sorted(answerable)


def test_the_stored_halves_are_what_the_seed_draws() -> None:
    assert json.loads(HALVES.read_text(encoding="utf-8")) == draw(QUESTIONS)


def test_no_question_is_asked_twice_nor_one_of_the_older_set() -> None:
    older = (ROOT / "eval" / "rust_questions.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [q["question"] for q in QUESTIONS] + [json.loads(line)["question"] for line in older]
    assert max(Counter(_words(question) for question in asked).values()) == 1


def test_seventy_files_or_more_are_asked_about_and_each_exists() -> None:
    records = {r for q in QUESTIONS for r in q["records"]}
    assert len(records) >= 70
    if not RUST.is_dir():
        pytest.skip(f"the Rust community isn't at {RUST}")
    assert [r for r in sorted(records) if not (RUST / r).is_file()] == []


def _words(question: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", question.lower()))
