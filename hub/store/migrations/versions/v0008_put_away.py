"""By which the few are found among the many: dead runs, and what of the quarantine is to be pruned."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make both."""
    for name, table, column, where in (
        ("ix_run_dead", "run", "id", "state = 'dead'"),
        ("ix_quarantine_closed", "quarantine", "changed_at", "state <> 'open'"),
    ):
        condition = sa.text(where)
        op.create_index(name, table, [column], unique=False, postgresql_where=condition, sqlite_where=condition)
