"""What of the records found was replaced by a later one, where the later one says so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from copassist.records import Hit, StoredSegment
from copassist.words import month, spoken

_REPLACES = r"(?:replac|supersed|overrul|overturn|revok|withdr[ae]w)\w*"
_REPLACING = re.compile(_REPLACES, re.IGNORECASE)
_WHAT = r"(?:decision|rule|meeting|clinic|session|show|circle|minutes|note|document|guide)s?"
_NUMBER = r"(?:\d{1,3}|[A-Z])\b"
_ITEMS = re.compile(
    rf"\b(?i:(decision|rule|resolution)s?)\s+({_NUMBER}(?:(?:\s*(?:,|&|\band\b)\s*)+{_NUMBER})*)"
)
"""How notes number what was decided, and refer to it."""

Item = tuple[str, str]
"""As in ("decision", "2")."""


def superseding(hits: Sequence[Hit]) -> dict[str, str]:
    """The id of each segment among the hits that a newer record replaces, with the newer record's id.

    The newer one must name the older by its day or month ("replaces Decision 1 of November 2024") in a segment or
    heading that speaks of replacing. Where it names one of several numbered decisions, only that one is replaced.
    """
    older = {h.record.id: h.record.date for h in hits if h.record.date and h.record.kind != "thread"}
    found: dict[str, tuple[date, str]] = {}
    for hit in hits:
        newer = hit.record.date
        for segment in hit.segments if newer else ():
            text = f"{segment.section}\n{segment.text}"
            if not _REPLACING.search(text):
                continue
            for id_, day in older.items():
                if not newer or day >= newer or hit.record.id == id_:
                    continue
                named = _replaced_of(text, day)
                for replaced in _covered(hits, id_, named) if named is not None else ():
                    found[replaced] = max(found.get(replaced, (newer, hit.record.id)), (newer, hit.record.id))
    return {segment: newer_id for segment, (_, newer_id) in found.items()}


def _replaced_of(text: str, day: date) -> set[Item] | None:
    """The numbered decisions that a sentence of the text replaces of what is of that day, or of its month.

    Empty where it replaces all of that, None where it doesn't say so.
    """
    days = "|".join(map(re.escape, (spoken(day), day.isoformat())))
    named_month = rf"(?<!\d ){re.escape(month(day))}"
    said = rf"{_REPLACES}\b[^.;\n]*?(?:\b(?:{days})\b|\b{_WHAT}\b[^.;\n]*?\b{named_month}\b)"
    found = [_items(match[0]) for match in re.finditer(rf"{said}[^.;\n]*", text, re.IGNORECASE)]
    if not found:
        return None
    return {item for items in found for item in items} if all(found) else set()


def _covered(hits: Sequence[Hit], record: str, named: set[Item]) -> list[str]:
    """The segments of a record that are replaced: those of the items that are named, if the notes number them."""
    segments = {s.id: s for hit in hits if hit.record.id == record for s in hit.segments}
    own: dict[str, Item | None] = {}
    before: StoredSegment | None = None
    for segment in sorted(segments.values(), key=lambda s: s.position):
        goes_on = before is not None and before.section == segment.section
        own[segment.id] = _own_item(segment) or (own[before.id] if before and goes_on else None)
        before = segment
    kinds = {kind for kind, _ in named}
    numbered = any(item and item[0] in kinds for item in own.values())
    return [id_ for id_, item in own.items() if item in named or not numbered]


def _own_item(segment: StoredSegment) -> Item | None:
    """The numbered decision that a segment belongs to, by how it or a heading above it begins."""
    for text in (segment.text, *reversed(segment.section.split(" > "))):
        if match := _ITEMS.match(text.lstrip("*_# ")):
            return _items(match[0])[0]
    return None


def _items(text: str) -> list[Item]:
    return [
        (match[1].lower(), number)
        for match in _ITEMS.finditer(text)
        for number in re.findall(_NUMBER, match[2])
    ]
