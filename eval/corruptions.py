"""True sentences reworded, and false ones made of them: a figure, a name, "not" or a speaker changed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from copassist.claims import figures, names
from copassist.store.keywords import STOP_WORDS, words

_CONTRACTED = (
    ("do not", "don't"), ("does not", "doesn't"), ("is not", "isn't"), ("are not", "aren't"),
    ("cannot", "can't"), ("will not", "won't"), ("it is", "it's"), ("that is", "that's"), ("we are", "we're"),
)  # fmt: skip
_LIKE = (
    ("need to", "have to"), ("big", "large"), ("begin", "start"), ("help", "assist"), ("show", "display"),
    ("get", "obtain"), ("many", "numerous"), ("however", "but"), ("because", "since"), ("should", "ought to"),
    ("for example", "for instance"), ("want", "wish"), ("maybe", "perhaps"), ("often", "frequently"),
    ("quick", "fast"), ("try", "attempt"), ("problem", "difficulty"), ("right", "correct"), ("buy", "purchase"),
    ("answer", "reply"), ("way", "manner"), ("also", "too"), ("really", "truly"), ("kind of", "sort of"),
)  # fmt: skip
_WORDED = {"two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "ten": "10"}
_KEPT = re.compile(r"\b(?:if|unless|except|only|without|but|until|not|n't)\b")
_FIGURE = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*(?![\w])|\b(?:two|three|four|five|six|ten|twenty)\b")
_VERB = re.compile(
    r"\b(is|are|was|were|can|will|would|should|could|must|has to|have to|do|does|did)\b(?! not|n't)"
)
_DENIED = re.compile(
    r"\b(is|are|was|were|can|will|would|should|could|must|do|does|did)(?: not\b|n't\b)|\bcannot\b", re.I
)
_FRONTED = re.compile(r"^(If|When|Because|Since|While) ([^,]{8,}), (.{8,}?)([.!]?)$")


def reworded(sentence: str, drawn: random.Random) -> str:
    """The sentence with the same meaning in somewhat other words, by one or two rules that apply."""
    rules: list[Callable[[str], str]] = [_contracted, _alike, _worded, _turned, _shortened]
    drawn.shuffle(rules)
    changed = 0
    for rule in rules:
        again = rule(sentence)
        changed += again != sentence
        sentence = again
        if changed == 2:
            break
    return sentence


def _swapped(sentence: str, pairs: Sequence[tuple[str, str]]) -> str:
    for one, other in pairs:
        for old, new in ((one, other), (other, one)):
            if re.search(rf"\b{old}\b", sentence):
                return re.sub(rf"\b{old}\b", new, sentence, count=1)
    return sentence


def _contracted(sentence: str) -> str:
    return _swapped(sentence, _CONTRACTED)


def _alike(sentence: str) -> str:
    return _swapped(sentence, _LIKE)


def _worded(sentence: str) -> str:
    return _swapped(sentence, tuple(_WORDED.items()))


def _turned(sentence: str) -> str:
    """ "If A, B." as "B if A."."""
    found = _FRONTED.match(sentence)
    if not found:
        return sentence
    link, first, second, end = found.groups()
    return f"{second[0].upper()}{second[1:]} {link.lower()} {first}{end}"


def _shortened(sentence: str) -> str:
    """The sentence without its last clause, where that limits nothing."""
    kept, comma, last = sentence.rpartition(", ")
    return f"{kept}." if comma and len(kept.split()) >= 7 and not _KEPT.search(last) else sentence


def other_figure(sentence: str, near: str, drawn: random.Random) -> str | None:
    """The sentence with one of its figures changed to one that isn't near."""
    found = list(_FIGURE.finditer(sentence))
    if not found:
        return None
    one = drawn.choice(found)
    taken = figures(near)
    new = next(str(n) for n in iter(lambda: drawn.randint(2, 400), 0) if str(n) not in taken)
    return sentence[: one.start()] + new + sentence[one.end() :]


def figure_beside(sentence: str, near: str, drawn: random.Random) -> str | None:
    """The sentence with one of its figures changed to another that stands nearby."""
    found = list(_FIGURE.finditer(sentence))
    others = sorted({m[0] for m in _FIGURE.finditer(near)} - {m[0] for m in found})
    others = [o for o in others if not figures(o) & figures(sentence)]
    if not found or not others:
        return None
    one = drawn.choice(found)
    return sentence[: one.start()] + drawn.choice(others) + sentence[one.end() :]


def other_name(sentence: str, near: str, pool: Sequence[str], drawn: random.Random) -> str | None:
    """The sentence with a name in it changed to one that isn't near."""
    held = set(words(near))
    mine = [
        n for n in re.findall(r"(?<=[a-z,] )[A-Z][A-Za-z]{2,}\b", sentence) if n.lower() not in STOP_WORDS
    ]
    mine = [n for n in mine if names(f"is {n}", frozenset())]
    others = [n for n in pool if n.lower() not in held]
    if not mine or not others:
        return None
    old = drawn.choice(mine)
    return re.sub(rf"\b{old}\b", drawn.choice(others), sentence)


def contrary(sentence: str) -> str | None:
    """The sentence with a "not" put in, or taken out where it has one."""
    if _DENIED.search(sentence):
        return _DENIED.sub(lambda m: m[1] or "can", sentence, count=1)
    if re.search(r"\b(?:not|no|never|n't)\b|n't\b", sentence) or not _VERB.search(sentence):
        return None
    return _VERB.sub(lambda m: f"{m[1]} not", sentence, count=1)


def extended(sentence: str, other: str) -> str:
    """The sentence with what another one says appended as if it belonged there."""
    return f"{sentence.rstrip('.! ')}, and {other[:1].lower()}{other[1:]}"
