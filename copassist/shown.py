"""Text of the memory as a page, a terminal or a model may get it: what can't be seen moves and turns nothing.

What is stored stays as it was written, so that quotes are exact; this is for where text is shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

LONGEST_LINE = 300
LONGEST_NAME = 80
LONGEST_PART = 2_000
"""So much of one sentence is shown within an answer; the record has it whole."""
MOST_MARKS = 3
"""So many accents may stand on one letter; more would run over the lines around it."""

_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u2800\u3164\ud800-\udfff\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Control characters, marks and overrides of direction, tags and fillers; not the joiners, which scripts need."""
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u0670\u06d6-\u06dc\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
    "\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u0f71-\u0f84\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
_PILED = re.compile(f"([{_MARKS}]{{{MOST_MARKS}}})[{_MARKS}]+")
_RAW_IN_JSON = re.compile(f"{_UNSEEN.pattern}|[\x0b\x0c\u2028\u2029]")


def shown(text: str) -> str:
    """`text` without what can't be seen; every kind of line break is a newline."""
    if text.isprintable() and text.isascii():
        return text
    return _PILED.sub(r"\1", _UNSEEN.sub("", _BREAKS.sub("\n", text)))


def shown_line(text: str, longest: int = LONGEST_LINE) -> str:
    """As `shown`, on one line of at most `longest` characters: titles, names, names of files."""
    return _cut(" ".join(shown(text).split()), longest)


def shown_name(name: str) -> str:
    """A person's name on a line that leaves room for others; what to call somebody whose name can't be seen."""
    return shown_line(name, LONGEST_NAME) or "somebody"


def shown_part(text: str) -> str:
    """As `shown`, at most LONGEST_PART characters."""
    return _cut(shown(text), LONGEST_PART)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def shown_json(value: object, default: Callable[[Any], object] | None = None) -> str:
    """`value` as one line of JSON that reads back exactly and holds nothing unseen; `default` as in json.dumps."""
    written = json.dumps(value, ensure_ascii=False, default=default)
    return _RAW_IN_JSON.sub(lambda found: json.dumps(found[0])[1:-1], written)
