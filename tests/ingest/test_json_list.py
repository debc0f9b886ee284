"""The entries of a list are read one at a time, the same as all at once."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copassist.errors import InputError
from ingest.json_list import LONGEST, entries

TEXTS = st.text(max_size=9)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
LISTS = st.lists(VALUES, max_size=5)


class Slowly(io.BytesIO):
    """Gives a few bytes at a time, however many are asked for."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(5, size) if size and size > 0 else 5)


def found(content: bytes, stream: type[io.BytesIO] = io.BytesIO) -> tuple[list[object], str]:
    """What is read before the list breaks off, and what the error says of that."""
    values: list[object] = []
    try:
        values.extend(entries(stream(content)))
    except InputError as error:
        return values, error.message
    return values, ""


def test_each_entry_is_read() -> None:
    assert found(b' [1, {"a": [2]}, "x" ,null] \n') == ([1, {"a": [2]}, "x", None], "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_every_encoding_of_unicode_is_read(encoding: str) -> None:
    assert found('["é", "𝄞"]'.encode(encoding)) == (["é", "𝄞"], "")


@pytest.mark.parametrize(
    ("content", "values", "why"),
    [
        (b"", [], "is empty"),
        (b" ", [], "is empty"),
        (b'{"messages": []}', [], "is no list"),
        (b"[", [], "is broken JSON: entry 1: Expecting value"),
        (b"[1,]", [1], "is broken JSON: entry 2: Expecting value"),
        (b"[1 2]", [1], "is broken JSON: entry 1: no comma behind it"),
        (b'[1, "x', [1], "is broken JSON: entry 2: Unterminated string starting at"),
        (b"[1] [2]", [1], "is broken JSON: something follows the list"),
        (b'["\xff"]', [], "is no Unicode text: 'utf-8' codec can't decode byte 0xff in position 2"),
    ],
)
def test_what_stands_before_a_break_is_read(content: bytes, values: list[object], why: str) -> None:
    read, said = found(content)
    assert read == values
    assert said.startswith(why)
    assert bool(said) == bool(why)


def test_lists_without_a_bottom_break_off() -> None:
    read, said = found(b"[1, " + b"[" * 1_000_000)
    assert (read, said[:24]) == ([1], "is broken JSON: entry 2:")


def test_a_number_of_a_million_digits_breaks_off() -> None:
    read, said = found(b"[1, " + b"7" * 1_000_000 + b"]")
    assert (read, said[:24]) == ([1], "is broken JSON: entry 2:")


def test_an_entry_that_is_too_long_breaks_off() -> None:
    read, said = found(b'[1, "' + b"x" * (2 * LONGEST + 200_000) + b'"]')
    assert (read, said) == ([1], "is broken JSON: entry 2: is broken or longer than 8 MB")


@given(LISTS, st.sampled_from(["utf-8", "utf-16"]), st.booleans())
def test_all_lists_are_read_as_all_at_once(values: list[object], encoding: str, plain: bool) -> None:
    content = json.dumps(values, ensure_ascii=plain).encode(encoding, "surrogatepass")
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return
    assert found(content) == (values, "")
    assert found(content, Slowly) == (values, "")


@given(st.binary())
def test_whatever_stands_there_either_is_read_or_says_why_not(content: bytes) -> None:
    values, said = found(content)
    assert found(content, Slowly)[0] == values
    assert said or json.loads(content) == values


@given(LISTS, st.integers(0, 400), st.binary(max_size=3))
def test_a_damaged_list_is_read_as_far_as_it_goes(values: list[object], at: int, damage: bytes) -> None:
    content = json.dumps(values).encode()
    read, said = found(content[:at] + damage + content[at + len(damage) :])
    assert said or isinstance(read, list)
