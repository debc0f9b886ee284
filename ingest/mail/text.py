"""From the text of a mail to the words that its sender wrote in it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ingest.mail.quotes import own_blocks
from ingest.mail.signatures import without_signature

GAP = "[…]"
"""Stands where the sender's own words go on after something quoted."""
WIDEST = 90
"""Lines that are longer were never broken to fit a window."""

_INVISIBLE = dict.fromkeys(
    [0x00, 0x00AD, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF]
)
_SPACES = dict.fromkeys([0x00A0, 0x2007, 0x202F], " ")
_LIST_ENTRY = re.compile(r" {0,3}(?:[-*+•–]|\(?\d{1,3}[.)])\s")
_NO_PROSE = re.compile(r"[^\w ,.'’-]|[\d_]")
_SCRUBBED = re.compile(r"An? .{1,60}scrubbed\.\.\.|(?:Name|Type|Size|Desc|URL|Url)\s?:")


def own_words(text: str, name: str = "", broken: bool = True) -> str:
    """What the sender of a mail wrote in it, "" if nothing: without quotations, signature and footers.

    `name` is the sender's, "" when it isn't known. `broken` says that lines may have been broken to fit a
    window; those are whole again. Where words follow something quoted, GAP stands between.
    """
    blocks = [without_signature(block, name) for block in own_blocks(_plain_lines(text))]
    said = ["\n".join(_joined(block) if broken else block).strip("\n") for block in blocks if block]
    return re.sub(r"\n{3,}", "\n\n", f"\n\n{GAP}\n\n".join(said))


def unflowed(text: str, delsp: bool = False) -> str:
    """Text with the soft line breaks of format=flowed (RFC 3676) taken out, inside quotations too."""
    pieces: list[str] = []
    depth, goes_on = 0, False
    for line in text.split("\n"):
        bare = line.lstrip(">")
        deep = len(line) - len(bare)
        content = bare.removeprefix(" ")
        if not (goes_on and deep == depth and content != "-- "):
            pieces.append("\n" + ">" * deep + " " * (deep > 0))
        goes_on = content.endswith(" ") and content != "-- "
        pieces.append(content[:-1] if goes_on and delsp else content)
        depth = deep
    return "".join(pieces).removeprefix("\n")


def _plain_lines(text: str) -> list[str]:
    """The lines without invisible characters, PGP armour and what an archive put for attachments."""
    whole = text.replace("\r\n", "\n").replace("\r", "\n").translate(_INVISIBLE).translate(_SPACES)
    kept: list[str] = []
    signed = False
    inside = ""  # of an armoured block, or of a note about an attachment
    for line in whole.split("\n"):
        bare = line.strip()
        if inside == "note" and bare and not _SCRUBBED.match(bare[:100]):
            inside = ""
        if inside == "armour":
            inside = "" if bare.startswith("-----END PGP") else inside
        elif bare.startswith("-------------- next part ------"):
            inside = "note"
        elif bare == "-----BEGIN PGP SIGNED MESSAGE-----":
            signed = True
        elif bare.startswith("-----BEGIN PGP "):
            inside = "armour"
        elif not inside and not (signed and bare.startswith("Hash: ")):
            kept.append(line.removeprefix("- ") if signed and line.startswith("- -") else line.rstrip())
    return kept


# Lines that were broken to fit a window


def _joined(lines: list[str]) -> list[str]:
    width = max((len(line) for line in lines if len(line) <= WIDEST), default=0)
    if width < 50:
        return lines
    whole: list[list[str]] = []
    last = ""
    for line in lines:
        if whole and _goes_on(last, line, width):
            whole[-1].append(line.strip())
        else:
            whole.append([line])
        last = line
    return [" ".join(parts) for parts in whole]


def _goes_on(line: str, below: str, width: int) -> bool:
    """Whether `below` is the rest of `line`: it's prose, and the next word would have made it too wide."""
    if not line.strip() or not below.strip() or len(line) > WIDEST:
        return False
    if len(line) + 1 + len(below.split(None, 1)[0]) <= width:
        return False
    entry = _LIST_ENTRY.match(line) or line.startswith(" ")
    if _LIST_ENTRY.match(below) or line.startswith(("    ", "\t")) or (below[0] in " \t" and not entry):
        return False
    return _is_prose(line)


def _is_prose(line: str) -> bool:
    return len(_NO_PROSE.findall(line)) <= 0.15 * len(line)


# Words that another said before


def without_repeats(text: str, before: Mapping[str, str], author: str) -> str:
    """`text` without lines that somebody else has said before in the thread: quoted, but with no mark.

    `before` has whose each earlier line is, by `spoken_line`. Short lines, which two people may well say
    alike, go only beside a long one.
    """
    lines = text.split("\n")
    keys = [spoken_line(line) for line in lines]
    known = [bool(key) and before.get(key, author) != author for key in keys]
    theirs = [is_known and len(key.split()) >= 8 for is_known, key in zip(known, keys, strict=True)]
    for order in (range(len(lines)), reversed(range(len(lines)))):
        beside = False
        for at in order:
            theirs[at] |= beside and known[at]
            beside = theirs[at] or (beside and not keys[at])
    kept = [line for line, is_theirs in zip(lines, theirs, strict=True) if not is_theirs]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip("\n") if any(theirs) else text


def spoken_line(line: str) -> str:
    """The words of a line alone, so that it is known again however it is marked."""
    return " ".join(re.findall(r"\w+", line.casefold()))
