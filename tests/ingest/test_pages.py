"""What notes and documents share."""

from __future__ import annotations

import re
import time
from datetime import date
from itertools import pairwise
from pathlib import Path, PurePath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import pages
from ingest.pages import Page, Piece, markdown
from ingest.pages.dates import find_date, only_date, readable
from ingest.pages.markdown import parse, split_front_matter
from ingest.pages.page import clean, table
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


def test_code_below_a_table_stays_apart() -> None:
    assert texts("|a|b|\n|---|---|\n|run|this:|\n\n```\nx\n```\n") == ["a | b\nrun | this:", "```\nx\n```"]


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


def test_columns_that_a_row_leaves_empty_are_left_out_of_its_piece_and_a_long_header_stands_alone() -> None:
    long, header = "x" * 900, "y" * 700
    assert [p.rows for p in table([["a", "b", "c"], ["1", "", long], ["", "2", ""]])] == [
        (("a", "c"), ("1", long)),
        (("b",), ("2",)),
    ]
    assert [p.text for p in table([["a", header], ["1", long]])] == [f"a | {header}", f"1 | {long}"]


def test_wrapped_lines_join_but_labelled_lines_and_breaks_made_on_purpose_stay() -> None:
    assert texts("One\ntwo\nDate: today\n") == ["One two\nDate: today"]
    long = "For the finance meeting we need one number, so print the lower end of the"
    assert texts(f"- {long}\n  range, and say so: it's that\n") == [f"{long} range, and say so: it's that"]
    two = "**Decision 4: the line.** Every chart that leaves its team carries a"
    assert texts(f"{two}\nsource line: source and date.\n") == [
        f"{two.replace('*', '')} source line: source and date."
    ]
    assert texts(f"{long}\nnext step: Ana prints\n") == [f"{long}\nnext step: Ana prints"]
    apart = (
        f"We met\nwho was there: Ana\nbo: {long}\nana: yes\nlast but one: {long}.)\njan van dijk: same here"
    )
    assert texts(f"{apart}\n") == [apart]
    assert texts("One  \ntwo\\\nthree<br>four\nfive\n") == ["One\ntwo\nthree\nfour five"]
    (piece,) = parse("|who|\n|---|\n|Ana<br>Bo|\n").pieces
    assert (piece.text, piece.rows) == ("who\nAna Bo", (("who",), ("Ana\nBo",)))


def test_bullets_that_are_no_markdown_make_items() -> None:
    assert [(p.text, p.depth) for p in parse("We need:\n• tea\n• • cake\n", prose=True).pieces] == [
        ("We need:", 0),
        ("tea", 1),
        ("cake", 1),
    ]


def test_what_html_strikes_out_or_hides_in_markdown() -> None:
    assert texts("<s>Ana</s> <del>Bo</del> Cy <!-- no -->\n\n<p><strike>Di</strike></p>\n") == [
        "~~Ana~~ ~~Bo~~ Cy",
        "~~Di~~",
    ]


def test_what_google_docs_escapes_and_attaches_is_plain() -> None:
    page = parse(
        "# **Clinic**\n\n1\\. C\\# \\- [Ana](mailto:a@x.org) ![][i]\n\n[i]: <data:image/png;base64,iVBOR=>\n"
    )
    assert (page.title, [p.text for p in page.pieces]) == ("Clinic", ["1. C# - Ana"])


def test_indented_lines_of_plain_text_are_no_code() -> None:
    assert [p.text for p in parse("One.\n\n    Two.\n", prose=True).pieces] == ["One.", "Two."]


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    assert split_front_matter("---\n\nText.\n") == ({}, "---\n\nText.\n")


def test_front_matter_is_yaml_or_lines_of_it_without_references() -> None:
    assert split_front_matter("---\ntitle: Clinic: caching\n---\nText.\n") == (
        {"title": "Clinic: caching"},
        "Text.\n",
    )
    assert split_front_matter("---\nTitle: x\npeople: [a, b]\n---\n") == (
        {"title": "x", "people": ["a", "b"]},
        "",
    )
    bomb = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in pairwise("abcdefghijklmnop"))
    front, _ = split_front_matter(f"---\n{bomb}---\n")
    assert front["p"] == "&p [*o, *o]"


def test_front_matter_as_long_as_a_text_is_a_text() -> None:
    text = f"---\n{'a: b' * 20_000}\n---\nText.\n"
    assert split_front_matter(text) == ({}, text)


