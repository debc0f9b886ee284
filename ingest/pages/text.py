"""Bytes to text, and long texts to parts."""

from __future__ import annotations

import re

import sentencex

from ingest.pages.page import LONGEST


def decode(content: bytes, declared: str = "") -> str:
    """The text of a file: in the encoding of its byte order mark, UTF-8, UTF-16, that `declared` in it, else a guess.

    Newlines become "\\n". Raises ValueError with the reason when it is no text.
    """
    if not content.strip():
        raise ValueError("the file is empty")
    text = _decoded(content, declared)
    if "\0" in text:
        raise ValueError("has NUL characters, so it is no text file")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise ValueError("the file is empty")
    return text


def _decoded(content: bytes, declared: str) -> str:
    for encoding in (_marked(content), declared):
        try:
            return content.decode(encoding or "utf-8")
        except (UnicodeDecodeError, LookupError):
            continue
    try:
        return content.decode(_guessed(content))
    except UnicodeDecodeError:
        raise ValueError("not text in UTF-8, UTF-16 or Windows-1252; save it as UTF-8") from None


def _marked(content: bytes) -> str:
    """The encoding that the bytes themselves show: a byte order mark, or every other byte NUL; else UTF-8."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    start = content[:4096] if len(content) >= 8 else b""
    odd, even = start[1::2].count(0), start[::2].count(0)
    if odd + even > len(start) // 5 and min(odd, even) * 20 < max(odd, even):
        return "utf-16-le" if odd > even else "utf-16-be"
    return "utf-8-sig"


def _guessed(content: bytes) -> str:
    """Windows-1252 for what is mostly ASCII, as old Western exports are; else what charset-normalizer takes it for."""
    start = content[:65536]
    high = sum(byte > 127 for byte in start)
    if len(start) < 50 or (high * 10 < len(start) * 3 and start.translate(None, _NOT_1252) == start):
        return "cp1252"
    import charset_normalizer

    found = charset_normalizer.from_bytes(start).best()
    return found.encoding if found else "cp1252"


_NOT_1252 = b"\x81\x8d\x8f\x90\x9d"


def cuts(text: str, limit: int) -> list[tuple[int, int]]:
    """Where to cut `text` into parts of at most `limit` characters: [start, end) of each, in order.

    Cuts fall between paragraphs or sentences, else lines, else words; parts hold no outer white space.
    """
    ends = _ends(text) if len(text) > limit else [len(text)]
    found: list[tuple[int, int]] = []
    start, at = 0, 0
    while start < len(text):
        while at < len(ends) and ends[at] <= start + limit:
            at += 1
        end = ends[at - 1] if at and ends[at - 1] > start else _word_end(text, start, limit)
        part = text[start:end]
        lead = len(part) - len(part.lstrip())
        if part.strip():
            found.append((start + lead, start + len(part.rstrip())))
        start = end
    return found


def _ends(text: str) -> list[int]:
    """The ends of sentences; of lines, where `text` holds code."""
    if text.count("```") > 1:
        return [*(m.end() for m in re.finditer("\n", text)), len(text)]
    ends = {int(found["end_index"]) for found in sentencex.get_sentence_boundaries("en", text)}
    return sorted(end for end in ends | {len(text)} if end <= len(text))


def _word_end(text: str, start: int, limit: int) -> int:
    end = min(len(text), start + limit)
    space = max(text.rfind(" ", start + limit // 2, end), text.rfind("\n", start + limit // 2, end))
    return space + 1 if space >= 0 and end < len(text) else end


def split(text: str, limit: int = LONGEST) -> list[str]:
    """`text` in parts of at most `limit` characters; see `cuts`."""
    return [text[start:end] for start, end in cuts(text, limit)]
