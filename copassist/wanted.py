"""What kind of thing a question wants to be told, whether a sentence tells one, and of which part of the notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Literal

from copassist.query import periods
from copassist.records import Hit, Part
from copassist.store.keywords import words

Wanted = Literal["person", "figure", "time"]

_ASKED: dict[Wanted, re.Pattern[str]] = {
    "person": re.compile(r"\bwho(?:m|se)?\b|\bwhich (?:person|people|member|newcomer|lead(?:er)?)\b", re.I),
    "figure": re.compile(r"\bhow (?:many|much|large|old|long|often)\b|\bper ?cent(?:age)?\b", re.I),
    "time": re.compile(
        r"^when (?:was|were|is|are|did|will)\b|\b(?:since|by|until) when\b"
        r"|\b(?:what|which) (?:day|date|time|year|month)\b",
        re.I,
    ),
}
_DID = r"\bwhat (?:else )?(?:was|were|has been|(?:did|do|does|have|has) (?:[\w'’]+ ){1,3}?)"
"""How a question begins that asks what was done, or what somebody did."""
_PARTS: dict[Part, re.Pattern[str]] = {
    "advice": re.compile(
        rf"{_DID}\s*(?:advise|recommend|suggest)(?:e?d)?\b|\b(?:what|the|their|any) (?:advice|recommendations?)\b",
        re.I,
    ),
    "outcome": re.compile(
        r"\b(?:what|the) outcomes?\b|\bwhat (?:was|were) the (?:conclusion|result)s?\b|\bwhat came (?:out )?of\b",
        re.I,
    ),
    "decision": re.compile(
        rf"{_DID}\s*(?:decide|agree|conclude)d?\b|\b(?:what|which|the) decisions?\b(?! trees?)", re.I
    ),
    "next-step": re.compile(r"\bnext steps?\b|\baction items?\b", re.I),
}
_MEANING = re.compile(
    r"^\W*(?:and )?what(?:'s|’s| is| are| does| do)? (?:(?:the meaning of|meant by|an?|the|we mean by) )?"
    r"(?P<term>[\w'’.-]+(?: [\w'’.-]+){0,3}?)(?: means?| stands? for)?\W*$",
    re.I,
)
"""How it is asked what a word means."""
_QUOTED = re.compile(r"“[^“”]*”")
_FIGURE = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|half|third|"
    r"quarter|once|twice|none|daily|weekly|monthly|yearly|annual(?:ly)?|(?:a|an|per|each|every) "
    r"(?:second|minute|hour|day|week|month|year))\b",
    re.I,
)
_TIME = re.compile(
    r"\d{4}|\d:\d\d|\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|daily|weekly|monthly|yearly|days?|weeks?|months?|"
    r"years?|hours?|today|tomorrow|yesterday|spring|summer|autumn|winter)\b",
    re.I,
)


def wanted(question: str) -> frozenset[Wanted]:
    """What kinds of things a question asks for by name; empty for most."""
    return frozenset(kind for kind, asked in _ASKED.items() if asked.search(question))


def unquoted(question: str) -> str:
    """A question without what it quotes, such as the title of a session."""
    return _QUOTED.sub("", question)


def quoted(question: str) -> frozenset[str]:
    """What a question quotes, without the marks."""
    return frozenset(found[1:-1] for found in _QUOTED.findall(question))


def parts_wanted(question: str) -> frozenset[Part]:
    """The parts of notes that a question asks for by name; empty for most."""
    own = unquoted(question)
    return frozenset(part for part, asked in _PARTS.items() if asked.search(own))


def without_parts(question: str) -> str:
    """A question without the words that ask for a part of notes."""
    for asked in _PARTS.values():
        question = asked.sub(" ", question)
    return question


def defines(question: str, text: str) -> bool:
    """Whether a text begins as a glossary does with the very word that a question asks the meaning of."""
    asked = _MEANING.match(question.replace("“", "").replace("”", ""))
    if not asked:
        return False
    term = rf"(?:an? |the )?{re.escape(asked['term'])}s?\W*?(?: \([^()]*\))?"
    return (
        re.match(
            rf"\W*{term}(?:: | [–—-] | (?:means?|stands? for) | (?:is|are) (?:an?|the|who|what)\b)",
            text,
            re.I,
        )
        is not None
    )


def tells(kind: Wanted, text: str, names: frozenset[str], now: date) -> bool:
    """Whether a text holds a thing of that kind; `names` are the words of people's names, in lower case."""
    if kind == "person":
        return "@" in text or not names.isdisjoint(words(text))
    if kind == "figure":
        return _FIGURE.search(text) is not None
    return _TIME.search(text) is not None or bool(periods(text, now))


def names_in(hits: Sequence[Hit]) -> frozenset[str]:
    """The words of the names of those who spoke or had a role in what was found, in lower case."""
    people = [p for hit in hits for p in hit.record.people]
    people += [s.speaker for hit in hits for s in hit.segments if s.speaker]
    return frozenset(word for p in people for word in words(p.name) if len(word) > 2)
