"""People as the sources name them, and their match in the directory."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from copassist.records import Identity, Person, Role
from copassist.store import schema as t
from copassist.store.schema import inserted_id

HIDDEN_NAME = "a member"
UNKNOWN_NAME = "somebody"
FORGOTTEN = "forgotten:"

Shown = Callable[[int, Role | None], Person]


def save(connection: Connection, identities: Iterable[Identity]) -> dict[Identity, int]:
    """The ids of these identities, stored and matched to the directory where they are new."""
    ids: dict[Identity, int] = {}
    for identity in dict.fromkeys(identities):
        keys = (identity.key, _forgotten_key(identity.key))
        row = connection.execute(
            select(t.identities).where(t.identities.c.scheme == identity.scheme, t.identities.c.key.in_(keys))
        ).first()
        names = {"name": identity.name, "handle": identity.handle, "email": identity.email}
        if row is None:
            values = {"scheme": identity.scheme, "key": identity.key, **names}
            inserted = connection.execute(insert(t.identities).values(**values))
            ids[identity] = inserted_id(inserted)
            _match(connection, [(ids[identity], identity)])
            continue
        ids[identity] = row.id
        if not row.key.startswith(FORGOTTEN) and (row.name, row.handle, row.email) != tuple(names.values()):
            connection.execute(update(t.identities).where(t.identities.c.id == row.id).values(**names))
            if row.member_id is None:
                _match(connection, [(row.id, identity)])
    return ids


def load(connection: Connection, ids: Sequence[int]) -> dict[int, Identity]:
    """The identities with these ids."""
    rows = connection.execute(select(t.identities).where(t.identities.c.id.in_(ids)))
    return {row.id: Identity(row.scheme, row.key, row.name, row.handle, row.email) for row in rows}


def rematch(connection: Connection) -> None:
    """Match every identity anew, after the directory changed."""
    connection.execute(update(t.identities).values(member_id=None))
    rows = connection.execute(select(t.identities)).all()
    _match(connection, [(r.id, Identity(r.scheme, r.key, r.name, r.handle, r.email)) for r in rows])


def forget(connection: Connection, member_id: str) -> None:
    """Blank all identities of a member; what later arrives under the same key stays blank."""
    for row in connection.execute(select(t.identities).where(t.identities.c.member_id == member_id)).all():
        blank = {"key": _forgotten_key(row.key), "name": "", "handle": "", "email": "", "member_id": None}
        connection.execute(update(t.identities).where(t.identities.c.id == row.id).values(**blank))


def shown(connection: Connection, record_ids: Sequence[str]) -> Shown:
    """A function that shows an identity of these records, in a role, under the name that its member wishes."""
    speakers = select(t.segments.c.identity_id).where(t.segments.c.record_id.in_(record_ids))
    roles = select(t.roles.c.identity_id).where(t.roles.c.record_id.in_(record_ids))
    rows = connection.execute(
        select(t.identities, t.members.c.name.label("member"), t.members.c.hide_name)
        .join(t.members, isouter=True)
        .where(t.identities.c.id.in_(speakers.union(roles)))
    )
    people = {row.id: Person(row.id, _display(row), None, row.member_id) for row in rows}

    def show(identity: int, role: Role | None) -> Person:
        person = people[identity]
        return Person(person.identity, person.name, role, person.member)

    return show


def redactor(connection: Connection) -> Callable[[str], str]:
    """A function that takes the names of those who don't want to be named out of a text.

    Full names and handles always, a first name where nobody else in the directory bears it.
    """
    rows = connection.execute(select(t.members.c.name, t.members.c.handles, t.members.c.hide_name)).all()
    firsts = Counter(row.name.split()[0] for row in rows)
    hidden: set[str] = set()
    for row in rows:
        if row.hide_name:
            hidden |= {row.name, *row.handles}
            hidden |= {row.name.split()[0]} if firsts[row.name.split()[0]] == 1 else set()
    if not hidden:
        return lambda text: text
    longest_first = sorted(hidden, key=lambda name: (-len(name), name))
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
    return lambda text: pattern.sub(HIDDEN_NAME, text)


def _display(row: Any) -> str:
    if row.hide_name:
        return HIDDEN_NAME
    return row.member or row.name or row.handle.lstrip("@") or UNKNOWN_NAME


def _forgotten_key(key: str) -> str:
    return FORGOTTEN + hashlib.sha256(key.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class OpenIdentity:
    """Somebody seen in the sources who isn't matched to the directory, with the members it could be."""

    id: int
    identity: Identity
    records: int
    candidates: tuple[str, ...]


