"""The first shape of a memory."""

from alembic import op

from copassist.store.schema import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())
    op.execute(
        "CREATE VIRTUAL TABLE passage_words USING fts5"
        "(header, body, tokenize='porter unicode61 remove_diacritics 2')"
    )
