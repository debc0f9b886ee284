"""What every format becomes: a page of pieces that can be quoted.

What the shape promises, whatever the format:

- The words of a file in its order. Titles and headings are no pieces; every other line of text is in one.
- No text is empty, has outer white space, or holds NUL or a lone surrogate.
- Marks of bold, italics and links are gone and their words stay. What is struck through stands between ~~ and ~~
  (a whole item, a name in a list, a cell), inline code between backticks, a block of code in a fence.
- "\\n" in a text parts lines that the source parts: at a line break made on purpose, before a label and a colon,
  between the rows of a table, in code. Lines that were only wrapped are joined.
- The box at the start of an item of a check-list isn't in its text: `checked` says it. In a cell it is "[x]" or "[ ]".
- A table is one piece with all its rows where it is short, else one piece for each row below its header. `rows`
  has the cells of that piece, the header first, with "\\n" between the lines of a cell; its text is the same, cells
  joined by " | ", a row a line.
- What nobody sees isn't there: comments, hidden elements, deleted text of tracked changes, scripts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import repeat
from typing import Any

LONGEST = 4000
"""No segment is longer than this many characters."""
SHORT = 900
"""List items with what is nested in them stay one segment up to this many characters."""
LONGEST_HEADER = 600
"""A first row longer than this many characters names no columns, and isn't repeated above each row."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, list item, table part or code block, cleaned for reading.

    `headings` are those above it, outermost first, without the title. `depth` is 0 outside of
    lists, 1 in a top-level item; `opens` marks the first piece of a list item; pieces with the same
    `block` come from one top-level block. `quoted` marks a block quote, `code` a fenced block that
    no paragraph introduces. `location` is where to look: "page 3", "slide 4", "sheet Budget, row 12", "" in
    Markdown. `checked` says whether the box of the item that this piece opens is ticked, None without a box.
    `rows` are the cells of a table, () for anything else.
    """

    text: str
    headings: tuple[str, ...] = ()
    depth: int = 0
    block: int = 0
    opens: bool = False
    quoted: bool = False
    code: bool = False
    location: str = ""
    checked: bool | None = None
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A text of any format, parsed. `title` is its title heading, "" without one; `front` its front matter.

    `file_title`, `file_date` and `file_author` are what the file's properties say; they count where the text says
    nothing.
    `problems` are the places that couldn't be read, with the reason ("page 3", "the page can't be read").
    """

    front: dict[str, Any] = field(default_factory=dict)
    title: str = ""
    pieces: tuple[Piece, ...] = ()
    headings: tuple[str, ...] = ()
    file_title: str = ""
    file_date: date | None = None
    file_author: str = ""
    problems: tuple[tuple[str, str], ...] = ()


USUAL_SECTION = re.compile(
    r"(?:attend|participants|present$|notes$|agenda$|action|next steps?|problem|advice|outcomes?|decisions?|"
    r"results?|resolution|summary$|introduction$|overview$|table of contents|updates?$|announcements?$)",
    re.IGNORECASE,
)


HARD = "\v"
"""A line break that the source makes on purpose; "\\n" is one that may only wrap a line."""
_BOX = re.compile(r"(?:\[([ xX])\]|([\u2610-\u2612]))(?:\s+|$)")
_BULLET = re.compile(r"(?:[•·▪◦‣●○■]\s+)+")
_LABEL = re.compile(r"@?[A-Za-z][^:\n]{0,38}:(?:\s|$)")
_GOES_ON = re.compile(r"(?!(?:next|action|open|follow|to)\b)[a-z][^:\s]*(?:\s+[^:\s]+)+:")
"""What looks like a label and is the rest of a sentence, where the line above doesn't end one."""
_ENDS = (".", "!", "?", ":", ";")
_WRAPPED = 60
"""A line that was wrapped has at least so many characters."""


def lines(text: str) -> list[str]:
    """The lines of running text: wrapped ones joined, but for those that begin with a label, a box or a bullet."""
    found: list[list[str]] = []
    for hard in text.split(HARD):
        fresh = True
        for line in hard.split("\n"):
            if bare := re.sub(r"[ \t\xa0]+", " ", line).strip():
                if fresh or _labelled(bare, found[-1][-1]) or _BOX.match(bare) or _BULLET.match(bare):
                    found.append([])
                found[-1].append(bare)
                fresh = False
    return [" ".join(wrapped) for wrapped in found]


