"""Storing, reading and removing records. Each change is logged for the index in the same transaction."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, insert, select, tuple_
from sqlalchemy.dialects.sqlite import insert as upsert

from copassist.embedding import Vectors
from copassist.errors import NotFoundError
from copassist.passages import Passage
from copassist.records import (
    Group,
    Identity,
    Person,
    Record,
    RecordSummary,
    Role,
    Segment,
    StoredRecord,
    StoredSegment,
)
from copassist.store import identities as people
from copassist.store import keywords, vocabulary
from copassist.store import schema as t

record_json = TypeAdapter(Record)


@dataclass(frozen=True, slots=True)
class Placed:
    """A record with its place in the memory: the source and the file it was read from, and who may see it."""

    record: Record
    source_id: int
    file: str
    audience: frozenset[str]


@dataclass(frozen=True, slots=True)
class Indexed:
    """A record's passages with the hash of what was embedded of each, and their vectors (n, d)."""

    passages: Sequence[Passage]
    hashes: Sequence[str]
    vectors: Vectors


def record_id(source_key: str, locator: str) -> str:
    """The id of a record: the same for the same place in the same source, wherever the memory lies."""
    return hashlib.sha256(f"{source_key}\0{locator}".encode()).hexdigest()[:12]


def content_hash(record: Record) -> str:
    """A hash that differs when anything that was read differs, but for the order of a group's members."""
    if record.group:
        members = sorted(record.group.members, key=lambda i: (i.scheme, i.key))
        record = replace(record, group=Group(record.group.name, tuple(members)))
    return hashlib.sha256(record_json.dump_json(record)).hexdigest()


def save(connection: Connection, id_: str, placed: Placed, indexed: Indexed, now: datetime) -> None:
    """Store a record, replacing the one with that id."""
    record = placed.record
    if connection.execute(select(t.records.c.id).where(t.records.c.id == id_)).first():
        _clear(connection, id_)
    columns = {
        "source_id": placed.source_id,
        "locator": record.locator,
        "file": placed.file,
        "kind": record.kind,
        "format": record.format,
        "title": record.title,
        "date": record.date,
        "channel": record.channel,
        "link": record.link,
        "group": record.group.name if record.group else None,
        "content": content_hash(record),
        "stored_at": now,
    }
    statement = upsert(t.records).values(id=id_, **columns)
    connection.execute(statement.on_conflict_do_update(["id"], set_=columns))
    _save_audience(connection, id_, placed.audience)
    vocabulary.save(connection, id_, vocabulary.texts(record))
    _save_people(connection, id_, record)
    _save_passages(connection, id_, indexed)
    log_change(connection, id_, "saved")


def remove(connection: Connection, id_: str) -> None:
    """Take a record out of the memory, with all that was derived from it."""
    _clear(connection, id_)
    connection.execute(delete(t.records).where(t.records.c.id == id_))
    log_change(connection, id_, "removed")


def set_audience(connection: Connection, id_: str, audience: frozenset[str]) -> None:
    """Change who may see a record."""
    vocabulary.uncount(connection, id_)
    connection.execute(delete(t.record_groups).where(t.record_groups.c.record_id == id_))
    _save_audience(connection, id_, audience)
    vocabulary.count(connection, id_)
    log_change(connection, id_, "audience")


def _save_audience(connection: Connection, id_: str, audience: frozenset[str]) -> None:
    rows = [{"record_id": id_, "group": group} for group in sorted(audience)]
    if rows:
        connection.execute(insert(t.record_groups), rows)


def log_change(connection: Connection, id_: str, change: str) -> None:
    """Tell the index that a record changed."""
    connection.execute(insert(t.changes).values(record_id=id_, change=change))


def recut(connection: Connection, id_: str, indexed: Indexed) -> None:
    """Replace the passages of a record; the record itself stays as it is."""
    _clear_passages(connection, id_)
    _save_passages(connection, id_, indexed)
    log_change(connection, id_, "saved")


