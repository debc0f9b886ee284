"""PDF files: sections, paragraphs, and what is said of pages that can't be read."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.pages import Piece
from ingest.pages import pdf as reader
from ingest.pages.page import clean
from ingest.pages.pdf import paragraphs
from tests.ingest.making import pdf

SCAN = "no text in it (a scan?); run text recognition (OCR) on it, or find its source"


def test_the_outline_gives_sections_where_their_headings_stand() -> None:
    outline = [("Backups", 0), ("Restoring", 0), ("Contacts", 1)]
    first = ["Handbook of 2025.", "1. Backups", "Every night.", "2 RESTORING", "Ask Ana."]
    found = reader.pdf(pdf(first, ["Ana is the one."], outline=outline))
    assert [(p.headings, p.text, p.location) for p in found.pieces] == [
        ((), "Handbook of 2025.", "page 1"),
        (("Backups",), "Every night.", "page 1"),
        (("Restoring",), "Ask Ana.", "page 1"),
        (("Contacts",), "Ana is the one.", "page 2"),
    ]
    assert (found.title, found.headings) == ("", ("Backups", "Restoring", "Contacts"))


def test_an_outline_with_one_root_names_the_title() -> None:
    found = reader.pdf(pdf(["Handbook", "Every night."], outline=[("Handbook", 0)]))
    assert (found.title, found.pieces) == ("Handbook", (Piece("Every night.", block=1, location="page 1"),))


def test_lines_with_a_label_stay_lines_and_bullets_are_items() -> None:
    lines = ["Date: 12 March 2025", "Attendees: Ana and", "Bo", "- tea", "- cake that", "is warm"]
    assert [(p.text, p.depth) for p in reader.pdf(pdf(lines)).pieces] == [
        ("Date: 12 March 2025\nAttendees: Ana and Bo", 0),
        ("tea", 1),
        ("cake that is warm", 1),
    ]


def test_a_line_of_a_table_of_contents_is_left_out() -> None:
    assert [p.text for p in reader.pdf(pdf(["1 Backups . . . . . . . . 3", "Backups run."])).pieces] == [
        "Backups run."
    ]


def test_the_file_says_title_author_and_date() -> None:
    found = reader.pdf(pdf(["x"], info="/Title(Handbook)/Author(Ana Diaz)/CreationDate(D:20250312101500Z)"))
    assert (found.file_title, found.file_author, found.file_date) == (
        "Handbook",
        "Ana Diaz",
        date(2025, 3, 12),
    )
    assert reader.pdf(pdf(["x"], info="/Title(Microsoft Word - a.docx)")).file_title == ""


@pytest.mark.parametrize(
    ("pages", "problems"),
    [
        ([["a"], [], [], [], ["b"]], (("pages 2-4", SCAN),)),
        ([["a"], [], ["b"], [], []], (("page 2", SCAN), ("pages 4-5", SCAN))),
        ([["a"], ["b"], [], ["c"]], ()),
    ],
)
def test_scanned_pages_are_told_but_not_the_odd_picture(
    pages: list[list[str]], problems: tuple[tuple[str, str], ...]
) -> None:
    assert reader.pdf(pdf(*pages, image=True)).problems == problems


def test_an_empty_page_is_no_scan() -> None:
    assert reader.pdf(pdf(["a"], [], [], [], [])).problems == ()


def test_a_file_of_scans_with_a_stamp_on_each_page_has_no_text() -> None:
    with pytest.raises(ValueError, match="a scan"):
        reader.pdf(pdf(*[["Scanned with Scanner 3"]] * 4))


def test_pages_with_a_stamp_alone_are_scans() -> None:
    pages = [["Text of the first page."], *[["Scanned with Scanner 3"]] * 3]
    assert reader.pdf(pdf(*pages)).problems == (("pages 2-4", SCAN),)


def test_a_word_that_a_line_cut_is_whole_again() -> None:
    assert list(paragraphs(["two pla-", "ces and se\u00ad", "Cond A-", "Team"])) == [
        "two places and seCond A-\nTeam"
    ]


def test_a_password_is_asked_for() -> None:
    encrypted = pdf(["x"]).replace(
        b"trailer<<", b"trailer<</Encrypt<</Filter/Standard/V 1/R 2/P -44/O(" + b"a" * 32 + b")/U(" + b"b" * 32 + b")>>"
        b"/ID[(0123456789abcdef)(0123456789abcdef)]"
    )  # fmt: skip
    with pytest.raises(ValueError, match="encrypted; save it without a password"):
        reader.pdf(encrypted)


def test_a_reader_that_dies_or_hangs_is_one_file_that_is_not_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real = sys.executable
    crash = tmp_path / "python"
    crash.write_text(f'#!/bin/sh\n"{real}" "$@" | head -n 2\nkill -SEGV $$\n')
    crash.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(crash))
    found = reader.pdf(pdf(["a"], ["b"], ["c"]))
    assert [piece.text for piece in found.pieces] == ["a"]
    assert found.problems == (("pages 2-3", "can't be read; open the file and save it again"),)
    crash.write_text("#!/bin/sh\nkill -SEGV $$\n")
    with pytest.raises(ValueError, match="broken PDF file"):
        reader.pdf(pdf(["a"]))
    monkeypatch.setattr(sys, "executable", real)
    monkeypatch.setattr(reader, "SECONDS", 0.001)
    with pytest.raises(ValueError, match="takes longer than"):
        reader.pdf(pdf(["a"]))


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.4\n",
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[2 0 R]/Count 99999999>>endobj"
        b" trailer<</Root 1 0 R>>",
        pdf(["a"])[:200],
    ],
)
def test_a_broken_file_says_so(content: bytes) -> None:
    with pytest.raises(ValueError, match="broken PDF file; open it and save it again"):
        reader.pdf(content)


@settings(deadline=None, max_examples=15)
@given(st.data())
def test_a_file_with_some_bytes_changed_is_a_page_or_a_reason(data: st.DataObject) -> None:
    changed = bytearray(SMALL)
    for at in data.draw(st.lists(st.integers(0, len(SMALL) - 1), max_size=8)):
        changed[at] = data.draw(st.integers(0, 255))
    try:
        found = clean(reader.pdf(bytes(changed)))
    except ValueError as error:
        assert str(error)
        return
    assert all(piece.text.strip() == piece.text != "" for piece in found.pieces)


SMALL = pdf(["Ana said:", "- tea", "Bo"], ["more"], outline=[("Bo", 0), ("x", 1)])


@given(st.lists(st.text(st.sampled_from("ab-•.: 1\u00ad") | st.characters(), max_size=12), max_size=12))
def test_no_letter_of_a_page_is_lost(lines: list[str]) -> None:
    def letters(text: str) -> str:
        return "".join(c for c in text if c.isalnum())

    assert letters("".join(paragraphs(lines))) == letters("".join(lines))
