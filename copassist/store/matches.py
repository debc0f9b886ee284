"""The match of each identity as it is stored, and who somebody is as a leader settled it by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from copassist.errors import NotFoundError
from copassist.records import Identity, Member
from copassist.store import schema as t
from copassist.store.matching import Candidate, Match, Signs, Why, match, signs_of

FORGOTTEN = "forgotten:"
"""What the key of an identity begins with whose member was forgotten."""
AT_ONCE = 500
"""So many ids go into one statement."""

Choices = Mapping[tuple[str, str], str | None]
"""Whom leaders settled, by scheme and key: a member, or None for nobody of the directory."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """A leader's choice who an identity is. `member` is None for nobody of the directory."""

    member: str | None


@dataclass(frozen=True, slots=True)
class MatchChange:
    """What a new directory does to the match of an identity that is in so many records.

    "fits": a leader settled it otherwise, which stays, but now there is a member whom it would match.
    `why` says what decides now, or what forbids to; "removed" that the member is no longer there,
    "gone" that nothing shows any more that it is the member. A choice of a leader ends with its member:
    then `settled` is true.
    """

    id: int
    identity: Identity
    what: Literal["matched", "moved", "lost", "fits"]
    before: Candidate | None
    after: Candidate | None
    why: Why | Literal["removed", "gone"]
    settled: bool = False
    records: int = 0


def choices(connection: Connection) -> dict[tuple[str, str], str | None]:
    """Whom leaders settled."""
    rows = connection.execute(select(t.settled.c.scheme, t.settled.c.key, t.settled.c.member_id))
    return {(row.scheme, row.key): row.member_id for row in rows}


def directory_signs(connection: Connection) -> Signs:
    """By what the members of the stored directory are known."""
    columns = (t.members.c.id, t.members.c.name, t.members.c.emails, t.members.c.handles)
    rows = connection.execute(select(*columns))
    return signs_of(Member(r.name, r.id, tuple(r.emails), tuple(r.handles)) for r in rows)


def decide(signs: Signs, settled: Choices, identity: Identity) -> Match:
    """Who somebody is: as a leader settled it, else by the rules."""
    key = identity.scheme, identity.key
    return Match(settled[key], "settled") if key in settled else match(signs, identity)


def match_new(connection: Connection, identities: Mapping[int, Identity]) -> None:
    """Match identities that were just stored, by id; those that aren't matched stay as they are."""
    if not identities:
        return
    signs, settled = directory_signs(connection), choices(connection)
    found = {id_: decide(signs, settled, identity).member for id_, identity in identities.items()}
    _store(connection, {id_: member for id_, member in found.items() if member})


def changes(connection: Connection, before: Sequence[Member], after: Sequence[Member]) -> list[MatchChange]:
    """What it does to the matches if the directory `after` takes the place of `before`, by identity.

    A match that the directory has no part in stays: an account that was matched by its name is the
    same person's after they changed that name.
    """
    old, new, settled = signs_of(before), signs_of(after), choices(connection)
    rows = connection.execute(
        select(t.identities).where(t.identities.c.key.not_like(FORGOTTEN + "%")).order_by(t.identities.c.id)
    ).all()
    found = [change for row in rows if (change := _change(row, old, new, settled))]
    counted = records_of(connection, [change.id for change in found])
    return [replace(change, records=counted.get(change.id, 0)) for change in found]


def _change(row: Row[Any], old: Signs, new: Signs, settled: Choices) -> MatchChange | None:
    identity = of_row(row)
    was, now = match(old, identity), match(new, identity)
    key = identity.scheme, identity.key
    is_settled = key in settled
    if is_settled and (settled[key] is None or settled[key] in new.names):
        fits = now.member not in (None, settled[key]) and now.member != was.member
        if not fits:
            return None
        return MatchChange(
            row.id, identity, "fits", _named(old, settled[key]), _named(new, now.member), now.why
        )
    if (was == now and row.member_id in new.names) or row.member_id == now.member:
        return None
    before, after = _named(old, row.member_id), _named(new, now.member)
    if now.member is not None:
        what: Literal["matched", "moved"] = "moved" if row.member_id else "matched"
        return MatchChange(row.id, identity, what, before, after, now.why, is_settled)
    removed = row.member_id not in new.names
    return MatchChange(
        row.id, identity, "lost", before, None, "removed" if removed else now.why or "gone", is_settled
    )


