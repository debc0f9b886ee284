"""What a terminal says of a quote."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from copassist.interchange import lead_text, place_text
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


def test_an_answer_says_before_a_quote_in_which_session_of_which_day_who_said_it() -> None:
    quote = replace(CITATION, speaker=BO)
    assert lead_text(quote) == "In the clinic of 12 March 2025, Bo Lind"
    assert lead_text(replace(quote, speaker=None, superseded_by="n")) == (
        "In the clinic of 12 March 2025 (replaced since)"
    )
    chat = replace(quote, kind="thread", format="", channel="#help", speaker=None)
    assert lead_text(chat) == "In #help, 12 March 2025"
    assert lead_text(replace(chat, kind="document", channel="", date=None)) == "In “Inks”"
