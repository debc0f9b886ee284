"""Where a page says who ran a meeting and who was there: front matter, labels, headings, lists, tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.pages.page import Page, Piece
from ingest.sessions.labels import Named, is_weak, role_of
from ingest.sessions.people import Someone, identity, listed, unified
from ingest.sessions.rosters import believed, in_table, role_of_line

_LABELLED = re.compile(r"([^\W\d_][\w ()/&'’,-]{0,40}?)\s?(?::|\s[-–—]\s)\s*(.*)", re.DOTALL)
_BY = re.compile(
    r"\W*((?:facilitated|chaired|moderated|hosted|led|presented|scribed|recorded|"
    r"(?:notes|minutes)(?: taken)?) by):? (.{2,80}?)[.)]*",
    re.IGNORECASE,
)
_WERE = re.compile(
    r"(?:those )?(present|in attendance)(?: today)? (?:were|are|was|is):? (.+?)\.?", re.IGNORECASE
)
_MORE_LABELS = re.compile(r"(?:\s+\|?|[|;·•])\s*(?=([^\W\d_][\w '’-]{2,24}):\s)")
_TOP_SECTION = re.compile(
    r"(?:meeting |session )?(?:info(?:rmation)?|details|logistics|roles|people|facts|metadata|header|overview)",
    re.IGNORECASE,
)
_GUEST = re.compile(r"(?:\w+ )?guest", re.IGNORECASE)
_REMARK = re.compile(
    r"(?:remote|online|virtual|on-?site|in[- ]person|in the room|by phone|dial(?:ed|ing)? in|late|left|joined|joining|"
    r"partly|partial|absent|excused|regrets?|apolog\w+|sick|on leave|vacation|ooo|pto)\b.{0,40}$",
    re.IGNORECASE,
)
"""How somebody was there, or why not."""
_TOP = 12
"""So many pieces at the beginning are where a page says what it is about."""


def _label_of(line: str) -> re.Match[str] | None:
    """The label of "label: rest" and the rest; a colon in brackets makes none."""
    found = _LABELLED.fullmatch(line)
    return found if found and found[1].count("(") == found[1].count(")") else None


def people(page: Page) -> tuple[Someone, ...]:
    """Whom the page names in which role, in its order; those it says were absent are left out.

    Each person has one identity. A host, guest or invited person still has that role: see `roles_of`.
    """
    found = [*_front(page.front), *_in_headings(page.headings), *_in_pieces(page.pieces)]
    return unified(person for person in dict.fromkeys(found) if person.role not in ("absent", "invited"))


def names_people(piece: Piece) -> bool:
    """Whether a piece stands below a heading such as "Attendees" and is no prose, as where the notes go on."""
    role = _announced(piece.headings)
    if not role:
        return False
    found, missed = listed("\n".join(_behind_label(line) for line in piece.text.split("\n")[:50]), role)
    return bool(found) or not missed


def _behind_label(line: str) -> str:
    """The names in "Libs: Ana, Bo", and in "Ana: remote"; what "Ana: use it" says is none."""
    labelled = _label_of(line)
    if labelled is None:
        return line
    return labelled[1] if _REMARK.match(labelled[2]) else labelled[2]


def tells_people(line: str) -> bool:
    """Whether a line says who did what in the meeting: "Facilitator: Ana Diaz", "Notes taken by Bo"."""
    labelled = _label_of(line)
    if labelled and role_of(labelled[1]) not in ("", "group"):
        return True
    return _BY.fullmatch(line) is not None or _WERE.fullmatch(line) is not None


# Front matter


def front_name(entry: object) -> str:
    """The name in an entry of a list of people in front matter, "" without one."""
    if isinstance(entry, Mapping):
        name, role = entry.get("name") or entry.get("handle"), entry.get("role")
        return f"{name} ({role})" if name and isinstance(role, str) else str(name or "")
    return str(entry) if isinstance(entry, str | int) and not isinstance(entry, bool) else ""


def front_people(front: Mapping[str, object]) -> Iterator[tuple[str, Named, list[str]]]:
    """Each key of the front matter that announces a role, the role, and the names behind it."""
    nested = [v for k, v in front.items() if k in ("people", "roles", "who") and isinstance(v, Mapping)]
    for key, value in [*front.items(), *(item for mapping in nested for item in mapping.items())]:
        label = str(key).replace("_", " ")
        if (role := role_of(label)) and role != "group":
            entries = value if isinstance(value, list) else [value]
            yield label, role, [name for entry in entries[:500] if (name := front_name(entry))]


def _front(front: Mapping[str, object]) -> Iterator[Someone]:
    for _, role, entries in front_people(front):
        for entry in entries:
            yield from listed(entry, role)[0]


# Headings and lines


def _in_headings(headings: Sequence[str]) -> Iterator[Someone]:
    for heading in headings:
        labelled = _label_of(heading)
        if labelled and labelled[2]:
            role = role_of_line(labelled[1], labelled[2])
            yield from believed(labelled[2], role) if role else ()


@dataclass(slots=True)
class _Reading:
    """What is open while pieces are read in order.

    `lists` are the lists that labels opened, from the outer to the inner one: role, block and depth of the label
    (-1: whatever stands in the block). `fresh` tells that the last one has just been opened by a paragraph.
    Below the headings in `begun` names were found, below those in `ended` the names are over.
    """

    lists: list[tuple[Named, int, int]] = field(default_factory=list)
    fresh: bool = False
    begun: set[tuple[str, ...]] = field(default_factory=set)
    ended: set[tuple[str, ...]] = field(default_factory=set)

    def opened(self, piece: Piece) -> Named:
        """The role of the list that a label opened and that `piece` belongs to; lists that end are closed."""
        fresh, self.fresh = self.fresh, False
        while self.lists:
            role, block, depth = self.lists[-1]
            if piece.block == block and piece.depth > depth:
                return role
            self.lists.pop()
            goes_on = depth < 0 and piece.depth > 0  # formats whose items are blocks of their own
            if (fresh or goes_on) and piece.block == block + 1:
                if piece.depth or piece.rows:
                    self.lists.append((role, piece.block, -1))
                return role
        return ""


def _in_pieces(pieces: Sequence[Piece]) -> Iterator[Someone]:
    reading = _Reading()
    affiliated, groups = _affiliated(pieces), _named_groups(pieces)
    tops = {(), next((piece.headings[:1] for piece in pieces if piece.headings), ())}
    for i, piece in enumerate(pieces):
        if piece.code or piece.quoted:
            continue
        heading = "" if piece.headings in reading.ended else _announced(piece.headings)
        heading = heading or groups.get(piece.headings, "")
        around = reading.opened(piece) or heading
        if piece.rows:
            yield from in_table(piece.rows, around)
        elif not (around and piece.checked is False):
            early = (i < _TOP and piece.headings in tops) or _is_top(piece.headings)
            text = piece.text.partition(",")[0] if piece.block in affiliated and around else piece.text
            yield from _in_lines(text, piece, around, early, reading)


def _in_lines(text: str, piece: Piece, around: Named, early: bool, reading: _Reading) -> list[Someone]:
    found: list[Someone] = []
    missed, plain, named = 0, True, False
    opened: Named = ""
    text = re.sub(r"(?<=er):(?=in(?:nen)?\b)", "", text)  # "Teilnehmer:innen: Ana"
    for line in (part for whole in text.split("\n") for part in _apart(whole)):
        role, rest, stated = _labelled(line, opened or around, early)
        plain = plain and not stated
        people, others = listed(rest, role) if role and rest else ([], 0)
        found += people if others <= len(people) else []
        missed += others
        if role and not rest:
            opened, named = role, False
        else:
            opened, named = ("" if stated or not people else opened), bool(people)
    if opened and not named:
        reading.lists.append((opened, piece.block, piece.depth))
        reading.fresh = piece.depth == 0
    if plain and missed and not found:
        reading.lists.clear()
    if found:
        reading.begun.add(piece.headings)
    elif plain and missed and piece.headings in reading.begun:  # the names are over, the notes go on
        reading.ended.add(piece.headings)
    return found


def _named_groups(pieces: Sequence[Piece]) -> dict[tuple[str, ...], Named]:
    """The headings right below "Present" that no label knows ("Acme", "TSC"), where nothing but names stands."""
    found: dict[tuple[str, ...], Named] = {}
    for piece in pieces:
        above = _announced(piece.headings[:-1])
        if above in ("attendee", "absent") and not _announced(piece.headings):
            people, missed = listed(piece.text, above) if len(piece.text) < 500 else ([], 1)
            fits = bool(people) and not missed and found.get(piece.headings, above) != ""
            found[piece.headings] = above if fits else ""
    return found


def _affiliated(pieces: Sequence[Piece]) -> set[int]:
    """The blocks that are lists of "Ana Diaz, Acme": one person an item, and where they come from."""
    items: dict[int, list[bool]] = {}
    for piece in pieces:
        if piece.depth == 1 and piece.opens and not piece.quoted:
            name, comma, rest = piece.text.partition(",")
            person = identity(name) if comma and rest.count(",") == 0 and len(piece.text) < 120 else None
            fits = person is not None and " " in person.name and role_of(rest) == ""
            items.setdefault(piece.block, []).append(fits)
    return {block for block, fits in items.items() if len(fits) > 2 and sum(fits) >= 0.8 * len(fits)}


def _announced(headings: Sequence[str]) -> Named:
    """The role that the innermost heading announces; below "Attendees" a group such as "Remote" has it too."""
    if not headings:
        return ""
    role = role_of(headings[-1])
    if role == "group":
        above = _announced(headings[:-1][-3:])
        return above if above in ("attendee", "guest", "absent") else ""
    return role


def _is_top(headings: Sequence[str]) -> bool:
    return bool(headings) and _TOP_SECTION.fullmatch(headings[-1].strip(" :")) is not None


def _apart(line: str) -> Iterator[str]:
    """ "Facilitator: Ana | Scribe: Bo" label by label."""
    start = 0
    for more in _MORE_LABELS.finditer(line):
        if role_of(more[1]) and more.start() > start:
            yield line[start : more.start()]
            start = more.end()
    yield line[start:]


def _labelled(line: str, around: Named, early: bool) -> tuple[Named, str, bool]:
    """The role that a line gives, to whom, and whether it says the role itself: below "Attendees" each line has one.

    No names behind a role mean that a list of them follows.
    """
    line = re.sub(r"^[^\w(\[@~<❌✗✘☐]+", "", line)
    if by := _BY.fullmatch(line) or (_WERE.fullmatch(line) if early else None):
        return role_of(by[1]), by[2], True
    labelled = _label_of(line)
    label, rest = (labelled[1], labelled[2].strip()) if labelled else (line, "")
    role = role_of_line(label, rest) if len(label) < 45 else ""
    if role and (around or early or (labelled and not is_weak(label))):
        return ("guest" if around and _GUEST.fullmatch(label) else role), rest, True
    if not around:
        return "", "", False
    group = role_of(label) == "group"
    if (
        labelled
        and ":" in line
        and not re.match(r"https?$", label)
        and (group or not _is_person(label, rest))
    ):
        return around, rest, group or not rest
    return around, line, False


def _is_person(label: str, rest: str) -> bool:
    """Whether "Ana: late" names one person; in "Libs: Mara, Jane" a group does."""
    person = identity(label)
    people, missed = listed(rest, "attendee")
    return person is not None and (" " in person.name or len(people) <= missed)
