"""Which record replaces which, as the later one says itself."""

from __future__ import annotations

from datetime import date

from copassist.records import Hit, RecordSummary, Span, StoredSegment
from copassist.superseded import superseding


def hit(id_: str, day: date, text: str, section: str = "") -> Hit:
    segment = StoredSegment(f"{id_}-0", 0, text, section=section)
    return Hit(1, RecordSummary(id_, "session", id_, day), (segment,), (Span(0, 0, len(text)),), 1.0)


OLD = hit("old", date(2024, 11, 20), "Charts are exported at 150 dpi.")


def test_a_heading_that_replaces_a_decision_of_a_month_supersedes_its_session() -> None:
    new = hit(
        "new", date(2026, 4, 15), "Charts are vectors.", "Export (replaces Decision 2 of November 2024)"
    )
    assert superseding([OLD, new]) == {"old-0": "new"}


def test_a_sentence_that_replaces_what_is_of_a_day_supersedes_it() -> None:
    new = hit("new", date(2026, 4, 15), "This supersedes the rule of 20 November 2024.")
    assert superseding([new, OLD]) == {"old-0": "new"}


def test_naming_the_day_without_replacing_supersedes_nothing() -> None:
    new = hit("new", date(2026, 4, 15), "As said on 20 November 2024. It replaces nothing.")
    assert superseding([OLD, new]) == {}


def test_an_older_record_never_supersedes_a_newer_one() -> None:
    older = hit("older", date(2023, 1, 1), "This replaces the rule of 20 November 2024.")
    assert superseding([OLD, older]) == {}


def test_only_the_decision_that_is_named_is_replaced() -> None:
    decided = (
        StoredSegment("s1", 0, "Decision 1: colours. Eight at most."),
        StoredSegment("s2", 1, "**Decision 2: export.** 150 dpi."),
        StoredSegment("s3", 2, "Pie charts were discussed.", section="Not decided"),
    )
    old = Hit(1, RecordSummary("old", "session", "old", date(2024, 11, 20)), decided, (Span(0, 0, 9),), 1.0)
    new = hit(
        "new", date(2026, 4, 15), "Vector.", "Decision A: export (replaces Decision 2 of November 2024)"
    )
    assert superseding([old, new]) == {"s2": "new"}
    every = hit("new", date(2026, 4, 15), "This replaces the decisions of 20 November 2024.")
    assert superseding([old, every]) == {"s1": "new", "s2": "new", "s3": "new"}
    both = hit("new", date(2026, 4, 15), f"Replaces Decision 1 of November 2024. {every.segments[0].text}")
    assert superseding([old, both]) == superseding([old, every])
    two = hit("new", date(2026, 4, 15), "It replaces decisions 1 and 3 of November 2024.")
    assert superseding([old, two]) == {"s1": "new"}
    other = hit("new", date(2026, 4, 15), "Replaces Decision 1 of 7 November 2024.")
    assert superseding([old, other]) == {}
    unseen = hit("new", date(2026, 4, 15), "Replaces Decision 4 of November 2024.")
    assert superseding([old, unseen]) == {}


def test_what_follows_below_a_numbered_decision_is_of_it() -> None:
    def decided(id_: str, position: int, text: str, section: str) -> StoredSegment:
        return StoredSegment(id_, position, text, section=section)

    segments = (
        decided("s1", 0, "Decision 1: colours.", "Decisions"),
        decided("s2", 1, "Eight at most.", "Decisions"),
        decided("s3", 2, "As PNG.", "Decision 2: export > Details"),
    )
    old = Hit(1, RecordSummary("old", "session", "old", date(2024, 11, 20)), segments, (Span(0, 0, 9),), 1.0)
    new = hit("new", date(2026, 4, 15), "Six.", "Decision A (replaces Decision 1 of November 2024)")
    assert superseding([old, new]) == {"s1": "new", "s2": "new"}
    new = hit("new", date(2026, 4, 15), "This replaces the rule of 20 November 2024 (Decision 2).")
    assert superseding([old, new]) == {"s3": "new"}
