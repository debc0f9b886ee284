"""Session notes, as people write them."""

import io
from datetime import date
from pathlib import Path

import docx
import pytest

from copassist.records import Record, Rejected, Segment, Skipped
from ingest import pages
from ingest.files import read
from ingest.sessions.notes import is_session
from tests.ingest.noting import ANA, BO, CY, note, outcomes, roles, said

CLINIC = """\
---
title: "Clinic: slow dashboards"
date: 2025-03-12
format: clinic
facilitator: Ana Diaz
attendees: [Bo Lind, Cy]
---
# Clinic: slow dashboards

## Problem
Brought by: Bo Lind

The sales dashboard takes *40 seconds* to load.

## Advice
- Ana Diaz: Cache the [weekly view](https://x.org/v).
- Cy: Ask who needs it live.
  - Nobody does, usually.

## Outcome
It loads in 2 seconds now.

## Next steps
- Bo Lind: write it up
"""


def test_a_clinic_keeps_people_parts_and_who_said_what(tmp_path: Path) -> None:
    record = note(tmp_path, CLINIC)
    assert (record.kind, record.title, record.format) == ("session", "Clinic: slow dashboards", "clinic")
    assert record.date == date(2025, 3, 12)
    assert record.roles == ((ANA, "facilitator"), (BO, "attendee"), (CY, "attendee"), (BO, "asker"))
    assert record.segments == (
        Segment("Facilitator: Ana Diaz", part="people"),
        Segment("Attendees: Bo Lind, Cy", part="people"),
        Segment("Brought by: Bo Lind", section="Problem", part="people"),
        Segment("The sales dashboard takes 40 seconds to load.", section="Problem", part="problem"),
        Segment("Cache the weekly view.", ANA, "answerer", section="Advice", part="advice"),
        Segment(
            "Ask who needs it live.\nNobody does, usually.", CY, "answerer", section="Advice", part="advice"
        ),
        Segment("It loads in 2 seconds now.", section="Outcome", part="outcome"),
        Segment("Bo Lind: write it up", section="Next steps", part="next-step"),
    )


def test_front_matter_that_is_no_yaml_is_read_line_by_line(tmp_path: Path) -> None:
    record = note(tmp_path, "---\ntitle: Clinic: caching\ndate: 2025-03-12\n---\nText.\n")
    assert (record.title, record.date, record.format) == ("Clinic: caching", date(2025, 3, 12), "clinic")


def test_a_host_presents_in_an_ama_and_facilitates_a_meeting(tmp_path: Path) -> None:
    assert note(tmp_path, "# AMA: billing\nHost: Ana Diaz\n").roles == ((ANA, "presenter"),)
    assert note(tmp_path, "# AMA: billing\nHost: Cy\nGuest: Ana Diaz\n").roles == (
        (CY, "facilitator"),
        (ANA, "presenter"),
    )
    assert note(tmp_path, "# Weekly meeting\nHost: Cy\n").roles == ((CY, "facilitator"),)


def test_the_date_comes_from_file_name_then_title_then_a_date_line(tmp_path: Path) -> None:
    assert note(tmp_path, "# Sync 12 March 2025\nText.\n", "2025-04-01.md").date == date(2025, 4, 1)
    assert note(tmp_path, "# Sync 12 March 2025\nDate: 2025-04-01\n").date == date(2025, 3, 12)
    assert note(tmp_path, "# Sync\nDate: 2025-03-12\n", "2019.04.18.md").date == date(2019, 4, 18)
    assert note(tmp_path, "# Sync\n* Meeting date: March 12, 2025\n").date == date(2025, 3, 12)
    assert note(tmp_path, "# Sync\nWe met.\n").date is None


