"""What holds of notes, captions and transcripts whatever stands in them: nothing raises, is lost or changes mouths."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from copassist.records import Read, Record, Rejected, Skipped
from ingest.pages.page import Page, Piece
from ingest.sessions.notes import is_session
from ingest.sessions.transcripts import is_transcript
from tests.ingest.noting import outcomes

PEOPLE = ("Ana Diaz", "Bo Lind", "Cy", "dora99", "Eva Öz")
NICKS = {name: re.sub(r"\W.*", "", name).lower() for name in PEOPLE}
TEAM = ", ".join(PEOPLE)
many = settings(max_examples=60, deadline=None)


def read(text: str | bytes, name: str) -> list[Read]:
    """What comes of a file."""
    with TemporaryDirectory() as folder:
        return outcomes(Path(folder), text.encode() if isinstance(text, str) else text, name)


def records(text: str, name: str) -> list[Record]:
    """The records in a file."""
    return [one for one in read(text, name) if isinstance(one, Record)]


# Any text

FRAGMENTS = st.sampled_from(
    [
        *(
            "# 2025-03-12",
            "## March 12, 2025",
            "# Clinic: caching",
            "## Notes",
            "### ",
            "---",
            "***",
            "```",
            "> ",
        ),
        *(
            "Attendees: ",
            "**Facilitator:** ",
            "| Name | Present |\n|---|---|\n| Ana Diaz | yes |\n",
            "- [x] ",
            "- [ ] ",
        ),
        *(
            "- ",
            "  - ",
            "      - ",
            "1. ",
            "Ana Diaz: ",
            "**Bo Lind**: ",
            "[Cy] ",
            "<dora99> ",
            "10:32 ",
            "(10:32)",
        ),
        *(
            "+1 ",
            "~~",
            " & ",
            ", ",
            " (chair)",
            "Problem: ",
            "Decision:",
            "Q: ",
            "A: ",
            "Date: 2025-03-12",
            "\t",
            "\\",
        ),
        *(
            "WEBVTT",
            "NOTE ",
            "00:00:01.000 --> 00:00:02.000",
            "1",
            "0:00:01.000,0:00:02.000",
            "<v Ana Diaz>",
            "</v>",
        ),
        *(
            "<c>",
            "Ana Diaz  0:03",
            "10:02:11 From Ana Diaz to Everyone:",
            "00:01",
            "\ufeff",
            "\x00",
            "\u2028",
            "\r",
        ),
        *(
            "---\ndate: 2025-03-12\nattendees: [Ana, Bo]\n---\n",
            "meets weekly",
            "@ana",
            "a@x.org",
            "&amp;",
            "<b>",
        ),
    ]
)
TEXTS = st.lists(st.one_of(FRAGMENTS, st.just("\n"), st.just("\n\n"), st.text(max_size=12)), max_size=40).map(
    "".join
)
NAMES = st.sampled_from(
    ["note.md", "2025-03-12.md", "minutes.md", "log.txt", "2025/notes.html", "a.vtt", "a.srt", "a.sbv"]
)


@many
@given(TEXTS, NAMES)
@example("# 2025-03-12", "minutes.md")
def test_any_text_gives_sound_records_or_says_why_there_is_none(text: str, name: str) -> None:
    check(read(text, name), name)


@many
@given(st.binary(max_size=400), NAMES)
def test_any_bytes_give_sound_records_or_say_why_there_is_none(content: bytes, name: str) -> None:
    check(read(content, name), name)


def check(found: Sequence[Read], name: str) -> None:
    """That a file gives something, each place once, in words that can be written to a store."""
    assert found
    places = [one.locator for one in found if isinstance(one, Record)]
    assert len(set(places)) == len(places)
    for one in found:
        if isinstance(one, Rejected | Skipped):
            assert one.file == name
            continue
        assert one.locator == name or one.locator.startswith(f"{name}#")
        assert one.title.strip()
        assert one.segments
        words = [one.title, one.locator]
        words += [part for s in one.segments for part in (s.text, s.section, s.location, s.key)]
        words += [part for who, _ in one.roles for part in (who.key, who.name, who.handle, who.email)]
        words += [s.speaker.key for s in one.segments if s.speaker]
        for word in words:
            assert "\x00" not in word
            word.encode()
        assert all(segment.text.strip() for segment in one.segments)
        assert all(who.key.strip() for who, _ in one.roles)
        assert len(set(one.roles)) == len(one.roles)


@many
@given(
    st.lists(st.tuples(st.text(max_size=40), st.lists(st.text(max_size=10), max_size=3)), max_size=8),
    st.dictionaries(st.sampled_from(["date", "attendees", "format", "people"]), st.text(max_size=20)),
    st.text(max_size=20),
)
def test_whether_a_page_is_a_session_can_be_asked_of_any(
    pieces: list[tuple[str, list[str]]], front: dict[str, object], title: str
) -> None:
    page = Page(front, title, tuple(Piece(text, tuple(headings)) for text, headings in pieces))
    assert is_session(page, Path("a/b.md"), "a/b.md") in (True, False)


@many
@given(TEXTS)
def test_whether_a_file_is_a_transcript_can_be_asked_of_any(text: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "a.txt")
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        assert is_transcript(path) in (True, False)


# Nobody's words under another's name

Turns = list[tuple[str, str]]
"""Who speaks, and words that nobody else says."""


@st.composite
def dialogues(draw: st.DrawFn, least: int = 2) -> Turns:
    """What people say in turn, in words of which each comes once."""
    numbers = count()
    who = draw(st.lists(st.sampled_from(PEOPLE), min_size=least, max_size=14))
    sizes = draw(st.lists(st.integers(1, 9), min_size=len(who), max_size=len(who)))
    opening = st.sampled_from(["I ", "so ", "we ", "", "yes, ", "the cache: ", "agreed; "])
    ending = st.sampled_from([".", "?", "", "!"])
    return [
        (name, draw(opening) + " ".join(f"w{next(numbers)}q" for _ in range(size)) + draw(ending))
        for name, size in zip(who, sizes, strict=True)
    ]


def told(text: str) -> list[str]:
    """The words of turns in a text."""
    return re.findall(r"w\d+q", text)


def written(turns: Turns, line: str, between: str = "\n") -> str:
    """Turns, each as `line` says."""
    return between.join(line.format(n=name, k=NICKS[name], t=text) for name, text in turns) + "\n"


HEAD = f"# Clinic: caching\n\nDate: 2025-03-12\n\nAttendees: {TEAM}\n\n## Notes\n\n"
NOTES: dict[str, Callable[[Turns], str]] = {
    "list": lambda turns: written(turns, "- {n}: {t}"),
    "bold": lambda turns: written(turns, "* **{n}:** {t}"),
    "bold name": lambda turns: written(turns, "- **{n}**: {t}"),
    "paragraphs": lambda turns: written(turns, "{n}: {t}", "\n\n"),
    "lines": lambda turns: written(turns, "{n}: {t}"),
    "brackets": lambda turns: written(turns, "[{n}] {t}", "\n\n"),
    "nicks": lambda turns: written(turns, "<{k}> {t}", "\n\n"),
    "times": lambda turns: written(turns, "10:32 {n}: {t}", "\n\n"),
    "times after": lambda turns: written(turns, "{n} (10:32): {t}", "\n\n"),
    "quotes": lambda turns: written(turns, "> {n}: {t}", "\n>\n"),
}


@pytest.mark.parametrize("style", NOTES)
@many
@given(turns=dialogues())
def test_those_who_were_there_say_in_notes_what_they_said(style: str, turns: Turns) -> None:
    (record,) = records(HEAD + NOTES[style](turns), "2025-03-12.md")
    speaks = {word: name for name, text in turns for word in told(text)}
    same_by(speaks, record, NICKS if style == "nicks" else {})


NESTED = st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=14, max_size=14)


@many
@given(dialogues(), NESTED)
def test_nested_items_never_change_mouths(turns: Turns, shapes: list[tuple[int, bool]]) -> None:
    """An item that names nobody is that of whom it stands under, or nobody's; never somebody else's."""
    lines, above, owner = [], [""], dict[str, set[str]]()
    for (name, text), (depth, bare) in zip(turns, shapes, strict=False):
        depth = min(depth, len(above) - 1)
        above = above[: depth + 1]
        speaker = above[depth] if bare else name
        owner |= {word: {speaker, ""} if bare else {speaker} for word in told(text)}
        lines.append("  " * depth + (f"- {text}" if bare else f"- {name}: {text}"))
        above.append(speaker)
    (record,) = records(HEAD + "\n".join(lines), "2025-03-12.md")
    for segment in record.segments:
        for word in told(segment.text):
            assert (segment.speaker.name if segment.speaker else "") in owner[word] | {""}
        speaking = [owner[word] for word in told(segment.text)]
        assert not speaking or set.intersection(*speaking)


@many
@given(dialogues(), st.sampled_from(list(NOTES)))
def test_where_nobody_says_who_was_there_a_name_is_right_or_missing(turns: Turns, style: str) -> None:
    found = records(
        f"# Clinic: caching\n\nDate: 2025-03-12\n\n## Notes\n\n{NOTES[style](turns)}", "2025-03-12.md"
    )
    speaks = {word: name for name, text in turns for word in told(text)}
    for segment in (segment for record in found for segment in record.segments if segment.speaker):
        assert segment.speaker
        who = {speaks[word] for word in told(segment.text)}
        assert who <= {segment.speaker.name} or {NICKS[name] for name in who} == {segment.speaker.name}
    everything_once(speaks, found)


def same_by(speaks: dict[str, str], record: Record, nicks: dict[str, str]) -> None:
    """That each word is in one segment, that of whoever says it."""
    for segment in record.segments:
        who = {speaks[word] for word in told(segment.text)}
        if who:
            names = who | {nicks.get(name, name) for name in who}
            assert len(who) == 1
            assert segment.speaker
            assert segment.speaker.name in names
    everything_once(speaks, [record])


def everything_once(words: Sequence[str] | dict[str, str], found: Sequence[Record]) -> None:
    """That no word is lost, and none comes twice."""
    seen = Counter(word for record in found for segment in record.segments for word in told(segment.text))
    assert seen == Counter(dict.fromkeys(words, 1))


# Captions and transcripts


def cued(turns: Turns, words: str, arrow: str = "{0}.000 --> {1}.000", numbered: bool = False) -> str:
    """Turns as captions."""
    cues = []
    for i, (name, text) in enumerate(turns):
        start, end = (f"00:{second // 60:02}:{second % 60:02}" for second in (2 * i, 2 * i + 2))
        number = f"{i + 1}\n" if numbered else ""
        cues.append(f"{number}{arrow.format(start, end)}\n{words.format(n=name, t=text)}\n")
    return "\n".join(cues)


def at(turns: Turns, line: str) -> str:
    """Turns of a text in which each has its time."""
    return "".join(
        line.format(n=name, t=text, s=f"{i // 60}:{i % 60:02}", l=f"00:{i // 60:02}:{i % 60:02}")
        for i, (name, text) in enumerate(turns)
    )


SPOKEN: dict[str, tuple[str, Callable[[Turns], str]]] = {
    "voices": ("a.vtt", lambda turns: "WEBVTT\n\n" + cued(turns, "<v {n}>{t}</v>")),
    "names": ("a.vtt", lambda turns: "WEBVTT\n\n" + cued(turns, "{n}: {t}")),
    "srt": ("a.srt", lambda turns: cued(turns, "{n}: {t}", "{0},000 --> {1},000", numbered=True)),
    "sbv": ("a.sbv", lambda turns: cued(turns, "{n}: {t}", "{0}.000,{1}.000")),
    "teams": ("a.txt", lambda turns: at(turns, "{n}   {s}\n{t}\n\n")),
    "brackets": ("a.txt", lambda turns: at(turns, "[{n}] {l}\n{t}\n\n")),
    "before": ("a.txt", lambda turns: at(turns, "{l} {n}: {t}\n")),
    "chat": ("chat.txt", lambda turns: at(turns, "{l}\t From {n} to Everyone:\n\t{t}\n")),
}


@pytest.mark.parametrize("style", SPOKEN)
@many
@given(turns=dialogues(least=3))
def test_each_says_in_a_transcript_what_they_said(style: str, turns: Turns) -> None:
    turns = [*turns, (turns[0][0], "w999q w1000q")]  # somebody comes again, as in every transcript
    name, make = SPOKEN[style]
    (record,) = records(make(turns), name)
    speaks = {word: who for who, text in turns for word in told(text)}
    same_by(speaks, record, {})
    assert all(re.fullmatch(r"\d\d:\d\d:\d\d", s.location) for s in record.segments)


@many
@given(dialogues(least=3), st.integers(0, 40), st.sampled_from(["x --> y", "00:99:01.000 --> z", "-->"]))
def test_broken_cues_take_no_other_with_them(turns: Turns, place: int, broken: str) -> None:
    cues = cued(turns, "<v {n}>{t}</v>").split("\n\n")
    cues.insert(min(place, len(cues)), f"{broken}\nlost")
    found = read("WEBVTT\n\n" + "\n\n".join(cues), "a.vtt")
    assert [type(one) for one in found] == [Rejected, Record]
    same_by(
        {word: who for who, text in turns for word in told(text)},
        next(r for r in found if isinstance(r, Record)),
        {},
    )


# Meetings in one file


@st.composite
def meetings(draw: st.DrawFn) -> list[tuple[str, str]]:
    """Days on which a group met, each with its notes in words of which each comes once."""
    numbers = count()
    days = draw(st.lists(st.dates(), min_size=2, max_size=6, unique=True))
    return [
        (
            f"20{20 + day.year % 9}-{day.month:02}-{day.day:02}",
            "\n".join(
                f"- we met w{next(numbers)}q w{next(numbers)}q" for _ in range(draw(st.integers(1, 4)))
            ),
        )
        for day in days
    ]


@many
@given(meetings(), st.sampled_from(["# {d}", "## Meeting {d}", "## {d}: caching", "## {d} Weekly sync"]))
def test_meetings_in_a_file_keep_their_places_when_one_is_added(
    days: list[tuple[str, str]], heading: str
) -> None:
    parts = [
        f"{heading.format(d=day)}\n\nAttendees: Ana Diaz, Bo Lind\n\n{text}\n"
        for day, text in dict(days).items()
    ]
    before = records("\n".join(parts[:-1]), "caching/meeting-notes.md")
    for text in ("\n".join(parts), "\n".join([parts[-1], *parts[:-1]])):
        after = {record.locator: record for record in records(text, "caching/meeting-notes.md")}
        assert len(after) == len(parts)
        assert all(after.pop(record.locator) == record for record in before)
        assert [record.date.isoformat() for record in after.values() if record.date] == [list(dict(days))[-1]]
    everything_once(told("\n".join(parts)), records("\n".join(parts), "caching/meeting-notes.md"))


# Size


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("log.txt", "a: w\n"),
        ("log.txt", "Ana Diaz: yes\n"),
        ("note.md", "> > > - Ana: yes\n"),
        ("note.md", "## 2025-03-12\n\nAttendees: Ana, Bo\n\nwe met\n\n"),
        ("note.md", "Attendees: Ana Diaz\n"),
        ("a.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ana>Hi\n\n"),
        ("a.srt", "1\n00:00:01,000 --> 00:00:02,000\nAna: Hi\n"),
        ("a.txt", "Ana Diaz  0:03\nyes\n"),
        ("a.txt", "10:02:11 From Ana Diaz to Everyone:\n"),
    ],
)
def test_ten_times_the_size_takes_about_ten_times_as_long(name: str, line: str) -> None:
    def seconds(size: int) -> float:
        begun = process_time()
        read(line * (size // len(line)), name)
        return process_time() - begun

    seconds(2_000)
    small = min(seconds(6_000) for _ in range(2))
    assert seconds(60_000) < 40 * (small + 0.01)
