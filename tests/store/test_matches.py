"""What a new directory does to the matches, and what a leader settled by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from copassist.errors import NotFoundError
from copassist.records import Group, Identity, Member, Record, Segment, named
from copassist.store import Memory, identities, matches, members
from copassist.store import records as stored
from copassist.store.matches import Settlement
from tests.fakes import all_rows, enrol, put

NOW = datetime(2025, 6, 1, tzinfo=UTC)
ANA = Member("Ana Pires", emails=("ana@example.org",), handles=("@anap",))
BO = Member("Bo Lind", handles=("@bo",))
ANN = Identity("slack:T1", "U1", "Ann", "@ann")


def save(memory: Memory, *people: Identity) -> list[int]:
    with memory.writing() as connection:
        ids = identities.save(connection, people)
    return [ids[person] for person in people]


def settle(memory: Memory, id_: int, settlement: Settlement | None) -> None:
    with memory.writing() as connection:
        matches.settle(connection, id_, settlement, NOW)


def matched(memory: Memory) -> dict[str, object]:
    """The member of each identity, by its key."""
    return {str(row["key"]): row["member_id"] for row in all_rows(memory, "identities")}


def changes(memory: Memory, *directory: Member) -> list[tuple[str, str, str | None, str | None, str, bool]]:
    """What this directory would do, then does: key, what, before, after, why, whether it was settled."""
    with memory.reading() as connection:
        found = members.compare(connection, directory)[0].matches
    enrol(memory, *directory)
    return [
        (c.identity.key, c.what, c.before and c.before.name, c.after and c.after.name, c.why, c.settled)
        for c in found
    ]


def test_a_new_directory_matches_those_seen_before(memory: Memory) -> None:
    save(memory, named("Ana Pires"), Identity("slack:T1", "U1", "x", "@anap"), named("Guest One"))
    assert changes(memory, ANA) == [
        ("Ana Pires", "matched", None, "Ana Pires", "name", False),
        ("U1", "matched", None, "Ana Pires", "handle", False),
    ]
    assert matched(memory) == {"Ana Pires": "ana-pires", "U1": "ana-pires", "Guest One": None}


def test_how_many_records_a_change_concerns_is_counted_once_each(memory: Memory) -> None:
    ana = named("Ana Pires")
    for number in range(3):
        spoken = (Segment("x", ana), Segment("y", ana)) if number else ()
        put(memory, Record(str(number), "session", "", spoken, roles=((ana, "author"), (ana, "facilitator"))))
    with memory.reading() as connection:
        (change,) = members.compare(connection, [ANA])[0].matches
    assert change.records == 3


def test_each_match_that_is_lost_is_told_with_why(memory: Memory) -> None:
    enrol(memory, ANA, BO, Member("Cy Fox"), Member("Dee Ray", handles=("@dee",)))
    save(
        memory,
        named("Ana Pires"),
        named("Bo Lind"),
        named("Cy Fox"),
        Identity("slack:T1", "U1", "D", "@dee"),
        Identity("slack:T1", "U2", "B", "@bo", "ana@example.org"),
        Identity("slack:T1", "U3", "B", "@bo"),
    )
    assert matched(memory) == {
        "Ana Pires": "ana-pires",
        "Bo Lind": "bo-lind",
        "Cy Fox": "cy-fox",
        "U1": "dee-ray",
        "U2": None,
        "U3": "bo-lind",
    }
    other_ana = Member("Ana Pires", emails=("other@example.org",))
    fox = Member("Zoe Zed", handles=("@bo",))
    assert changes(memory, ANA, other_ana, Member("Bo Lind"), fox, Member("Dee Ray")) == [
        ("Ana Pires", "lost", "Ana Pires", None, "shared name", False),
        ("Cy Fox", "lost", "Cy Fox", None, "removed", False),
        ("U1", "lost", "Dee Ray", None, "gone", False),
        ("U3", "moved", "Bo Lind", "Zoe Zed", "handle", False),
    ]
    assert changes(memory, ANA, Member("Zoe Zed", emails=("ana@x.org",), handles=("@bo",))) == [
        ("Ana Pires", "matched", None, "Ana Pires", "name", False),
        ("Bo Lind", "lost", "Bo Lind", None, "removed", False),
    ]


def test_a_match_becomes_a_conflict(memory: Memory) -> None:
    enrol(memory, ANA, BO)
    save(memory, Identity("slack:T1", "U1", "x", "@bo", "shared@example.org"))
    shared = Member("Ana Pires", emails=("ana@example.org", "shared@example.org"))
    assert changes(memory, shared, BO) == [("U1", "lost", "Bo Lind", None, "conflict", False)]


def test_a_match_that_the_directory_has_no_part_in_stays(memory: Memory) -> None:
    enrol(memory, ANA)
    save(memory, Identity("slack:T1", "U1", "Ana Pires"))
    save(memory, Identity("slack:T1", "U1", "Captain Map"))
    assert changes(memory, ANA, BO) == []
    assert matched(memory) == {"U1": "ana-pires"}
    assert changes(memory, BO) == [("U1", "lost", "Ana Pires", None, "removed", False)]
    assert changes(memory, ANA, BO) == []
    assert matched(memory) == {"U1": None}


def test_a_renamed_member_keeps_what_an_address_matched(memory: Memory) -> None:
    enrol(memory, ANA)
    save(memory, Identity("slack:T1", "U1", "Ana Pires", "", "ana@example.org"), named("Ana Pires"))
    renamed = Member("Ana Costa", emails=("ana@example.org",))
    assert changes(memory, renamed) == [("Ana Pires", "lost", "Ana Pires", None, "gone", False)]
    assert matched(memory) == {"U1": "ana-pires", "Ana Pires": None}


# Settled by hand


def test_a_choice_counts_for_all_that_is_stored_and_all_that_comes(memory: Memory) -> None:
    enrol(memory, ANA, BO)
    first = put(memory, Record("1", "session", "", (Segment("x", ANN),), roles=((ANN, "presenter"),)))
    (id_,) = save(memory, ANN)
    settle(memory, id_, Settlement("ana-pires"))
    second = put(memory, Record("2", "session", "", (Segment("y", ANN, "answerer"),)))
    with memory.reading() as connection:
        shown = stored.load(connection, [first, second])
    people = [*shown[first].summary.people, *(r.segments[0].speaker for r in shown.values())]
    assert [(p.name, p.member) for p in people if p] == [("Ana Pires", "ana-pires")] * 3


def test_a_choice_outlives_imports_and_new_names_and_beats_the_rules(memory: Memory) -> None:
    enrol(memory, ANA, BO)
    (id_,) = save(memory, ANN)
    settle(memory, id_, Settlement("ana-pires"))
    assert changes(memory, ANA, BO, Member("Cy Fox")) == []
    save(memory, Identity("slack:T1", "U1", "Bo Lind", "@bo"))
    assert changes(memory, ANA, BO) == []
    assert matched(memory) == {"U1": "ana-pires"}


def test_a_choice_opens_a_private_place_to_its_member(memory: Memory) -> None:
    enrol(memory, ANA, BO)
    place = Group("private: #pay", (ANN,))
    put(memory, Record("1", "thread", "Pay", (Segment("Pay."),), group=place), frozenset({"private: #pay"}))
    (id_,) = save(memory, ANN)

    def sees() -> bool:
        with memory.reading() as connection:
            return "private: #pay" in members.viewer(connection, "ana-pires", NOW.date()).groups

    assert not sees()
    settle(memory, id_, Settlement("ana-pires"))
    assert sees()
    settle(memory, id_, Settlement(None))
    assert not sees()


def test_a_choice_ends_with_its_member_and_that_is_told(memory: Memory) -> None:
    enrol(memory, ANA, BO)
    ann, bo = save(memory, ANN, named("Bo Lind"))
    settle(memory, ann, Settlement("ana-pires"))
    settle(memory, bo, Settlement("ana-pires"))
    assert changes(memory, BO) == [
        ("U1", "lost", "Ana Pires", None, "removed", True),
        ("Bo Lind", "moved", "Ana Pires", "Bo Lind", "name", True),
    ]
    assert matched(memory) == {"U1": None, "Bo Lind": "bo-lind"}
    assert list(all_rows(memory, "settled")) == []


def test_nobody_of_the_directory_stays_so_even_if_somebody_fits_later_and_that_is_told(
    memory: Memory,
) -> None:
    (ana,) = save(memory, named("Ana Pires"))
    settle(memory, ana, Settlement(None))
    assert changes(memory, ANA) == [("Ana Pires", "fits", None, "Ana Pires", "name", False)]
    assert changes(memory, ANA, BO) == []
    assert matched(memory) == {"Ana Pires": None}
    settle(memory, ana, None)
    assert matched(memory) == {"Ana Pires": "ana-pires"}


def test_a_choice_that_another_member_fits_later_is_told(memory: Memory) -> None:
    enrol(memory, ANA)
    (ann,) = save(memory, ANN)
    settle(memory, ann, Settlement("ana-pires"))
    fox = Member("Cy Fox", handles=("@ann",))
    assert changes(memory, ANA, fox) == [("U1", "fits", "Ana Pires", "Cy Fox", "handle", False)]
    assert matched(memory) == {"U1": "ana-pires"}


def test_taking_a_choice_back_lets_the_rules_decide(memory: Memory) -> None:
    enrol(memory, ANA, BO)
    ann, bo = save(memory, ANN, named("Bo Lind"))
    for id_ in (ann, bo):
        settle(memory, id_, Settlement("ana-pires"))
        settle(memory, id_, None)
    assert matched(memory) == {"U1": None, "Bo Lind": "bo-lind"}
    assert list(all_rows(memory, "settled")) == []


def test_a_wrong_match_is_put_right_by_a_choice(memory: Memory) -> None:
    enrol(memory, ANA, BO)
    (bo,) = save(memory, named("Bo Lind"))
    settle(memory, bo, Settlement(None))
    assert matched(memory) == {"Bo Lind": None}
    assert changes(memory, ANA, BO, Member("Cy Fox")) == []
    assert matched(memory) == {"Bo Lind": None}


def test_nobody_has_an_id_that_was_not_listed_or_was_forgotten(memory: Memory) -> None:
    enrol(memory, ANA)
    (ana,) = save(memory, named("Ana Pires"))
    with memory.writing() as connection:
        identities.forget(connection, "ana-pires")
    for id_ in (ana, 99):
        with pytest.raises(NotFoundError, match=f"There is nobody with the id {id_}"):
            settle(memory, id_, Settlement(None))


def test_forgetting_a_member_forgets_what_was_settled(memory: Memory) -> None:
    enrol(memory, ANA, BO)
    ann, guest = save(memory, ANN, named("Guest"))
    settle(memory, ann, Settlement("ana-pires"))
    settle(memory, guest, Settlement(None))
    with memory.writing() as connection:
        identities.forget(connection, "ana-pires")
    assert [row["key"] for row in all_rows(memory, "settled")] == ["Guest"]
    save(memory, ANN)
    (blank, _) = all_rows(memory, "identities")
    assert (blank["name"], blank["member_id"]) == ("", None)


def test_how_an_identity_stood_is_restored_exactly(memory: Memory) -> None:
    enrol(memory, ANA, BO)
    (id_,) = save(memory, ANN)
    states = []
    for choice in (None, Settlement("ana-pires"), Settlement(None), Settlement("bo-lind")):
        settle(memory, id_, choice)
        with memory.reading() as connection:
            states.append(matches.snapshot(connection, id_))
    for state in states:
        with memory.writing() as connection:
            matches.restore(connection, id_, state)
        with memory.reading() as connection:
            assert matches.snapshot(connection, id_) == state
    enrol(memory, ANA)
    with memory.writing() as connection:
        matches.restore(connection, id_, states[-1])
    with memory.reading() as connection:
        assert matches.snapshot(connection, id_) == {"member": None, "settled": None}
