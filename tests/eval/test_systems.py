"""The systems that run beside the product here: what they may find, and in which units they rank it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ir_measures import Qrel

from copassist.conversation import Turn, understand
from copassist.records import Group, Record, Segment, named
from eval import systems
from eval.corpora import Query
from eval.corpus_memory import KeptEncoder, corpus_memory
from eval.systems import Ground
from eval.tasks import Task, Text
from tests.fakes import WordEncoder

LONG = "crumbs " * 170
"""So many words that a passage is full and the next turn starts another."""


def question(id_: str, text: str) -> tuple[Record, Text]:
    record = Record(id_, "thread", text, (Segment(text),), group=Group(id_))
    return record, Text(id_, "", "", text, ((len(text), id_),))


def task(*made: tuple[Record, Text], units: dict[str, list[str]] | None = None) -> Task:
    records, texts = zip(*made, strict=True)
    own = {record.locator: [record.locator] for record in records}
    return Task("links", "tiny", records, texts, units or own, (), (Qrel("q", "a", 1),))


@pytest.fixture
def questions() -> Iterator[Ground]:
    """Three questions, each seen by a group of its own: apple, apple banana, cherry."""
    made = task(question("a", "apple"), question("ab", "apple banana"), question("c", "cherry"))
    with corpus_memory(made.records, WordEncoder(), None) as memory:
        yield Ground(made, memory, WordEncoder())


@pytest.fixture
def meeting() -> Iterator[Ground]:
    """A meeting of three turns, of which the first two share a passage, and another meeting."""
    turns = (Segment("apple", named("Ana")), Segment("banana", named("Bo")), Segment(LONG, named("Ana")))
    one = Record("m", "session", "", turns)
    other = Record("n", "session", "", (Segment("apple banana", named("Cy")),))
    text = Text(
        "m", "", "", f"Ana: apple\nBo: banana\nAna: {LONG}\n", ((11, "m#0"), (22, "m#1"), (1218, "m#2"))
    )
    made = task(
        (one, text),
        (other, Text("n", "", "", "Cy: apple banana\n", ((17, "n#0"),))),
        units={"m": ["m#0", "m#1", "m#2"], "n": ["n#0"]},
    )
    with corpus_memory(made.records, WordEncoder(), None) as memory:
        yield Ground(made, memory, WordEncoder())


@pytest.mark.parametrize("system", list(systems.BASELINES))
def test_a_system_finds_only_what_there_was_when_the_question_was_asked(
    questions: Ground, system: str
) -> None:
    search = systems.BASELINES[system](questions)
    everything = search(Query("q", "apple", seen=("a", "ab", "c")))
    assert everything[:2] == ["a", "ab"]
    found = search(Query("q", "apple", seen=("ab", "c")))
    assert found[0] == "ab" and "a" not in found


@pytest.mark.parametrize("system", list(systems.BASELINES))
def test_a_system_ranks_the_turns_of_its_passages_in_order_and_of_one_meeting_alone(
    meeting: Ground, system: str
) -> None:
    found = systems.BASELINES[system](meeting)(Query("q", "banana", within="m"))
    assert found[:2] == ["m#0", "m#1"]
    assert set(found) <= {"m#0", "m#1", "m#2"} and len(set(found)) == len(found)


def test_bm25_knows_who_said_something_in_a_meeting(meeting: Ground) -> None:
    assert systems.bm25(meeting)(Query("q", "Bo", within="m")) == ["m#0", "m#1"]


def test_bm25_finds_nothing_where_no_word_matches(questions: Ground) -> None:
    assert systems.bm25(questions)(Query("q", "durian", seen=("a", "ab"))) == []


def test_a_text_is_embedded_once_however_often_it_is_asked_for(tmp_path: Path) -> None:
    words = WordEncoder()
    encoder = KeptEncoder(words, tmp_path / "vectors.db")
    first = encoder.encode(["apple", "banana", "apple"])
    assert words.encoded == 2
    again = KeptEncoder(words, tmp_path / "vectors.db").encode(["banana", "apple"])
    assert words.encoded == 2
    assert first.tolist() == WordEncoder().encode(["apple", "banana", "apple"]).tolist()
    assert again.tolist() == WordEncoder().encode(["banana", "apple"]).tolist()


def test_another_model_gets_vectors_of_its_own(tmp_path: Path) -> None:
    one, other = WordEncoder("one"), WordEncoder("other")
    for words in (one, other):
        KeptEncoder(words, tmp_path / "vectors.db").encode(["apple"])
    assert (one.encoded, other.encoded) == (1, 1)


def test_the_product_understands_a_question_by_what_the_person_said_before() -> None:
    turns = (
        ("user", "How is tea made?"),
        ("agent", "Boil water."),
        ("user", "and who likes it?"),
        ("agent", "Bo."),
    )
    query = Query("q", "and who likes it?\nand where is it grown?", turns, "and where is it grown?")
    encoder = WordEncoder()
    first = Turn("How is tea made?")
    second = Turn(understand("and who likes it?", [first], encoder))
    assert systems.understood(query, encoder) == understand(
        "and where is it grown?", [first, second], encoder
    )
    assert "tea" in systems.understood(query, encoder)


def test_without_a_conversation_the_query_is_searched_for_as_it_stands() -> None:
    assert systems.understood(Query("q", "and who likes it?"), WordEncoder()) == "and who likes it?"
