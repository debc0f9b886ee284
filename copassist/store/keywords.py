"""Keyword search: BM25 over the stemmed words of headers and bodies, all of them in working memory.

Why not an index of SQLite's or a library's: docs/decisions/0003-keyword-search.md. What is searched is a
sorted array of numbers, each of which says in which passage which word stands how often.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import snowballstemmer
from numpy.typing import NDArray

K1, B = 1.2, 0.75
LEAST_RARITY = 1e-6
"""What a word counts that stands in more than half of all passages."""
MOST_ROWS = 1 << 24

_WORD = re.compile(r"[^\W_]+")
_stemmer = snowballstemmer.stemmer("porter")


def terms(question: str) -> list[str]:
    """The words of a question that carry meaning, in order, each once; all of them if none does."""
    found = list(dict.fromkeys(words(question)))
    return [w for w in found if w not in STOP_WORDS] or found


def words(text: str) -> list[str]:
    """The words of a text in lower case, in order."""
    return _WORD.findall(text.lower())


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem of a lower-case word (Porter, 1980), without accents."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return str(_stemmer.stemWord(plain))


@lru_cache(maxsize=100_000)
def _number(word: str) -> int:
    """The number of a word and all of its forms. Two of 100,000 words share one now and then."""
    return zlib.crc32(stem(word).encode())


def packed(text: str) -> bytes:
    """The words of a text as a passage keeps them: how often each stands in it, and no word in clear."""
    counts = Counter(map(_number, words(text)))
    postings = [number << 32 | min(count, 255) for number, count in counts.items()]
    return np.array(postings, dtype="<u8").tobytes()


Postings = NDArray[np.uint64]
"""Sorted: 32 bits of the word's number, 24 of the row in which it stands, 8 of how often it does."""


def postings(first_row: int, kept: Sequence[bytes]) -> tuple[Postings, NDArray[np.float32]]:
    """The postings of passages that stand in rows from `first_row` on, and how many words each has.

    Raises OverflowError beyond MOST_ROWS rows.
    """
    if first_row + len(kept) > MOST_ROWS:
        raise OverflowError(f"There are more than {MOST_ROWS:,} passages.")
    distinct = np.fromiter((len(row) // 8 for row in kept), dtype=np.int64, count=len(kept))
    found = np.frombuffer(b"".join(kept), dtype="<u8").astype(np.uint64)
    row_of = np.repeat(np.arange(len(kept)), distinct)
    lengths = np.bincount(row_of, weights=found & np.uint64(255), minlength=len(kept)).astype(np.float32)
    found |= (row_of + first_row).astype(np.uint64) << np.uint64(8)
    found.sort()
    return found, lengths


@dataclass(frozen=True, slots=True)
class Words:
    """The words of all passages, one row each. `alive` is False where a passage is gone meanwhile."""

    parts: tuple[Postings, ...]
    lengths: NDArray[np.float32]
    alive: NDArray[np.bool_]

    def scores(self, words: Sequence[str]) -> NDArray[np.float32]:
        """The BM25 score of each row (Robertson et al., 1994): zero where no word occurs, else above zero."""
        scores = np.zeros(len(self.alive), dtype=np.float32)
        total = int(self.alive.sum())
        if not total:
            return scores
        average = float(self.lengths[self.alive].mean()) or 1.0
        norms = np.float32(K1 * (1 - B)) + self.lengths * np.float32(K1 * B / average)
        for number in dict.fromkeys(map(_number, words)):
            found = list(self._found(number))
            holding = sum(int(self.alive[rows].sum()) for rows, _ in found)
            rarity = max(np.log((total - holding + 0.5) / (holding + 0.5)), LEAST_RARITY)
            for rows, counts in found:
                scores[rows] += np.float32(rarity * (K1 + 1)) * counts / (counts + norms[rows])
        return scores

    def record_scores(self, words: Sequence[str], record_of: NDArray[np.int32]) -> NDArray[np.float32]:
        """The BM25 score of each record, all its rows together; `record_of` gives each row's record."""
        alive = self.alive.astype(np.float64)
        lengths = np.bincount(record_of, weights=self.lengths * alive)
        scores = np.zeros(len(lengths), dtype=np.float32)
        total = int((lengths > 0).sum())
        if not total:
            return scores
        norms = K1 * (1 - B) + lengths * (K1 * B / lengths[lengths > 0].mean())
        for number in dict.fromkeys(map(_number, words)):
            counts = np.zeros(len(lengths))
            for rows, often in self._found(number):
                np.add.at(counts, record_of[rows], often * alive[rows])
            holding = int((counts > 0).sum())
            rarity = max(np.log((total - holding + 0.5) / (holding + 0.5)), LEAST_RARITY)
            scores += (rarity * (K1 + 1) * counts / (counts + norms)).astype(np.float32)
        return scores

    def frequencies(self, words: Sequence[str]) -> dict[str, int]:
        """In how many passages each word occurs, in any of its forms."""
        return {w: sum(int(self.alive[rows].sum()) for rows, _ in self._found(_number(w))) for w in words}

    def _found(self, number: int) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
        """In which rows a word stands, and how often in each."""
        least, most = np.uint64(number << 32), np.uint64(number << 32 | 0xFFFFFFFF)
        for part in self.parts:
            some = part[np.searchsorted(part, least) : np.searchsorted(part, most, "right")]
            yield (
                (some >> np.uint64(8) & np.uint64(MOST_ROWS - 1)).astype(np.int64),
                (some & np.uint64(255)).astype(np.float32),
            )


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
