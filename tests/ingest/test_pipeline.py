"""Bringing a memory up to date with folders and exports, over real files, SQL and Chroma."""

from __future__ import annotations

import json
import os
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from filelock import FileLock
from sqlalchemy import select, text

from copassist.errors import BusyError, InputError, MemoryFolderError, RefusedError
from copassist.records import PUBLIC, Member, Membership, Record, Rejected, Segment, Viewer
from copassist.retrieve import Searcher, retrieve
from copassist.store import Memory
from copassist.store import records as stored
from copassist.store import schema as t
from copassist.store.vectors import VectorIndex
from ingest import history
from ingest.pipeline import ingest, ingest_records
from ingest.report import Options, Planned
from ingest.sources import Place
from ingest.writing import PASSAGES_AT_ONCE
from tests.fakes import StoppingEncoder, WordEncoder, all_rows, changes, enrol, rows


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six documents, a.md to f.md."""
    made = tmp_path / "notes"
    made.mkdir()
    for name in "abcdef":
        document(made, name, f"Words about {name}.")
    return made


def document(folder: Path, name: str, said: str) -> Path:
    path = folder / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"# Title {name}\n\n{said}\n", encoding="utf-8")
    return path


def run(memory: Memory, path: Path, **options: object) -> tuple[int, int, int, int]:
    """Ingest; how many records were added, changed, unchanged and removed."""
    report = ingest(memory, [path], WordEncoder(), Options(**options))  # type: ignore[arg-type]
    return report.added, report.changed, report.unchanged, report.removed


def said(memory: Memory) -> dict[str, str]:
    """What the memory holds: by file, the text of its record."""
    with memory.reading() as connection:
        found = connection.execute(
            select(t.records.c.file, t.segments.c.text).join(t.segments).order_by(t.segments.c.position)
        )
        texts: dict[str, list[str]] = {}
        for row in found:
            texts.setdefault(row.file, []).append(row.text)
    return {file: " ".join(parts) for file, parts in texts.items()}


def audiences(memory: Memory) -> dict[str, set[str]]:
    with memory.reading() as connection:
        found = connection.execute(select(t.records.c.file, t.record_groups.c.group).join(t.record_groups))
        groups: dict[str, set[str]] = {}
        for row in found:
            groups.setdefault(row.file, set()).add(row.group)
    return groups


def dump(memory: Memory) -> dict[str, list[dict[str, object]]]:
    """Every row of every table but the database's own bookkeeping."""
    return {name: list(all_rows(memory, name)) for name in t.metadata.tables if name != "facts"}


def assert_index_equals_sql(memory: Memory) -> None:
    with memory.reading() as connection:
        ids = set(connection.execute(select(t.passages.c.id)).scalars())
        assert (
            set(connection.execute(text("SELECT id FROM passages WHERE length(words) > 0")).scalars()) == ids
        )
    index = VectorIndex.open(memory)
    try:
        assert index.passages() == ids
    finally:
        index.close()


# Adding and changing


def test_each_file_becomes_a_record_that_can_be_found(memory: Memory, folder: Path) -> None:
    report = ingest(memory, [folder], WordEncoder())
    assert (report.added, report.kinds, report.rejected, report.followed) == (6, {"document": 6}, [], True)
    assert said(memory) == {f"{name}.md": f"Words about {name}." for name in "abcdef"}
    hits = retrieve(Searcher(memory, WordEncoder()), "Words about c", Viewer(), k=1)
    assert [h.text for h in hits] == ["Words about c."]
    assert_index_equals_sql(memory)


def test_the_same_input_twice_changes_nothing(memory: Memory, folder: Path) -> None:
    (folder / "empty.md").write_text("")
    (folder / "photo.png").write_bytes(b"\x89PNG")
    first = ingest(memory, [folder], WordEncoder())
    assert [(r.file, r.reason) for r in first.rejected] == [("empty.md", "the file is empty")]
    assert first.skipped == {".png": 1}
    before, encoder = dump(memory), WordEncoder()
    second = ingest(memory, [folder], encoder)
    after = dump(memory)
    assert (second.added, second.changed, second.unchanged, second.removed) == (0, 0, 6, 0)
    assert (second.rejected, second.skipped, encoder.encoded) == (first.rejected, first.skipped, 0)
    for row in (*before["sources"], *after["sources"]):
        del row["ingested_at"]
    for row in (*before["problems"], *after["problems"]):
        del row["id"]
    assert after == before


