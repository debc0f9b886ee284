"""Transcripts and meeting chats as text: "Ana Diaz  0:03", "[Ana Diaz] 10:02:11", "10:02:11 From Ana to Everyone:"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ingest.sessions.not_names import NOT_NAMES

_T = r"\d{1,2}:\d\d(?::\d\d)?(?:\.\d{1,3})?(?:\s?[AaPp]\.?[Mm]\.?)?"
_WHO = r"[^\W\d_][^:\n\[\]<>\t]{0,60}?"
_TO = r"\s+(?:to|an|à|a|para)\s+(?P<to>[^:\n]{1,80}?)"
_SHAPES = {
    "chat": re.compile(
        rf"(?:\d{{4}}-\d\d-\d\d\s+)?(?:(?P<time>{_T})\s+)?(?:From|Von|De|Da)\s+(?P<who>[^:\n]{{1,80}}?)(?:{_TO})?"
        rf"(?:\s*:(?:\s+\(?(?P<late>{_T})\)?(?=\s|$))?|(?P<soon>\s+{_T}(?=:|$)):?)\s*(?P<text>.*)"
    ),
    "nick": re.compile(rf"(?:\[?(?P<time>{_T})\]?\s+)?<[@+%&~ ]?(?P<who>[^\s<>]{{1,40}})>\s+(?P<text>.*)"),
    "bracket": re.compile(rf"\[(?P<who>[^\[\]\n]{{1,60}})\]\s+(?P<time>{_T})\s*(?P<text>)"),
    "before": re.compile(rf"[\[(]?(?P<time>{_T})[\])]?\s*[-–|]?\s*(?P<who>{_WHO}):\s+(?P<text>.*)"),
    "after": re.compile(rf"(?P<who>{_WHO})\s*[\[(](?P<time>{_T})[\])]\s*:?\s*(?P<text>.*)"),
    "end": re.compile(rf"(?P<who>{_WHO})\s+(?P<time>{_T})\s*(?P<text>)"),
}
_LOOSE = r"\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d{1,3})?"
_MOMENT = re.compile(rf"#*\s*(?:(?P<time>{_T})(?:\s*-->\s*{_T})?|(?P<loose>{_LOOSE})\s*-->\s*{_LOOSE})\s*")
_NAMED = re.compile(rf"\**(?P<who>{_WHO}):\**\s+(?P<text>.+)")
_MARKS = re.compile(r"^(?:.{1,60} (?:started|stopped) transcription|transcribed by https?://otter\.ai|"
                    r"transcription ended after .{1,20}|this editable transcript was computer generated.*|"
                    r"you should review gemini.s notes.*|📖 ?transcript)$", re.IGNORECASE)  # fmt: skip
EVERYONE = re.compile(
    r"(?:everyone|all|alle|tout le monde|todos|tutti)(?:\b.{0,40})?|all panell?ists and attendees",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """What one voice says from a time on; `who` as written, "" when nobody is named. `to` is whom a chat addresses."""

    time: str
    who: str
    text: str
    to: str = ""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """The lines above the first that somebody says, and what is said."""

    head: tuple[str, ...] = ()
    said: tuple[Said, ...] = ()


def parse(lines: Sequence[str]) -> Dialogue | None:
    """What a transcript or chat holds; None when the lines are no such thing, or hold much else."""
    marked = any(_MARKS.match(line.strip(" #*")) for line in lines)
    shape = _shape(lines, marked)
    if shape is None:
        return None
    reading = _Reading(shape)
    for line in lines:
        reading.take(line)
    reading.close()
    above = sum(len(line) for line in reading.head)
    if not reading.said or above > max(_HEAD, 0.5 * sum(len(line) for line in lines)):
        return None
    return Dialogue(tuple(reading.head), tuple(reading.said))


_HEAD = 600
"""So many characters may stand above any transcript; a longer head only above one that is as long."""
_SHARE = {"nick": 0.5, "before": 0.3, "after": 0.15, "moments": 0.5}
"""How much of the lines name who speaks, at least; where names stand on lines of their own it is less."""


def _shape(lines: Sequence[str], marked: bool) -> str | None:
    """The shape in which the lines name who speaks: the most frequent one, where names come again."""
    names: dict[str, Counter[str]] = {shape: Counter() for shape in (*_SHAPES, "moments", "arrow")}
    first: dict[str, int] = {}
    moments, filled, timed, before = 0, 0, False, ""
    for line in lines:
        bare = line.strip()[:400]
        if not bare:
            continue
        arrow = timed and "-->" in before
        moment = _MOMENT.fullmatch(bare) is not None
        found = _named(bare, timed, arrow) if not moment else None
        if found:
            names[found[0]][found[1]] += 1
            first.setdefault(found[0], filled)
        moments += moment
        filled += not moment
        timed, before = moment, bare
    best = max(names, key=lambda shape: names[shape].total())
    who = names[best]
    count = who.total()
    if count < 2 or (best == "moments" and moments < 2 - marked):
        return None
    people = sum(n for name, n in who.items() if may_speak(name))
    again = marked or (count > 2 and len(who) < count)
    share = count / (filled - first[best])
    return (
        best if again and people >= 0.6 * count and share >= _SHARE.get(best, 0.08) / (1 + marked) else None
    )


def _named(line: str, timed: bool, arrow: bool) -> tuple[str, str] | None:
    """The shape of a line that names who speaks, and the name; `timed` and `arrow` are of the line before it."""
    if arrow:
        return "arrow", line
    for shape in _SHAPES:
        if found := _match(shape, line):
            return shape, found["who"]
    named = _NAMED.fullmatch(line)
    return ("moments", named["who"]) if named else None


def _match(shape: str, line: str) -> re.Match[str] | None:
    """How a line names who speaks; a chat does it with a time ("From my side: yes" is what somebody writes)."""
    found = _SHAPES[shape].fullmatch(line)
    if found and shape == "chat" and not (found["time"] or found["late"] or found["soon"]):
        return None
    return found


def may_speak(name: str) -> bool:
    """Whether a name may be somebody's: not a day ("March 12, 2025,"), and not only words that name nobody."""
    words = name.strip("@*# ").lower().split()
    if re.search(r"\d{4}|,\s*$", name) or not 0 < len(words) < 8:
        return False
    return words[-1] == "speaker" or not all(word.strip(".,") in NOT_NAMES for word in words)


