"""Orders whose goods have not left yet, found without reading all orders."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the index."""
    condition = sa.text(
        "entity = 'orders' AND coalesce(fields ->> 'status', '') NOT IN ('shipped', 'completed', 'cancelled')"
    )
    op.create_index(
        "ix_record_orders_open", "record", ["entity"], unique=False, postgresql_where=condition, sqlite_where=condition
    )
