"""The retrieval benchmark: its measures by hand, and the whole of it on a tiny corpus."""

import json
from math import log2
from pathlib import Path

import pytest
from ir_measures import Qrel

from copassist.errors import InputError
from eval import __main__ as command_line
from eval import retrieval
from eval.corpora import Query
from eval.report import Failure

QRELS = [Qrel("q1", "a", 2), Qrel("q1", "b", 1), Qrel("q2", "c", 1)]


def test_scores_are_those_computed_by_hand() -> None:
    found = retrieval.scores(QRELS, {"q1": ["x", "b", "a"], "q2": ["c"]})
    ideal = 2 / log2(2) + 1 / log2(3)
    assert found["ndcg@10"] == pytest.approx({"q1": (1 / log2(3) + 2 / log2(4)) / ideal, "q2": 1.0})
    assert found["recall@10"] == {"q1": 1.0, "q2": 1.0}
    assert found["mrr@10"] == {"q1": 0.5, "q2": 1.0}


def test_a_document_beyond_the_tenth_counts_for_recall_at_100_alone() -> None:
    found = retrieval.scores(QRELS, {"q1": [*"mnopqrstuv", "a"], "q2": []})
    assert found["recall@10"]["q1"] == found["ndcg@10"]["q1"] == found["mrr@10"]["q1"] == 0.0
    assert found["recall@100"]["q1"] == 0.5


def test_a_query_without_results_scores_zero_and_stays_in_the_average() -> None:
    found = retrieval.scores(QRELS, {"q1": ["a", "b"], "q2": []})
    assert found["ndcg@10"] == {"q1": 1.0, "q2": 0.0}
    assert retrieval.averages(found)["ndcg@10"] == 0.5


def test_rank_lists_queries_that_found_nothing_or_broke() -> None:
    def search(query: Query) -> list[str]:
        if query.text == "broken":
            raise InputError("It broke.")
        return ["a"] if query.text == "tea" else []

    rankings, failed = retrieval.rank(
        "own", search, [Query("1", "tea"), Query("2", "cake"), Query("3", "broken")]
    )
    assert rankings == {"1": ["a"], "2": [], "3": []}
    assert failed == [Failure("own", "2", "nothing found"), Failure("own", "3", "It broke.")]


def test_paired_bootstrap_of_equal_differences_has_no_width() -> None:
    assert retrieval.paired_bootstrap([0.25, 0.25, 0.25]) == (0.25, 0.25, 0.25)


def test_paired_bootstrap_gives_the_same_interval_each_time_and_holds_the_mean() -> None:
    differences = [0.0, 1.0] * 20
    mean, low, high = retrieval.paired_bootstrap(differences)
    assert mean == 0.5
    assert (low, high) == pytest.approx((0.5 - 1.96 * 0.5 / 40**0.5, 0.5 + 1.96 * 0.5 / 40**0.5), abs=0.03)
    assert retrieval.paired_bootstrap(differences) == (mean, low, high)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    docs = {
        "tea": "Boil water for the tea.",
        "bread": "Knead the dough for the bread.",
        "bikes": "Oil the chain.",
    }
    (tmp_path / "corpus.jsonl").write_text(
        "".join(json.dumps({"_id": id_, "title": "", "text": text}) + "\n" for id_, text in docs.items())
    )
    (tmp_path / "queries.dev.jsonl").write_text(
        '{"_id": "q1", "text": "tea water"}\n{"_id": "q2", "text": "xyzzy"}\n'
    )
    (tmp_path / "qrels.dev.tsv").write_text("query-id\tcorpus-id\tscore\nq1\ttea\t1\nq2\tbread\t1\n")
    return tmp_path


def test_the_command_writes_what_the_contract_says(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = corpus / "out.json"
    cache = corpus / "cache"
    command = [
        "retrieval",
        "--data",
        str(corpus),
        "--split",
        "dev",
        "--json",
        str(out),
        "--memory-cache",
        str(cache),
        "--systems",
        "copassist,bm25,dense",
    ]
    assert command_line.main(command) == 0
    found = json.loads(out.read_text())
    assert (found["benchmark"], found["data"], found["split"], found["n"]) == (
        "retrieval",
        corpus.name,
        "dev",
        2,
    )
    assert list(found["systems"]) == ["copassist", "bm25", "dense"]
    assert found["systems"]["bm25"] == {"ndcg@10": 0.5, "recall@10": 0.5, "recall@100": 0.5, "mrr@10": 0.5}
    assert found["systems"]["copassist"]["recall@10"] == 1.0
    assert found["failed"] == [{"system": "bm25", "query": "q2", "reason": "nothing found"}]
    assert found["models"]["embedding"].startswith("all-MiniLM-L6-v2/")
    assert found["commit"] and "cores" in found["machine"]
    assert (found["task"], found["query_field"]) == ("answers", "text")
    shown = capsys.readouterr().out
    assert "n = 2" in shown and "failed: 1" in shown
    memory_and_vectors = sorted(path.name for path in cache.iterdir())
    assert len(memory_and_vectors) == 2 and memory_and_vectors[1] == "vectors.db"
    assert command_line.main(command) == 0
    assert json.loads(out.read_text()) == found
    assert sorted(path.name for path in cache.iterdir()) == memory_and_vectors


def test_an_unknown_system_is_wrong_usage(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command_line.main(["retrieval", "--data", str(corpus), "--systems", "copassist,colbert"])
    assert ended.value.code == 2
    assert (
        "there is no system 'colbert'; take some of copassist, bm25, dense, llama-index"
        in capsys.readouterr().err
    )


def test_a_missing_folder_is_said_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["retrieval", "--data", str(tmp_path / "none")]) == 1
    assert "has neither corpus.jsonl nor corpus.jsonl.gz" in capsys.readouterr().err
