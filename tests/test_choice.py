"""Which sentences make up an answer, by scores that are given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from copassist.candidates import Candidate
from copassist.choice import choose, repeats
from copassist.records import Hit, Part, RecordSummary, StoredSegment

A, B = date(2025, 3, 12), date(2026, 4, 15)
Line = tuple[str, float]


def said(
    record: str, day: date, lines: Sequence[Line], section: str = "", part: Part = ""
) -> list[Candidate]:
    """A record whose one segment holds these sentences, each with its score."""
    text = " ".join(line for line, _ in lines)
    segment = StoredSegment(f"{record}{section}", 0, text, section=section, part=part)
    hit = Hit(1, RecordSummary(record, "session", record, day), (segment,), (), 1.0)
    starts = [text.index(line) for line, _ in lines]
    return [
        Candidate(hit, segment, start, start + len(line), score)
        for start, (line, score) in zip(starts, lines, strict=True)
    ]


def chosen(candidates: Sequence[Candidate], replaced: dict[str, str] | None = None) -> list[str]:
    return [c.text for c in choose(sorted(candidates, key=lambda c: -c.score), replaced or {})]


def test_a_sentence_brings_those_beside_it_that_are_nearly_as_good() -> None:
    lines = [("Rain fell.", 0.1), ("Cache tiles.", 0.8), ("Keep a day.", 0.9), ("Bread rose.", -0.01)]
    assert chosen(said("a", A, lines)) == ["Cache tiles.", "Keep a day."]


def test_a_weaker_sentence_is_taken_along_behind_the_best_one_and_not_before_it() -> None:
    lines = [("Rain fell.", 0.4), ("Keep a day.", 0.9), ("Snow fell.", 0.4)]
    assert chosen(said("a", A, lines)) == ["Keep a day.", "Snow fell."]


def test_the_first_line_of_a_lists_item_brings_what_is_said_of_it_however_weak_that_is() -> None:
    def item(text: str) -> list[Candidate]:
        segment = StoredSegment("s", 0, text)
        hit = Hit(1, RecordSummary("a", "session", "a", A), (segment,), (), 1.0)
        head = text.split("\n")[0]
        return [
            Candidate(hit, segment, 0, len(head), 0.9),
            Candidate(hit, segment, len(head) + 1, len(text), -0.1),
        ]

    assert chosen(item("Cache tiles\nRejected as it is slow.")) == ["Cache tiles", "Rejected as it is slow."]
    assert chosen(item("Cache tiles.\nRain fell on us.")) == ["Cache tiles."]


def test_a_word_or_two_in_common_make_no_repeat() -> None:
    assert not repeats("It isn't only maps, by the way.", "Tessel: the map program.")
    assert repeats("Maps.", "The map.")
    assert repeats("Cache the tiles daily.", "Dmitri caches tiles daily, too.")


def test_a_run_has_four_sentences_at_most_and_the_best_of_those_beside_it() -> None:
    lines = [("Ants.", 0.8), ("Bees.", 0.9), ("Cats.", 0.8), ("Dogs.", 0.8), ("Eels.", 0.7)]
    assert chosen(said("a", A, lines)) == [
        "Ants.",
        "Bees.",
        "Cats.",
        "Dogs.",
        "Eels.",
    ]  # Eels is a run of its own
    weaker = [*lines[:4], ("Eels.", 0.44)]
    assert chosen(said("a", A, weaker)) == ["Ants.", "Bees.", "Cats.", "Dogs."]


def test_what_is_left_of_a_long_place_is_the_second_run() -> None:
    names = ("Ants.", "Bees.", "Cats.", "Dogs.", "Eels.")
    long = said("a", A, [(name, 0.9) for name in names])
    assert chosen([*long, *said("b", A, [("Bread rose.", 0.8)])]) == list(names)


def test_an_answer_has_six_sentences_at_most() -> None:
    names = ("Ants.", "Bees.", "Cats.", "Dogs.", "Eels.", "Figs.", "Goats.", "Hens.")
    assert len(chosen(said("a", A, [(name, 0.9) for name in names]))) == 6


def test_a_sentence_that_leans_on_the_one_before_brings_it_however_weak_that_is() -> None:
    assert chosen(said("a", A, [("Tiles are slow.", 0.1), ("It helps to cache.", 0.9)])) == [
        "Tiles are slow.",
        "It helps to cache.",
    ]


def test_an_announcement_brings_the_list_that_it_announces() -> None:
    lines = [
        ("Do this:", 0.9),
        ("Cache tiles.", 0.4),
        ("Keep a day.", 0.4),
        ("Drop the rest.", 0.4),
        ("No.", -0.1),
    ]
    assert chosen(said("a", A, lines)) == ["Do this:", "Cache tiles.", "Keep a day.", "Drop the rest."]


def test_the_best_item_of_a_list_brings_what_announces_it() -> None:
    assert chosen(said("a", A, [("Do this:", 0.1), ("Cache tiles.", 0.9)])) == ["Do this:", "Cache tiles."]


def test_an_announcement_of_nothing_is_no_answer() -> None:
    assert chosen([*said("a", A, [("Do this:", 0.9)]), *said("b", A, [("Cache tiles.", 0.8)])]) == [
        "Cache tiles."
    ]


def test_a_run_never_crosses_a_heading() -> None:
    first = said("a", A, [("Cache tiles.", 0.9)], "Advice")
    assert chosen([*first, *said("a", A, [("Bread rose.", 0.3)], "Lunch")]) == ["Cache tiles."]
    announced = said("a", A, [("Do this:", 0.9)], "Advice")
    assert chosen([*announced, *said("a", A, [("Bread rose.", 0.1)], "Lunch")]) == []


def test_code_comes_with_what_announces_it_and_never_alone() -> None:
    code = "```\nlk cache\n```"
    assert chosen(said("a", A, [("Run this:", 0.7), (code, 0.9)])) == ["Run this:", code]
    assert chosen(said("a", A, [(code, 0.9)])) == []


def test_of_two_records_that_say_the_same_the_newer_one_is_quoted() -> None:
    old, new = said("a", A, [("Tell Ana of leaks.", 0.9)]), said("b", B, [("Tell Ana of leaks.", 0.8)])
    found = choose([*old, *new], {})
    assert [c.hit.record.id for c in found] == ["b"]


def test_what_was_replaced_comes_last_and_an_outcome_first() -> None:
    old, new = said("a", A, [("Charts have 150 dpi.", 0.9)]), said("b", B, [("Charts are vectors.", 0.8)])
    assert chosen([*old, *new], {"a": "b"}) == ["Charts are vectors.", "Charts have 150 dpi."]
    other = said("c", B, [("Charts are small.", 0.7)])
    assert chosen([*old, *other], {"a": "b"}) == ["Charts are small.", "Charts have 150 dpi."]
    talk = said("a", A, [("Ben tried tiles.", 0.9)], "Talk")
    end = said("a", A, [("Cached tiles won.", 0.8)], "End", part="outcome")
    assert chosen([*talk, *end]) == ["Cached tiles won.", "Ben tried tiles."]


def test_what_stands_and_what_was_replaced_make_no_run_together() -> None:
    segments = StoredSegment("s1", 0, "Bars begin at zero."), StoredSegment("s2", 1, "Charts have 150 dpi.")
    hit = Hit(1, RecordSummary("a", "session", "a", A), segments, (), 1.0)
    candidates = [Candidate(hit, s, 0, len(s.text), 0.9) for s in segments]
    new = said("b", B, [("Charts are vectors.", 0.8)])
    assert chosen([*candidates, *new], {"s2": "b"}) == ["Bars begin at zero.", "Charts are vectors."]
    assert chosen(candidates, {}) == ["Bars begin at zero.", "Charts have 150 dpi."]


def test_the_problem_is_said_after_what_helped() -> None:
    problem = said("a", A, [("Tiles were slow.", 0.9)], "Problem", "problem")
    advice = said("a", A, [("Cache tiles.", 0.8)], "Advice", "advice")
    assert chosen([*problem, *advice]) == ["Cache tiles.", "Tiles were slow."]


def test_a_second_place_much_weaker_than_the_first_is_left_out() -> None:
    weak, near = said("b", A, [("Bread rose.", 0.44)]), said("b", A, [("Bread rose.", 0.46)])
    best = said("a", A, [("Cache tiles.", 0.9)])
    assert chosen([*best, *weak]) == ["Cache tiles."]
    assert chosen([*best, *near]) == ["Cache tiles.", "Bread rose."]


def test_the_outcome_of_the_session_whose_advice_is_best_is_told_though_it_is_weaker() -> None:
    advice = said("a", A, [("Cache tiles.", 0.9)], "Advice", "advice")
    outcome = said("a", A, [("It was quick then.", 0.2)], "Outcome", "outcome")
    other = said("b", B, [("Keep a day.", 0.8)])
    assert chosen([*advice, *outcome, *other]) == ["It was quick then.", "Cache tiles."]
    late = said("a", A, [("It was quick then.", -0.2)], "Outcome", "outcome")
    assert chosen([*advice, *late]) == ["Cache tiles."]
    assert chosen([*advice, *late, *other]) == ["Cache tiles.", "Keep a day."]
    assert chosen([*other, *outcome]) == ["Keep a day."]
