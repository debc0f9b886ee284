"""Whom a page names, and in which role."""

from __future__ import annotations

import re
from collections.abc import Sequence

from copassist.records import Format, Identity, Role
from ingest.pages.page import Page, Piece

Roles = tuple[tuple[Identity, Role], ...]

_ROLE_LABELS: tuple[tuple[Role | str, str], ...] = (
    ("facilitator", r"(?:co-?)?facilitators?|facilitat(?:ed|ion)(?: by)?|moderat(?:ors?|ed by)"),
    (
        "facilitator",
        r"(?:meeting )?chairs?|chair(?:ed)? by|chairperson|(?:session |meeting )?leads?|(?:led|run) by",
    ),
    ("host", r"hosts?|hosted by"),
    ("presenter", r"presenters?|present(?:ed|ing)(?: by)?|speakers?|guests?|demo by|shown by|talk by|expert"),
    (
        "asker",
        r"(?:problem |case )?brought by|(?:problem|case)[ -](?:owner|giver)s?|asked by|askers?|raised by",
    ),
    ("author", r"authors?|written by|(?:notes|minutes)(?: taken)? by|recorder|(?:\w+ ){0,2}scribes?"),
    ("author", r"(?:meeting )?(?:notes?|minutes?)[ -]?takers?"),
    ("absent", r"absent|absentees?|apologies|regrets|excused|not present|missing"),
    ("attendee", r"attend(?:ees?|ance|ing|ed(?: by)?)|in attendance|participants?|participating"),
    ("attendee", r"(?:members |people )?present"),
)
_ROLES = tuple((role, re.compile(rf"(?:{words})", re.IGNORECASE)) for role, words in _ROLE_LABELS)
LABELLED = re.compile(r"([A-Za-z][\w ()/&'-]{1,38}?)\s*:\s*(.*)")
_ANYWHERE = ("asker", "presenter", "host")


def role_of(label: str) -> str:
    """The role that a label or heading announces, "absent" and "host" too; "" when none."""
    bare = re.sub(r"\s*\([^)]*\)\s*$", "", label).strip(" :*_")
    return next((role for role, pattern in _ROLES if pattern.fullmatch(bare)), "")


def people(page: Page) -> tuple[tuple[Identity, str], ...]:
    """Who the note names in which role, in its order; "host" still stands for itself."""
    found: list[tuple[Identity, str]] = []
    for key, value in page.front.items():
        if role := role_of(key.replace("_", " ")):
            values = value if isinstance(value, list) else [value]
            for entry in values[:200]:
                found += names(front_name(entry), role)
    open_role, open_at = "", (-1, 0)
    for i, piece in enumerate(page.pieces):
        if piece.code or piece.quoted:
            continue
        listed = role_of(piece.headings[-1]) if piece.headings else ""
        if open_role and (piece.block - open_at[0] in (0, 1)) and piece.depth > open_at[1]:
            found += names(piece.text, open_role)
            continue
        open_role = ""
        for line in piece.text.split("\n"):
            role, rest = _labelled_role(line, listed, early=i < 8 and len(piece.headings) < 2)
            if role and rest:
                found += names(rest, role)
            elif role:
                open_role, open_at = role, (piece.block, piece.depth)
    return tuple(dict.fromkeys(pair for pair in found if pair[1] != "absent"))


def _labelled_role(line: str, listed: str, early: bool) -> tuple[str, str]:
    """The role that a line gives and to whom: below "Attendees" each line gives one."""
    labelled = LABELLED.fullmatch(line)
    role = role_of(labelled[1]) if labelled else ""
    if labelled and role and (listed or early or role in _ANYWHERE):
        return role, labelled[2]
    if labelled and re.match(r"https?$", labelled[1]):
        return "", ""
    if labelled and listed:
        return listed, labelled[2] or " "
    return (listed, line) if listed else ("", "")


def front_name(entry: object) -> str:
    if isinstance(entry, dict):
        entry = entry.get("name") or entry.get("handle")
    return str(entry) if isinstance(entry, str | int) else ""


def names(text: str, role: str) -> list[tuple[Identity, str]]:
    """The people in "Ana Diaz, @bo (facilitator) and Cy" with their role, without those struck through."""
    text = re.sub(r"~~.*?~~", "", text.replace("\n", ","))
    found = []
    for part in re.split(r"\s*(?:[,;|/•·]|\band\b|&)\s*(?![^(<]{0,60}[)>])", text[:4000]):
        note = re.search(r"\(([^()]*)\)", part)
        own = role_of(note[1]) if note else ""
        if person := identity(part):
            found.append((person, own or role))
    return found


_PARTICLES = {"van", "von", "de", "der", "den", "la", "le", "da", "di", "del", "bin", "al", "el", "y", "dos"}
_NOBODY = {
    "none", "all", "everyone", "everybody", "nobody", "tbd", "see", "team", "others", "various", "unknown",
    "etc", "na", "n/a", "us", "me", "we", "you", "they", "the", "todo", "yes", "no", "quorum", "lots", "many",
    "here",
}  # fmt: skip


def identity(text: str) -> Identity | None:
    """The person that "Ana Diaz", "@ana", "Ana Diaz (@ana)" or "Ana <ana@x.org>" names; None when no name."""
    email = re.search(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}", text)
    text = text.replace(email[0], "") if email else text
    handle = re.search(r"(?<!\w)@([\w-]{1,39})(?![\w ]*[A-Z])", text)
    bare = re.sub(r"\([^()]*\)|<[^<>]*>|[*`\[\]]", " ", text).strip()
    bare = re.split(r"\s+[-–—]\s+", bare)[0]
    bare = " ".join(bare.strip(" .@_:-").split())
    words = bare.split()
    if not re.fullmatch(r"[^\W\d_][\w.'’ -]{0,39}", bare) or len(words) > 4 or words[0].lower() in _NOBODY:
        return None
    if len(words) > 1 and not all(word[0].isupper() or word.lower() in _PARTICLES for word in words):
        return None
    nick = handle[1] if handle else ""
    return Identity("name", bare, bare, handle=nick, email=email[0] if email else "")


def settle_hosts(roles: Sequence[tuple[Identity, str]], kind: Format) -> tuple[tuple[Identity, str], ...]:
    """A host facilitates; in an "ask me anything" or show & tell without another presenter, presents."""
    presents = kind in ("ama", "show-and-tell") and not any(role == "presenter" for _, role in roles)
    host = "presenter" if presents else "facilitator"
    return tuple((person, host if role == "host" else role) for person, role in roles)


def plain(roles: Sequence[tuple[Identity, str]]) -> Roles:
    return tuple((person, role) for person, role in roles)  # type: ignore[misc]


def names_people(piece: Piece) -> bool:
    """Whether a piece stands below a heading such as "Attendees"."""
    return bool(piece.headings and role_of(piece.headings[-1]))
