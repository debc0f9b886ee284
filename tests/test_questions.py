"""The log of questions: pseudonyms, what private leaves, feedback; and a question's whole way."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from copassist import questions
from copassist.ask import Asker, ask, check
from copassist.errors import InputError, NotFoundError
from copassist.records import Answer, Citation, Contact, Member, Record, Segment, Status, Viewer, named
from copassist.retrieve import Searcher
from copassist.store import Memory
from copassist.store.memory import create
from tests.fakes import WordCrossEncoder, WordEncoder, all_rows, enrol, put, rows

AT = datetime(2025, 6, 4, 12, tzinfo=UTC)  # a Wednesday
VECTOR = WordEncoder().encode(["gamma"])[0]


def logged(memory: Memory, status: Status = "answered", asker: str = "ana-diaz", at: datetime = AT) -> str:
    return questions.log(memory, Answer("Which gamma?", status, 0.5), VECTOR, 0.0, asker, at)


def test_a_question_is_kept_with_what_came_of_it(memory: Memory) -> None:
    citation = Citation(1, "answer", "r1", "s1", "session", "clinic", "T", date(2025, 1, 1), (), "Quote.")
    answer = Answer(
        "Which gamma?", "answered", 0.75, (), (citation,), (Contact("bo", "Bo", "Why"),), conversation="c1"
    )
    id_ = questions.log(memory, answer, VECTOR, 0.9, "ana-diaz", AT)
    (row,) = all_rows(memory, "questions")
    assert (row["id"], row["text"], row["status"], row["confidence"]) == (
        id_,
        "Which gamma?",
        "answered",
        0.75,
    )
    assert (row["asked_at"], row["conversation"], row["gap_id"]) == (AT, "c1", None)
    assert np.array_equal(np.frombuffer(row["vector"], dtype=np.float32), VECTOR)  # type: ignore[call-overload]
    assert list(all_rows(memory, "question_contacts")) == [{"question_id": id_, "member_id": "bo"}]
    (cited,) = all_rows(memory, "question_citations")
    assert (cited["n"], cited["record_id"], cited["segment_id"], cited["quote"]) == (1, "r1", "s1", "Quote.")


def test_an_asker_is_a_pseudonym_that_only_this_memory_can_make(memory: Memory, tmp_path: Path) -> None:
    name = questions.pseudonym(memory, "ana-diaz")
    assert name == questions.pseudonym(memory, "ana-diaz") != questions.pseudonym(memory, "bo-lind")
    assert "ana" not in name and name != hashlib.sha256(b"ana-diaz").hexdigest()[:16]
    other = create(tmp_path / "other")
    assert questions.pseudonym(other, "ana-diaz") != name
    logged(memory, "unanswered")
    everything = str(
        [list(all_rows(memory, n)) for n in ("questions", "gaps", "question_contacts", "feedback")]
    )
    assert "ana-diaz" not in everything and name in everything
    other.close()


def test_a_very_long_question_is_kept_in_part(memory: Memory) -> None:
    questions.log(memory, Answer("x" * 5000, "answered", 1.0), VECTOR, 0.0, "a", AT)
    assert [len(str(row["text"])) for row in all_rows(memory, "questions")] == [4000]


# Feedback


def test_feedback_replaces_what_was_said_before(memory: Memory) -> None:
    id_ = logged(memory)
    questions.give_feedback(memory, id_, False, "", AT)
    questions.give_feedback(memory, id_, True, "Saved me a day", AT)
    (row,) = all_rows(memory, "feedback")
    assert (row["helped"], row["text"], row["at"]) == (True, "Saved me a day", AT)
    assert questions.helped(memory) == (1, 0)


def test_an_answer_that_did_not_help_is_in_a_gap_until_it_did(memory: Memory) -> None:
    id_ = logged(memory)
    questions.give_feedback(memory, id_, False, "", AT)
    (row,) = all_rows(memory, "questions")
    assert row["gap_id"] == next(all_rows(memory, "gaps"))["id"]
    questions.give_feedback(memory, id_, True, "", AT)
    (row,) = all_rows(memory, "questions")
    assert row["gap_id"] is None


def test_an_unanswered_question_stays_a_gap_whatever_is_said_of_it(memory: Memory) -> None:
    id_ = logged(memory, "unanswered")
    (before,) = all_rows(memory, "questions")
    for helped in (True, False):
        questions.give_feedback(memory, id_, helped, "", AT)
    assert next(all_rows(memory, "questions"))["gap_id"] == before["gap_id"] is not None


def test_feedback_on_what_was_not_logged_is_an_error(memory: Memory) -> None:
    with pytest.raises(NotFoundError, match="isn't in the log"):
        questions.give_feedback(memory, "nope", True, "", AT)
    assert rows(memory, "feedback") == 0
    assert questions.helped(memory) == (0, 0)


def test_weeks_are_counted_from_monday_without_a_hole(memory: Memory) -> None:
    assert questions.by_week(memory) == []
    logged(memory, at=datetime(2025, 6, 1, 23, tzinfo=UTC))  # a Sunday
    logged(memory, at=datetime(2025, 6, 9, tzinfo=UTC))  # a Monday
    logged(memory, "unanswered", at=datetime(2025, 6, 15, 23, tzinfo=UTC))
    weeks = {(w.start, w.status): w.questions for w in questions.by_week(memory)}
    assert {key: n for key, n in weeks.items() if n} == {
        (date(2025, 5, 26), "answered"): 1,
        (date(2025, 6, 9), "answered"): 1,
        (date(2025, 6, 9), "unanswered"): 1,
    }
    assert sorted({start for start, _ in weeks}) == [date(2025, 5, 26), date(2025, 6, 2), date(2025, 6, 9)]


# Asking


def searcher(memory: Memory) -> Searcher:
    enrol(memory, Member("Bo Lind"))
    segment = Segment("Use the wide gamma kernel that joins lambda meshes.", named("Bo Lind"), "answerer")
    put(memory, Record("1", "thread", "Kernels", (segment,), date.today()))
    for number in range(4):  # from which the answer stands out
        put(memory, Record(f"c{number}", "document", f"Cups {number}", (Segment("Cups stand on shelves."),)))
    return Searcher(memory, WordEncoder(), cross_encoder=WordCrossEncoder())


QUESTION = "Which gamma kernel joins lambda meshes?"


def test_an_answer_numbers_what_backs_it_and_whom_to_ask(memory: Memory) -> None:
    answer = ask(searcher(memory), QUESTION, Asker(Viewer(), "browser 1"))
    assert answer.status == "answered"
    assert [s.text for s in answer.sentences] == ["Use the wide gamma kernel that joins lambda meshes."]
    assert [(c.n, c.use) for c in answer.citations] == [(1, "answer"), (2, "contact")]
    assert [(c.name, c.evidence) for c in answer.contacts] == [("Bo Lind", (2,))]
    (row,) = all_rows(memory, "questions")
    assert (row["id"], row["conversation"]) == (answer.question_id, answer.conversation)


def test_who_knows_is_answered_by_the_people_and_is_no_gap(memory: Memory) -> None:
    search = searcher(memory)
    answer = ask(search, "Who knows about gamma kernels?", Asker(Viewer(), "browser 1"))
    assert (answer.status, answer.sentences) == ("answered", ())
    assert [(c.name, c.evidence) for c in answer.contacts] == [("Bo Lind", (1,))]
    assert answer.notes == ("The people named here can tell you; why stands beside each name.",)
    assert rows(memory, "gaps") == 0
    nobody = ask(search, "Who knows about zebra quotas?", Asker(Viewer(), "browser 1"))
    assert (nobody.status, nobody.contacts, rows(memory, "gaps")) == ("unanswered", (), 1)


def test_a_private_question_leaves_nothing(memory: Memory) -> None:
    search = searcher(memory)
    names = ("questions", "question_contacts", "question_citations", "feedback", "gaps", "facts", "changes")
    before = {name: list(all_rows(memory, name)) for name in names}
    asker = Asker(Viewer(), "ana-diaz", private=True)
    answered, unanswered = ask(search, QUESTION, asker), ask(search, "Zebra quota?", asker)
    assert (answered.status, unanswered.status) == ("answered", "unanswered")
    assert answered.question_id is unanswered.question_id is None
    assert {name: list(all_rows(memory, name)) for name in names} == before
    for file in memory.folder.rglob("*"):
        assert not file.is_file() or b"quota" not in file.read_bytes()


def test_an_unanswered_question_opens_a_gap(memory: Memory) -> None:
    answer = ask(searcher(memory), "Zebra quota?", Asker(Viewer(), "ana-diaz"))
    (row,) = all_rows(memory, "questions")
    assert (answer.status, row["cause"], rows(memory, "gaps")) == ("unanswered", "missing", 1)


def test_a_conversation_goes_on_under_its_name(memory: Memory) -> None:
    search = searcher(memory)
    first = ask(search, QUESTION, Asker(Viewer(), "a"))
    assert (
        first.conversation and ask(search, QUESTION, Asker(Viewer(), "a")).conversation != first.conversation
    )
    assert ask(search, QUESTION, Asker(Viewer(), "a"), first.conversation).conversation == first.conversation


def test_a_question_is_cleaned_and_what_is_none_is_refused(memory: Memory) -> None:
    assert check("  How\tdo\x00 we\n\nask? ") == "How do we ask?"
    assert check("x" * 2000) == "x" * 2000
    for nothing in ("", " \n\t", "\x00"):
        with pytest.raises(InputError, match="no question"):
            check(nothing)
    with pytest.raises(InputError, match="has 2,001 characters; 2,000 are the most"):
        check("x" * 2001)


def test_a_secret_in_a_question_or_in_feedback_is_not_kept(memory: Memory) -> None:
    token = "ghp_" + "a1B2c3D4e5F6" * 3
    id_ = questions.log(memory, Answer(f"Why is {token} refused?", "answered", 0.5), VECTOR, 0.0, "ana", AT)
    questions.give_feedback(memory, id_, True, f"It was {token}.", AT)
    kept = str([list(all_rows(memory, name)) for name in ("questions", "feedback")])
    assert token not in kept
    assert kept.count("[secret removed: ") == 2
