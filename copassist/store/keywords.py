"""Keyword search by SQLite's FTS5: BM25 over the stemmed words of headers and bodies.

Why FTS5: docs/decisions/0003-keyword-search.md. A record is found as soon as it is stored.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, column, func, literal_column, select, table, text

MOST_TERMS = 16
"""Of a longer question only the rarest terms are searched: the cost grows with each common one."""

_words = table("passage_words", column("rowid"))
_WORD = re.compile(r"[^\W_]+")


def terms(question: str) -> list[str]:
    """The words of a question that carry meaning, in order, each once; all of them if none does."""
    found = list(dict.fromkeys(words(question)))
    return [w for w in found if w not in STOP_WORDS] or found


def words(text_: str) -> list[str]:
    """The words of a text in lower case, in order."""
    return _WORD.findall(text_.lower())


def count(connection: Connection) -> int:
    """How many passages there are to search."""
    return connection.execute(select(func.count()).select_from(_words)).scalar_one()


def best(
    connection: Connection, words: Sequence[str], passages: Select[Any] | None, k: int
) -> list[tuple[int, float]]:
    """The k passages in which these words weigh most, with their BM25 scores (higher is better).

    `passages` selects the ids of those to look at, None for all. Empty when no word occurs.
    """
    if not words:
        return []
    query = _any_of(_rarest(connection, words))
    score: ColumnElement[float] = literal_column("bm25(passage_words, 1.0, 1.0)")
    statement = select(_words.c.rowid, score.label("score")).where(text("passage_words MATCH :query"))
    if passages is not None:
        # The plus keeps SQLite from looking each allowed passage up in the index, one by one.
        statement = statement.where(literal_column("+passage_words.rowid").in_(passages))
    rows = connection.execute(statement.order_by(text("score"), _words.c.rowid).limit(k), {"query": query})
    return [(row.rowid, -row.score) for row in rows]


def scores_of(connection: Connection, words: Sequence[str], ids: Sequence[int]) -> dict[int, float]:
    """The BM25 scores of those of the given passages in which one of the words occurs."""
    if not words or not ids:
        return {}
    score: ColumnElement[float] = literal_column("bm25(passage_words, 1.0, 1.0)")
    statement = select(_words.c.rowid, score.label("score")).where(
        text("passage_words MATCH :query"), literal_column("+passage_words.rowid").in_(ids)
    )
    return {
        row.rowid: -row.score
        for row in connection.execute(statement, {"query": _any_of(_rarest(connection, words))})
    }


def frequencies(connection: Connection, words: Sequence[str]) -> dict[str, int]:
    """In how many passages each word occurs, in any of its forms."""
    statement = select(func.count()).select_from(_words).where(text("passage_words MATCH :query"))
    return {w: connection.execute(statement, {"query": _any_of([w])}).scalar_one() for w in words}


def _rarest(connection: Connection, words: Sequence[str]) -> Sequence[str]:
    if len(words) <= MOST_TERMS:
        return words
    counts = frequencies(connection, words)
    return sorted((w for w in words if counts[w]), key=lambda w: counts[w])[:MOST_TERMS] or words[:1]


def _any_of(words: Sequence[str]) -> str:
    return " OR ".join(f'"{word}"' for word in words)


STOP_WORDS = frozenset(
    """
    a about above after again against all am an and any anybody anyone are aren't as at be because been
    before being below between both but by can cannot could d did didn do does doesn doing don down
    during each ever every few for from further get give gives got had has have having he her here hers
    herself him himself his how i if in into is isn it its itself just know let like ll m may me might
    mine more most much must my myself need no nor not now o of off on once one only or other our ours
    ourselves out over own people please re really s same say says she should shouldn so some somebody
    someone such t tell than that the their theirs them themselves then there these they thing things
    this those through to too under until up us use used using ve very want was wasn way we were what
    when where which while who whom whose why will with won would you your yours yourself yourselves
    """.split()
)
