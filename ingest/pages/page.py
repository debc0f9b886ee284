"""What every format becomes: a page of pieces that can be quoted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
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
    no paragraph introduces. `location` is the page or slide, "" in Markdown.
    """

    text: str
    headings: tuple[str, ...] = ()
    depth: int = 0
    block: int = 0
    opens: bool = False
    quoted: bool = False
    code: bool = False
    location: str = ""


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


def table_texts(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The rows of a table with cells joined by " | ": one text if short, else one for each row.

    In the second case each row below the first is preceded by the first, which names the columns.
    """
    lines = [" | ".join(cell.strip() for cell in row) for row in rows if any(c.strip() for c in row)]
    if len("\n".join(lines)) <= SHORT:
        yield from ["\n".join(lines)] if lines else []
    elif len(lines) == 1:
        yield lines[0]
    else:
        yield from (f"{lines[0]}\n{line}" for line in lines[1:])