@pytest.mark.parametrize(
    ("name", "text", "day"),
    [
        ("calls/2025/call-03-12.md", "# March 12th project call\n\nx\n", date(2025, 3, 12)),
        ("20250312-sync/index.md", "# Sync\n\nx\n", date(2025, 3, 12)),
        ("sync.md", "# Sync\n### Meeting Date/Time: Wed 2025/3/12 14:00 UTC\nx\n", date(2025, 3, 12)),
        ("sync.md", "# Sync\n\nWednesday, 12 March 2025, 10:00 CET\n\nx\n", date(2025, 3, 12)),
        ("sync.md", "# Sync\n\nDatum: 12.3.2025\n\nx\n", date(2025, 3, 12)),
        ("sync.md", "---\nmeeting_date: 2025-03-12 10:00\n---\nx\n", date(2025, 3, 12)),
        ("sync.md", "# Sync\n\nNext meeting: 2025-03-26\n\nNext meeting date: 2025-03-26\n", None),
        ("sync.md", "# Sync\n\nPublished 12 March 2025\n\nDue date: 2025-03-26\n", None),
        ("sync.md", "# Sync\n\nOn 12 March 2025 the export broke, so we met.\n", None),
        ("sync.md", "# Sync\n\n> Date: 2025-03-12\n\nx\n", None),
    ],
)
def test_the_day_is_one_that_is_stated_and_never_a_mention(
    tmp_path: Path, name: str, text: str, day: date | None
) -> None:
    assert note(tmp_path, text, name).date == day


def test_plain_text_has_its_first_line_as_title(tmp_path: Path) -> None:
    text = "Problem-solving clinic\nDate: 2025-03-12\nModeration: Ana Diaz\n\nProblem: slow\n"
    record = note(tmp_path, text, "a.txt")
    assert (record.title, record.format, roles(record)) == (
        "Problem-solving clinic",
        "clinic",
        [("Ana Diaz", "facilitator")],
    )
    assert note(tmp_path, "We met and spoke of caching.\n\nThen we left.\n", "b.txt").title == "B"


def test_notes_of_a_calendar_are_a_session_named_by_their_heading(tmp_path: Path) -> None:
    text = (
        "Mar 12, 2025\n\n## Clinic: caching\n\nInvited Ana Diaz Bo Lind\n\nAttachments Clinic\n\n"
        "### Summary\nWe spoke.\n\n### Suggested next steps\n- [ ] Ana Diaz will write.\n"
    )
    (record,) = outcomes(tmp_path, text.encode(), "notes.md", "files")
    assert isinstance(record, Record)
    assert (record.title, record.date, record.format, record.roles) == (
        "Clinic: caching",
        date(2025, 3, 12),
        "clinic",
        (),
    )
    assert record.segments[-1] == Segment(
        "Ana Diaz will write.", section="Clinic: caching > Suggested next steps", part="next-step"
    )


def test_a_title_that_is_only_a_date_takes_the_folder_before_it(tmp_path: Path) -> None:
    (tmp_path / "triage-meeting").mkdir()
    assert note(tmp_path, "# 2019-10-10\nText.\n", "triage-meeting/2019-10-10.md").title == (
        "Triage meeting 2019-10-10"
    )


def test_the_format_shows_in_title_file_name_and_headings(tmp_path: Path) -> None:
    assert note(tmp_path, "# Show & Tell: charts\nText.\n").format == "show-and-tell"
    assert note(tmp_path, "Text.\n", "peer-review-2025-03-12.md").format == "peer-review"
    assert note(tmp_path, "## Problem\nSlow.\n\n## Advice\nCache.\n").format == "clinic"
    assert note(tmp_path, "Text.\n", "amas/2025-03-12.md").format == "ama"
    assert note(tmp_path, "# Results\nAll fine.\n").format == "meeting"


def test_lines_of_one_paragraph_are_turns(tmp_path: Path) -> None:
    record = note(tmp_path, "josh: first thought\nthat goes on\nralf: no\njosh: why\nralf: it breaks\n")
    assert said(record) == [
        ("josh", "first thought that goes on"),
        ("ralf", "no"),
        ("josh", "why"),
        ("ralf", "it breaks"),
    ]


