"""What a terminal says of a quote."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from copassist.interchange import place_text
from copassist.records import Citation, Person

ANA, BO = Person(1, "Ana Diaz"), Person(2, "Bo Lind", "facilitator")
CITATION = Citation(
    1,
    "answer",
    "r1",
    "s1",
    "session",
    "clinic",
    "Inks",
    date(2025, 3, 12),
    (BO,),
    "Dry it.",
    section="Outcome",
)


def test_a_quote_is_of_whom_the_source_says_it_is_and_of_nobody_else() -> None:
    assert place_text(CITATION) == "Clinic, “Inks”, 12 March 2025, Outcome"
    assert place_text(replace(CITATION, speaker=ANA)) == "Clinic, “Inks”, 12 March 2025, Outcome, Ana Diaz"
