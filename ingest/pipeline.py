"""From files to a memory: read, cut, embed what is new, store; what vanished from a folder is removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import numpy as np
from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from copassist import passages
from copassist.embedding import Encoder
from copassist.errors import BusyError, InputError, RefusedError
from copassist.records import EVERYONE, PUBLIC, Read, Record, Rejected, Skipped
from copassist.retrieve import check_model
from copassist.store import Memory, members, vectors
from copassist.store import records as stored
from copassist.store import schema as t
from copassist.store.records import Indexed, Placed
from copassist.store.schema import inserted_id
from copassist.store.vectors import VectorIndex
from ingest import history, sources
from ingest.sources import File, Place

PASSAGES_AT_ONCE = 256
"""So many passages are embedded together before their records are stored."""
LARGE_REMOVAL = 0.2
"""Removing more than this share of a source asks first."""


class Progress(Protocol):
    """Told how far a long run is."""

    def __call__(self, what: str, done: int, total: int | None) -> None:
        """So much of `what` is done, of `total` if that is known."""
        ...


@dataclass(slots=True)
class Report:
    """What an ingest did: numbers of records, and what was left out and why."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    forgotten: int = 0
    passages: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    rejected: list[Rejected] = field(default_factory=list)
    planned: list[tuple[str, str, str]] = field(default_factory=list)
    """In a dry run: what would happen, to which file, as what."""
    followed: bool = False
    """Whether the index has it already; if not, the running app follows within seconds."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to ingest. `confirm` is asked before a large removal; without it that is refused."""

    kind: str = "auto"
    audience: tuple[str, ...] = ()
    link_base: str | None = None
    dry_run: bool = False
    confirm: Callable[[str], bool] | None = None
    progress: Progress = lambda what, done, total: None


def ingest(memory: Memory, paths: Sequence[Path], encoder: Encoder, options: Options = Options()) -> Report:
    """Bring a memory up to date with what lies at these paths; the same input twice changes nothing.

    Each record is stored in a transaction of its own, so an interrupted run loses nothing and the
    next one goes on. Raises InputError if a path can't be read at all, RefusedError for the sample
    memory or an unconfirmed large removal, BusyError while another ingest runs.
    """
    if memory.sample and not options.dry_run:
        raise RefusedError(
            f"{memory.folder} holds the sample community, which takes no other files.",
            "Make your own memory: `copassist init DIR`.",
        )
    check_model(memory, encoder)
    _check_audience(memory, options.audience)
    found = [place for path in paths for place in sources.places(path, options.kind)]
    report = Report()
    run = history.Run(memory, "ingest " + ", ".join(str(p) for p in paths))
    with history.alone(memory):
        for place in found:
            one = _Ingest(memory, encoder, options, report, run)
            if place.kind in sources.EXPORTS:
                one.export(place, sources.EXPORTS[place.kind].read(place.path))
            else:
                one.folder(place)
    if not options.dry_run:
        report.followed = follow(memory)
    return report


def ingest_records(memory: Memory, place: Place, reads: Iterable[Read], encoder: Encoder) -> Report:
    """Store what a connector outside this package reads, as `ingest` stores an export."""
    check_model(memory, encoder)
    options, report = Options(), Report()
    with history.alone(memory):
        _Ingest(memory, encoder, options, report, history.Run(memory, f"ingest {place.name}")).export(
            place, reads
        )
    report.followed = follow(memory)
    return report


def follow(memory: Memory) -> bool:
    """Bring the index up to date if nobody else holds it; whether that was so."""
    try:
        index = VectorIndex.open(memory)
    except BusyError:
        return False
    try:
        index.follow()
    finally:
        index.close()
    return True


def _check_audience(memory: Memory, audience: Sequence[str]) -> None:
    """Raise InputError for a group that nobody is in: what is ingested for it would be seen by no one."""
    with memory.reading() as connection:
        known = members.groups(connection) | {EVERYONE}
    for group in audience:
        if group not in known:
            raise InputError(
                f"There is no team or group {group!r} in the directory.",
                f"Import a members file that has it, or take one of: {', '.join(sorted(known))}.",
            )


