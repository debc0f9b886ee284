"""Files that are zips inside: what nobody's document is, is refused before a parser opens it."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.pages import packed
from ingest.pages.office import docx
from ingest.pages.packed import opened, text_of
from tests.ingest.making import docx as word
from tests.ingest.making import p, zipped


def check(content: bytes) -> None:
    with opened(content, "Word"):
        pass


def test_a_part_is_read_as_text_and_one_that_is_missing_is_empty() -> None:
    with opened(zipped({"a.xml": "é"}), "Word") as parts:
        assert (text_of(parts, "a.xml"), text_of(parts, "b.xml")) == ("é", "")


def test_a_bomb_is_refused_by_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    dense = zipped({"a.xml": b" " * 21_000_000})
    with pytest.raises(ValueError, match="unpacks to 21 MB, which is too much"):
        check(dense)
    monkeypatch.setattr(packed, "LARGEST", 1000)
    with pytest.raises(ValueError, match="unpacks to"):
        check(zipped({"a.xml": bytes(range(256)) * 4}))


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    content = b" " * 5_000_000
    honest = zipped({"word/document.xml": content})
    lie = honest.replace((5_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    lie = lie.replace(
        zlib.crc32(content).to_bytes(4, "little"), zlib.crc32(content[:1000]).to_bytes(4, "little")
    )
    assert lie != honest
    with pytest.raises(ValueError, match="a part is larger than it says"):
        check(lie)


def test_more_files_than_a_document_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "MOST", 2)
    with pytest.raises(ValueError, match="holds more than 2 files, which no Word file does"):
        check(zipped({"a": "", "b": "", "c": ""}))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "encrypted, or in the old Word format"),
        (b"no zip", r"broken Word file \(BadZipFile\); open it and save it again"),
        (zipped({"a": "b"})[:-10], "broken Word file"),
        (
            zipped({"a": "b"}).replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"),
            "encrypted",
        ),
    ],
)
def test_what_cannot_be_opened_says_why(content: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        check(content)


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_a_word_file_with_some_bytes_changed_is_a_page_or_a_reason(data: st.DataObject) -> None:
    changed = bytearray(SMALL)
    for at in data.draw(st.lists(st.integers(0, len(SMALL) - 1), max_size=8)):
        changed[at] = data.draw(st.integers(0, 255))
    try:
        docx(bytes(changed))
    except ValueError as error:
        assert str(error)


SMALL = word(p("Ana", style="Heading1") + p("Bo", depth=0))
