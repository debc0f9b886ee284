"""What kind of thing a question wants to be told."""

from __future__ import annotations

from datetime import date

import pytest

from copassist.records import Hit, Part, Person, RecordSummary, StoredSegment
from copassist.wanted import Wanted, defines, names_in, parts_wanted, tells, wanted

NOW = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("Who took over the kernels?", {"person"}),
        ("Which newcomer took over the kernels, and how many are there?", {"person", "figure"}),
        ("By how many percent is it faster?", {"figure"}),
        ("When was the first clinic?", {"time"}),
        ("Since when do we meet on Fridays?", {"time"}),
        ("When I cache tiles, what breaks?", set()),
        ("How do we cache tiles?", set()),
    ],
)
def test_some_questions_name_the_kind_of_thing_they_ask_for(question: str, kinds: set[Wanted]) -> None:
    assert wanted(question) == kinds


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        ("person", "Then bo took it on.", True),
        ("person", "Ask @cyfox about it.", True),
        ("person", "Then somebody took it on.", False),
        ("figure", "About a dozen people came.", True),
        ("figure", "It is done once a week.", True),
        ("figure", "It went well and people loved it.", False),
        ("time", "We agreed on it in May 2024.", True),
        ("time", "It meets on Wednesdays.", True),
        ("time", "We agreed on it.", False),
    ],
)
def test_a_sentence_tells_such_a_thing_or_not(kind: Wanted, text: str, told: bool) -> None:
    assert tells(kind, text, frozenset({"bo", "lind"}), NOW) == told


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("What was advised about tiles?", {"advice"}),
        ("What did Ana and Bo recommend for tiles?", {"advice"}),
        ("what advice did they give?", {"advice"}),
        ("What was the outcome of the tile clinic, and what are the next steps?", {"outcome", "next-step"}),
        ("What did we decide about tiles?", {"decision"}),
        ("What has been decided about tiles?", {"decision"}),
        ("How do we show the results of a survey?", set()),
        ("What is the recommended line width?", set()),
        ("How do we decide on colours?", set()),
        ("Who draws the decision tree charts?", set()),
        ("Who was at “Review: the decision on borders”?", set()),
    ],
)
def test_some_questions_name_the_part_of_the_notes_they_ask_for(question: str, parts: set[Part]) -> None:
    assert parts_wanted(question) == parts


@pytest.mark.parametrize(
    ("question", "text", "told"),
    [
        ("What does stale mean?", "Stale: older than a day.", True),
        ("what's a likely range", "Likely range – an interval of 80 %.", True),
        ("What does “likely range” stand for?", "A likely range is an interval.", True),
        ("What are stewards?", "Stewards are who look after a topic.", True),
        ("What does stale mean?", "A stale banner is shown.", False),
        ("What does stale mean?", "Stale banners are shown.", False),
        ("What is an SLO?", "An SLO is a promise to those who call.", True),
        ("What is an SLO?", "SLO (service level objective): what we promise.", True),
        ("What is Tessel?", "Tessel is down again, sorry.", False),
        ("What's new?", "News of the week.", False),
        ("Why is the banner stale?", "Stale: older than a day.", False),
        ("What is (?", "(: a bracket", False),
    ],
)
def test_a_glossary_says_what_a_word_means(question: str, text: str, told: bool) -> None:
    assert defines(question, text) == told


def test_the_names_are_those_of_who_spoke_or_had_a_role() -> None:
    segment = StoredSegment("s", 0, "x", speaker=Person(1, "Bo Lind", None, None))
    summary = RecordSummary("r", "session", "R", people=(Person(2, "Ana Diaz", "facilitator", None),))
    assert names_in([Hit(1, summary, (segment,), (), 1.0)]) == {"lind", "ana", "diaz"}
