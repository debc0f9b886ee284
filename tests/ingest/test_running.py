"""One file with the notes of many meetings: where it is cut, and what isn't cut."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from copassist.records import Record, Skipped
from ingest.pages.markdown import parse
from ingest.sessions.days import Day, day_in, month_first
from ingest.sessions.notes import is_session
from tests.ingest.noting import outcomes, roles, said


def meetings(tmp_path: Path, text: str, name: str = "notes.md") -> list[Record]:
    found = outcomes(tmp_path, text.encode(), name)
    return [one for one in found if isinstance(one, Record) and one.kind == "session"]


def marks(tmp_path: Path, text: str, name: str = "notes.md") -> list[str]:
    """What stands behind the file's name in the locators of its sessions."""
    return [one.locator.removeprefix(name) for one in meetings(tmp_path, text, name)]


RUNNING = """\
---
title: Caching circle
facilitator: Ana Diaz
note_taker: Cy
---
Every second Wednesday, on [Zoom](https://x.org).

# March 26, 2025 | Clinic: timeouts
Facilitator: Bo Lind

## Attendees
- Cy

## Problem
- Cy: it is slow

# March 12, 2025 | AMA: billing
Attendees: Bo Lind

- Bo: who pays?

# Feb 26, 2025 — cancelled
Nobody could.
"""


def test_each_meeting_is_a_session_with_its_own_day_people_and_format(tmp_path: Path) -> None:
    timeouts, billing = meetings(tmp_path, RUNNING)
    assert (timeouts.locator, timeouts.date, timeouts.format) == (
        "notes.md#2025-03-26",
        date(2025, 3, 26),
        "clinic",
    )
    assert (billing.locator, billing.date, billing.format) == (
        "notes.md#2025-03-12",
        date(2025, 3, 12),
        "ama",
    )
    assert [timeouts.title, billing.title] == [
        "March 26, 2025 | Clinic: timeouts",
        "March 12, 2025 | AMA: billing",
    ]
    assert roles(timeouts) == [("Bo Lind", "facilitator"), ("Cy", "attendee")]
    assert roles(billing) == [("Bo Lind", "attendee"), ("Ana Diaz", "facilitator")]
    assert said(timeouts) == [("Cy", "it is slow")]
    assert [s.section for s in timeouts.segments] == ["", "Attendees", "Problem"]


def test_what_stands_above_is_a_document_and_what_was_called_off_is_left_out(tmp_path: Path) -> None:
    *_, called_off, above = outcomes(tmp_path, RUNNING.encode(), "notes.md")
    assert called_off == Skipped("notes.md#2025-02-26", "meeting that was called off")
    assert isinstance(above, Record)
    assert (above.locator, above.kind, above.title) == ("notes.md", "document", "Caching circle")
    assert [s.text for s in above.segments] == ["Every second Wednesday, on Zoom."]


@pytest.mark.parametrize(
    "head",
    ["## 2025-03-{}", "# Meeting {} March 2025", "## Date: {} March 2025", "### March {}, 2025 | Clinic: caching",
     "## 2025-03-{}: [Meeting](https://x.org)", "## Wednesday, March {}, 2025 10:00 UTC", "## {}.3.2025",
     "## {}. März 2025", "# Clinic 2025/03/{} – caching", "**2025-03-{}**", "2025-03-{}\n==========",
     "Meeting 2025-03-{}"],
)  # fmt: skip
def test_days_of_meetings_are_read_in_their_usual_shapes(tmp_path: Path, head: str) -> None:
    text = "".join(
        f"{head.format(day)}\n\nAttendees: Ana, Bo\n\n- we spoke of {day}\n\n---\n\n" for day in (26, 12)
    )
    assert marks(tmp_path, text) == ["#2025-03-26", "#2025-03-12"]
    assert [said(one)[-1] for one in meetings(tmp_path, text)] == [
        ("", "we spoke of 26"),
        ("", "we spoke of 12"),
    ]


def test_headings_without_a_day_take_that_of_a_line_below(tmp_path: Path) -> None:
    text = "## Caching clinic\nDate: 2025-03-12\n\nx\n\n## Billing clinic\nDate: 2025-03-19\n\ny\n"
    assert [(r.title, r.locator) for r in meetings(tmp_path, text)] == [
        ("Caching clinic", "notes.md#2025-03-12"),
        ("Billing clinic", "notes.md#2025-03-19"),
    ]


