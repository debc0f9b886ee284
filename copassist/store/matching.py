"""Who of the directory somebody in a source is, and who they could be: the rules, without a database.

An exact address or handle decides, else a full name that one member alone bears. Signs that point to
different members, a name that several bear and part of a name decide nothing: that stays open.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from copassist.records import Identity, Member
from copassist.store.names import holds_in, name_key, name_words, sign, split_handle

Why = Literal["", "settled", "address", "handle", "name", "conflict", "shared name"]
ALIKE = 0.8
"""From this ratio on (difflib), what differs in two names may be a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member whom an identity could be, and what speaks for it."""

    member: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Match:
    """Who an identity is. `member` is None when that is open; `why` says what decided, or what forbids to."""

    member: str | None
    why: Why = ""


@dataclass(frozen=True, slots=True)
class Signs:
    """By what the members of a directory are known."""

    names: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    handles: dict[str, list[tuple[str, str, str]]] = field(default_factory=lambda: defaultdict(list))
    """By the handle to compare by: its world, the handle as written without @, whose it is."""
    full_names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    words: dict[str, list[str]] = field(default_factory=dict)
    by_letter: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Members by each letter that a word of their name begins with."""


def signs_of(directory: Iterable[Member]) -> Signs:
    """By what these members are known."""
    signs = Signs()
    for member in directory:
        signs.names[member.id] = member.name
        for email in member.emails:
            signs.addresses[sign(email)].add(member.id)
        for handle in member.handles:
            world, bare = split_handle(handle)
            signs.handles[sign(bare)].append((world, bare.removeprefix("@"), member.id))
        if " " in name_key(member.name):
            signs.full_names[name_key(member.name)].add(member.id)
        signs.words[member.id] = name_words(member.name)
        for word in signs.words[member.id]:
            signs.by_letter[word[0]].add(member.id)
    return signs


def name_of(identity: Identity) -> str:
    """The name that a source gives somebody, "" when it gives none."""
    return identity.name or (identity.key if identity.scheme == "name" else "")


def match(signs: Signs, identity: Identity) -> Match:
    """Who somebody is by the rules, with a leader's choice left aside."""
    by_address, by_handle = _by_address(signs, identity), _by_handle(signs, identity)
    by_name = signs.full_names.get(name_key(name_of(identity)), set())
    exact = by_address | by_handle
    if len(exact) > 1 or (exact and by_name and exact.isdisjoint(by_name)):
        return Match(None, "conflict")
    if exact:
        return Match(next(iter(exact)), "address" if by_address else "handle")
    if len(by_name) == 1:
        return Match(next(iter(by_name)), "name")
    return Match(None, "shared name" if by_name else "")


def _by_address(signs: Signs, identity: Identity) -> set[str]:
    addresses = {identity.email}
    if identity.scheme in ("mail", "name") and "@" in identity.key:
        addresses.add(identity.key)
    found: set[str] = set()
    return found.union(*(signs.addresses.get(sign(address), ()) for address in addresses))


def _by_handle(signs: Signs, identity: Identity) -> set[str]:
    """Who has the handle, whatever its case; in a text a word without @ only if it can't be a first name.

    "Ana" is no handle where a member is called Ana, nor is "ana", the way handles are written, where
    somebody else than the member with that handle is.
    """
    handles = {identity.handle}
    if identity.scheme == "name" and identity.key.startswith("@"):
        handles.add(identity.key)
    found = {
        member
        for handle in handles
        for world, _, member in signs.handles.get(sign(handle), ())
        if holds_in(world, identity.scheme)
    }
    if identity.scheme == "name":
        word = identity.key
        found |= {
            member
            for world, bare, member in signs.handles.get(sign(word), ())
            if not world and not _called(signs, word) - ({member} if word in (bare, bare.lower()) else set())
        }
    return found


def _called(signs: Signs, word: str) -> set[str]:
    """The members with that word in their name."""
    words = name_words(word)
    pool = signs.by_letter.get(words[0][0], set()) if len(words) == 1 else set()
    return {member for member in pool if words[0] in signs.words[member]}


# Who it could be


