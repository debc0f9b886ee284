"""How the `members` command says who somebody is, and what an import changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from copassist.records import EVERYONE, Identity, Member, Membership
from copassist.store.matches import MatchChange
from copassist.store.members import Difference, FieldChange, MemberChange, Value, membership_text, teams_at
from copassist.store.review import OpenIdentity, Seen, Sighting

MOST_CANDIDATES = 9
MOST_NAMESAKES = 5
MOST_MATCHED = 20
"""So many new matches are listed one by one; those that are lost are all listed."""
_WHY = {"address": "its address", "handle": "its handle", "name": "its full name", "settled": "your choice"}


def printable(text: str) -> str:
    """A text of a source without what could move a terminal's cursor."""
    return "".join(c if c.isprintable() else " " for c in text)


def identity_text(identity: Identity) -> str:
    """Somebody as a source names them: "Ana P., @anap (slack:T0123)"."""
    if identity.scheme == "name":
        return printable(f"{identity.key} (a name in texts)")
    known = [identity.name, identity.handle and f"@{identity.handle.removeprefix('@')}", identity.email]
    said = dict.fromkeys(filter(None, known)) or [identity.key]
    return printable(f"{', '.join(said)} ({identity.scheme})")


def in_records(count: int) -> str:
    """In how many records somebody is."""
    return f"in {count or 'no'} record{'s' if count != 1 else ''}"


def member_line(member: Member, day: date) -> str:
    """A member with the teams that they belong to on that day."""
    teams = ", ".join(map(membership_text, teams_at(member, day)))
    line = f"{member.id}  {member.name}  {teams}"
    return line + ("  leader" if member.leader else "") + (f"  left {member.left}" if member.left else "")


# Review


def seen_line(seen: Seen) -> str:
    """Somebody seen in the sources, with the id that `--settle` takes."""
    return f"{seen.id:>4}  {identity_text(seen.identity)}: {in_records(seen.records)}"


def open_lines(one: OpenIdentity) -> Iterator[str]:
    """Somebody whom a leader should settle, with evidence and the candidates by number."""
    yield seen_line(one.seen)
    for s in one.sightings:
        yield f"      {s.date or 'no date'!s:10}  {_title(s)} ({', '.join(s.roles) or 'speaks'})"
    for place in one.seen.places:
        yield f"      belongs to the private {printable(place)}, which whoever it is may then see"
    for other in one.namesakes[:MOST_NAMESAKES]:
        who = f"is {other.member.name}" if other.member else "is open, too"
        line = f"{identity_text(other.identity)} {who}, {in_records(other.records)}"
        yield f"      the same name: {line}"
    if len(one.namesakes) > MOST_NAMESAKES:
        yield f"      and {len(one.namesakes) - MOST_NAMESAKES} more of this name"
    if one.seen.why == "conflict":
        taken = f"is taken for {one.seen.member.name}, but " if one.seen.member else ""
        yield f"      conflict: {taken}what is known of it points to different members"
    for number, c in enumerate(one.candidates[:MOST_CANDIDATES], 1):
        yield f"      {number}) {c.name} ({c.member}) {printable(c.why)}"
    if len(one.candidates) > MOST_CANDIDATES:
        yield f"      and {len(one.candidates) - MOST_CANDIDATES} more could be meant"


def _title(sighting: Sighting) -> str:
    if EVERYONE not in sighting.audience:
        return printable(f"a record for {', '.join(sighting.audience) or 'nobody'} alone")
    return printable(sighting.title) or "a record without a title"


def settled_line(seen: Seen) -> str:
    """Who somebody is now, after a leader said so or took that back."""
    settled = "nobody of the directory" if seen.why == "settled" else "open"
    return f"{seen_line(seen)}, {f'is {seen.member.name}' if seen.member else settled}"


# Import


def difference_lines(difference: Difference) -> Iterator[str]:
    """What an import changes: members, field by field, and who is matched with whom."""
    if difference.added:
        yield f"{len(difference.added)} added: {', '.join(difference.added)}"
    if difference.changed:
        yield f"{len(difference.changed)} changed:"
        yield from (f"  {change_text(change)}" for change in difference.changed)
    if difference.removed:
        yield f"{len(difference.removed)} removed: {', '.join(difference.removed)}"
    yield from _match_lines(difference.matches)


def change_text(change: MemberChange) -> str:
    """What changes of a member: "Ana Pires: teams Maps -> Maps, Data; left 2026-03-31"."""
    return f"{change.name}: {'; '.join(map(_field_text, change.fields))}"


def _field_text(change: FieldChange) -> str:
    before, after = _value_text(change.before), _value_text(change.after)
    return f"{change.field} {f'{before} -> ' if before else ''}{after or 'nothing'}"


def _value_text(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(membership_text(v) if isinstance(v, Membership) else v for v in value)
    return str(value or "")


def _match_lines(matches: Sequence[MatchChange]) -> Iterator[str]:
    new = [m for m in matches if m.what == "matched"]
    if new:
        yield f"{len(new)} seen in the sources matched:"
        yield from (f"  {_match_text(m)} is {_after(m)}" for m in new[:MOST_MATCHED])
        if len(new) > MOST_MATCHED:
            yield f"  and {len(new) - MOST_MATCHED} more; --json lists them all"
    moved = [m for m in matches if m.what == "moved"]
    if moved:
        yield f"{len(moved)} matched with another member:"
        yield from (f"  {_match_text(m)} was {_before(m)}, is {_after(m)}" for m in moved)
    lost = [m for m in matches if m.what == "lost"]
    if lost:
        yield f"{len(lost)} no longer matched, so open again:"
        yield from (f"  {_match_text(m)} was {_before(m)}; {_lost(m)}" for m in lost)
    fits = [m for m in matches if m.what == "fits"]
    if fits:
        yield f"{len(fits)} settled by hand stay so, but fit a member now:"
        yield from (f"  {_match_text(m)} is {_before(m)}, but fits {_after(m)}; {_reopen(m)}" for m in fits)


def _match_text(match: MatchChange) -> str:
    return f"{identity_text(match.identity)}, {in_records(match.records)},"


def _before(match: MatchChange) -> str:
    name = match.before.name if match.before else "nobody of the directory"
    return f"{name} (settled by hand)" if match.settled else name


def _after(match: MatchChange) -> str:
    return f"{match.after.name if match.after else 'nobody'} by {_WHY.get(match.why, match.why)}"


def _lost(match: MatchChange) -> str:
    return {
        "removed": "that member is removed",
        "conflict": "what is known of it points to different members now",
        "shared name": "several members have this name now",
    }.get(match.why, "nothing in the directory says so any more")


def _reopen(match: MatchChange) -> str:
    return f"`copassist members review --settle {match.id}=open` takes the choice back"
