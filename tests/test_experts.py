"""Who is named for a question, who never is, and what is said about those who left."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from copassist import questions
from copassist.experts import Experts, find_experts, no_expert
from copassist.records import (
    Answer,
    Contact,
    Filters,
    Member,
    Membership,
    Record,
    Role,
    Segment,
    Viewer,
    named,
)
from copassist.retrieve import Searcher, retrieve
from copassist.store import Memory
from tests.fakes import WordEncoder, enrol, put

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
QUESTION = "Which gamma kernel?"


def answered(memory: Memory, number: int, *people: str, role: Role = "answerer") -> None:
    """A thread on the question, answered by these people yesterday."""
    segments = tuple(Segment("A wide gamma kernel.", named(name), role, part="answer") for name in people)
    put(memory, Record(f"{number}", "thread", "Kernels", segments, date(2025, 5, 31)))


def experts(memory: Memory, viewer: Viewer = Viewer(), question: str = QUESTION) -> Experts:
    hits = retrieve(Searcher(memory, WordEncoder()), question, viewer, Filters(), 100)
    return find_experts(memory, question, hits, viewer, NOW)


def names(memory: Memory, viewer: Viewer = Viewer()) -> list[str]:
    return [c.name for c in experts(memory, viewer).contacts]


def test_one_who_answered_is_named_with_reason_evidence_and_how_to_reach_them(memory: Memory) -> None:
    enrol(memory, Member("Ana Diaz", handles=("@ana",)))
    answered(memory, 1, "Ana Diaz")
    answered(memory, 2, "Ana Diaz")
    found = experts(memory)
    (contact,) = found.contacts
    assert (contact.member, contact.name, contact.contact) == ("ana-diaz", "Ana Diaz", "@ana")
    assert contact.reason == "Answered “Kernels”"
    assert contact.evidence == tuple(c.n for c in found.citations) == (1, 2)
    assert {(c.use, c.quote) for c in found.citations} == {("contact", "A wide gamma kernel.")}


def test_evidence_is_numbered_from_where_the_answer_ends(memory: Memory) -> None:
    enrol(memory, Member("Ana Diaz"))
    answered(memory, 1, "Ana Diaz")
    hits = retrieve(Searcher(memory, WordEncoder()), QUESTION, Viewer(), Filters(), 100)
    found = find_experts(memory, QUESTION, hits, Viewer(), NOW, first_number=4)
    assert ([c.n for c in found.citations], found.contacts[0].evidence) == ([4], (4,))


@pytest.mark.parametrize(
    "one",
    [
        Member("Ana Diaz", left=date(2025, 6, 1)),
        Member("Ana Diaz", teams=(Membership("core", former=True),)),
        Member("Ana Diaz", away_until=date(2025, 6, 2)),
        Member("Ana Diaz", dont_suggest=True),
        Member("Ana Diaz", hide_name=True),
    ],
)
def test_who_left_is_away_or_does_not_wish_it_is_never_named(memory: Memory, one: Member) -> None:
    enrol(memory, one, Member("Bo Lind"))
    for number in range(4):
        answered(memory, number, "Ana Diaz")
    answered(memory, 9, "Ana Diaz", "Bo Lind")
    found = experts(memory)
    assert "Ana Diaz" not in [c.name for c in found.contacts]
    assert "Bo Lind" in [c.name for c in found.contacts]


@pytest.mark.parametrize(
    "one",
    [
        Member("Ana Diaz", left=date(2025, 6, 2)),
        Member("Ana Diaz", teams=(Membership("old", former=True), Membership("core"))),
        Member("Ana Diaz", away_until=date(2025, 6, 1)),
    ],
)
def test_who_is_still_here_or_back_is_named(memory: Memory, one: Member) -> None:
    enrol(memory, one)
    answered(memory, 1, "Ana Diaz")
    assert names(memory) == ["Ana Diaz"]


def test_the_asker_is_never_sent_to_themselves(memory: Memory) -> None:
    enrol(memory, Member("Ana Diaz"), Member("Bo Lind"))
    answered(memory, 1, "Ana Diaz", "Bo Lind")
    assert sorted(names(memory)) == ["Ana Diaz", "Bo Lind"]
    assert names(memory, Viewer("ana-diaz")) == ["Bo Lind"]


def test_somebody_who_is_not_in_the_directory_is_not_named(memory: Memory) -> None:
    enrol(memory, Member("Bo Lind"))
    answered(memory, 1, "Guest One")
    assert experts(memory) == Experts()


def test_no_evidence_names_nobody(memory: Memory) -> None:
    enrol(memory, Member("Ana Diaz"))
    put(memory, Record("1", "thread", "Zebras", (Segment("Zebras yawn.", named("Ana Diaz"), "answerer"),)))
    assert experts(memory) == Experts()


def test_three_are_named_at_most(memory: Memory) -> None:
    enrol(memory, *(Member(f"{name} Diaz") for name in ("Ana", "Bo", "Cy", "Dee", "Eli")))
    for number, name in enumerate(("Ana", "Bo", "Cy", "Dee", "Eli")):
        answered(memory, number, f"{name} Diaz")
    assert len(names(memory)) == 3


def test_answering_counts_more_than_asking_and_being_there(memory: Memory) -> None:
    enrol(memory, Member("Ana Diaz"), Member("Bo Lind"), Member("Cy Fox"))
    for number in range(3):
        answered(memory, number, "Ana Diaz", role="asker")
        answered(memory, 10 + number, "Cy Fox", role="answerer")
    segments = (Segment("A wide gamma kernel."),)
    put(
        memory,
        Record("x", "session", "K", segments, date(2025, 5, 1), "clinic", ((named("Bo Lind"), "attendee"),)),
    )
    assert names(memory) == ["Cy Fox"]


def test_one_who_left_is_named_in_a_note_with_who_worked_with_them(memory: Memory) -> None:
    enrol(memory, Member("Ana Diaz", left=date(2025, 5, 1)), Member("Bo Lind"), Member("Cy Fox"))
    for number in range(4):
        answered(memory, number, "Ana Diaz")
    answered(memory, 8, "Cy Fox")
    answered(memory, 9, "Ana Diaz", "Bo Lind")
    found = experts(memory)
    assert "Bo Lind" in [c.name for c in found.contacts]
    (note,) = found.notes
    assert note.startswith("Ana Diaz") and "left" in note and "1 May 2025" in note
    assert "Bo Lind" in note and "Cy Fox" not in note


def test_one_who_left_and_hides_their_name_is_in_no_note(memory: Memory) -> None:
    enrol(memory, Member("Ana Diaz", left=date(2025, 5, 1), hide_name=True), Member("Bo Lind"))
    for number in range(4):
        answered(memory, number, "Ana Diaz")
    answered(memory, 9, "Ana Diaz", "Bo Lind")
    assert "Ana" not in str(experts(memory))


def test_a_steward_who_left_breaks_nothing_and_is_not_named(memory: Memory) -> None:
    enrol(memory, Member("Ana Diaz", left=date(2025, 5, 1), steward_of=("gamma kernels",)), Member("Bo Lind"))
    put(memory, Record("1", "document", "", (Segment("A wide gamma kernel."),)))
    assert experts(memory) == Experts()


def test_a_steward_without_evidence_is_named_as_that(memory: Memory) -> None:
    enrol(memory, Member("Ana Diaz", steward_of=("gamma kernels",)), Member("Bo Lind", steward_of=("fonts",)))
    (contact,) = experts(memory).contacts
    assert (contact.name, contact.evidence) == ("Ana Diaz", ())
    assert "teward of gamma kernels" in contact.reason


def test_one_steward_left_and_one_who_answered_stay_apart(memory: Memory) -> None:
    enrol(
        memory,
        Member("Ana Diaz", left=date(2025, 5, 1)),
        Member("Bo Lind", steward_of=("gamma kernels",)),
    )
    for number in range(4):
        answered(memory, number, "Ana Diaz")
    assert names(memory) == ["Bo Lind"]
    assert "Bo Lind" not in experts(memory).notes[0], "who didn't work with them isn't said to have"


def test_who_was_suggested_often_lately_yields_to_the_next_good_one(memory: Memory) -> None:
    enrol(memory, Member("Ana Diaz"), Member("Bo Lind"))
    answered(memory, 1, "Ana Diaz")
    answered(memory, 2, "Bo Lind")
    first, second = names(memory)

    def suggest(at: datetime) -> None:
        contact = Contact("ana-diaz" if first == "Ana Diaz" else "bo-lind", first, "")
        vector = np.zeros(27, dtype=np.float32)
        for number in range(8):
            answer = Answer(QUESTION, "answered", 1.0, contacts=(contact,))
            questions.log(memory, answer, vector, 1.0, f"asker {number}", at)

    suggest(NOW - timedelta(days=15))
    assert names(memory) == [first, second], "what is two weeks old no longer weighs"
    suggest(NOW - timedelta(days=1))
    assert names(memory)[0] == second


def test_evidence_that_the_asker_may_not_see_names_nobody(memory: Memory) -> None:
    enrol(memory, Member("Ana Diaz"))
    segments = (Segment("A wide gamma kernel.", named("Ana Diaz"), "answerer"),)
    put(memory, Record("1", "thread", "K", segments, date(2025, 5, 31)), frozenset({"leads"}))
    assert experts(memory) == Experts()
    assert [c.name for c in experts(memory, Viewer("bo", frozenset({"leads"}))).contacts] == ["Ana Diaz"]


def test_when_nobody_knows_a_leader_who_may_be_named_is(memory: Memory) -> None:
    enrol(
        memory,
        Member("Ana Diaz", leader=True),
        Member("Bo Lind", leader=True, dont_suggest=True),
        Member("Cy Fox"),
    )
    assert no_expert(memory, Viewer(), NOW) == (
        "The memory doesn’t show who knows about this. Ana Diaz may know whom to ask."
    )
    assert no_expert(memory, Viewer("ana-diaz"), NOW) == "The memory doesn’t show who knows about this."


def test_a_reply_where_nobody_asked_is_no_answer(memory: Memory) -> None:
    enrol(memory, Member("Ana Diaz"))
    put(
        memory,
        Record("1", "thread", "Kernels", (Segment("A wide gamma kernel.", named("Ana Diaz"), "answerer"),)),
    )
    assert [c.reason for c in experts(memory).contacts] == ["Wrote in “Kernels”"]


def test_what_somebody_told_the_directory_they_know_counts_where_the_question_names_it(
    memory: Memory,
) -> None:
    enrol(
        memory,
        Member("Ana Diaz", topics=("gamma kernels",)),
        Member("Bo Lind", topics=("gamma rays", "data kernels at night")),
    )
    (contact,) = experts(memory).contacts
    assert (contact.name, contact.reason, contact.evidence) == ("Ana Diaz", "Knows about gamma kernels", ())


def test_somebody_who_left_and_only_asked_or_is_mentioned_is_not_said_to_have_done_most(
    memory: Memory,
) -> None:
    enrol(memory, Member("Ana Diaz", left=date(2025, 1, 1)))
    for number in range(40):
        answered(memory, number, "Ana Diaz", role="asker")
    text = Segment("Ana Diaz has a gamma kernel.")
    put(memory, Record("n", "document", "Kernels", (text,), date(2025, 5, 31)))
    assert experts(memory).notes == ()
    answered(memory, 41, "Ana Diaz")
    assert experts(memory).notes[0].startswith("Ana Diaz, who did most on this, has left")
