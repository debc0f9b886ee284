"""Where sentences end."""

from __future__ import annotations

import re

from sentencex import get_sentence_boundaries

_CODE = re.compile(r"(`{3}|~{3}).*?(?:\1|\Z)", re.DOTALL)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """The [start, end) of each sentence of `text` in order, without the white space around it.

    A line ends a sentence too where lines are kept (lists, code); a block of code is one.
    """
    spans: list[tuple[int, int]] = []
    at = 0
    for code in _CODE.finditer(text):
        spans += _prose(text, at, code.start())
        spans.append((code.start(), code.end()))
        at = code.end()
    return spans + _prose(text, at, len(text))


def _prose(text: str, start: int, end: int) -> list[tuple[int, int]]:
    spans = []
    line_start = start
    for line in text[start:end].splitlines(keepends=True):
        for found in get_sentence_boundaries("en", line) if line.strip() else ():
            first, last = line_start + found["start_index"], line_start + found["end_index"]
            sentence = text[first:last]
            if sentence.strip():
                spans.append((first + len(sentence) - len(sentence.lstrip()), first + len(sentence.rstrip())))
        line_start += len(line)
    return spans
