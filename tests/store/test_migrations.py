"""A memory that an older version made is brought to today's shape, with all that it holds."""

from __future__ import annotations

from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from copassist.records import Member, named
from copassist.store import Memory, identities
from copassist.store.memory import open_
from copassist.store.schema import REVISION, metadata
from tests.fakes import all_rows, enrol


def scripts() -> Config:
    config = Config()
    config.set_main_option("script_location", "copassist:store/migrations")
    return config


def differences(memory: Memory) -> list[Any]:
    """What the database lacks of the tables in the code, or has beyond them; the words of FTS5 aside."""
    with memory.reading() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    return [d for d in found if not (d[0] == "remove_table" and d[1].name.startswith("passage_words"))]


def test_the_migrations_make_the_tables_that_the_code_knows(memory: Memory) -> None:
    assert differences(memory) == []
    with memory.writing() as connection:
        connection.execute(text("DROP TABLE settled"))
    assert [(d[0], d[1].name) for d in differences(memory)] == [("add_table", "settled")]


def test_the_newest_migration_is_the_one_that_the_code_knows() -> None:
    assert ScriptDirectory.from_config(scripts()).get_current_head() == REVISION


def test_a_memory_of_the_first_version_keeps_what_it_holds(memory: Memory) -> None:
    enrol(memory, Member("Ana Pires"))
    with memory.writing() as connection:
        identities.save(connection, [named("Ana Pires")])
    kept = {name: list(all_rows(memory, name)) for name in ("members", "identities")}
    with memory.writing() as connection:  # as the older version left it
        connection.execute(text("DROP TABLE settled"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    memory.close()
    opened = open_(memory.folder)
    assert {name: list(all_rows(opened, name)) for name in kept} == kept
    assert differences(opened) == []
    assert list(all_rows(opened, "settled")) == []
    opened.close()


def test_the_first_migration_is_what_it_was(memory: Memory) -> None:
    config = scripts()
    with memory.writing() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(text(f"DROP TABLE {table.name}"))
        connection.execute(text("DROP TABLE passage_words"))
        connection.execute(text("DROP TABLE alembic_version"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with memory.reading() as connection:
        names = (
            connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        )
    assert "settled" not in names and {"members", "identities", "undo_steps"} <= set(names)
