"""Who a page of notes names in which role: lists, labels, headings, tables, check-lists, front matter."""

from __future__ import annotations

from pathlib import Path

import pytest

from copassist.records import Identity
from ingest.pages.markdown import parse
from ingest.sessions.attendance import people
from ingest.sessions.labels import part_of, role_of
from ingest.sessions.people import identity, listed
from tests.ingest.noting import note, roles


def named_in(text: str) -> list[tuple[str, str]]:
    return [(p.who.name or p.who.email, p.role) for p in people(parse(text))]


def there(text: str) -> list[str]:
    """The names in a list of attendees."""
    return [p.who.name or p.who.email for p in listed(text, "attendee")[0] if p.role == "attendee"]


# One name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ana Diaz", Identity("name", "Ana Diaz", "Ana Diaz")),
        ("Ana Diaz (she/her)", Identity("name", "Ana Diaz", "Ana Diaz")),
        ("Ana Diaz @ana (voting)", Identity("name", "Ana Diaz", "Ana Diaz", handle="ana")),
        ("@ana", Identity("name", "ana", "ana", handle="ana")),
        ("@Ana Diaz", Identity("name", "Ana Diaz", "Ana Diaz")),
        ("Ana Diaz <ana@x.org>", Identity("name", "Ana Diaz", "Ana Diaz", email="ana@x.org")),
        ("Ana@X.org", Identity("mail", "ana@x.org", email="Ana@X.org")),
        ("Ana Diaz - Acme", Identity("name", "Ana Diaz", "Ana Diaz")),
        ("Dr. Ana M. Diaz", Identity("name", "Dr. Ana M. Diaz", "Dr. Ana M. Diaz")),
        ("Ludwig van der Berg", Identity("name", "Ludwig van der Berg", "Ludwig van der Berg")),
        ("山田太郎", Identity("name", "山田太郎", "山田太郎")),
    ],
)
def test_a_name_is_read_however_it_is_written(text: str, expected: Identity) -> None:
    assert identity(text) == expected


@pytest.mark.parametrize(
    "text",
    ["everyone", "TBD", "Name 2", "[Your name]", "N/A", "3 guests", "we met late", "Action Items", "Tech Lead",
     "x", "team@x.org", "all-hands-list@x.org", "friends@googlegroups.com", "Ana Diaz Bo Lind", "Ana. Bo.", ""],
)  # fmt: skip
def test_what_names_nobody_is_no_person(text: str) -> None:
    assert identity(text) is None


# A list


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ana Diaz, @bo and Cy", ["Ana Diaz", "bo", "Cy"]),
        ("Ana & Bo + Cy; Dee | Eve", ["Ana", "Bo", "Cy", "Dee", "Eve"]),
        ("Ana und Bo", ["Ana", "Bo"]),
        ("Ana, ~~Bo Lind~~, Cy", ["Ana", "Cy"]),
        ("Ana, + 3 guests, none", ["Ana"]),
        ("Ana and 2 others", ["Ana"]),
        ("Ana (Acme, Berlin), Bo (they/them)", ["Ana", "Bo"]),
        ("Diaz, Ana; Lind, Bo", ["Ana Diaz", "Bo Lind"]),
        ("ana@x.org bo@x.org", ["ana@x.org", "bo@x.org"]),
        ("Ana Diaz <ana@x.org> Bo Lind <bo@x.org>", ["Ana Diaz", "Bo Lind"]),
        ("@ana @bo", ["ana", "bo"]),
        ("Ana Diaz / anad / Acme", ["Ana Diaz"]),
        ("niko / felix", ["niko", "felix"]),
        ("Ana (absent), Bo (regrets), Cy (late), Dee - sick", ["Ana", "Cy"][1:]),
        ("✅ Ana\n❌ Bo\n👋 Cy", ["Ana", "Cy"]),
        ("1. Ana\n2. Bo", ["Ana", "Bo"]),
        ("N/A", []),
    ],
)
def test_a_list_gives_those_who_were_there(text: str, expected: list[str]) -> None:
    assert there(text) == expected


def test_what_a_list_says_of_somebody_is_a_role_beside_that_of_the_list() -> None:
    found, missed = listed("Ana Diaz (chair, scribe), Bo – facilitator, Cy, note-taker", "attendee")
    assert [(p.who.name, p.role) for p in found] == [
        ("Ana Diaz", "facilitator"),
        ("Ana Diaz", "author"),
        ("Ana Diaz", "attendee"),
        ("Bo", "facilitator"),
        ("Bo", "attendee"),
        ("Cy", "attendee"),
        ("Cy", "author"),
    ]
    assert missed == 0


def test_labels_within_a_list_change_the_role() -> None:
    found, _ = listed("Ana, Scribe: Bo", "facilitator")
    assert [(p.who.name, p.role) for p in found] == [("Ana", "facilitator"), ("Bo", "author")]


