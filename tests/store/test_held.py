"""What is held of the passages is what SQL has, whatever was stored, replaced, removed or restricted."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copassist.records import Record, Segment
from copassist.store import Memory, held, memory
from copassist.store import records as stored
from copassist.store.held import Held, Holder, Traits, best
from tests.fakes import WordEncoder, put

MANY = 1_000


def at(holder: Holder, of: Memory, most: int = MANY) -> Held:
    with of.reading() as connection:
        return holder.at(connection, most)


def everything(traits: Traits) -> bool:
    return True


def seen(state: Held) -> dict[int, tuple[object, ...]]:
    """Of each passage: its record's name, date and traits, its vector, and what two words score in it."""
    assert state.vectors is not None
    scores = np.stack([state.words.scores([word]) for word in ("apple", "bear")], axis=1)
    return {
        int(state.ids[row]): (
            state._names[state.record_of[row]],
            int(state.days[state.record_of[row]]),
            state._traits[state.traits_of[state.record_of[row]]],
            state.vectors[row].tolist(),
            [round(score, 4) for score in scores[row].tolist()],
        )
        for row in state.rows(everything).tolist()
    }


def document(name: str, text: str, day: date | None = None) -> Record:
    return Record(name, "document", "", (Segment(text),), day)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "remove", "restrict", "look"]),
        st.integers(0, 4),
        st.sampled_from(["apple", "bear", "apple bear", "bear bear dog", "cat", ""]),
        st.sampled_from([None, date(2025, 1, 1), date(2024, 6, 30)]),
        st.sampled_from([frozenset(), frozenset({"everyone"}), frozenset({"a", "b"})]),
    ),
    max_size=15,
)


@settings(max_examples=15, deadline=None)
@given(STEPS)
def test_what_is_held_is_what_sql_has_after_any_changes(steps) -> None:
    with TemporaryDirectory() as folder:
        of = memory.create(Path(folder) / "memory")
        for n in range(5):
            put(of, document(f"{n}", "apple dog"))
        holder = Holder()
        for step, number, text, day, audience in steps:
            id_ = stored.record_id("notes", f"{number}")
            if step == "put":
                put(of, document(f"{number}", text, day), audience)
            elif step == "look":
                at(holder, of)
            else:
                with of.writing() as connection:
                    if step == "remove":
                        stored.remove(connection, id_)
                    elif stored.summarise(connection, [id_]):
                        stored.set_audience(connection, id_, audience)
        assert seen(at(holder, of)) == seen(at(Holder(), of))
        of.close()


def test_a_state_stays_as_it_was_when_a_newer_one_is_read(memory: Memory) -> None:
    for name in "abc":
        put(memory, document(name, "apple"))
    holder = Holder()
    before = at(holder, memory)
    known = seen(before)
    put(memory, document("a", "bear"))
    after = at(holder, memory)
    assert seen(before) == known
    assert sorted(seen(after)) == [2, 3, 4] and sorted(known) == [1, 2, 3]
    assert at(holder, memory) is after, "nothing changed, nothing is read"


