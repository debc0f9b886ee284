"""Headings and what stands below them, in the order of a file, as a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ingest.pages.page import SHORT, USUAL_SECTION, Page, Piece


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `level` is 1 for the highest. It holds until the next one of its level or a higher one."""

    level: int
    text: str


Block = Heading | list[Piece]
"""A heading, or the pieces of one block of text (a paragraph, a whole list) without headings and number."""


def page(blocks: Sequence[Block], front: dict[str, Any] | None = None, title: str = "") -> Page:
    """The page that these blocks make. Its title is `title`, else a heading that stands above all others.

    A first heading that repeats `title` is no section.
    """
    front = front or {}
    if title:
        first = next(((i, block) for i, block in enumerate(blocks) if isinstance(block, Heading)), None)
        title_at = first[0] if first and first[1].text.lower() == title.lower() else None
    else:
        title_at = _title_heading(blocks, str(front.get("title") or ""))
    heading = blocks[title_at] if title_at is not None else None
    stated = title or (heading.text if isinstance(heading, Heading) else "")
    pieces: list[Piece] = []
    headings: list[str] = []
    path: list[Heading] = []
    for i, block in enumerate(blocks):
        if isinstance(block, list):
            above = tuple(heading.text for heading in path)
            join_code(pieces, (replace(piece, headings=above, block=i) for piece in block))
            continue
        path = [above for above in path if above.level < block.level]
        if i != title_at and block.text:
            path.append(block)
            headings.append(block.text)
    return Page(front, stated, tuple(pieces), tuple(headings))


def _title_heading(blocks: Sequence[Block], stated: str) -> int | None:
    """Where the title heading stands: a first heading above all others that isn't a usual section.

    Where a title is `stated` elsewhere, it is one that repeats it or stands alone.
    """
    found = [(i, block) for i, block in enumerate(blocks) if isinstance(block, Heading)]
    if not found:
        return None
    at, first = found[0]
    alone = all(other.level > first.level for _, other in found[1:])
    same = first.text.lower() == stated.strip().lower()
    if (
        not first.text
        or (USUAL_SECTION.match(first.text) and not same)
        or (stated and not alone and not same)
    ):
        return None
    return at if first.level == 1 or (at == 0 and alone) else None


def join_code(pieces: list[Piece], more: Iterable[Piece]) -> None:
    """Append `more`; code goes into the paragraph right above that introduces it, where both are short."""
    for piece in more:
        if pieces and piece.code and _introduces(pieces[-1], piece):
            pieces[-1] = replace(pieces[-1], text=f"{pieces[-1].text}\n{piece.text}")
        else:
            pieces.append(piece)


def _introduces(last: Piece, code: Piece) -> bool:
    near = last.headings == code.headings and last.depth == code.depth
    near = near and last.block in (code.block, code.block - 1)
    plain = not (last.code or last.quoted or last.rows) and last.text.endswith((":", "…", "..."))
    return near and plain and len(last.text) + len(code.text) <= 2 * SHORT
