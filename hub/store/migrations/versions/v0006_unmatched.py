"""What a system has shown that is none of our records yet."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make where it is kept until there is a record of it."""
    op.create_table(
        "unmatched",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="under which a record of ours would be the same"),
        sa.PrimaryKeyConstraint("system", "entity", "external_id", name=op.f("pk_unmatched")),
        comment="what a system has shown that is none of our records yet, where neither side makes what the other has",
    )
