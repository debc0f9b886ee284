"""Whose words a line of notes is: "josh: why", "Q (Ana): why", "Decision: we go", names alone on a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from copassist.records import Format, Identity, Part, Role
from ingest.pages.page import SHORT, Piece
from ingest.sessions.attendance import names_people
from ingest.sessions.labels import part_of
from ingest.sessions.not_names import NOT_NAMES
from ingest.sessions.people import Roles, identity, listed
from ingest.sessions.prefixes import NAME, prefixes
from ingest.sessions.speakers import Speakers

_FROM = re.compile(
    rf"(?:note|comment|question|reply|answer|feedback|suggestion|advice|update|q|a)s? (?:from|by) ({NAME})"
    r"\s?:\s+(.+)",
    re.DOTALL | re.IGNORECASE,
)
_Q_AND_A = re.compile(
    r"(?P<label>q|a|question|answer)(?:\s?#?\d{1,3})?"
    r"(?:\s*\((?P<who>[^()]{2,60})\)|,? (?:from|by) (?P<from>[^:]{2,60}?))?\s*(?P<colon>[:.])\s+(?P<text>.+)",
    re.IGNORECASE | re.DOTALL,
)
_PART = re.compile(
    r"(?P<label>[^\W\d_][\w '’-]{2,28}?)(?:\s*\((?P<who>[^()]{2,60})\))?\s*:(?:\s+|$)(?P<text>.*)", re.DOTALL
)
_MARK = re.compile(rf"(?:\+1|-1|👍|✋)\s+(?:from )?{NAME}", re.IGNORECASE)


_TOPICS = frozenset("fix case situation tasks approved rat tips ideas results".split())
"""Labels that head a part of a session, but before a line are what it is about ("fix: typo")."""
_FROM_PARTS: dict[str, Part] = {
    "q": "question",
    "question": "question",
    "a": "answer",
    "answer": "answer",
    "advice": "advice",
    "suggestion": "advice",
}


@dataclass(frozen=True, slots=True)
class Turn:
    """Words of one voice in one piece. `said` tells that a prefix named the voice, or several.

    `apart` tells that the words needn't be those of the voice around them: the prefix may be the name of somebody
    unknown, or it is a decision. `time` is when it was said, as the notes write it.
    """

    text: str
    speaker: Identity | None = None
    part: Part = ""
    said: bool = False
    time: str = ""
    apart: bool = False


# Lines


def turns_of(text: str, speakers: Speakers) -> list[Turn]:
    """A piece cut where another voice begins; the prefixes that name the voices are cut off."""
    turns: list[Turn] = []
    lines: list[list[str]] = []
    code = False
    for line in text.split("\n"):
        code ^= line.startswith(("```", "~~~"))
        turn = None if code else begins(line, speakers)
        if turn and (turn.said or not turns or turns[-1].speaker or turn.part != turns[-1].part):
            turns.append(turn)
            lines.append([turn.text])
        elif turns:
            lines[-1].append(line)
        else:
            turns.append(Turn(line))
            lines.append([line])
    return [replace(turn, text="\n".join(own).strip("\n")) for turn, own in zip(turns, lines, strict=True)]


def begins(line: str, speakers: Speakers) -> Turn | None:
    """The turn that a line begins, None where it goes on. Its speaker is None where that isn't plain.

    "Ana: yes", "Ana & Bo: yes" (nobody's alone), "Q (Ana): why?", "Decision: we go" (nobody's, with its part).
    """
    asked = _Q_AND_A.fullmatch(line)
    if asked and (asked["colon"] == ":" or speakers.asks or asked["who"]):
        return _asked(asked, speakers)
    told = _FROM.fullmatch(line)
    if told and (person := speakers.get(told[1]) or _full(told[1])):
        part = _FROM_PARTS.get(line.split()[0].lower().rstrip("s"), "")
        return Turn(told[2], person, part, said=True)
    if turn := _of_part(line, speakers) or _named(line, speakers):
        return turn
    return Turn(line, said=True) if _MARK.fullmatch(line) else None


def _of_part(line: str, speakers: Speakers) -> Turn | None:
    """The turn of a line such as "Decision: we go" or "Advice (Cy): wait"."""
    labelled = _PART.fullmatch(line)
    if not labelled or labelled["label"].lower() in _TOPICS or speakers.get(labelled["label"]):
        return None
    part = part_of(labelled["label"])
    told_by = labelled["who"] if part in ("problem", "advice") else None  # of an action it is who does it
    teller = (speakers.get(told_by) or _full(told_by)) if told_by else None
    if teller:
        return Turn(labelled["text"], teller, part, said=True)
    return Turn(line, None, part, apart=part in ("decision", "next-step")) if part else None


def _asked(asked: re.Match[str], speakers: Speakers) -> Turn:
    who = asked["who"] or asked["from"]
    part: Part = "question" if asked["label"][0] in "qQ" else "answer"
    person = (speakers.get(who) or identity(who)) if who else None
    if who and not person:
        return Turn(asked[0], None, part, said=True)
    return Turn(asked["text"], person, part, said=True)


def _named(line: str, speakers: Speakers) -> Turn | None:
    """The turn of a line with a name before it; None when it has none that is known to be one."""
    for prefix in prefixes(line):
        if prefix.style == ">":
            nick = speakers.nicks.get(prefix.who[0].lower())
            if nick:
                return Turn(prefix.text, nick, said=True, time=prefix.time)
            continue
        person = speakers.get(prefix.who[0]) if len(prefix.who) == 1 else None
        if person and (prefix.style == ":" or prefix.who[0].lstrip("@").lower() in speakers.listed):
            if _speaks_within(prefix.text, speakers, prefix.style == "-"):
                return Turn(line, said=True, time=prefix.time)
            return Turn(prefix.text, person, said=True, time=prefix.time)
        if len(prefix.who) > 1 and _all_names(prefix.who, speakers):
            return Turn(line, said=True, time=prefix.time)
        if prefix.style == ":" and len(prefix.who) == 1 and _may_be_a_name(prefix.who[0]):
            return Turn(line, time=prefix.time, apart=True)
    return None


def _all_names(several: Sequence[str], speakers: Speakers) -> bool:
    """Whether some are known to speak, and the others may."""
    known = [speakers.get(name) is not None for name in several]
    return any(known) and all(k or identity(name) for k, name in zip(known, several, strict=True))


def _may_be_a_name(who: str) -> bool:
    """Whether nobody knows if this is a name: then the line is nobody's, whomever it stands below."""
    words = who.lstrip("@").lower().split()
    return len(words) < 3 and not any(word.strip(".'’") in NOT_NAMES for word in words)


