"""Bring a database to this version's schema."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from hub.errors import Misconfigured
from hub.store.database import Store, Tx

NEWEST = "0010"
"""The schema version that this program needs: the last of migrations/versions."""
ONE_AT_A_TIME = 7_464_532
"""Advisory lock of PostgreSQL: processes that start together migrate one after the other."""


def version(store: Store) -> str | None:
    """Return the schema version of a database; none: it is empty."""
    with store.read() as tx:
        return _version(tx)


def _version(tx: Tx) -> str | None:
    # Alembic's own table, read without Alembic: importing it would cost every command a good part of its start.
    if not sa.inspect(tx.connection).has_table("alembic_version"):
        return None
    return tx.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def migrate(store: Store) -> tuple[str | None, str]:
    """Bring the schema up to date; returns the versions before and after. Safe to call from many processes."""
    if version(store) == NEWEST:
        return NEWEST, NEWEST
    configuration = _configuration()
    with store.write() as tx:
        if tx.dialect == "postgresql":
            tx.execute(sa.text(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})"))
        before = _version(tx)
        _refuse_newer(configuration, before)
        configuration.attributes["connection"] = tx.connection
        _upgrade(configuration)
    return before, NEWEST


def require_current(store: Store) -> None:
    """Raise Misconfigured unless the schema is this version's."""
    found = version(store)
    if found != NEWEST:
        _refuse_newer(_configuration(), found)
        raise Misconfigured(f"the database has schema {found or 'none'}, this program needs {NEWEST}: hub migrate")


def _configuration() -> Any:
    import alembic.config  # noqa: PLC0415 - only where there is something to migrate

    configuration = alembic.config.Config()
    folder = str(Path(__file__).parent / "migrations")
    configuration.set_main_option("script_location", folder.replace("%", "%%"))  # Alembic's options are templates
    configuration.set_main_option("path_separator", "os")
    return configuration


def _upgrade(configuration: Any) -> None:
    import alembic.command  # noqa: PLC0415 - only where there is something to migrate

    alembic.command.upgrade(configuration, "head")


def _refuse_newer(configuration: Any, found: str | None) -> None:
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - only where there is something to migrate

    known = {script.revision for script in ScriptDirectory.from_config(configuration).walk_revisions()}
    if found is not None and found not in known:
        raise Misconfigured(f"the database has schema {found}, which is newer than this program; update hubwerk")