def _labelled(line: str, above: str) -> bool:
    """Whether a line begins with a label, such as a name, rather than going on with what the line above it says."""
    ended = len(above) < _WRAPPED or above.rstrip("\"')]*_”’").endswith(_ENDS)
    return bool(_LABEL.match(line)) and (ended or not _GOES_ON.match(line))


def paragraph(text: str, depth: int = 0) -> Iterator[Piece]:
    """Running text as one piece, but that lines with a box or a bullet are items of a list, however they got there."""
    running: list[str] = []
    for line in [*lines(text), "[ ]"]:
        said, checked = unboxed(_BULLET.sub("", line, count=1) if _BULLET.match(line) else line)
        if said == line:
            running.append(line)
            continue
        if running:
            yield Piece("\n".join(running), depth=depth)
        running = []
        if said:
            yield Piece(said, depth=max(depth, 1), opens=True, checked=checked)


def unboxed(text: str) -> tuple[str, bool | None]:
    """`text` without the box of a check-list that it begins with, and whether that is ticked; None without one."""
    found = _BOX.match(text)
    if not found:
        return text, None
    return text[found.end() :], (found[1] or found[2]) not in " \u2610"


def _with_box(line: str) -> str:
    """A line of a cell, its box as Markdown writes it: whether it is ticked is all that some cells say."""
    bare, checked = unboxed(line)
    return line if checked is None else f"[{'x' if checked else ' '}] {bare}".rstrip()


def table(
    rows: Iterable[Sequence[str]], piece: Piece = Piece(""), places: Sequence[str] = ()
) -> Iterator[Piece]:
    """The rows of a table as pieces like `piece`: one if short, else one for each row below the first.

    In the second case each has the first row, which names the columns, above it, and its columns are those in which
    the row says something; `places` are the locations of the rows. Empty rows are left out.
    """
    cells = [tuple("\n".join(_with_box(line) for line in lines(cell)) for cell in row) for row in rows]
    found = [
        (row, place) for row, place in zip(cells, places or repeat(piece.location), strict=False) if any(row)
    ]
    if sum(len(cell) + 3 for row, _ in found for cell in row) <= SHORT or len(found) == 1:
        yield from [_part(piece, [row for row, _ in found])] if found else []
        return
    header = found[0][0] if sum(len(cell) + 3 for cell in found[0][0]) <= LONGEST_HEADER else ()
    for row, place in found[bool(header) :]:
        said = [i for i, cell in enumerate(row) if cell]
        names = tuple(header[i] if i < len(header) else "" for i in said)
        part = [*([names] if any(names) else []), tuple(row[i] for i in said)]
        yield replace(_part(piece, part), location=place)


def _part(piece: Piece, rows: Sequence[tuple[str, ...]]) -> Piece:
    texts = []
    for row in rows:
        last = max((i for i, cell in enumerate(row, 1) if cell), default=0)
        texts.append(" | ".join(row[:last]).replace("\n", " ").strip())
    return replace(piece, text="\n".join(texts), rows=tuple(rows))


_UNWRITTEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b\u2060\ufeff\ufffe\uffff\ud800-\udfff]")
"""Control characters, lone surrogates, and what only says where a word may be broken."""


def clean(page: Page) -> Page:
    """The page without characters that nobody wrote and no database takes, and without pieces that are left empty."""
    pieces = (_clean_piece(piece) for piece in page.pieces)
    return Page(
        front={_clean(key): _clean_value(value) for key, value in page.front.items()},
        title=_clean(page.title),
        pieces=tuple(piece for piece in pieces if piece.text),
        headings=tuple(heading for heading in map(_clean, page.headings) if heading),
        file_title=_clean(page.file_title),
        file_date=page.file_date,
        file_author=_clean(page.file_author),
        problems=tuple((_clean(place), _clean(reason)) for place, reason in page.problems),
    )


def _clean(text: str) -> str:
    return _UNWRITTEN.sub("", text).strip()


def _clean_piece(piece: Piece) -> Piece:
    if not any(map(_UNWRITTEN.search, (piece.text, piece.location, *piece.headings))):
        return piece
    headings = tuple(heading for heading in map(_clean, piece.headings) if heading)
    rows = tuple(tuple(map(_clean, row)) for row in piece.rows)
    return replace(
        piece, text=_clean(piece.text), headings=headings, location=_clean(piece.location), rows=rows
    )


def _clean_value(value: Any) -> Any:
    """A value of the front matter, its texts cleaned; what is nested in it is at most some levels deep."""
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, list):
        return [_clean_value(entry) for entry in value]
    if isinstance(value, dict):
        return {_clean_value(key): _clean_value(entry) for key, entry in value.items()}
    return value
