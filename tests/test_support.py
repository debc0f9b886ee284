"""The checker: what speaks against a sentence, and what its quotes hold."""

from __future__ import annotations

import pytest

from copassist import support
from copassist.claims import figures, misplaced_figures, names, polarity, said_by
from copassist.support import Ground, Quote
from tests.fakes import WordEncoder

PEARS = Quote(
    "We ship 30 crates of green pears on Monday, not on Friday.", "Ana Diaz", "Fruit, 12 March 2025"
)
NOBODY = Quote("Bo Lind said that the cellar stays locked.", "", "House rules")
PEOPLE = frozenset({"ana", "diaz", "bo", "lind", "cy", "fox"})
GROUND = Ground(WordEncoder(), {}, PEOPLE)


def against(sentence: str, *quotes: Quote) -> list[str]:
    return list(support.objections(sentence, quotes or (PEARS,), PEOPLE))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,000 and 2.5 and 07", {"1000", "2.5", "7"}),
        ("three of twenty-five, thirty five, a dozen", {"3", "25", "35", "12"}),
        ("on 2025-03-12", {"2025", "march", "12"}),
        ("12 March 2025 or Mar", {"2025", "march", "12"}),
        ("one of them may march in x86", set()),
    ],
)
def test_figures_have_one_form(text: str, found: set[str]) -> None:
    assert figures(text) == found


def test_a_figure_that_no_quote_has_speaks_against_a_sentence() -> None:
    assert against("We ship thirty crates of green pears.") == []
    assert against("We ship 40 crates of green pears.") == ["no quote has 40"]
    assert against("On 12 March 2025 thirty crates of pears were shipped.") == []


def test_a_figure_is_looked_up_where_it_is_said() -> None:
    quotes = "The red boxes weigh 4 kilos each when full. " + "Then nothing happens at all here. " * 3
    assert misplaced_figures("Boxes weigh 4 kilos.", quotes + "Vans carry 9 crates.") == ""
    assert misplaced_figures("Boxes weigh 9 kilos.", quotes + "Vans carry lorries with 9 crates.") == "9"


def test_a_name_that_no_quote_has_speaks_against_a_sentence() -> None:
    assert against("Green pears go to Oslo.") == ["no quote names oslo"]
    assert against("Cy ships green pears.") == ["no quote names cy"]
    assert against("Ana ships green pears on Monday.") == []
    assert against("Pears ship on Monday, by `run_all`.") == ["no quote names run"]


def test_names_are_what_is_capitalised_within_a_sentence_and_code() -> None:
    assert names("Pears and Oslo on the LCD, says X.", frozenset()) == {"oslo", "lcd", "x"}
    assert names("So ana_b uses camelCase in March.", frozenset()) == {"ana", "b", "camelcase"}
    assert names("Cy came.", frozenset({"cy"})) == {"cy"}


@pytest.mark.parametrize(
    ("sentence", "turned"),
    [
        ("We ship pears on Friday.", "fridai"),
        ("We don't ship pears on Monday.", "pear, ship"),
        ("We never ship crates.", "crate, ship"),
    ],
)
def test_what_the_quotes_deny_or_affirm_is_not_turned_round(sentence: str, turned: str) -> None:
    assert against(sentence) == [f"the quotes say the contrary of {turned}"]


def test_a_contrary_is_a_denial() -> None:
    up = Quote("Costs increase when the valve is safe.")
    assert against("Costs decrease.", up) == ["the quotes say the contrary of increas"]
    assert against("Costs do not decrease.", up) == []
    assert against("The valve is unsafe.", up) == ["the quotes say the contrary of safe"]


def test_not_only_denies_nothing() -> None:
    assert polarity("Not only pears, no doubt.", frozenset()) == {"pear": {True}}


def test_words_are_whose_the_quote_says_they_are() -> None:
    assert against("Ana said that green pears ship on Monday.") == []
    both = (PEARS, NOBODY)
    assert against("Bo said that green pears ship on Monday.", PEARS, Quote("Yes, Bo, we do.", "Cy Fox")) == [
        "not the words of bo"
    ]
    assert against("Bo said that the cellar stays locked.", *both) == []


def test_who_is_said_to_have_said_it() -> None:
    assert said_by("Ana Diaz suggested pears.", PEOPLE) == [("ana", "diaz")]
    assert said_by("According to Bo, pears rot.", PEOPLE) == [("bo",)]
    assert said_by("It was proposed by Cy Fox.", PEOPLE) == [("cy", "fox")]
    assert said_by("Members agreed on pears.", PEOPLE) == []


def test_an_address_must_stand_in_a_quote() -> None:
    assert against("See https://pears.example/x.", Quote("See https://pears.example/x now.")) == []
    assert "no quote has that address" in against("See https://evil.example/?q=pears.")


def test_coverage_and_likeness_are_shares_of_the_words_weighted_by_rarity() -> None:
    # "crates" and "pears" stand in the quote (2 + 1 of 6); "grapes" (3) is like "green" as a whole, by its letter.
    ground = Ground(WordEncoder(), {"crate": 2.0, "pear": 1.0, "grape": 3.0}, PEOPLE)
    assert support.features("Crates with pears and grapes.", [PEARS], ground) == (0.5, 1.0)
    # "lemons" begins with the letter of no word of the quote but "Lind", who isn't in it.
    ground = Ground(WordEncoder(), {"crate": 2.0, "pear": 1.0, "lemon": 3.0}, PEOPLE)
    assert support.features("Crates with pears and lemons.", [PEARS], ground) == (0.5, 0.5)


def test_the_quotes_chosen_are_the_nearest_and_what_adds_to_it() -> None:
    quotes = [
        Quote("Lemons rot."),
        Quote("Green pears ship."),
        Quote("Pears."),
        Quote("The van leaves early."),
    ]
    chosen = support.choose(
        "Green pears ship and the van leaves early.", quotes, [0.1, 0.6, 0.5, 0.3], GROUND
    )
    assert chosen == [1, 3]


def test_where_a_sentence_says_who_said_it_the_quotes_are_theirs_alone() -> None:
    quotes = [
        Quote("Green pears ship.", "Bo Lind"),
        Quote("Pears rot.", "Cy Fox"),
        Quote("Lemons.", "Cy Fox"),
    ]
    assert support.choose("Cy said that green pears ship.", quotes, [0.9, 0.4, 0.1], GROUND) == [1]
    assert support.choose("Ana said that green pears ship.", quotes, [0.9, 0.4, 0.1], GROUND) == [0]


def test_no_quote_is_no_support() -> None:
    assert not support.check("Pears ship.", [], GROUND).holds
    assert support.choose("Pears ship.", [], [], GROUND) == []


def test_the_words_of_a_quote_hold_and_what_it_does_not_say_does_not() -> None:
    assert support.check("We ship 30 crates of green pears on Monday.", [PEARS], GROUND).holds
    strange = "Ripe lemons need warm cellars in winter."
    assert not support.check(strange, [PEARS], GROUND).holds
    assert not support.check("We ship 31 crates of green pears on Monday.", [PEARS], GROUND).holds
