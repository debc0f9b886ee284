"""A memory that an older version made is brought to today's shape, with all that it holds."""

from __future__ import annotations

from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from copassist.records import Member, Record, Segment, named
from copassist.store import Memory, identities
from copassist.store.keywords import packed
from copassist.store.memory import open_
from copassist.store.schema import REVISION, metadata
from tests.fakes import all_rows, enrol, put


def scripts() -> Config:
    config = Config()
    config.set_main_option("script_location", "copassist:store/migrations")
    return config


def differences(memory: Memory) -> list[Any]:
    """What the database lacks of the tables in the code, or has beyond them."""
    with memory.reading() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))


def test_the_migrations_make_the_tables_that_the_code_knows(memory: Memory) -> None:
    assert differences(memory) == []
    with memory.writing() as connection:
        connection.execute(text("DROP TABLE settled"))
    assert [(d[0], d[1].name) for d in differences(memory)] == [("add_table", "settled")]


def test_the_newest_migration_is_the_one_that_the_code_knows() -> None:
    assert ScriptDirectory.from_config(scripts()).get_current_head() == REVISION


WORDS_OF_FTS5 = (
    "CREATE VIRTUAL TABLE passage_words USING fts5"
    "(header, body, tokenize='porter unicode61 remove_diacritics 2')"
)
"""Where the words of passages stood until 0003."""


NEW_IN_0004 = ("record_words", "vocabulary", "acronyms")


def as_0003_left_it(connection: Connection) -> None:
    for table in NEW_IN_0004:
        connection.execute(text(f"DROP TABLE {table}"))


def test_the_words_of_records_are_counted_as_if_they_were_stored_now(memory: Memory) -> None:
    segments = tuple(Segment("A hot cat (HC)", named("Ana"), section="Pets") for _ in range(2))
    put(memory, Record("1", "thread", "Title", segments, channel="#den"))
    put(memory, Record("2", "document", "Secret", (Segment("Old dogs"),)), frozenset({"a"}))
    kept = {name: list(all_rows(memory, name)) for name in NEW_IN_0004}
    assert [row["count"] for row in kept["vocabulary"] if row["word"] in ("pets", "cat")] == [2, 1]
    with memory.writing() as connection:
        as_0003_left_it(connection)
        connection.execute(text("UPDATE alembic_version SET version_num = '0003'"))
    memory.close()
    opened = open_(memory.folder)
    assert {name: list(all_rows(opened, name)) for name in NEW_IN_0004} == kept
    assert differences(opened) == []
    opened.close()


def as_0002_left_it(connection: Connection) -> None:
    as_0003_left_it(connection)
    connection.execute(text("ALTER TABLE passages DROP COLUMN words"))
    connection.execute(text(WORDS_OF_FTS5))


def test_passages_keep_their_words_when_these_move_into_them(memory: Memory) -> None:
    put(memory, Record("1", "document", "Charts", (Segment("Cats and cats."),)))
    kept = [(row["id"], row["words"]) for row in all_rows(memory, "passages")]
    assert kept == [(1, packed("Charts Cats and cats."))]
    with memory.writing() as connection:
        as_0002_left_it(connection)
        row = {"id": 1, "header": "Charts", "body": "Cats and cats."}
        connection.execute(
            text("INSERT INTO passage_words (rowid, header, body) VALUES (:id, :header, :body)"), row
        )
        connection.execute(text("UPDATE alembic_version SET version_num = '0002'"))
    memory.close()
    opened = open_(memory.folder)
    assert [(row["id"], row["words"]) for row in all_rows(opened, "passages")] == kept
    assert differences(opened) == []
    opened.close()


def test_a_memory_of_the_first_version_keeps_what_it_holds(memory: Memory) -> None:
    enrol(memory, Member("Ana Pires"))
    with memory.writing() as connection:
        identities.save(connection, [named("Ana Pires")])
    kept = {name: list(all_rows(memory, name)) for name in ("members", "identities")}
    with memory.writing() as connection:  # as the older version left it
        connection.execute(text("DROP TABLE settled"))
        as_0002_left_it(connection)
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
        connection.execute(text("DROP TABLE alembic_version"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with memory.reading() as connection:
        names = (
            connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        )
    assert "settled" not in names and {"members", "identities", "undo_steps"} <= set(names)