@dataclass(slots=True)
class _Ingest:
    """One run over one source at a time."""

    memory: Memory
    encoder: Encoder
    options: Options
    report: Report
    run: history.Run
    source_id: int = 0  # 0 in a dry run over a source that isn't there yet
    source_key: str = ""
    waiting: list[tuple[str, Placed, list[passages.Passage]]] = field(default_factory=list)
    waiting_files: list[File] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)

    def folder(self, place: Place) -> None:
        """Bring a folder, or one file, up to date; what vanished from it is removed."""
        place, only_file = self._within_known(place)
        self._source(place)
        self._folder(place, only_file)
        self._close_source(only_file)

    def export(self, place: Place, reads: Iterable[Read]) -> None:
        """Add and update what an export holds."""
        self._source(place)
        for number, entry in enumerate(reads):
            self.options.progress(f"Reading {place.name}", number, None)
            if isinstance(entry, Record):
                self._record(entry, place.path.name)
            else:
                self._left_out(entry)
        self._store_waiting()
        self._close_source()

    # Sources

    def _within_known(self, place: Place) -> tuple[Place, str | None]:
        """A path inside a folder that was ingested before belongs to that folder's source."""
        with self.memory.reading() as connection:
            known = connection.execute(select(t.sources).where(t.sources.c.kind == place.kind)).all()
        for row in known:
            folder = Path(row.path)
            if row.key != place.key and place.path.is_relative_to(folder):
                inside = place.path.relative_to(folder).as_posix()
                return replace(place, key=row.key, name=row.name, path=folder), inside
            if row.key != place.key and folder.is_relative_to(place.path):
                raise InputError(
                    f"{place.path} holds {folder}, which was ingested before as {row.name!r}.",
                    f"Run `copassist sources remove {row.name}` first, so that nothing stands in the memory twice.",
                )
        return place, None

    def _source(self, place: Place) -> None:
        """Find or add the source, with its audience and link base as the options say."""
        self.source_key = place.key
        with self.memory.reading() as connection:
            row = connection.execute(select(t.sources).where(t.sources.c.key == place.key)).first()
            taken = set(connection.execute(select(t.sources.c.name)).scalars())
        if self.options.dry_run:
            self.source_id = row.id if row else 0
            return
        self.memory.set_fact("model", self.encoder.fingerprint)
        audience = sorted(set(self.options.audience)) or (row.audience if row else sorted(PUBLIC))
        link_base = (
            self.options.link_base if self.options.link_base is not None else (row.link_base if row else "")
        )
        values = {"path": str(place.path), "audience": audience, "link_base": link_base}
        with self.memory.writing() as connection:
            if row is None:
                name = history.free_name(place.name, taken)
                inserted = connection.execute(
                    insert(t.sources).values(name=name, key=place.key, kind=place.kind, **values)
                )
                self.source_id = inserted_id(inserted)
                self.run.log(connection, "source", place.key, None)
            else:
                self.source_id = row.id
                if (row.path, row.audience, row.link_base) != (values["path"], audience, link_base):
                    self.run.log(connection, "source", place.key, history.source_snapshot(row))
                    connection.execute(update(t.sources).where(t.sources.c.id == row.id).values(**values))
        if row is not None and row.audience != audience:
            self._change_audience(frozenset(audience))

    def _change_audience(self, audience: frozenset[str]) -> None:
        """Show what is stored of the source to its new audience; private places keep their own."""
        with self.memory.reading() as connection:
            ids = (
                connection.execute(
                    select(t.records.c.id).where(
                        t.records.c.source_id == self.source_id, t.records.c.group.is_(None)
                    )
                )
                .scalars()
                .all()
            )
        for id_ in ids:
            with self.memory.writing() as connection:
                self.run.log_record(connection, id_)
                stored.set_audience(connection, id_, audience)

    def _close_source(self, only: str | None = None) -> None:
        """Remember what was left out, for the people who look after the memory.

        After a run over one path of the source, what is known of its other paths stays.
        """
        if self.options.dry_run:
            return
        with self.memory.writing() as connection:
            mine = t.problems.c.source_id == self.source_id
            for row in connection.execute(select(t.problems).where(mine)).all():
                if _is_within(row.file, only):
                    connection.execute(delete(t.problems).where(t.problems.c.id == row.id))
            if only is None:
                connection.execute(delete(t.skipped).where(t.skipped.c.source_id == self.source_id))
            if self.rejected:
                rows = [
                    {"source_id": self.source_id, "file": r.file, "place": r.place, "reason": r.reason}
                    for r in self.rejected
                ]
                connection.execute(insert(t.problems), rows)
            if self.skipped and only is None:
                rows = [
                    {"source_id": self.source_id, "what": what, "count": n}
                    for what, n in self.skipped.items()
                ]
                connection.execute(insert(t.skipped), rows)
            now = datetime.now(UTC)
            connection.execute(
                update(t.sources).where(t.sources.c.id == self.source_id).values(ingested_at=now)
            )

    # Folders and single files

    def _folder(self, place: Place, only: str | None) -> None:
        present, unread = [], []
        for entry in sources.files_of(place):
            if not _is_within(entry.locator if isinstance(entry, File) else entry.file, only):
                continue
            if isinstance(entry, File):
                present.append(entry)
            else:
                self._left_out(entry)
                unread += [entry.file] if isinstance(entry, Rejected) else []
        if place.path.is_dir():
            self._remove_vanished(place, {f.locator for f in present}, unread, only)
        known = self._known_files()
        for number, file in enumerate(present):
            self.options.progress(f"Reading {place.name}", number, len(present))
            if known.get(file.locator) == file.fingerprint:
                self._count_unchanged(file)
            else:
                self._file(file, place.kind)
        self._store_waiting()
        self.options.progress(f"Reading {place.name}", len(present), len(present))

    def _file(self, file: File, kind: str) -> None:
        read_ids, failed, skipped = set(), False, False
        for entry in sources.read(file, kind):
            if isinstance(entry, Record):
                read_ids.add(self._record(entry, file.locator))
            else:
                self._left_out(entry)
                failed = failed or isinstance(entry, Rejected)
                skipped = skipped or isinstance(entry, Skipped)
        if not failed:
            self._remove([id_ for id_ in self._stored_of(file.locator) if id_ not in read_ids])
        if not failed and not skipped:  # else it is read again next time, so that it is counted again
            self.waiting_files.append(file)

    def _known_files(self) -> dict[str, str]:
        with self.memory.reading() as connection:
            rows = connection.execute(
                select(t.files.c.path, t.files.c.fingerprint).where(t.files.c.source_id == self.source_id)
            )
            return {row.path: row.fingerprint for row in rows}

    def _stored_of(self, file: str) -> list[str]:
        with self.memory.reading() as connection:
            found = select(t.records.c.id).where(
                t.records.c.source_id == self.source_id, t.records.c.file == file
            )
            return list(connection.execute(found).scalars())

    def _count_unchanged(self, file: File) -> None:
        self.report.unchanged += len(self._stored_of(file.locator))

    def _remove_vanished(
        self, place: Place, present: set[str], unread: Sequence[str], only: str | None
    ) -> None:
        """Remove the records whose file isn't there; what can't be read now may well be."""
        with self.memory.reading() as connection:
            rows = connection.execute(
                select(t.records.c.id, t.records.c.file, t.records.c.title).where(
                    t.records.c.source_id == self.source_id
                )
            ).all()
        mine = [r for r in rows if _is_within(r.file, only)]
        gone = [
            r for r in mine if r.file not in present and not any(_is_within(r.file, path) for path in unread)
        ]
        large = len(gone) > max(1, LARGE_REMOVAL * len(rows))
        if self.options.dry_run:
            self.report.removed += len(gone)
            self.report.planned += [
                ("remove", r.file, f"{r.title} (needs --yes)" if large else r.title) for r in gone
            ]
            return
        if large:
            question = (
                f"{len(gone)} of the {len(rows)} records of {place.name!r} are no longer in {place.path}, "
                f"{gone[0].file!r} among them. Remove them from the memory?"
            )
            if self.options.confirm is None or not self.options.confirm(question):
                raise RefusedError(
                    f"{len(gone)} of the {len(rows)} records of {place.name!r} are no longer in {place.path}; "
                    "nothing was changed.",
                    "If that is right, run it again with --yes (`copassist undo` brings them back). "
                    "If not, check the folder.",
                )
        self._remove([r.id for r in gone])
        with self.memory.writing() as connection:
            for file in {r.file for r in gone}:
                connection.execute(
                    delete(t.files).where(t.files.c.source_id == self.source_id, t.files.c.path == file)
                )

    def _remove(self, ids: Iterable[str]) -> None:
        for id_ in ids:
            self.report.removed += 1
            if self.options.dry_run:
                self.report.planned.append(("remove", id_, ""))
                continue
            with self.memory.writing() as connection:
                self.run.log_record(connection, id_)
                stored.remove(connection, id_)

    # Records

    def _left_out(self, entry: Rejected | Skipped) -> None:
        if isinstance(entry, Rejected):
            self.rejected.append(entry)
            self.report.rejected.append(entry)
        else:
            self.skipped[entry.what] += 1
            self.report.skipped[entry.what] += 1

    def _record(self, record: Record, file: str) -> str:
        """Store a record that is new or differs from what is stored; its id."""
        id_ = stored.record_id(self.source_key, record.locator)
        with self.memory.reading() as connection:
            row = connection.execute(select(t.records.c.content).where(t.records.c.id == id_)).first()
            is_forgotten = (
                connection.execute(select(t.forgotten).where(t.forgotten.c.record_id == id_)).first()
                is not None
            )
            audience = connection.execute(
                select(t.sources.c.audience).where(t.sources.c.id == self.source_id)
            ).scalar()
        if any(id_ == other for other, _, _ in self.waiting):
            self._left_out(Rejected(file, f"two records stand at {record.locator!r}; the first one was kept"))
        elif is_forgotten:
            self.report.forgotten += 1
        elif row and row.content == stored.content_hash(record):
            self.report.unchanged += 1
        else:
            self.report.added += row is None
            self.report.changed += row is not None
            self.report.kinds[record.kind] += 1
            if self.options.dry_run:
                self.report.planned.append(
                    ("change" if row else "add", file, f"{record.kind}: {record.title}")
                )
            else:
                groups = frozenset({record.group.name}) if record.group else frozenset(audience or PUBLIC)
                self._wait(id_, Placed(record, self.source_id, file, groups))
        return id_

    def _wait(self, id_: str, placed: Placed) -> None:
        self.waiting.append((id_, placed, passages.cut(placed.record, self.encoder.count)))
        if sum(len(cut) for _, _, cut in self.waiting) >= PASSAGES_AT_ONCE:
            self._store_waiting()

    def _store_waiting(self) -> None:
        cuts = [cut for _, _, cut in self.waiting]
        for (id_, placed, _), indexed in zip(
            self.waiting, indexes(self.memory, self.encoder, cuts), strict=True
        ):
            with self.memory.writing() as connection:
                self.run.log_record(connection, id_)
                stored.save(connection, id_, placed, indexed, datetime.now(UTC))
            self.report.passages += len(indexed.passages)
        self.waiting.clear()
        if self.waiting_files and not self.options.dry_run:
            with self.memory.writing() as connection:
                for file in self.waiting_files:
                    _remember_file(connection, self.source_id, file)
        self.waiting_files.clear()