def test_a_changed_file_replaces_its_record_under_the_same_id(memory: Memory, folder: Path) -> None:
    run(memory, folder)
    (before,) = [row for row in all_rows(memory, "records") if row["file"] == "b.md"]
    logged = len(changes(memory))
    document(folder, "b", "Quite other words.")
    assert run(memory, folder) == (0, 1, 5, 0)
    assert said(memory)["b.md"] == "Quite other words."
    assert changes(memory)[logged:] == [(before["id"], "saved")]
    assert_index_equals_sql(memory)


def test_only_what_is_new_is_embedded(memory: Memory, folder: Path) -> None:
    run(memory, folder)
    document(folder, "b", "Quite other words.")
    encoder = WordEncoder()
    ingest(memory, [folder], encoder)
    assert encoder.encoded == 1


def test_a_broken_file_keeps_the_old_record_and_is_rejected(memory: Memory, folder: Path) -> None:
    run(memory, folder)
    (folder / "b.md").write_text("")
    report = ingest(memory, [folder], WordEncoder())
    assert report.rejected == [Rejected("b.md", "the file is empty")]
    assert (report.unchanged, report.removed) == (5, 0)
    assert said(memory)["b.md"] == "Words about b."
    document(folder, "b", "Words about b.")
    assert run(memory, folder) == (0, 0, 6, 0)
    assert rows(memory, "problems") == 0


def test_an_unreadable_file_or_folder_keeps_its_records(memory: Memory, folder: Path) -> None:
    document(folder, "sub/g", "Words about g.")
    run(memory, folder)
    with unreadable(memory.folder.parent, folder / "b.md", folder / "sub"):
        report = ingest(memory, [folder], WordEncoder())
    assert [(r.file, r.reason) for r in report.rejected] == [
        ("b.md", "can't be read: Permission denied"),
        ("sub", "can't be read: Permission denied"),
    ]
    assert report.removed == 0
    assert sorted(said(memory)) == ["a.md", "b.md", "c.md", "d.md", "e.md", "f.md", "sub/g.md"]


class unreadable:
    """Meanwhile these paths can't be read, not even by root, who becomes nobody."""

    def __init__(self, all_of: Path, *paths: Path) -> None:
        self.all_of, self.paths = all_of, paths

    def __enter__(self) -> None:
        if os.geteuid() == 0:
            parents = [p for p in self.all_of.parents if p.name.startswith("pytest-")]
            self.opened = {p: p.stat().st_mode for p in parents}
            for path in parents:
                path.chmod(0o755)
            for path in (self.all_of, *self.all_of.rglob("*")):
                os.chown(path, 65534, 65534)
            os.seteuid(65534)
        for path in self.paths:
            path.chmod(0)

    def __exit__(self, *_: object) -> None:
        for path in self.paths:
            path.chmod(0o755)
        if os.getuid() == 0:
            os.seteuid(0)
            for path, mode in self.opened.items():
                path.chmod(mode)


def test_a_link_that_leads_to_itself_is_skipped(memory: Memory, folder: Path) -> None:
    (folder / "loop.md").symlink_to(folder / "loop.md")
    report = ingest(memory, [folder], WordEncoder())
    assert (report.added, sum(report.skipped.values())) == (6, 1)


def test_a_file_that_holds_two_records_at_one_place_keeps_the_first(memory: Memory) -> None:
    place = Place("slack", "mail:x", "mail", memory.folder)
    two = [Record("1", "thread", title, (Segment(title),)) for title in ("First.", "Second.")]
    report = ingest_records(memory, place, two, WordEncoder())
    assert report.rejected == [
        Rejected(memory.folder.name, "two records stand at '1'; the first one was kept")
    ]
    assert [row["title"] for row in all_rows(memory, "records")] == ["First."]


# Removing


def test_a_file_that_vanished_from_a_folder_is_removed(memory: Memory, folder: Path) -> None:
    run(memory, folder)
    (folder / "b.md").unlink()
    assert run(memory, folder) == (0, 0, 5, 1)
    assert "b.md" not in said(memory)
    assert (
        retrieve(Searcher(memory, WordEncoder()), "Words about b", Viewer(), k=9)[0].text != "Words about b."
    )
    assert_index_equals_sql(memory)


def test_a_removed_file_that_comes_back_is_added_again(memory: Memory, folder: Path) -> None:
    run(memory, folder)
    (folder / "b.md").unlink()
    run(memory, folder)
    document(folder, "b", "Words about b.")
    assert run(memory, folder) == (1, 0, 5, 0)


