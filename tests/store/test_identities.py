"""Who somebody in a source is, in the directory."""

from __future__ import annotations

import pytest

from copassist.records import Identity, Member, Record, Segment, named
from copassist.store import Memory, identities
from copassist.store import records as stored
from tests.fakes import all_rows, enrol, put

ANA = Member("Ana Pires", emails=("ana@example.org",), handles=("@anap",))
BO = Member("Bo Lind")


def matched(memory: Memory, identity: Identity) -> str | None:
    """The member that an identity is matched to as it is stored."""
    with memory.writing() as connection:
        id_ = identities.save(connection, [identity])[identity]
    (row,) = [row for row in all_rows(memory, "identities") if row["id"] == id_]
    return row["member_id"]  # type: ignore[return-value]


@pytest.mark.parametrize(
    "identity",
    [
        Identity("slack:T1", "U1", "Somebody Else", "", "ANA@example.org"),
        Identity("slack:T1", "U1", "x", "@AnaP"),
        Identity("slack:T1", "U1", "x", "anap"),
        named("ana@example.org"),
        named("@anap"),
        named("Ana Pires"),
        named("ANA  PIRES"),
        named("Aña Pirés"),
    ],
)
def test_an_address_a_handle_or_a_full_name_is_matched(memory: Memory, identity: Identity) -> None:
    enrol(memory, ANA, BO)
    assert matched(memory, identity) == "ana-pires"


@pytest.mark.parametrize("name", ["Ana", "Ana P.", "Pires", "Ana Pires Costa", "Bo", "", "anap2"])
def test_part_of_a_name_stays_open(memory: Memory, name: str) -> None:
    enrol(memory, ANA, BO)
    assert matched(memory, named(name)) is None


def test_a_name_that_two_members_bear_stays_open(memory: Memory) -> None:
    enrol(memory, ANA, Member("Ana Pires", emails=("other@example.org",)))
    assert matched(memory, named("Ana Pires")) is None
    assert matched(memory, Identity("mail", "x", "Ana Pires", "", "other@example.org")) == "ana-pires-2"


def test_signs_of_two_members_stay_open(memory: Memory) -> None:
    enrol(memory, ANA, Member("Cy Fox", emails=("cy@example.org",)))
    assert matched(memory, Identity("slack:T1", "U1", "Ana Pires", "@anap", "cy@example.org")) is None


def test_a_user_id_of_a_workspace_is_no_handle(memory: Memory) -> None:
    enrol(memory, Member("Ana Pires", handles=("u1",)))
    assert matched(memory, Identity("slack:T1", "u1", "Somebody")) is None


def test_the_same_identity_is_stored_once_under_its_newest_name(memory: Memory) -> None:
    old, new = Identity("slack:T1", "U1", "Ana"), Identity("slack:T1", "U1", "Ana Pires")
    enrol(memory, ANA)
    assert (matched(memory, old), matched(memory, new)) == (None, "ana-pires")
    assert [(row["key"], row["name"]) for row in all_rows(memory, "identities")] == [("U1", "Ana Pires")]


def test_a_new_directory_matches_everybody_anew(memory: Memory) -> None:
    assert matched(memory, named("Ana Pires")) is None
    enrol(memory, ANA)
    assert [row["member_id"] for row in all_rows(memory, "identities")] == ["ana-pires"]
    enrol(memory, BO)
    assert [row["member_id"] for row in all_rows(memory, "identities")] == [None]


def test_a_forgotten_identity_stays_blank_when_it_comes_again(memory: Memory) -> None:
    enrol(memory, ANA)
    again = Identity("slack:T1", "U1", "Ana Pires", "@anap", "ana@example.org")
    matched(memory, again)
    with memory.writing() as connection:
        identities.forget(connection, "ana-pires")
    assert matched(memory, again) is None
    (row,) = all_rows(memory, "identities")
    assert (row["name"], row["handle"], row["email"], row["member_id"]) == ("", "", "", None)
    assert "U1" not in str(row)


def test_what_a_source_no_longer_says_of_somebody_stays_known(memory: Memory) -> None:
    enrol(memory, ANA)
    assert matched(memory, Identity("slack:T1", "U1", "A", "@anap", "ana@example.org")) == "ana-pires"
    assert matched(memory, Identity("slack:T1", "U1", "Ana", "", "")) == "ana-pires"
    (row,) = all_rows(memory, "identities")
    assert (row["name"], row["handle"], row["email"]) == ("Ana", "@anap", "ana@example.org")


