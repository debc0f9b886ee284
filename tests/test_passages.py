"""How records are cut: the fake counts a word as a token, so the sizes here are words."""

from __future__ import annotations

import random
from datetime import date

from copassist.passages import LEAST_ROOM, MOST_TOKENS, READ_TOKENS, Passage, cut
from copassist.records import Identity, Record, Segment, Span, named
from copassist.sentences import sentence_spans
from tests.fakes import WordEncoder


def session(*segments: Segment) -> Record:
    return Record("a.md", "session", "Slow charts", segments, date(2025, 3, 12), "clinic")


def cuts(record: Record) -> list[Passage]:
    return cut(record, WordEncoder().count)


def words(n: int) -> str:
    return " ".join(["word"] * (n - 1) + ["end."])


def test_a_passage_takes_segments_up_to_the_target_and_no_further() -> None:
    # 190 at most, closed 30 before that.
    found = cuts(session(Segment(words(80)), Segment(words(80)), Segment(words(1))))
    assert [p.spans for p in found] == [
        (Span(0, 0, len(words(80))), Span(1, 0, len(words(80)))),
        (Span(2, 0, len(words(1))),),
    ]


def test_a_long_header_leaves_less_room_so_that_the_model_reads_all() -> None:
    record = Record(
        "a.txt", "document", "a " * 100, (Segment(words(100)), Segment(words(24)), Segment(words(1)))
    )
    assert [len(p.body.split()) for p in cuts(record)] == [
        124,
        1,
    ]  # 254 are read, 100 of the header; 30 spare
    whole = Record("a.txt", "document", "", record.segments)
    assert [len(p.body.split()) for p in cuts(whole)] == [125]


def test_however_long_a_header_is_there_is_room() -> None:
    record = Record("a.txt", "document", "a " * 100, (Segment(words(50)), Segment(words(20))))
    section = Record("a.txt", "document", "a " * 100, (Segment(words(95), section="b " * 100),))
    assert READ_TOKENS - 200 < LEAST_ROOM
    assert [len(p.body.split()) for p in cuts(section)] == [95]
    assert [len(p.body.split()) for p in cuts(record)] == [70]


def test_a_passage_ends_with_its_section() -> None:
    record = session(Segment("Charts crawl.", section="Problem"), Segment("Cache them.", section="Advice"))
    assert [(p.header, p.body) for p in cuts(record)] == [
        ("Slow charts | Clinic | 12 March 2025 | Problem", "Charts crawl."),
        ("Slow charts | Clinic | 12 March 2025 | Advice", "Cache them."),
    ]


def test_what_the_model_reads_is_header_and_body() -> None:
    (passage,) = cuts(Record("a.txt", "document", "Fonts", (Segment("Embed them."),)))
    assert passage.embedded == "Fonts\nEmbed them."
    assert Passage("", "Embed them.", ()).embedded == "Embed them."


def test_a_threads_opening_names_its_channel_and_the_rest_the_question() -> None:
    record = Record(
        "x", "thread", "t", (Segment("How do\nwe embed?"), Segment(words(180))), channel="#chart-help"
    )
    assert [p.header for p in cuts(record)] == ["#chart-help", "#chart-help How do we embed?"]


def test_segments_of_one_passage_stand_on_lines_of_their_own() -> None:
    assert [p.body for p in cuts(session(Segment("One."), Segment("Two.")))] == ["One.\nTwo."]


def test_speakers_are_named_where_they_begin_to_speak() -> None:
    ana, bo = named("Ana Diaz"), Identity("slack:T1", "U2", handle="bo")
    record = session(Segment("Cache it.", ana), Segment("Why?", bo), Segment("Slow.", bo), Segment("Well."))
    assert [p.body for p in cuts(record)] == ["Ana Diaz: Cache it.\nbo: Why?\nSlow.\nWell."]


def test_a_segment_that_is_too_long_is_cut_between_sentences() -> None:
    text = " ".join([words(100), words(50), words(60)])
    assert [p.body for p in cuts(session(Segment(text)))] == [f"{words(100)} {words(50)}", words(60)]


def test_a_segment_up_to_the_limit_stays_whole() -> None:
    text = f"{words(100)} {words(90)}"
    assert MOST_TOKENS == 190
    assert [p.body for p in cuts(session(Segment(text)))] == [text]


def test_a_sentence_longer_than_a_passage_is_halved_at_a_space() -> None:
    text = " ".join(["word"] * 200)
    assert [p.body.split() for p in cuts(session(Segment(text)))] == [["word"] * 100, ["word"] * 100]


def test_a_word_longer_than_a_passage_is_cut_anywhere_and_nothing_is_lost() -> None:
    def characters(texts: object) -> list[int]:
        return [len(text) for text in texts]  # type: ignore[attr-defined]

    record = Record("a.md", "document", "", (Segment("x" * 500),))
    found = cut(record, characters)
    assert [s for p in found for s in p.spans] == [Span(0, n, n + 125) for n in (0, 125, 250, 375)]


def test_a_record_without_segments_has_no_passages() -> None:
    assert cuts(session()) == []


def test_each_sentence_stands_whole_in_exactly_one_passage() -> None:
    seeded = random.Random(7)
    for _ in range(30):
        record = session(
            *(
                Segment(
                    " ".join(words(seeded.randint(2, 90)) for _ in range(seeded.randint(1, 9))), section=s
                )
                for s in seeded.choices(["", "Advice", "Outcome"], k=8)
            )
        )
        spans = [span for p in cuts(record) for span in p.spans]
        for position, segment in enumerate(record.segments):
            for start, end in sentence_spans(segment.text):
                holding = [s for s in spans if s.position == position and s.start <= start and end <= s.end]
                touching = [s for s in spans if s.position == position and s.start < end and start < s.end]
                assert len(holding) == 1 and touching == holding
        assert all(len(p.body.split()) <= MOST_TOKENS for p in cuts(record))