def test_initials_and_nicknames_in_brackets_are_kept_as_other_names() -> None:
    found, _ = listed("Waldemar Horwat (WH), Ana Diaz (anad), Bo Lind (IBM), Cy (she/her)", "attendee")
    assert [p.aliases for p in found] == [("WH",), ("anad",), (), ()]


def test_entries_that_are_no_people_are_counted() -> None:
    assert listed("Ana, we all met in the big room", "attendee")[1] == 1


# Where a page says it


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**Facilitation:** Ana", [("Ana", "facilitator")]),
        ("- Facilitator – Ana Diaz", [("Ana Diaz", "facilitator")]),
        ("👤 Chair: Ana | Scribe: Bo | Date: 2025-03-12", [("Ana", "facilitator"), ("Bo", "author")]),
        ("Chair: Ana; Co-chair: Bo", [("Ana", "facilitator"), ("Bo", "facilitator")]),
        ("Note taker: Ana\n\nTimekeeper: Bo", [("Ana", "author"), ("Bo", "attendee")]),
        ("Facilitated by Ana Diaz", [("Ana Diaz", "facilitator")]),
        ("Notes taken by: Ana Diaz.", [("Ana Diaz", "author")]),
        ("Present were Ana, Bo and Cy.", [("Ana", "attendee"), ("Bo", "attendee"), ("Cy", "attendee")]),
        ("**Present**\n\nAna Diaz, Bo", [("Ana Diaz", "attendee"), ("Bo", "attendee")]),
        ("**Members present:**  \nAna Diaz  \nBo Lind", [("Ana Diaz", "attendee"), ("Bo Lind", "attendee")]),
        ("### Moderator: Ana Diaz\n### Notes: Bo Lind\nx", [("Ana Diaz", "facilitator"), ("Bo Lind", "author")]),
        ("Notes: see below", []),
        ("Demo by: Ana", [("Ana", "presenter")]),
        ("Guest: Ana Diaz", [("Ana Diaz", "presenter")]),
        ("Apologies: Ana\n\nRegrets: Bo\n\nAbsent: Cy", []),
        ("Invited: Ana Diaz, Bo Lind", []),
        ("Attendees: everyone who could come", []),
        ("Moderation: Ana\n\nProtokoll: Bo Lind\n\nTeilnehmer:innen: Cy\n\nEntschuldigt: Dee",
         [("Ana", "facilitator"), ("Bo Lind", "author"), ("Cy", "attendee")]),
        ("Animatrice : Ana\n\nParticipants : Bo, Cy", [("Ana", "facilitator"), ("Bo", "attendee"), ("Cy", "attendee")]),
        ("Facilitadora: Ana\n\nAsistentes: Bo", [("Ana", "facilitator"), ("Bo", "attendee")]),
    ],
)  # fmt: skip
def test_labels_tell_who_did_what(text: str, expected: list[tuple[str, str]]) -> None:
    assert named_in(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## Attendees (3)\n- Ana\n- Bo (remote)\n\n## Notes\n- Done", ["Ana", "Bo"]),
        ("# Sync\n## 2. Attendees\nAna, Bo\n\nWe spoke of caching.\n\nCaching", ["Ana", "Bo"]),
        ("## Attendees & regrets\n- Attendees\n  - Ana\n- Regrets\n  - Bo", ["Ana"]),
        ("## Attendees\n- Remote:\n  - Ana\n- Bo", ["Ana", "Bo"]),
        ("## Attendees\n* Team members: Ana\n* Others: Bo", ["Ana", "Bo"]),
        ("## Present\n### Acme\n- Ana\n### Remote\n- Bo\n## Notes\n- Cy", ["Ana", "Bo"]),
        ("# Attendees\n- Ana\n## Agenda\n- Caching works\n- Billing", ["Ana"]),
        ("## Attendees\nLibs: Ana, Bo\nLang: Cy", ["Ana", "Bo", "Cy"]),
        ("## Attendees\n- Ana Diaz, Acme\n- Bo Lind, Initech\n- Cy Young, Acme", ["Ana Diaz", "Bo Lind", "Cy Young"]),
        ("## Attendees\n- [x] Ana\n- [ ] Bo\n- [X] Cy\n\n## Actions\n- [x] Dee: write", ["Ana", "Cy"]),
        ("## Attendees\n- [ ] Ana\n- [ ] Bo", []),
        ("## Attendees\n- Ana Diaz (EF: geth/security)", ["Ana Diaz"]),
        ("# Sync\n## Sign in!\nName / GitHub / Company\n* Ana Diaz / anad / Acme", ["Ana Diaz"]),
        ("## Participants:\nAna Diaz - Acme\n\n1. Propagating context\n2. Billing", ["Ana Diaz"]),
    ],
)  # fmt: skip
def test_lists_below_headings_tell_who_was_there(text: str, expected: list[str]) -> None:
    assert named_in(text) == [(name, "attendee") for name in expected]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["Name | Role | Present", "Ana | Facilitator | yes", "Bo | Engineer | no", "Cy | PM | ✅", "Dee | PM |"],
         [("Ana", "facilitator"), ("Ana", "attendee"), ("Cy", "attendee")]),
        (["Date | 2025-03-12", "Facilitator | Ana Diaz", "Attendees | Bo, Cy"],
         [("Ana Diaz", "facilitator"), ("Bo", "attendee"), ("Cy", "attendee")]),
        (["Present | Apologies | Scribe", "Ana, Bo | Cy | Dee"],
         [("Ana", "attendee"), ("Bo", "attendee"), ("Dee", "author")]),
        (["Attendee", "Ana Diaz"], [("Ana Diaz", "attendee")]),
        (["Who | What | Status", "Ana | write | done"], []),
    ],
)  # fmt: skip
def test_tables_tell_who_was_there(rows: list[str], expected: list[tuple[str, str]]) -> None:
    head, *others = [f"| {row} |" for row in rows]
    rule = "|" + "---|" * (rows[0].count("|") + 1)
    assert named_in("\n".join([head, rule, *others])) == expected