def test_removing_more_than_a_fifth_is_refused_unasked_and_removes_nothing(
    memory: Memory, folder: Path
) -> None:
    run(memory, folder)
    before = dump(memory)
    (folder / "a.md").unlink()
    (folder / "b.md").unlink()
    with pytest.raises(RefusedError, match=r"2 of the 6 records of 'notes' are no longer in .*; nothing was"):
        run(memory, folder)
    asked: list[str] = []
    with pytest.raises(RefusedError):
        run(memory, folder, confirm=lambda question: bool(asked.append(question)))
    assert asked == [
        f"2 of the 6 records of 'notes' are no longer in {folder}, 'a.md' among them. "
        "Remove them from the memory?"
    ]
    assert dump(memory) == before
    assert run(memory, folder, confirm=lambda question: True) == (0, 0, 4, 2)


def test_a_fifth_is_removed_without_asking(memory: Memory, folder: Path) -> None:
    for name in "ghij":
        document(folder, name, f"Words about {name}.")
    run(memory, folder)
    (folder / "a.md").unlink()
    (folder / "b.md").unlink()
    assert run(memory, folder) == (0, 0, 8, 2)


def test_an_empty_folder_erases_nothing_unasked(memory: Memory, folder: Path) -> None:
    run(memory, folder)
    shutil.rmtree(folder)
    folder.mkdir()
    with pytest.raises(RefusedError):
        run(memory, folder)
    assert len(said(memory)) == 6


def slack_export(folder: Path, *said: str, channels: object = None) -> Path:
    """An export with one message a text, a day apart and so each a thread."""
    users = [
        {"id": "U1", "team_id": "T1", "name": "ana", "profile": {"real_name": "Ana Diaz"}},
        {"id": "U2", "team_id": "T1", "name": "bo", "profile": {"real_name": "Bo Lind"}},
    ]
    messages = [
        {"type": "message", "user": "U1", "text": text, "ts": f"{1731408000 + n * 86400}.000100"}
        for n, text in enumerate(said)
    ]
    channels = channels or {"channels": [{"id": "C1", "name": "talk", "members": ["U1", "U2"]}]}
    (folder / "talk").mkdir(parents=True, exist_ok=True)
    for name, content in {"users": users, **channels, "talk/2024-11-12": messages}.items():  # type: ignore[dict-item]
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def test_an_export_never_removes_what_it_no_longer_holds(memory: Memory, tmp_path: Path) -> None:
    export = slack_export(tmp_path / "export", "How do we embed fonts?", "Which chart library is best?")
    assert run(memory, export) == (2, 0, 0, 0)
    slack_export(export, "How do we embed fonts?")
    assert run(memory, export) == (0, 0, 1, 0)
    assert rows(memory, "records") == 2


def test_an_export_updates_what_changed(memory: Memory, tmp_path: Path) -> None:
    export = slack_export(tmp_path / "export", "How do we embed fonts?")
    run(memory, export)
    slack_export(export, "How do we embed fonts well?")
    assert run(memory, export) == (0, 1, 0, 0)


def test_an_export_that_is_the_same_is_not_read_again_and_reported_as_before(
    memory: Memory, tmp_path: Path
) -> None:
    path = slack_export(tmp_path / "export", "How do we embed fonts?", "Which chart library is best?")
    (path / "talk" / "notes.pdf").write_bytes(b"%PDF")
    read: list[int] = []
    options = Options(progress=lambda what, done, total: read.append(done))
    first = ingest(memory, [path], WordEncoder(), options)
    assert read == [0, 1, 2]
    again = ingest(memory, [path], WordEncoder(), options)
    assert read == [0, 1, 2]
    assert (first.added, again.added, again.unchanged) == (2, 0, 2)
    assert first.skipped == again.skipped == {".pdf": 1}
    history.undo(memory, WordEncoder())
    assert run(memory, path) == (2, 0, 0, 0)


def test_a_private_channel_is_seen_by_its_members_alone(memory: Memory, tmp_path: Path) -> None:
    private = {"channels": [], "groups": [{"id": "G1", "name": "talk", "members": ["U1"]}]}
    run(memory, slack_export(tmp_path / "export", "How do we set pay?", channels=private))
    (group,) = {row["group"] for row in all_rows(memory, "record_groups")}
    assert group != "everyone"
    searcher = Searcher(memory, WordEncoder())
    assert retrieve(searcher, "pay", Viewer()) == []
    assert len(retrieve(searcher, "pay", Viewer("ana", frozenset({"everyone", str(group)})))) == 1


# Audience


TEAM = Member("Ana Diaz", teams=(Membership("core"),), groups=("leads",))


