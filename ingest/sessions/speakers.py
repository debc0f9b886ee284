"""Who speaks on a page: those it lists, and others whose names plainly stand before their words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from copassist.records import Identity
from ingest.sessions.labels import part_of, role_of
from ingest.sessions.not_names import NOT_NAMES
from ingest.sessions.people import Someone
from ingest.sessions.prefixes import Prefix, prefixes

_FULL_NAME = re.compile(
    r"[A-Z][\w'’-]+(?: (?:[A-Z]\.|[A-Z][\w'’-]+|van|von|de|der|la|da|di|del|bin|al)){1,2}"
)
_WORD = re.compile(r"[^\W\d_][\w'’-]*")


@dataclass(frozen=True, slots=True)
class Speakers:
    """Whom the prefixes of one page stand for, by name in lower case. `listed` are those that the page lists.

    `nicks` are those who speak as in a chat: "<ana> hello". `asks` tells that the page has lines "Q: …".
    """

    named: dict[str, Identity] = field(default_factory=dict)
    listed: frozenset[str] = frozenset()
    nicks: dict[str, Identity] = field(default_factory=dict)
    asks: bool = False

    def get(self, name: str) -> Identity | None:
        """Who is meant by a name, with or without @."""
        return self.named.get(name.strip().lstrip("@").lower())


@dataclass(slots=True)
class _Heard:
    """What the lines of a page show of the words before colons, by word in lower case.

    `counts`: how often each stands there; `fields`: before what nobody says, as an address; `voiced`: before what
    somebody says of themselves or asks; `called`: written as a person's, "@ana" or "Ana asks". `plain` counts the
    words of the text as written, `nicks` those who speak as in a chat.
    """

    spelled: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    voiced: Counter[str] = field(default_factory=Counter)
    called: set[str] = field(default_factory=set)
    plain: Counter[str] = field(default_factory=Counter)
    nicks: Counter[str] = field(default_factory=Counter)
    asks: bool = False

    def hear(self, line: str) -> None:
        """Take in a line."""
        self.asks = self.asks or line[:2] in ("Q.", "Q:")
        prefix = next((prefix for prefix in prefixes(line) if prefix.style in ":>"), None)
        self.plain.update(_WORD.findall(prefix.text if prefix else line))
        if prefix and prefix.style == ">":
            self.nicks[prefix.who[0]] += 1
        elif prefix and not re.search(r"#\d+\b", prefix.text):  # "rustdoc: fix the lints #1234" is a title
            for name in prefix.who:
                key = name.lstrip("@").lower()
                self.spelled.setdefault(key, name)
                if len(prefix.who) == 1:
                    self.counts[key] += 1
                    self.fields[key] += bool(prefix.text) and not _is_prose(prefix.text)
                    self.voiced[key] += _VOICE.search(prefix.text) is not None
                    if name.startswith("@") or _says(prefix):
                        self.called.add(key)


def _says(prefix: Prefix) -> bool:
    """Whether a verb makes the name before it somebody's; "Additional notes:" has none."""
    noun = prefix.verb in ("notes", "comments", "answers", "replies")
    return bool(prefix.verb) and (
        not noun or bool(_VOICE.search(prefix.text)) or prefix.text[:1] in ('"', "“")
    )


_VOICE = re.compile(
    r"\b(?:I|I['’](?:m|d|ve|ll)|we|me|my|you|your|our)\b|\?(?:\s|$)|^(?:yes|no|right|agreed|true)\b"
)


def speakers_of(people: Iterable[Someone], lines: Iterable[str]) -> Speakers:
    """Whom the prefixes in the lines stand for: those a page lists, and others who plainly speak.

    Where at least three people do, a nickname is one that speaks but once.
    """
    people = list(people)
    known = _known(people)
    heard = _Heard()
    for line in lines:
        heard.hear(line)
    initials = _initials(people)
    found: dict[str, Identity] = {}
    for key, name in heard.spelled.items():
        if key in known:
            continue
        if name.isupper() and heard.counts[key] > 1 and key in initials:
            found[key] = initials[key]
        elif person := _looks_like_a_name(name, key, heard, people):
            found[key] = person
    speaking = {who for key, who in (found | known).items() if heard.counts[key]}
    if len(speaking) > 2:
        for key, name in heard.spelled.items():
            if key not in known and key not in found and _speaks_once(name, key, heard):
                found[key] = Identity("name", name.lstrip("@"), name.lstrip("@"))
    named = found | known
    return Speakers(named, frozenset(known), _chatting(heard, named, known), heard.asks)


