"""What a question says besides its topic: when, and words that the memory spells another way."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from copassist.store.keywords import STOP_WORDS, words
from copassist.words import month, spoken

MONTHS = "january february march april may june july august september october november december".split()
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
"""The month with which each begins, north of the equator; each lasts three."""
SHORT = timedelta(days=32)
"""A question that names a shorter time is about that time."""
MOST_WORDS = 40
"""A longer question isn't read for dates, typos or acronyms: on such training questions it did harm."""
SHORTEST, LONG = 4, 6
"""Shorter words aren't corrected; in longer ones two slips are."""

_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_YEAR = r"(?:,? ?(?:of )?(?P<year>(?:19|20)\d\d\b|(?:this|last) year))"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_LEAD = r"\b(?:in|of|on|from|during|since|for|last|this|early|late|mid|late in|back in|by|until|to|and|the)"


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `since` to `until`, both within."""

    since: date
    until: date

    def __str__(self) -> str:
        """As in "12 March 2025", "1 to 31 March 2025"."""
        if self.since == self.until:
            return spoken(self.until)
        first = str(self.since.day) if month(self.since) == month(self.until) else spoken(self.since)
        return f"{first} to {spoken(self.until)}"


def period(question: str, now: date) -> Period | None:
    """The days that a question speaks of, the shortest such time if several; None if it names none.

    Months and seasons without a year are the last ones that have begun by `now`. A question of more than
    MOST_WORDS tells a story, and its dates aren't those of what would answer it: None.
    """
    if len(question.split()) > MOST_WORDS:
        return None
    return min(periods(question, now), key=lambda p: p.until - p.since, default=None)


def periods(text: str, now: date) -> list[Period]:
    """The days that a text speaks of, as `period` reads them."""
    return [p for pattern, read in _FORMS for m in pattern.finditer(text) for p in read(m, now)]


def _day(match: re.Match[str], now: date) -> Iterator[Period]:
    day, month = int(match["day"]), _month_number(match["month"])
    year = _year(match["year"], now) or _latest_year(now, month, day)
    if 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]:
        yield Period(date(year, month, day), date(year, month, day))


def _month(match: re.Match[str], now: date) -> Iterator[Period]:
    month = _month_number(match["month"])
    if 1 <= month <= 12 and (match["year"] or match["month"] not in ("may", "march")):
        yield _months(_year(match["year"], now) or _latest_year(now, month), month, 1)


def _season(match: re.Match[str], now: date) -> Iterator[Period]:
    first = SEASONS[match["season"].lower()]
    yield _months(_year(match["year"], now) or _latest_year(now, first), first, 3)


def _quarter(match: re.Match[str], now: date) -> Iterator[Period]:
    if year := _year(match["year"] or match["before"], now):
        yield _months(year, int(match["quarter"]) * 3 - 2, 3)


def _whole_year(match: re.Match[str], now: date) -> Iterator[Period]:
    if year := _year(match["year"], now):
        yield Period(date(year, 1, 1), date(year, 12, 31))


def _ago(match: re.Match[str], now: date) -> Iterator[Period]:
    match match[0].lower():
        case "yesterday":
            yield Period(now - timedelta(1), now - timedelta(1))
        case "this week":
            yield Period(now - timedelta(now.weekday()), now)
        case "last week":
            end = now - timedelta(now.weekday() + 1)
            yield Period(end - timedelta(6), end)
        case "this month":
            yield _months(now.year, now.month, 1)
        case "last month":
            before = now.replace(day=1) - timedelta(1)
            yield _months(before.year, before.month, 1)


_Read = Callable[[re.Match[str], date], Iterator[Period]]


def _form(pattern: str, read: _Read, flags: re.RegexFlag = re.IGNORECASE) -> tuple[re.Pattern[str], _Read]:
    return re.compile(pattern, flags), read


_FORMS = (
    _form(r"(?<!\d)(?P<year>(?:19|20)\d\d)[-./](?P<month>\d\d?)[-./](?P<day>\d\d?)(?!\d)", _day),
    _form(rf"(?<![\d.]){_DAY} (?:of )?{_MONTH}{_YEAR}?", _day),
    _form(rf"\b{_MONTH} {_DAY}(?!\d){_YEAR}?", _day),
    _form(r"(?<![\d-])(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)(?![-\d])", _month),
    _form(rf"\b{_MONTH}{_YEAR}", _month),
    _form(rf"{_LEAD} {_MONTH}(?!,? (?:of )?\d|,? (?:this|last) year)(?P<year>)", _month),
    _form(rf"\b(?P<season>{'|'.join(SEASONS)}){_YEAR}", _season),
    _form(rf"\b(?:last|this|in) (?P<season>{'|'.join(SEASONS)})\b(?P<year>)", _season),
    _form(r"\b(?:(?P<before>20\d\d) ?)?Q(?P<quarter>[1-4])(?: ?(?P<year>20\d\d))?\b", _quarter),
    _form(rf"{_LEAD} (?P<year>(?:19|20)\d\d)\b(?![-./]\d| edition)", _whole_year),
    _form(r"\b(?P<year>(?:this|last) year)\b", _whole_year),
    _form(r"\b(?:yesterday|(?:this|last) (?:week|month))\b", _ago),
)


def _months(year: int, first: int, count: int) -> Period:
    last = first + count - 1
    end_year, end = year + (last - 1) // 12, (last - 1) % 12 + 1
    return Period(date(year, first, 1), date(end_year, end, monthrange(end_year, end)[1]))


def _month_number(name: str) -> int:
    """1 to 12 for the month's name, or what the digits say."""
    if name.isdigit():
        return int(name)
    return next(n for n, month in enumerate(MONTHS, 1) if month.startswith(name.lower()[:3]))


