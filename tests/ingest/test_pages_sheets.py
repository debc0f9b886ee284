"""Tables in files of their own."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import pages
from ingest.pages import Page, Piece, sheets
from ingest.pages.page import clean
from tests.ingest.making import zipped

SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def xlsx(**content: Iterable[Iterable[object]]) -> Page:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in content.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    return sheets.xlsx(saved(book))


def csv(text: str, encoding: str = "utf-8") -> list[str]:
    return [piece.text for piece in sheets.csv(text.encode(encoding)).pieces]


def test_a_small_sheet_is_one_piece_below_its_name() -> None:
    rows = [
        ["Item", None, "Cost", "Day"],
        ["Tea", None, 3.5, datetime(2025, 3, 12)],
        [],
        ["Cake", None, 4.0, True],
    ]
    found = xlsx(Budget=rows, Empty=[], Members=[["name"], ["Ana"]])
    table, name, ana = found.pieces
    assert table.text == "Item | Cost | Day\nTea | 3.5 | 2025-03-12\nCake | 4 | yes"
    assert (table.headings, table.location) == (("Budget",), "sheet Budget")
    assert [(p.text, p.headings, p.location) for p in (name, ana)] == [
        ("name", ("Members",), "sheet Members, row 1"),
        ("Ana", ("Members",), "sheet Members, row 2"),
    ]
    assert found.headings == ("Budget", "Members")


def test_each_row_of_a_larger_sheet_is_a_piece_with_the_names_of_its_columns() -> None:
    long = "x" * 500
    found = xlsx(S=[["Our plan", None], [], ["who", "what", "when"], ["Ana", long, None], ["Bo", None, long]])
    assert [(p.text, p.location) for p in found.pieces] == [
        ("Our plan", "sheet S, row 1"),
        (f"who | what\nAna | {long}", "sheet S, row 4"),
        (f"who | when\nBo | {long}", "sheet S, row 5"),
    ]
    assert found.pieces[1].rows == (("who", "what"), ("Ana", long))


def test_formulas_say_the_value_they_had_and_hidden_sheets_say_nothing(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["sum", "of"])
    book.create_sheet("Secret").append(["no", "no"])
    book["Secret"].sheet_state = "hidden"
    cell = '<row r="1"><c r="A1"><f>1+2</f><v>3</v></c><c r="B1" t="inlineStr"><is><t>of</t></is></c></row>'
    sheet = f"<worksheet {SHEET}><sheetData>{cell}</sheetData></worksheet>"
    assert [
        piece.text for piece in sheets.xlsx(with_part(saved(book), "xl/worksheets/sheet1.xml", sheet)).pieces
    ] == ["3 | of"]


def with_part(content: bytes, name: str, part: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return zipped({**{n: archive.read(n) for n in archive.namelist()}, name: part})


def test_what_is_more_than_a_community_keeps_is_said_and_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    monkeypatch.setattr(sheets, "MOST_COLUMNS", 2)
    found = xlsx(A=[["a", "b"], [1, 2], [3, 4]], B=[["a", "b", "c"]])
    assert [piece.text for piece in found.pieces] == ["a | b\n1 | 2", "a | b"]
    assert found.problems == (
        ("sheet A", "only its first 2 rows are read; keep data elsewhere, or split it"),
        ("sheet B", "only its first 2 columns are read; keep data elsewhere, or split it"),
    )


def test_a_cell_far_away_costs_nothing() -> None:
    row = '<row r="{}"><c r="{}" t="inlineStr"><is><t>x</t></is></c></row>'
    rows = f"{row.format(1, 'A1')}{row.format(1048576, 'XFD1048576')}"
    sheet = f'<worksheet {SHEET}><dimension ref="A1:XFD1048576"/><sheetData>{rows}</sheetData></worksheet>'
    started = time.process_time()
    found = sheets.xlsx(with_part(saved(openpyxl.Workbook()), "xl/worksheets/sheet1.xml", sheet))
    assert time.process_time() - started < 5
    assert [p.text for p in found.pieces] == ["x"]
    left_out = "not read below row 200,002, as it is mostly empty; delete the empty rows"
    assert found.problems == (("sheet Sheet", left_out),)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("name;note\nAna;a, b\nBo;c\n", "utf-8"),
        ("name\tnote\nAna\ta, b\nBo\tc\n", "utf-16"),
        ("name|note\r\nAna|a, b\r\nBo|c\r\n", "utf-8-sig"),
        ('name,note\nAna,"a, b"\nBo,c\n', "cp1252"),
        ("sep=;\nname;note\nAna;a, b\nBo;c\n", "utf-8"),
    ],
)
def test_a_table_as_text_is_read_whatever_parts_its_cells(text: str, encoding: str) -> None:
    assert csv(text, encoding) == ["name | note\nAna | a, b\nBo | c"]


def test_an_old_german_table_keeps_its_umlauts() -> None:
    assert csv("Name;Ort\nJörg;Köln\n", "cp1252") == ["Name | Ort\nJörg | Köln"]


def test_a_quotation_mark_that_stays_open_is_said() -> None:
    with pytest.raises(ValueError, match="is a quotation mark open"):
        csv('a,b\n"' + "x,y\n" * 50_000)


@pytest.mark.parametrize("content", [b"no zip", zipped({"a": "b"}), zipped({"xl/workbook.xml": "<"})])
def test_a_broken_sheet_says_so(content: bytes) -> None:
    with pytest.raises(ValueError, match="open it and save it again"):
        sheets.xlsx(content)


def test_the_last_change_of_a_sheet_is_its_date(tmp_path: Path) -> None:
    core = '<p xmlns:dcterms="x"><dcterms:modified>2025-03-12T10:00:00Z</dcterms:modified></p>'
    path = tmp_path / "a.xlsx"
    path.write_bytes(with_part(saved(openpyxl.Workbook()), "docProps/core.xml", core))
    assert pages.read(path).file_date == date(2025, 3, 12)


@settings(deadline=None, max_examples=150)
@given(st.text(st.sampled_from("a\"',;|\t\n 1\u2610\x0b") | st.characters(), max_size=60))
def test_any_table_as_text_is_a_page_or_a_reason(text: str) -> None:
    try:
        found = clean(sheets.csv(text.encode("utf-8", "replace")))
    except ValueError as error:
        assert str(error)
        return
    assert all(piece.text.strip() == piece.text != "" for piece in found.pieces)


CELL = (
    st.none()
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.text(st.characters(categories=["L", "P", "Z"]))
)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.lists(CELL, max_size=4), max_size=6))
def test_each_cell_of_a_sheet_is_in_its_page(rows: list[list[object]]) -> None:
    found = clean(xlsx(S=rows))
    assert all(isinstance(piece, Piece) and piece.text for piece in found.pieces)
    said = "".join("".join(piece.text.split()) for piece in found.pieces)
    for cell in (
        cell for row in rows for cell in row if isinstance(cell, int) and not isinstance(cell, bool)
    ):
        assert f"{cell:.10g}"[:5] in said or str(cell)[:5] in said


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_a_sheet_with_some_bytes_changed_is_a_page_or_a_reason(data: st.DataObject) -> None:
    changed = bytearray(SMALL)
    for at in data.draw(st.lists(st.integers(0, len(SMALL) - 1), max_size=8)):
        changed[at] = data.draw(st.integers(0, 255))
    try:
        sheets.xlsx(bytes(changed))
    except ValueError as error:
        assert str(error)


_book = openpyxl.Workbook()
_book.active.append(["who", "what"])
SMALL = saved(_book)
