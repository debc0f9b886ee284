"""What can be taken back, and what is taken away for good: undo, sources removed, records forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import Connection, delete, insert, or_, select, update

from copassist import passages
from copassist.embedding import Encoder
from copassist.errors import BusyError, NotFoundError
from copassist.records import Member
from copassist.store import Memory, identities, matches, members
from copassist.store import records as stored
from copassist.store import schema as t
from copassist.store.matches import Settlement
from copassist.store.records import Placed
from copassist.store.schema import inserted_id
from copassist.store.vectors import drop_unused


@contextmanager
def alone(memory: Memory) -> Iterator[None]:
    """Keep other runs that change records out meanwhile. Raises BusyError if one is under way."""
    try:
        with FileLock(memory.folder / "ingest.lock", timeout=0):
            yield
    except Timeout:
        raise BusyError(
            f"Another ingest into {memory.folder} is running.", "Wait until it is done, then try again."
        ) from None


KEPT_RUNS = 20
"""So many runs can be undone; the snapshots of older ones are dropped."""


@dataclass(slots=True)
class Run:
    """A run that can be undone, written down with its first change: one that changes nothing leaves no trace."""

    memory: Memory
    what: str
    id: int | None = None
    _touched: set[tuple[str, str]] = field(default_factory=set)

    def log(self, connection: Connection, what: str, key: str, before: Any) -> None:
        """Keep how something stood before this run touched it first."""
        if self.id is None:
            inserted = connection.execute(insert(t.runs).values(what=self.what, at=datetime.now(UTC)))
            self.id = inserted_id(inserted)
            connection.execute(delete(t.runs).where(t.runs.c.id <= self.id - KEPT_RUNS))
        if (what, key) not in self._touched:
            self._touched.add((what, key))
            connection.execute(insert(t.undo_steps).values(run_id=self.id, what=what, key=key, before=before))

    def log_record(self, connection: Connection, id_: str) -> None:
        """Keep how a record stands now."""
        try:
            placed = stored.read_back(connection, id_)
        except NotFoundError:
            self.log(connection, "record", id_, None)
            return
        before = {
            "record": stored.record_json.dump_python(placed.record, mode="json"),
            "source_id": placed.source_id,
            "file": placed.file,
            "audience": sorted(placed.audience),
        }
        self.log(connection, "record", id_, before)

    def log_identity(self, connection: Connection, id_: int) -> None:
        """Keep how an identity is matched and settled now."""
        self.log(connection, "identity", f"identity {id_}", matches.snapshot(connection, id_))


def undo(memory: Memory, encoder: Encoder) -> str:
    """Take back the last run that wasn't taken back yet; what that run was.

    Raises NotFoundError if there is none.
    """
    from ingest.indexing import indexes

    with memory.reading() as connection:
        run = connection.execute(select(t.runs).where(~t.runs.c.undone).order_by(t.runs.c.id.desc())).first()
        if run is None:
            raise NotFoundError(
                f"There is nothing to undo in {memory.folder}.", f"The last {KEPT_RUNS} runs can be undone."
            )
        steps = connection.execute(
            select(t.undo_steps).where(t.undo_steps.c.run_id == run.id).order_by(t.undo_steps.c.id.desc())
        ).all()
    for is_record, some in groupby(steps, lambda step: bool(step.what == "record")):
        if not is_record:
            with memory.writing() as connection:
                for step in some:
                    _restore(connection, step, None)
            continue
        for step in some:
            indexed = None
            if step.before:
                record = stored.record_json.validate_python(step.before["record"])
                indexed = next(indexes(memory, encoder, [passages.cut(record, encoder.count)]))
            with memory.writing() as connection:
                _restore(connection, step, indexed)
    with memory.writing() as connection:
        connection.execute(update(t.runs).where(t.runs.c.id == run.id).values(undone=True))
    return str(run.what)


def _restore(connection: Connection, step: Any, indexed: Any) -> None:
    if step.what == "members":
        members.save(connection, members.member_json.validate_python(step.before))
    elif step.what == "identity":
        matches.restore(connection, int(step.key.removeprefix("identity ")), step.before)
    elif step.what == "source":
        connection.execute(
            delete(t.files).where(
                t.files.c.source_id.in_(select(t.sources.c.id).where(t.sources.c.key == step.key))
            )
        )
        known = connection.execute(select(t.sources.c.id).where(t.sources.c.key == step.key)).scalar()
        if step.before is None:
            connection.execute(delete(t.sources).where(t.sources.c.key == step.key))
        elif known is None:
            connection.execute(insert(t.sources).values(**_source_row(step.before)))
        else:
            values = _source_row(step.before)
            connection.execute(update(t.sources).where(t.sources.c.id == known).values(**values))
    elif step.before is None:
        row = connection.execute(select(t.records).where(t.records.c.id == step.key)).first()
        if row:  # its file is read again by the next ingest
            connection.execute(
                delete(t.files).where(t.files.c.source_id == row.source_id, t.files.c.path == row.file)
            )
        stored.remove(connection, step.key)
    else:
        before = step.before
        placed = Placed(
            stored.record_json.validate_python(before["record"]),
            before["source_id"],
            before["file"],
            frozenset(before["audience"]),
        )
        connection.execute(
            delete(t.files).where(t.files.c.source_id == placed.source_id, t.files.c.path == placed.file)
        )
        stored.save(connection, step.key, placed, indexed, datetime.now(UTC))


def source_snapshot(row: Any) -> dict[str, Any]:
    """A source's row as `undo` restores it."""
    names = ("id", "name", "key", "kind", "path", "audience", "link_base")
    ingested_at = row.ingested_at.isoformat() if row.ingested_at else None
    return {**{name: getattr(row, name) for name in names}, "ingested_at": ingested_at}