def test_a_long_table_is_read_row_by_row() -> None:
    text = "## Attendees\n| Name | Initials |\n|---|---|\n" + "".join(
        f"| Ana{i} Diaz | A{i}D |\n" for i in range(90)
    )
    found = people(parse(text))
    assert (len(found), found[7].who.name, found[7].aliases) == (90, "Ana7 Diaz", ("A7D",))


def test_front_matter_names_people_in_any_shape() -> None:
    text = (
        "---\nfacilitator: Ana Diaz\nnote_taker: {name: Bo Lind}\nattendees:\n- Cy\n- {name: Dee, role: chair}\n"
        "roles: {timekeeper: Eve}\nabsent: [Flo]\nauthor: true\n---\nx\n"
    )
    assert named_in(text) == [
        ("Ana Diaz", "facilitator"),
        ("Bo Lind", "author"),
        ("Cy", "attendee"),
        ("Dee", "facilitator"),
        ("Dee", "attendee"),
        ("Eve", "attendee"),
    ]


def test_weak_labels_count_only_where_a_page_says_what_it_is_about() -> None:
    items = "".join(f"- item {i}\n" for i in range(12))
    assert named_in(
        f"# Plans\n\n## First\n{items}\n## Proposals\n- Author: Ana\n- Lead: Bo\n- Scribe: Cy\n"
    ) == [("Cy", "author")]


def test_one_person_has_one_identity_with_all_that_is_said() -> None:
    found = people(parse("Facilitator: Ana Diaz\n\nAttendees: ana diaz <ana@x.org>, Bo"))
    assert found[0].who == found[1].who == Identity("name", "Ana Diaz", "Ana Diaz", email="ana@x.org")


def test_a_guest_presents_where_others_listen(tmp_path: Path) -> None:
    assert roles(note(tmp_path, "# AMA: billing\nHost: Cy\nGuests: Ana, Bo\n")) == [
        ("Cy", "facilitator"),
        ("Ana", "presenter"),
        ("Bo", "presenter"),
    ]
    assert roles(note(tmp_path, "# Weekly meeting\nAttendees: Cy\nGuests: Ana\n")) == [
        ("Cy", "attendee"),
        ("Ana", "attendee"),
    ]


# What labels announce


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("Attendees (12):", "attendee"),
        ("👥 Who's here", "attendee"),
        ("TSC members present", "attendee"),
        ("Action item scribe", "author"),
        ("Meeting chair", "facilitator"),
        ("Co-facilitators", "facilitator"),
        ("Problem brought by", "asker"),
        ("Others", "group"),
        ("Not present", "absent"),
        ("Drivers", ""),
        ("Presentation", ""),
        ("Minutes", ""),
    ],
)
def test_labels_announce_roles(label: str, role: str) -> None:
    assert role_of(label) == role


@pytest.mark.parametrize(
    ("heading", "part"),
    [
        ("1. The problem", "problem"),
        ("Problem 2: slow dashboards", "problem"),
        ("Decision B: colours (replaces Decision 1)", "decision"),
        ("Decision maker: Ana", ""),
        ("What we tried so far", "problem"),
        ("Advice from the group", "advice"),
        ("Outcome (after two weeks)", "outcome"),
        ("What worked", "outcome"),
        ("Root cause", "outcome"),
        ("Key takeaways", "outcome"),
        ("Action items", "next-step"),
        ("Suggested next steps", "next-step"),
        ("Decisions made", "decision"),
        ("Nächste Schritte", "next-step"),
        ("Décisions", "decision"),
        ("Results of the survey in May", ""),
        ("Actions from last week", ""),
        ("Case study", ""),
    ],
)
def test_headings_announce_parts(heading: str, part: str) -> None:
    assert part_of(heading) == part


def test_what_a_resolution_or_feedback_is_hangs_on_the_session() -> None:
    assert [part_of("Resolution", kind) for kind in ("clinic", "meeting")] == ["outcome", "decision"]
    assert [part_of("Feedback", kind) for kind in ("peer-review", "meeting")] == ["advice", ""]
