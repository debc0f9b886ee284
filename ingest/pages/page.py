"""What every format becomes: a page of pieces that can be quoted.

What the shape promises, whatever the format:

- The words of a file in its order. Titles and headings are no pieces; every other line of text is in one.
- No text is empty, has outer white space, or holds NUL or a lone surrogate.
- Marks of bold, italics and links are gone and their words stay. What is struck through stands between ~~ and ~~
  (a whole item, a name in a list, a cell), inline code between backticks, a block of code in a fence.
- "\\n" in a text parts lines that the source parts: lines that begin with a label and a colon, the rows of a
  table, lines of code. Lines that were only wrapped are joined.
- The box at the start of an item of a check-list isn't in its text: `checked` says it.
- A table is one piece with all its rows where it is short, else one piece for each row below its header. `rows`
  has the cells of that piece, the header first; its text is the same, cells joined by " | ", a row a line.
- What nobody sees isn't there: comments, hidden elements, deleted text of tracked changes, scripts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

LONGEST = 4000
"""No segment is longer than this many characters."""
SHORT = 900
"""List items with what is nested in them stay one segment up to this many characters."""


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

    `file_title` and `file_date` are what the file's properties say; they count where the text says nothing.
    `problems` are the places that couldn't be read, with the reason ("page 3", "the page can't be read").
    """

    front: dict[str, Any] = field(default_factory=dict)
    title: str = ""
    pieces: tuple[Piece, ...] = ()
    headings: tuple[str, ...] = ()
    file_title: str = ""
    file_date: date | None = None
    problems: tuple[tuple[str, str], ...] = ()


USUAL_SECTION = re.compile(
    r"(?:attend|participants|present$|notes$|agenda$|action|next steps?|problem|advice|outcomes?|decisions?|"
    r"results?|resolution|summary$|introduction$|overview$|table of contents|updates?$|announcements?$)",
    re.IGNORECASE,
)


BOX = re.compile(r"(?:\[([ xX])\]|([\u2610-\u2612]))(?:\s+|$)")
"""The box of a check-list's item, as Markdown and as Word write it."""


def unboxed(text: str) -> tuple[str, bool | None]:
    """`text` without the box that it begins with, and whether that is ticked; None without a box."""
    found = BOX.match(text)
    if not found:
        return text, None
    return text[found.end() :], (found[1] or found[2]) not in " \u2610"


def table(rows: Iterable[Sequence[str]], piece: Piece = Piece("")) -> Iterator[Piece]:
    """The rows of a table as pieces like `piece`: one if short, else one for each row below the first.

    In the second case each is preceded by the first row, which names the columns. Empty rows are left out.
    """
    cells = [tuple(cell.strip() for cell in row) for row in rows]
    cells = [row for row in cells if any(row)]
    if sum(len(cell) + 3 for row in cells for cell in row) <= SHORT or len(cells) == 1:
        parts = [tuple(cells)] if cells else []
    else:
        parts = [(cells[0], row) for row in cells[1:]]
    for part in parts:
        yield replace(piece, text="\n".join(" | ".join(row) for row in part), rows=part)