@pytest.mark.parametrize(
    "line",
    ["Note: late", "TODO: fix it", "Summary: fine", "Link: https://x.org", "Problem: slow", "10:30: tea",
     "https://x.org: gone", "`code: x`", "Safe Transmute: is safe to transmute", "concern: big",
     "Action Items: two", "Latency: the latency matters", "quux: https://x.org", "borrowck: fix the lints #1234"],
)  # fmt: skip
def test_words_before_a_colon_that_name_nobody_are_no_speakers(tmp_path: Path, line: str) -> None:
    assert said(note(tmp_path, f"- {line}\n- {line}\n")) == [("", line), ("", line)]


def test_a_full_name_speaks_even_when_the_note_lists_nobody(tmp_path: Path) -> None:
    record = note(tmp_path, "- **Maria Lopez**: Use a cache.\n- Fine.\n")
    assert said(record) == [("Maria Lopez", "Use a cache."), ("", "Fine.")]


def test_a_presenter_speaks_as_presenter(tmp_path: Path) -> None:
    record = note(tmp_path, "# Show and tell: maps\nPresenter: Ana Diaz\n\n- Ana Diaz: It failed twice.\n")
    assert record.segments[1] == Segment("It failed twice.", ANA, "presenter")


def test_bold_labels_divide_like_headings(tmp_path: Path) -> None:
    record = note(tmp_path, "**Problem**\n\nSlow.\n\n**Advice:**\n\n- Cache.\n")
    assert record.segments == (
        Segment("Slow.", section="Problem", part="problem"),
        Segment("Cache.", section="Advice", part="advice"),
    )


def test_a_label_at_the_end_of_a_paragraph_heads_what_follows(tmp_path: Path) -> None:
    record = note(tmp_path, "Problem: slow\nAdvice:\n\n- Cache.\n\nOutcome: it works\n\nBye.\n")
    assert record.segments == (
        Segment("Problem: slow", part="problem"),
        Segment("Cache.", section="Advice", part="advice"),
        Segment("Outcome: it works", part="outcome"),
        Segment("Bye."),
    )


def test_notes_go_on_where_the_names_below_attendees_end(tmp_path: Path) -> None:
    text = "# Sync\n\n## Participants\n- Ana Diaz\n- Cy (late)\n\nWe spoke of caching.\n\n- Ana: use it now\n"
    record = note(tmp_path, text)
    assert [(s.text, s.part) for s in record.segments] == [
        ("Ana Diaz\nCy (late)", "people"),
        ("We spoke of caching.", ""),
        ("use it now", ""),
    ]
    assert said(record) == [("", "We spoke of caching."), ("Ana Diaz", "use it now")]


def test_headings_that_are_times_are_places(tmp_path: Path) -> None:
    record = note(tmp_path, "# Sync\n\n## Talk\n\n### 00:02:21\n\nAna Diaz: Hello.\n")
    assert record.segments == (Segment("Hello.", ANA, section="Talk", location="00:02:21"),)


def test_a_long_list_item_gives_its_nested_items_apart(tmp_path: Path) -> None:
    long = "word " * 179 + "end"
    assert said(note(tmp_path, f"- {long}\n  - nested\n")) == [("", long), ("", "nested")]


def test_hackmd_saved_as_html_is_read_as_the_markdown_inside(tmp_path: Path) -> None:
    page = (
        '<!DOCTYPE html><html><body>Menu<div id="doc" class="x"># Sync\n\nIf a &lt; b &amp; c.\n</div></html>'
    )
    record = note(tmp_path, page)
    assert (record.title, said(record)) == ("Sync", [("", "If a < b & c.")])


# Bad input


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "a.md", "the file is empty"),
        (b"a\0b", "a.md", "has NUL characters, so it is no text file"),
        (b"\x81\x8d", "a.txt", "not text in UTF-8, UTF-16 or Windows-1252; save it as UTF-8"),
    ],
)
def test_broken_files_are_rejected_with_the_reason(
    tmp_path: Path, content: bytes, name: str, reason: str
) -> None:
    assert outcomes(tmp_path, content, name) == [Rejected(name, reason)]


