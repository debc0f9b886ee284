"""Questions for people."""

from __future__ import annotations

from datetime import date

import pytest

from copassist.records import Filters, Record, Segment, Viewer
from copassist.retrieve import Searcher, retrieve
from copassist.store import Memory
from copassist.who import asks_whom, when, who
from tests.fakes import WordEncoder, put


def session(memory: Memory, title: str, facilitator: str, day: date, *said: str) -> None:
    people = Segment(f"Presenter: Guest\nFacilitator: {facilitator}", part="people")
    segments = (people, *(Segment(text) for text in said))
    put(memory, Record(title, "session", title, segments, day, format="clinic"))


def told(memory: Memory, question: str) -> tuple[list[str], bool]:
    searcher = Searcher(memory, WordEncoder())
    lines, sure = who(searcher, question, retrieve(searcher, question, Viewer(), Filters(), 100))
    return [c.text for c in lines], sure


@pytest.fixture
def clinics(memory: Memory) -> Memory:
    session(memory, "fonts", "Ana Diaz", date(2025, 3, 4), "Fonts of a page were lost.")
    session(memory, "tiles", "Bo Lind", date(2025, 4, 1), "A server of tiles was slow.")
    return memory


def test_the_session_that_is_asked_about_says_who_ran_it(clinics: Memory) -> None:
    lines, sure = told(clinics, "Who ran the clinic about fonts?")
    assert (lines[0], sure) == ("Facilitator: Ana Diaz", True)
    assert told(clinics, "Who presented the fonts?")[0][0] == "Presenter: Guest"


@pytest.mark.parametrize(
    ("question", "opening"),
    [
        ("When was the clinic about fonts?", "Fonts of a page were lost."),
        ("and when was “tiles”?", "A server of tiles was slow."),
        ("When was our clinic about zebras?", None),
        ("When was the page of fonts lost?", None),
        ("When was the fonts decision made in the clinic by Ana?", None),
    ],
)
def test_the_session_whose_day_is_asked_for_opens_the_answer(
    clinics: Memory, question: str, opening: str | None
) -> None:
    searcher = Searcher(clinics, WordEncoder())
    found = when(searcher, question, retrieve(searcher, question, Viewer(), Filters(), 100))
    assert (found.openings[0].text if found else None) == opening


def test_a_session_that_tells_nobody_makes_no_other_one_sure(clinics: Memory) -> None:
    silent = Record(
        "n", "session", "fonts", (Segment("Fonts of a page."),), date(2025, 5, 1), format="clinic"
    )
    put(clinics, silent)
    assert told(clinics, "Who ran a clinic about fonts?") == (["Facilitator: Ana Diaz"], False)


def test_the_time_that_is_named_picks_the_session(clinics: Memory) -> None:
    assert told(clinics, "Who ran the clinic in April 2025?") == (["Facilitator: Bo Lind"], True)
    assert told(clinics, "Who ran the clinic in May 2025?") == ([], False)
    assert told(clinics, "Who ran a clinic about paper planes in April 2025?")[1] is False


def test_a_session_about_something_else_is_not_surely_meant(clinics: Memory) -> None:
    assert told(clinics, "Who ran a clinic about paper planes?")[1] is False
    assert told(clinics, "Who led the fonts?")[1] is False


def test_who_leads_something_else_than_a_session_is_for_no_sessions_notes(clinics: Memory) -> None:
    assert told(clinics, "Who leads the zigzag zoo?") == ([], False)


def test_another_question_gets_no_such_lines(clinics: Memory) -> None:
    assert told(clinics, "What was said about fonts?") == ([], False)


@pytest.mark.parametrize(
    "question",
    [
        "Who knows about slow dashboards?",
        "who else has tried this?",
        "Who might be able to help me with fonts?",
        "Who has experience with uncertainty?",
        "who solved this before?",
        "And who would know more?",
        "Does anybody here know about tiles?",
        "Whom should I ask about embargoes?",
        "who to ask about Quire",
        "Who do I talk to about the logo?",
        "Is there an expert on log axes?",
    ],
)
def test_a_question_for_somebody_to_talk_to(question: str) -> None:
    assert asks_whom(question)


@pytest.mark.parametrize(
    "question",
    [
        "Who ran the clinic about the slow dashboard?",
        "Who may see embargoed charts before release?",
        "Who should I send the draft to?",
        "Who was asked to write the guide?",
        "Has anyone solved the font problem?",
        "How many people know the embargo?",
        "What did the expert on fonts say?",
    ],
)
def test_a_question_for_what_the_memory_says(question: str) -> None:
    assert not asks_whom(question)