def _is_within(file: str, path: str | None) -> bool:
    """Whether a file of a source is at that path or below it; None is the whole source."""
    return path is None or file == path or file.startswith(path + "/")


def _remember_file(connection: Connection, source_id: int, file: File) -> None:
    values = {"source_id": source_id, "path": file.locator, "fingerprint": file.fingerprint}
    statement = upsert(t.files).values(**values)
    connection.execute(
        statement.on_conflict_do_update(["source_id", "path"], set_={"fingerprint": file.fingerprint})
    )


def indexes(memory: Memory, encoder: Encoder, cuts: Sequence[list[passages.Passage]]) -> Iterator[Indexed]:
    """The passages of each record with their vectors; only texts that were never embedded are."""
    hashes = [[vectors.embedding_hash(encoder.fingerprint, p.embedded) for p in cut] for cut in cuts]
    texts = {
        h: p.embedded for cut, row in zip(cuts, hashes, strict=True) for h, p in zip(row, cut, strict=True)
    }
    with memory.reading() as connection:
        known = vectors.kept(connection, list(texts))
    new = [h for h in texts if h not in known]
    if new:
        known.update(zip(new, encoder.encode([texts[h] for h in new]), strict=True))
    for cut, row in zip(cuts, hashes, strict=True):
        yield Indexed(
            cut, row, np.stack([known[h] for h in row]) if row else np.zeros((0, 0), dtype=np.float32)
        )
