"""Those seen in the sources: who is matched to the directory and why, and what a leader needs to settle
who the others are. For the leader, who keeps the directory: nothing is hidden here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select, true

from copassist.records import EVERYONE, Identity
from copassist.store import matches
from copassist.store import schema as t
from copassist.store.matches import FORGOTTEN, of_row
from copassist.store.matching import Candidate, Signs, Why, candidates, name_of
from copassist.store.names import name_key

SIGHTINGS = 3
"""So many records are shown of somebody."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody in so many records. `member` is who it is in the directory, None if nobody (known).

    `why` says what decided or forbids it: "settled" is a leader's choice, and with no member it means
    nobody of the directory; "conflict" are signs of different members, also where a match of earlier
    no longer fits what the source says now. `places` are private ones that they belong to.
    """

    id: int
    identity: Identity
    records: int
    places: tuple[str, ...]
    member: Candidate | None
    why: Why

    @property
    def is_open(self) -> bool:
        """Whether somebody should say who this is."""
        return self.why == "conflict" or (self.member is None and self.why != "settled")


@dataclass(frozen=True, slots=True)
class Sighting:
    """A record that somebody is in, and as what: roles, none where they only speak.

    `title` is "" where not everyone may see the record; `audience` says who may.
    """

    record: str
    title: str
    date: date | None
    roles: tuple[str, ...]
    audience: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenIdentity:
    """Somebody whom the rules can't match, with the members it could be, the likeliest first, and evidence:
    the newest records, and those who bear the same name elsewhere."""

    seen: Seen
    candidates: tuple[Candidate, ...]
    sightings: tuple[Sighting, ...]
    namesakes: tuple[Seen, ...]


def everybody(connection: Connection) -> list[Seen]:
    """Everybody who is in a record or a private place, or was settled; most often seen first, then by name."""
    signs, settled = matches.directory_signs(connection), matches.choices(connection)
    rows = connection.execute(select(t.identities).where(t.identities.c.key.not_like(FORGOTTEN + "%"))).all()
    records = matches.records_of(connection, [row.id for row in rows])
    places: dict[int, list[str]] = defaultdict(list)
    for place in connection.execute(select(t.group_members).order_by(t.group_members.c.group)):
        places[place.identity_id].append(place.group)
    seen = [
        _seen(row, signs, settled, records.get(row.id, 0), places[row.id])
        for row in rows
        if row.id in records or row.id in places or (row.scheme, row.key) in settled
    ]
    return sorted(seen, key=lambda s: (-s.records, name_key(name_of(s.identity)), s.id))


def _seen(row: Any, signs: Signs, settled: matches.Choices, records: int, places: Iterable[str]) -> Seen:
    identity = of_row(row)
    found = matches.decide(signs, settled, identity)
    member, why = row.member_id, found.why
    if member is not None and found.member is not None and found.member != member:
        why = "conflict"
    known = Candidate(member, signs.names.get(member, member), "") if member else None
    return Seen(row.id, identity, records, tuple(places), known, why)


def explain(connection: Connection, people: Sequence[Seen], among: Iterable[Seen]) -> list[OpenIdentity]:
    """Who these people could be, and what speaks for it; `among` are all whose names may be the same."""
    signs = matches.directory_signs(connection)
    by_name: dict[str, list[Seen]] = defaultdict(list)
    for other in among:
        by_name[name_key(name_of(other.identity))].append(other)
    explained = []
    for person in people:
        name = name_key(name_of(person.identity))
        namesakes = [other for other in by_name[name] if other.id != person.id] if name else []
        could_be = _with_namesakes(candidates(signs, person.identity), namesakes)
        sightings = _sightings(connection, person.id)
        explained.append(OpenIdentity(person, tuple(could_be), tuple(sightings), tuple(namesakes)))
    return explained


def _with_namesakes(found: Sequence[Candidate], namesakes: Sequence[Seen]) -> list[Candidate]:
    """The candidates with those first who are known under the same name elsewhere."""
    known: dict[str, Candidate] = {}
    for other in namesakes:
        if other.member and other.why != "conflict":
            scheme = other.identity.scheme
            why = f"is called this in {'texts' if scheme == 'name' else scheme}"
            known.setdefault(other.member.member, replace(other.member, why=why))
    first = [replace(c, why=f"{c.why}, {known.pop(c.member).why}") for c in found if c.member in known]
    taken = {c.member for c in first}
    return [*first, *known.values(), *(c for c in found if c.member not in taken)]


def _sightings(connection: Connection, id_: int) -> list[Sighting]:
    """The newest records that an identity is in; those without a date come last."""
    in_role = select(t.roles.c.record_id).where(t.roles.c.identity_id == id_)
    speaking = select(t.segments.c.record_id).where(t.segments.c.identity_id == id_)
    rows = connection.execute(
        select(t.records.c.id, t.records.c.title, t.records.c.date)
        .where(t.records.c.id.in_(in_role.union(speaking)))
        .order_by(t.records.c.date.desc().nulls_last(), t.records.c.id)
        .limit(SIGHTINGS)
    ).all()
    roles = _by_record(connection, rows, t.roles, t.roles.c.role, t.roles.c.identity_id == id_)
    said = _by_record(connection, rows, t.segments, t.segments.c.role, t.segments.c.identity_id == id_)
    groups = _by_record(connection, rows, t.record_groups, t.record_groups.c.group, true())
    return [
        Sighting(
            row.id,
            row.title if EVERYONE in groups[row.id] else "",
            row.date,
            tuple(sorted(roles[row.id] | said[row.id])),
            tuple(sorted(groups[row.id])),
        )
        for row in rows
    ]


def _by_record(
    connection: Connection, records: Sequence[Any], table: Table, column: Any, where: ColumnElement[bool]
) -> dict[str, set[str]]:
    """What stands in a column for each of these records, but for what is empty."""
    found: dict[str, set[str]] = defaultdict(set)
    in_these = table.c.record_id.in_([record.id for record in records])
    for id_, value in connection.execute(select(table.c.record_id, column).where(in_these, where).distinct()):
        found[id_] |= {value} if value else set()
    return found
