"""The tables of the READMEs: what they compute, and that they are those of eval/results/."""

import pytest

from eval import table
from eval.headlines import HEADLINES, RESULTS, file_name


def run(n: int, *, failed: int = 0, **systems: float) -> dict[str, object]:
    named = {name.replace("_", "-"): value for name, value in systems.items()}
    measures = ("ndcg@10", "recall@10", "recall@100", "mrr@10")
    return {
        "n": n,
        "systems": {name: dict.fromkeys(measures, value) for name, value in named.items()},
        "intervals": {
            name: {"ndcg@10": [named["copassist"] - value, -0.01, 0.2]}
            for name, value in named.items()
            if name != "copassist"
        },
        "failed": [{"system": "bm25", "query": "q", "reason": "nothing found"}] * failed,
        "models": {"embedding": "letters"},
        "commit": "abc",
        "machine": "2 cores",
    }


RUNS = {
    "one": run(10, copassist=0.6, bm25=0.5, haystack_dense=0.4),
    "two": run(20, failed=2, copassist=0.45, bm25=0.3, haystack_dense=0.5),
}


def test_the_short_table_has_the_lead_over_the_best_of_all_others_even_one_without_a_column() -> None:
    rows = table.short(RUNS).splitlines()
    assert rows[0] == "| nDCG@10 | n | copassist | bm25 | best of all others | lead over it |"
    assert rows[2] == "| one | 10 | .600 | .500 | bm25 .500 | +20% (+0.100; -0.010 to +0.200) |"
    assert rows[3] == "| two | 20 | .450 | .300 | haystack-dense .500 | -10% (-0.050; -0.010 to +0.200) |"


def test_the_mean_is_over_sets_of_figures_and_of_relative_leads() -> None:
    """The leads over the best of each set are +20% and -10%; over haystack-dense alone +50% and -10%."""
    assert table.short(RUNS).splitlines()[-1] == (
        "| **mean** |  | .525 | .400 | haystack-dense .450 | +5% (over haystack-dense on every set +20%) |"
    )


def test_the_long_table_has_every_system_n_and_failures() -> None:
    lines = table.long(RUNS).splitlines()
    assert "| haystack-dense | .400 | .500 |" in lines
    assert "| n | 10 | 20 |" in lines
    assert "| failed | 0 | bm25 2 |" in lines
    assert lines[-1] == "Models and versions: embedding: letters. Machine: 2 cores."


def test_a_table_goes_between_its_markers_and_nothing_else_changes() -> None:
    text = f"before\n{table.BEGIN}old\n{table.END}after\n"
    assert table.put(text, "new\n") == f"before\n{table.BEGIN}new\n{table.END}after\n"
    with pytest.raises(ValueError):
        table.put("no markers", "new\n")


def test_a_run_is_named_by_task_and_field_where_they_are_not_the_usual_ones() -> None:
    names = [file_name(*headline, "dev") for headline in HEADLINES]
    assert "retrieval-cardano_se-dev.json" in names
    assert "retrieval-bicmeta_se-links-dev.json" in names
    assert "retrieval-community_faq-text_ctx-dev.json" in names
    assert "retrieval-qmsum-dev.json" in names
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("path", "make"), [("README.md", table.short), ("eval/README.md", table.long)])
def test_the_tables_in_the_readmes_are_those_of_the_results(path: str, make) -> None:
    text = (table.ROOT / path).read_text(encoding="utf-8")
    assert table.put(text, make(table.measured(RESULTS))) == text, "run `python -m eval.table`"
