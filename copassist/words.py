"""Formats, dates and numbers as people say them."""

from __future__ import annotations

from datetime import date

from copassist.records import Format

FORMAT_WORDS: dict[Format, str] = {
    "clinic": "Clinic",
    "show-and-tell": "Show & tell",
    "peer-review": "Peer review circle",
    "ama": "Ask me anything",
    "meeting": "Meeting",
}
_MONTHS = "January February March April May June July August September October November December".split()


def spoken(day: date) -> str:
    """The day as in "12 March 2025", whatever the machine's language."""
    return f"{day.day} {month(day)}"


def month(day: date) -> str:
    """The month of a day as in "March 2025"."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def counted(number: int, one: str, many: str = "") -> str:
    """The number with its noun: "1 record", "1,200 records"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
