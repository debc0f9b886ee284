"""Gaps: questions grouped by meaning; leaders see topics and counts, and text only from three askers on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from copassist import gaps, questions
from copassist.gaps import find_gaps, suggested_format
from copassist.records import Answer, Contact, Format, Gap, Member, Status
from copassist.store import Memory
from tests.fakes import WordEncoder, enrol

AT = datetime(2025, 6, 1, tzinfo=UTC)


def asks(memory: Memory, asker: str, text: str, *contacts: str, nearest: float = 0.0, days: int = 0) -> str:
    """An unanswered question in the log."""
    answer = Answer(text, "unanswered", 0.1, contacts=tuple(Contact(c, c, "") for c in contacts))
    (vector,) = WordEncoder().encode([text])
    return questions.log(memory, answer, vector, nearest, asker, AT + timedelta(days=days))


def test_a_topics_text_shows_only_when_three_people_asked(memory: Memory) -> None:
    asks(memory, "ana", "Gamma kernels?")
    asks(memory, "bo", "Gamma kernels!")
    asks(memory, "bo", "Gamma kernels now?")
    assert find_gaps(memory, 3) == ([], 1)
    asks(memory, "cy", "Kernels gamma?", days=2)
    (gap,), hidden = find_gaps(memory, 3)
    assert (gap.questions, gap.askers, hidden) == (4, 3, 0)
    assert (gap.last_asked, gap.status) == (AT + timedelta(days=2), "open")
    assert {gap.label, *gap.examples} == {
        "Gamma kernels?",
        "Gamma kernels!",
        "Gamma kernels now?",
        "Kernels gamma?",
    }


def test_how_many_askers_is_for_the_community_to_say(memory: Memory) -> None:
    asks(memory, "ana", "Gamma kernels?")
    assert [gap.label for gap in find_gaps(memory, 1)[0]] == ["Gamma kernels?"]
    assert find_gaps(memory, 2) == ([], 1)


def test_alike_questions_share_a_gap_and_others_open_their_own(memory: Memory) -> None:
    asks(memory, "ana", "gamma")
    asks(memory, "bo", "gamma gamma kernel")  # cosine 2 / √5 = .89
    asks(memory, "cy", "zebra")
    found, _ = find_gaps(memory, 1)
    assert [(gap.label, gap.questions) for gap in found] == [("gamma", 2), ("zebra", 1)]


def test_the_mean_of_a_gap_decides_and_not_its_nearest_question(memory: Memory) -> None:
    asks(memory, "ana", "gamma")
    asks(memory, "bo", "gamma kernel")  # cosine .71 with gamma: the same gap
    asks(memory, "cy", "kernel")  # cosines 0 and .71, mean .35: a gap of its own
    assert gaps.ALIKE == 0.55
    assert sorted(gap.questions for gap in find_gaps(memory, 1)[0]) == [1, 2]


def test_a_gap_keeps_its_identity_as_it_grows(memory: Memory) -> None:
    asks(memory, "ana", "gamma kernels")
    (before,), _ = find_gaps(memory, 1)
    for number in range(5):
        asks(memory, f"asker {number}", "gamma kernels")
    (after,), _ = find_gaps(memory, 1)
    assert (after.id, after.questions) == (before.id, 6)


def test_most_askers_come_first(memory: Memory) -> None:
    for asker, text in (("a", "zebra"), ("a", "zebra"), ("a", "zebra"), ("a", "gamma"), ("b", "gamma")):
        asks(memory, asker, text)
    assert [gap.label for gap in find_gaps(memory, 1)[0]] == ["gamma", "zebra"]


def test_no_pseudonym_of_an_asker_is_in_a_gap(memory: Memory) -> None:
    for asker in ("ana", "bo", "cy"):
        asks(memory, asker, "gamma")
    shown = str(find_gaps(memory, 3))
    assert not any(name in shown for a in ("ana", "bo", "cy") for name in (a, questions.pseudonym(memory, a)))


@pytest.mark.parametrize(
    ("status", "nearest", "cause"),
    [
        ("answered", 0.0, ""),
        ("partial", 0.0, ""),
        ("unanswered", 0.44, "missing"),
        ("unanswered", 0.45, "not-found"),
    ],
)
def test_the_cause_tells_nothing_there_from_not_found(status: Status, nearest: float, cause: str) -> None:
    assert gaps.cause(Answer("x", status, 0.5), nearest) == cause


def test_an_answer_that_did_not_help_is_a_cause_of_its_own(memory: Memory) -> None:
    (vector,) = WordEncoder().encode(["gamma"])
    id_ = questions.log(memory, Answer("gamma", "answered", 0.9), vector, 0.9, "ana", AT)
    assert find_gaps(memory, 1) == ([], 0)
    questions.give_feedback(memory, id_, False, "", AT)
    assert [gap.cause for gap in find_gaps(memory, 1)[0]] == ["unhelpful"]
    questions.give_feedback(memory, id_, True, "", AT)
    assert find_gaps(memory, 1) == ([], 0)


def test_what_askers_missed_is_told_once_enough_people_asked(memory: Memory) -> None:
    ids = [asks(memory, asker, "Gamma kernels?") for asker in ("ana", "bo", "cy")]
    for id_, text in zip(ids, ("The price.", "", "The price."), strict=True):
        questions.give_feedback(memory, id_, False, text, AT)
    (gap,), _ = find_gaps(memory, 3)
    assert gap.missed == ("The price.",)
    assert find_gaps(memory, 4) == ([], 1)


def test_a_hidden_name_is_in_no_wording_and_in_nothing_missed(memory: Memory) -> None:
    enrol(memory, Member("Ana Pires", hide_name=True))
    id_ = asks(memory, "bo", "What did ana pires say of gamma?")
    questions.give_feedback(memory, id_, False, "What Ana said.", AT)
    (gap,), _ = find_gaps(memory, 1)
    assert (gap.label, gap.missed) == ("What did a member say of gamma?", ("What a member said.",))


def test_helpers_are_those_named_most_who_may_still_be_named(memory: Memory) -> None:
    enrol(
        memory, Member("Ana Diaz", handles=("@ana",)), Member("Bo Lind"), Member("Cy Fox", dont_suggest=True)
    )
    for asker, contacts in (("x", ["bo-lind"]), ("y", ["bo-lind", "ana-diaz"]), ("z", ["cy-fox", "gone"])):
        asks(memory, asker, "gamma", *contacts)
    (gap,), _ = find_gaps(memory, 3)
    assert [(h.name, h.contact) for h in gap.helpers] == [("Bo Lind", ""), ("Ana Diaz", "@ana")]


def test_no_questions_are_no_gaps(memory: Memory) -> None:
    nothing: list[Gap] = []
    assert find_gaps(memory, 3) == (nothing, 0)


@pytest.mark.parametrize(
    ("texts", "format_"),
    [
        (["Why does the export fail?"], "clinic"),
        (["How do we embed fonts?"], "show-and-tell"),
        (["What is the pay policy?"], "ama"),
        (["What broke?", "What is new?"], "clinic"),
        (["How?", "What?", "When?"], "ama"),
    ],
)
def test_the_form_of_session_follows_from_how_it_is_asked(texts: list[str], format_: Format) -> None:
    assert suggested_format(texts) == format_
