"""Questions for the sessions of a time."""

from __future__ import annotations

from datetime import date

import pytest

from copassist.answer import Extract, extract
from copassist.records import Filters, Format, Record, Segment, Viewer
from copassist.retrieve import Searcher, retrieve
from copassist.store import Memory
from tests.fakes import WordEncoder, put


def session(title: str, day: date, format_: Format, problem: str) -> Record:
    intro = Segment("We met in the yard as we always do.")
    return Record(f"{title}.md", "session", title, (intro, Segment(problem, part="problem")), day, format_)


@pytest.fixture
def searcher(memory: Memory) -> Searcher:
    put(memory, session("Slow tiles", date(2025, 3, 12), "clinic", "The tiles of the dashboard are slow."))
    put(
        memory, session("Lost cache", date(2025, 3, 5), "clinic", "The cache of the server is lost at night.")
    )
    put(
        memory,
        session("Warm kernels", date(2025, 3, 20), "show-and-tell", "The kernels in the yard stay warm."),
    )
    put(memory, session("Old yard", date(2025, 4, 2), "clinic", "The yard is an old one and leaks."))
    hidden = session("Hidden", date(2025, 3, 8), "clinic", "The leaders are at a loss.")
    put(memory, hidden, frozenset({"leads"}))
    return Searcher(memory, WordEncoder())


def asked(searcher: Searcher, question: str) -> Extract:
    return extract(searcher, question, retrieve(searcher, question, Viewer(), Filters(), 100))


def test_the_clinics_of_a_month_are_told_in_order_by_title_and_problem(searcher: Searcher) -> None:
    found = asked(searcher, "Which clinics were in March 2025?")
    assert found.status == "answered"
    assert [s.text for s in found.sentences] == [
        "Lost cache: The cache of the server is lost at night.",
        "Slow tiles: The tiles of the dashboard are slow.",
    ]
    assert [(c.quote, c.date) for c in found.citations] == [
        ("The cache of the server is lost at night.", date(2025, 3, 5)),
        ("The tiles of the dashboard are slow.", date(2025, 3, 12)),
    ]


@pytest.mark.parametrize(
    ("question", "titles"),
    [
        ("What sessions did we have in March 2025?", ["Lost cache", "Slow tiles", "Warm kernels"]),
        ("List the show & tells of March 2025", ["Warm kernels"]),
        ("what clinic was on 2 April 2025", ["Old yard"]),
    ],
)
def test_other_formats_and_days(searcher: Searcher, question: str, titles: list[str]) -> None:
    assert [s.text.split(":")[0] for s in asked(searcher, question).sentences] == titles


def test_where_there_was_none_it_says_so(searcher: Searcher) -> None:
    found = asked(searcher, "Which peer reviews were in March 2025?")
    assert (found.status, found.citations) == ("unanswered", ())
    assert found.notes == ("The memory has no peer review circle of 1 to 31 March 2025.",)


@pytest.mark.parametrize(
    "question",
    ["Which clinic of March 2025 was about kernels?", "Which clinics were there?", "In March 2025?"],
)
def test_a_question_with_a_topic_or_without_a_time_is_another_matter(
    searcher: Searcher, question: str
) -> None:
    assert not any(": " in s.text for s in asked(searcher, question).sentences)


def test_of_many_sessions_the_first_six_are_told_and_how_many_more_there_are(memory: Memory) -> None:
    for day in range(1, 9):
        put(memory, session(f"Yard {day}", date(2025, 5, day), "clinic", "The yard is an old one and leaks."))
    found = asked(Searcher(memory, WordEncoder()), "Which clinics were in May 2025?")
    assert [s.text.split(":")[0] for s in found.sentences] == [f"Yard {day}" for day in range(1, 7)]
    assert found.notes == ("There are at least 2 more; Sessions finds them all.",)
