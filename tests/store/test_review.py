"""Who is seen in the sources but not matched, and the evidence that a leader gets."""

from __future__ import annotations

from datetime import UTC, date, datetime

from copassist.records import Group, Identity, Member, Record, Role, Segment, named
from copassist.store import Memory, matches, review
from copassist.store.matches import Settlement
from copassist.store.matching import Candidate
from copassist.store.review import OpenIdentity, Sighting
from tests.fakes import enrol, put

ANA = Member("Ana Pires", emails=("ana@example.org",), handles=("@anap",))
BO = Member("Bo Lind", handles=("@bo",))


def session(
    memory: Memory,
    number: int,
    *people: tuple[Identity, Role | None],
    day: date | None = None,
    **more: object,
) -> None:
    """A session in which these people speak, in a role if there is one."""
    segments = tuple(Segment("x", person, role) for person, role in people)
    put(memory, Record(str(number), "session", f"Session {number}", segments, day), **more)  # type: ignore[arg-type]


def open_ones(memory: Memory) -> list[OpenIdentity]:
    with memory.reading() as connection:
        people = review.everybody(connection)
        return review.explain(connection, [p for p in people if p.is_open], people)


def settle(memory: Memory, key: str, settlement: Settlement | None) -> None:
    with memory.writing() as connection:
        (id_,) = [p.id for p in review.everybody(connection) if p.identity.key == key]
        matches.settle(connection, id_, settlement, datetime(2025, 6, 1, tzinfo=UTC))


def test_those_seen_most_come_first_with_who_they_could_be(memory: Memory) -> None:
    enrol(memory, ANA, Member("Ana Costa"), BO)
    session(memory, 1, (named("Guest One"), None), (named("Ana"), None), (named("Bo Lind"), None))
    session(memory, 2, (named("Ana"), None))
    found = [(o.seen.identity.key, o.seen.records, [c.name for c in o.candidates]) for o in open_ones(memory)]
    assert found == [("Ana", 2, ["Ana Costa", "Ana Pires"]), ("Guest One", 1, [])]


def test_the_newest_records_are_shown_with_the_roles_in_them(memory: Memory) -> None:
    session(memory, 1, (named("Ana"), "asker"), (named("Ana"), "answerer"), day=date(2025, 1, 1))
    session(memory, 2, (named("Ana"), None), day=date(2025, 3, 1))
    session(memory, 3, (named("Ana"), None))
    session(memory, 4, (named("Ana"), None), day=date(2025, 2, 1))
    put(
        memory,
        Record(
            "5",
            "session",
            "Session 5",
            (Segment("x"),),
            date(2025, 4, 1),
            roles=((named("Ana"), "facilitator"),),
        ),
    )
    (one,) = open_ones(memory)
    assert one.seen.records == 5
    assert [(s.title, s.date, s.roles) for s in one.sightings] == [
        ("Session 5", date(2025, 4, 1), ("facilitator",)),
        ("Session 2", date(2025, 3, 1), ()),
        ("Session 4", date(2025, 2, 1), ()),
    ]


def test_roles_of_both_kinds_are_shown_once(memory: Memory) -> None:
    session(memory, 1, (named("Ana"), "asker"), (named("Ana"), "answerer"), (named("Ana"), "asker"))
    (one,) = open_ones(memory)
    assert [s.roles for s in one.sightings] == [("answerer", "asker")]


def test_titles_that_not_everyone_may_see_are_not_shown(memory: Memory) -> None:
    session(memory, 1, (named("Ana"), None), day=date(2025, 1, 1), audience=frozenset({"leads"}))
    (one,) = open_ones(memory)
    (sighting,) = one.sightings
    assert sighting == Sighting(sighting.record, "", date(2025, 1, 1), (), ("leads",))


def test_private_places_are_shown_also_of_those_who_never_spoke(memory: Memory) -> None:
    ann = Identity("slack:T1", "U1", "Ann")
    place = Group("slack:T1/#pay", (ann, Identity("slack:T1", "U2", "Bo Lind")))
    enrol(memory, ANA, BO)
    put(memory, Record("1", "thread", "Pay", (Segment("Pay."),), group=place), frozenset({"slack:T1/#pay"}))
    (one,) = open_ones(memory)
    assert (one.seen.identity, one.seen.records, one.seen.places) == (ann, 0, ("slack:T1/#pay",))
    assert one.sightings == ()


