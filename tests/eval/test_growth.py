"""Drawn memories, their searches compared with exact ones, many people at once, and what is said of a million."""

from __future__ import annotations

import argparse
import json
from datetime import date
from html import escape
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from copassist.query import Period
from copassist.retrieve import Query
from eval import concurrency, drawn, growth, growth_worker
from eval.corpora import Doc
from tests.fakes import WordEncoder

DOCS = tuple(
    Doc(f"{n}", f"Title {n}", f"The {word} plotter is in room {n}. Ask about {word} paper first.")
    for n, word in enumerate(("blue", "green", "red", "yellow", "white", "black"))
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A benchmark folder of DOCS with a question on each."""
    corpus = [{"_id": d.id, "title": d.title, "text": d.text} for d in DOCS]
    queries = [{"_id": d.id, "text": f"Where is the plotter of room {d.id}?"} for d in DOCS]
    for name, rows in (("corpus.jsonl", corpus), ("queries.dev.jsonl", queries)):
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


def test_drawn_records_are_the_same_each_time_and_consist_of_the_sentences_of_the_corpus() -> None:
    first, again = (list(drawn.records(DOCS, 40)) for _ in range(2))
    assert first == again
    assert len({record.locator for record in first}) == 40
    sentences = {f"{part}." for doc in DOCS for part in doc.text.rstrip(".").split(". ")}
    said = {f"{part}." for r in first for s in r.segments for part in s.text.rstrip(".").split(". ")}
    assert said <= sentences
    assert {r.group.name if r.group else "everyone" for r in first} == set(drawn.GROUPS)


def test_drawn_vectors_lie_around_real_ones_and_are_the_same_for_the_same_text() -> None:
    encoder = drawn.drawn_encoder(DOCS, WordEncoder())
    vectors = encoder.encode([f"{n}" for n in range(50)])
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(50), abs=1e-5)
    assert (encoder.encode(["7"])[0] == vectors[7]).all()
    real = WordEncoder().encode([doc.whole for doc in DOCS])
    nearest = (vectors @ real.T).max(axis=1)
    assert 0.75 < nearest.mean() < 0.98, "a mean cosine of about .86"


def test_no_search_of_a_drawn_memory_differs_from_the_exact_one(folder: Path, tmp_path: Path) -> None:
    made = growth_worker.make(folder, tmp_path, 300)
    assert made["passages"] > 100
    assert len((tmp_path / "passages.jsonl").read_text().splitlines()) == made["passages"]
    assert len(np.load(tmp_path / "vectors.npy")) == made["passages"]
    figures = growth_worker.search(folder, "dev", tmp_path)
    assert [figures[f"{case.name}_differ"] for case in growth_worker.CASES] == [0] * len(growth_worker.CASES)


def test_a_search_that_misses_a_passage_is_counted_as_different(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth_worker, "DEPTH", 2)
    ids = np.array([1, 2, 3, 5, 6])
    cosines, words = np.array([0.9, 0.1, 0.5, 0.5, 0.2]), np.array([0.0, 2.0, 0.0, 0.0, 0.0])
    columns = [(cosines, -1.0), (words, 0.0)]
    everything = {1: (0.9, 0.0), 2: (0.1, 2.0), 3: (0.5, 0.0)}
    assert growth_worker._same(everything, ids, columns)
    assert not growth_worker._same({k: everything[k] for k in (2, 3)}, ids, columns)
    tied = {1: (0.9, 0.0), 2: (0.1, 2.0), 5: (0.5, 0.0)}
    assert growth_worker._same(tied, ids, columns), "3 and 5 are equally near"
    assert not growth_worker._same({k: everything[k] for k in (1, 3)}, ids, columns)
    assert not growth_worker._same({**everything, 4: (0.9, 0.0)}, ids, columns)
    assert not growth_worker._same({**everything, 6: (0.2, 0.0)}, ids, columns)


def test_what_is_of_the_time_that_a_query_names_is_compared_too() -> None:
    days = np.array([date(2025, 3, 12).toordinal(), date(2024, 3, 12).toordinal(), 0], dtype=np.int32)
    cosines = np.array([0.9, 0.5, 0.4])
    march = Query("in March 2024", [], {}, Period(date(2024, 3, 1), date(2024, 3, 31)))
    assert growth_worker._of_then(cosines, days, march).tolist() == [-1.0, 0.5, -1.0]
    assert growth_worker._of_then(cosines, days, Query("", [], {}, None)).tolist() == [-1.0] * 3


def test_a_million_lies_on_the_line_through_the_two_largest_sizes() -> None:
    grown = {1_000.0: {"x": 7.0}, 10_000.0: {"x": 10.0}, 110_000.0: {"x": 30.0}}
    assert growth.at(grown, "x", 1_000_000) == pytest.approx(30 + 890_000 * 20 / 100_000)


def test_the_plot_names_every_figure_with_its_value_at_a_million() -> None:
    grown = {n: dict.fromkeys(growth.PLOTTED, n / 100) for n in (1_000.0, 10_000.0, 100_000.0)}
    plot = growth.svg(grown)
    assert all(f"{escape(words)}: 10,000<" in plot for words in growth.PLOTTED.values())
    assert plot.count("<polyline") == len(growth.PLOTTED)


def test_people_who_ask_the_running_app_at_once_while_an_ingest_runs_all_get_an_answer(
    folder: Path, tmp_path: Path
) -> None:
    growth_worker.make(folder, tmp_path, 60)
    options = argparse.Namespace(data=folder, split="dev", people=8, questions=2)
    figures = concurrency.measure(options, tmp_path / "memory", tmp_path)
    assert (figures["asked"], figures["errors"], figures["ingest_exit"]) == (16, [], 0)
    assert "6 added" in " ".join(figures["ingest_said"])
    assert figures["app_child_processes"] == 0


def test_questions_of_a_split_are_cut_and_joined_to_long_ones(folder: Path) -> None:
    short = list(growth_worker._questions(folder, "dev", long=False))
    assert short[2] == "Where is the plotter of room 2?"
    long = list(growth_worker._questions(folder, "dev", long=True))
    assert len(long) == len(DOCS)
    assert all(len(question.split()) == 2 * 7 * len(DOCS) for question in islice(long, 1))
