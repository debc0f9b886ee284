"""What peers search: pieces of the documents, each with the title and the heading of its document beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

MOST = 200
"""So many characters of a title, and of a heading: copassist.passages.HEADER_CHARACTERS."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a text: what stands beside it, what it says, what it is ranked for; its vector once it has one."""

    record: str
    beside: str
    text: str
    units: tuple[str, ...]

    @property
    def whole(self) -> str:
        """What is searched and embedded."""
        return f"{self.beside}\n{self.text}" if self.beside else self.text


def beside(text: dict[str, Any]) -> str:
    """Title and heading of a text, a line each, to stand before each of its chunks; as much as the product takes."""
    return "\n".join(part for part in (text["title"][:MOST], text["heading"][-MOST:]) if part)


def chunk(text: dict[str, Any], piece: str, start: int) -> Chunk:
    """The piece of a text that starts at this place of it."""
    end = start + len(piece)
    begins = [0, *(at for at, _ in text["units"])]
    covered = [
        unit
        for begin, (until, unit) in zip(begins, text["units"], strict=False)
        if begin < end and until > start
    ]
    return Chunk(text["record"], beside(text), piece, tuple(covered) or (text["units"][-1][1],))


def first_units(chunks: Iterable[Chunk], most: int) -> list[str]:
    """The units of ranked chunks in order, each once."""
    return list(dict.fromkeys(unit for found in chunks for unit in found.units))[:most]


def deepening(total: int, start: int = 300) -> Iterator[int]:
    """How many chunks to ask for: more and more, until all."""
    while start < total:
        yield start
        start *= 4
    yield total
