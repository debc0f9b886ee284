"""Which mails belong to one thread, by the References of each (jwz.org/doc/threading.html)."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

SAME_SUBJECT = 30 * 24 * 3600
"""A reply that names no mail answers one of its subject that is at most these seconds older."""
_NONE, _OPEN = -1, -2


@dataclass(slots=True)
class Forest:
    """Every mail that was seen or named by another, as a number.

    Holds ids, parents and times and nothing else, as there may be a million of them.
    """

    numbers: dict[str, int] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    parents: array[int] = field(default_factory=lambda: array("q"))
    times: array[float] = field(default_factory=lambda: array("d"))
    subjects: array[int] = field(default_factory=lambda: array("q"))
    lost: list[int] = field(default_factory=list)
    """Replies that name no mail."""
    here: bytearray = field(default_factory=bytearray)


@dataclass(frozen=True, slots=True)
class Threads:
    """For each number of a Forest that of its thread's root, and a time by which parents come first."""

    forest: Forest
    roots: array[int]
    orders: array[float]

    def place(self, id: str) -> tuple[str, float]:
        """The id of the root of the thread that a mail is in, and where in it the mail comes."""
        number = self.forest.numbers[id]
        return self.forest.ids[self.roots[number]], self.orders[number]


def add(
    forest: Forest, id: str, references: tuple[str, ...], time: datetime | None, subject: str, is_reply: bool
) -> None:
    """Put a mail in. `subject` is its base; a mail that is in already is not put in again."""
    number = _number(forest, id)
    if forest.here[number]:
        return
    forest.here[number] = 1
    forest.times[number] = time.timestamp() if time else float("inf")
    forest.subjects[number] = hash(subject.casefold()) if subject else 0
    above = [_number(forest, reference) for reference in references if reference != id]
    for parent, child in pairwise(above):
        if forest.parents[child] == _NONE:
            forest.parents[child] = parent
    if above:
        forest.parents[number] = above[-1]
    elif is_reply and subject and time:
        forest.lost.append(number)


def _number(forest: Forest, id: str) -> int:
    number = forest.numbers.setdefault(id, len(forest.ids))
    if number == len(forest.ids):
        forest.ids.append(id)
        forest.parents.append(_NONE)
        forest.times.append(float("inf"))
        forest.subjects.append(0)
        forest.here.append(0)
    return number


def grown(forest: Forest) -> Threads:
    """The threads of all mails that were put in.

    A mail that is missing but named is a root as well, so that a thread keeps its root when the missing
    one comes. Mails that answer each other in a circle begin with the oldest.
    """
    _adopt(forest)
    size = len(forest.ids)
    roots = array("q", [_NONE]) * size
    orders = array("d", [0.0]) * size
    for start in range(size):
        path = _path(forest, roots, start)
        for number in reversed(path):
            parent = forest.parents[number]
            time = forest.times[number] if forest.times[number] != float("inf") else 0.0
            roots[number] = number if parent == _NONE else roots[parent]
            orders[number] = time if parent == _NONE else max(time, orders[parent] + 0.001)
    return Threads(forest, roots, orders)


def _adopt(forest: Forest) -> None:
    """Give replies that name no mail the last one of their subject before them, if it isn't too old."""
    wanted = {forest.subjects[number] for number in forest.lost}
    lost = {number for number in forest.lost if forest.parents[number] == _NONE}
    rows = sorted(
        (subject, forest.times[number], number)
        for number, subject in enumerate(forest.subjects)
        if subject in wanted and forest.here[number]
    )
    for before, this in pairwise(rows):
        if this[2] in lost and before[0] == this[0] and this[1] - before[1] <= SAME_SUBJECT:
            forest.parents[this[2]] = before[2]


def _path(forest: Forest, roots: array[int], start: int) -> list[int]:
    """The numbers from `start` up to the first whose root is known, or to a root; circles are cut."""
    while True:
        path: list[int] = []
        at = start
        while at != _NONE and roots[at] == _NONE:
            roots[at] = _OPEN
            path.append(at)
            at = forest.parents[at]
        if at == _NONE or roots[at] != _OPEN:
            return path
        circle = path[path.index(at) :]
        oldest = min(circle, key=lambda number: (forest.times[number], forest.ids[number]))
        forest.parents[oldest] = _NONE
        for number in path:
            roots[number] = _NONE