def unmatched(connection: Connection) -> list[OpenIdentity]:
    """Those seen in the sources but not in the directory, most often seen first."""
    roles = select(t.roles.c.identity_id, t.roles.c.record_id)
    speakers = select(t.segments.c.identity_id, t.segments.c.record_id)
    seen = roles.union(speakers).subquery()
    counted = (
        select(t.identities, func.count(seen.c.record_id).label("records"))
        .join(seen, seen.c.identity_id == t.identities.c.id)
        .where(t.identities.c.member_id.is_(None), t.identities.c.key.not_like(FORGOTTEN + "%"))
        .group_by(t.identities.c.id)
        .order_by(func.count(seen.c.record_id).desc(), t.identities.c.name)
    )
    members = connection.execute(select(t.members.c.name)).scalars().all()
    return [
        OpenIdentity(
            row.id,
            Identity(row.scheme, row.key, row.name, row.handle, row.email),
            row.records,
            tuple(name for name in members if _could_be(row.name or row.key, name)),
        )
        for row in connection.execute(counted)
    ]


def _could_be(seen: str, name: str) -> bool:
    """Whether a short name could stand for a full one: "Ana" or "Ana P." for "Ana Pires"."""
    words, full = folded(seen).replace(".", "").split(), folded(name).split()
    return (
        bool(words)
        and len(words) <= len(full)
        and all(f.startswith(w) for w, f in zip(words, full, strict=False))
    )


def folded(name: str) -> str:
    """A name without case, accents and doubled spaces, to compare by."""
    plain = unicodedata.normalize("NFKD", name)
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())


def _match(connection: Connection, identities: Sequence[tuple[int, Identity]]) -> None:
    """Match by exact address or handle, else by a full name that only one member has; else leave open."""
    by_address, by_name = _directory(connection)
    for id_, identity in identities:
        signs = {folded(identity.email), folded(identity.handle).lstrip("@")}
        if identity.scheme == "name":
            signs.add(folded(identity.key).lstrip("@"))
        found = {by_address[sign] for sign in signs if sign in by_address}
        name = folded(identity.name)
        if not found and " " in name:
            found = by_name.get(name, set())
        if len(found) == 1:
            connection.execute(
                update(t.identities).where(t.identities.c.id == id_).values(member_id=found.pop())
            )


def _directory(connection: Connection) -> tuple[dict[str, str], dict[str, set[str]]]:
    by_address: dict[str, str] = {}
    by_name: dict[str, set[str]] = defaultdict(set)
    for row in connection.execute(
        select(t.members.c.id, t.members.c.name, t.members.c.emails, t.members.c.handles)
    ):
        by_name[folded(row.name)].add(row.id)
        for address in (*row.emails, *row.handles):
            by_address[folded(address).lstrip("@")] = row.id
    return by_address, by_name


def identities_of(connection: Connection, person: str) -> list[int]:
    """The identities of a member's id, or of whoever bears that name; empty when nobody does.

    One who doesn't want to be named isn't found.
    """
    wanted = folded(person).lstrip("@")
    rows = connection.execute(
        select(t.identities, t.members.c.name.label("member"))
        .join(t.members, isouter=True)
        .where(t.members.c.hide_name.is_not(True))
    )
    return [
        row.id
        for row in rows
        if row.member_id == person
        or wanted in (folded(row.member or ""), folded(row.name), folded(row.handle).lstrip("@"))
    ]
