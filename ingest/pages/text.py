"""Bytes to text, and long texts to parts."""

from __future__ import annotations

import re

import sentencex

from ingest.pages.page import LONGEST


def decode(content: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 with a byte order mark, else Windows-1252.

    Newlines become "\\n". Raises ValueError with the reason when it is no text.
    """
    if not content.strip():
        raise ValueError("the file is empty")
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = content.decode("utf-16")
        else:
            text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What isn't UTF-8 is nearly always an old Windows export, and cp1252 reads
        # Western text right; the five bytes that it leaves undefined betray another encoding.
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            raise ValueError("not text in UTF-8, UTF-16 or Windows-1252; save it as UTF-8") from None
    if "\0" in text:
        raise ValueError("has NUL characters, so it is no text file")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise ValueError("the file is empty")
    return text


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
