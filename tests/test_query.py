from __future__ import annotations

from datetime import date

import pytest

from copassist.query import Period, also, corrected, doubtful, period

NOW = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("What was the clinic in March about?", date(2026, 3, 1), date(2026, 3, 31)),
        ("the clinic last December", date(2025, 12, 1), date(2025, 12, 31)),
        ("notes of 12 March 2025", date(2025, 3, 12), date(2025, 3, 12)),
        ("who checked in on December 12th, 2019?", date(2019, 12, 12), date(2019, 12, 12)),
        ("notes of 2025-07-09", date(2025, 7, 9), date(2025, 7, 9)),
        ("planning meeting Feb 2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("the November session this year", date(2026, 11, 1), date(2026, 11, 30)),
        ("last spring's design meeting", date(2026, 3, 1), date(2026, 5, 31)),
        ("the 31 February 2025 meeting", date(2025, 2, 1), date(2025, 2, 28)),
        ("winter 2024", date(2024, 12, 1), date(2025, 2, 28)),
        ("what did we decide in 2021 on colours", date(2021, 1, 1), date(2021, 12, 31)),
        ("the review in Q2 2026", date(2026, 4, 1), date(2026, 6, 30)),
        ("what was said last month", date(2026, 10, 1), date(2026, 10, 31)),
        ("what was said last week", date(2026, 10, 26), date(2026, 11, 1)),
    ],
)
def test_a_period_is_read_from_a_question(question: str, since: date, until: date) -> None:
    assert period(question, NOW) == Period(since, until)


@pytest.mark.parametrize(
    "question",
    [
        "May I start the axis at 70?",
        "This may be slow",
        "what broke with the 2021 edition",
        "the review in Q2",
        "notes of 2025-13-45",
        "Which colours are safe?",
        "We met in March 2025. " + "Then more happened. " * 20,
    ],
)
def test_what_names_no_time_has_no_period(question: str) -> None:
    assert period(question, NOW) is None


def test_an_acronym_is_searched_for_by_what_it_stands_for_and_the_other_way_round() -> None:
    acronyms = {"sroa": ("scalar", "replacement", "of", "aggregates")}
    assert also("What is SROA?", [], acronyms) == ["scalar", "replacement", "aggregates"]
    assert also("Two SROAs", [], acronyms) == ["scalar", "replacement", "aggregates"]
    assert also("scalar replacement of aggregates", [], acronyms) == ["sroa"]


def test_a_typo_is_searched_for_as_the_memorys_nearest_word() -> None:
    counts = {"palette": 3, "pallet": 9, "uncertainty": 2, "fonts": 4}
    assert corrected("palete", counts) == "palette"
    assert corrected("palle", counts) == "pallet"
    assert corrected("uncertanty", counts) == "uncertainty"
    assert corrected("fotns", counts) == "fonts"
    assert corrected("fants", counts) == "fonts"
    assert corrected("colur", {"color": 1, "dolur": 9}) == "color"
    assert corrected("tnofs", counts) == ""
    assert corrected("fonts", counts) == ""


def test_a_word_that_is_one_or_short_or_holds_digits_is_no_typo() -> None:
    assert doubtful("aviation palete fnt x86y palete", lambda word: word == "aviation") == ["palete"]
    assert also("palete", ["palette"], {}) == ["palette"]


def test_a_long_question_is_left_as_it_is() -> None:
    acronyms = {"ct": ("code", "trees")}
    for times, typos, added in ((40, ["palete"], ["code", "trees"]), (41, [], [])):
        question = "palete " * (times - 1) + "CT"
        assert doubtful(question, lambda word: False) == typos
        assert also(question, [], acronyms) == added
