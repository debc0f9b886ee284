"""From files to a memory: read, cut, embed what is new, store; what vanished from a folder is removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import delete, func, insert, select, update

from copassist.embedding import Encoder
from copassist.errors import BusyError, InputError, RefusedError
from copassist.records import EVERYONE, PUBLIC, Read, Record, Rejected, Skipped
from copassist.retrieve import check_model
from copassist.store import Memory, members
from copassist.store import records as stored
from copassist.store import schema as t
from copassist.store.schema import inserted_id
from copassist.store.vectors import VectorIndex
from ingest import history, sources
from ingest.report import Options, Planned, Report
from ingest.sources import File, Place
from ingest.writing import Writer

LARGE_REMOVAL = 0.2
"""Removing more than this share of a source asks first."""


def ingest(memory: Memory, paths: Sequence[Path], encoder: Encoder, options: Options = Options()) -> Report:
    """Bring a memory up to date with what lies at these paths; the same input twice changes nothing.

    Records are stored whole, a few in a transaction, so an interrupted run loses nothing that was stored and
    the next one goes on. Raises InputError if a path can't be read at all, RefusedError for the sample
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
                one.export(place, sources.EXPORTS[place.kind].read(place.path), sources.fingerprint(place))
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
    """One run over one source."""

    memory: Memory
    encoder: Encoder
    options: Options
    report: Report
    run: history.Run
    source_id: int = 0  # 0 in a dry run over a source that isn't there yet
    rejected: list[Rejected] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)

    def folder(self, place: Place) -> None:
        """Bring a folder, or one file, up to date; what vanished from it is removed."""
        place, only_file = self._within_known(place)
        writer = self._source(place)
        self._folder(writer, place, only_file)
        self._close_source(only_file)

    def export(self, place: Place, reads: Iterable[Read], fingerprint: str = "") -> None:
        """Add and update what an export holds; one that is the same as last time isn't read again."""
        writer = self._source(place)
        file = File(place.path, place.path.name, fingerprint)
        if fingerprint and self._known_files().get(file.locator) == fingerprint:
            self._count_unchanged_export()
            self._look_again()
            return
        for number, entry in enumerate(reads):
            self.options.progress(f"Reading {place.name}", number, None)
            if isinstance(entry, Rejected) and not entry.file.startswith(file.locator):
                entry = replace(entry, file=f"{file.locator}/{entry.file}")
            self._put(writer, entry, file.locator)
        if fingerprint and not self.rejected:
            writer.remember(file)
        writer.flush()
        self._close_source()

    def _put(self, writer: Writer, entry: Read, file: str) -> str:
        """Store a record, or note why it isn't one; the record's id, "" when there is none."""
        put = writer.put(entry, file) if isinstance(entry, Record) else entry
        if isinstance(put, str):
            return put
        if isinstance(put, Rejected):
            self.rejected.append(put)
            self.report.rejected.append(put)
        else:
            self.skipped[put.what] += 1
            self.report.skipped[put.what] += 1
        return ""

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

    def _source(self, place: Place) -> Writer:
        """Find or add the source, with its audience and link base as the options say; what writes to it."""
        with self.memory.reading() as connection:
            row = connection.execute(select(t.sources).where(t.sources.c.key == place.key)).first()
            taken = set(connection.execute(select(t.sources.c.name)).scalars())
        if self.options.dry_run:
            self.source_id = row.id if row else 0
            return self._writer(place, PUBLIC)
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
        return self._writer(place, frozenset(audience))

    def _writer(self, place: Place, audience: frozenset[str]) -> Writer:
        return Writer(
            self.memory,
            self.encoder,
            self.options,
            self.report,
            self.run,
            self.source_id,
            place.key,
            audience,
        )

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
        self._look_again()

    def _look_again(self) -> None:
        """Remember when the source was looked at last."""
        if self.options.dry_run:
            return
        now = datetime.now(UTC)
        with self.memory.writing() as connection:
            connection.execute(
                update(t.sources).where(t.sources.c.id == self.source_id).values(ingested_at=now)
            )

    # Exports

    def _count_unchanged_export(self) -> None:
        """Report what is stored of an export as it was reported when it was read."""
        with self.memory.reading() as connection:
            mine = select(func.count()).where(t.records.c.source_id == self.source_id)
            self.report.unchanged += connection.execute(mine).scalar_one()
            left_out = select(t.skipped).where(t.skipped.c.source_id == self.source_id)
            self.report.skipped.update({row.what: row.count for row in connection.execute(left_out)})

    # Folders and single files

    def _folder(self, writer: Writer, place: Place, only: str | None) -> None:
        present, unread = [], []
        for entry in sources.files_of(place):
            if not _is_within(entry.locator if isinstance(entry, File) else entry.file, only):
                continue
            if isinstance(entry, File):
                present.append(entry)
            else:
                self._put(writer, entry, entry.file)
                unread += [entry.file] if isinstance(entry, Rejected) else []
        if place.path.is_dir():
            self._remove_vanished(writer, place, {f.locator for f in present}, unread, only)
        known = self._known_files()
        for number, file in enumerate(present):
            self.options.progress(f"Reading {place.name}", number, len(present))
            if known.get(file.locator) == file.fingerprint:
                self.report.unchanged += len(self._stored_of(file.locator))
            else:
                self._file(writer, file, place.kind)
        writer.flush()
        self.options.progress(f"Reading {place.name}", len(present), len(present))

    def _file(self, writer: Writer, file: File, kind: str) -> None:
        before = len(self.rejected)
        entries = list(sources.read(file, kind))
        read_ids = {self._put(writer, entry, file.locator) for entry in entries}
        if len(self.rejected) > before:
            return  # what can't be read now may well be there
        writer.remove(id_ for id_ in self._stored_of(file.locator) if id_ not in read_ids)
        if not any(isinstance(entry, Skipped) for entry in entries):
            writer.remember(file)  # else it is read again next time, so that it is counted again

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

    def _remove_vanished(
        self, writer: Writer, place: Place, present: set[str], unread: Sequence[str], only: str | None
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
                Planned("remove", r.file, f"{r.title} (needs --yes)" if large else r.title) for r in gone
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
        writer.remove([r.id for r in gone])
        with self.memory.writing() as connection:
            for file in {r.file for r in gone}:
                connection.execute(
                    delete(t.files).where(t.files.c.source_id == self.source_id, t.files.c.path == file)
                )


def _is_within(file: str, path: str | None) -> bool:
    """Whether a file of a source is at that path or below it; None is the whole source."""
    return path is None or file == path or file.startswith(path + "/")
