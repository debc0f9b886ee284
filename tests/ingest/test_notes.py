"""Session notes and captions, as people write them."""

from datetime import date
from pathlib import Path

import pytest

from copassist.records import Identity, Read, Record, Rejected, Segment, Skipped, named
from ingest import pages
from ingest.files import read
from ingest.notes import is_session

ANA, BO, CY = named("Ana Diaz"), named("Bo Lind"), named("Cy")


def note(tmp_path: Path, text: str, name: str = "note.md") -> Record:
    found = outcome(tmp_path, text.encode(), name)
    assert isinstance(found, Record), found
    return found


def outcome(tmp_path: Path, content: bytes, name: str) -> Read:
    path = tmp_path / name
    path.write_bytes(content)
    (found,) = read(path, name, "sessions")
    return found


def said(record: Record) -> list[tuple[str, str]]:
    """Each segment as (speaker or "", text)."""
    return [(s.speaker.name if s.speaker else "", s.text) for s in record.segments]


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


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("Attendees: Ana Diaz, Cy and ~~Bo Lind~~\n", ((ANA, "attendee"), (CY, "attendee"))),
        ("**Facilitator:** Ana Diaz\n", ((ANA, "facilitator"),)),
        (
            "- Present: Ana Diaz (chair), Cy\n",
            ((ANA, "facilitator"), (ANA, "attendee"), (CY, "attendee")),
        ),
        ("Scribe: Cy\nLead: Ana Diaz\n", ((CY, "author"), (ANA, "facilitator"))),
        (
            "## Attendees\n- Ana Diaz\n- Cy (remote)\n\n## Notes\n- Done\n",
            ((ANA, "attendee"), (CY, "attendee")),
        ),
        ("## Attendance\n* Team members: Cy\n* Note-taker: Ana Diaz\n", ((CY, "attendee"), (ANA, "author"))),
        ("Participants:\n\n- Ana Diaz\n- Cy\n", ((ANA, "attendee"), (CY, "attendee"))),
        ("Attendees: @niko, none\n", ((Identity("name", "niko", "niko", handle="niko"), "attendee"),)),
        ("Present: Cy\nApologies: Ana Diaz\n", ((CY, "attendee"),)),
    ],
)
def test_people_are_found_in_the_shapes_that_notes_have(tmp_path: Path, text: str, roles: object) -> None:
    assert note(tmp_path, text).roles == roles


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


def test_a_title_that_is_only_a_date_takes_the_folder_before_it(tmp_path: Path) -> None:
    (tmp_path / "triage-meeting").mkdir()
    assert note(tmp_path, "# 2019-10-10\nText.\n", "triage-meeting/2019-10-10.md").title == (
        "Triage meeting 2019-10-10"
    )


def test_the_format_shows_in_title_file_name_and_headings(tmp_path: Path) -> None:
    assert note(tmp_path, "# Show & Tell: charts\nText.\n").format == "show-and-tell"
    assert note(tmp_path, "Text.\n", "peer-review-2025-03-12.md").format == "peer-review"
    assert note(tmp_path, "## Problem\nSlow.\n\n## Advice\nCache.\n").format == "clinic"
    assert note(tmp_path, "# Results\nAll fine.\n").format == "meeting"


def test_nested_bullets_are_the_speakers_until_others_talk(tmp_path: Path) -> None:
    text = "Attendees: Ana Diaz, Cy\n\n- Ana: use it\n  - because\n  - Cy: I disagree\n  - it depends\n"
    assert said(note(tmp_path, text))[1:] == [
        ("Ana Diaz", "use it\nbecause"),
        ("Cy", "I disagree"),
        ("", "it depends"),
    ]


def test_what_is_nested_under_a_question_is_nobodys(tmp_path: Path) -> None:
    record = note(tmp_path, "Attendees: Cy\n\n- Cy: shall we?\n  - yes, agreed\n")
    assert said(record)[1:] == [("Cy", "shall we?"), ("", "yes, agreed")]


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
     "Action Items: two", "Latency: the latency matters"],
)  # fmt: skip
def test_words_before_a_colon_that_name_nobody_are_no_speakers(tmp_path: Path, line: str) -> None:
    assert said(note(tmp_path, f"- {line}\n- {line}\n")) == [("", line), ("", line)]


def test_a_full_name_speaks_even_when_the_note_lists_nobody(tmp_path: Path) -> None:
    record = note(tmp_path, "- **Maria Lopez**: Use a cache.\n- Fine.\n")
    assert said(record) == [("Maria Lopez", "Use a cache."), ("", "Fine.")]


