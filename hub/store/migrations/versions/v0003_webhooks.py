"""Webhook calls that were taken."""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Instant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make what repeated calls are known by."""
    op.create_table(
        "webhook",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False, comment="the vendor's identity of it, or the body's digest"),
        sa.Column("came_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("system", "event", name=op.f("pk_webhook")),
        comment="webhook calls that were taken, so that a repeated one is taken once",
    )
    op.create_index("ix_webhook_came_at", "webhook", ["came_at"], unique=False)
