"""The directory of members, and who may see what."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from itertools import count
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from copassist.errors import NotFoundError
from copassist.records import EVERYONE, Member, Membership, Viewer
from copassist.store import matches
from copassist.store import schema as t
from copassist.store.matches import MatchChange
from copassist.store.names import folded, name_key, sign, split_handle

MOST_ALIKE = 3
"""So many members are offered where a name fits none."""

member_json = TypeAdapter(list[Member])
_memberships = TypeAdapter(tuple[Membership, ...])


Value = str | bool | date | None | tuple[str, ...] | tuple[Membership, ...]
"""What stands in a field of a Member."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of a member that an import changes."""

    field: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class MemberChange:
    """A member whom an import changes, under the new name."""

    member: str
    name: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What importing a directory changes: members by name, and the matches of those seen in the sources."""

    added: tuple[str, ...] = ()
    changed: tuple[MemberChange, ...] = ()
    removed: tuple[str, ...] = ()
    matches: tuple[MatchChange, ...] = ()


def compare(connection: Connection, read: Sequence[Member]) -> tuple[Difference, list[Member]]:
    """What storing `read` as the directory would change, and its members with their ids."""
    stored = load(connection)
    old = {m.id: m for m in stored}
    members = _with_ids(read, stored)
    new = {m.id: m for m in members}
    difference = Difference(
        added=tuple(m.name for m in members if m.id not in old),
        changed=tuple(_change(old[m.id], m) for m in members if m.id in old and old[m.id] != m),
        removed=tuple(m.name for m in stored if m.id not in new),
    )
    if difference != Difference():
        difference = replace(difference, matches=tuple(matches.changes(connection, stored, members)))
    return difference, members


def _change(old: Member, new: Member) -> MemberChange:
    names = [field.name for field in fields(Member)]
    changed = (FieldChange(name, getattr(old, name), getattr(new, name)) for name in names)
    return MemberChange(
        new.id, new.name, tuple(change for change in changed if change.before != change.after)
    )


def save(connection: Connection, members: Sequence[Member]) -> None:
    """Make these members the directory, and match everybody seen in the sources anew.

    What a leader settled stays, but for what was settled to a member who is no longer there.
    """
    before = load(connection)
    changes = matches.changes(connection, before, members)
    for id_ in {m.id for m in before} - {m.id for m in members}:
        connection.execute(delete(t.members).where(t.members.c.id == id_))
    for member in members:
        row = _row(member)
        connection.execute(insert(t.members).values(**row).on_conflict_do_update(["id"], set_=row))
    matches.apply(connection, changes, members)


def load(connection: Connection) -> list[Member]:
    """The directory, by name."""
    return [
        _member(row) for row in connection.execute(select(t.members).order_by(t.members.c.name)).mappings()
    ]


def find(connection: Connection, who: str) -> Member:
    """The member with that id, name, address or handle. Raises NotFoundError if not exactly one fits."""
    wanted = {name_key(who), sign(who)}
    members = load(connection)
    fitting = [m for m in members if m.id == who] or [m for m in members if wanted & _signs(m)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        ids = ", ".join(m.id for m in fitting)
        raise NotFoundError(f"{who!r} could be {len(fitting)} members.", f"Say which one by id: {ids}.")
    like = alike(connection, who)
    fix = f"Did you mean {like}?" if like else "`copassist members list` shows who is."
    raise NotFoundError(f"There is no member {who!r} in the directory.", fix)


def alike(connection: Connection, who: str) -> str:
    """Members who share a word of their name with this, as in "Ana Diaz (ana-diaz) or Ana Lind (ana-lind)".

    None who doesn't want to be named.
    """
    words = set(name_key(who).split())
    like = [m for m in load(connection) if not m.hide_name and words & set(name_key(m.name).split())]
    return " or ".join(f"{m.name} ({m.id})" for m in like[:MOST_ALIKE])


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
    teams = {m.team for m in teams_at(member, today)}
    return Viewer(member.id, frozenset({EVERYONE, *teams, *member.groups, *places}))


def teams_at(member: Member, day: date) -> list[Membership]:
    """The teams that somebody belongs to on that day."""
    return [m for m in member.teams if current(m, day)]


def current(membership: Membership, today: date) -> bool:
    """Whether a membership of a team holds on that day; on the day `until` it no longer does."""
    begun = membership.since is None or membership.since <= today
    ended = membership.former or (membership.until is not None and membership.until <= today)
    return begun and not ended


def membership_text(membership: Membership) -> str:
    """A membership as the members file writes it: "Maps (lead, 2024-05-01 to 2025-01-31)"."""
    since, until = membership.since, membership.until
    time = f"{since} to {until}" if since and until else f"since {since}" if since else f"until {until}"
    said = [
        *(["former"] if membership.former else []),
        *([membership.role] if membership.role != "member" else []),
        *([time] if since or until else []),
    ]
    return f"{membership.team} ({', '.join(said)})" if said else membership.team


def has_left(member: Member, today: date) -> bool:
    """Whether somebody left the community: on a day that came, or, where the directory knows no day at all,
    because it has former teams alone for them.

    Leaving a team is not leaving the community: a team that ended on a known day says nothing about it.
    But a roster that only tells former from current teams, as many do, says by that who is gone.
    """
    if member.left:
        return member.left <= today
    return bool(member.teams) and all(m.former and m.until is None for m in member.teams)


def may_be_named(member: Member, today: date) -> bool:
    """Whether somebody can be suggested to askers: here, not away, and willing to be suggested and named."""
    away = member.away_until is not None and member.away_until > today
    return not (has_left(member, today) or away or member.dont_suggest or member.hide_name)


def reach(member: Member) -> str:
    """How to contact somebody, "" when the directory doesn't say."""
    if member.contact or not member.handles:
        return member.contact or next(iter(member.emails), "")
    world, handle = split_handle(member.handles[0])
    return f"{handle} on {world}" if world else handle