def _year(said: str | None, now: date) -> int:
    """The year, 0 if none is said."""
    match (said or "").lower():
        case "this year":
            return now.year
        case "last year":
            return now.year - 1
        case digits:
            return int(digits or 0)


def _latest_year(now: date, month: int, day: int = 1) -> int:
    """The latest year in which that day isn't after now."""
    return now.year if (month, day) <= (now.month, now.day) else now.year - 1


# Words that the memory spells another way


def doubtful(question: str, is_word: Callable[[str], bool]) -> list[str]:
    """The words of a question that may be typos: long enough, and `is_word` doesn't know them.

    None in a question of more than MOST_WORDS, which says enough.
    """
    asked = dict.fromkeys(words(question))
    if len(question.split()) > MOST_WORDS:
        return []
    return [word for word in asked if len(word) >= SHORTEST and word.isalpha() and not is_word(word)]


def also(question: str, fixes: Iterable[str], acronyms: Mapping[str, Sequence[str]]) -> list[str]:
    """Words to search for too: what its typos (`fixes`) and its acronyms mean, and acronyms of what it spells out.

    `acronyms` has what each stands for. Nothing for a question of more than MOST_WORDS.
    """
    asked = words(question)
    if len(question.split()) > MOST_WORDS:
        return []
    added = list(fixes)
    spoken = f" {' '.join(asked)} "
    for short, long in acronyms.items():
        if short in asked or f"{short}s" in asked:
            added += [word for word in long if word not in STOP_WORDS]
        if f" {' '.join(long)} " in spoken:
            added.append(short)
    return [word for word in dict.fromkeys(added) if word not in asked]


def corrections(typos: Iterable[str], counts: Mapping[str, int]) -> dict[str, str]:
    """What those of the words mean that are typos; `counts` says how often the memory holds each word like them."""
    return {word: fix for word in typos if (fix := corrected(word, counts))}


def corrected(word: str, counts: Mapping[str, int]) -> str:
    """The memory's word that was probably meant; empty if it holds the word itself, or nothing like it.

    One slip (a letter too many, too few, another, or two swapped) in a short word, two in one of LONG letters
    or more; among the nearest one that begins alike, then the commonest.
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    if word in counts:
        return ""
    slips = 1 if len(word) < LONG else 2
    near = process.extract(word, counts.keys(), scorer=OSA.distance, score_cutoff=slips, limit=None)
    likely = [(distance, held[0] != word[0], -counts[held], held) for held, distance, _ in near]
    return min(likely, default=(0, False, 0, ""))[-1]
