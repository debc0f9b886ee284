"""What notes and documents share."""

from datetime import date
from pathlib import PurePath

import pytest

from ingest.pages import Piece
from ingest.pages.dates import find_date, readable
from ingest.pages.markdown import parse, split_front_matter
from ingest.pages.text import cuts, decode, split


def texts(markdown: str) -> list[str]:
    return [piece.text for piece in parse(markdown).pieces]


def test_marks_go_and_words_stay() -> None:
    assert texts(
        "- [x] **Bold** _it_ [label](http://x) ![pic](p.png) `a*b` ~~old~~ http://y.org <!-- no --> <b>b</b>"
    ) == ["Bold it label `a*b` ~~old~~ http://y.org b"]


def test_generics_outside_of_backticks_are_no_tags() -> None:
    assert texts("A Vec<T> holds <u>all</u>.") == ["A Vec<T> holds all."]


def test_headings_make_a_path_without_the_title() -> None:
    page = parse("# Title\nIntro.\n## A\n### B\nDeep.\n## C\nFlat.\n")
    assert page.title == "Title"
    assert [(p.headings, p.text) for p in page.pieces] == [
        ((), "Intro."),
        (("A", "B"), "Deep."),
        (("C",), "Flat."),
    ]


def test_a_first_heading_that_is_a_usual_section_is_no_title() -> None:
    assert parse("# Attendees\n- Ana\n").title == ""


def test_short_code_joins_the_paragraph_that_introduces_it() -> None:
    assert texts("Run this:\n\n```sh\nmake\n```\n\nDone.\n\n```\nx\n```\n") == [
        "Run this:\n```sh\nmake\n```",
        "Done.",
        "```\nx\n```",
    ]


def test_list_pieces_know_their_depth_and_item() -> None:
    first, nested, more = parse("- a\n    - b\n\n    c\n").pieces
    assert first == Piece("a", depth=1, opens=True)
    assert nested == Piece("b", depth=2, opens=True)
    assert more == Piece("c", depth=1)


def test_the_box_of_an_item_is_told_and_not_in_the_text() -> None:
    said = [
        (p.text, p.checked) for p in parse("- [x] Ana\n- [ ] Bo\n  - [X] Cy\n- Dee [ ]\n- [z] no\n").pieces
    ]
    assert said == [("Ana", True), ("Bo", False), ("Cy", True), ("Dee [ ]", None), ("[z] no", None)]


def test_lines_with_boxes_are_items_without_their_bullets() -> None:
    assert parse("Here:\n[x] Ana\n[ ] Bo\n").pieces == (
        Piece("Here:"),
        Piece("Ana", depth=1, opens=True, checked=True),
        Piece("Bo", depth=1, opens=True, checked=False),
    )


def test_a_table_keeps_its_cells() -> None:
    (piece,) = parse("| who | there |\n|---|---|\n| ~~Ana~~ | [x] |\n").pieces
    assert piece.rows == (("who", "there"), ("~~Ana~~", "[x]"))
    assert piece.text == "who | there\n~~Ana~~ | [x]"


def test_a_small_table_is_one_piece_and_a_large_one_repeats_its_header() -> None:
    assert texts("| a | b |\n|---|---|\n| 1 | 2 |\n") == ["a | b\n1 | 2"]
    wide = "x" * 500
    assert texts(f"| a | b |\n|---|---|\n| 1 | {wide} |\n| 2 | {wide} |\n") == [
        f"a | b\n1 | {wide}",
        f"a | b\n2 | {wide}",
    ]


def test_wrapped_lines_join_but_labelled_lines_stay() -> None:
    assert texts("One\ntwo\nDate: today\n") == ["One two\nDate: today"]


def test_indented_lines_of_plain_text_are_no_code() -> None:
    assert [p.text for p in parse("One.\n\n    Two.\n", prose=True).pieces] == ["One.", "Two."]


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    assert split_front_matter("---\n\nText.\n") == ({}, "---\n\nText.\n")


def test_long_text_is_cut_between_sentences_then_words() -> None:
    assert split("One two. Three four. Five.", 21) == ["One two. Three four.", "Five."]
    assert split("aaaa bbbb cccc", 10) == ["aaaa bbbb", "cccc"]
    assert split("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]
    assert cuts("One. Two.", 5) == [(0, 4), (5, 9)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019.04.18", date(2019, 4, 18)),
        ("call 2026-04-2 - notes", date(2026, 4, 2)),
        ("12 March 2025", date(2025, 3, 12)),
        ("12th of March, 2025", date(2025, 3, 12)),
        ("Mar 12, 2025", date(2025, 3, 12)),
        ("20250312-sync", date(2025, 3, 12)),
        ("12.03.2025", date(2025, 3, 12)),
        ("2025-13-01 then 2025-12-01", date(2025, 12, 1)),
        ("03/04/2025", None),
        ("version 1.2.3", None),
    ],
)
def test_dates_are_found_in_the_ways_people_write_them(text: str, expected: date | None) -> None:
    assert find_date(text) == expected


def test_file_names_become_titles() -> None:
    assert readable(PurePath("2020-01-06-Pin-unsoundness.md")) == "Pin unsoundness"
    assert readable(PurePath("triage-meeting/2019.10.10.md")) == "Triage meeting 2019-10-10"
    assert readable(PurePath("deploy_guide.pdf")) == "Deploy guide"


def test_text_is_decoded_by_a_plain_rule() -> None:
    assert decode(b"\xef\xbb\xbfa\r\nb") == "a\nb"
    assert decode("é".encode("utf-16")) == "é"
    assert decode(b"caf\xe9") == "café"