def test_a_changed_audience_applies_to_what_is_stored(memory: Memory, folder: Path) -> None:
    enrol(memory, TEAM)
    run(memory, folder)
    assert audiences(memory) == {f"{name}.md": {"everyone"} for name in "abcdef"}
    assert run(memory, folder, audience=("core", "leads")) == (0, 0, 6, 0)
    assert audiences(memory) == {f"{name}.md": {"core", "leads"} for name in "abcdef"}
    assert retrieve(Searcher(memory, WordEncoder()), "words", Viewer()) == []
    document(folder, "g", "Words about g.")
    run(memory, folder)
    assert audiences(memory)["g.md"] == {"core", "leads"}, "the audience of a source stays as it was set"


def test_the_same_audience_in_another_order_changes_nothing(memory: Memory, folder: Path) -> None:
    enrol(memory, TEAM)
    run(memory, folder, audience=("core", "leads"))
    logged = changes(memory)
    run(memory, folder, audience=("leads", "core", "leads"))
    assert changes(memory) == logged


def test_an_audience_of_nobody_is_refused(memory: Memory, folder: Path) -> None:
    with pytest.raises(InputError, match="There is no team or group 'coer' in the directory"):
        run(memory, folder, audience=("coer",))
    assert rows(memory, "sources") == 0


# One path, many sources


def test_a_path_inside_a_known_folder_belongs_to_that_folders_source(memory: Memory, folder: Path) -> None:
    run(memory, folder)
    document(folder, "a", "New words.")
    document(folder, "b", "New words too.")
    assert run(memory, folder / "a.md") == (0, 1, 0, 0)
    assert (said(memory)["a.md"], said(memory)["b.md"]) == ("New words.", "Words about b.")
    assert rows(memory, "sources") == 1


def test_a_folder_inside_a_known_folder_removes_only_what_vanished_from_it(
    memory: Memory, folder: Path
) -> None:
    document(folder, "sub/g", "Words about g.")
    document(folder, "sub/h", "Words about h.")
    run(memory, folder)
    (folder / "a.md").unlink()
    (folder / "sub" / "g.md").unlink()
    assert run(memory, folder / "sub") == (0, 0, 1, 1)
    assert "a.md" in said(memory) and "sub/g.md" not in said(memory)


def test_a_path_inside_a_known_folder_leaves_the_other_problems_known(memory: Memory, folder: Path) -> None:
    (folder / "b.md").write_text("")
    run(memory, folder)
    run(memory, folder / "a.md")
    assert [row["file"] for row in all_rows(memory, "problems")] == ["b.md"]


def test_a_folder_around_a_known_one_is_refused(memory: Memory, folder: Path) -> None:
    run(memory, folder)
    with pytest.raises(InputError, match=r"which was ingested before as 'notes'"):
        run(memory, folder.parent)


def test_two_folders_of_one_name_get_names_of_their_own(memory: Memory, tmp_path: Path) -> None:
    for parent in ("x", "y"):
        document(tmp_path / parent / "notes", "a", f"Words of {parent}.")
        run(memory, tmp_path / parent / "notes")
    assert sorted(str(row["name"]) for row in all_rows(memory, "sources")) == ["notes", "notes-2"]


# Dry run, refusals


def test_a_dry_run_tells_the_plan_and_changes_nothing(memory: Memory, folder: Path) -> None:
    empty = dump(memory)
    report = ingest(memory, [folder], WordEncoder(), Options(dry_run=True))
    assert report.added == 6
    assert report.planned[0] == Planned(
        "add", "a.md", "Title a", "document", segments=1, unclear=("no date",)
    )
    assert (dump(memory), memory.fact("model"), report.followed) == (empty, None, False)


def test_a_dry_run_over_a_known_folder_changes_nothing(memory: Memory, folder: Path) -> None:
    run(memory, folder)
    before = dump(memory)
    (folder / "a.md").unlink()
    (folder / "b.md").unlink()
    document(folder, "c", "Other words.")
    document(folder, "g", "Words about g.")
    assert run(memory, folder, dry_run=True) == (1, 1, 3, 2)
    assert dump(memory) == before


def test_a_second_ingest_at_once_is_refused(memory: Memory, folder: Path) -> None:
    with FileLock(memory.folder / "ingest.lock"), pytest.raises(BusyError, match="Another ingest"):
        run(memory, folder)
    assert rows(memory, "sources") == 0


def test_beside_a_running_app_everything_is_stored_and_the_app_follows(memory: Memory, folder: Path) -> None:
    app = VectorIndex.open(memory)
    report = ingest(memory, [folder], WordEncoder())
    assert (report.added, report.followed, app.passages()) == (6, False, set())
    app.follow()
    assert len(app.passages()) == 6
    app.close()


