"""Whom a page names, and in which role: names as notes write them, in lines and lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from copassist.records import Format, Identity, Role
from ingest.sessions.labels import Named, role_of
from ingest.sessions.not_names import NOT_NAMES

Roles = tuple[tuple[Identity, Role], ...]
LONGEST_LIST = 20_000
"""So many characters of a list of people are read."""


@dataclass(frozen=True, slots=True)
class Someone:
    """A person as a list of people names them. `aliases` are what else the notes call them ("AD", "ana")."""

    who: Identity
    role: Named
    aliases: tuple[str, ...] = ()


def names(text: str, role: Named) -> list[tuple[Identity, Named]]:
    """The people in "Ana Diaz, @bo (facilitator) and Cy" with their role, without those struck through."""
    return [(person.who, person.role) for person in listed(text, role)[0] if person.role != "absent"]


def roles_of(people: Iterable[Someone], kind: Format) -> Roles:
    """The roles of those who were there, in order and once each; what a host or guest does hangs on the kind."""
    people = unified(people)
    presents = kind in ("ama", "show-and-tell") and not any(p.role == "presenter" for p in people)
    settled: dict[Named, Role] = {
        "host": "presenter" if presents and not any(p.role == "guest" for p in people) else "facilitator",
        "guest": "presenter" if kind in ("ama", "show-and-tell") or _alone(people) else "attendee",
    }
    pairs = ((p.who, settled.get(p.role, p.role)) for p in people)
    plain: tuple[Role, ...] = ("facilitator", "presenter", "answerer", "asker", "author", "attendee")
    return tuple(dict.fromkeys((who, role) for who, role in pairs if role in plain))


def _alone(people: Sequence[Someone]) -> bool:
    """Whether one guest stands beside no list of attendees, as who is invited to speak does."""
    return sum(p.role == "guest" for p in people) == 1 and not any(p.role == "attendee" for p in people)


def unified(people: Iterable[Someone]) -> tuple[Someone, ...]:
    """The same people, each name with one identity that has whatever was said of it."""
    people = list(people)
    known: dict[tuple[str, str], Identity] = {}
    for person in people:
        key = (person.who.scheme, person.who.key.lower())
        first = known.setdefault(key, person.who)
        handle, email = first.handle or person.who.handle, first.email or person.who.email
        known[key] = replace(first, handle=handle, email=email)
    return tuple(replace(p, who=known[p.who.scheme, p.who.key.lower()]) for p in people)


# A list of people

_BRACKETS = re.compile(r"\(([^()\n]{0,120})\)")
_LINK = re.compile(r"\[([^\[\]\n]{1,80})\](?:\[[^\[\]\n]{0,80}\]|\([^()\n]{0,200}\))?")
_EMAIL = re.compile(r"(?:mailto:)?([\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4})(?![\w@-])")
_SEPARATOR = re.compile(r"[,;|•·/&+\n\t\x01]|\s(?:and|und|et|y|e|sowie)\s(?!\w\.)")
_DASH = re.compile(r"\s+[-–—]+\s+|\s+[-–—]+$|:\s+")
_PRESENT = re.compile(r"^[✅✔☑✓]\s*️?|^\W*(?=\w)")
_AWAY = re.compile(
    r"\W*(?:absent|regrets?|apolog|excused|sick\b|on leave|(?:on )?(?:vacation|holiday)|ooo\b|out of office|pto\b|"
    r"no[- ]show|not (?:present|here|attending)|could ?n.?t (?:make|attend)|away\b|entschuldigt|krank|urlaub|excusée?)",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"\W*(?:\+ ?)?\d+\b.{0,40}|\W*(?:some|several|a few|many|various|plus)\b.{0,40}", re.IGNORECASE
)
_ALIAS = re.compile(r"@?([A-Z]{2,4}|[a-z][\w-]{1,30})")
_PRONOUNS = frozenset("he she they him her them his hers theirs any all it its ze xe".split())


def listed(text: str, role: Named) -> tuple[list[Someone], int]:
    """The people in a list, those with the role "absent" too, and how many of its entries are no people."""
    text = re.sub(r"~~.*?~~", " ", text[:LONGEST_LIST])
    text = "\n".join(_signed_in(line) for line in re.sub(r"\b[Nn]/[Aa]\b", "", text).split("\n"))
    text = _LINK.sub(lambda m: m[1], re.sub(r"<\s*(?:mailto:)?([^<>\n]{1,120})>", r" \1 ", text))
    text = re.sub(_EMAIL.pattern + r"(?=\s*[^\s,;)])", "\\1\x01", text)
    comments: list[str] = []

    def aside(match: re.Match[str]) -> str:
        comments.append(match[1])
        return f"\x00{len(comments) - 1}\x00"

    text = _BRACKETS.sub(aside, text)
    found: list[Someone] = []
    missed = 0
    for part in _parts(text):
        asides = [comments[int(n)] for n in re.findall(r"\x00(\d+)\x00", part)]
        people, role = _entry(re.sub(r"\x00\d+\x00", " ", part), asides, role, found)
        if people is None:
            missed += 1
        else:
            found += people
    return found, missed


def _signed_in(line: str) -> str:
    """ "Ana Diaz / anad / Acme", as people sign in, as "Ana Diaz @anad"; any other line as it is."""
    fields = [field.strip() for field in line.split("/")]
    full = " " in fields[0] and identity(fields[0]) is not None
    if len(fields) < 2 or "," in line or not (full or len(fields) > 2):
        return line
    nick = re.fullmatch(r"@?([a-z\d][\w-]{0,38})", fields[1])
    return f"{fields[0]} @{nick[1]}" if nick and nick[1] not in NOT_NAMES else fields[0]


def _parts(text: str) -> Iterator[str]:
    """The entries of a list: parted by semicolons alone where it has them and names are turned ("Diaz, Ana; …")."""
    if ";" in text and all(re.fullmatch(r"[^,;]+,[^,;]+", part) for part in text.split(";") if part.strip()):
        for part in text.split(";"):
            last, _, first = part.partition(",")
            yield f"{first.strip()} {last.strip()}"
        return
    for part in _SEPARATOR.split(text):
        if part.strip().startswith("@") and part.count("@") > 1:
            yield from part.split()
        elif part.strip():
            yield part


def _entry(
    text: str, asides: list[str], role: Named, before: Sequence[Someone]
) -> tuple[list[Someone] | None, Named]:
    """Who one entry of a list is, None if nobody, and the role of the entries after it."""
    label, colon, rest = text.partition(":")
    announced = role_of(label) if colon and len(label) < 40 else ""
    if announced and rest.strip():
        role = role if announced == "group" else announced
        text = rest
    absent = role == "absent" or re.match(r"\W*[❌✗✘☐⛔🚫]", text) is not None
    name, *tails = _DASH.split(text, maxsplit=1)
    remarks = [*asides, *tails]
    person = identity(name)
    if person is None:
        own = _own_roles([text])
        if own and before:  # "Ana Diaz, chair"
            return [replace(before[-1], role=r) for r in own], role
        nothing = not text.strip(" .\x01-–—?*_") or _COUNT.fullmatch(text) or _is_nobody(text)
        return ([] if nothing or asides else None), role
    absent = absent or any(_AWAY.match(remark) for remark in remarks)
    if absent:
        return [Someone(person, "absent")], role
    handle = next((h[1] for a in asides if (h := re.fullmatch(r"\s*@([\w-]{1,39})\s*", a))), person.handle)
    person = replace(person, handle=handle)
    roles = [*_own_roles(remarks), role]
    return [Someone(person, r, _aliases(person, asides)) for r in dict.fromkeys(roles)], role


def _own_roles(remarks: Iterable[str]) -> list[Named]:
    """The roles that remarks such as "(chair, scribe)" or "– facilitator" give."""
    words = (word for remark in remarks for word in re.split(r"\s*(?:[,/&+;]|\band\b)\s*", remark[:80]))
    return [
        r for word in words if (r := role_of(word)) and r not in ("group", "invited", "attendee", "guest")
    ]


def _aliases(person: Identity, asides: Iterable[str]) -> tuple[str, ...]:
    """What brackets say that the notes call somebody: initials that fit the name, or a nickname."""
    found = []
    for aside in asides:
        for word in re.split(r"\s*[,/;]\s*", aside.strip()):
            alias = _ALIAS.fullmatch(word)
            if alias and alias[1].lower() not in NOT_NAMES | _PRONOUNS:
                fits = not alias[1].isupper() or alias[1][0] == person.name[:1].upper()
                found += [alias[1]] if fits else []
    return tuple(found)


# One name

_PARTICLES = frozenset(
    "van von de der den la le da di del bin al el y dos du ten ter zu af bint ibn ben".split()
)
_NOBODY = frozenset(
    """
    none all everyone everybody nobody tbd tba see team others various unknown etc na n/a us me we you they the todo
    yes no quorum lots many here guest guests anonymous somebody someone anyone volunteer volunteers placeholder x y z
    n.n nn open vacant empty keine niemand alle personne tous nadie todos niente
    """.split()
)
_TITLES = frozenset("dr. prof. mr. mrs. ms. mx. st. sr. sra. jr. fr. ing. mag. dipl. hr. m.a. ph.d.".split())
_JOBS = frozenset(
    "lead leads owner team teams manager director sponsor engineer architect officer members group committee "
    "board staff developer designer analyst coordinator".split()
)
_PLACEHOLDER = re.compile(
    r"(?:your |first ?|last ?|full |add |attendee |participant |person |member )*(?:name|person|attendee|participant|"
    r"member|firstname|lastname|handle|user ?name|github(?: id)?)s?(?: ?\d+| here)?",
    re.IGNORECASE,
)
_SHARED = re.compile(
    r"(?:team|all|info|hello|contact|support|office|everyone|staff|noreply|no-reply|list|members?|dev|users)@|"
    r".*@(?:[\w-]+\.)?(?:googlegroups\.com|groups\.io|lists?\.)|.*-(?:list|group|team|all)@",
    re.IGNORECASE,
)


def _is_nobody(text: str) -> bool:
    words = text.lower().strip(" .*_-–—").split()
    return 0 < len(words) < 4 and (words[0] in _NOBODY or _PLACEHOLDER.fullmatch(" ".join(words)) is not None)


def identity(text: str) -> Identity | None:
    """The person that "Ana Diaz", "@ana", "Ana Diaz (@ana)" or "Ana <ana@x.org>" names; None when no name.

    An address alone names somebody, too, unless it is that of a list or team.
    """
    text = text[:200]
    email = _EMAIL.search(text)
    text = text.replace(email[0], " ") if email else text
    handle = re.search(r"(?<!\w)@([\w-]{1,39})(?![\w ]{0,40}[A-Z])", text)
    bare = re.sub(r"\([^()]*\)|<[^<>]*>|[*`\[\]<>]", " ", text)
    bare = re.split(r"\s+[-–—]+\s+", f" {bare} ")[0].strip()
    if handle and re.sub(r"[\W_]", "", bare.replace(handle[0], "")):
        bare = bare.replace(handle[0], " ")  # "Ana Diaz @ana"
    bare = " ".join(re.sub(r"^(?:\d{1,3}[.)]\s+|\W)+", "", bare).strip(" @_:-–—").split())
    bare = bare if re.search(r"(?:^|[ .])(?:[^\W\d_]|Jr|Sr)\.$", bare) else bare.rstrip(" .")
    if not bare and email:
        address = email[1].lower()
        return None if _SHARED.match(address) else Identity("mail", address, email=email[1])
    if not _is_name(bare.title() if email else bare):
        return None
    return Identity("name", bare, bare, handle=handle[1] if handle else "", email=email[1] if email else "")


def _is_name(bare: str) -> bool:
    words = bare.split()
    if not re.fullmatch(r"[^\W\d_][\w.'’-]*(?: [\w.'’-]+)*", bare) or len(bare) > 60 or len(words) > 5:
        return False
    if words[0].lower() in _NOBODY or _PLACEHOLDER.fullmatch(bare) or role_of(bare):
        return False
    ends = [word for word in words if word.endswith(".") and word.lower() not in _TITLES]
    if not all(re.fullmatch(r"(?:[^\W\d_]{1,2}\.)+", word) for word in ends):
        return False
    if len(bare) == 1 and bare.isascii():
        return False
    ordinary = [word.lower().strip(".") in NOT_NAMES for word in words]
    if ordinary[0] or words[-1].lower() in _JOBS:
        return False
    whole = [word for word in words if word.lower() not in _PARTICLES and not word.endswith(".")]
    capitals = all(not word[0].islower() for word in whole)
    return len(words) == 1 or (capitals and len(whole) < 4)  # more of them are two people
