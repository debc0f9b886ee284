"""Captions, transcripts and chats as sessions: whose turns, when, of which meeting."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import docx
import pytest

from copassist.records import Identity, Record, Rejected, Segment, Skipped, named
from ingest.sessions.recordings import recording_title, speaker_named
from tests.ingest.noting import ANA, BO, CY, note, outcomes, roles


def turns(record: Record) -> list[tuple[str, str, str]]:
    """Each segment as (location, speaker or "", text)."""
    return [(s.location, s.speaker.name if s.speaker else "", s.text) for s in record.segments]


# Captions


def test_teams_captions_are_turns_by_speaker(tmp_path: Path) -> None:
    text = """\
WEBVTT

7f/17-0
00:00:03.040 --> 00:00:06.480
<v Ana Diaz>Hello, this is</v>

7f/17-1
00:00:06.000 --> 00:00:07.480
<v Bo Lind (Acme)>Yes.</v>

7f/17-2
00:00:06.480 --> 00:00:09.480
<v Ana Diaz>the text.</v>

7f/17-3
00:12:31.000 --> 00:12:32.480
<v Diaz, Ana>Again.</v>

7f/17-4
00:12:33.000 --> 00:12:34.480
<v Unknown speaker>Who?</v>
"""
    record = note(tmp_path, text, "Clinic caching-20250312_100000-Meeting Recording.vtt")
    assert (record.title, record.date, record.format) == ("Clinic caching", date(2025, 3, 12), "clinic")
    assert record.segments == (
        Segment("Hello, this is", ANA, location="00:00:03"),
        Segment("Yes.", BO, location="00:00:06"),
        Segment("the text. Again.", ANA, location="00:00:06"),
        Segment("Who?", location="00:12:33"),
    )


def test_zoom_captions_name_who_speaks_in_every_cue(tmp_path: Path) -> None:
    text = """\
WEBVTT

1
00:00:03.040 --> 00:00:06.480
Ana Diaz (she/her): Hello.

2
00:00:07.040 --> 00:00:08.480
Ana Diaz (she/her): So the thing is: we wait.

3
00:00:09.040 --> 00:00:10.480
iPhone: Yes.

4
00:00:11.040 --> 00:00:12.480
bo: No.

5
00:00:13.040 --> 00:00:14.480
nobody knows who
"""
    record = note(tmp_path, text, "GMT20250312-100000_Recording.transcript.vtt")
    assert (record.title, record.date) == ("Recording 2025-03-12", date(2025, 3, 12))
    assert turns(record) == [
        ("00:00:03", "Ana Diaz", "Hello. So the thing is: we wait."),
        ("00:00:09", "", "Yes."),
        ("00:00:11", "bo", "No."),
        ("00:00:13", "", "nobody knows who"),
    ]


def test_notes_in_captions_say_what_meeting_it_was(tmp_path: Path) -> None:
    text = (
        "WEBVTT\n\nNOTE\ntitle: AMA with Ana\nDate: 2025-03-12\nHost: Cy\n\n"
        "00:01.000 --> 00:02.000\n<v Cy>Welcome.\n"
    )
    record = note(tmp_path, text, "a.vtt")
    assert (record.title, record.date, record.format) == ("AMA with Ana", date(2025, 3, 12), "ama")
    assert record.roles == ((CY, "presenter"),)
    assert record.segments == (Segment("Welcome.", CY, "presenter", location="00:00:01"),)


def test_whom_the_notes_in_captions_list_is_who_speaks(tmp_path: Path) -> None:
    text = "WEBVTT\n\nNOTE\nHost: Ana Diaz (@ana)\n\n00:01.000 --> 00:02.000\n<v Ana Diaz>Hi.\n"
    (segment,) = (segment for segment in note(tmp_path, text, "a.vtt").segments)
    assert segment.speaker == Identity("name", "Ana Diaz", "Ana Diaz", handle="ana")


def test_words_before_colons_in_captions_are_no_names(tmp_path: Path) -> None:
    words = ("first thing: we go", "another matter: no", "the cache: it is slow")
    text = "WEBVTT\n\n" + "".join(f"00:0{i}.000 --> 00:0{i}.900\n{said}\n\n" for i, said in enumerate(words))
    assert turns(note(tmp_path, text, "a.vtt")) == [("00:00:00", "", " ".join(words))]


def test_a_name_now_and_then_stands_for_what_follows(tmp_path: Path) -> None:
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\nAna Diaz: Hello.\n\n2\n00:00:02,000 --> 00:00:03,000\nAll well?\n"
    )
    assert turns(note(tmp_path, text, "a.srt")) == [("00:00:01", "Ana Diaz", "Hello. All well?")]


@pytest.mark.parametrize("mark", ["- ", ">> ", "– "])
def test_marks_of_another_voice_end_a_turn(tmp_path: Path, mark: str) -> None:
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\nAna Diaz: Hello.\n\n"
        f"2\n00:00:02,000 --> 00:00:03,000\n{mark}Hi.\n{mark}So.\n"
    )
    assert turns(note(tmp_path, text, "a.srt")) == [
        ("00:00:01", "Ana Diaz", "Hello."),
        ("00:00:02", "", "Hi."),
        ("00:00:02", "", "So."),
    ]


def test_a_long_turn_is_cut_at_a_sentence_and_keeps_the_time_of_each_part(tmp_path: Path) -> None:
    sentence = "Word " * 99 + "end."
    cues = "".join(f"00:0{i}:00.000 --> 00:0{i}:09.000\n<v Cy>{sentence}\n\n" for i in range(3))
    record = note(tmp_path, "WEBVTT\n\n" + cues, "a.vtt")
    assert turns(record) == [(f"00:0{i}:00", "Cy", sentence) for i in range(3)]


def test_broken_cues_are_told_and_a_file_without_any_is(tmp_path: Path) -> None:
    broken, record = outcomes(
        tmp_path, b"WEBVTT\n\nx --> y\nlost\n\n00:01.000 --> 00:02.000\nkept\n", "a.vtt"
    )
    assert broken == Rejected("a.vtt", "the times of a caption can't be read: x --> y", "line 3")
    assert isinstance(record, Record)
    assert turns(record) == [("00:00:01", "", "kept")]
    assert outcomes(tmp_path, b"WEBVTT\n", "b.vtt") == [Rejected("b.vtt", "no captions in it")]
    assert outcomes(tmp_path, b"", "c.srt") == [Rejected("c.srt", "the file is empty")]


# Text


TEAMS = """\
Clinic caching-20250312_100000-Meeting Transcript
March 12, 2025, 10:00AM
32m 12s

