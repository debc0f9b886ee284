"""Looking up more than memory holds: texts by key, on disk."""

from __future__ import annotations

from ingest.spool import temporary


class Lookup:
    """Two texts for each key, kept in a temporary database that goes away with the object."""

    def __init__(self) -> None:
        self._database = temporary(
            "CREATE TABLE found (key TEXT PRIMARY KEY, one TEXT, other TEXT) WITHOUT ROWID"
        )

    def put(self, key: str, one: str, other: str = "") -> None:
        """Keep two texts for `get`; they replace what was there."""
        self._database.execute("INSERT OR REPLACE INTO found VALUES (?, ?, ?)", (key, one, other))

    def get(self, key: str) -> tuple[str, str] | None:
        """The two texts, None if nothing was put under `key`."""
        row = self._database.execute("SELECT one, other FROM found WHERE key = ?", (key,)).fetchone()
        return (row[0], row[1]) if row else None

    def close(self) -> None:
        """Drop everything."""
        self._database.close()

    def __enter__(self) -> Lookup:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
