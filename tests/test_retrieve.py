"""What a search finds, in which order, for whom. The exact comparison stands in test_permissions.py."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

import pytest

from copassist import retrieve as retrieval
from copassist.errors import MemoryFolderError, NotFoundError
from copassist.records import Filters, Hit, Member, Record, Segment, Viewer, named
from copassist.retrieve import Searcher, open_record, retrieve
from copassist.store import Memory
from copassist.store import records as stored
from copassist.store.vectors import VectorIndex
from tests.fakes import WordEncoder, enrol, put


def fill(memory: Memory, *texts: str) -> None:
    """A document for each text; their passages get the ids 1, 2, ..."""
    for number, text in enumerate(texts):
        put(memory, Record(f"{number}", "document", "", (Segment(text),)))


def found(memory: Memory, query: str, viewer: Viewer = Viewer(), k: int = 10, **filters: object) -> list[str]:
    """What a search finds, best first."""
    searcher = Searcher(memory, WordEncoder())
    return [h.text for h in retrieve(searcher, query, viewer, Filters(**filters), k)]  # type: ignore[arg-type]


def hits_of(memory: Memory, query: str, k: int = 10) -> list[Hit]:
    return retrieve(Searcher(memory, WordEncoder()), query, Viewer(), Filters(), k)


# Searching


def test_a_hit_carries_both_scores_and_what_it_covers(memory: Memory) -> None:
    fill(memory, "bear dog", "cat dog", "elk fox", "goat hen", "ibis jay")
    hit, *rest = retrieve(Searcher(memory, WordEncoder()), "cat", Viewer(), k=2)
    assert (hit.passage, hit.text) == (2, "cat dog")
    assert hit.dense == pytest.approx(1 / math.sqrt(2))
    assert hit.keyword == pytest.approx(math.log(4.5 / 1.5))  # one of five passages, one of two words
    assert hit.score == pytest.approx(
        1.3 / math.sqrt(2) + 0.15 + 0.1
    )  # the best by words, and alone in its record
    assert [s.text for s in hit.segments] == ["cat dog"]
    assert [(h.passage, h.keyword) for h in rest] == [(1, 0.0)]


def test_fewer_than_k_come_only_when_there_are_no_more(memory: Memory) -> None:
    fill(memory, "cat", "cow", "dog")
    assert [len(found(memory, "cat", k=k)) for k in (1, 2, 3, 9)] == [1, 2, 3, 3]


def test_an_empty_query_brings_the_newest_records_openings(memory: Memory) -> None:
    for name, day in (("old", date(2024, 1, 1)), ("undated", None), ("new", date(2025, 1, 1))):
        segments = (Segment(f"{name} one", section="1"), Segment(f"{name} two", section="2"))
        put(memory, Record(name, "session", "", segments, day, "clinic"))
    assert found(memory, " ") == ["new one", "old one", "undated one"]
    assert found(memory, "", k=1) == ["new one"]


@pytest.mark.parametrize("query", ['"', "a OR (b", "NEAR(", "*", "col:x", "'; --", "💡", "x" * 5000])
def test_any_text_can_be_searched(memory: Memory, query: str) -> None:
    fill(memory, "cat", "dog")
    assert len(found(memory, query)) == 2


def test_an_empty_memory_finds_nothing(memory: Memory) -> None:
    assert found(memory, "cat") == found(memory, "") == []


# Filters


def test_filters_limit_by_kind_format_date_and_person(memory: Memory) -> None:
    enrol(memory, Member("Ana Diaz", emails=("ana@example.org",)))
    ana, bo = named("ana@example.org"), named("Bo Lind")
    for name, record in {
        "clinic": Record(
            "1", "session", "", (Segment("clinic"),), date(2025, 3, 1), "clinic", ((ana, "presenter"),)
        ),
        "ama": Record("2", "session", "", (Segment("ama", bo),), date(2025, 4, 1), "ama"),
        "thread": Record("3", "thread", "", (Segment("thread", ana),), date(2025, 5, 1)),
        "document": Record("4", "document", "", (Segment("document"),)),
    }.items():
        put(memory, record)
        assert record.segments[0].text == name
    assert set(found(memory, "x", kind="session")) == {"clinic", "ama"}
    assert found(memory, "x", format="clinic") == ["clinic"]
    assert set(found(memory, "x", since=date(2025, 4, 1))) == {"ama", "thread"}
    assert set(found(memory, "x", until=date(2025, 4, 1))) == {"clinic", "ama"}
    assert found(memory, "x", since=date(2025, 4, 1), until=date(2025, 4, 1)) == ["ama"]
    assert set(found(memory, "x", person="ana-diaz")) == {"clinic", "thread"}
    assert set(found(memory, "x", person="Ana Diaz")) == {"clinic", "thread"}
    assert found(memory, "x", person="bo lind") == ["ama"]
    assert found(memory, "x", person="Nobody") == []
    assert found(memory, "x", kind="session", person="ana-diaz") == ["clinic"]


def test_a_search_can_be_within_one_record(memory: Memory) -> None:
    both = (Segment("cat", section="A"), Segment("cat dog", section="B"))
    within = put(memory, Record("1", "session", "", both))
    put(memory, Record("2", "session", "", (Segment("cat dog"),)))
    assert found(memory, "dog", record=within) == ["cat dog", "cat"]
    assert found(memory, "dog", record="of nothing") == []


def test_records_of_the_time_asked_for_come_first_and_keep_nothing_else_out(memory: Memory) -> None:
    for day in (date(2025, 3, 12), date(2024, 3, 12), None):
        put(memory, Record(str(day), "session", "", (Segment(f"cat of {day}"),), day))
    assert found(memory, "cat in March 2024")[0] == "cat of 2024-03-12"
    assert found(memory, "cat in March 2025")[0] == "cat of 2025-03-12"
    assert len(found(memory, "cat in March 2025")) == 3


def test_a_time_asked_for_brings_its_records_however_many_are_nearer(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrieval, "DEPTH", 1)
    put(memory, Record("near", "session", "", (Segment("cat dog"),), date(2025, 3, 12)))
    put(memory, Record("then", "session", "", (Segment("cat elk"),), date(2024, 3, 12)))
    assert found(memory, "cat dog in March 2024", k=1) == ["cat elk"]


def test_what_somebody_said_is_found_by_their_name(memory: Memory) -> None:
    for name in ("Ana Diaz", "Bo Lind"):
        put(memory, Record(name, "session", "", (Segment("cat dog", named(name)),)))
    assert [h.segments[0].speaker.name for h in hits_of(memory, "what did Bo say of the cat", k=1)] == [
        "Bo Lind"
    ]


@pytest.mark.parametrize("query", ["Ana Diaz", "ana diaz", "ana", "@ana_d"])
def test_what_somebody_said_who_does_not_want_to_be_named_is_not_found_by_their_name(
    memory: Memory, query: str
) -> None:
    enrol(memory, Member("Ana Diaz", handles=("ana_d",), hide_name=True), Member("Bo Lind"))
    put(memory, Record("1", "session", "", (Segment("cat dog", named("Ana Diaz")),)))
    assert [h.keyword for h in hits_of(memory, query)] == [0.0]
    assert [h.keyword > 0 for h in hits_of(memory, f"{query} dog")] == [True]


# Typos and acronyms


class Reader(WordEncoder):
    """One whose pieces are the letters of the words, but for a few that it knows."""

    def count(self, texts: Sequence[str]) -> list[int]:
        known = {"the", "cat"}
        return [sum(1 if word in known else len(word) for word in text.split()) for text in texts]


def keyword(memory: Memory, query: str, viewer: Viewer = Viewer()) -> list[bool]:
    """Whether each passage, in order, is found by its words."""
    hits = retrieve(Searcher(memory, Reader()), query, viewer)
    return [hit.keyword > 0 for hit in sorted(hits, key=lambda hit: hit.passage)]


def test_a_typo_finds_what_was_meant(memory: Memory) -> None:
    fill(memory, "the palette", "the cat")
    assert keyword(memory, "palete") == [True, False]
    assert keyword(memory, "palettes") == [True, False], "its stem is known"
    assert keyword(memory, "sonata") == [False, False]


def test_an_acronym_finds_what_it_stands_for_and_the_other_way_round(memory: Memory) -> None:
    fill(memory, "hot code trees (HCT)", "HCT", "hot trees", "dog")
    assert keyword(memory, "hct") == [True, True, True, False]
    assert keyword(memory, "hot code trees") == [True, True, True, False]


@pytest.mark.parametrize("viewer", [Viewer(), Viewer(groups=frozenset({"everyone", "a"}))])
def test_what_only_a_group_may_see_corrects_and_explains_nothing(memory: Memory, viewer: Viewer) -> None:
    put(memory, Record("1", "document", "", (Segment("dogs"),)))
    put(memory, Record("2", "document", "", (Segment("doges of old guard (OG)"),)), frozenset({"a"}))
    assert keyword(memory, "dogess", viewer)[0] is True
    assert not any(keyword(memory, "guardd", viewer))
    assert not any(keyword(memory, "og", Viewer()))


def test_a_typo_of_a_name_that_is_not_to_be_shown_finds_nothing(memory: Memory) -> None:
    enrol(memory, Member("Naila Osei", hide_name=True))
    fill(memory, "Naila said so")
    assert keyword(memory, "Nailla") == [False]
    enrol(memory, Member("Naila Osei"))
    assert keyword(memory, "Nailla") == [True]


# Who may see what


def test_a_viewer_sees_what_is_for_everyone_or_for_a_group_of_theirs(memory: Memory) -> None:
    for text, audience in (
        ("open", {"everyone"}),
        ("leads", {"leads"}),
        ("none", set()),
        ("two", {"leads", "core"}),
    ):
        put(memory, Record(text, "document", "", (Segment(text),)), frozenset(audience))
    assert found(memory, "x") == ["open"]
    assert set(found(memory, "x", Viewer("ana", frozenset({"everyone", "leads"})))) == {
        "open",
        "leads",
        "two",
    }
    assert set(found(memory, "x", Viewer("bo", frozenset({"everyone", "core"})))) == {"open", "two"}
    assert found(memory, "x", Viewer("cy", frozenset())) == []


def test_a_record_opens_only_for_those_who_may_see_it(memory: Memory) -> None:
    id_ = put(memory, Record("1", "document", "Pay", (Segment("By level."),)), frozenset({"leads"}))
    with pytest.raises(NotFoundError, match="that you may see"):
        open_record(memory, id_, Viewer())
    with pytest.raises(NotFoundError):
        open_record(memory, "nope", Viewer())
    opened = open_record(memory, id_, Viewer("ana", frozenset({"leads"})))
    assert [s.text for s in opened.segments] == ["By level."]


def test_an_index_that_lags_never_shows_what_was_removed_or_restricted(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrieval, "HELD_LIMIT", 0)
    monkeypatch.setattr(retrieval, "EXACT_LIMIT", 0)
    fill(memory, "cat one", "cat two", "cat three")
    index = VectorIndex.open(memory)
    with memory.writing() as connection:
        stored.remove(connection, stored.record_id("notes", "0"))
        stored.set_audience(connection, stored.record_id("notes", "1"), frozenset({"leads"}))
    hits = retrieve(Searcher(memory, WordEncoder(), index), "cat", Viewer())
    assert [h.text for h in hits] == ["cat three"]
    assert index.passages() == {1, 2, 3}
    index.close()


def test_behind_many_that_may_not_be_seen_the_index_is_asked_on(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrieval, "HELD_LIMIT", 0)
    monkeypatch.setattr(retrieval, "EXACT_LIMIT", 0)
    monkeypatch.setattr(retrieval, "DEPTH", 1)
    for number in range(10):
        put(memory, Record(f"near {number}", "document", "", (Segment("cow"),)), frozenset({"leads"}))
        put(memory, Record(f"far {number}", "document", "", (Segment("cow dog"),)))
    index = VectorIndex.open(memory)
    # Of 20 half may be seen, so 4 are asked for at first: all four are among the ten that may not.
    hits = retrieve(Searcher(memory, WordEncoder(), index), "cat", Viewer(), k=1)
    assert [h.text for h in hits] == ["cow dog"]
    index.close()


def test_another_model_is_an_error_and_not_an_empty_answer(memory: Memory) -> None:
    fill(memory, "cat")
    with pytest.raises(
        MemoryFolderError, match="were made by the model first-letters, but other is"
    ) as error:
        retrieve(Searcher(memory, WordEncoder("other")), "cat", Viewer())
    assert "copassist reindex" in error.value.fix


def test_a_hidden_name_is_taken_out_of_a_hit_and_nothing_else(memory: Memory) -> None:
    enrol(memory, Member("Bo Lind", hide_name=True))
    long = " ".join(["Bo Lind said so."] * 80)  # 320 words: two passages of one segment
    put(memory, Record("1", "document", "", (Segment(long),)))
    texts = found(memory, "said")
    assert len(texts) == 2
    assert sorted(len(text) for text in texts) == sorted(
        len(" ".join(["a member said so."] * n)) for n in (40, 40)
    )
    assert all(text.startswith("a member said so.") and text.endswith("a member said so.") for text in texts)