def test_questions_and_answers_carry_part_and_role(tmp_path: Path) -> None:
    record = note(tmp_path, "# AMA: billing\n\nQ (Ana Diaz): Who pays?\n\nA (Cy): We do.\n\nQ: When?\n")
    assert record.segments == (
        Segment("Who pays?", ANA, "asker", part="question"),
        Segment("We do.", CY, "answerer", part="answer"),
        Segment("When?", part="question"),
    )


def test_a_presenter_speaks_as_presenter(tmp_path: Path) -> None:
    record = note(tmp_path, "# Show and tell: maps\nPresenter: Ana Diaz\n\n- Ana Diaz: It failed twice.\n")
    assert record.segments[1] == Segment("It failed twice.", ANA, "presenter")


def test_bold_labels_divide_like_headings(tmp_path: Path) -> None:
    record = note(tmp_path, "**Problem**\n\nSlow.\n\n**Advice:**\n\n- Cache.\n")
    assert record.segments == (
        Segment("Slow.", section="Problem", part="problem"),
        Segment("Cache.", section="Advice", part="advice"),
    )


def test_a_long_list_item_gives_its_nested_items_apart(tmp_path: Path) -> None:
    long = "word " * 179 + "end"
    assert said(note(tmp_path, f"- {long}\n  - nested\n")) == [("", long), ("", "nested")]


def test_hackmd_saved_as_html_is_read_as_the_markdown_inside(tmp_path: Path) -> None:
    page = (
        '<!DOCTYPE html><html><body>Menu<div id="doc" class="x"># Sync\n\nIf a &lt; b &amp; c.\n</div></html>'
    )
    record = note(tmp_path, page)
    assert (record.title, said(record)) == ("Sync", [("", "If a < b & c.")])


# Captions

VTT = """\
WEBVTT

NOTE
title: AMA with Ana
Date: 2025-03-12

00:00:01.000 --> 00:00:03.000
<v Ana Diaz>Welcome to

00:00:03.000 --> 00:00:05.000
<v Ana Diaz>all of you.

00:12:31.500 --> 00:12:33.000
<v Cy>Who <i>pays</i>?
"""


def test_cues_of_one_voice_are_one_turn_with_its_start(tmp_path: Path) -> None:
    record = note(tmp_path, VTT, "a.vtt")
    assert (record.title, record.date, record.format) == ("AMA with Ana", date(2025, 3, 12), "ama")
    assert record.segments == (
        Segment("Welcome to all of you.", ANA, location="00:00:01"),
        Segment("Who pays?", CY, location="00:12:31"),
    )


def test_names_in_the_text_of_cues_are_speakers(tmp_path: Path) -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nAna Diaz: Hello.\n\n00:02.000 --> 00:03.000\nAll well?\n"
    record = note(tmp_path, text, "clinic-2025-03-12.vtt")
    assert (record.date, record.format) == (date(2025, 3, 12), "clinic")
    assert record.segments == (Segment("Hello. All well?", ANA, location="00:00:01"),)


def test_a_long_turn_is_cut_at_a_sentence_and_keeps_the_time_of_each_part(tmp_path: Path) -> None:
    sentence = "Word " * 99 + "end."
    cues = "".join(f"00:0{i}:00.000 --> 00:0{i}:09.000\n<v Cy>{sentence}\n\n" for i in range(3))
    record = note(tmp_path, "WEBVTT\n\n" + cues, "a.vtt")
    assert [(s.location, s.text) for s in record.segments] == [(f"00:0{i}:00", sentence) for i in range(3)]


def test_srt_is_read_too(tmp_path: Path) -> None:
    record = note(tmp_path, "1\n00:00:01,000 --> 00:00:02,000\nHello.\n", "a.srt")
    assert record.segments == (Segment("Hello.", location="00:00:01"),)


# Bad input


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "a.md", "the file is empty"),
        (b"a\0b", "a.md", "has NUL characters, so it is no text file"),
        (b"\x81\x8d", "a.txt", "not text in UTF-8, UTF-16 or Windows-1252; save it as UTF-8"),
        (b"WEBVTT\n", "a.vtt", "no captions in it"),
    ],
)
def test_broken_files_are_rejected_with_the_reason(
    tmp_path: Path, content: bytes, name: str, reason: str
) -> None:
    assert outcome(tmp_path, content, name) == Rejected(name, reason)


def test_other_kinds_are_skipped_and_missing_files_raise(tmp_path: Path) -> None:
    assert outcome(tmp_path, b"x", "a.png") == Skipped("a.png", ".png")
    assert outcome(tmp_path, b"# Only a title\n", "a.md") == Skipped("a.md", "page without text")
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
    ],
)
def test_notes_are_told_from_documents(locator: str, text: str, expected: bool) -> None:
    page = pages.FORMATS[Path(locator).suffix](text.encode())
    assert is_session(page, Path(locator), locator) is expected
