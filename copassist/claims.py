"""What a sentence claims that can be looked up: its words, figures, names, what it denies, and who said it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer

from copassist.store.keywords import STOP_WORDS

DENIED = 2
"""So many words of meaning after a "not" are denied by it."""
BESIDE = 3
AROUND = 6
"""Words of meaning on each side of a figure: what it is said of, in a sentence and in a quote."""

_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_][\w’']*|[.;:,()—–?!]")
_FIGURE = re.compile(r"(?<![\w.])\d+(?:[.,:]\d+)*")
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_CAPITAL = re.compile(r"[^\W\d_](?:[\w’'+#/-]|\.(?=\w))*|`[^`]+`")
_STARTS = re.compile(r"(?:^|[.!?:]\s+|\n|[\"“(])$")
_SAYS = (
    r"(?:said|says|say|thinks?|thought|suggest(?:s|ed)|recommend(?:s|ed)|propos(?:es|ed)|believ(?:es|ed)"
    r"|argu(?:es|ed)|not(?:es|ed)|explain(?:s|ed)|mention(?:s|ed)|report(?:s|ed)|warn(?:s|ed)|add(?:s|ed)"
    r"|claim(?:s|ed)|stat(?:es|ed)|ask(?:s|ed)|advis(?:es|ed)|agre(?:es|ed)|answer(?:s|ed)|wrote|writes"
    r"|told|point(?:s|ed) out|disagre(?:es|ed)|prefer(?:s|red)|want(?:s|ed)|object(?:s|ed)|confirm(?:s|ed))"
)
_NAME = r"[A-Z][\w’'.-]*(?:\s+[A-Z][\w’'.-]*){0,3}"
_SAID = (
    re.compile(rf"({_NAME})(?:\s*,[^,.]{{0,40}},)?\s+(?:also|then|further|had|has|clearly)?\s*\b{_SAYS}\b"),
    re.compile(rf"\b[Aa]ccording\s+to\s+({_NAME})"),
    re.compile(rf"\b{_SAYS}\s+by\s+({_NAME})"),
)
_SPEECH = frozenset(
    "said think thought suggest recommend propos believ argu note explain mention report state wrote told".split()
)
_NUMBERS = {
    word: str(number)
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen".split()
    )
    if number != 1  # "one" is mostly no number
}
_TENS = dict(
    zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True)
)
_NUMBERS |= {word: str(n) for word, n in _TENS.items()} | {
    "dozen": "12",
    "hundred": "100",
    "thousand": "1000",
}
_WORDED = re.compile(
    rf"\b({'|'.join(_TENS)})[- ](one|two|three|four|five|six|seven|eight|nine)\b|([A-Za-z]+)", re.IGNORECASE
)
_MONTHS = "January February March April May June July August September October November December".split()
_MONTH = {name[:length]: name.lower() for name in _MONTHS for length in (3, len(name))} | {
    "Sept": "september"
}
_NOT = frozenset("not no never none nobody nothing neither nor without cannot unable n't".split())
_NOT_ONLY = re.compile(
    r"\bnot (?:only|just|merely|simply)\b|\bno (?:doubt|problem|matter)\b|\bno,", re.IGNORECASE
)
"""What holds a "not" and denies nothing."""
_BREAK = frozenset(". ; : , ( ) — – ? ! but because so if when while although since unless".split())
_PAIRS = (
    "increase/decrease rise/fall raise/lower more/less most/least better/worse best/worst higher/lower high/low "
    "larger/smaller large/small faster/slower fast/slow early/late earlier/later before/after above/below "
    "allow/forbid allowed/forbidden enable/disable accept/reject accepted/rejected include/exclude "
    "add/remove added/removed open/closed start/stop begin/end succeed/fail success/failure agree/disagree "
    "like/dislike easy/difficult cheap/expensive always/never true/false correct/wrong internal/external "
    "minimum/maximum public/private old/new long/short strong/weak required/optional"
).split()
_PREFIXES = ("un", "in", "im", "dis", "non", "ir")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a lower-case English word (Porter)."""
    return str(_stemmer.stemWord(word))


_stemmer = snowballstemmer.stemmer("porter")
_CONTRARY = {stem(right): stem(left) for left, right in (pair.split("/") for pair in _PAIRS)}


def content(text: str) -> list[str]:
    """The stems of the words that carry meaning, in order; figures and words of saying are none."""
    return [s for s in _stems(text) if s and s not in _SPEECH]


def forms(text: str) -> dict[str, str]:
    """The stems of `content`, each with the word as it first stands there, in lower case."""
    found: dict[str, str] = {}
    for token, word_stem in zip(_TOKEN.findall(text), _stems(text), strict=True):
        if word_stem and word_stem not in _SPEECH:
            found.setdefault(word_stem, token.lower())
    return found


