"""How names, handles and addresses are compared."""

from __future__ import annotations

import unicodedata

LONGEST = 200
"""Names are made alike up to here; what is longer is no name, and Unicode's forms take quadratic time on it."""
_STROKES = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe"}
    | dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-")
)

_HONORIFICS = {"dr", "prof", "professor", "mr", "mrs", "ms", "mx"}


def folded(name: str) -> str:
    """A name without case, accents and doubled spaces, to compare by."""
    plain = unicodedata.normalize("NFKD", name[:LONGEST])
    bare = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return " ".join((bare.translate(_STROKES) + name[LONGEST:]).split())


def name_key(name: str) -> str:
    """A name to compare by: folded, "Pires, Ana" as "ana pires", a full name without "Dr" before it."""
    last, comma, first = name.partition(",")
    if comma and first.strip() and last.strip() and "," not in first:
        name = f"{first} {last}"
    return folded(untitled(name))


def untitled(name: str) -> str:
    """A full name as it is written, without "Dr" and the like before it."""
    words = name.split()
    while len(words) > 2 and folded(words[0]).removesuffix(".") in _HONORIFICS:
        del words[0]
    return " ".join(words)


def name_words(name: str) -> list[str]:
    """The words of a name to compare by, without the dots of initials: "Ana-Li P." is ana, li, p.

    Of what is too long to be a name those that it begins with.
    """
    spaced = "".join(c if c.isalnum() or c == "'" else " " for c in name_key(name[:LONGEST]))
    return spaced.split()


def sign(text: str) -> str:
    """A handle or address to compare by: without case and leading @, with its accents."""
    text = text.strip()
    return (unicodedata.normalize("NFC", text[:LONGEST]).casefold() + text[LONGEST:]).removeprefix("@")


def split_handle(handle: str) -> tuple[str, str]:
    """The world that a handle of the directory is of, "" for any, and the handle as used there.

    "slack:@ana" is ("slack", "@ana"), "@ana" is ("", "@ana"); so is what only looks like a world,
    as in "@ana:matrix.org" or an address on the web.
    """
    world, _, bare = handle.rpartition(":")
    world, bare = world.strip(), bare.strip()
    if not world or not bare or world.startswith("@") or bare.startswith("/"):
        return "", handle.strip()
    return world.casefold(), bare


def holds_in(world: str, scheme: str) -> bool:
    """Whether a handle of that world counts in a scheme: "slack" in "slack:T0123", "" in each."""
    scheme = scheme.casefold()
    return world in ("", scheme) or scheme.startswith(f"{world}:")


def overlap(world: str, other: str) -> bool:
    """Whether there are schemes in which handles of both worlds count."""
    return holds_in(world, other) or holds_in(other, world)
