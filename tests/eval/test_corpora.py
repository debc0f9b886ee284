"""Reading benchmark folders."""

import gzip
import json
from datetime import date
from pathlib import Path

import pytest
from ir_measures import Qrel

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


def test_judged_reads_the_corpus_and_the_queries_that_have_a_relevant_document(tmp_path: Path) -> None:
    found = corpora.judged(folder(tmp_path), "dev")
    assert found.docs == (Doc("a", "Tea", "Boil it.", date(2024, 5, 6), ("Ana",)), Doc("b", "", "Grind it."))
    assert found.queries == (Query("q1", "tea?"),)
    assert found.qrels == (Qrel("q1", "a", 2), Qrel("q1", "b", 0))


def test_judged_takes_the_query_from_the_field_that_was_asked_for(tmp_path: Path) -> None:
    assert corpora.judged(folder(tmp_path), "dev", "longer").queries == (Query("q1", "how is tea made?"),)


def test_a_query_without_that_field_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"queries.dev.jsonl, line 1 has no 'text_ctx'"):
        corpora.judged(folder(tmp_path), "dev", "text_ctx")


def test_gzipped_files_are_read_like_plain_ones(tmp_path: Path) -> None:
    plain = corpora.judged(folder(tmp_path), "dev")
    for path in list(tmp_path.iterdir()):
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    assert corpora.judged(tmp_path, "dev") == plain


@pytest.mark.parametrize("missing", ["corpus.jsonl", "queries.dev.jsonl", "qrels.dev.tsv"])
def test_a_missing_file_is_named(tmp_path: Path, missing: str) -> None:
    (folder(tmp_path) / missing).unlink()
    with pytest.raises(InputError, match=f"neither {missing} nor {missing}.gz"):
        corpora.judged(tmp_path, "dev")


def test_a_broken_judgement_is_named_with_its_line(tmp_path: Path) -> None:
    (folder(tmp_path) / "qrels.dev.tsv").write_text("query-id\tcorpus-id\tscore\nq1\ta\thigh\n")
    with pytest.raises(InputError, match=r"qrels.dev.tsv, line 2"):
        corpora.judged(tmp_path, "dev")


def test_a_split_without_judged_queries_is_refused(tmp_path: Path) -> None:
    (folder(tmp_path) / "qrels.dev.tsv").write_text("query-id\tcorpus-id\tscore\nq1\ta\t0\n")
    with pytest.raises(InputError, match="No query of the split 'dev'"):
        corpora.judged(tmp_path, "dev")


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
