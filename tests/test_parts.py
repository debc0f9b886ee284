"""Questions for a part of a session's notes."""

from __future__ import annotations

from datetime import date

import pytest

from copassist.parts import Told, part
from copassist.records import Filters, Record, Segment, Viewer
from copassist.retrieve import Searcher, retrieve
from copassist.store import Memory
from tests.fakes import WordEncoder, put

ADVICE = (
    "Embed the fonts in every page. It takes a line.",
    "Look at a proof on paper first. Ana has one.",
    "Ask the printer for the profile. They know it.",
)


@pytest.fixture
def clinics(memory: Memory) -> Memory:
    fonts = (
        Segment("Fonts of a page were lost in print.", section="Problem", part="problem"),
        *(Segment(text, section="Advice", part="advice") for text in ADVICE),
        Segment(
            "All of the fonts came out. We were glad of it. Bo will check.", section="Outcome", part="outcome"
        ),
    )
    put(memory, Record("f", "session", "fonts", fonts, date(2025, 3, 4), format="clinic"))
    tiles = (Segment("Warm each tile at six o'clock, every day.", section="Advice", part="advice"),)
    put(memory, Record("t", "session", "slow tiles", tiles, date(2025, 4, 1), format="clinic"))
    return memory


def found(memory: Memory, question: str) -> Told:
    searcher = Searcher(memory, WordEncoder())
    return part(searcher, question, retrieve(searcher, question, Viewer(), Filters(), 100))


def told(memory: Memory, question: str) -> list[str]:
    return [c.text for c in found(memory, question).candidates]


@pytest.mark.parametrize(
    "question",
    [
        "What did they advise in the clinic about fonts?",
        "what did they advise at “fonts”?",
        "What was recommended in the clinic of March 2025?",
    ],
)
def test_the_part_that_is_asked_for_is_told_from_its_beginning_to_its_end(
    clinics: Memory, question: str
) -> None:
    assert " ".join(told(clinics, question)) == " ".join(ADVICE)


def test_another_part_is_another_answer(clinics: Memory) -> None:
    assert told(clinics, "What was the outcome of the clinic about fonts?") == [
        "All of the fonts came out.",
        "We were glad of it. Bo will check.",
    ]
    assert told(clinics, "what came of “fonts”?") == told(clinics, "the outcome of “fonts”?") != []


def test_of_more_than_fits_each_paragraph_says_its_first_sentence_and_the_shortest_go_on(
    memory: Memory,
) -> None:
    advice = [
        f"Tip {n} is to test all of it again{' and again' * (n != 3)}. It has a reason." for n in range(5)
    ]
    segments = tuple(Segment(text, section="Advice", part="advice") for text in advice)
    put(memory, Record("f", "session", "fonts", segments, date(2025, 3, 4), format="clinic"))
    first = [text.split(". ")[0] + "." for text in advice]
    expected = [*first[:4], "It has a reason.", first[4]]
    assert told(memory, "What did they advise in the clinic about fonts?") == expected


def test_it_is_counted_what_there_is_no_room_for(memory: Memory) -> None:
    segments = tuple(
        Segment(f"Tip {n} is to test all of it.", section="Advice", part="advice") for n in range(8)
    )
    lead = Segment("This is what the group said:", section="Advice", part="advice")
    put(memory, Record("f", "session", "fonts", (lead, *segments), date(2025, 3, 4), format="clinic"))
    said = found(memory, "What did they advise in the clinic about fonts?")
    assert ([c.text[:5] for c in said.candidates], said.more) == ([f"Tip {n}" for n in range(6)], 2)


def test_a_session_whose_title_is_quoted_is_meant(clinics: Memory) -> None:
    again = (Segment("Embed them again, and the bold ones.", section="Advice", part="advice"),)
    put(clinics, Record("g", "session", "fonts, the show and tell", again, date(2025, 5, 1), format="clinic"))
    for title, first in (("fonts", ADVICE[0]), ("fonts, the show and tell", again[0].text)):
        assert (
            told(clinics, f"what did they advise at “{title}”?")[0] == first.split(". ")[0].rstrip(".") + "."
        )


def test_each_heading_of_a_kind_has_its_turn(memory: Memory) -> None:
    segments = tuple(
        Segment(f"The {what} is changed in {n} of the ways.", section=f"Decision {what}", part="decision")
        for what in ("A", "B")
        for n in range(1, 9)
    )
    put(memory, Record("f", "session", "fonts", segments, date(2025, 3, 4), format="meeting"))
    said = told(memory, "What was decided in the meeting about fonts?")
    assert [text[:5] for text in said] == ["The A"] * 3 + ["The B"] * 3


@pytest.mark.parametrize(
    "question",
    [
        "What did they advise about paper in the clinic about fonts?",
        "What did they advise in the clinic about zigzag zebras in zoos?",
        "What did they advise on fonts?",
        "What did Ana advise in the clinic about fonts?",
        "Was the advice of the clinic about fonts followed?",
        "When are the next steps of the clinic about fonts due?",
        "What advice is there for presenting fonts?",
        "What was decided since the meeting about fonts?",
        "What was the outcome of the clinics about fonts?",
        "What did they advise in the clinic about fonts in 2024?",
        "What were the advice and the outcome of the clinic about fonts?",
        "Who ran the clinic about fonts?",
        "What was the outcome of the clinic about the advice on fonts?",
        "What was the outcome of the clinic about slow tiles?",
    ],
)
def test_nothing_is_told_of_what_is_asked_otherwise_or_not_there(clinics: Memory, question: str) -> None:
    assert told(clinics, question) == []


def test_nothing_is_told_where_two_sessions_may_be_meant(clinics: Memory) -> None:
    again = (Segment("Embed them again, and the bold ones.", section="Advice", part="advice"),)
    put(clinics, Record("g", "session", "fonts", again, date(2025, 5, 1), format="clinic"))
    assert told(clinics, "What did they advise in the clinic about fonts in May 2025?") == [
        "Embed them again, and the bold ones."
    ]
    assert told(clinics, "What did they advise in the clinic about fonts?") == []
