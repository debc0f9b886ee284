"""Labels held against records: what counts as right, said and labelled."""

from __future__ import annotations

from datetime import date
from typing import Any

from copassist.records import Identity, Record, Segment, named
from eval.reading.score import Counts, score

ANA, BO = named("Ana Pires"), named("Bo Lind")
LINES = [
    "# Caching",
    "",
    "- Ana Pires: keep the tiles of the harbour overnight",
    "- nobody knows about the lift",
]
RECORD = Record(
    "a.md",
    "session",
    "Caching",
    (
        Segment("keep the tiles of the harbour overnight", ANA),
        Segment("nobody knows about the lift"),
    ),
    date(2025, 3, 12),
    "clinic",
    ((ANA, "facilitator"), (BO, "attendee")),
)
LABEL: dict[str, Any] = {
    "id": "a.md",
    "kind": "session",
    "date": "2025-03-12",
    "title": "Caching!",
    "format": "clinic",
    "people": [{"name": "Ana Pires", "role": "facilitator"}, {"name": "Bo Lind", "role": "attendee"}],
    "spoken": [{"line": 3, "speaker": "Ana Pires"}, {"line": 4, "speaker": None}],
}


def line(number: int) -> str:
    return LINES[number - 1]


def test_a_record_as_labelled_is_right_in_every_field() -> None:
    found = score(LABEL, RECORD, line)
    assert found.wrong == []
    assert {name: (c.right, c.said, c.labelled) for name, c in found.fields.items()} == {
        "kind": (1, 1, 1),
        "format": (1, 1, 1),
        "date": (1, 1, 1),
        "title": (1, 1, 1),
        "people": (2, 2, 2),
        "speaker": (1, 1, 1),
    }


def test_a_record_that_was_not_found_is_a_miss_in_every_field() -> None:
    found = score(LABEL, None, line)
    assert {name: (c.right, c.said, c.labelled) for name, c in found.fields.items()} == {
        "kind": (0, 0, 1),
        "format": (0, 0, 1),
        "date": (0, 0, 1),
        "title": (0, 0, 1),
        "people": (0, 0, 2),
        "speaker": (0, 0, 1),
    }


def test_another_role_is_both_one_too_many_and_one_missing() -> None:
    record = Record(
        "a.md", "session", "Caching", RECORD.segments, RECORD.date, "clinic", ((ANA, "presenter"),)
    )
    people = score(LABEL, record, line).fields["people"]
    assert (people.right, people.said, people.labelled) == (0, 1, 2)


def test_a_handle_stands_for_the_name() -> None:
    ana = Identity("slack:T1", "U1", "Ana Pires", "@quietfox")
    label = LABEL | {"people": [{"name": "quietfox", "role": "facilitator"}]}
    record = Record("a.md", "session", "Caching", (), roles=((ana, "facilitator"),))
    people = score(label, record, line).fields["people"]
    assert (people.right, people.said, people.labelled) == (1, 1, 1)


def test_nobodys_words_under_a_name_are_wrong_and_two_voices_in_one_segment_are_mixed() -> None:
    both = Segment("keep the tiles of the harbour overnight\nnobody knows about the lift", ANA)
    found = score(LABEL, Record("a.md", "session", "Caching", (both,)), line)
    speaker = found.fields["speaker"]
    assert (speaker.right, speaker.said, speaker.labelled) == (1, 2, 1)
    assert found.mixed == 1


def test_what_somebody_else_said_must_not_stand_in_a_message() -> None:
    label = LABEL | {
        "kind": "thread",
        "spoken": [{"key": "1.0", "speaker": "Bo Lind", "says": "Thanks,", "not": "Turn it off first"}],
        "people": [{"name": "Bo Lind", "role": "author"}],
    }
    thread = Record(
        "t/1", "thread", "Caching", (Segment("> turn it off first\nThanks!", BO, "author", key="1.0"),)
    )
    found = score(label, thread, line)
    assert (found.quoted, found.fields["speaker"].right, found.fields["people"].right) == (1, 1, 1)
    assert "own words missing in 1.0" not in found.wrong


def test_a_role_of_the_first_message_stays_with_its_writer() -> None:
    segments = (
        Segment("Who knows?", BO, "asker", key="1"),
        Segment("I do.", ANA, "answerer", key="2"),
        Segment("Ah.", BO, "answerer", key="3"),
    )
    label = LABEL | {
        "kind": "thread",
        "spoken": [],
        "people": [{"name": "Bo Lind", "role": "asker"}, {"name": "Ana Pires", "role": "answerer"}],
    }
    people = score(label, Record("t/1", "thread", "", segments), line).fields["people"]
    assert (people.right, people.said, people.labelled) == (2, 2, 2)


def test_shares_are_whole_where_there_is_nothing() -> None:
    assert (Counts().precision, Counts().recall) == (1.0, 1.0)
    assert (Counts(1, 2, 4).precision, Counts(1, 2, 4).recall) == (0.5, 0.25)
