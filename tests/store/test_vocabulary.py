"""The vocabulary is that of what everybody may see, whatever was stored, replaced, removed or restricted."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copassist.records import PUBLIC, Record, Segment, named
from copassist.store import Memory, memory, vocabulary
from copassist.store import records as stored
from tests.fakes import all_rows, put

SROA = "We do scalar replacement of aggregates (SROA)."


def counts(of: Memory) -> dict[object, object]:
    return {row["word"]: row["count"] for row in all_rows(of, "vocabulary")}


def acronyms(of: Memory) -> dict[str, tuple[str, ...]]:
    with of.reading() as connection:
        return vocabulary.acronyms(connection)


def document(name: str, text: str) -> Record:
    return Record(name, "document", "", (Segment(text),))


def test_words_are_counted_in_all_that_a_record_says_but_its_speakers_names(memory: Memory) -> None:
    segments = (
        Segment("Cats, cats and Öl.", named("Ana"), section="Pets"),
        Segment("x 86 a1b2 " + "y" * 41, section="Pets"),
    )
    put(memory, Record("1", "thread", "Pets", segments, channel="#den"))
    assert counts(memory) == {"pets": 2, "cats": 2, "and": 1, "den": 1}


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "remove", "restrict"]),
        st.integers(0, 3),
        st.sampled_from(["apple", "bear bear dog", "apple bear", SROA, ""]),
        st.sampled_from([frozenset(), PUBLIC, frozenset({"a", "b"}), frozenset({"a", "everyone"})]),
    ),
    max_size=15,
)


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_it_is_that_of_the_open_records_after_any_changes(steps) -> None:
    with TemporaryDirectory() as folder:
        of = memory.create(Path(folder) / "memory")
        now: dict[int, tuple[str, frozenset[str]]] = {}
        for step, number, text, audience in steps:
            if step == "put":
                put(of, document(f"{number}", text), audience)
                now[number] = text, audience
            elif number in now:
                with of.writing() as connection:
                    id_ = stored.record_id("notes", f"{number}")
                    if step == "remove":
                        stored.remove(connection, id_)
                        del now[number]
                    else:
                        stored.set_audience(connection, id_, audience)
                        now[number] = now[number][0], audience
        open_to_all = [text for text, audience in now.values() if "everyone" in audience]
        words, means = vocabulary.counted(open_to_all)
        assert (counts(of), acronyms(of)) == (words, dict(means.keys()))
        of.close()


def test_nothing_is_left_of_a_removed_record(memory: Memory) -> None:
    id_ = put(memory, document("1", SROA), frozenset({"a"}))
    with memory.writing() as connection:
        stored.remove(connection, id_)
    assert [list(all_rows(memory, name)) for name in ("record_words", "vocabulary", "acronyms")] == [[]] * 3


def test_a_change_that_is_taken_back_leaves_no_trace(memory: Memory) -> None:
    id_ = put(memory, document("1", SROA))
    before = counts(memory)
    with pytest.raises(KeyboardInterrupt), memory.writing() as connection:
        stored.remove(connection, id_)
        raise KeyboardInterrupt
    assert counts(memory) == before


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("We want major change proposals (MCPs).", {("mcp", ("major", "change", "proposals")): 1}),
        (f"{SROA} {SROA}", {("sroa", ("scalar", "replacement", "of", "aggregates")): 2}),
        ("It works (IIUC).", {}),
        ("of aggregates (OA)", {}),
        ("x" * 200_000 + " (XY)", {}),
    ],
)
def test_acronyms_are_learned_where_a_text_says_what_they_stand_for(
    text: str, means: dict[tuple[str, tuple[str, ...]], int]
) -> None:
    assert vocabulary.counted([text])[1] == Counter(means)


def test_an_acronym_stands_for_what_most_say(memory: Memory) -> None:
    for n, text in enumerate(("a cold tea (CT)", "two code trees (CT)", "old code trees (CT)")):
        put(memory, document(f"{n}", text))
    assert acronyms(memory) == {"ct": ("code", "trees")}
    put(memory, document("3", "hot cold tea (CT)"))
    assert acronyms(memory) == {"ct": ("code", "trees")}


def test_words_of_about_the_length_of_unknown_ones_are_like_them(memory: Memory) -> None:
    put(memory, document("1", "cat fonts fonts palette sustainable"))

    def like(*asked: str) -> dict[str, int]:
        with memory.reading() as connection:
            return vocabulary.like(connection, asked)

    assert like("fotns") == {"cat": 1, "fonts": 2, "palette": 1}
    assert like("fonts") == {"fonts": 2}
    assert like("fonts", "sustainabel") == {"fonts": 2, "sustainable": 1}
    assert like() == {}
