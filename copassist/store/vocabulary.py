"""The words of what everybody may see, and what its acronyms stand for: to tell a typo from a word.

Only records that are open to everyone count, whoever asks: what a word adds shows in what is found.
Names of speakers aren't among the words; where texts name people, `retrieve` leaves hidden names out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, delete, func, insert, select, text

from copassist.records import EVERYONE, Record
from copassist.store import schema as t
from copassist.store.keywords import STOP_WORDS, words

SHORTEST, LONGEST = 3, 40
"""Letters of the words that are kept; a longer one is no word."""
REACH = 2
"""Words of about one length are at most so many letters longer or shorter."""
BEFORE = 200
"""In so many characters before an acronym stands what it is short for."""

_ACRONYM = re.compile(r" \(([A-Z][A-Za-z]{1,6}?)s?\)")
_RUN = re.compile(r"(?:[\w'/-]+ ){1,7}[\w'/-]+$")

Means = tuple[str, ...]
"""The words that an acronym stands for."""


def texts(record: Record) -> Iterator[str]:
    """All that a record says: its title, its channel, its headings, and what was said."""
    yield from (record.title, record.channel)
    yield from dict.fromkeys(segment.section for segment in record.segments)
    yield from (segment.text for segment in record.segments)


def counted(said: Iterable[str]) -> tuple[Counter[str], Counter[tuple[str, Means]]]:
    """How often each word stands in these texts, and each acronym with what it is said to stand for.

    An acronym stands for the words before it whose initials it has, as in "major change proposals (MCPs)"
    (after Schwartz and Hearst, 2003).
    """
    counts: Counter[str] = Counter()
    acronyms: Counter[tuple[str, Means]] = Counter()
    for one in said:
        counts.update(w for w in words(one) if w.isalpha() and SHORTEST <= len(w) <= LONGEST)
        for found in _ACRONYM.finditer(one):
            short = found[1].lower()
            run = _RUN.search(one[max(0, found.start() - BEFORE) : found.start()])
            if run and (means := _stands_for(short, words(run[0]))):
                acronyms[short, means] += 1
    return counts, acronyms


def save(connection: Connection, record_id: str, said: Iterable[str]) -> None:
    """Keep and count the words of a record, whose audience is stored already; `clear` what was before."""
    counts, acronyms = counted(said)
    connection.execute(insert(t.record_words).values(record_id=record_id, words=dict(counts)))
    rows = [
        {"record_id": record_id, "acronym": short, "means": " ".join(means), "count": count}
        for (short, means), count in acronyms.items()
    ]
    if rows:
        connection.execute(insert(t.acronyms), rows)
    count(connection, record_id)


def clear(connection: Connection, record_id: str) -> None:
    """Forget the words of a record, whose audience is still stored."""
    uncount(connection, record_id)
    for table in (t.record_words, t.acronyms):
        connection.execute(delete(table).where(table.c.record_id == record_id))


def count(connection: Connection, record_id: str) -> None:
    """Count the words of a record if it is open to everyone."""
    connection.execute(_ADD, {"record": record_id, "everyone": EVERYONE})


def uncount(connection: Connection, record_id: str) -> None:
    """Take back what `count` did; a word that nobody else has said is gone."""
    for statement in (_TAKE, _DROP):
        connection.execute(statement, {"record": record_id, "everyone": EVERYONE})


_PUBLIC = """
    FROM record_words, json_each(record_words.words) AS each WHERE record_id = :record AND EXISTS
    (SELECT 1 FROM record_groups WHERE record_groups.record_id = :record AND "group" = :everyone)
"""
_ADD = text(
    f"INSERT INTO vocabulary (word, count) SELECT each.key, each.value {_PUBLIC} "
    "ON CONFLICT (word) DO UPDATE SET count = count + excluded.count"
)
_TAKE = text(
    f"UPDATE vocabulary SET count = count - gone.value FROM (SELECT each.key, each.value {_PUBLIC}) AS gone "
    "WHERE word = gone.key"
)
_DROP = text(f"DELETE FROM vocabulary WHERE count = 0 AND word IN (SELECT each.key {_PUBLIC})")


def acronyms(connection: Connection) -> dict[str, Means]:
    """What each acronym stands for, as most say; of equals the first by the alphabet."""
    table, group = t.acronyms.c, t.record_groups.c
    often = func.sum(table.count)
    found = (
        select(table.acronym, table.means)
        .join(t.record_groups, (group.record_id == table.record_id) & (group.group == EVERYONE))
        .group_by(table.acronym, table.means)
        .order_by(often, table.means.desc())
    )
    return {row.acronym: tuple(row.means.split()) for row in connection.execute(found)}


def like(connection: Connection, asked: Sequence[str]) -> dict[str, int]:
    """Those of these words that stand in the memory, and all of about the lengths of the others, counted."""
    table = t.vocabulary.c
    found = select(table.word, table.count.label("often"))
    known = {row.word: row.often for row in connection.execute(found.where(table.word.in_(asked)))}
    lengths = {len(word) + n for word in set(asked) - set(known) for n in range(-REACH, REACH + 1)}
    if lengths:
        rows = connection.execute(found.where(func.length(table.word).in_(sorted(lengths))))
        known |= {row.word: row.often for row in rows}
    return known


def _stands_for(acronym: str, before: list[str]) -> Means:
    """The last words whose initials, with or without those of stop words, are the acronym."""
    for start in range(len(before) - 1, -1, -1):
        long = before[start:]
        weighty = [word for word in long if word not in STOP_WORDS]
        if long[0] not in STOP_WORDS and acronym in ("".join(w[0] for w in some) for some in (long, weighty)):
            return tuple(long)
    return ()
