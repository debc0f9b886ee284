"""Reading benchmark folders."""

import gzip
import json
from datetime import date
from pathlib import Path

import pytest

from copassist.errors import InputError
from copassist.records import Record, Segment, named
from eval import corpora
from eval.corpora import Doc, Query


def lines(*rows: dict[str, object]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def folder(tmp_path: Path) -> Path:
    (tmp_path / "corpus.jsonl").write_text(
        lines(
            {
                "_id": "a",
                "title": "Tea",
                "text": "Boil it.",
                "metadata": {"date": "2024-05-06T07:08", "people": ["Ana"]},
            },
            {"_id": "b", "title": "", "text": "Grind it."},
        )
    )
    (tmp_path / "queries.dev.jsonl").write_text(
        lines(
            {"_id": "q1", "text": "tea?", "longer": "how is tea made?"},
            {"_id": "q2", "text": "cake?", "longer": ""},
        )
    )
    (tmp_path / "qrels.dev.tsv").write_text("query-id\tcorpus-id\tscore\nq1\ta\t2\nq1\tb\t0\n")
    return tmp_path


def test_the_documents_of_a_corpus_are_read_with_their_date_and_people(tmp_path: Path) -> None:
    assert list(corpora.read_docs(folder(tmp_path))) == [
        Doc("a", "Tea", "Boil it.", date(2024, 5, 6), ("Ana",)),
        Doc("b", "", "Grind it."),
    ]


def test_a_query_is_the_field_that_was_asked_for(tmp_path: Path) -> None:
    assert list(corpora.read_queries(folder(tmp_path), "dev", "longer")) == [
        Query("q1", "how is tea made?"),
        Query("q2", ""),
    ]


def test_a_query_in_its_conversation_is_the_last_two_things_that_the_person_said(tmp_path: Path) -> None:
    history = [["user", "tea"], ["agent", "Which?"], ["user", "green tea"], ["agent", "Steep it."]]
    (tmp_path / "queries.dev.jsonl").write_text(
        lines(
            {"_id": "q1", "text": "how long?", "history": history},
            {"_id": "q2", "text": "cake?", "history": []},
        )
    )
    assert list(corpora.read_queries(tmp_path, "dev", "history+text")) == [
        Query("q1", "green tea\nhow long?", tuple((who, said) for who, said in history), "how long?"),
        Query("q2", "cake?", (), "cake?"),
    ]


def test_a_query_without_that_field_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"queries.dev.jsonl, line 1 has no 'text_ctx'"):
        list(corpora.read_queries(folder(tmp_path), "dev", "text_ctx"))


def test_gzipped_files_are_read_like_plain_ones(tmp_path: Path) -> None:
    plain = list(corpora.read_docs(folder(tmp_path)))
    path = tmp_path / "corpus.jsonl"
    path.with_name("corpus.jsonl.gz").write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    assert list(corpora.read_docs(tmp_path)) == plain


def test_a_broken_judgement_is_named_with_its_line(tmp_path: Path) -> None:
    (folder(tmp_path) / "qrels.dev.tsv").write_text("query-id\tcorpus-id\tscore\nq1\ta\thigh\n")
    with pytest.raises(InputError, match=r"qrels.dev.tsv, line 2"):
        list(corpora.read_qrels(tmp_path, "qrels.dev.tsv"))


def test_a_record_has_a_segment_for_each_paragraph_and_its_people_as_authors() -> None:
    doc = Doc("a", "Tea", "Boil it.\n \n    Pour it,\nthen wait.\n\n\n", date(2024, 5, 6), ("Ana",))
    assert list(corpora.records([doc])) == [
        Record(
            locator="a",
            kind="document",
            title="Tea",
            segments=(Segment("Boil it."), Segment("    Pour it,\nthen wait.")),
            date=date(2024, 5, 6),
            roles=((named("Ana"), "author"),),
        )
    ]