def test_other_kinds_are_skipped_and_missing_files_raise(tmp_path: Path) -> None:
    assert outcomes(tmp_path, b"x", "a.png") == [Skipped("a.png", ".png")]
    assert outcomes(tmp_path, b"# Only a title\n", "a.md") == [Skipped("a.md", "page without text")]
    with pytest.raises(OSError, match="gone"):
        next(read(tmp_path / "gone.md", "gone.md"))


# Notes or document?


@pytest.mark.parametrize(
    ("locator", "text", "expected"),
    [
        ("x/plan.md", "---\nformat: clinic\n---\nText", True),
        ("x/plan.md", "Attendees: Ana Diaz\n\nText", True),
        ("x/plan.md", "# Clinic: slow dashboards\nText", True),
        ("team/minutes/2019-04-18.md", "Text", True),
        ("x/plan.md", "# Triage meeting 2021-11-09\nText", True),
        ("team/minutes/README.md", "# Minutes 2021-11-09\nText", False),
        ("docs/guide.md", "# How to run a clinic\nInvite people.", False),
        ("docs/guide.md", "# Template\n```\nAttendees: Ana Diaz\n```\n", False),
        ("policies/2019-04-18-travel.md", "# Travel\nText", False),
        ("calls/2025/call-7.md", "# Call 7\n\nDate: 2025-03-12\n\n## Notes\n- we spoke", True),
        ("calls/2025/call-7.md", "# Call 7\n\nDate: 2025-03-12\n\n## Notes\n- TODO", False),
        ("team/minutes/2025-03-12.md", "# Sync (cancelled)\nText", False),
        ("20250312-sync/index.md", "---\ndate: 2025-03-12\n---\n# Community meeting\nText", True),
        ("teams/billing.md", "# Billing\nLead: Ana Diaz\n\nMembers: Bo, Cy", False),
        ("clinics/help.md", "# Clinics: how we run them\nAttendees: Ana Diaz\n\nText", False),
        ("docs/charter.md", "# Charter\nChair: Ana Diaz\n\nText", False),
        ("sync.md", "# Sync notes\nChair: Ana Diaz\n\nText", True),
    ],
)
def test_notes_are_told_from_documents(locator: str, text: str, expected: bool) -> None:
    page = pages.FORMATS[Path(locator).suffix](text.encode())
    assert is_session(page, Path(locator), locator) is expected


# Other formats


def test_notes_in_word_are_read_as_those_in_markdown(tmp_path: Path) -> None:
    source = docx.Document()
    source.add_heading("Clinic: caching", 0)
    source.add_paragraph("Date: 12 March 2025")
    source.add_paragraph("Facilitator: ").add_run("Ana Diaz").bold = True
    table = source.add_table(3, 3)
    cells = ["Name", "Role", "Present", "Bo Lind", "Scribe", "yes", "Eve", "", "no"]
    for cell, text in zip(table._cells, cells, strict=True):
        cell.text = text
    source.add_heading("Advice", 1)
    source.add_paragraph("Ana: use it", style="List Bullet")
    source.add_paragraph("Bo: no", style="List Bullet")
    source.add_heading("Later", 1)
    source.add_paragraph("Also present:")
    source.add_paragraph("Cy", style="List Bullet")
    source.add_paragraph("Dee", style="List Bullet")
    source.add_paragraph("Then we left.")
    buffer = io.BytesIO()
    source.save(buffer)
    (record,) = outcomes(tmp_path, buffer.getvalue(), "notes.docx")
    assert isinstance(record, Record)
    assert (record.title, record.date, record.format) == ("Clinic: caching", date(2025, 3, 12), "clinic")
    assert roles(record) == [
        ("Ana Diaz", "facilitator"),
        ("Bo Lind", "author"),
        ("Bo Lind", "attendee"),
        ("Cy", "attendee"),
        ("Dee", "attendee"),
    ]
    assert said(record)[-3:] == [("Ana Diaz", "use it"), ("Bo Lind", "no"), ("", "Then we left.")]
    assert Segment("no", BO, "answerer", section="Advice", part="advice") in record.segments
