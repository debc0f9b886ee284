"""Labels held against records: which fields are right, and whose words stand under which name."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from copassist.records import Identity, Record, Segment

FIELDS: tuple[str, ...] = ("kind", "format", "date", "title", "people", "speaker")
WINDOW = 24
"""So many letters and digits in a row tell one place of a text from another."""


@dataclass(slots=True)
class Counts:
    """Right ones among those said (precision) and among those labelled (recall)."""

    right: int = 0
    said: int = 0
    labelled: int = 0

    @property
    def precision(self) -> float:
        """Share of what the reader said that is right; 1 when it said nothing."""
        return self.right / self.said if self.said else 1.0

    @property
    def recall(self) -> float:
        """Share of what is labelled that the reader said; 1 when nothing is labelled."""
        return self.right / self.labelled if self.labelled else 1.0

    def add(self, other: Counts) -> None:
        """Add the counts of another record."""
        self.right += other.right
        self.said += other.said
        self.labelled += other.labelled


@dataclass(slots=True)
class Score:
    """The counts of one record or of many, by field, and what went wrong in words.

    `mixed` are segments in which words of two people stand under one name, `quoted` messages in which
    somebody else's words stand.
    """

    fields: dict[str, Counts] = field(default_factory=lambda: {name: Counts() for name in FIELDS})
    mixed: int = 0
    quoted: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Add the score of another record."""
        for name, counts in other.fields.items():
            self.fields[name].add(counts)
        self.mixed += other.mixed
        self.quoted += other.quoted
        self.wrong += other.wrong


def score(label: dict[str, Any], record: Record | None, line: Callable[[int], str]) -> Score:
    """A record held against its label; None is a record that the reader didn't find.

    `line` gives the text of a line of the file, for labels that name places by line.
    """
    found = Score()
    said: dict[str, Any] = {"kind": None, "format": None, "date": None, "title": None}
    if record:
        said = {
            "kind": record.kind,
            "format": record.format or None,
            "date": record.date.isoformat() if record.date else None,
            "title": plain(record.title) or None,
        }
    for name, value in said.items():
        expected = label.get(name)
        expected = plain(expected) if name == "title" and expected else expected
        if name == "title" and expected is None:
            continue  # a chat's thread has none
        right = expected is not None and value == expected
        found.fields[name] = Counts(int(right), int(value is not None), int(expected is not None))
        if value != expected:
            found.wrong.append(f"{name}: {value!r}, labelled {expected!r}")
    found.fields["people"] = _people(label, record, found.wrong)
    _speakers(label, record, line, found)
    return found


def plain(text: str) -> str:
    """Letters and digits of a text, in lower case, without accents."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed.casefold() if c.isalnum())


# People


def _people(label: dict[str, Any], record: Record | None, wrong: list[str]) -> Counts:
    """Pairs of person and role: one said fits one labelled if any of the person's names does."""
    said = list(_roles(record)) if record else []
    wanted = [(plain(p["name"]), p["role"]) for p in label["people"]]
    open_ = list(wanted)
    extra = []
    for person, role in said:
        fitting = next((w for w in open_ if w[0] in _names(person) and w[1] == role), None)
        if fitting:
            open_.remove(fitting)
        else:
            extra.append(f"{person.name or person.handle or person.key} ({role})")
    wrong += [f"person too many: {one}" for one in extra]
    wrong += [f"person missing: {name} ({role})" for name, role in open_]
    return Counts(len(wanted) - len(open_), len(said), len(wanted))


def _roles(record: Record) -> Iterator[tuple[Identity, str]]:
    """Who has which role in the record as a whole; in threads those who write."""
    found: dict[tuple[Identity, str], None] = dict.fromkeys(record.roles)
    if record.kind == "thread":
        first: dict[Identity, str] = {}
        for segment in record.segments:
            if segment.speaker and segment.role:
                first.setdefault(segment.speaker, segment.role)
        found |= dict.fromkeys(first.items())
    yield from found


def _names(person: Identity) -> set[str]:
    names = (person.name, person.handle, person.key, person.email)
    return {plain(name) for name in names if name}


# Whose words


def _speakers(label: dict[str, Any], record: Record | None, line: Callable[[int], str], found: Score) -> None:
    counts = found.fields["speaker"]
    under: dict[int, set[str]] = {}
    places = _by_key if label["kind"] == "thread" else _by_line
    segments = record.segments if record else ()
    for spoken, position in places(label["spoken"], segments, line):
        speaker = spoken["speaker"]
        segment = segments[position] if position is not None else None
        where = spoken.get("key") or f"line {spoken['line']}"
        named = segment.speaker if segment else None
        right = bool(speaker and named and plain(speaker) in _names(named))
        counts.add(Counts(int(right), int(named is not None), int(speaker is not None)))
        if segment is None:
            found.wrong.append(f"words not found: {where}")
        elif not right and (speaker or named):
            found.wrong.append(f"speaker of {where}: {named.name if named else None}, labelled {speaker}")
        if segment and position is not None and named:
            under.setdefault(position, set()).add(plain(speaker or ""))
        if segment and (spoken.get("not") and plain(spoken["not"]) in plain(segment.text)):
            found.quoted += 1
            found.wrong.append(f"somebody else's words in {where}")
        if segment and plain(spoken.get("says") or "") not in plain(segment.text):
            found.wrong.append(f"own words missing in {where}")
    for position, names in under.items():
        if len(names) > 1:
            found.mixed += 1
            found.wrong.append(f"words of {len(names)} people in segment {position}")


Place = tuple[dict[str, Any], int | None]


def _by_key(spoken: Iterable[dict[str, Any]], segments: Sequence[Segment], line: object) -> Iterator[Place]:
    keys: dict[str, int] = {}
    for position, segment in enumerate(segments):
        keys.setdefault(segment.key.strip("<>"), position)
    for place in spoken:
        yield place, keys.get(place["key"].strip("<>"))


def _by_line(
    spoken: Iterable[dict[str, Any]], segments: Sequence[Segment], line: Callable[[int], str]
) -> Iterator[Place]:
    """Each labelled line with the position of the segment that holds most of it, the next one if several do."""
    texts = [plain(s.text) for s in segments]
    last = 0
    for place in sorted(spoken, key=lambda p: p["line"]):
        said = plain(_shown(line(place["line"])))
        windows = [said[i : i + WINDOW] for i in range(max(1, len(said) - WINDOW + 1))]
        if len(said) < WINDOW:
            windows.append(plain(_shown(line(place["line"])).partition(": ")[2]) or said)
        held = Counter({n: sum(w in text for w in windows) for n, text in enumerate(texts)})
        most = max(held.values(), default=0)
        best = [n for n, hits in held.items() if hits == most] if most else []
        position = next((n for n in best if n >= last), best[0] if best else None)
        last = position if position is not None else last
        yield place, position


def _shown(line: str) -> str:
    """A line of Markdown as it reads: links by their text, without tags and comments."""
    line = re.sub(r"<!--.*?-->", "", line)
    line = re.sub(r"!?\[([^\[\]]*)\]\([^()]*(?:\([^()]*\)[^()]*)*\)", r"\1", line)
    return re.sub(r"</?[a-zA-Z][^<>]*>", "", line)