def test_a_change_to_a_few_of_many_records_reads_these_alone(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(9):
        put(memory, document(f"{n}", "apple"))
    holder = Holder()
    at(holder, memory)
    put(memory, document("10", "bear"))
    monkeypatch.setattr(Holder, "_read", None)
    assert len(seen(at(holder, memory))) == 10


def test_a_transaction_that_began_before_the_state_was_read_begins_anew(memory: Memory) -> None:
    for name in "abc":
        put(memory, document(name, "apple"))
    holder = Holder()
    with memory.reading() as older:
        assert len(seen(holder.at(older, MANY))) == 3
        put(memory, document("d", "bear"))
        at(holder, memory)
        assert len(seen(holder.at(older, MANY))) == 4
        assert len(stored.summarise(older, [stored.record_id("notes", "d")])) == 1


def test_vectors_are_held_up_to_a_number_of_passages(memory: Memory) -> None:
    for name in "abcd":
        put(memory, document(name, "apple"))
    holder = Holder()
    assert at(holder, memory, 4).vectors is not None
    assert at(Holder(), memory, 3).vectors is None
    put(memory, document("e", "apple"))
    grown = at(holder, memory, 4)
    assert (grown.vectors, grown.count) == (None, 5)


def test_rows_fit_by_traits_date_and_record(memory: Memory) -> None:
    ids = [
        put(memory, document(f"{n}", "apple", day), audience)
        for n, (day, audience) in enumerate(
            [
                (None, {"a"}),
                (date(2025, 1, 1), {"a"}),
                (date(2025, 2, 1), {"b"}),
                (date(2025, 3, 1), {"a", "b"}),
            ]
        )
    ]
    state = at(Holder(), memory)
    assert state.rows(everything).tolist() == [0, 1, 2, 3]
    assert state.rows(lambda has: "b" in has.groups).tolist() == [2, 3]
    assert state.rows(everything, since=date(2025, 2, 1)).tolist() == [2, 3]
    assert state.rows(everything, until=date(2025, 2, 1)).tolist() == [1, 2]
    assert state.rows(everything, records={ids[0], ids[3], "unknown"}).tolist() == [0, 3]
    assert list(state.newest(np.array([0, 1, 3]))) == [ids[3], ids[1], ids[0]]
    assert list(state.newest(np.array([0, 1, 2, 3])))[:2] == [ids[3], ids[2]]


def test_records_of_one_day_come_by_their_ids(memory: Memory) -> None:
    ids = [put(memory, document(f"{n}", "apple", date(2025, 1, 1))) for n in range(4)]
    assert list(at(Holder(), memory).newest(np.arange(4))) == sorted(ids)


def test_beside_a_row_stand_those_before_and_after_it_in_its_record(memory: Memory) -> None:
    three = tuple(Segment(f"apple {n}", section=str(n)) for n in range(3))
    put(memory, Record("three", "document", "", three))
    put(memory, document("one", "bear"))
    before, after = at(Holder(), memory).beside(np.arange(4))
    assert before.tolist() == [0, 0, 1, 3]
    assert after.tolist() == [1, 2, 2, 3]


def test_what_a_record_said_before_it_was_replaced_stands_beside_nothing(memory: Memory) -> None:
    holder = Holder()
    for name in "abcdef":
        put(memory, document(name, "bear"))
    at(holder, memory)
    put(memory, document("f", "cat"))  # in row 6, right behind what it said before
    before, after = at(holder, memory).beside(np.array([6]))
    assert (before.tolist(), after.tolist()) == ([6], [6])


def test_of_equal_values_the_older_rows_are_the_best() -> None:
    values = np.array([1, 3, 2, 2, 2, 0], dtype=np.float32)
    rows = np.array([2, 3, 5, 7, 8, 9])
    assert list(best(rows, values, 3)) == [(3, 3.0), (5, 2.0), (7, 2.0)]
    assert [row for row, _ in best(rows, values, 99)] == [3, 5, 7, 8, 2, 9]
    assert list(best(rows[:0], values[:0], 3)) == []


def test_a_few_sorted_parts_are_kept_however_many_changes_came() -> None:
    parts: tuple[np.ndarray, ...] = ()
    for n in range(100):
        parts = held._merged(parts, [np.array([100 - n, n], dtype=np.uint64)])
    assert len(parts) <= 2
    assert sorted(np.concatenate(parts).tolist()) == sorted([*range(1, 101), *range(100)])
    assert all((np.diff(part.astype(np.int64)) >= 0).all() for part in parts)


def test_many_threads_see_whole_states_while_records_are_stored(memory: Memory) -> None:
    put(memory, document("0", "apple"))
    holder, failed, stop = Holder(), [], threading.Event()

    def look() -> None:
        count = 0
        while not stop.is_set():
            with memory.reading() as connection:
                state = holder.at(connection, MANY)
                now = len(state.rows(everything))
                if now < count or WordEncoder().encode(["apple"])[0] @ state.vectors[now - 1] == 0:
                    failed.append((count, now))
                count = now

    readers = [threading.Thread(target=look) for _ in range(4)]
    for reader in readers:
        reader.start()
    for n in range(1, 40):
        put(memory, document(f"{n}", "apple"))
    stop.set()
    for reader in readers:
        reader.join()
    assert failed == []
    assert len(seen(at(holder, memory))) == 40
