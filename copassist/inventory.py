"""What a memory holds: numbers, sources, and what was left out of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, func, select

from copassist.store import Memory
from copassist.store import schema as t


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """A source with how many records it gave. `ingested_at` is None if its ingest was cut off."""

    name: str
    kind: str
    path: str
    audience: tuple[str, ...]
    link_base: str
    records: int
    ingested_at: datetime | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something of a source that couldn't be read at its last ingest."""

    source: str
    file: str
    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """The state of a memory. `waiting` counts changes that the index hasn't followed yet."""

    records: dict[str, int]
    segments: int
    passages: int
    members: int
    questions: int
    model: str
    sample: bool
    waiting: int
    sources: tuple[SourceEntry, ...]
    problems: tuple[Problem, ...]
    skipped: dict[str, int]


def take(memory: Memory) -> Inventory:
    """What the memory holds now."""
    model, index, sample = memory.fact("model") or "", memory.fact("index"), memory.sample
    with memory.reading() as connection:

        def count(table: Table) -> int:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()

        def count_by(column: ColumnElement[Any]) -> dict[Any, int]:
            rows = connection.execute(select(column, func.count()).group_by(column))
            return {row[0]: row[1] for row in rows}

        counted = count_by(t.records.c.source_id)
        sources = connection.execute(select(t.sources).order_by(t.sources.c.name)).all()
        problems = connection.execute(
            select(t.sources.c.name, t.problems.c.file, t.problems.c.place, t.problems.c.reason)
            .join(t.problems, t.problems.c.source_id == t.sources.c.id)
            .order_by(t.sources.c.name, t.problems.c.id)
        ).all()
        skipped = connection.execute(
            select(t.skipped.c.what, func.sum(t.skipped.c.count))
            .group_by(t.skipped.c.what)
            .order_by(t.skipped.c.what)
        ).all()
        followed = index["sequence"] if index else 0
        waiting = select(func.count()).select_from(t.changes).where(t.changes.c.sequence > followed)
        return Inventory(
            records=count_by(t.records.c.kind),
            segments=count(t.segments),
            passages=count(t.passages),
            members=count(t.members),
            questions=count(t.questions),
            model=model,
            sample=sample,
            waiting=connection.execute(waiting).scalar_one(),
            sources=tuple(
                SourceEntry(
                    s.name,
                    s.kind,
                    s.path,
                    tuple(s.audience),
                    s.link_base,
                    counted.get(s.id, 0),
                    s.ingested_at,
                )
                for s in sources
            ),
            problems=tuple(Problem(*row) for row in problems),
            skipped={row[0]: row[1] for row in skipped},
        )
