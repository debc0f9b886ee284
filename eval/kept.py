"""Vectors kept between runs: a model's vector of a text never changes. Runs in the environment of the peers, too."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

AT_ONCE = 256
"""So many texts are embedded before they are written down."""

Encode = Callable[[list[str]], Any]
"""From texts to their vectors, one a row."""


def vectors(path: Path | None, model: str, texts: Sequence[str], encode: Encode) -> NDArray[np.float32]:
    """The vectors of the texts, (n, d); only those that the file doesn't hold for this model are made.

    Without a path nothing is kept. Texts of like length are embedded together, so that little is padded.
    """
    with closing(sqlite3.connect(path or ":memory:", timeout=600)) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID"
        )
        keys = [hashlib.sha256(f"{model}\0{text}".encode()).digest() for text in texts]
        found = {key: vector for key in set(keys) if (vector := _vector(connection, key)) is not None}
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        ordered = sorted(missing, key=lambda key: len(missing[key]))
        for start in range(0, len(ordered), AT_ONCE):
            part = ordered[start : start + AT_ONCE]
            made = np.asarray(encode([missing[key] for key in part]), dtype=np.float32)
            rows = [(key, row.tobytes()) for key, row in zip(part, made, strict=True)]
            found.update(rows)
            with connection:
                connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
    return np.array([np.frombuffer(found[key], dtype=np.float32) for key in keys])


def _vector(connection: sqlite3.Connection, key: bytes) -> bytes | None:
    row = connection.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()
    return row[0] if row else None
