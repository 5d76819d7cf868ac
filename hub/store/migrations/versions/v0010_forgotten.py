"""By which the few records that are gone are found among the many."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make it."""
    where = sa.text("deleted_at IS NOT NULL")
    op.create_index(
        "ix_record_deleted", "record", ["deleted_at"], unique=False, postgresql_where=where, sqlite_where=where
    )
