"""The tables of a memory. A change here comes with a migration in `migrations/versions`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    CursorResult,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

REVISION = "0004"
"""The newest migration that this version of copassist knows."""


class Utc(TypeDecorator[datetime]):
    """An aware datetime, kept as UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData()

facts = Table(  # what is true of the memory as a whole: its model, whether it is a sample
    "facts",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", JSON, nullable=False),
)

sources = Table(
    "sources",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("key", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("path", String, nullable=False),
    Column("audience", JSON, nullable=False),
    Column("link_base", String, nullable=False, default=""),
    Column("ingested_at", Utc),
)

files = Table(  # what was read last time, so that an unchanged file isn't parsed again
    "files",
    metadata,
    Column("source_id", ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True),
    Column("path", String, primary_key=True),
    Column("fingerprint", String, nullable=False),
)

problems = Table(
    "problems",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", ForeignKey("sources.id", ondelete="CASCADE"), nullable=False),
    Column("file", String, nullable=False),
    Column("place", String, nullable=False),
    Column("reason", String, nullable=False),
)

skipped = Table(
    "skipped",
    metadata,
    Column("source_id", ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True),
    Column("what", String, primary_key=True),
    Column("count", Integer, nullable=False),
)

records = Table(
    "records",
    metadata,
    Column("id", String, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False, index=True),
    Column("locator", String, nullable=False),
    Column("file", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("format", String, nullable=False),
    Column("title", String, nullable=False),
    Column("date", Date),
    Column("channel", String, nullable=False),
    Column("link", String, nullable=False),
    Column("group", String),  # the private place that it belongs to, None for the source's audience
    Column("content", String, nullable=False),  # hash of what the connector read
    Column("stored_at", Utc, nullable=False),
    UniqueConstraint("source_id", "locator"),
)

record_groups = Table(  # the audience of a record: who is in none of these groups doesn't see it
    "record_groups",
    metadata,
    Column("record_id", ForeignKey("records.id", ondelete="CASCADE"), primary_key=True),
    Column("group", String, primary_key=True),
    Index("record_groups_by_group", "group"),
)

segments = Table(
    "segments",
    metadata,
    Column("id", String, primary_key=True),
    Column("record_id", ForeignKey("records.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("key", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("identity_id", ForeignKey("identities.id"), index=True),
    Column("role", String),
    Column("time", Utc),
    Column("section", String, nullable=False),
    Column("part", String, nullable=False),
    Column("location", String, nullable=False),
    UniqueConstraint("record_id", "position"),
)

roles = Table(
    "roles",
    metadata,
    Column("record_id", ForeignKey("records.id", ondelete="CASCADE"), primary_key=True),
    Column("identity_id", ForeignKey("identities.id"), primary_key=True, index=True),
    Column("role", String, primary_key=True),
    Column("position", Integer, nullable=False),
)

identities = Table(  # people as the sources name them; member_id once they are matched
    "identities",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("scheme", String, nullable=False),
    Column("key", String, nullable=False),
    Column("name", String, nullable=False),
    Column("handle", String, nullable=False),
    Column("email", String, nullable=False),
    Column("member_id", ForeignKey("members.id", ondelete="SET NULL"), index=True),
    UniqueConstraint("scheme", "key"),
)

members = Table(
    "members",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("emails", JSON, nullable=False),
    Column("handles", JSON, nullable=False),
    Column("teams", JSON, nullable=False),
    Column("groups", JSON, nullable=False),
    Column("leader", Boolean, nullable=False),
    Column("topics", JSON, nullable=False),
    Column("steward_of", JSON, nullable=False),
    Column("joined", Date),
    Column("left", Date),
    Column("away_until", Date),
    Column("contact", String, nullable=False),
    Column("dont_suggest", Boolean, nullable=False),
    Column("hide_name", Boolean, nullable=False),
)

settled = Table(  # who an identity is, as a leader chose: a member, or nobody of the directory (None)
    "settled",
    metadata,
    Column("scheme", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("member_id", String),  # no foreign key: an import replaces members, a choice outlives that
    Column("at", Utc, nullable=False),
)

group_members = Table(  # of private places; the groups of the directory stand with its members
    "group_members",
    metadata,
    Column("group", String, primary_key=True),
    Column("identity_id", ForeignKey("identities.id"), primary_key=True),
)

passages = Table(  # windows over segments, made for search; cut anew at any time, ids never reused
    "passages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("record_id", ForeignKey("records.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("spans", JSON, nullable=False),
    Column("embedding", String, nullable=False),
    Column("words", LargeBinary, nullable=False),  # what keyword search knows of it, see store/keywords.py
    sqlite_autoincrement=True,
)

record_words = Table(  # how often a record says each word, so that it can be taken back
    "record_words",
    metadata,
    Column("record_id", ForeignKey("records.id", ondelete="CASCADE"), primary_key=True),
    Column("words", JSON, nullable=False),
)

vocabulary = Table(  # how often each word stands in the records that are open to everyone
    "vocabulary",
    metadata,
    Column("word", String, primary_key=True),
    Column("count", Integer, nullable=False),
)

acronyms = Table(  # what a record says that an acronym stands for, and how often
    "acronyms",
    metadata,
    Column("record_id", ForeignKey("records.id", ondelete="CASCADE"), primary_key=True),
    Column("acronym", String, primary_key=True),
    Column("means", String, primary_key=True),
    Column("count", Integer, nullable=False),
)

embeddings = Table(  # kept by hash of text and model, so that only new text is ever embedded
    "embeddings",
    metadata,
    Column("hash", String, primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

changes = Table(  # what the index has to follow, in order
    "changes",
    metadata,
    Column("sequence", Integer, primary_key=True),
    Column("record_id", String, nullable=False),
    Column("change", String, nullable=False),
    sqlite_autoincrement=True,
)

forgotten = Table(  # records that must not come back with the next ingest
    "forgotten",
    metadata,
    Column("record_id", String, primary_key=True),
)

runs = Table(  # what `undo` can take back
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("what", String, nullable=False),
    Column("at", Utc, nullable=False),
    Column("undone", Boolean, nullable=False, default=False),
    sqlite_autoincrement=True,
)

undo_steps = Table(  # how each thing stood before a run touched it; `before` is None for what is new
    "undo_steps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("what", String, nullable=False),
    Column("key", String, nullable=False),
    Column("before", JSON),
)

questions = Table(
    "questions",
    metadata,
    Column("id", String, primary_key=True),
    Column("asked_at", Utc, nullable=False, index=True),
    Column("asker", String, nullable=False),  # a pseudonym
    Column("text", Text, nullable=False),
    Column("status", String, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("vector", LargeBinary, nullable=False),
    Column("conversation", String, nullable=False),
    Column("gap_id", ForeignKey("gaps.id"), index=True),
    Column("cause", String, nullable=False),
)

question_contacts = Table(
    "question_contacts",
    metadata,
    Column("question_id", ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True),
    Column("member_id", String, primary_key=True),
)

question_citations = Table(
    "question_citations",
    metadata,
    Column("question_id", ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("use", String, nullable=False),
    Column("record_id", String, nullable=False),
    Column("segment_id", String, nullable=False),
    Column("quote", Text, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("question_id", ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True),
    Column("helped", Boolean, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Utc, nullable=False),
)

gaps = Table(
    "gaps",
    metadata,
    Column("id", String, primary_key=True),
    Column("status", String, nullable=False),
    Column("opened_at", Utc, nullable=False),
)


def inserted_id(result: CursorResult[Any]) -> int:
    """The number that the database gave to the row just inserted."""
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])
