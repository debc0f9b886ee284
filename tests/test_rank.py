"""In which order scores put what was found."""

from __future__ import annotations

import pytest

from copassist.rank import Scores, fuse


def order(**found: Scores) -> list[str]:
    names = list(found)
    return [names[id_] for id_, *_ in fuse(dict(enumerate(found.values())))]


def test_a_passage_scores_by_its_meaning_its_words_its_record_and_what_stands_beside_it() -> None:
    scored = fuse({1: Scores(0.5, 2.0, 3.0, 0.4), 2: Scores(0.6, 0.0, 6.0, 0.2), 3: Scores(0.3, 4.0)})
    assert [(id_, score) for id_, score, *_ in scored] == [
        (2, pytest.approx(0.6 + 0.1 + 0.3 * 0.2)),
        (1, pytest.approx(0.5 + 0.15 * 0.5 + 0.1 * 0.5 + 0.3 * 0.4)),
        (3, pytest.approx(0.3 + 0.15 + 0.3 * 0.3)),
    ]
    assert [row[2:] for row in scored] == [(0.6, 0.0), (0.5, 2.0), (0.3, 4.0)]


def test_a_passage_that_both_searches_found_comes_before_those_that_one_did() -> None:
    assert order(near=Scores(0.65, 0.0), both=Scores(0.6, 3.0), named=Scores(0.2, 3.0)) == [
        "both",
        "near",
        "named",
    ]


def test_of_equally_near_ones_the_one_among_near_ones_comes_first() -> None:
    assert order(lonely=Scores(0.6, 0.0, beside=0.1), among=Scores(0.6, 0.0, beside=0.5)) == [
        "among",
        "lonely",
    ]


def test_what_is_of_the_time_asked_for_comes_before_what_is_a_little_nearer() -> None:
    assert order(other=Scores(0.6, 0.0), then=Scores(0.5, 0.0, dated=True)) == ["then", "other"]


def test_ties_go_to_the_older_passage() -> None:
    assert [id_ for id_, *_ in fuse({7: Scores(0.5, 0.0), 3: Scores(0.5, 0.0)})] == [3, 7]


def test_nothing_found_is_nothing_ranked() -> None:
    assert fuse({}) == []