def read_back(connection: Connection, id_: str) -> Placed:
    """A record as its connector read it, with its place. Raises NotFoundError if there is no such record."""
    row = connection.execute(select(t.records).where(t.records.c.id == id_)).mappings().first()
    if row is None:
        raise NotFoundError(f"There is no record {id_!r}.", "`copassist search` shows the ids of records.")
    known = people.load(connection, _identities_of(connection, id_))
    segments = connection.execute(
        select(t.segments).where(t.segments.c.record_id == id_).order_by(t.segments.c.position)
    ).mappings()
    roles = connection.execute(
        select(t.roles).where(t.roles.c.record_id == id_).order_by(t.roles.c.position)
    ).mappings()
    audience = connection.execute(
        select(t.record_groups.c.group).where(t.record_groups.c.record_id == id_)
    ).scalars()
    record = Record(
        locator=row["locator"],
        kind=row["kind"],
        title=row["title"],
        segments=tuple(_segment(s, known) for s in segments),
        date=row["date"],
        format=row["format"],
        roles=tuple((known[r["identity_id"]], r["role"]) for r in roles),
        channel=row["channel"],
        link=row["link"],
        group=_group(connection, row["group"]),
    )
    return Placed(record, row["source_id"], row["file"], frozenset(audience))


def load(connection: Connection, ids: Iterable[str]) -> dict[str, StoredRecord]:
    """The records with these ids as the memory shows them; those that aren't there are left out."""
    wanted = list(dict.fromkeys(ids))
    summaries = summarise(connection, wanted)
    shown = people.shown(connection, wanted)
    redact = people.redactor(connection)
    segments: dict[str, list[StoredSegment]] = defaultdict(list)
    rows = connection.execute(
        select(t.segments)
        .where(t.segments.c.record_id.in_(wanted))
        .order_by(t.segments.c.record_id, t.segments.c.position)
    ).mappings()
    for row in rows:
        segments[row["record_id"]].append(_stored_segment(row, shown, redact))
    return {id_: StoredRecord(summary, tuple(segments[id_])) for id_, summary in summaries.items()}


def segments_at(
    connection: Connection, places: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], tuple[StoredSegment, Callable[[int], int]]]:
    """The segments at these places (record and position), each with where a place in its stored text
    lies in the text that is shown, from which names may have been taken out."""
    wanted = sorted(places)
    shown = people.shown(connection, sorted({record for record, _ in wanted}))
    redact = people.redactor(connection)
    at = tuple_(t.segments.c.record_id, t.segments.c.position)
    rows = connection.execute(select(t.segments).where(at.in_(wanted))).mappings()
    return {
        (row["record_id"], row["position"]): (
            _stored_segment(row, shown, redact),
            _shift(row["text"], redact),
        )
        for row in rows
    }


def _shift(stored: str, redact: Callable[[str], str]) -> Callable[[int], int]:
    return lambda at: len(redact(stored[:at]))


def summarise(connection: Connection, ids: Sequence[str]) -> dict[str, RecordSummary]:
    """The records with these ids without their segments."""
    shown = people.shown(connection, ids)
    redact = people.redactor(connection)
    roles: dict[str, list[Person]] = defaultdict(list)
    for row in connection.execute(
        select(t.roles).where(t.roles.c.record_id.in_(ids)).order_by(t.roles.c.position)
    ).mappings():
        roles[row["record_id"]].append(shown(row["identity_id"], row["role"]))
    rows = connection.execute(
        select(t.records, t.sources.c.link_base).join(t.sources).where(t.records.c.id.in_(ids))
    ).mappings()
    return {
        row["id"]: RecordSummary(
            id=row["id"],
            kind=row["kind"],
            title=redact(row["title"]),
            date=row["date"],
            format=row["format"],
            channel=row["channel"],
            link=_link(row["link_base"], row["link"] or row["locator"], bool(row["link"])),
            people=tuple(roles[row["id"]]),
        )
        for row in rows
    }


def _link(base: str, path: str, absolute_allowed: bool) -> str:
    """Where the original can be opened: an address of its own, or its place under the source's link base."""
    if absolute_allowed and path.startswith(("http://", "https://")):
        return path
    return f"{base.rstrip('/')}/{quote(path)}" if base else ""


def _clear(connection: Connection, id_: str) -> None:
    _clear_passages(connection, id_)
    vocabulary.clear(connection, id_)
    for table in (t.segments, t.roles, t.record_groups):
        connection.execute(delete(table).where(table.c.record_id == id_))


