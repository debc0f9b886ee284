"""The day that a heading or line of notes states, and where in it: "Wed, March 12", "12.3.2025", "3/25/2025"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

_NAMES = (
    "january jan januar janvier enero ene",
    "february feb februar février fevrier févr febrero",
    "march mar märz maerz mars marzo mrz",
    "april apr avril avr abril abr",
    "may mai mayo",
    "june jun juni juin junio",
    "july jul juli juillet juil julio",
    "august aug août aout agosto ago",
    "september sep sept septembre septiembre",
    "october oct oktober okt octobre octubre",
    "november nov novembre noviembre",
    "december dec dezember dez décembre decembre déc diciembre dic",
)
_NUMBER = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}
_MONTH = "(?P<m>" + "|".join(sorted(_NUMBER, key=len, reverse=True)) + ")"
_YEAR = r"(?P<y>(?:19|20)\d\d)"
_SHAPES = tuple(
    re.compile(shape, re.IGNORECASE)
    for shape in (
        rf"(?<![\d.]){_YEAR}(?P<s>[-./_])(?P<m>\d{{1,2}})(?P=s)(?P<d>\d{{1,2}})(?!\d)",
        rf"(?<!\d){_YEAR}(?P<m>0[1-9]|1[0-2])(?P<d>[0-3]\d)(?!\d)",
        rf"(?<![\d.:])(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|\.)?(?: of| de)?[ _-]{{1,3}}{_MONTH}\b[.,]?"
        rf"(?:(?: de)?[ _,-]{{1,3}}{_YEAR}(?!\d))?",
        rf"\b{_MONTH}\.?[ _-]{{1,3}}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])(?:,?[ _-]{{1,3}}{_YEAR}(?!\d))?",
        r"(?<![\d.])(?P<d>\d{1,2})\. ?(?P<m>\d{1,2})\. ?(?:(?P<y>(?:19|20)\d\d)(?!\d)|(?=\s|$))",
        r"(?<![\d.])(?P<d>\d\d)\.(?P<m>\d\d)\.(?P<yy>\d\d)(?![\d.])",  # 1.2.30 is a version
        r"(?<![\d/])(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?:(?P<y>(?:19|20)\d\d)|(?P<yy>\d\d))(?![\d/])",
    )
)
_CLOSEST = 300
"""So many characters of a text are looked at."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day, and [start, end) where the text says it."""

    day: date
    start: int
    end: int


def day_in(text: str, year: int | None = None, month_first: bool | None = None) -> Day | None:
    """The first day in `text`; None when it has none, or leaves open which one it is.

    `year` is that of days without one. 3/4/2025 is a day only if it is known whether the month stands first;
    3/25/2025 is one anyway.
    """
    text = text[:_CLOSEST]
    found = [
        day for shape in _SHAPES for match in shape.finditer(text) if (day := _day(match, year, month_first))
    ]
    return min(found, key=lambda day: (day.start, -day.end), default=None)


def _day(match: re.Match[str], year: int | None, month_first: bool | None) -> Day | None:
    parts = match.groupdict()
    stated = parts["y"] or (f"20{parts['yy']}" if parts.get("yy") else None)
    full = int(stated) if stated else year
    if "a" in parts:
        a, b = int(parts["a"]), int(parts["b"])
        first = month_first if max(a, b) <= 12 and a != b else a <= 12
        if first is None:
            return None
        month, day = (a, b) if first else (b, a)
    else:
        month = _NUMBER.get(parts["m"].lower()) or int(parts["m"])
        day = int(parts["d"])
    try:
        return Day(date(full, month, day), match.start(), match.end()) if full else None
    except ValueError:
        return None


def month_first(texts: Iterable[str]) -> bool | None:
    """Whether days such as 3/4/2025 have the month first, as other days of the same texts show; None if unknown."""
    pairs = [(int(m["a"]), int(m["b"])) for text in texts for m in _SHAPES[-1].finditer(text[:_CLOSEST])]
    if any(b > 12 for _, b in pairs) and not any(a > 12 for a, _ in pairs):
        return True
    return False if any(a > 12 for a, _ in pairs) and not any(b > 12 for _, b in pairs) else None


def year_in(text: str) -> int | None:
    """The year that a text states, None when it has none or several."""
    years = set(re.findall(r"(?<![\d-])(?:19|20)\d\d(?!\d)", text[:_CLOSEST]))
    return int(years.pop()) if len(years) == 1 else None
