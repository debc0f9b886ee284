"""How an ingest is asked for, and what it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

from copassist.records import Format, Kind, Record, Rejected


class Progress(Protocol):
    """Told how far a long run is."""

    def __call__(self, what: str, done: int, total: int | None) -> None:
        """So much of `what` is done, of `total` if that is known."""
        ...


@dataclass(frozen=True, slots=True)
class Options:
    """How to ingest. `confirm` is asked before a large removal; without it that is refused."""

    kind: str = "auto"
    audience: tuple[str, ...] = ()
    link_base: str | None = None
    dry_run: bool = False
    confirm: Callable[[str], bool] | None = None
    progress: Progress = lambda what, done, total: None


@dataclass(frozen=True, slots=True)
class Planned:
    """What a dry run would do with one record, what it takes it for, and what it can't tell of it."""

    verb: Literal["add", "change", "remove"]
    file: str
    title: str
    kind: Kind | None = None
    format: Format = ""
    date: date | None = None
    people: tuple[str, ...] = ()
    segments: int = 0
    unclear: tuple[str, ...] = ()


@dataclass(slots=True)
class Report:
    """What an ingest did: numbers of records, and what was left out and why.

    `secrets` counts by kind what was taken out of the texts, `undated` the records whose date lies too far
    ahead to be one. `planned` is what a dry run would do. `followed` tells whether the index has it all
    already; if not, the running app follows within seconds.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    forgotten: int = 0
    passages: int = 0
    undated: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    secrets: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    rejected: list[Rejected] = field(default_factory=list)
    planned: list[Planned] = field(default_factory=list)
    followed: bool = False


def plan(verb: Literal["add", "change"], file: str, record: Record) -> Planned:
    """What a dry run says of a record."""
    roles = {person: [role for other, role in record.roles if other == person] for person, _ in record.roles}
    speaking = {s.speaker: [s.role] if s.role else [] for s in record.segments if s.speaker}
    people = [
        f"{person.name or person.handle or person.key} ({', '.join(role for role in said if role)})".replace(
            " ()", ""
        )
        for person, said in {**speaking, **roles}.items()
    ]
    return Planned(
        verb,
        file,
        record.title,
        record.kind,
        record.format,
        record.date,
        tuple(people),
        len(record.segments),
        tuple(_unclear(record)),
    )


def _unclear(record: Record) -> list[str]:
    """What a reader would want to know of a record and the source doesn't say."""
    unclear = []
    if record.date is None:
        unclear.append("no date")
    if record.kind == "session" and not record.roles:
        unclear.append("nobody is said to have been there")
    if record.kind == "thread" and any(s.speaker is None for s in record.segments):
        unclear.append("messages without an author")
    return unclear