Ana Diaz started transcription

Ana Diaz   0:03
Hello all.
And welcome.

Bo Lind   0:15
Thanks.
Ana Diaz   1:02:03
Bye.

Ana Diaz stopped transcription
"""
OTTER = """\
Clinic caching
Wed, Mar 12, 2025 10:00AM • 32:12

SUMMARY KEYWORDS
caching, locks

SPEAKERS
Ana Diaz, Speaker 1

Ana Diaz  0:03
Hello all.
And welcome.

Speaker 1  0:15
Thanks.

Ana Diaz  1:02:03
Bye.

Transcribed by https://otter.ai
"""
ARROWS = """\
Clinic caching
2025-03-12

0:0:3.40 --> 0:0:6.480
Ana Diaz
Hello all.
And welcome.
0:0:15.40 --> 0:0:16.480
Bo Lind
Thanks.
1:2:3.40 --> 1:2:4.480
Ana Diaz
Bye.
"""
BEFORE = """\
Clinic caching, 12 March 2025
[00:00:03] Ana Diaz: Hello all.
And welcome.
[00:00:15] Bo Lind: Thanks.
[01:02:03] Ana Diaz: Bye.
"""
AFTER = """\
Clinic caching, 12 March 2025
Ana Diaz (00:03): Hello all.
And welcome.
Bo Lind (00:15): Thanks.
Ana Diaz (1:02:03): Bye.
"""


@pytest.mark.parametrize("text", [TEAMS, OTTER, ARROWS, BEFORE, AFTER])
def test_text_in_which_each_turn_has_its_time(tmp_path: Path, text: str) -> None:
    record = note(tmp_path, text, "a.txt")
    assert (record.date, record.format, record.roles) == (date(2025, 3, 12), "clinic", ())
    assert record.title.startswith("Clinic caching")
    second = "" if text == OTTER else "Bo Lind"
    assert [(who, said) for _, who, said in turns(record)] == [
        ("Ana Diaz", "Hello all.\nAnd welcome."),
        (second, "Thanks."),
        ("Ana Diaz", "Bye."),
    ]
    assert [where for where, _, _ in turns(record)] == ["00:00:03", "00:00:15", "01:02:03"]


MEET = """\
Mar 12, 2025
Clinic: caching - Transcript
Attendees
Ana Diaz, Bo Lind, Bo Lind's Presentation
Transcript
00:00:01