def _named(signs: Signs, member: str | None) -> Candidate | None:
    return Candidate(member, signs.names.get(member, member), "") if member else None


def apply(connection: Connection, found: Sequence[MatchChange], directory: Iterable[Member]) -> None:
    """Store what the new directory does to the matches; choices of members who aren't in it end."""
    _store(
        connection,
        {c.id: c.after.member if c.after else None for c in found if c.what != "fits"},
    )
    here = {member.id for member in directory}
    ended = [key for key, member in choices(connection).items() if member and member not in here]
    for scheme, key in ended:
        _delete_choice(connection, scheme, key)


def settle(connection: Connection, id_: int, settlement: Settlement | None, now: datetime) -> None:
    """Keep a leader's choice who an identity is, from now on for all that is stored and will be.

    None takes the choice back: the rules decide again. Raises NotFoundError if there is no such identity.
    """
    identity = load(connection, id_)
    _delete_choice(connection, identity.scheme, identity.key)
    if settlement is None:
        member = match(directory_signs(connection), identity).member
    else:
        member = settlement.member
        row = {"scheme": identity.scheme, "key": identity.key, "member_id": member, "at": now}
        connection.execute(insert(t.settled).values(**row))
    _store(connection, {id_: member})


def load(connection: Connection, id_: int) -> Identity:
    """The identity with that id. Raises NotFoundError if there is none, or if it was forgotten."""
    row = connection.execute(select(t.identities).where(t.identities.c.id == id_)).first()
    if row is None or row.key.startswith(FORGOTTEN):
        raise NotFoundError(
            f"There is nobody with the id {id_}.", "`copassist members review` shows the ids."
        )
    return of_row(row)


def choice_of(connection: Connection, id_: int) -> Settlement | None:
    """How a leader settled who an identity is, None if nobody did. Raises NotFoundError as `load` does."""
    row = _choice(connection, load(connection, id_))
    return Settlement(row.member_id) if row else None


def _choice(connection: Connection, identity: Identity) -> Any:
    key = t.settled.c.scheme == identity.scheme, t.settled.c.key == identity.key
    return connection.execute(select(t.settled).where(*key)).first()


def snapshot(connection: Connection, id_: int) -> dict[str, Any]:
    """How an identity is matched and settled, as `restore` takes it."""
    matched = select(t.identities.c.member_id).where(t.identities.c.id == id_)
    choice = _choice(connection, load(connection, id_))
    settled = {"member": choice.member_id, "at": choice.at.isoformat()} if choice else None
    return {"member": connection.execute(matched).scalar_one(), "settled": settled}


def restore(connection: Connection, id_: int, before: Mapping[str, Any]) -> None:
    """Match and settle an identity as it was; a member who is no longer in the directory is left out."""
    identity, settled = load(connection, id_), before["settled"]
    _delete_choice(connection, identity.scheme, identity.key)
    wanted = {before["member"], *([settled["member"]] if settled else [])} - {None}
    here = {None, *connection.execute(select(t.members.c.id).where(t.members.c.id.in_(wanted))).scalars()}
    if settled and settled["member"] in here:
        at = datetime.fromisoformat(settled["at"])
        row = {"scheme": identity.scheme, "key": identity.key, "member_id": settled["member"], "at": at}
        connection.execute(insert(t.settled).values(**row))
    _store(connection, {id_: before["member"] if before["member"] in here else None})


def of_row(row: Any) -> Identity:
    """The identity of a row."""
    return Identity(row.scheme, row.key, row.name, row.handle, row.email)


def records_of(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    """In how many records each of these identities speaks or has a role; those in none are left out."""
    counted: dict[int, int] = {}
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        roles, speakers = (
            select(table.c.identity_id, table.c.record_id).where(table.c.identity_id.in_(some))
            for table in (t.roles, t.segments)
        )
        seen = roles.union(speakers).subquery()
        rows = connection.execute(select(seen.c.identity_id, func.count()).group_by(seen.c.identity_id))
        counted |= {row[0]: row[1] for row in rows}
    return counted


def _store(connection: Connection, members: Mapping[int, str | None]) -> None:
    if members:
        connection.execute(
            update(t.identities)
            .where(t.identities.c.id == bindparam("at"))
            .values(member_id=bindparam("is")),
            [{"at": id_, "is": member} for id_, member in members.items()],
        )


def _delete_choice(connection: Connection, scheme: str, key: str) -> None:
    connection.execute(delete(t.settled).where(t.settled.c.scheme == scheme, t.settled.c.key == key))
