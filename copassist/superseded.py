"""Which of the records found was replaced by a later one, where the later one says so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from copassist.records import Hit
from copassist.words import month, spoken

_REPLACES = r"(?:replac|supersed|overrul|overturn|revok|withdr[ae]w)\w*"
_WHAT = r"(?:decision|rule|meeting|clinic|session|show|circle|minutes|note|document|guide)s?"


def superseding(hits: Sequence[Hit]) -> dict[str, str]:
    """The id of each record among the hits that a newer one replaces, with the newer one's id.

    The newer one must name the older by its day or month ("replaces Decision 1 of November 2024")
    in a segment or heading that speaks of replacing.
    """
    dated = {h.record.id: h.record.date for h in hits if h.record.date and h.record.kind != "thread"}
    found: dict[str, tuple[date, str]] = {}
    for hit in hits:
        newer = hit.record.date
        for segment in hit.segments if newer else ():
            said = f"{segment.section}\n{segment.text}"
            for older_id, older in dated.items():
                if newer and older < newer and _replaces(said, older) and hit.record.id != older_id:
                    found[older_id] = max(found.get(older_id, (newer, hit.record.id)), (newer, hit.record.id))
    return {older_id: newer_id for older_id, (_, newer_id) in found.items()}


def _replaces(text: str, day: date) -> bool:
    """Whether a sentence of the text says that it replaces what is of that day, or a decision of its month."""
    days = "|".join(map(re.escape, (spoken(day), day.isoformat())))
    named_month = re.escape(month(day))
    said = rf"{_REPLACES}\b[^.;\n]*?(?:\b(?:{days})\b|\b{_WHAT}\b[^.;\n]*?\b{named_month}\b)"
    return re.search(said, text, re.IGNORECASE) is not None