Ana Diaz: Hello.
Bo Lind: Hi,
that goes on.

00:02:03

Bo Lind's Presentation: A film.
Ana Diaz: Bye.

Transcription ended after 00:54:37

This editable transcript was computer generated and might contain errors.
"""
MEET_MARKDOWN = """\
Mar 12, 2025

## Clinic: caching \\- Transcript

### Attendees

Ana Diaz, Bo Lind, Bo Lind's Presentation

### 00:00:01

**Ana Diaz:** Hello.

**Bo Lind:** Hi,
that goes on.

### 00:02:03

**Bo Lind's Presentation:** A film.

**Ana Diaz:** Bye.

### Transcription ended after 00:54:37
"""


@pytest.mark.parametrize(("text", "name"), [(MEET, "a.txt"), (MEET_MARKDOWN, "a.md")])
def test_meet_transcripts_have_times_for_several_turns(tmp_path: Path, text: str, name: str) -> None:
    record = note(tmp_path, text, name)
    assert (record.title, record.date, record.format) == ("Clinic: caching", date(2025, 3, 12), "clinic")
    assert roles(record) == [("Ana Diaz", "attendee"), ("Bo Lind", "attendee")]
    assert turns(record) == [
        ("", "", "Ana Diaz, Bo Lind"),
        ("00:00:01", "Ana Diaz", "Hello."),
        ("00:00:01", "Bo Lind", "Hi,\nthat goes on."),
        ("00:02:03", "", "A film."),
        ("00:02:03", "Ana Diaz", "Bye."),
    ]


def test_a_transcript_in_word_is_one_too(tmp_path: Path) -> None:
    source = docx.Document()
    source.add_paragraph("Clinic caching-20250312_100000-Meeting Transcript")
    source.add_paragraph("Ana Diaz started transcription")
    for who, when, text in (
        ("Ana Diaz", "0:03", "Hello."),
        ("Bo Lind", "0:15", "Hi."),
        ("Ana Diaz", "1:00", "Bye."),
    ):
        paragraph = source.add_paragraph()
        paragraph.add_run(who).bold = True
        paragraph.add_run(f"   {when}").add_break()
        paragraph.add_run(text)
    buffer = io.BytesIO()
    source.save(buffer)
    (record,) = outcomes(tmp_path, buffer.getvalue(), "a.docx", "files")
    assert isinstance(record, Record)
    assert (record.kind, record.title, record.date) == ("session", "Clinic caching", date(2025, 3, 12))
    assert turns(record) == [
        ("00:00:03", "Ana Diaz", "Hello."),
        ("00:00:15", "Bo Lind", "Hi."),
        ("00:01:00", "Ana Diaz", "Bye."),
    ]


def test_notes_above_a_transcript_go_in_before_it(tmp_path: Path) -> None:
    text = "# Clinic: caching\n\nFacilitator: Cy\n\n## Advice\n- Ana Diaz: use it\n\n## Talk\n" + "".join(
        f"\n{who} (0:0{i}): words of {who}\n"
        for i, who in enumerate(("Ana Diaz", "Bo Lind", "Ana Diaz", "Bo Lind"))
    )
    record = note(tmp_path, text, "a.md")
    assert (record.title, roles(record)) == ("Clinic: caching", [("Cy", "facilitator")])
    assert record.segments[1] == Segment("use it", ANA, "answerer", section="Advice", part="advice")
    assert turns(record)[2:] == [
        (f"00:00:0{i}", who, f"words of {who}")
        for i, who in enumerate(("Ana Diaz", "Bo Lind", "Ana Diaz", "Bo Lind"))
    ]


def test_headings_after_a_chat_are_nobodys_words(tmp_path: Path) -> None:
    text = (
        "".join(f"10:02:1{i} From Ana Diaz to Everyone: one {i}\n" for i in range(4)) + "# Links\nsee there\n"
    )
    record = note(tmp_path, text, "a.txt")
    assert [(s.speaker, s.text) for s in record.segments if "see" in s.text] == [(None, "see there")]


# Chats


@pytest.mark.parametrize(
    "text",
    [
        "10:02:11 From Ana Diaz to Everyone:\n\thello\n10:02:12 From Bo Lind to Ana Diaz(Direct Message):\n\tsecret\n"
        '10:02:15 From Bo Lind to Everyone:\n\tReplying to "hello"\n\n\thi there\n'
        '10:02:17 From Cy to Everyone:\n\tReacted to "hello" with 👍\n',
        "10:02:11\t From  Ana Diaz : hello\n10:02:12\t From  Bo Lind  to  Ana Diaz(Privately) : secret\n"
        '10:02:15\t From  Bo Lind : hi there\n10:02:17\t From  Cy : Removed a 👍 reaction from "hello"\n',
        "2025-03-12 10:02:11 Von Ana Diaz an Alle:\n\thello\n2025-03-12 10:02:12 Von Bo Lind an Ana Diaz:\n\tsecret\n"
        "2025-03-12 10:02:15 Von Bo Lind an Alle:\n\thi there\n"
        '2025-03-12 10:02:17 Von Cy an Alle:\n\tReacted to "hello" with x\n',
    ],
)
def test_chats_leave_out_direct_messages_reactions_and_repeated_words(tmp_path: Path, text: str) -> None:
    *left_out, record = outcomes(tmp_path, text.encode(), "chat.txt")
    assert left_out == [Skipped("chat.txt", "direct message"), Skipped("chat.txt", "reaction")]
    assert isinstance(record, Record)
    assert turns(record) == [("10:02:11", "Ana Diaz", "hello"), ("10:02:15", "Bo Lind", "hi there")]


def test_nicks_in_a_log_speak_line_by_line(tmp_path: Path) -> None:
    record = note(tmp_path, "10:02 <ana> hello\n10:03 <@bo> hi: you\n10:04 <ana> shall we?\n", "log.txt")
    assert turns(record) == [
        ("10:02", "ana", "hello"),
        ("10:03", "bo", "hi: you"),
        ("10:04", "ana", "shall we?"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Agenda\n10:00 Welcome: Ana\n10:05 Intro: Bo\n11:00 Break: all\n",
        "10:02:11 ERROR: x\n10:02:12 INFO: y\n10:02:13 ERROR: z\n",
        "From my side: yes\nFrom my view: no\nFrom my side: so\n",
        "a --> b\nb --> c\nc --> d\n",
        "Breakfast   8:00\nLunch   12:00\nDinner   19:00\n",
        "We met.\n\nThen we left.\n",
        "".join(f"10:0{i} {who}: yes\n\n" + "We met.\n\n" * 9 for i, who in enumerate(("Ana", "Bo", "Ana"))),
        "We met, and this is what came of it. " * 40
        + "\n\n10:02 Ana: yes\n\n10:03 Bo: no\n\n10:04 Ana: so\n",
    ],
)
def test_other_texts_are_no_transcripts(tmp_path: Path, text: str) -> None:
    (record,) = outcomes(tmp_path, text.encode(), "a.txt", "files")
    assert isinstance(record, Record)
    assert (record.kind, {s.speaker for s in record.segments}) == ("document", {None})


# Names


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("Ana Diaz", ANA),
        ("Ana Diaz (she/her)", ANA),
        ("Diaz, Ana", ANA),
        ("Ana Diaz | Acme", ANA),
        ("ana@x.org", Identity("mail", "ana@x.org", email="ana@x.org")),
        ("anad", named("anad")),
        *(
            (name, None)
            for name in ("Speaker 1", "Unknown Speaker", "SPEAKER_03", "Sprecher 2", "iPhone", "Room 4")
        ),
        *(
            (name, None)
            for name in ("Ana's iPhone", "Ana Diaz's Presentation", "+49 30 1234567", "Me", "@1", "???")
        ),
    ],
)
def test_who_the_name_of_a_speaker_names(name: str, who: Identity | None) -> None:
    assert speaker_named(name) == who


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("Clinic caching-20250312_100000-Meeting Recording.vtt", "Clinic caching"),
        ("Clinic caching-20250312_100000UTC-Meeting Recording-en-US.vtt", "Clinic caching"),
        ("Clinic (2025-03-12 at 10:02 GMT).sbv", "Clinic"),
        ("Clinic caching - 2025_03_12 10_02 CET - Transcript.docx", "Clinic caching"),
        ("2025-03-12 10.00.00 Clinic caching 91234567890/audio_transcript.vtt", "Clinic caching"),
        ("GMT20250312-100000_Recording_1920x1080.vtt", "Recording 2025-03-12"),
        ("zoom/meeting_saved_chat.txt", "Meeting saved chat"),
        ("clinic-2025-03-12.vtt", "Clinic"),
    ],
)
def test_titles_stand_in_the_names_of_recordings(path: str, title: str) -> None:
    assert recording_title(Path(path)) == title
