"""Opening and making a memory, and what happens when its disk is full or its file is broken."""

from __future__ import annotations

import os
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from copassist.errors import MemoryFolderError, StorageError
from copassist.records import Record, Segment
from copassist.store import Memory
from copassist.store import records as stored
from copassist.store.memory import create, open_
from tests.fakes import all_rows, put, rows


def test_a_new_memory_is_empty_and_can_be_opened_again(tmp_path: Path) -> None:
    create(tmp_path / "a" / "b").close()
    memory = open_(tmp_path / "a" / "b")
    assert [rows(memory, name) for name in ("records", "members", "questions")] == [0, 0, 0]
    memory.close()


def test_a_memory_is_not_made_where_something_is(tmp_path: Path) -> None:
    create(tmp_path / "memory").close()
    with pytest.raises(MemoryFolderError, match="There is a memory in"):
        create(tmp_path / "memory")
    create(tmp_path / "memory", exist_ok=True).close()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.txt").write_text("a")
    with pytest.raises(MemoryFolderError, match="isn't an empty folder"):
        create(tmp_path / "full")
    with pytest.raises(MemoryFolderError, match="isn't an empty folder"):
        create(tmp_path / "full" / "a.txt")


def test_no_memory_is_said_and_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(MemoryFolderError, match="There is no memory in") as error:
        open_(tmp_path / "nowhere")
    assert "copassist init" in error.value.fix
    assert not (tmp_path / "nowhere").exists()


def test_a_memory_of_a_newer_version_is_refused_and_left_alone(memory: Memory) -> None:
    with memory.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(MemoryFolderError, match=r"newer version of copassist \(its shape is 9999"):
        open_(memory.folder)
    with memory.reading() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to have a header" * 20])
def test_a_file_that_is_no_database_is_said_to_be_damaged(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "memory.db").write_bytes(content)
    with pytest.raises(MemoryFolderError, match="is damaged: file is not a database"):
        open_(tmp_path)
    assert (tmp_path / "memory.db").read_bytes() == content


# A full disk


def fill_the_disk(memory: Memory) -> None:
    """From now on SQLite finds no room for another page, as on a full disk."""
    with memory.reading() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar()
    memory.engine.dispose()

    @event.listens_for(memory.engine, "connect")
    def _(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")


def test_on_a_full_disk_what_was_stored_stays_whole(memory: Memory) -> None:
    old = Record("a", "document", "Old", (Segment("Old words."),))
    id_ = put(memory, old)
    before = {name: list(all_rows(memory, name)) for name in ("records", "segments", "passages", "changes")}
    fill_the_disk(memory)
    with pytest.raises(StorageError, match=r"The disk that holds .* is full\. Make room") as error:
        put(memory, Record("a", "document", "New", tuple(Segment("word " * 150) for _ in range(200))))
    assert "database or disk is full" in str(error.value.__cause__)
    assert {name: list(all_rows(memory, name)) for name in before} == before
    with memory.reading() as connection:
        assert stored.read_back(connection, id_).record == old
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def test_a_memory_that_cannot_be_written_says_so(memory: Memory) -> None:
    put(memory, Record("a", "document", "Old", (Segment("Old words."),)))
    memory.engine.dispose()

    @event.listens_for(memory.engine, "connect")
    def _(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA query_only = ON")

    with pytest.raises(StorageError, match="can't be written: attempt to write a readonly database"):
        memory.set_fact("a", 1)
    assert rows(memory, "records") == 1


# Transactions


def test_a_transaction_that_raises_changes_nothing(memory: Memory) -> None:
    with pytest.raises(ZeroDivisionError), memory.writing() as connection:
        connection.execute(text("INSERT INTO facts VALUES ('a', '1')"))
        raise ZeroDivisionError
    assert memory.fact("a") is None


def test_writers_wait_for_each_other(memory: Memory) -> None:
    def count_up() -> None:
        for _ in range(20):
            with memory.writing() as connection:
                n = connection.execute(text("SELECT value FROM facts WHERE name = 'n'")).scalar()
                connection.execute(
                    text("UPDATE facts SET value = :n WHERE name = 'n'"), {"n": int(str(n)) + 1}
                )

    memory.set_fact("n", 0)
    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert memory.fact("n") == 80


def test_a_reader_sees_one_state_while_others_write(memory: Memory) -> None:
    with memory.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM records")).scalar() == 0
        put(memory, Record("a", "document", "", (Segment("x"),)))
        assert connection.execute(text("SELECT count(*) FROM records")).scalar() == 0
    assert rows(memory, "records") == 1


# Facts, time, secret


def test_a_fact_is_replaced(memory: Memory) -> None:
    assert memory.fact("a") is None
    memory.set_fact("a", {"x": 1})
    memory.set_fact("a", [2])
    assert memory.fact("a") == [2]


def test_the_time_of_a_sample_starts_when_it_was_made(memory: Memory) -> None:
    assert abs(memory.now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert not memory.sample
    made = datetime.now(UTC) - timedelta(days=10)
    memory.set_fact("sample", {"now": "2020-06-01T00:00:00+00:00", "made": made.isoformat()})
    assert memory.sample
    assert abs(memory.now() - datetime(2020, 6, 11, tzinfo=UTC)) < timedelta(seconds=5)


def test_the_secret_stays_the_same_and_is_its_owners_alone(memory: Memory) -> None:
    secret = memory.secret()
    assert (len(secret), memory.secret(), open_(memory.folder).secret()) == (32, secret, secret)
    assert stat.S_IMODE(os.stat(memory.folder / "secret").st_mode) == 0o600  # noqa: PTH116
