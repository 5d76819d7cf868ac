"""When a system made a record: under the same identity there may be another one after a backup was put back there."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make where it is kept."""
    comment = "when the system made the record, in its own words"
    op.add_column("binding", sa.Column("born", sa.Text(), nullable=True, comment=comment))