def test_the_year_may_stand_above_or_in_the_name(tmp_path: Path) -> None:
    assert marks(tmp_path, "## March 12\nx\n\n## March 5\ny\n", "2025-notes.md") == [
        "#2025-03-12",
        "#2025-03-05",
    ]
    text = "# 2025\n\n## 3 January\nx\n\n# 2024\n\n## 20 December\ny\n"
    assert marks(tmp_path, text) == ["#2025-01-03", "#2024-12-20"]
    assert marks(tmp_path, "## March 12\nx\n\n## March 5\ny\n") == [""]


def test_days_with_slashes_are_read_as_the_file_shows(tmp_path: Path) -> None:
    assert marks(tmp_path, "## 3/25/2025\nx\n\n## 3/4/2025\ny\n") == ["#2025-03-25", "#2025-03-04"]
    assert marks(tmp_path, "## 25/3/2025\nx\n\n## 4/3/2025\ny\n") == ["#2025-03-25", "#2025-03-04"]
    assert marks(tmp_path, "## 5/6/2025\nx\n\n## 4/7/2025\ny\n\n## 3/8/2025\nz\n") == [
        ""
    ]  # either way in order
    assert marks(tmp_path, "## 1/12/2025\nx\n\n## 2/9/2025\ny\n\n## 2/10/2025\nz\n") == [
        "#2025-01-12",
        "#2025-02-09",
        "#2025-02-10",
    ]


def test_locators_stay_when_meetings_are_added(tmp_path: Path) -> None:
    one = "## 2025-03-12\nfirst\n"
    two = "## 2025-03-12: AMA\nsecond of the day\n"
    old = "## 2025-03-05\nold\n"
    assert marks(tmp_path, one) == ["#2025-03-12"]
    assert marks(tmp_path, f"{one}\n{old}") == ["#2025-03-12", "#2025-03-05"]
    assert marks(tmp_path, f"{two}\n{one}\n{old}") == ["#2025-03-12-2", "#2025-03-12", "#2025-03-05"]
    assert marks(tmp_path, f"{old}\n{one}\n{two}") == ["#2025-03-05", "#2025-03-12", "#2025-03-12-2"]


def test_headings_of_one_level_belong_to_the_day_above(tmp_path: Path) -> None:
    text = "# 2025-03-12\nHi.\n\n# Attendees\n- Ana\n\n# Talk\n- one\n\n# 2025-03-05\nHi.\n\n# Talk\n- two\n"
    first, second = meetings(tmp_path, text)
    assert (roles(first), said(first), said(second)) == (
        [("Ana", "attendee")],
        [("", "Hi."), ("", "one")],
        [("", "Hi."), ("", "two")],
    )


def test_a_bare_day_takes_the_name_of_the_file(tmp_path: Path) -> None:
    found = meetings(tmp_path, "# Caching circle\n\n## 2025-03-12\nx\n\n## 2025-03-05\ny\n")
    assert [one.title for one in found] == ["Caching circle 2025-03-12", "Caching circle 2025-03-05"]


def test_a_bare_day_below_no_other_name_takes_that_of_the_folder(tmp_path: Path) -> None:
    text = "## 25 March 2020\n\nPresent: Ana\n\n### Caching\nx\n\n### Billing\ny\n"
    assert [one.title for one in meetings(tmp_path, text, "circle/notes.md")] == ["Circle 2020-03-25"]
    text = "---\ntitle: Notes\n---\n# Circle notes\n\n## 2020-03-25\nx\n\n## 2020-03-18\ny\n"
    assert [one.title for one in meetings(tmp_path, text)] == [
        "Circle notes 2020-03-25",
        "Circle notes 2020-03-18",
    ]


def test_days_in_any_order_are_meetings_where_people_were_there(tmp_path: Path) -> None:
    days = ("2025-03-12", "2025-01-08", "2025-02-05", "2025-01-22")
    text = "".join(f"## {day}\nAttendees: Ana Diaz\n\nWe met.\n\n" for day in days)
    assert marks(tmp_path, text) == [f"#{day}" for day in days]


