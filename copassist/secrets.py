"""Secrets in what people wrote (tokens, keys, passwords) give way to a mark that says what stood there.

Tokens of known services are found by Kingfisher's rules, which never go online here; `secret_shapes` adds
what no service gave a shape. What looks like a placeholder, a name in code, a version or a plain word stays,
as a false mark destroys what somebody said; so "the password is swordfish" isn't found.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from copassist import secret_shapes
from copassist.records import Record
from copassist.secret_shapes import CLUE, Found
from copassist.secret_values import is_stand_in

if TYPE_CHECKING:
    from kingfisher_sdk import Scanner

_MARK = re.compile(r"(\[secret removed: (?:[a-z -]|[A-Z0-9.](?![A-Z0-9]{8})){3,60}\])")
_MIXED = re.compile("[0-9]|[a-z][A-Z]")
_LONG = re.compile(r"[\w+/=.~%:-]{16,}")
_AROUND = " \t\r\n\"'`.,:;!?()[]{}<>|*&\\"
_LOOSE = bytes(32 if c > 127 or c in b",;!?()[]{}<>|*&" else c for c in range(256))
_NO_SECRET = re.compile(
    r".*-(id|domain|host|name|username|pub-key|public-key|address)|.*(project|instance|rest)-url"
)
_OURS = frozenset(
    "private-key generic-credential-uri mongodb-connection-string curl-auth-user azure-servicebus-connection-string"
    " azure-app-configuration-connection-string".split()
)
"""Rules that take too much or too little of the text, where `secret_shapes` knows better."""


def masked(text: str) -> tuple[str, Counter[str]]:
    """The text with "[secret removed: password]" in place of each secret, and how many there were by kind.

    The same object if there were none. Masking again changes nothing: what stands between marks is read by
    itself, and marks aren't counted.
    """
    counts: Counter[str] = Counter()
    done: list[str] = []
    todo = _MARK.split(text)[::-1]
    while todo:
        part = todo.pop()
        found = [] if _MARK.fullmatch(part) else _found(part)
        pieces, at = [], 0
        for one in found:
            counts[one.kind] += 1
            pieces += [part[at : one.start], f"[secret removed: {one.kind}]"]
            at = one.end
        if found:
            todo += [part[at:], *reversed(pieces)]
        else:
            done.append(part)
    return ("".join(done) if counts else text), counts


def masked_record(record: Record) -> tuple[Record, Counter[str]]:
    """The record without secrets in its title, sections and texts, and how many there were by kind.

    The same object if there were none. Names, places and addresses stay as they are.
    """
    title, counts = masked(record.title)
    segments = list(record.segments)
    for n, segment in enumerate(segments):
        text, in_text = masked(segment.text)
        section, in_section = masked(segment.section)
        if in_text or in_section:
            segments[n] = replace(segment, text=text, section=section)
            counts += in_text + in_section
    return (replace(record, title=title, segments=tuple(segments)) if counts else record), counts


def _found(text: str) -> list[Found]:
    """The secrets in `text` in order; of those that overlap, all that they cover as one of the first's kind."""
    merged: list[Found] = []
    for one in sorted([*_of_services(text), *secret_shapes.found(text)], key=lambda f: (f.start, -f.end)):
        if merged and one.start < merged[-1].end:
            merged[-1] = replace(merged[-1], end=max(merged[-1].end, one.end))
        else:
            merged.append(one)
    return merged


def _of_services(text: str) -> Iterator[Found]:
    """The tokens that Kingfisher knows. A second look without punctuation finds those at the end of a sentence."""
    if not CLUE.search(text) or not any(_MIXED.search(run[0]) for run in _LONG.finditer(text)):
        return
    data = text.encode("utf-8", "replace").replace(b"\0", b" ")
    loose = data.translate(_LOOSE).replace(b". ", b"  ").replace(b".\n", b" \n").replace(b": ", b"  ")
    loose = re.sub(rb"[.:]\Z", b" ", loose)
    spans = {span for look in (data, loose) for span in _scanned(look)}
    in_bytes = in_text = 0
    for start, end, kind in sorted(spans):
        in_text += len(data[in_bytes:start].decode("utf-8", "ignore"))
        in_bytes = start
        length = len(data[start:end].decode("utf-8", "ignore"))
        yield _whole(text, Found(in_text, in_text + length, kind))


def _scanned(data: bytes) -> Iterator[tuple[int, int, str]]:
    for finding in _scanner().scan(data):
        rule = re.sub(r"\.\d+$", "", finding.rule_id).split(".", 1)[-1].split("/")[-1]
        if not finding.visible or rule in _OURS or _NO_SECRET.fullmatch(rule):
            continue
        secret = finding.secret
        if len(secret) >= 16 and _MIXED.search(secret) and not is_stand_in(secret):
            place = finding.location
            yield place["start_offset"], place["end_offset"], rule.replace("-", " ")


def _whole(text: str, found: Found) -> Found:
    """What was found, with letters and digits directly at it, without the space, quotes and points around it."""
    secret = text[found.start : found.end]
    start = found.end - len(secret.lstrip(_AROUND))
    end = found.start + len(secret.rstrip(_AROUND))
    while start and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return replace(found, start=start, end=end)


@cache
def _scanner() -> Scanner:
    """Kingfisher with its own rules, compiled once for each process (and kept in the user's cache folder)."""
    from kingfisher_sdk import Rules, Scanner

    return Scanner(Rules(confidence="medium"), base64=False)
