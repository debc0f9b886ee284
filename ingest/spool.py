"""Grouping more than memory holds: values are put down in any order and come back group by group, from disk."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterator
from itertools import groupby
from typing import Any


class Spool:
    """Values by group, kept in a temporary database that goes away with the object.

    Only ever holds values that were put into it in this run, so reading them back is safe.
    """

    def __init__(self) -> None:
        self._database = temporary("CREATE TABLE spool (grouped TEXT, ordered REAL, value BLOB)")

    def put(self, group: str, order: float, value: Any) -> None:
        """Keep a value for `groups`; inside a group values come back by `order`, equal ones as they were put."""
        self._database.execute("INSERT INTO spool VALUES (?, ?, ?)", (group, order, pickle.dumps(value)))

    def groups(self) -> Iterator[tuple[str, list[Any]]]:
        """Each group with its values, groups in the order of the smallest `order` in each."""
        self._database.execute("CREATE INDEX IF NOT EXISTS by_group ON spool (grouped, ordered)")
        rows = self._database.execute(
            "SELECT grouped, value FROM spool JOIN"
            " (SELECT grouped AS name, min(ordered) AS first FROM spool GROUP BY grouped)"
            " ON grouped = name ORDER BY first, grouped, ordered, spool.rowid"
        )
        for group, found in groupby(rows, key=lambda row: row[0]):
            yield group, [pickle.loads(value) for _, value in found]

    def close(self) -> None:
        """Drop everything."""
        self._database.close()

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def temporary(table: str) -> sqlite3.Connection:
    """A database with one table, in a file that nobody else sees and that goes away with the connection."""
    database = sqlite3.connect("", isolation_level=None)
    database.execute("PRAGMA cache_size = -8192")
    database.execute("PRAGMA journal_mode = OFF")
    database.execute(table)
    database.execute("BEGIN")
    return database
