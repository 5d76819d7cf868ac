"""Tokens by which systems know the hub, sealed."""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Instant

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table of tokens."""
    op.create_table(
        "token",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False, comment="encrypted with [hub] token_key"),
        sa.Column("version", sa.Integer(), nullable=False, comment="raised with each renewal"),
        sa.Column("stored_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("system", name=op.f("pk_token")),
        comment="tokens by which systems know the hub (OAuth 2)",
    )