def test_those_of_the_same_name_elsewhere_are_evidence(memory: Memory) -> None:
    account = Identity("slack:T1", "U1", "ÁNA", "", "ana@example.org")
    other = Identity("discourse:talk.example.org", "7", "Ana")
    enrol(memory, ANA, Member("Ana Costa"))
    session(memory, 1, (named("Ana"), None), (named("Ana"), None), (account, None), (other, None))
    session(memory, 2, (named("Ana"), None))
    one, _ = open_ones(memory)
    assert one.seen.identity == named("Ana")
    assert [(n.identity, n.records, n.member and n.member.name) for n in one.namesakes] == [
        (account, 1, "Ana Pires"),
        (other, 1, None),
    ]
    assert one.candidates == (
        Candidate("ana-pires", "Ana Pires", "has this as part of the name, is called this in slack:T1"),
        Candidate("ana-costa", "Ana Costa", "has this as part of the name"),
    )


def test_one_known_by_the_same_nickname_elsewhere_is_a_candidate(memory: Memory) -> None:
    enrol(memory, ANA)
    session(memory, 1, (named("Mapcat"), None), (Identity("slack:T1", "U1", "mapcat", "@anap"), None))
    (one,) = open_ones(memory)
    assert one.candidates == (Candidate("ana-pires", "Ana Pires", "is called this in slack:T1"),)


def test_an_account_in_conflict_is_no_evidence_for_others(memory: Memory) -> None:
    enrol(memory, ANA, BO)
    session(memory, 1, (Identity("slack:T1", "U1", "Mapcat", "@anap"), None))
    session(memory, 2, (Identity("slack:T1", "U1", "Mapcat", "@bo"), None), (named("Mapcat"), None))
    session(memory, 3, (Identity("slack:T1", "U1", "Mapcat", "@bo"), None))
    account, name = open_ones(memory)
    assert (account.seen.why, name.seen.identity, name.candidates) == ("conflict", named("Mapcat"), ())


def test_a_conflict_is_shown_as_such(memory: Memory) -> None:
    enrol(memory, ANA, BO)
    session(memory, 1, (Identity("slack:T1", "U1", "x", "@bo", "ana@example.org"), None))
    (one,) = open_ones(memory)
    assert (one.seen.why, one.seen.member) == ("conflict", None)
    assert [(c.name, c.why) for c in one.candidates] == [
        ("Ana Pires", "has the address ana@example.org"),
        ("Bo Lind", "has the handle @bo"),
    ]


def test_an_account_that_came_to_look_like_another_member_is_open_but_keeps_its_match(memory: Memory) -> None:
    enrol(memory, ANA, BO)
    session(memory, 1, (Identity("slack:T1", "U1", "Ana Pires"), None))
    assert open_ones(memory) == []
    session(memory, 2, (Identity("slack:T1", "U1", "Bo Lind"), None))
    (one,) = open_ones(memory)
    assert (one.seen.why, one.seen.member) == ("conflict", Candidate("ana-pires", "Ana Pires", ""))
    settle(memory, "U1", Settlement("ana-pires"))
    assert open_ones(memory) == []


def test_who_was_settled_is_no_longer_open_but_still_listed(memory: Memory) -> None:
    enrol(memory, ANA)
    session(memory, 1, (named("Ana"), None), (named("Guest"), None), (named("Ana Pires"), None))
    settle(memory, "Ana", Settlement("ana-pires"))
    settle(memory, "Guest", Settlement(None))
    assert open_ones(memory) == []
    with memory.reading() as connection:
        everybody = [
            (p.identity.key, p.member and p.member.member, p.why) for p in review.everybody(connection)
        ]
    assert everybody == [
        ("Ana", "ana-pires", "settled"),
        ("Ana Pires", "ana-pires", "name"),
        ("Guest", None, "settled"),
    ]


def test_the_id_of_somebody_stays_the_same(memory: Memory) -> None:
    session(memory, 1, (named("Ana"), None), (named("Zed"), None))
    before = {o.seen.identity.key: o.seen.id for o in open_ones(memory)}
    session(memory, 2, (named("Aa"), None), (named("Ana"), None))
    enrol(memory, BO)
    session(memory, 1, (named("Zed"), None))
    after = {o.seen.identity.key: o.seen.id for o in open_ones(memory)}
    assert {key: after[key] for key in before} == before