def _stems(text: str) -> Iterator[str]:
    """The stem of each token of a text, "" for one without meaning."""
    for token in _TOKEN.findall(text):
        word = token.lower().replace("’", "'").removesuffix("'s").strip("'")
        meaningless = not word[:1].isalpha() or word in STOP_WORDS or word in _NUMBERS or word.endswith("n't")
        yield "" if meaningless else stem(word)


def figures(text: str) -> set[str]:
    """The numbers and months of a text in one form each: "1,000" is "1000", "three" is "3", "Mar" is "march"."""
    return {figure for figure, _ in _figures(text)}


def _figures(text: str) -> Iterator[tuple[str, int]]:
    """Each figure with where it stands."""
    for day in _ISO.finditer(text):
        year, number, of_month = day.groups()
        at = day.start()
        yield from ((year, at), (of_month.lstrip("0") or "0", at))
        if 1 <= int(number) <= 12:
            yield _MONTHS[int(number) - 1].lower(), at
    text = _ISO.sub(lambda day: " " * len(day[0]), text)
    for found in _FIGURE.finditer(text):
        plain = re.sub(r",(?=\d{3}\b)", "", found[0])
        yield plain.lstrip("0") or "0", found.start()
    for found in _WORDED.finditer(text):
        tens, ones, word = found.groups()
        if tens:
            yield str(_TENS[tens.lower()] + int(_NUMBERS.get(ones.lower(), "1"))), found.start()
        elif word.lower() in _NUMBERS:
            yield _NUMBERS[word.lower()], found.start()
        elif word in _MONTH:
            yield _MONTH[word], found.start()


def misplaced_figures(sentence: str, quotes: str) -> str:
    """The first figure with whose neighbours in the sentence it stands nowhere in the quotes; "" if none."""
    for figure, at in _figures(sentence):
        mine = _around(sentence, at, BESIDE)
        theirs = [_around(quotes, there, AROUND) for same, there in _figures(quotes) if same == figure]
        if mine and theirs and not any(mine & beside for beside in theirs):
            return figure
    return ""


def _around(text: str, at: int, most: int) -> set[str]:
    """The stems of the words of meaning next to a place."""
    before = content(text[max(0, at - 200) : at])
    after = content(text[at : at + 200])
    return {*before[-most:], *after[:most]}


def names(sentence: str, people: frozenset[str]) -> set[str]:
    """The words of a sentence that name somebody or something, in lower case.

    Those are the capitalised ones within it, at its beginning only those of `people`, and code.
    """
    found: set[str] = set()
    for token in _CAPITAL.finditer(sentence):
        text = token[0].strip("`").removesuffix("'s").removesuffix("’s").rstrip(".")
        coded = token[0].startswith("`") or re.search(r"[^\W\d_][A-Z]|_|\w\d", text)
        begins = _STARTS.search(sentence[: token.start()])
        capital = text[:1].isupper() and text.lower() not in STOP_WORDS and text not in _MONTH
        known = text.lower() in people
        if coded or (capital and (known or not begins)):
            found |= {
                w for w in re.findall(r"[^\W_]+", text.lower()) if not w.isdigit() and w not in STOP_WORDS
            }
    return found


def polarity(text: str, others: frozenset[str]) -> dict[str, set[bool]]:
    """The stems of a text, each with whether it is affirmed (True), denied (False) or both there.

    A contrary ("decrease", or "unsafe" where `others` has "safe") counts as the denied base.
    """
    found: dict[str, set[bool]] = {}
    denied = 0
    text = _NOT_ONLY.sub(" ", text)
    for token, word_stem in zip(_TOKEN.findall(text), _stems(text), strict=True):
        word = token.lower().replace("’", "'")
        if word in _BREAK:
            denied = 0
        elif word in _NOT or word.endswith("n't"):
            denied = DENIED
        elif word_stem:
            base, affirmed = _base(word, word_stem, others)
            found.setdefault(base, set()).add(affirmed == (denied == 0))
            denied = max(0, denied - 1)
    return found


def _base(word: str, word_stem: str, others: frozenset[str]) -> tuple[str, bool]:
    """A stem, or the stem that it is the contrary of, and which of the two it is."""
    if word_stem in _CONTRARY:
        return _CONTRARY[word_stem], False
    for prefix in _PREFIXES:
        base = stem(word.removeprefix(prefix).lstrip("-"))
        if word.startswith(prefix) and len(base) > 3 and base in others:
            return base, False
    return word_stem, True


def said_by(sentence: str, people: frozenset[str]) -> list[tuple[str, ...]]:
    """The names to whom a sentence gives words, each as its words in lower case.

    A word that only begins the sentence is a name if it is one of `people`, or if none are known.
    """
    found: list[tuple[str, ...]] = []
    for pattern in _SAID:
        for said in pattern.finditer(sentence):
            name = [w for w in re.findall(r"[^\W_]+", said[1].lower()) if w not in STOP_WORDS - people]
            if len(name) == 1 and people and said.start(1) == 0 and name[0] not in people:
                continue
            if name:
                found.append(tuple(name))
    return found
