"""The entries of a list in JSON, one at a time, however long it is."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import IO

from copassist.errors import InputError

LONGEST = 8 * 1024 * 1024
"""How many characters one entry may have."""
_PIECE = 64 * 1024
_SPACE = re.compile(r"[ \t\r\n]*")
_ENDS = tuple(" \t\r\n,]")
_DECODER = json.JSONDecoder()


def entries(stream: IO[bytes]) -> Iterator[object]:
    """Yield each entry of the list that `stream` holds, in any encoding of Unicode.

    Raises InputError that says why it is no list or where it breaks off, after all that stands before.
    """
    window = _Window(stream)
    sign = window.sign()
    if sign != "[":
        raise InputError("is no list" if sign else "is empty")
    window.at += 1
    number, sign = 0, window.sign()
    while sign != "]":
        number += 1
        yield window.value(number)
        sign = window.sign()
        if sign not in (",", "]"):
            raise _broken(number, "no comma behind it")
        window.at += sign == ","
    window.at += 1
    if window.sign():
        raise InputError("is broken JSON: something follows the list")


def _broken(number: int, why: str) -> InputError:
    return InputError(f"is broken JSON: entry {number}: {why}")


class _Window:
    """The part of a text that is looked at: what was read of it, from `at` on."""

    def __init__(self, stream: IO[bytes]) -> None:
        head = stream.read(4)
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(json.detect_encoding(head))()
        self._text = self._decoded(head)
        self.at = 0

    def sign(self) -> str:
        """The next character that isn't white space, "" at the end."""
        while True:
            space = _SPACE.match(self._text, self.at)
            self.at = space.end() if space else self.at
            if self.at < len(self._text):
                return self._text[self.at]
            if not self._more():
                return ""

    def value(self, number: int) -> object:
        """The value that stands here; its end is passed."""
        self.sign()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self.at)
            except json.JSONDecodeError as error:
                if len(self._text) - self.at > LONGEST:
                    raise _broken(number, f"is broken or longer than {LONGEST // 1024**2} MB") from error
                if not self._more():
                    raise _broken(number, error.msg) from error
            except (ValueError, RecursionError) as error:
                raise _broken(number, str(error)) from error
            else:
                length = end - self.at
                if self._is_whole(value, end) or not self._more():
                    self.at += length
                    return value

    def _is_whole(self, value: object, end: int) -> bool:
        """Whether a value that ends here can't go on in what wasn't read yet, as a number may."""
        if not isinstance(value, int | float):
            return True
        return self._text[end : end + 1] in _ENDS or len(self._text) - self.at > LONGEST

    def _more(self) -> bool:
        """Read on, twice as far each time that this isn't enough; False at the end."""
        piece = self._stream.read(max(_PIECE, len(self._text) - self.at))
        self._text = self._text[self.at :] + self._decoded(piece)
        self.at = 0
        return bool(piece)

    def _decoded(self, piece: bytes) -> str:
        try:
            return self._decoder.decode(piece, final=not piece)
        except ValueError as error:
            raise InputError(f"is no Unicode text: {error}") from error