def _clear_passages(connection: Connection, id_: str) -> None:
    connection.execute(delete(t.passages).where(t.passages.c.record_id == id_))


def _save_people(connection: Connection, id_: str, record: Record) -> None:
    """Store the segments and the roles with the people in them."""
    mentioned = [i for i, _ in record.roles] + [s.speaker for s in record.segments if s.speaker]
    if record.group:
        mentioned += record.group.members
    ids = people.save(connection, mentioned)
    if record.segments:
        keys = segment_ids(id_, record.segments)
        connection.execute(
            insert(t.segments),
            [
                {
                    "id": key,
                    "record_id": id_,
                    "position": position,
                    "key": s.key,
                    "text": s.text,
                    "identity_id": ids[s.speaker] if s.speaker else None,
                    "role": s.role,
                    "time": s.time,
                    "section": s.section,
                    "part": s.part,
                    "location": s.location,
                }
                for position, (key, s) in enumerate(zip(keys, record.segments, strict=True))
            ],
        )
    roles = dict.fromkeys((ids[identity], role) for identity, role in record.roles)
    if roles:
        rows = [
            {"record_id": id_, "identity_id": i, "role": r, "position": n} for n, (i, r) in enumerate(roles)
        ]
        connection.execute(insert(t.roles), rows)
    if record.group:
        connection.execute(delete(t.group_members).where(t.group_members.c.group == record.group.name))
        members = {ids[m] for m in record.group.members}
        if members:
            connection.execute(
                insert(t.group_members),
                [{"group": record.group.name, "identity_id": m} for m in sorted(members)],
            )


def segment_ids(id_: str, segments: Sequence[Segment]) -> list[str]:
    """An id for each segment that stays the same when others are added or moved around it."""
    seen: dict[str, int] = defaultdict(int)
    ids = []
    for segment in segments:
        own = segment.key or f"{segment.speaker.key if segment.speaker else ''}\0{segment.text}"
        seen[own] += 1
        ids.append(hashlib.sha256(f"{id_}\0{own}\0{seen[own]}".encode()).hexdigest()[:16])
    return ids


def _save_passages(connection: Connection, id_: str, indexed: Indexed) -> None:
    if not indexed.passages:
        return
    vectors = {
        hash_: {"hash": hash_, "vector": vector.tobytes()}
        for hash_, vector in zip(indexed.hashes, indexed.vectors, strict=True)
    }
    connection.execute(upsert(t.embeddings).on_conflict_do_nothing(), list(vectors.values()))
    rows = [
        {
            "record_id": id_,
            "spans": [[s.position, s.start, s.end] for s in passage.spans],
            "embedding": hash_,
            "words": keywords.packed(passage.embedded),
        }
        for passage, hash_ in zip(indexed.passages, indexed.hashes, strict=True)
    ]
    connection.execute(insert(t.passages), rows)


def _identities_of(connection: Connection, id_: str) -> list[int]:
    speakers = select(t.segments.c.identity_id).where(
        t.segments.c.record_id == id_, t.segments.c.identity_id.is_not(None)
    )
    roles = select(t.roles.c.identity_id).where(t.roles.c.record_id == id_)
    return list(connection.execute(speakers.union(roles)).scalars())


def _segment(row: Any, known: dict[int, Identity]) -> Segment:
    return Segment(
        text=row["text"],
        speaker=known.get(row["identity_id"]),
        role=row["role"],
        time=row["time"],
        section=row["section"],
        part=row["part"],
        location=row["location"],
        key=row["key"],
    )


def _stored_segment(row: Any, shown: people.Shown, redact: Callable[[str], str]) -> StoredSegment:
    role: Role | None = row["role"]
    return StoredSegment(
        id=row["id"],
        position=row["position"],
        text=redact(row["text"]),
        speaker=shown(row["identity_id"], role) if row["identity_id"] else None,
        time=row["time"],
        section=redact(row["section"]),
        part=row["part"],
        location=row["location"],
        key=row["key"],
    )


def _group(connection: Connection, name: str | None) -> Group | None:
    if name is None:
        return None
    ids = connection.execute(
        select(t.group_members.c.identity_id).where(t.group_members.c.group == name)
    ).scalars()
    return Group(name, tuple(people.load(connection, list(ids)).values()))
