"""What stands before the words of a line as if somebody said them: "Ana: yes", "10:32 Ana: yes", "<ana> yes"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

NAME = r"@?[^\W\d_][\w.'’-]{0,30}(?: [\w.'’-]{1,24}){0,3}"
_JOIN = re.compile(r"\s?(?:,|&|\+|/|\band\b|\bund\b|\bet\b)\s?")
_TIME = r"[\[(]?(\d{1,2}:\d\d(?::\d\d)?(?:\s?[ap]\.?m\.?)?)(?:\.\d{1,3})?[\])]?"
_BEFORE = re.compile(rf"{_TIME}\s*[-–|]?\s*(?=[^\W\d_]|[@<\[])", re.IGNORECASE)
_AFTER = re.compile(rf"\s?{_TIME}", re.IGNORECASE)
_ASIDE = re.compile(r"\s\((?![^()]*\d:\d)[^()\n]{1,40}\)")
_VERB = re.compile(
    r" (?:says|said|asks|asked|notes|noted|adds|added|replies|replied|answers|answered|comments|commented|writes|"
    r"wrote|suggests|suggested|mentions|mentioned)$",
    re.IGNORECASE,
)
_COLON = re.compile(r"\s?:(?=\s|$)")
_HYPHEN = re.compile(r"\s[-–—]{1,2}\s")
_CHAT = re.compile(r"(?:<[@+%&~ ]?([^\s<>]{1,40})>|([^\W\d_][\w|-]{0,30})>)\s+(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Prefix:
    """What stands before the words of a line: names joined by "&" or so, a time, and how they are parted.

    `verb` is a word such as "asks" that follows the name.
    """

    who: tuple[str, ...]
    text: str
    time: str = ""
    style: str = ":"
    verb: str = ""


def prefixes(line: str) -> Iterator[Prefix]:
    """Each way to read the beginning of a line as names: "10:32 Ana (Acme): yes", "[Ana] yes", "Ana - yes"."""
    before = _BEFORE.match(line[:40])
    time, rest = (before[1], line[before.end() :]) if before else ("", line)
    if chat := _CHAT.fullmatch(rest):
        yield Prefix((chat[1] or chat[2],), chat[3], time, ">")
    if rest.startswith("[") and (end := rest.find("]", 0, 100)) > 0 and rest[end + 1 :].strip():
        text = re.sub(r"^\s?(?:[:–—-]\s+)?", "", rest[end + 1 :])
        if names := names_in(rest[1:end]):
            yield Prefix(names, text, time, "]")
    for style, mark in ((":", _COLON), ("-", _HYPHEN)):
        found = mark.search(rest[:140])
        if not found or (style == "-" and not rest[found.end() :].strip()):
            continue
        head = rest[: found.start()]
        after = _AFTER.search(_ASIDE.sub("", head))
        head = _AFTER.sub("", _ASIDE.sub("", head)).strip()
        verb = _VERB.search(head)
        if names := names_in(head[: verb.start()] if verb else head):
            when = time or (after[1] if after else "")
            yield Prefix(
                names, rest[found.end() :].strip(), when, style, verb[0].strip().lower() if verb else ""
            )


def names_in(head: str) -> tuple[str, ...]:
    """The names that "Ana & Bo" joins, () where it can't be names."""
    head = re.split(r"\s(?:->|→|to)\s", head)[0]
    names = tuple(name for name in _JOIN.split(head) if name.strip())
    return names if len(names) < 7 and all(re.fullmatch(NAME, name) for name in names) else ()
