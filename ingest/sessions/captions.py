"""Caption files (WebVTT, SRT, SBV) as cues: what was said from when on, and by whom where they say."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

_MOMENT = r"(?:\d{1,3}:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,3})?"
_TIMES = re.compile(rf"\s*({_MOMENT})\s*-->\s*{_MOMENT}(?=\s|$)|({_MOMENT}),{_MOMENT}\s*$")
_BLOCK = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)|WEBVTT")
_VOICE = re.compile(r"<(?:v(?:\.[\w.-]{1,60})?\s+([^<>\n]{1,120})|/v)>")
_ROLLING = re.compile(r"<\d{1,2}:\d\d:\d\d\.\d{3}>")
_TAG = re.compile(r"</?(?:[biuc]|ruby|rt|lang|font|v|\d)[^<>\n]{0,120}>|\{\\an?\d\}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cue:
    """Words of one voice, and when they begin ("00:12:31"). `voice` is the name in a voice tag, "" without one."""

    start: str
    text: str
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Captions:
    """The cues of a file in its order, what its comments say, and the lines that are broken, with the reason."""

    cues: tuple[Cue, ...]
    notes: str
    problems: tuple[tuple[str, str], ...]


def parse(text: str) -> Captions:
    """Read captions of any of the formats; a cue whose times can't be read is a problem, the rest goes in."""
    notes: list[str] = []
    problems: list[tuple[str, str]] = []
    cues: list[tuple[str, list[str]]] = []
    open_ = False
    for number, block in _blocks(text.split("\n")):
        if _BLOCK.match(block[0]):
            notes += _comment(block)
            continue
        times = next((i for i, line in enumerate(block[:2]) if "-->" in line or _TIMES.match(line)), None)
        if times is None:
            if open_ and not block[0].strip().isdigit():  # an empty line within a cue
                cues[-1][1].extend(block)
            continue
        found = _TIMES.match(block[times])
        open_ = found is not None
        if found:
            cues.append((_clock(found[1] or found[2]), list(block[times + 1 :])))
        else:
            problems.append(
                (
                    f"line {number + times}",
                    f"the times of a caption can't be read: {block[times].strip()[:60]}",
                )
            )
    return Captions(tuple(_voiced(_unrolled(text, cues))), "\n".join(notes), tuple(problems))


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """The number of the first line of each block, and its lines: parted by an empty line or by the next times.

    The line right before times that names a cue ("12", an id) belongs to the cue.
    """
    block: list[str] = []
    first = 1
    for number, line in enumerate(lines, 1):
        timed = bool(block) and ("-->" in line or _TIMES.match(line) is not None)
        has_times = any("-->" in held or _TIMES.match(held) for held in block[:2])
        if not line.strip() or (timed and has_times):
            head = block.pop() if timed and block[-1].strip().isdigit() and len(block) > 2 else None
            if block:
                yield first, block
            block, first = ([head], number - 1) if head is not None else ([], number)
        if line.strip():
            first = first if block else number
            block.append(line)
    if block:
        yield first, block


def _comment(block: Sequence[str]) -> list[str]:
    if not block[0].startswith("NOTE"):
        return []
    return [block[0].removeprefix("NOTE").strip(), *block[1:]]


def _clock(moment: str) -> str:
    """A moment as hours, minutes and seconds of two digits each: "1:02.500" gives "00:01:02"."""
    parts = re.split(r"[.,]", moment)[0].split(":")
    return ":".join(part.zfill(2) for part in ["0", *parts][-3:])


def _unrolled(text: str, cues: Sequence[tuple[str, list[str]]]) -> Iterator[tuple[str, list[str]]]:
    """The cues without the lines that automatic captions show again while they roll up."""
    bare = [[" ".join(_TAG.sub("", line).split()) for line in lines] for _, lines in cues]
    shown = [[line for line in lines if line] for lines in bare]
    again = sum(_overlap(a, b) > 0 for a, b in pairwise(shown))
    rolls = _ROLLING.search(text) is not None or (len(shown) > 3 and again > 0.3 * len(shown))
    before: list[str] = []
    for (start, lines), said in zip(cues, shown, strict=True):
        if rolls:
            yield start, said[_overlap(before, said) :]
        else:
            yield start, lines
        before = said or before


def _overlap(before: Sequence[str], now: Sequence[str]) -> int:
    """How many lines at the end of what was shown are shown again at the beginning of what is."""
    longest = min(len(before), len(now), 4)
    return next((n for n in range(longest, 0, -1) if list(before[-n:]) == list(now[:n])), 0)


def _voiced(cues: Iterator[tuple[str, list[str]]]) -> Iterator[Cue]:
    """The words of each cue, voice by voice and line by line."""
    for start, lines in cues:
        voice = ""
        for line in lines:
            parts = _VOICE.split(line)
            yield from _spoken(start, parts[0], voice)
            for name, words in zip(parts[1::2], parts[2::2], strict=True):
                voice = html.unescape(name or "").strip()
                yield from _spoken(start, words, voice)


def _spoken(start: str, words: str, voice: str) -> Iterator[Cue]:
    said = " ".join(html.unescape(_TAG.sub("", words)).split())
    if said:
        yield Cue(start, said, voice)