# What isn't cut


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("2025-03-12-sync.md", "# Sync\n\n## 2025-03-01\nx\n\n## 2025-03-05\ny\n"),
        ("sync.md", "# Sync 2025-03-12\n\n## 2025-03-01: first seen\nx\n\n## 2025-03-05: fixed\ny\n"),
        ("sync.md", "# Sync 2025-03-12\n\n## 2025-03-05 Triage log\nx\n\n## 2025-03-10 Triage log\ny\n"),
        ("sync.md", "## Updates since 2025-03-01\nx\n\n## Due by 2025-04-01\ny\n"),
        ("sync.md", "## Meeting Date: 2025-03-12\nx\n\n## Next meeting: 2025-03-26\ny\n"),
        ("sync.md", "## Talk\n- 2025-03-01: shipped\n- 2025-03-05: broke\n"),
        ("sync.md", "## 2025-03-01 to 2025-03-05\nx\n\n## 2025-03-06 to 2025-03-10\ny\n"),
        ("sync.md", "## Review of 2025-03-05 minutes\nx\n\n## Plan for 2025-03-19 demo\ny\n"),
        ("incidents.md", "## Cache down 2025-03-01\nx\n\n## Fonts broken 2025-03-05\ny\n"),
        ("x.md", "# Team sync 2025-03-01\n\nx\n\n# Kick-off 2025-03-05\n\ny\n\n# Session 2025-03-08\n\nz\n"),
        ("meeting-notes-template.md", "## 2025-03-12\nx\n\n## 2025-03-19\ny\n"),
        ("changelog.md", "## 1.2.0 - 2025-03-12\nx\n\n## 1.1.0 - 2025-03-05\ny\n"),
        ("project.md", "## v1.2.0 (2025-03-12)\nx\n\n## v1.1.0 (2025-03-05)\ny\n"),
        ("roadmap.md", "## 2025-03-12\nx\n\n## 2025-06-12\ny\n"),
        ("upcoming.md", "# Upcoming meetings\n\n## 2025-03-12\nx\n\n## 2025-06-12\ny\n"),
        ("schedule.md", "# Meeting schedule\n\n## 2025-03-12\nx\n\n## 2025-06-12\ny\n"),
        ("notes.md", "## 2025-03-12\nx\n\n## 2025-06-12\ny\n\n## 2025-01-12\nz\n\n## 2025-09-12\nz\n"),
    ],
)
def test_days_that_are_no_meetings_cut_nothing(tmp_path: Path, name: str, text: str) -> None:
    assert marks(tmp_path, text, name) == [""]


@pytest.mark.parametrize(
    ("locator", "text", "expected"),
    [
        ("team/notes.md", "# Caching notes\n\n## 2025-03-12\nx\n\n## 2025-03-05\ny\n", True),
        ("team/log.md", "## 2025-03-12\nAttendees: Ana\n\nx\n\n## 2025-03-05\nAttendees: Bo\n\ny\n", True),
        ("team/NOTES.md", "# Caching notes\n\n## 2025-03-12: Meeting\nx\n", True),
        ("people/ana.md", "## 2025-03-12\nDid x.\n\n## 2025-03-11\nDid y.\n", False),
        ("CHANGELOG.md", "## 1.2.0 - 2025-03-12\nx\n\n## 1.1.0 - 2025-03-05\ny\n", False),
        ("team/roadmap.md", "## 2025-03-12\nx\n\n## 2025-06-12\ny\n", False),
    ],
)
def test_a_running_file_is_notes_only_if_it_says_so(locator: str, text: str, expected: bool) -> None:
    assert is_session(parse(text), Path(locator), locator) is expected


# Days


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Sync 2025-03-12 (weekly)", Day(date(2025, 3, 12), 5, 15)),
        ("12 March 2025", Day(date(2025, 3, 12), 0, 13)),
        ("March 12th, 2025 | x", Day(date(2025, 3, 12), 0, 16)),
        ("20250312-100000", Day(date(2025, 3, 12), 0, 8)),
        ("12. 3. 2025", Day(date(2025, 3, 12), 0, 11)),
        ("12 de marzo de 2025", Day(date(2025, 3, 12), 0, 19)),
        ("1er avril 2025", Day(date(2025, 4, 1), 0, 14)),
        ("3/25/2025", Day(date(2025, 3, 25), 0, 9)),
        ("3/4/2025", None),
        ("Python 3.11.12", None),
        ("1.2.30", None),
        ("30 February 2025", None),
        ("March 12", None),
    ],
)
def test_a_day_is_found_where_it_stands(text: str, day: Day | None) -> None:
    assert day_in(text) == day


def test_other_days_show_whether_the_month_is_first() -> None:
    assert [month_first(texts) for texts in (["3/4/2025", "3/25/2025"], ["25/3/2025"], ["3/4/2025"])] == [
        True,
        False,
        None,
    ]
