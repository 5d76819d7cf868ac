"""Bring a database to this version's schema."""

from pathlib import Path

import alembic.command
import alembic.config
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from hub.errors import Misconfigured
from hub.store.database import Store

ONE_AT_A_TIME = 7_464_532
"""Advisory lock of PostgreSQL: processes that start together migrate one after the other."""


def _configuration() -> alembic.config.Config:
    configuration = alembic.config.Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    configuration.set_main_option("path_separator", "os")
    return configuration


def newest() -> str:
    """Return the schema version that this program needs."""
    head = ScriptDirectory.from_config(_configuration()).get_current_head()
    assert head is not None  # the package ships its migrations
    return head


def version(store: Store) -> str | None:
    """Return the schema version of a database; none: it is empty."""
    with store.read() as tx:
        return MigrationContext.configure(tx.connection).get_current_revision()


def migrate(store: Store) -> tuple[str | None, str]:
    """Bring the schema up to date; returns the versions before and after. Safe to call from many processes."""
    configuration = _configuration()
    with store.write() as tx:
        if tx.dialect == "postgresql":
            tx.execute(sa.text(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})"))
        before = MigrationContext.configure(tx.connection).get_current_revision()
        _refuse_newer(configuration, before)
        configuration.attributes["connection"] = tx.connection
        alembic.command.upgrade(configuration, "head")
    return before, newest()


def require_current(store: Store) -> None:
    """Raise Misconfigured unless the schema is this version's."""
    found = version(store)
    _refuse_newer(_configuration(), found)
    if found != newest():
        raise Misconfigured(f"the database has schema {found or 'none'}, this program needs {newest()}: hub migrate")


def _refuse_newer(configuration: alembic.config.Config, found: str | None) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(configuration).walk_revisions()}
    if found is not None and found not in known:
        raise Misconfigured(f"the database has schema {found}, which is newer than this program; update hubwerk")