def test_what_nobody_wrote_leaves_no_page() -> None:
    piece = Piece("a\0\ud800b\u200b", ("h\x1f", "\0"), location="p\0", rows=(("a\0",),))
    page = clean(
        Page({"k\0": ["v\0", {"n": "\udfff"}]}, "t\0", (piece, Piece("\0")), problems=(("p\0", "r"),))
    )
    clear = Piece("ab", ("h",), location="p", rows=(("a",),))
    assert page == Page({"k": ["v", {"n": ""}]}, "t", (clear,), problems=(("p", "r"),))


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
    assert (
        readable(PurePath("caf\udce9 menu.md")) == "Caf? menu"
    )  # a name in another encoding, as Linux gives it
    assert readable(PurePath("Chart clinic 0123456789abcdef0123456789abcdef.md")) == "Chart clinic"


def test_a_date_that_stands_alone_is_told_from_one_in_a_sentence() -> None:
    assert only_date("12 March 2025") == only_date("(2025-03-12)") == date(2025, 3, 12)
    assert only_date("By 12 March 2025") is None


def test_text_is_decoded_by_a_plain_rule() -> None:
    assert decode(b"\xef\xbb\xbfa\r\nb") == "a\nb"
    assert decode("é".encode("utf-16")) == "é"
    assert decode(b"caf\xe9") == "café"


JAPANESE = "会議のメモ：次回の勉強会について、田中さんと鈴木さんが話しました。グラフの色を決める。"
RUSSIAN = "Заметки встречи: обсудили резервное копирование и графики, решили собраться снова в мае."
GERMAN = "Protokoll: Größe der Grafiken, nächste Übung für die Gruppe. Müller fragt, was zu tun ist."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (JAPANESE, "shift_jis"),
        (JAPANESE, "utf-16-le"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (GERMAN, "cp1252"),
        (GERMAN, "latin-1"),
        (GERMAN, "utf-16-be"),
        (GERMAN, "utf-16-le"),
    ],
)
def test_old_encodings_are_guessed_where_there_is_enough_to_guess_from(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_what_is_no_text_says_so() -> None:
    for content, reason in [
        (b"\x81\x8d", "not text in UTF-8"),
        (b"a\0b", "has NUL characters"),
        (b" ", "is empty"),
    ]:
        with pytest.raises(ValueError, match=reason):
            decode(content)


# What goes wrong


def test_a_file_that_is_too_large_is_not_even_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "LARGEST_TEXT", 1_000_000)
    path = tmp_path / "a.md"
    path.write_bytes(b"a" * 1_000_001)
    with pytest.raises(ValueError, match="larger than 1 MB"):
        pages.read(path)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        "[a](b" * 40_000,
        "![" * 100_000,
        ("[" * 900 + "\n\n") * 20,
        ">" * 200_000,
        "* " * 100_000 + "a",
        "> - " * 50_000 + "a",
        "*a_ " * 20_000,
        "**a" * 20_000,
        "`a``b```" * 20_000,
        "".join("e" + "`" * i for i in range(600)),
        "<!-- " * 40_000,
        "<" * 100_000,
        "a <![CDATA[" * 5_000,
        "[a]: u\n" * 20_000,
        "|" * 200 + "\n" + "|-" * 199 + "|\n" + "|\n" * 2_000,
        "a|" * 20_000 + "\n" + "-|" * 20_000,
        "a\xa0" * 200_000,
        "---\n" + "a: [\n" * 100_000,
        "---\na: " + "[" * 60_000 + "\n---\n",
        "a" * 2_000_000,
        "<s>" * 50_000,
    ],
    ids=lambda text: text[:12],
)
def test_markdown_that_means_harm_is_over_in_seconds(text: str) -> None:
    started = time.process_time()
    clean(parse(text))
    assert time.process_time() - started < 5


def test_a_text_of_nothing_but_items_is_refused_before_it_fills_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(markdown, "MOST_PIECES", 100)
    with pytest.raises(ValueError, match="split it into smaller files"):
        parse("- a\n" * 101)


def test_a_long_text_reads_the_same_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "# T\n\n" + "".join(f"## {i}\n\nOne.\n\n- a\n\n  b\n\n```\n\n# x\n```\n\n" for i in range(50))
    whole = parse(text)
    monkeypatch.setattr(markdown, "SLICE", 100)
    assert parse(text) == whole


MARKS = st.sampled_from(
    [*"*_`[]()<>!#|-+~:\\\n\n\t >&;=", "[x] ", "- ", "```\n", "a", "1. ", "<s>", "\0", "\ud800"]
)


@settings(deadline=None)
@given(st.lists(MARKS, max_size=40).map("".join) | st.text(max_size=60), st.booleans())
def test_any_markdown_is_a_page(text: str, prose: bool) -> None:
    page = clean(parse(text, prose))
    for piece in page.pieces:
        assert piece.text.strip() == piece.text != ""
        assert not re.search("[\0\ud800-\udfff]", piece.text + "".join(piece.headings) + page.title)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_text_or_none(content: bytes) -> None:
    try:
        text = decode(content)
    except ValueError as error:
        assert str(error)
        return
    assert "\0" not in text
    assert text.strip()