def test_the_sample_takes_no_files(memory: Memory, folder: Path) -> None:
    memory.set_fact("sample", {"now": "2025-06-01T00:00:00+00:00", "made": "2025-06-01T00:00:00+00:00"})
    with pytest.raises(RefusedError, match="holds the sample community"):
        run(memory, folder)
    assert rows(memory, "records") == 0


def test_another_model_than_the_memorys_is_refused(memory: Memory, folder: Path) -> None:
    run(memory, folder)
    with pytest.raises(MemoryFolderError, match="made by the model first-letters, but other is configured"):
        ingest(memory, [folder], WordEncoder("other"))


def test_a_forgotten_record_does_not_come_back(memory: Memory, folder: Path) -> None:
    run(memory, folder)
    (id_,) = [row["id"] for row in all_rows(memory, "records") if row["file"] == "b.md"]
    history.forget_record(memory, str(id_))
    assert run(memory, folder) == (0, 0, 5, 0)
    document(folder, "b", "Words about b, again.")
    report = ingest(memory, [folder], WordEncoder())
    assert (report.forgotten, report.added) == (1, 0)
    assert "b.md" not in said(memory)


def test_an_interrupted_ingest_goes_on_where_it_was(memory: Memory, tmp_path: Path) -> None:
    many = tmp_path / "many"
    for number in range(600):
        document(many, f"{number:03}", f"Words about {number}.")
    with pytest.raises(KeyboardInterrupt):
        ingest(memory, [many], StoppingEncoder(after=300))
    assert rows(memory, "records") == 256, "what was embedded together was stored"
    encoder = WordEncoder()
    report = ingest(memory, [many], encoder)
    assert (report.added, report.unchanged, encoder.encoded) == (344, 256, 344)
    assert_index_equals_sql(memory)


def test_connectors_outside_store_as_an_export_does(memory: Memory) -> None:
    place = Place("slack", "mail:list", "list", Path("/nowhere/list.mbox"))
    record = Record("1", "thread", "Fonts", (Segment("Embed them."),))
    assert ingest_records(memory, place, [record], WordEncoder()).added == 1
    assert ingest_records(memory, place, [record], WordEncoder()).unchanged == 1
    with memory.reading() as connection:
        (id_,) = connection.execute(select(t.records.c.id)).scalars()
        assert stored.read_back(connection, id_).audience == PUBLIC


def test_secrets_are_out_before_anything_is_stored(memory: Memory, folder: Path) -> None:
    token = "ghp_" + "a1B2c3D4e5F6" * 3
    document(folder, "g", f"Use {token} for the robot.")
    report = ingest(memory, [folder], WordEncoder())
    assert sum(report.secrets.values()) == 1
    assert token not in str(dump(memory))
    assert said(memory)["g.md"].startswith("Use [secret removed: ")
    assert run(memory, folder) == (0, 0, 7, 0)


def test_a_date_more_than_a_year_ahead_is_none(memory: Memory) -> None:
    near, far = (date.today() + timedelta(days=days) for days in (300, 400))
    reads = [Record(str(day), "document", "Plan", (Segment("Soon."),), date=day) for day in (near, far)]
    report = ingest_records(memory, Place("corpus", "corpus", "corpus", Path("c")), reads, WordEncoder())
    assert report.undated == 1
    assert {row["locator"]: row["date"] for row in all_rows(memory, "records")} == {
        str(near): near,
        str(far): None,
    }


def test_a_second_record_at_one_place_is_refused_even_when_the_first_is_stored(memory: Memory) -> None:
    long = tuple(Segment("word " * 150) for _ in range(PASSAGES_AT_ONCE))  # stored at once
    reads = [Record("1", "document", "First", long), Record("1", "document", "Second", (Segment("Two."),))]
    report = ingest_records(memory, Place("corpus", "corpus", "corpus", Path("c")), reads, WordEncoder())
    assert (report.added, report.changed) == (1, 0)
    assert report.rejected == [Rejected("c", "two records stand at '1'; the first one was kept")]
    assert [row["title"] for row in all_rows(memory, "records")] == ["First"]


def test_a_dry_run_says_who_is_in_a_record_and_what_is_unclear(memory: Memory, tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "clinic.md").write_text(
        "# Clinic: inks\n\nFacilitator: Ana Diaz\n\nBo Lind: dry it.\n"
    )
    report = ingest(memory, [tmp_path / "notes"], WordEncoder(), Options(dry_run=True))
    (planned,) = report.planned
    assert (planned.kind, planned.format, planned.people) == (
        "session",
        "clinic",
        ("Bo Lind", "Ana Diaz (facilitator)"),
    )
    assert planned.unclear == ("no date",)
