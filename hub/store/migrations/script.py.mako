"""${message}."""

import sqlalchemy as sa
from alembic import op

from hub.store.types import JSON, Identity, Instant
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Go forward."""
    ${upgrades if upgrades else "pass"}
