"""What came of judging answers, counted from judgements that are given."""

from __future__ import annotations

from typing import Any

from eval.abstention.judging import blind, scored


def item(key: str, in_memory: bool, *systems: str) -> dict[str, Any]:
    return {"item": key, "question": "Q?", "in_memory": in_memory, "id": key, "systems": list(systems)}


def judged(**by_item: str) -> list[dict[str, Any]]:
    return [
        {"item": key, "judged": value.rstrip("!"), "supported": not value.endswith("!")}
        for key, value in by_item.items()
    ]


def test_each_system_is_counted_by_either_judge_and_their_agreement_is_said() -> None:
    items = [
        item("a", True, "copassist", "unheld"),
        item("b", True, "lead"),
        item("c", False, "copassist"),
        item("d", False, "unheld", "lead"),
    ]
    first = judged(a="correct", b="wrong", c="held", d="wrong")
    second = judged(a="part!", b="wrong", c="held", d="wrong")
    lines = scored(items, first, second).splitlines()
    assert lines[0] == (
        "copassist, judge 1: of 1 in the memory correct 1, part 0, wrong 0, held 0; "
        "of 1 that aren't 1 held back; answers with a misleading sentence 0"
    )
    assert lines[1] == (
        "copassist, judge 2: of 1 in the memory correct 0, part 1, wrong 0, held 0; "
        "of 1 that aren't 1 held back; answers with a misleading sentence 1"
    )
    assert lines[4].startswith("lead, judge 1: of 1 in the memory correct 0, part 0, wrong 1, held 0; of 1")
    # they agree on 3 of 4; by chance on (2/4 · 2/4) + (1/4 · 1/4) = 5/16, so kappa is (12 - 5) / (16 - 5)
    assert lines[-1] == f"agreement on 4 items: 0.75, Cohen's kappa {7 / 11:.2f}"


def test_a_judge_does_not_see_who_said_it() -> None:
    assert blind(item("a", True, "lead")) == {"item": "a", "question": "Q?", "in_memory": True}
