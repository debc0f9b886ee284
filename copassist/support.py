"""Whether a sentence is backed by quotes: our own check of what a language model wrote.

Some things speak against a sentence whatever else agrees: a figure, a name or an address that no quote has,
"not" where the quotes have none or the other way round, words said to be somebody's that are another's.
Otherwise a small logistic model decides, fitted by `python -m eval.support --fit`; its coefficients and on
what they were fitted stand in support.json beside this file.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from copassist.claims import content, figures, forms, misplaced_figures, names, polarity, said_by, stem
from copassist.embedding import Encoder
from copassist.store.keywords import words

NAMES = ("coverage", "likeness")
MOST_QUOTES = 3
WORTH = 0.12
"""So much more of a sentence must a further quote hold to be taken."""
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\b[\w.+-]+@[\w-]+\.\w+|\b[\w-]+\.(?:com|org|net|io|dev)\b\S*")


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that stand in one segment, whose they are ("" if unknown), and what they are from: title, day, heading."""

    text: str
    speaker: str = ""
    source: str = ""

    @property
    def whole(self) -> str:
        """Everything about the quote in which a name or a figure of a sentence may stand."""
        return f"{self.source}\n{self.speaker}\n{self.text}"


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known where the quotes are from.

    `rarity` is what each stem counts (1 if not in it), `people` the words of the names of those who
    speak there, in lower case.
    """

    encoder: Encoder
    rarity: Mapping[str, float]
    people: frozenset[str]


@dataclass(frozen=True, slots=True)
class Support:
    """How probably (0 to 1) quotes back a sentence, and what speaks against it whatever that is."""

    probability: float
    against: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the sentence may stand."""
        return not self.against and self.probability >= fitted()["supported_from"]


def check(sentence: str, quotes: Sequence[Quote], ground: Ground) -> Support:
    """Whether the quotes back the sentence."""
    if not quotes:
        return Support(0.0, ("no quote",))
    model = fitted()
    values = features(sentence, quotes, ground)
    z = model["intercept"] + sum(
        model["coefficients"][name] * value for name, value in zip(NAMES, values, strict=True)
    )
    return Support(1 / (1 + math.exp(-z)), tuple(objections(sentence, quotes, ground.people)))


def features(sentence: str, quotes: Sequence[Quote], ground: Ground) -> tuple[float, ...]:
    """What the model looks at, in the order of NAMES.

    coverage: how much of the sentence's words, weighted by rarity, the quotes hold; likeness: the
    same, where a word that they don't hold counts by the cosine of the word of theirs that is most
    like it.
    """
    wanted = forms(sentence)
    held = forms("\n".join(quote.whole for quote in quotes))
    total = sum(ground.rarity.get(s, 1.0) for s in wanted) or 1.0
    covered = sum(ground.rarity.get(s, 1.0) for s in wanted.keys() & held.keys())
    missing = sorted(wanted.keys() - held.keys())
    likely = covered
    if missing and held:
        vectors = ground.encoder.encode([wanted[s] for s in missing] + sorted(held.values()))
        best = (vectors[: len(missing)] @ vectors[len(missing) :].T).max(axis=1)
        likely += sum(
            ground.rarity.get(s, 1.0) * max(0.0, float(b)) for s, b in zip(missing, best, strict=True)
        )
    return (covered / total, likely / total)


def objections(sentence: str, quotes: Sequence[Quote], people: frozenset[str]) -> Iterator[str]:
    """What speaks against a sentence, in words for whoever judges the check."""
    whole = "\n".join(quote.whole for quote in quotes)
    text = "\n".join(quote.text for quote in quotes)
    missing = sorted(figures(sentence) - figures(whole))
    if missing:
        yield f"no quote has {', '.join(missing)}"
    elif found := misplaced_figures(sentence, whole):
        yield f"{found} is said of something else"
    known = {form for word in words(whole) for form in (word, stem(word))}
    strange = sorted({n for n in names(sentence, people) if not {n, stem(n)} & known})
    if strange:
        yield f"no quote names {', '.join(strange)}"
    if any(address.rstrip(".,;)") not in text for address in _ADDRESS.findall(sentence)):
        yield "no quote has that address"
    stems = frozenset(content(text)) | frozenset(content(sentence))
    mine, theirs = polarity(sentence, stems), polarity(text, stems)
    turned = sorted(s for s in mine.keys() & theirs.keys() if not mine[s] & theirs[s])
    if turned:
        yield f"the quotes say the contrary of {', '.join(turned)}"
    for name in said_by(sentence, people):
        if not any(_is_of(name, quote) for quote in quotes):
            yield f"not the words of {' '.join(name)}"


def _is_of(name: Sequence[str], quote: Quote) -> bool:
    """Whether a quote is that person's, or reports what they said, or lays no claim to whose it is."""
    if set(name) <= set(words(quote.speaker)):
        return True
    reported = {tuple(words(" ".join(said))) for said in said_by(quote.text, frozenset(name))}
    in_text = set(name) <= set(words(quote.text))
    return in_text and (not quote.speaker or any(set(name) & set(said) for said in reported))


def choose(sentence: str, quotes: Sequence[Quote], cosines: Sequence[float], ground: Ground) -> list[int]:
    """Which of the quotes say most of a sentence, at most MOST_QUOTES, the best first.

    The first is near in meaning, by its cosine, and holds much of it; each further one holds WORTH
    more of its words. Where the sentence says whose words these are, it is that person's quotes alone.
    """
    claimed = said_by(sentence, ground.people)
    mine = [i for i, q in enumerate(quotes) if any(_is_of(name, q) for name in claimed)]
    open_to = mine or list(range(len(quotes)))
    if not open_to:
        return []
    parts = {s: ground.rarity.get(s, 1.0) for s in content(sentence)}
    parts |= {f"#{figure}": 2.0 for figure in figures(sentence)}
    total = sum(parts.values()) or 1.0
    held = [
        {*content(q.whole), *(f"#{figure}" for figure in figures(q.whole))} & parts.keys() for q in quotes
    ]
    worth = [sum(parts[p] for p in has) / total + cosine for has, cosine in zip(held, cosines, strict=True)]
    chosen = [max(open_to, key=worth.__getitem__)]
    while len(chosen) < MOST_QUOTES:
        have = set().union(*(held[i] for i in chosen))
        gains = [sum(parts[p] for p in has - have) / total for has in held]
        best = max(open_to, key=lambda i: (gains[i], worth[i]))
        if gains[best] < WORTH:
            break
        chosen.append(best)
    return chosen


@cache
def fitted() -> Any:
    """The coefficients, and from which probability on a sentence stands."""
    return json.loads(files("copassist").joinpath("support.json").read_text(encoding="utf-8"))