def _chatting(
    heard: _Heard, named: Mapping[str, Identity], known: Mapping[str, Identity]
) -> dict[str, Identity]:
    """Those who speak as in a chat ("<ana> hello"); one such line may be anything."""
    chat = sum(heard.nicks.values()) > 2
    return {
        nick.lower(): named.get(nick.lower()) or Identity("name", nick, nick)
        for nick in heard.nicks
        if (chat and _is_nick(nick)) or nick.lower() in known
    }


def _known(people: Sequence[Someone]) -> dict[str, Identity]:
    """The people of a note by name, handle and alias; by first or last name where one alone has it."""
    known: dict[str, Identity] = {}
    parts: dict[str, set[Identity]] = {}
    for person in people:
        who = person.who
        for key in (who.name, who.handle, who.key):
            if key:
                known.setdefault(key.lower(), who)
        words = who.name.lower().split()
        for key in {*words[:1], *words[-1:], *(alias.lower() for alias in person.aliases)} - NOT_NAMES:
            parts.setdefault(key, set()).add(who)
    return {**_alone(parts), **known}


def _initials(people: Sequence[Someone]) -> dict[str, Identity]:
    """The people by initials in lower case, where one alone has them."""
    found: dict[str, set[Identity]] = {}
    for person in people:
        words = person.who.name.split()
        if len(words) > 1:
            found.setdefault("".join(word[0] for word in words).lower(), set()).add(person.who)
    return _alone(found)


def _alone(found: dict[str, set[Identity]]) -> dict[str, Identity]:
    return {key: next(iter(who)) for key, who in found.items() if len(who) == 1 and len(key) > 1}


def _is_prose(text: str) -> bool:
    """Whether a line says something: no address, number, code or empty field ("link: …", "type: …")."""
    words = text.split(maxsplit=2)
    return len(words) > 1 or (len(words) == 1 and re.fullmatch(r"[^\W\d_]+[.!?…]*", text.strip()) is not None)


def _is_nick(nick: str) -> bool:
    return re.fullmatch(r"[^\W\d_][\w|`^\[\]-]{0,30}", nick) is not None and nick.lower() not in NOT_NAMES


def _looks_like_a_name(name: str, key: str, heard: _Heard, people: Sequence[Someone]) -> Identity | None:
    """Somebody the note doesn't list: a capitalised full name, or a nickname that speaks again and again."""
    bare = name.lstrip("@")
    words = key.split()
    count = heard.counts[key]
    if count == 0 or heard.fields[key] * 2 > count or _is_word(key) or role_of(bare) or part_of(bare):
        return None
    handle = bare if name.startswith("@") and " " not in bare else ""
    person = Identity("name", bare, bare, handle=handle)
    if len(words) > 1:
        # A term such as "Safe Transmute" is written in lower case too; of a name some word never is.
        lower = (all if count > 1 else any)(heard.plain[word] for word in words)
        camel = re.search(r"(?<!\bMc)(?<!\bMac)(?<!\bDe)(?<!\bLa)[a-z][A-Z]", bare)
        return person if _FULL_NAME.fullmatch(bare) and not (lower or camel) else None
    if key in heard.called:
        return person
    if any(someone.who.key.lower().startswith(key) for someone in people) and len(bare) > 2:
        return person
    if _is_code(bare):
        return None
    ordinary = heard.plain[key] if not bare.isupper() else heard.plain[bare]
    enough = 3 if len(bare) <= 2 or bare.isupper() else 2
    return person if count >= enough and count > ordinary else None


def _speaks_once(name: str, key: str, heard: _Heard) -> bool:
    """Whether one who isn't known to be a person says something as people do: of themselves, or asking."""
    bare = name.lstrip("@")
    if " " in bare or len(bare) < 3 or bare.isupper() or _is_word(key) or _is_code(bare):
        return False
    rare = heard.plain[key] == 0 if bare[0].isupper() else heard.plain[bare] <= 2 * heard.counts[key]
    return rare and heard.voiced[key] * 2 >= heard.counts[key] > 0


def _is_word(key: str) -> bool:
    """Whether some word of it names nobody: "action items", "meta-question"."""
    return any(word.strip(".'’") in NOT_NAMES for word in re.split(r"[\s-]", key) if word) or key in NOT_NAMES


def _is_code(bare: str) -> bool:
    return (
        "_" in bare
        or "." in bare
        or re.search(r".{4}(?:ness|[ts]ion|ment|sis|ites|[a-z][A-Z]\w*)$", bare) is not None
    )