@dataclass(slots=True)
class _Reading:
    """Lines of one shape, taken in order."""

    shape: str
    head: list[str] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    now: Said | None = None
    words: list[str] = field(default_factory=list)
    moment: str = ""
    named: bool = False
    over: bool = False

    def take(self, line: str) -> None:
        """Begin a turn with a line, or add it to the one that goes on."""
        bare = line.strip()
        if _MARKS.match(bare.strip(" #*")):
            self.close()
            return
        if bare.startswith("#") and not _MOMENT.fullmatch(bare):  # a heading: notes go on, nobody's words
            self.close()
            self.over = bool(self.said)
        begun = self._begun(bare)
        if begun:
            self.close()
            self.over = False
            self.now, self.words = begun, [begun.text]
        elif moment := _MOMENT.fullmatch(bare):
            self.moment, self.named = moment["time"] or moment["loose"], False
            if self.shape in ("moments", "arrow"):
                self.close()
        elif self.now:
            self.words.append(bare)
        elif not self.said or self.over:
            self.head.append(line)
        elif bare:
            self.now, self.words = Said(self.moment, "", ""), [bare]

    def _begun(self, line: str) -> Said | None:
        if self.shape == "arrow":
            if self.named or not line or not self.moment:
                return None
            self.named = True
            return Said(self.moment, line, "") if _MOMENT.fullmatch(line) is None else None
        if self.shape == "moments":
            named = _NAMED.fullmatch(line) if self.moment else None
            return Said(self.moment, named["who"].strip("* "), named["text"]) if named else None
        found = _match(self.shape, line)
        if not found or (self.shape == "end" and not may_speak(found["who"])):
            return None
        parts = found.groupdict()
        time = (parts.get("time") or parts.get("late") or parts.get("soon") or "").strip()
        return Said(time, found["who"].strip("*-–| "), found["text"], (parts.get("to") or "").strip())

    def close(self) -> None:
        """End the turn that goes on."""
        if self.now:
            text = "\n".join(word for word in self.words if word)
            self.said.append(Said(self.now.time, self.now.who, text, self.now.to))
        self.now, self.words = None, []


def messages(said: Sequence[Said]) -> Iterator[Said | str]:
    """What a chat says to everyone; for the rest what it is: "direct message", "reaction".

    The words of others that a reply repeats are left out.
    """
    for one in said:
        private = re.search(r"direct message|privat|direktnachricht", one.to, re.IGNORECASE) is not None
        if one.to and (private or not EVERYONE.fullmatch(one.to.strip())):
            yield "direct message"
        elif re.match(r"(?:Reacted to|Removed an? .{1,20} reaction from) [\"“]", one.text):
            yield "reaction"
        else:
            text = re.sub(r"^Replying to [\"“].*?[\"”]:?\s*(?:\n|$)", "", one.text)
            yield Said(one.time, one.who, text.strip(), one.to)
