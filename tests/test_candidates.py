"""Which sentences can be part of an answer."""

from __future__ import annotations

import pytest

from copassist.candidates import coverage, says_something


@pytest.mark.parametrize(
    "text",
    [
        "Use the wide gamma kernel.",
        "The steps are as follows:",
        "```\nlk cache\n```",
        "Tile server | Ana Diaz | Berlin office",
        "Team: Maps and charts; Contact: Ana Diaz",
    ],
)
def test_statements_announcements_code_and_rows_of_tables_can_answer(text: str) -> None:
    assert says_something(text)


@pytest.mark.parametrize(
    "text",
    [
        "Which kernel is the wide one?",
        "Open: which kernel do we use",
        "[A link](https://example.org) to the notes of the day",
        "Gamma kernel",
        "mean | 0.3% | N/A | 2",
    ],
)
def test_questions_links_crumbs_and_figures_alone_cannot(text: str) -> None:
    assert not says_something(text)


def test_coverage_is_the_share_of_the_questions_words_by_weight() -> None:
    assert coverage({"gamma": 3.0, "kernel": 1.0}, "Gamma rays") == 0.75
    assert coverage({}, "Gamma rays") == 0.0
