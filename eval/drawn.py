"""A memory of any size like a real one: texts drawn from a corpus, vectors drawn around real ones.

Nothing of it need be embedded, so that a hundred thousand passages are there in minutes.
"""

from __future__ import annotations

import datetime as dt
import random
import zlib
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from copassist.embedding import Encoder, Vectors
from copassist.records import EVERYONE, KINDS, Group, Identity, Member, Record, Segment, named
from copassist.sentences import sentence_spans
from eval.corpora import Doc

REAL = 400
"""So many real texts are embedded; the drawn vectors lie around theirs."""
NEAR = 0.6
"""Length of the noise that is added to a real vector before the sum is brought to length 1: the mean cosine of
a drawn vector with its real one is 1 / sqrt(1 + NEAR^2) = .86, as that of passages on one matter often is."""
PASSAGES_EACH = 6
"""Passages of a record, about."""
MOST_SEGMENTS = 9
PEOPLE = 200
FIRST_DAY, DAYS = dt.date(2018, 1, 1), 3_000
GROUPS = ("everyone", "leads", "core", "design")
"""Each is the audience of a quarter of the records."""


class DrawnEncoder:
    """Stands in for a model where texts are many: a vector near a real one, the same for the same text.

    Queries are embedded by the real model, see `eval.speed`.
    """

    max_tokens = 256

    def __init__(self, real: Vectors, encoder: Encoder) -> None:
        self.fingerprint = encoder.fingerprint
        self.count = encoder.count
        self._real = real

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """See Encoder."""
        drawn = np.stack([self._drawn(text) for text in texts])
        unit: Vectors = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
        return unit

    def _drawn(self, text: str) -> Vectors:
        seeded = np.random.default_rng(zlib.crc32(text.encode()))
        centre: Vectors = self._real[seeded.integers(len(self._real))]
        noise = seeded.standard_normal(len(centre), dtype=np.float32)
        near: Vectors = centre + np.float32(NEAR / len(centre) ** 0.5) * noise
        return near


def drawn_encoder(docs: Sequence[Doc], encoder: Encoder) -> DrawnEncoder:
    """One whose vectors lie around those of some of these documents."""
    texts = [doc.whole[:800] for doc in docs[:: max(1, len(docs) // REAL)][:REAL]]
    return DrawnEncoder(encoder.encode(texts), encoder)


def records(docs: Sequence[Doc], number: int, seed: int = 0) -> Iterator[Record]:
    """So many records, each of sentences from several documents in an order of their own."""
    seeded = random.Random(seed)
    sentences = [doc.text[a:b] for doc in docs for a, b in sentence_spans(doc.text) if b - a < 600]
    titles = [doc.title or "Notes" for doc in docs]
    lengths = [len(sentence_spans(doc.text)) or 1 for doc in docs]
    for at in range(number):
        kind = seeded.choice(KINDS)
        segments = tuple(
            Segment(
                " ".join(seeded.choices(sentences, k=min(seeded.choice(lengths), 12))),
                speaker=_person(seeded) if kind != "document" else None,
                section=f"Part {part}",
            )
            for part in range(seeded.randint(1, MOST_SEGMENTS))
        )
        yield Record(
            locator=f"{at:07}",
            kind=kind,
            title=seeded.choice(titles),
            segments=segments,
            date=FIRST_DAY + dt.timedelta(days=seeded.randrange(DAYS)),
            format="clinic" if kind == "session" else "",
            roles=((_person(seeded), "author"),),
            channel="#help" if kind == "thread" else "",
            group=Group(group) if (group := seeded.choice(GROUPS)) != EVERYONE else None,
        )


def person(number: int) -> str:
    """The name of one of PEOPLE; low numbers take part most."""
    return f"Person {number:03}"


def members() -> list[Member]:
    """The directory."""
    return [Member(person(number)) for number in range(PEOPLE)]


def _person(seeded: random.Random) -> Identity:
    return named(person(int(PEOPLE * seeded.random() ** 2)))