def groups(connection: Connection) -> set[str]:
    """Every group that the directory or a private place names."""
    named = {g for m in load(connection) for g in (*m.groups, *(team.team for team in m.teams))}
    return named | set(connection.execute(select(t.group_members.c.group)).scalars())


def _signs(member: Member) -> set[str]:
    """What finds a member: the name, and addresses and handles, these with and without their world."""
    signs = {sign(text) for text in (*member.emails, *member.handles)}
    return signs | {name_key(member.name)} | {sign(split_handle(h)[1]) for h in member.handles}


def _with_ids(read: Sequence[Member], stored: Iterable[Member]) -> list[Member]:
    """Give each member the id of the stored one with a common e-mail address, else of the only one of that
    name, else with a common handle, else of one of that name; else an id that nobody had.

    What says most comes first for all of them: an address is one person's, a handle may be given away.
    """
    old = sorted(stored, key=lambda m: m.id)
    by_email = {sign(email): m.id for m in old for email in m.emails}
    by_handle = {handle: m.id for m in old for handle in _handles(m)}
    by_name: dict[str, list[str]] = defaultdict(list)
    for known in old:
        by_name[name_key(known.name)].append(known.id)
    bearers = Counter(name_key(m.name) for m in read)
    ids: dict[int, str] = {}
    taken: set[str] = set()

    def give(find: Callable[[Member], Iterable[str]]) -> None:
        for number, member in enumerate(read):
            free = next((id_ for id_ in find(member) if id_ and id_ not in taken), "")
            if number not in ids and free:
                ids[number] = free
                taken.add(free)

    def only_namesake(member: Member) -> list[str]:
        namesakes = by_name[name_key(member.name)]
        return namesakes if len(namesakes) == bearers[name_key(member.name)] == 1 else []

    give(lambda member: (by_email.get(sign(email), "") for email in member.emails))
    give(only_namesake)
    give(lambda member: (by_handle.get(handle, "") for handle in _handles(member)))
    give(lambda member: by_name[name_key(member.name)])
    taken |= {known.id for known in old}
    give(lambda member: _slugs(member.name))
    return [replace(member, id=ids[number]) for number, member in enumerate(read)]


def _handles(member: Member) -> list[tuple[str, str]]:
    """A member's handles to compare by, each with its world."""
    return [(world, sign(bare)) for world, bare in map(split_handle, member.handles)]


def _slugs(name: str) -> Iterator[str]:
    """What an id may be made of, endless: ana-pires, ana-pires-2, ..."""
    slug = re.sub(r"[^a-z0-9]+", "-", folded(name)).strip("-") or "member"
    return (slug if n == 1 else f"{slug}-{n}" for n in count(1))


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
