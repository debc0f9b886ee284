"""What a benchmark found, as JSON and for people."""

import json
from pathlib import Path

from eval import report
from eval.report import Failure, Result

RESULT = Result(
    benchmark="retrieval",
    data="tiny",
    split="dev",
    n=2,
    systems={"copassist": {"ndcg@10": 0.75}, "bm25": {"ndcg@10": 0.5}},
    models={"embedding": "letters"},
    failed=[Failure("bm25", "q2", "nothing found")],
    left_out={"haystack": "it isn't installed"},
    intervals={"bm25": {"ndcg@10": (0.25, -0.05, 0.5)}},
    task="links",
    query_field="title",
)


def test_the_file_holds_the_fields_of_the_contract_and_the_machine(tmp_path: Path) -> None:
    report.write(RESULT, tmp_path / "out.json")
    found = json.loads((tmp_path / "out.json").read_text())
    contract = ["benchmark", "data", "split", "n", "systems", "models", "failed", "commit"]
    assert [found[name] for name in contract[:6]] == [
        "retrieval",
        "tiny",
        "dev",
        2,
        {"copassist": {"ndcg@10": 0.75}, "bm25": {"ndcg@10": 0.5}},
        {"embedding": "letters"},
    ]
    assert found["failed"] == [{"system": "bm25", "query": "q2", "reason": "nothing found"}]
    assert found["commit"] == report.commit() and found["machine"] == report.machine()


def test_people_see_task_figures_leads_failures_and_what_is_left_out() -> None:
    shown = report.show(RESULT).splitlines()
    assert shown[0] == "retrieval: tiny, links, title, dev, n = 2"
    assert "copassist    0.750" in shown
    assert "copassist - bm25, ndcg@10: +0.250 (95% -0.050 to +0.500)" in shown
    assert "left out: haystack: it isn't installed" in shown
    assert shown[shown.index("failed: 1") + 1] == "  bm25, q2: nothing found"
    assert f"machine: {report.machine()}" in shown
