"""The words of records are counted, so that a typo can be told from a word."""

from alembic import op
from sqlalchemy import JSON, Column, ForeignKey, Integer, String, text

from copassist.store import vocabulary

revision = "0004"
down_revision = "0003"

SAID = """
    SELECT title FROM records WHERE id = :id
    UNION ALL SELECT channel FROM records WHERE id = :id
    UNION ALL SELECT DISTINCT section FROM segments WHERE record_id = :id
    UNION ALL SELECT text FROM segments WHERE record_id = :id
"""
"""As `vocabulary.texts` has it."""


def upgrade() -> None:
    op.create_table(
        "record_words",
        Column("record_id", String, ForeignKey("records.id", ondelete="CASCADE"), primary_key=True),
        Column("words", JSON, nullable=False),
    )
    op.create_table(
        "vocabulary",
        Column("word", String, primary_key=True),
        Column("count", Integer, nullable=False),
    )
    op.create_table(
        "acronyms",
        Column("record_id", String, ForeignKey("records.id", ondelete="CASCADE"), primary_key=True),
        Column("acronym", String, primary_key=True),
        Column("means", String, primary_key=True),
        Column("count", Integer, nullable=False),
    )
    connection = op.get_bind()
    for id_ in connection.execute(text("SELECT id FROM records")).scalars().all():
        vocabulary.save(connection, id_, connection.execute(text(SAID), {"id": id_}).scalars().all())