_INNER = re.compile(
    r"(?<=\s)(?:(?P<time>[\[(]?\d{1,2}:\d\d(?::\d\d)?[\])]?\s+(?:<[^\s<>]{1,40}>|[^\W\d_][\w'’-]{0,30}:))"
    r"|<(?P<nick>[^\s<>]{1,40})>|\[(?P<bracket>[^\W\d_][^\[\]\n]{0,40})\]"
    r"|(?P<name>@?[^\W\d_][\w.'’-]{0,30}(?: [A-Z][\w'’-]{1,24})?)(?P<mark>:| [-–—]))\s"
)


def _speaks_within(text: str, speakers: Speakers, dashed: bool) -> bool:
    """Whether somebody else may speak in the midst of a line, as where a file's lines were joined.

    Lines that begin with a plain label aren't joined, so "I asked Ana: why" is one person's.
    """
    for inner in _INNER.finditer(text):
        if inner["time"] or (inner["nick"] and inner["nick"].lower() in speakers.nicks):
            return True
        if inner["bracket"] and inner["bracket"].lower() in speakers.listed:
            return True
        name, ended = inner["name"], text[: inner.start()].rstrip()[-1:] in tuple('.!?…)"”')
        if name and inner["mark"] == ":":
            strange = name[0].isupper() and not name[0].isascii()
            if strange or (ended and speakers.get(name)):
                return True
        elif name and dashed and ended and speakers.get(name):
            return True
    return False


def _full(name: str) -> Identity | None:
    """The person of a full name, as identity says; None for a single word."""
    people, missed = listed(name, "attendee")
    return people[0].who if len(people) == 1 and not missed and " " in people[0].who.name else None


# Names alone on a line


def alone(pieces: Sequence[Piece], speakers: Speakers) -> dict[int, Turn]:
    """The pieces that are only the name of who says what follows, each with the speaker and time.

    Names that stand there once each head a round of reports and aren't taken; those of a talk come again.
    """
    found: dict[int, Turn] = {}
    known = 0
    for i, piece in enumerate(pieces[:-1]):
        if i - 1 in found or pieces[i + 1].headings != piece.headings or not _may_stand_alone(piece):
            continue
        prefix = next((p for p in prefixes(f"{piece.text.rstrip(' :')}:") if p.style == ":"), None)
        if prefix is None or prefix.text or len(prefix.who) != 1 or not piece.text.startswith(prefix.who[0]):
            continue
        sure = speakers.get(prefix.who[0]) or _full(prefix.who[0])
        person = sure or (identity(prefix.who[0]) if prefix.who[0][:1].isupper() else None)
        if person:
            known += sure is not None
            found[i] = Turn("", person, said=True, time=prefix.time)
    again = len(found) >= 1.5 * len({turn.speaker for turn in found.values()})
    return found if len(found) > 3 and again and known * 2 >= len(found) else {}


def _may_stand_alone(piece: Piece) -> bool:
    other = piece.depth or piece.quoted or piece.code or piece.rows or names_people(piece)
    return not other and len(piece.text) < 60 and "\n" not in piece.text


# Segments


def packed(turns: Sequence[Turn]) -> Iterator[Turn]:
    """Neighbouring turns of one voice as one, where together they are short."""
    run: list[Turn] = []
    for turn in turns:
        if run and (turn.said or turn.speaker != run[0].speaker or turn.part != run[0].part):
            yield from _run(run)
            run = []
        run.append(turn)
    yield from _run(run)


def _run(run: list[Turn]) -> list[Turn]:
    if not run or sum(len(turn.text) + 1 for turn in run) > SHORT:
        return [replace(turn, time=run[0].time) for turn in run]
    return [replace(run[0], text="\n".join(turn.text.strip() for turn in run))]


def speaking_role(speaker: Identity | None, part: Part, kind: Format, roles: Roles) -> Role | None:
    """The role in which somebody says a part of a session; None when nothing tells."""
    if speaker is None:
        return None
    if part in ("advice", "answer"):
        return "answerer"
    if part == "question" or (part == "problem" and (speaker, "asker") in roles):
        return "asker"
    return "presenter" if kind in ("show-and-tell", "ama") and (speaker, "presenter") in roles else None
