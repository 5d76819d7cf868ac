"""By which key a system itself knows a record that has got another one since."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make where it is kept, and found."""
    comment = "the key by which the system itself knows the record, where ours is another"
    op.add_column("binding", sa.Column("called", sa.Text(), nullable=True, comment=comment))
    condition = sa.text("called IS NOT NULL")
    op.create_index(
        "ix_binding_called", "binding", ["called"], unique=False, postgresql_where=condition, sqlite_where=condition
    )
