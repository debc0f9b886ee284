"""Storing, reading back and removing records."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import select

from copassist.errors import NotFoundError
from copassist.passages import cut
from copassist.records import Group, Identity, Member, Person, Record, Segment, named
from copassist.store import Memory
from copassist.store import records as stored
from copassist.store import schema as t
from copassist.store.keywords import packed
from tests.fakes import WordEncoder, all_rows, changes, enrol, put, rows

ANA = Identity("slack:T1", "U1", "Ana Diaz", "@ana", "ana@example.org")
BO = named("Bo Lind")
FULL = Record(
    locator="2025/a b.md",
    kind="session",
    title="Slow charts",
    segments=(
        Segment(
            "Charts crawl.", ANA, "asker", datetime(2025, 3, 12, 9, 30, tzinfo=UTC), "Problem", "problem"
        ),
        Segment("Cache the query.", BO, "answerer", None, "Advice > Cache", "advice", "page 2", "k2"),
        Segment("Nobody's words."),
    ),
    date=date(2025, 3, 12),
    format="clinic",
    roles=((BO, "facilitator"), (ANA, "attendee"), (BO, "attendee")),
    channel="#chart-help",
    link="https://example.org/a",
    group=Group("private: charts", (BO, ANA)),
)


def read_back(memory: Memory, id_: str) -> stored.Placed:
    with memory.reading() as connection:
        return stored.read_back(connection, id_)


def load(memory: Memory, id_: str) -> stored.StoredRecord:
    with memory.reading() as connection:
        return stored.load(connection, [id_])[id_]


def test_what_is_read_back_equals_what_was_read(memory: Memory) -> None:
    id_ = put(memory, FULL, frozenset({"private: charts"}))
    placed = read_back(memory, id_)
    assert placed.record == FULL
    assert (placed.file, placed.audience) == ("2025/a b.md", frozenset({"private: charts"}))


def test_a_record_with_nothing_in_it_is_read_back_too(memory: Memory) -> None:
    empty = Record("a", "document", "", ())
    assert read_back(memory, put(memory, empty)).record == empty


def test_a_time_in_another_zone_is_the_same_moment(memory: Memory) -> None:
    noon = datetime(2025, 3, 12, 12, tzinfo=timezone(timedelta(hours=2)))
    (segment,) = read_back(
        memory, put(memory, Record("a", "thread", "", (Segment("x", time=noon),)))
    ).record.segments
    assert segment.time == noon == datetime(2025, 3, 12, 10, tzinfo=UTC)


def test_a_record_shows_its_people_in_their_roles(memory: Memory) -> None:
    enrol(memory, Member("Ana Diaz", emails=("ana@example.org",)))
    record = load(memory, put(memory, FULL))
    ana, bo = (p.identity for p in (record.summary.people[1], record.summary.people[0]))
    assert record.summary.people == (
        Person(bo, "Bo Lind", "facilitator"),
        Person(ana, "Ana Diaz", "attendee", "ana-diaz"),
        Person(bo, "Bo Lind", "attendee"),
    )
    assert [s.speaker for s in record.segments] == [
        Person(ana, "Ana Diaz", "asker", "ana-diaz"),
        Person(bo, "Bo Lind", "answerer"),
        None,
    ]


def test_saving_again_replaces_the_record_and_all_that_was_derived(memory: Memory) -> None:
    put(memory, FULL)
    new = replace(FULL, title="Fast charts", segments=(Segment("Cached."),), roles=())
    id_ = put(memory, new)
    assert read_back(memory, id_).record == new
    assert [rows(memory, name) for name in ("records", "segments", "roles", "passages")] == [1, 1, 0, 1]
    (passage,) = cut(new, WordEncoder().count)
    assert passage.body == "Cached."
    words = packed(f"{passage.header} {passage.body}")
    assert [row["words"] for row in all_rows(memory, "passages")] == [words]


def test_removing_leaves_nothing_of_a_record(memory: Memory) -> None:
    id_ = put(memory, FULL)
    with memory.writing() as connection:
        stored.remove(connection, id_)
    names = ("records", "segments", "roles", "passages", "record_groups")
    assert [rows(memory, name) for name in names] == [0, 0, 0, 0, 0]
    with memory.reading() as connection, pytest.raises(NotFoundError, match="There is no record"):
        stored.read_back(connection, id_)


def test_each_change_is_logged_for_the_index(memory: Memory) -> None:
    id_ = put(memory, FULL)
    with memory.writing() as connection:
        stored.set_audience(connection, id_, frozenset({"leads", "core"}))
    with memory.writing() as connection:
        stored.remove(connection, id_)
    assert changes(memory) == [(id_, "saved"), (id_, "audience"), (id_, "removed")]


def test_a_change_that_fails_is_neither_stored_nor_logged(memory: Memory) -> None:
    id_ = put(memory, FULL)
    with pytest.raises(ZeroDivisionError), memory.writing() as connection:
        stored.remove(connection, id_)
        raise ZeroDivisionError
    assert changes(memory) == [(id_, "saved")]
    assert read_back(memory, id_).record == FULL


def test_an_audience_is_replaced(memory: Memory) -> None:
    id_ = put(memory, FULL)
    with memory.writing() as connection:
        stored.set_audience(connection, id_, frozenset({"leads", "core"}))
    assert sorted(str(row["group"]) for row in all_rows(memory, "record_groups")) == ["core", "leads"]


def test_a_passage_id_is_never_given_twice(memory: Memory) -> None:
    put(memory, FULL)
    (first,) = {row["record_id"] for row in all_rows(memory, "passages")}
    before = {row["id"] for row in all_rows(memory, "passages")}
    with memory.writing() as connection:
        stored.remove(connection, str(first))
    put(memory, FULL)
    assert not before & {row["id"] for row in all_rows(memory, "passages")}


# Ids


def ids(*segments: Segment) -> list[str]:
    return stored.segment_ids("r", segments)


def test_segment_ids_stay_when_a_segment_is_inserted(memory: Memory) -> None:
    one, two, new = Segment("One."), Segment("Two."), Segment("New.")
    a, b = ids(one, two)
    assert [ids(one, new, two)[0], ids(one, new, two)[2]] == [a, b]
    assert ids(two, one) == [b, a]


def test_a_segments_own_key_outlives_an_edit() -> None:
    assert ids(Segment("One.", key="ts1")) == ids(Segment("One, edited.", key="ts1"))


def test_the_same_words_twice_are_two_segments_and_by_two_people_too() -> None:
    assert len(set(ids(Segment("Yes."), Segment("Yes."), Segment("Yes.", ANA), Segment("Yes.", BO)))) == 4


def test_a_records_id_depends_on_source_and_place_alone() -> None:
    assert stored.record_id("s", "a") == stored.record_id("s", "a")
    assert len({stored.record_id("s", "a"), stored.record_id("s", "b"), stored.record_id("sa", "")}) == 3


def test_the_content_hash_differs_when_anything_differs() -> None:
    others = [
        replace(FULL, title="x"),
        replace(FULL, date=None),
        replace(FULL, group=None),
        replace(FULL, roles=FULL.roles[:1]),
        replace(FULL, segments=FULL.segments[:1]),
        replace(FULL, segments=(replace(FULL.segments[0], text="x"), *FULL.segments[1:])),
    ]
    assert len({stored.content_hash(r) for r in [FULL, *others]}) == 7
    members_turned = replace(FULL, group=Group("private: charts", (ANA, BO)))
    assert stored.content_hash(members_turned) == stored.content_hash(FULL)


# Links


@pytest.mark.parametrize(
    ("base", "link", "shown"),
    [
        ("", "", ""),
        ("https://wiki.example.org/n/", "", "https://wiki.example.org/n/2025/a%20b.md"),
        ("https://wiki.example.org/n", "sub/x.md", "https://wiki.example.org/n/sub/x.md"),
        ("https://wiki.example.org", "https://example.org/a", "https://example.org/a"),
        ("", "javascript:alert(1)", ""),
    ],
)
def test_a_link_is_the_originals_or_its_place_under_the_base(
    memory: Memory, base: str, link: str, shown: str
) -> None:
    id_ = put(memory, replace(FULL, link=link))
    with memory.writing() as connection:
        connection.execute(t.sources.update().values(link_base=base))
    assert load(memory, id_).summary.link == shown


def test_segments_are_found_by_their_places(memory: Memory) -> None:
    id_ = put(memory, FULL)
    with memory.reading() as connection:
        found = stored.segments_at(connection, [(id_, 2), (id_, 0), ("nope", 0)])
        known = connection.execute(select(t.segments.c.id).where(t.segments.c.position == 2)).scalar()
    assert {place: s.text for place, (s, _) in found.items()} == {
        (id_, 0): "Charts crawl.",
        (id_, 2): "Nobody's words.",
    }
    assert found[id_, 2][0].id == known


def test_a_place_in_a_text_is_known_where_a_name_was_taken_out(memory: Memory) -> None:
    enrol(memory, Member("Bo", hide_name=True))
    id_ = put(memory, Record("a", "session", "", (Segment("Bo said so. Ask Bo. Good."),)))
    with memory.reading() as connection:
        segment, shift = stored.segments_at(connection, [(id_, 0)])[id_, 0]
    assert segment.text == "a member said so. Ask a member. Good."
    assert [shift(at) for at in (0, 11, 12, 19, 20, 25)] == [0, 17, 18, 31, 32, 37]
