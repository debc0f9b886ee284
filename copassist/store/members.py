"""The directory of members, and who may see what."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from itertools import count
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, insert, select

from copassist.errors import NotFoundError
from copassist.records import EVERYONE, Member, Membership, Viewer
from copassist.store import identities
from copassist.store import schema as t
from copassist.store.identities import folded

member_json = TypeAdapter(list[Member])
_memberships = TypeAdapter(tuple[Membership, ...])


@dataclass(frozen=True, slots=True)
class Difference:
    """What importing a directory changes: names of members."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


def compare(connection: Connection, read: Sequence[Member]) -> tuple[Difference, list[Member]]:
    """What storing `read` as the directory would change, and its members with their ids."""
    old = {m.id: m for m in load(connection)}
    members = _with_ids(read, old.values())
    new = {m.id: m for m in members}
    difference = Difference(
        added=tuple(m.name for m in members if m.id not in old),
        changed=tuple(m.name for m in members if m.id in old and old[m.id] != m),
        removed=tuple(m.name for m in old.values() if m.id not in new),
    )
    return difference, members


def save(connection: Connection, members: Sequence[Member]) -> None:
    """Make these members the directory, and match everybody seen in the sources anew."""
    connection.execute(delete(t.members))
    if members:
        connection.execute(insert(t.members), [_row(m) for m in members])
    identities.rematch(connection)


def load(connection: Connection) -> list[Member]:
    """The directory, by name."""
    return [
        _member(row) for row in connection.execute(select(t.members).order_by(t.members.c.name)).mappings()
    ]


def find(connection: Connection, who: str) -> Member:
    """The member with that id, name, address or handle. Raises NotFoundError if not exactly one fits."""
    wanted = folded(who).lstrip("@")
    members = load(connection)
    fitting = [m for m in members if m.id == who] or [m for m in members if wanted in _signs(m)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        ids = ", ".join(m.id for m in fitting)
        raise NotFoundError(f"{who!r} could be {len(fitting)} members.", f"Say which one by id: {ids}.")
    raise NotFoundError(
        f"There is no member {who!r} in the directory.", "`copassist members list` shows who is."
    )


def viewer(connection: Connection, member_id: str | None, today: date) -> Viewer:
    """On whose behalf a member searches: with their teams, groups and private places, as of `today`.

    Somebody unknown, or who has left the community, sees what everyone sees.
    """
    row = connection.execute(select(t.members).where(t.members.c.id == member_id)).mappings().first()
    member = _member(row) if row else None
    if member is None or has_left(member, today):
        return Viewer(None)
    places = connection.execute(
        select(t.group_members.c.group).join(t.identities).where(t.identities.c.member_id == member_id)
    ).scalars()
    teams = {m.team for m in member.teams if current(m, today)}
    return Viewer(member.id, frozenset({EVERYONE, *teams, *member.groups, *places}))


def current(membership: Membership, today: date) -> bool:
    """Whether a membership of a team holds on that day."""
    begun = membership.since is None or membership.since <= today
    return begun and not _ended(membership, today)


def _ended(membership: Membership, today: date) -> bool:
    return membership.former or (membership.until is not None and membership.until <= today)


def has_left(member: Member, today: date) -> bool:
    """Whether somebody left the community: on a day that came, or since every team of theirs is a former one."""
    if member.left:
        return member.left <= today
    return bool(member.teams) and all(_ended(m, today) for m in member.teams)


def may_be_named(member: Member, today: date) -> bool:
    """Whether somebody can be suggested to askers: here, not away, and willing to be suggested and named."""
    away = member.away_until is not None and member.away_until > today
    return not (has_left(member, today) or away or member.dont_suggest or member.hide_name)


def reach(member: Member) -> str:
    """How to contact somebody, "" when the directory doesn't say."""
    return member.contact or next(iter(member.handles or member.emails), "")


def groups(connection: Connection) -> set[str]:
    """Every group that the directory or a private place names."""
    named = {g for m in load(connection) for g in (*m.groups, *(team.team for team in m.teams))}
    return named | set(connection.execute(select(t.group_members.c.group)).scalars())


def _signs(member: Member) -> set[str]:
    return {folded(sign).lstrip("@") for sign in (member.name, *member.emails, *member.handles)}


def _with_ids(read: Sequence[Member], stored: Iterable[Member]) -> list[Member]:
    """Give each member the id of the stored one with a common address, else name; else a new one."""
    old = sorted(stored, key=lambda m: m.id)
    by_address = {folded(a): m.id for m in old for a in (*m.emails, *m.handles)}
    by_name: dict[str, list[str]] = defaultdict(list)
    for known in old:
        by_name[folded(known.name)].append(known.id)
    ids: dict[int, str] = {}
    for number, member in enumerate(read):  # an address says more than a name: all of them come first
        _take(ids, number, [by_address.get(folded(a), "") for a in (*member.emails, *member.handles)])
    for number, member in enumerate(read):
        _take(ids, number, by_name[folded(member.name)])
    for number, member in enumerate(read):
        slug = _slug(member.name)
        _take(ids, number, (slug if n == 1 else f"{slug}-{n}" for n in count(1)))
    return [replace(member, id=ids[number]) for number, member in enumerate(read)]


def _take(ids: dict[int, str], number: int, candidates: Iterable[str]) -> None:
    """Give the member of that number, who has no id yet, the first of these that nobody has."""
    if number not in ids:
        free = next((id_ for id_ in candidates if id_ and id_ not in ids.values()), None)
        if free:
            ids[number] = free


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", folded(name)).strip("-") or "member"


def _row(member: Member) -> dict[str, Any]:
    row = {field.name: getattr(member, field.name) for field in fields(Member)}
    row["teams"] = _memberships.dump_python(member.teams, mode="json")
    for name in ("emails", "handles", "groups", "topics", "steward_of"):
        row[name] = list(row[name])
    return row


def _member(row: Any) -> Member:
    values = dict(row)
    values["teams"] = _memberships.validate_python(values["teams"])
    for name in ("emails", "handles", "groups", "topics", "steward_of"):
        values[name] = tuple(values[name])
    return Member(**values)
