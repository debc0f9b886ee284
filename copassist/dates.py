"""Dates as people say them."""

from __future__ import annotations

from datetime import date


def spoken(day: date) -> str:
    """The day as in "12 March 2025"."""
    return f"{day.day} {day:%B %Y}"
