"""Each passage keeps its own words, so that keyword search can hold them all in working memory."""

from alembic import op
from sqlalchemy import Column, LargeBinary, text

from copassist.store import keywords

revision = "0003"
down_revision = "0002"

AT_ONCE = 5_000


def upgrade() -> None:
    op.add_column("passages", Column("words", LargeBinary, nullable=False, server_default=text("x''")))
    connection = op.get_bind()
    last = 0
    next_ones = text(
        "SELECT rowid, header, body FROM passage_words WHERE rowid > :last ORDER BY rowid LIMIT :most"
    )
    while rows := connection.execute(next_ones, {"last": last, "most": AT_ONCE}).all():
        connection.execute(
            text("UPDATE passages SET words = :words WHERE id = :id"),
            [{"id": row.rowid, "words": keywords.packed(f"{row.header} {row.body}")} for row in rows],
        )
        last = rows[-1].rowid
    op.execute("DROP TABLE passage_words")
