"""What the peers are given and what is made of what they find; the frameworks themselves where they are installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from copassist.records import Record
from eval.corpora import Query
from eval.peers import client
from eval.peers.chunks import Chunk, chunk, deepening, first_units
from eval.tasks import Task, Text

TRANSCRIPT = {
    "record": "m",
    "title": "Tea talk",
    "heading": "",
    "text": "A: one\nB: two\nA: six\n",
    "units": [[7, "m#0"], [14, "m#1"], [21, "m#2"]],
}


@pytest.mark.parametrize(
    ("piece", "start", "units"),
    [
        ("A: one", 0, ("m#0",)),
        ("A: one\nB", 0, ("m#0", "m#1")),
        ("two\nA: six", 10, ("m#1", "m#2")),
        ("B: two\n", 7, ("m#1",)),
    ],
)
def test_a_chunk_is_ranked_for_every_turn_that_it_has_words_of(
    piece: str, start: int, units: tuple[str, ...]
) -> None:
    found = chunk(TRANSCRIPT, piece, start)
    assert found == Chunk("m", "Tea talk", piece, units)
    assert found.whole == f"Tea talk\n{piece}"


def test_the_units_of_ranked_chunks_are_taken_in_order_each_once() -> None:
    chunks = [Chunk("m", "", "", units) for units in (("b", "c"), ("a", "b"), ("d",))]
    assert first_units(chunks, 3) == ["b", "c", "a"]


def test_more_chunks_are_asked_for_until_all_are() -> None:
    assert list(deepening(1000, start=100)) == [100, 400, 1000]
    assert list(deepening(50, start=100)) == [50]


def tiny() -> Task:
    said = {
        "tea": "Boil water for the tea.",
        "bread": "Knead the dough.",
        "empty": " ",
        "bikes": "Oil the chain.",
    }
    texts = tuple(Text(id_, "", "", text, ((len(text), id_),)) for id_, text in said.items())
    queries = (
        Query("q1", "How is tea made of water?"),
        Query("q2", "tea", within="bread"),
        Query("q3", "tea", seen=("bread", "bikes")),
    )
    records: tuple[Record, ...] = ()
    return Task("answers", "tiny", records, texts, {}, queries, ())


def test_without_their_environment_the_peers_are_left_out_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PYTHON", tmp_path / "python")
    found = client.rank(tiny(), ["haystack"], 10, None)
    assert found.rankings == {}
    assert found.left_out == {"haystack": "there is no environment of the peers; `make peers` makes it"}


@pytest.mark.skipif(not client.PYTHON.exists(), reason="`make peers` was not run")
def test_every_peer_ranks_what_a_query_may_find_and_no_empty_text(tmp_path: Path) -> None:
    found = client.rank(tiny(), client.SYSTEMS, 10, tmp_path / "vectors.db")
    if found.left_out:
        pytest.skip(str(found.left_out))
    assert list(found.rankings) == list(client.SYSTEMS)
    for system, (everything, within, seen) in found.rankings.items():
        assert everything[0] == "tea", system
        if "bm25" in system:
            assert (within, seen) == ([], []), system
        else:
            assert set(everything) == {"tea", "bread", "bikes"}, system
            assert within == ["bread"], system
            assert set(seen) == {"bread", "bikes"}, system
