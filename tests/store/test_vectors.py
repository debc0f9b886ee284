"""The vectors in SQL and the index that follows them, in a real Chroma."""

from __future__ import annotations

import math
import multiprocessing
import shutil
from pathlib import Path

import numpy as np
import pytest

from copassist.errors import BusyError
from copassist.records import Record, Segment
from copassist.store import Memory, vectors
from copassist.store import records as stored
from copassist.store.memory import open_
from copassist.store.vectors import VectorIndex
from tests.fakes import WordEncoder, all_rows, put, rows


def fill(memory: Memory, *texts: str) -> list[str]:
    """A record for each text; their passages get the ids 1, 2, ..."""
    return [put(memory, Record(f"{n}", "document", "", (Segment(text),))) for n, text in enumerate(texts)]


def in_sql(memory: Memory) -> set[object]:
    return {row["id"] for row in all_rows(memory, "passages")}


APPLE = WordEncoder().encode(["apple"])[0]


def test_the_index_finds_the_nearest_with_their_cosines(memory: Memory) -> None:
    fill(memory, "bear", "apple bear", "apple", "apple avocado", "bear")
    index = VectorIndex.open(memory)
    by_index = index.nearest(APPLE, 3)
    assert {id_ for id_, _ in by_index[:2]} == {3, 4} and by_index[2][0] == 2
    assert [cosine for _, cosine in by_index] == pytest.approx([1, 1, 1 / math.sqrt(2)], abs=1e-6)
    assert len(index.nearest(APPLE, 99)) == 5
    index.close()


@pytest.mark.parametrize("rows", [[0, 2], list(range(40))])
def test_cosines_are_those_of_the_wanted_rows(rows: list[int]) -> None:
    matrix = np.tile(WordEncoder().encode(["bear", "apple bear", "apple", "avocado"]), (10, 1))
    expected = np.tile([0, 1 / math.sqrt(2), 1, 1], 10)[rows]
    assert vectors.cosines(matrix, np.array(rows), APPLE) == pytest.approx(expected)


def test_cosines_in_sql_are_in_the_order_asked_for(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "PASSAGES_AT_ONCE", 2)
    fill(memory, "bear", "apple bear", "apple", "bear", "avocado")
    with memory.reading() as connection:
        found = vectors.cosines_in_sql(connection, np.array([1, 2, 3, 5]), APPLE)
    assert found == pytest.approx([0, 1 / math.sqrt(2), 1, 1])


def test_the_index_follows_additions_replacements_and_removals(memory: Memory) -> None:
    index = VectorIndex.open(memory)
    assert index.nearest(APPLE, 3) == []
    one, two = fill(memory, "apple", "bear")
    assert index.passages() == set()
    assert index.follow() == 2
    assert index.passages() == in_sql(memory) == {1, 2}
    fill(memory, "apple pie")
    with memory.writing() as connection:
        stored.remove(connection, two)
    with memory.writing() as connection:
        stored.set_audience(connection, one, frozenset({"leads"}))
    assert index.follow() == 2
    assert index.passages() == in_sql(memory) == {3}
    assert index.follow() == 0
    index.close()


def test_following_twice_over_the_same_changes_is_harmless(memory: Memory) -> None:
    fill(memory, "apple", "bear")
    index = VectorIndex.open(memory)
    memory.set_fact("index", {**memory.fact("index"), "sequence": 0})
    assert index.follow() == 2
    assert index.passages() == {1, 2}
    index.close()


def test_an_index_whose_folder_was_deleted_is_built_anew(memory: Memory) -> None:
    fill(memory, "apple", "bear")
    VectorIndex.open(memory).close()
    shutil.rmtree(memory.folder / "vectors")
    index = VectorIndex.open(memory)
    assert index.passages() == {1, 2}
    assert index.nearest(APPLE, 1)[0][0] == 1
    index.close()


def test_an_index_of_another_memory_is_built_anew(memory: Memory) -> None:
    fill(memory, "apple", "bear")
    VectorIndex.open(memory).close()
    memory.set_fact("index", {"epoch": "another", "sequence": 99})
    index = VectorIndex.open(memory)
    assert (index.passages(), memory.fact("index")["sequence"]) == ({1, 2}, 2)
    index.close()


def test_a_rebuilt_index_holds_what_sql_holds(memory: Memory) -> None:
    index = VectorIndex.open(memory)
    fill(memory, "apple", "bear")
    index.rebuild()
    assert index.passages() == {1, 2}
    assert index.follow() == 0
    index.close()


def test_an_index_that_another_one_holds_is_busy(memory: Memory) -> None:
    index = VectorIndex.open(memory)
    with pytest.raises(BusyError, match="Another copassist holds the index"):
        VectorIndex.open(memory)
    with pytest.raises(BusyError):
        vectors.wipe(memory)
    index.close()
    VectorIndex.open(memory).close()


def _opened_elsewhere(folder: Path) -> str:
    try:
        VectorIndex.open(open_(folder)).close()
    except BusyError:
        return "busy"
    return "open"


def test_an_index_that_another_process_holds_is_busy_until_it_is_closed(memory: Memory) -> None:
    with multiprocessing.get_context("spawn").Pool(1) as other:
        index = VectorIndex.open(memory)
        assert other.apply(_opened_elsewhere, (memory.folder,)) == "busy"
        index.close()
        assert other.apply(_opened_elsewhere, (memory.folder,)) == "open"


def test_more_than_one_batch_of_changes_is_followed(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "RECORDS_AT_ONCE", 2)
    index = VectorIndex.open(memory)
    fill(memory, "apple", "bear", "cat", "dog", "elk")
    assert index.follow() == 5
    assert index.passages() == {1, 2, 3, 4, 5}
    index.close()


def test_vectors_are_kept_by_text_and_model_and_dropped_when_unused(memory: Memory) -> None:
    one, _ = fill(memory, "apple", "apple")
    assert rows(memory, "embeddings") == 1
    put(memory, Record("9", "document", "", (Segment("bear"),)))
    with memory.reading() as connection:
        name = vectors.embedding_hash("first-letters", "bear")
        assert list(vectors.kept(connection, [name, "unknown"])) == [name]
    assert vectors.embedding_hash("other", "bear") != name
    with memory.writing() as connection:
        stored.remove(connection, stored.record_id("notes", "9"))
        stored.remove(connection, one)
        assert vectors.drop_unused(connection) == 1
    assert rows(memory, "embeddings") == 1, "the other apple still uses its vector"
