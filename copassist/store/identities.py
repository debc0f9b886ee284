"""People as the sources name them, and their match in the directory."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, delete, insert, select, tuple_, update

from copassist.records import Identity, Person, Role
from copassist.store import matches
from copassist.store import schema as t
from copassist.store.matches import AT_ONCE, FORGOTTEN, of_row
from copassist.store.names import folded, name_key, split_handle, untitled
from copassist.store.schema import inserted_id

HIDDEN_NAME = "a member"
UNKNOWN_NAME = "somebody"

_NAMES = ("name", "handle", "email")
Shown = Callable[[int, Role | None], Person]


def save(connection: Connection, identities: Iterable[Identity]) -> dict[Identity, int]:
    """The ids of these identities, stored under their newest names and matched to the directory where they
    are new; what a source no longer says of somebody stays known."""
    wanted = list(dict.fromkeys(identities))
    known = _stored(connection, wanted)
    ids: dict[Identity, int] = {}
    unmatched: dict[int, Identity] = {}
    for identity in wanted:
        key = identity.scheme, identity.key
        before = known.get(key)
        if before is None or not before.forgotten:
            known[key] = _save(connection, identity, before)
            if known[key] != before and not known[key].matched:
                unmatched[known[key].id] = known[key].identity
        ids[identity] = known[key].id
    matches.match_new(connection, unmatched)
    return ids


@dataclass(frozen=True, slots=True)
class _Row:
    """An identity as it is stored."""

    id: int
    identity: Identity
    matched: bool
    forgotten: bool = False


def _stored(connection: Connection, wanted: Sequence[Identity]) -> dict[tuple[str, str], _Row]:
    """What is stored of these identities, by scheme and key; of the forgotten ones under the key of old."""
    keys = {(i.scheme, key): (i.scheme, i.key) for i in wanted for key in (i.key, _forgotten_key(i.key))}
    found: dict[tuple[str, str], _Row] = {}
    listed = list(keys)
    for start in range(0, len(listed), AT_ONCE):
        some = tuple_(t.identities.c.scheme, t.identities.c.key).in_(listed[start : start + AT_ONCE])
        for row in connection.execute(select(t.identities).where(some)):
            key, forgotten = keys[row.scheme, row.key], row.key.startswith(FORGOTTEN)
            found[key] = _Row(row.id, of_row(row), row.member_id is not None, forgotten)
    return found


def _save(connection: Connection, identity: Identity, before: _Row | None) -> _Row:
    """Store an identity that may be stored already."""
    if before is None:
        values = {name: getattr(identity, name) for name in ("scheme", "key", *_NAMES)}
        inserted = connection.execute(insert(t.identities).values(**values))
        return _Row(inserted_id(inserted), identity, matched=False)
    names = {name: getattr(identity, name) or getattr(before.identity, name) for name in _NAMES}
    newest = replace(before.identity, **names)
    if newest != before.identity:
        connection.execute(update(t.identities).where(t.identities.c.id == before.id).values(**names))
    return replace(before, identity=newest)


def load(connection: Connection, ids: Sequence[int]) -> dict[int, Identity]:
    """The identities with these ids."""
    rows = connection.execute(select(t.identities).where(t.identities.c.id.in_(ids)))
    return {row.id: of_row(row) for row in rows}


def forget(connection: Connection, member_id: str) -> None:
    """Blank all identities of a member, and how they were settled; what later arrives under the same key
    stays blank."""
    connection.execute(delete(t.settled).where(t.settled.c.member_id == member_id))
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


def redactor(
    connection: Connection, instead: str = HIDDEN_NAME, any_case: bool = False
) -> Callable[[str], str]:
    """A function that takes the names of those who don't want to be named out of a text.

    Full names and handles always, a first name where nobody else in the directory bears it; as they are
    written, or in `any_case`, as people type.
    """
    rows = connection.execute(select(t.members.c.name, t.members.c.handles, t.members.c.hide_name)).all()
    names = {row.name: untitled(row.name) for row in rows}
    firsts = Counter(name.split()[0] for name in names.values())
    hidden: set[str] = set()
    for row in rows:
        if row.hide_name:
            handles = [split_handle(handle)[1] for handle in row.handles]
            hidden |= {row.name, *handles, *(f"@{handle.removeprefix('@')}" for handle in handles)}
            first = names[row.name].split()[0]
            hidden |= {names[row.name], *([first] if firsts[first] == 1 else [])}
    if not hidden:
        return lambda text: text
    longest_first = sorted(hidden, key=lambda name: (-len(name), name))
    pattern = re.compile(
        rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE if any_case else 0
    )
    return lambda text: pattern.sub(instead, text)


def _display(row: Any) -> str:
    if row.hide_name:
        return HIDDEN_NAME
    return row.member or row.name or row.handle.lstrip("@") or UNKNOWN_NAME


def _forgotten_key(key: str) -> str:
    return FORGOTTEN + hashlib.sha256(key.encode()).hexdigest()


def identities_of(connection: Connection, person: str) -> list[int]:
    """The identities of a member's id, or of whoever bears that name; empty when nobody does.

    One who doesn't want to be named isn't found.
    """
    wanted = name_key(person).lstrip("@")
    rows = connection.execute(
        select(t.identities, t.members.c.name.label("member"))
        .join(t.members, isouter=True)
        .where(t.members.c.hide_name.is_not(True))
    )
    return [
        row.id
        for row in rows
        if row.member_id == person
        or wanted in (name_key(row.member or ""), name_key(row.name), folded(row.handle).lstrip("@"))
    ]
