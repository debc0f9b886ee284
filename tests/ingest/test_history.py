"""What `undo` takes back, and what is forgotten for good."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from sqlalchemy import select

from copassist.errors import BusyError, NotFoundError
from copassist.records import Group, Identity, Member, Membership, Record, Segment, named
from copassist.store import Memory, review
from copassist.store import members as directory
from copassist.store import records as stored
from copassist.store import schema as t
from copassist.store.matches import Settlement
from copassist.store.vectors import VectorIndex
from ingest import history
from ingest.pipeline import follow, ingest, ingest_records
from ingest.reindex import reindex
from ingest.report import Options
from ingest.sources import Place
from tests.fakes import WordEncoder, all_rows, enrol, put, rows


def document(folder: Path, name: str, said: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.md").write_text(f"# Title {name}\n\n{said}\n", encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in "abc":
        document(tmp_path / "notes", name, f"Words about {name}.")
    return tmp_path / "notes"


def run(memory: Memory, folder: Path, **options: Any) -> None:
    ingest(memory, [folder], WordEncoder(), Options(confirm=lambda _: True, **options))


def state(memory: Memory) -> dict[str, Any]:
    """What the memory holds: everything but the logs and the numbers that SQL gives out."""
    with memory.reading() as connection:
        ids = list(connection.execute(select(t.records.c.id).order_by(t.records.c.id)).scalars())
        passages = select(t.passages.c["record_id", "spans", "embedding", "words"])
        return {
            "records": {id_: stored.read_back(connection, id_) for id_ in ids},
            "shown": stored.load(connection, ids),
            "segments": connection.execute(
                select(t.segments.c.id, t.segments.c.position).order_by(t.segments.c.id)
            ).all(),
            "passages": connection.execute(
                passages.order_by(t.passages.c.record_id, t.passages.c.spans)
            ).all(),
            "sources": connection.execute(
                select(t.sources.c["id", "name", "key", "kind", "path", "audience", "link_base"])
            ).all(),
            "members": directory.load(connection),
            "matched": connection.execute(select(t.identities).where(t.identities.c.member_id != None)).all(),  # noqa: E711
            "settled": connection.execute(select(t.settled).order_by(t.settled.c.key)).all(),
        }


def undo(memory: Memory) -> str:
    """Undo and follow; the index then holds just the passages of SQL."""
    what = history.undo(memory, WordEncoder())
    follow(memory)
    index = VectorIndex.open(memory)
    assert index.passages() == {row["id"] for row in all_rows(memory, "passages")}
    index.close()
    return what


# Undo


def test_undo_of_the_first_ingest_leaves_an_empty_memory(memory: Memory, folder: Path) -> None:
    empty = state(memory)
    run(memory, folder)
    assert undo(memory) == f"ingest {folder}"
    assert state(memory) == empty
    assert rows(memory, "files") == 0


def test_undo_of_an_addition_takes_only_that(memory: Memory, folder: Path) -> None:
    run(memory, folder)
    before = state(memory)
    document(folder, "d", "Words about d.")
    run(memory, folder)
    undo(memory)
    assert state(memory) == before


def test_what_was_undone_is_read_again_by_the_next_ingest(memory: Memory, folder: Path) -> None:
    run(memory, folder)
    document(folder, "b", "Quite other words.")
    document(folder, "d", "Words about d.")
    run(memory, folder)
    after = state(memory)
    undo(memory)
    run(memory, folder)
    assert state(memory) == after


def test_undo_of_a_replacement_brings_the_old_text_back(memory: Memory, folder: Path) -> None:
    run(memory, folder)
    before = state(memory)
    document(folder, "b", "Quite other words.")
    run(memory, folder)
    assert state(memory) != before
    undo(memory)
    assert state(memory) == before


def test_undo_of_a_removal_brings_the_records_back(memory: Memory, folder: Path) -> None:
    run(memory, folder)
    before = state(memory)
    (folder / "a.md").unlink()
    (folder / "b.md").unlink()
    run(memory, folder)
    assert len(state(memory)["records"]) == 1
    undo(memory)
    assert state(memory) == before


def test_undo_of_a_changed_audience_and_link_base(memory: Memory, folder: Path) -> None:
    enrol(memory, Member("Ana Diaz", groups=("leads",)))
    run(memory, folder)
    before = state(memory)
    run(memory, folder, audience=("leads",), link_base="https://wiki.example.org")
    assert {p.audience for p in state(memory)["records"].values()} == {frozenset({"leads"})}
    undo(memory)
    assert state(memory) == before


def test_undo_of_a_source_removed(memory: Memory, folder: Path) -> None:
    run(memory, folder, link_base="https://wiki.example.org")
    before = state(memory)
    assert history.remove_source(memory, "notes") == 3
    assert state(memory)["records"] == {} and state(memory)["sources"] == []
    assert undo(memory) == "sources remove notes"
    assert state(memory) == before


def test_undo_of_a_removed_source_keeps_when_it_was_ingested(memory: Memory, folder: Path) -> None:
    run(memory, folder)
    (before,) = all_rows(memory, "sources")
    history.remove_source(memory, "notes")
    undo(memory)
    assert list(all_rows(memory, "sources")) == [before]


ANA = Member(
    "Ana Diaz",
    emails=("ana@example.org",),
    teams=(Membership("core", "lead", date(2024, 1, 1)),),
    topics=("fonts",),
    away_until=date(2025, 7, 1),
)


def test_undo_of_a_members_import_brings_the_directory_and_its_matches_back(memory: Memory) -> None:
    put(memory, Record("a.md", "session", "S", (Segment("Hello.", named("Ana Diaz")),)))
    history.import_members(memory, [ANA])
    before = state(memory)
    difference = history.import_members(memory, [Member("Bo Lind")])
    assert (difference.added, difference.removed) == (("Bo Lind",), ("Ana Diaz",))
    assert undo(memory) == "members import"
    assert state(memory) == before


def seen(memory: Memory, *people: Identity) -> list[int]:
    """Have these people speak in a session; their ids."""
    put(memory, Record("a.md", "session", "S", tuple(Segment("Hello.", person) for person in people)))
    ids = {row["key"]: row["id"] for row in all_rows(memory, "identities")}
    return [int(str(ids[person.key])) for person in people]


def test_undo_of_an_import_brings_back_what_was_settled_and_how_it_was_matched(memory: Memory) -> None:
    history.import_members(memory, [ANA, Member("Bo Lind"), Member("Cy Fox")])
    people = Identity("slack:T1", "U1", "Bo Lind"), named("Cy"), named("Guest")
    _, cy, guest = seen(memory, *people)
    renamed = Identity("slack:T1", "U1", "Captain Map")  # still Bo, by the account
    seen(memory, renamed, *people[1:])
    history.settle(history.Run(memory, "r"), {cy: Settlement("cy-fox"), guest: Settlement(None)})
    before = state(memory)
    assert {row["key"]: row["member_id"] for row in all_rows(memory, "identities")} == {
        "U1": "bo-lind",
        "Cy": "cy-fox",
        "Guest": None,
    }
    difference = history.import_members(memory, [ANA])
    assert [(c.what, c.settled) for c in difference.matches] == [("lost", False), ("lost", True)]
    assert [row["key"] for row in all_rows(memory, "settled")] == ["Guest"]
    undo(memory)
    assert state(memory) == before


def test_an_import_that_is_no_longer_what_was_shown_changes_nothing(memory: Memory) -> None:
    with memory.reading() as connection:
        shown, _ = directory.compare(connection, [ANA])
    seen(memory, named("Ana Diaz"))
    with pytest.raises(BusyError, match="The memory changed after the difference was shown"):
        history.import_members(memory, [ANA], shown)
    assert (rows(memory, "members"), rows(memory, "runs")) == (0, 0)


def test_undo_takes_a_review_back_whole_and_only_it(memory: Memory) -> None:
    history.import_members(memory, [ANA, Member("Bo Lind")])
    bo, cy, guest = seen(memory, named("Bo Lind"), named("Cy"), named("Guest"))
    history.settle(history.Run(memory, "members review"), {guest: Settlement(None)})
    before = state(memory)
    run = history.Run(memory, "members review")
    assert history.settle(run, {cy: Settlement("ana-diaz")}) == [cy]
    assert history.settle(run, {bo: Settlement("ana-diaz"), guest: None}) == [bo, guest]
    assert history.settle(run, {cy: Settlement("bo-lind")}) == [cy]
    assert state(memory) != before
    assert undo(memory) == "members review"
    assert state(memory) == before


def test_a_choice_that_changes_nothing_cannot_be_undone(memory: Memory) -> None:
    history.import_members(memory, [ANA])
    (cy,) = seen(memory, named("Cy"))
    assert history.settle(history.Run(memory, "members review"), {cy: None}) == []
    assert history.settle(history.Run(memory, "members review"), {cy: Settlement("ana-diaz")}) == [cy]
    assert history.settle(history.Run(memory, "members review"), {cy: Settlement("ana-diaz")}) == []
    assert rows(memory, "runs") == 2


def test_of_choices_one_of_which_is_wrong_none_is_kept(memory: Memory) -> None:
    history.import_members(memory, [ANA])
    (cy,) = seen(memory, named("Cy"))
    with pytest.raises(NotFoundError, match="There is nobody with the id 99"):
        history.settle(history.Run(memory, "r"), {cy: Settlement("ana-diaz"), 99: Settlement(None)})
    assert (rows(memory, "settled"), rows(memory, "runs")) == (0, 1)


def test_an_import_between_two_answers_of_a_review_is_undone_by_itself(memory: Memory) -> None:
    history.import_members(memory, [ANA])
    cy, guest = seen(memory, named("Cy"), named("Guest"))
    start = state(memory)
    run = history.Run(memory, "members review")
    history.settle(run, {cy: Settlement("ana-diaz")})
    history.import_members(memory, [ANA, Member("Bo Lind")])
    history.settle(run, {guest: Settlement("bo-lind")})
    assert undo(memory) == "members import"
    assert {row["key"]: row["member_id"] for row in all_rows(memory, "identities")} == {
        "Cy": "ana-diaz",
        "Guest": None,
    }
    assert undo(memory) == "members review"
    assert state(memory) == start


def test_importing_the_same_members_again_leaves_nothing_to_undo(memory: Memory) -> None:
    history.import_members(memory, [ANA])
    history.import_members(memory, [ANA])
    assert rows(memory, "runs") == 1


def test_undo_takes_back_run_after_run_then_says_that_there_is_none(memory: Memory, folder: Path) -> None:
    empty = state(memory)
    run(memory, folder)
    first = state(memory)
    document(folder, "a", "Other words.")
    run(memory, folder)
    undo(memory)
    assert state(memory) == first
    undo(memory)
    assert state(memory) == empty
    with pytest.raises(NotFoundError, match="nothing to undo"):
        undo(memory)


def test_a_run_that_changes_nothing_cannot_be_undone(memory: Memory, folder: Path) -> None:
    run(memory, folder)
    run(memory, folder)
    assert rows(memory, "runs") == 1


def test_undo_brings_back_people_roles_and_the_private_place(memory: Memory) -> None:
    ana, bo = Identity("slack:T1", "U1", "Ana Diaz", "@ana", "ana@example.org"), Identity("slack:T1", "U2")
    place = Place("slack", "slack:T1", "slack", Path("/export"))
    old = Record(
        "C1/1",
        "thread",
        "Pay",
        (Segment("How is pay set?", ana, "asker", key="1"), Segment("By level.", bo, "answerer", key="2")),
        date(2025, 1, 2),
        roles=((ana, "asker"), (bo, "answerer")),
        channel="#pay",
        group=Group("private: #pay", (ana, bo)),
    )
    ingest_records(memory, place, [old], WordEncoder())
    before = state(memory)
    new = Record("C1/1", "thread", "Pay", (old.segments[0],), group=Group("private: #pay", (ana,)))
    ingest_records(memory, place, [new], WordEncoder())
    undo(memory)
    assert state(memory) == before


# Forgetting


def test_a_forgotten_record_is_gone_from_everywhere_for_good(memory: Memory, folder: Path) -> None:
    run(memory, folder)
    document(folder, "b", "Quite other words.")
    run(memory, folder)
    (id_,) = [str(row["id"]) for row in all_rows(memory, "records") if row["file"] == "b.md"]
    history.forget_record(memory, id_)
    assert id_ not in state(memory)["records"]
    assert rows(memory, "embeddings") == 2
    undo(memory)
    assert id_ not in state(memory)["records"]
    steps = [row for row in all_rows(memory, "undo_steps") if "words" in str(row["before"])]
    assert not [row for row in steps if row["key"] == id_]


def test_forgetting_what_is_not_there_is_said(memory: Memory) -> None:
    with pytest.raises(NotFoundError, match="There is no record 'nope'"):
        history.forget_record(memory, "nope")
    assert rows(memory, "forgotten") == 0


def test_a_forgotten_member_leaves_their_words_but_no_name(memory: Memory) -> None:
    ana = Identity("slack:T1", "U1", "Ana Diaz", "@ana", "ana@example.org")
    history.import_members(memory, [ANA, Member("Bo Lind")])
    id_ = put(
        memory, Record("a.md", "session", "S", (Segment("Cache it.", ana),), roles=((ana, "presenter"),))
    )
    put(memory, Record("b.md", "session", "S", (Segment("More.", named("Didi")),)))
    (didi,) = [int(str(row["id"])) for row in all_rows(memory, "identities") if row["key"] == "Didi"]
    history.settle(history.Run(memory, "members review"), {didi: Settlement("ana-diaz")})
    history.forget_member(memory, "ana-diaz")
    with memory.reading() as connection:
        record = stored.load(connection, [id_])[id_]
        assert record.segments[0].text == "Cache it."
        assert record.segments[0].speaker is not None
        assert (record.segments[0].speaker.name, record.segments[0].speaker.member) == ("somebody", None)
        assert review.everybody(connection) == []
    everything = str([list(all_rows(memory, name)) for name in t.metadata.tables])
    for trace in ("Ana", "@ana", "ana@example.org", "U1", "Didi"):
        assert trace not in everything
    with pytest.raises(NotFoundError):
        history.undo(memory, WordEncoder())


# One at a time, reindex


def test_a_run_holds_others_off_until_it_is_done(memory: Memory) -> None:
    with history.alone(memory), pytest.raises(BusyError), history.alone(memory):
        pass
    with history.alone(memory):
        pass


def test_reindex_with_another_model_makes_the_memory_its_own(memory: Memory, folder: Path) -> None:
    run(memory, folder)
    before = state(memory)["records"]
    encoder = WordEncoder("other")
    assert reindex(memory, encoder, lambda *_: None) == 3
    assert (memory.fact("model"), encoder.encoded, rows(memory, "embeddings")) == ("other", 3, 3)
    assert state(memory)["records"] == before
    index = VectorIndex.open(memory)
    assert index.passages() == {row["id"] for row in all_rows(memory, "passages")}
    index.close()


def test_reindex_beside_an_ingest_is_refused_and_changes_nothing(memory: Memory, folder: Path) -> None:
    run(memory, folder)
    with FileLock(memory.folder / "ingest.lock"), pytest.raises(BusyError):
        reindex(memory, WordEncoder("other"), lambda *_: None)
    assert memory.fact("model") == "first-letters"


@pytest.mark.parametrize(
    ("taken", "free"), [(set(), "a"), ({"a"}, "a-2"), ({"a", "a-2"}, "a-3"), ({"b"}, "a")]
)
def test_a_taken_name_gets_a_number(taken: set[str], free: str) -> None:
    assert history.free_name("a", taken) == free