def _source_row(snapshot: dict[str, Any]) -> dict[str, Any]:
    at = snapshot["ingested_at"]
    return {**snapshot, "ingested_at": datetime.fromisoformat(at) if at else None}


def free_name(name: str, taken: set[str]) -> str:
    """`name`, with a number behind it if it is taken."""
    number, free = 2, name
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    return free


def remove_source(memory: Memory, name: str) -> int:
    """Take a source and all its records out of the memory; how many records. `undo` brings them back.

    Raises NotFoundError if there is no source of that name.
    """
    with memory.reading() as connection:
        row = connection.execute(
            select(t.sources).where(or_(t.sources.c.name == name, t.sources.c.path == name))
        ).first()
        if row is None:
            raise NotFoundError(f"There is no source {name!r}.", "`copassist sources list` shows them.")
        ids = (
            connection.execute(select(t.records.c.id).where(t.records.c.source_id == row.id)).scalars().all()
        )
    run = Run(memory, f"sources remove {row.name}")
    for id_ in ids:
        with memory.writing() as connection:
            run.log_record(connection, id_)
            stored.remove(connection, id_)
    with memory.writing() as connection:
        run.log(connection, "source", row.key, source_snapshot(row))
        connection.execute(delete(t.sources).where(t.sources.c.id == row.id))
    return len(ids)


def import_members(
    memory: Memory, read: list[Member], expected: members.Difference | None = None
) -> members.Difference:
    """Make these members the directory; what that changed. `undo` brings the old one back.

    Raises BusyError, and changes nothing, if that is no longer the `expected` difference, which somebody
    was shown before.
    """
    run = Run(memory, "members import")
    with memory.writing() as connection:
        difference, with_ids = members.compare(connection, read)
        if expected is not None and difference != expected:
            raise BusyError(
                "The memory changed after the difference was shown; nothing was imported.",
                "Run it again to see what it would change now.",
            )
        if difference != members.Difference():
            for change in difference.matches:  # before the members, so that undo restores them after those
                run.log_identity(connection, change.id)
            before = members.member_json.dump_python(members.load(connection), mode="json")
            run.log(connection, "members", "directory", before)
            members.save(connection, with_ids)
    return difference


def settle(run: Run, choices: Mapping[int, Settlement | None]) -> list[int]:
    """Keep a leader's choices who identities are, by their id, all or none; None takes a choice back.

    Which of them changed. Raises NotFoundError if there is no such identity.
    """
    changed = []
    with run.memory.writing() as connection:
        for id_, choice in choices.items():
            if matches.choice_of(connection, id_) != choice:
                run.log_identity(connection, id_)
                matches.settle(connection, id_, choice, datetime.now(UTC))
                changed.append(id_)
    return changed


def forget_record(memory: Memory, id_: str) -> None:
    """Delete a record for good: no undo, and no later ingest brings it back. Raises NotFoundError."""
    with memory.writing() as connection:
        stored.read_back(connection, id_)
        stored.remove(connection, id_)
        connection.execute(insert(t.forgotten).values(record_id=id_))
        connection.execute(delete(t.undo_steps).where(t.undo_steps.c.key == id_))
        drop_unused(connection)


def forget_member(memory: Memory, member_id: str) -> None:
    """Delete a member's name, handles and addresses wherever the memory holds them as such.

    Their words stay, as those of "somebody"; names inside texts aren't changed. Earlier runs can
    no longer be undone, since that would bring the name back.
    """
    with memory.writing() as connection:
        identities.forget(connection, member_id)
        connection.execute(delete(t.members).where(t.members.c.id == member_id))
        connection.execute(delete(t.question_contacts).where(t.question_contacts.c.member_id == member_id))
        connection.execute(delete(t.undo_steps))
        connection.execute(delete(t.runs))
