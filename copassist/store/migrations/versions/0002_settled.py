"""Who somebody is, as a leader chose, is kept."""

from alembic import op
from sqlalchemy import Column, DateTime, String

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "settled",
        Column("scheme", String, primary_key=True),
        Column("key", String, primary_key=True),
        Column("member_id", String),
        Column("at", DateTime, nullable=False),
    )