def candidates(signs: Signs, identity: Identity) -> list[Candidate]:
    """The members whom an open identity could be, the likeliest first; ties by name."""
    why = _pointed(signs, identity)
    seen = name_words(name_of(identity))
    accounts = [name_words(a) for a in (identity.handle, *_local_parts(identity)) if a]
    letters = {word[0] for words in (seen, *accounts) for word in words}
    pool: set[str] = set()
    for member in pool.union(*(signs.by_letter.get(letter, ()) for letter in letters)) - why.keys():
        full = signs.words[member]
        alike = list(filter(None, (_likeness(seen, full), _account_likeness(accounts, full))))
        if not alike and len(seen) == 1:  # a name in one word may be that of an account
            alike = list(filter(None, [_account_likeness([seen], full)]))
        if alike:
            why[member] = min(alike)
    ordered = sorted(why, key=lambda member: (why[member][0], signs.names[member], member))
    return [Candidate(member, signs.names[member], why[member][1]) for member in ordered]


def _pointed(signs: Signs, identity: Identity) -> dict[str, tuple[int, str]]:
    """The members that exact signs point to, with how strong that is (0 is strongest) and in words."""
    why: dict[str, tuple[int, str]] = {}
    for member in signs.full_names.get(name_key(name_of(identity)), ()):
        why[member] = 1, "has this name"
    for member in _by_handle(signs, identity):
        why[member] = 0, f"has the handle {identity.handle or identity.key}"
    for member in _by_address(signs, identity):
        why[member] = 0, f"has the address {identity.email or identity.key}"
    return why


def _local_parts(identity: Identity) -> list[str]:
    """What stands before the @ of the address, where people often put their name."""
    address = identity.email or (identity.key if identity.scheme == "mail" else "")
    return [address.partition("@")[0]] if "@" in address else []


def _likeness(seen: list[str], full: list[str]) -> tuple[int, str] | None:
    """How alike a name and that of a member are (0 is most), and in words; None if they aren't."""
    if not full or max(map(len, seen), default=0) < 2:
        return None
    if seen == full:
        return 1, "has this name"
    if sorted(seen) == sorted(full):
        return 2, "has this name in another order"
    short, long = (seen, full) if len(seen) <= len(full) else (full, seen)
    if len(short) == 1:
        said = "has this as part of the name" if short is seen else "has part of this name"
        is_form = _fits(short[0], long[0], first=True, initials=False)
        return (6, said) if short[0] in long else (7, f"{said}, in another form") if is_form else None
    if _stands_for(short, long):
        return 3, "has this name, with more or fewer middle names or initials"
    return (4, "has a name spelt much like this") if _slipped(seen, full) else None


def _slipped(seen: list[str], full: list[str]) -> bool:
    """Whether a word stands in both names as it is, and what differs may be a slip of the pen."""
    rest, other = [w for w in seen if w not in full], [w for w in full if w not in seen]
    if not rest or not other or len(rest) == len(seen):
        return False
    return difflib.SequenceMatcher(None, " ".join(rest), " ".join(other)).ratio() >= ALIKE


def _stands_for(short: list[str], long: list[str]) -> bool:
    """Whether each word of the shorter name is in the longer one, in order: as it is, as an initial or
    ("Al" for "Alexander") as the beginning of the first."""
    at = 0
    for number, word in enumerate(short):
        while at < len(long) and not _fits(word, long[at], first=number == at == 0):
            at += 1
        if at == len(long):
            return False
        at += 1
    return True


def _fits(one: str, other: str, first: bool, initials: bool = True) -> bool:
    """Whether two words of names could be one: as they are, as an initial, or as a short form of the first."""
    initial = len(one) == 1 or len(other) == 1
    could_be = initials if initial else first
    return one == other or (could_be and (one.startswith(other) or other.startswith(one)))


def _account_likeness(accounts: list[list[str]], full: list[str]) -> tuple[int, str] | None:
    """Whether a handle or an address reads like a name: ana.pires, anapires, apires, anap, ana."""
    if not full:
        return None
    first, last = full[0], full[-1]
    usual = {first + last, last + first, first[0] + last, first + last[0], last + first[0], first}
    for words in accounts:
        plain = [word.strip("0123456789") or word for word in words]
        if "".join(plain) in usual or (len(plain) > 1 and len(full) > 1 and _likeness(plain, full)):
            return 5, "has a name that this account reads like"
    return None
