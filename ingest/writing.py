"""Storing what was read of one source: what is new or changed is cut, embedded and saved, record by record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert as upsert

from copassist import passages
from copassist.embedding import Encoder
from copassist.records import Record, Rejected
from copassist.secrets import masked_record
from copassist.store import Memory
from copassist.store import records as stored
from copassist.store import schema as t
from copassist.store.records import Placed
from ingest import history
from ingest.indexing import indexes
from ingest.report import Options, Planned, Report, plan
from ingest.sources import File

PASSAGES_AT_ONCE = 256
"""So many passages are embedded together before their records are stored."""
RECORDS_AT_ONCE = 16
"""So many records are stored in one transaction: one for each would spend most of its time waiting for the disk,
and some hundredths of a second keep nobody out of the question log."""
AHEAD = timedelta(days=366)
"""A date further ahead than this is a slip of the pen or a broken clock: the record counts as undated."""


@dataclass(slots=True)
class Writer:
    """Stores the records of one source, a few in a transaction; in a dry run only says what it would do.

    Records wait until enough of them can be embedded together: call `flush` at the end.
    """

    memory: Memory
    encoder: Encoder
    options: Options
    report: Report
    run: history.Run
    source_id: int
    source_key: str
    audience: frozenset[str]
    _began: datetime = field(default_factory=lambda: datetime.now(UTC))
    _waiting: list[tuple[str, Placed, list[passages.Passage]]] = field(default_factory=list)
    _waiting_passages: int = 0
    _waiting_files: list[File] = field(default_factory=list)

    def put(self, record: Record, file: str) -> str | Rejected:
        """Store a record that is new or differs from what is stored; its id.

        Rejected if another record of this run stands at the same place.
        """
        id_ = stored.record_id(self.source_key, record.locator)
        record = self._cleaned(record)
        content = stored.content_hash(record)
        with self.memory.reading() as connection:
            found = select(t.records.c.content, t.records.c.stored_at).where(t.records.c.id == id_)
            row = connection.execute(found).first()
            is_forgotten = connection.execute(
                select(t.forgotten.c.record_id).where(t.forgotten.c.record_id == id_)
            ).first()
        twice = (row and row.stored_at >= self._began) or any(id_ == other for other, _, _ in self._waiting)
        if is_forgotten:
            self.report.forgotten += 1
        elif row and row.content == content:
            self.report.unchanged += 1
        elif twice:
            return Rejected(file, f"two records stand at {record.locator!r}; the first one was kept")
        else:
            self._take(id_, record, file, is_new=row is None)
        return id_

    def _cleaned(self, record: Record) -> Record:
        """The record without secrets, and without a date that can't be one."""
        record, secrets = masked_record(record)
        self.report.secrets.update(secrets)
        if record.date and record.date > (self.memory.now() + AHEAD).date():
            self.report.undated += 1
            record = replace(record, date=None)
        return record

    def _take(self, id_: str, record: Record, file: str, is_new: bool) -> None:
        self.report.added += is_new
        self.report.changed += not is_new
        self.report.kinds[record.kind] += 1
        if self.options.dry_run:
            self.report.planned.append(plan("add" if is_new else "change", file, record))
            return
        groups = frozenset({record.group.name}) if record.group else self.audience
        cut = passages.cut(record, self.encoder.count)
        self._waiting.append((id_, Placed(record, self.source_id, file, groups), cut))
        self._waiting_passages += len(cut)
        if self._waiting_passages >= PASSAGES_AT_ONCE:
            self.flush()

    def remember(self, file: File) -> None:
        """Don't read this file again while it is unchanged; takes effect once its records are stored."""
        self._waiting_files.append(file)

    def flush(self) -> None:
        """Embed and store what waits."""
        ready = iter(indexes(self.memory, self.encoder, [cut for _, _, cut in self._waiting]))
        for start in range(0, len(self._waiting), RECORDS_AT_ONCE):
            with self.memory.writing() as connection:
                for id_, placed, _ in self._waiting[start : start + RECORDS_AT_ONCE]:
                    indexed = next(ready)
                    self.run.log_record(connection, id_)
                    stored.save(connection, id_, placed, indexed, datetime.now(UTC))
                    self.report.passages += len(indexed.passages)
        self._waiting.clear()
        self._waiting_passages = 0
        if self._waiting_files and not self.options.dry_run:
            with self.memory.writing() as connection:
                for file in self._waiting_files:
                    _remember_file(connection, self.source_id, file)
        self._waiting_files.clear()

    def remove(self, ids: Iterable[str]) -> None:
        """Take records out of the memory; `undo` brings them back."""
        for id_ in ids:
            self.report.removed += 1
            if self.options.dry_run:
                self.report.planned.append(Planned("remove", id_, ""))
                continue
            with self.memory.writing() as connection:
                self.run.log_record(connection, id_)
                stored.remove(connection, id_)


def _remember_file(connection: Connection, source_id: int, file: File) -> None:
    values = {"source_id": source_id, "path": file.locator, "fingerprint": file.fingerprint}
    statement = upsert(t.files).values(**values)
    connection.execute(
        statement.on_conflict_do_update(["source_id", "path"], set_={"fingerprint": file.fingerprint})
    )
