"""The first shape of a memory. The tables stand here as they were, so that later changes leave them alone."""

from alembic import op
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

revision = "0001"
down_revision = None

metadata = MetaData()

Table(
    "facts",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", JSON, nullable=False),
)

Table(
    "sources",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("key", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("path", String, nullable=False),
    Column("audience", JSON, nullable=False),
    Column("link_base", String, nullable=False, default=""),
    Column("ingested_at", DateTime),
)

Table(
    "files",
    metadata,
    Column("source_id", ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True),
    Column("path", String, primary_key=True),
    Column("fingerprint", String, nullable=False),
)

Table(
    "problems",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", ForeignKey("sources.id", ondelete="CASCADE"), nullable=False),
    Column("file", String, nullable=False),
    Column("place", String, nullable=False),
    Column("reason", String, nullable=False),
)

Table(
    "skipped",
    metadata,
    Column("source_id", ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True),
    Column("what", String, primary_key=True),
    Column("count", Integer, nullable=False),
)

Table(
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
    Column("group", String),
    Column("content", String, nullable=False),
    Column("stored_at", DateTime, nullable=False),
    UniqueConstraint("source_id", "locator"),
)

Table(
    "record_groups",
    metadata,
    Column("record_id", ForeignKey("records.id", ondelete="CASCADE"), primary_key=True),
    Column("group", String, primary_key=True),
    Index("record_groups_by_group", "group"),
)

Table(
    "segments",
    metadata,
    Column("id", String, primary_key=True),
    Column("record_id", ForeignKey("records.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("key", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("identity_id", ForeignKey("identities.id"), index=True),
    Column("role", String),
    Column("time", DateTime),
    Column("section", String, nullable=False),
    Column("part", String, nullable=False),
    Column("location", String, nullable=False),
    UniqueConstraint("record_id", "position"),
)

Table(
    "roles",
    metadata,
    Column("record_id", ForeignKey("records.id", ondelete="CASCADE"), primary_key=True),
    Column("identity_id", ForeignKey("identities.id"), primary_key=True, index=True),
    Column("role", String, primary_key=True),
    Column("position", Integer, nullable=False),
)

Table(
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

Table(
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

Table(
    "group_members",
    metadata,
    Column("group", String, primary_key=True),
    Column("identity_id", ForeignKey("identities.id"), primary_key=True),
)

Table(
    "passages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("record_id", ForeignKey("records.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("spans", JSON, nullable=False),
    Column("embedding", String, nullable=False),
    sqlite_autoincrement=True,
)

Table(
    "embeddings",
    metadata,
    Column("hash", String, primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

Table(
    "changes",
    metadata,
    Column("sequence", Integer, primary_key=True),
    Column("record_id", String, nullable=False),
    Column("change", String, nullable=False),
    sqlite_autoincrement=True,
)

Table(
    "forgotten",
    metadata,
    Column("record_id", String, primary_key=True),
)

Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("what", String, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("undone", Boolean, nullable=False, default=False),
    sqlite_autoincrement=True,
)

Table(
    "undo_steps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("what", String, nullable=False),
    Column("key", String, nullable=False),
    Column("before", JSON),
)

Table(
    "questions",
    metadata,
    Column("id", String, primary_key=True),
    Column("asked_at", DateTime, nullable=False, index=True),
    Column("asker", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("status", String, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("vector", LargeBinary, nullable=False),
    Column("conversation", String, nullable=False),
    Column("gap_id", ForeignKey("gaps.id"), index=True),
    Column("cause", String, nullable=False),
)

Table(
    "question_contacts",
    metadata,
    Column("question_id", ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True),
    Column("member_id", String, primary_key=True),
)

Table(
    "question_citations",
    metadata,
    Column("question_id", ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("use", String, nullable=False),
    Column("record_id", String, nullable=False),
    Column("segment_id", String, nullable=False),
    Column("quote", Text, nullable=False),
)

Table(
    "feedback",
    metadata,
    Column("question_id", ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True),
    Column("helped", Boolean, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", DateTime, nullable=False),
)

Table(
    "gaps",
    metadata,
    Column("id", String, primary_key=True),
    Column("status", String, nullable=False),
    Column("opened_at", DateTime, nullable=False),
)


def upgrade() -> None:
    metadata.create_all(op.get_bind())
    op.execute(
        "CREATE VIRTUAL TABLE passage_words USING fts5"
        "(header, body, tokenize='porter unicode61 remove_diacritics 2')"
    )