def test_an_account_stays_matched_when_its_owner_changes_the_name(memory: Memory) -> None:
    enrol(memory, ANA)
    assert matched(memory, Identity("slack:T1", "U1", "Ana Pires")) == "ana-pires"
    assert matched(memory, Identity("slack:T1", "U1", "Captain Map")) == "ana-pires"


def test_identities_of_one_record_are_stored_in_one_go(memory: Memory) -> None:
    enrol(memory, ANA, BO)
    old, new = Identity("slack:T1", "U1", "Somebody"), Identity("slack:T1", "U1", "Ana Pires")
    many = [Identity("slack:T1", f"U{number}") for number in range(2, 700)]
    with memory.writing() as connection:
        first = identities.save(connection, [old, new, named("Bo Lind"), *many])
        again = identities.save(connection, [*many, named("Bo Lind"), new])
    assert first[old] == first[new] == again[new] and len({*first.values()}) == 700
    assert {**first, **again} == first
    found = {row["key"]: row["member_id"] for row in all_rows(memory, "identities") if row["member_id"]}
    assert found == {"U1": "ana-pires", "Bo Lind": "bo-lind"}


def test_people_are_found_by_id_name_or_handle(memory: Memory) -> None:
    enrol(memory, ANA)
    matched(memory, Identity("slack:T1", "U1", "Ana P", "@anap", ""))
    matched(memory, named("Guest One"))
    with memory.reading() as connection:
        for who in ("ana-pires", "Ana Pires", "Dr. Ana Pires", "ana p", "@anap"):
            assert len(identities.identities_of(connection, who)) == 1, who
        assert len(identities.identities_of(connection, "guest one")) == 1
        assert identities.identities_of(connection, "Ana") == []


# How somebody is shown


def test_one_who_does_not_want_to_be_named_is_a_member_in_people_and_texts(memory: Memory) -> None:
    enrol(memory, Member("Ana Pires", handles=("@anap",), hide_name=True), BO)
    said = (Segment("Ana Pires, Ana or @anap asked Bo.", named("Ana Pires")), Segment("Anabel too."))
    id_ = put(memory, Record("1", "session", "Ana Pires on charts", said))
    with memory.reading() as connection:
        record = stored.load(connection, [id_])[id_]
        assert stored.read_back(connection, id_).record.segments == said, "what was said is kept as it was"
    assert record.segments[0].speaker is not None
    assert record.segments[0].speaker.name == "a member"
    assert record.segments[0].text == "a member, a member or a member asked Bo."
    assert record.segments[1].text == "Anabel too."
    assert record.summary.title == "a member on charts"


def test_handles_of_one_who_does_not_want_to_be_named_are_hidden_without_their_world(memory: Memory) -> None:
    enrol(memory, Member("Ana Pires", handles=("slack:@anap", "github:pires7"), hide_name=True))
    id_ = put(memory, Record("1", "session", "", (Segment("@anap, @pires7 and pires7 said slack:@anap."),)))
    with memory.reading() as connection:
        (segment,) = stored.load(connection, [id_])[id_].segments
    assert segment.text == "a member, a member and a member said slack:a member."


def test_a_title_in_the_directory_hides_the_name_without_it_and_nobody_elses_title(memory: Memory) -> None:
    enrol(memory, Member("Dr Ana Pires", hide_name=True), BO)
    id_ = put(
        memory, Record("1", "session", "", (Segment("Ana Pires, Dr Ana Pires and Ana met Dr Bo Lind."),))
    )
    with memory.reading() as connection:
        (segment,) = stored.load(connection, [id_])[id_].segments
    assert segment.text == "a member, a member and a member met Dr Bo Lind."


def test_one_who_is_not_in_the_directory_is_shown_as_the_source_names_them(memory: Memory) -> None:
    speakers = [
        Identity("slack:T1", "U1", "Ana", "@a"),
        Identity("slack:T1", "U2", "", "@bo"),
        Identity("x", "3"),
    ]
    id_ = put(memory, Record("1", "session", "", tuple(Segment("x", s) for s in speakers)))
    with memory.reading() as connection:
        record = stored.load(connection, [id_])[id_]
    assert [s.speaker.name for s in record.segments if s.speaker] == ["Ana", "bo", "somebody"]
