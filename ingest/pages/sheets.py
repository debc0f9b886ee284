"""Tables in files of their own (Excel, CSV), as pages: a piece for each row, below its header."""

from __future__ import annotations

import csv as csv_files
import datetime as dt
import io
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from ingest.pages import packed
from ingest.pages.office import properties_of
from ingest.pages.page import HARD, Page, Piece, paragraph, table
from ingest.pages.text import decode

MOST_ROWS = 5000
"""How many rows of a sheet are read: what has more is a data dump, not what a community knows."""
_EMPTY_ROWS = 200_000
"""After so many rows without text in one sheet, the rest isn't looked at."""

MOST_COLUMNS = 200
"""How many columns of a sheet are read."""

Row = tuple[int, list[str]]
"""The number of a row as the program shows it, and its cells."""


def xlsx(content: bytes) -> Page:
    """An Excel file, sheet by sheet, with the values that its formulas had when it was saved.

    Hidden sheets are left out. Raises ValueError with the reason when it is broken.
    """
    with packed.opened(content, "Excel") as parts:
        properties = properties_of(packed.text_of(parts, "docProps/core.xml"))
    pieces: list[Piece] = []
    problems: list[tuple[str, str]] = []
    try:
        for name, rows, left_out in _sheets(content):
            place = f"sheet {name}"
            pieces += _pieces(rows, Piece("", (name,), location=place), f"{place}, ")
            problems += [(place, left_out)] if left_out else []
    except Exception as error:  # openpyxl raises anything on a broken file
        raise packed.broken("Excel", error) from error
    return replace(
        properties,
        pieces=tuple(pieces),
        headings=tuple(dict.fromkeys(piece.headings[0] for piece in pieces)),
        problems=tuple(problems),
    )


def _sheets(content: bytes) -> Iterator[tuple[str, list[Row], str]]:
    """The name of each sheet that can be seen, its rows, and what of it is left out."""
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells what it doesn't keep: styles, checks of input
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                sheet.reset_dimensions()
                said = ([_said(value) for value in row] for row in sheet.values)
                yield str(sheet.title), *_first(enumerate(said, 1))


def csv(content: bytes) -> Page:
    """A table as text, its cells parted by commas, semicolons, tabs or bars.

    Raises ValueError with the reason when it is broken.
    """
    text = decode(content)
    stated = re.match(r"sep=(.)\n", text)
    text = text[stated.end() :] if stated else text
    cells = csv_files.reader(io.StringIO(text), delimiter=stated[1] if stated else _delimiter(text))
    first = 2 if stated else 1
    try:
        rows, more = _first(enumerate(cells, first))
    except csv_files.Error as error:
        place = cells.line_num + first - 1
        raise ValueError(
            f"no table that can be read ({error}, line {place:,}); is a quotation mark open?"
        ) from error
    pieces = tuple(_pieces(rows, Piece(""), ""))
    return Page(pieces=pieces, problems=(("", more),) if more else ())


def _first(rows: Iterable[tuple[int, Sequence[str]]]) -> tuple[list[Row], str]:
    """The rows with text, as much as is read, and what is left out, "" if nothing."""
    found: list[Row] = []
    left_out = ""
    for number, cells in rows:
        if any(cells[MOST_COLUMNS:]):
            left_out = f"only its first {MOST_COLUMNS} columns are read; keep data elsewhere, or split it"
        kept = [cell.strip() for cell in cells[:MOST_COLUMNS]]
        if any(kept) and len(found) == MOST_ROWS:
            return found, f"only its first {MOST_ROWS:,} rows are read; keep data elsewhere, or split it"
        if any(kept):
            found.append((number, kept))
        elif number - len(found) > _EMPTY_ROWS:
            return found, f"not read below row {number:,}, as it is mostly empty; delete the empty rows"
    return found, left_out


def _pieces(rows: Sequence[Row], piece: Piece, place: str) -> Iterator[Piece]:
    """Lines above the header as paragraphs, then the table without its empty columns."""
    used = sorted({i for _, cells in rows for i, cell in enumerate(cells) if cell})
    start = next((at for at, (_, cells) in enumerate(rows) if sum(map(bool, cells)) > 1), len(rows))
    for number, cells in rows[:start]:
        for said in paragraph(HARD.join("".join(cells).split("\n"))):
            yield replace(said, headings=piece.headings, location=f"{place}row {number}")
    below = [[cells[i] if i < len(cells) else "" for i in used] for _, cells in rows[start:]]
    yield from table(below, piece, [f"{place}row {number}" for number, _ in rows[start:]])


def _said(value: object) -> str:
    """A cell as a person reads it."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case dt.datetime() if value.time() == dt.time():
            return str(value.date())
        case dt.datetime():
            return value.isoformat(" ", "minutes")
        case float():
            return f"{value:.10g}"
    return str(value)


def _delimiter(text: str) -> str:
    """What parts the cells: with it, most of the first lines have as many cells as each other, and more than one."""

    def regular(delimiter: str) -> tuple[int, int]:
        start = io.StringIO(text[:20_000])
        widths = Counter(len(cells) for cells in islice(csv_files.reader(start, delimiter=delimiter), 30))
        width, lines = max(widths.items(), key=lambda found: (found[0] > 1, found[1]), default=(0, 0))
        return (lines if width > 1 else 0, width)

    return max(",;\t|", key=regular)
