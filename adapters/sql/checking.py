"""Whether the database answers, and has what hub.toml names: for `hub check`."""

from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from adapters.asking.checks import looked
from adapters.sql.database import Database
from adapters.sql.reading import EVERYTHING, Source, check_columns, check_names
from adapters.sql.texts import rows_of
from hub.connector import Finding
from hub.counting import counted
from hub.errors import Refused

MEND = "hub.toml, or what the database's user may see"


def findings(database: Database, sources: Mapping[str, Source]) -> list[Finding]:
    """Return whether the database can be reached, and of each stream whether it can be read. Raises nothing."""
    reached = looked(database.name, lambda: _reached(database))
    if not reached[0].good:
        return reached
    return reached + [each for source in sources.values() for each in _stream(source)]


def _reached(database: Database) -> str:
    with database.reading(f"[systems.{database.name}]") as connection:
        version = ".".join(map(str, connection.dialect.server_version_info or ()))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType, reportUnknownVariableType]
    return f"{database.backend} {version}".strip()


def _stream(source: Source) -> Iterator[Finding]:
    subject = f"{source.database.name}.{source.name}"
    found = looked(subject, lambda: _look(source), MEND)
    yield from found
    if untold := source.options.untold():
        message = f"lines are written with their prices, and not {', '.join(untold)}: the total of an order is another"
        yield Finding(subject, good=False, message=message, mend='docs/sql.md says how, under "create"')
    if found[0].good and source.options.changed:
        yield from looked(subject, lambda: _look_at_marks(source), "let the query give one, as by COALESCE")[:1]
        yield from (
            each for each in looked(subject, lambda: _look_ahead(source), "enter the right time") if not each.good
        )


def _look(source: Source) -> str:
    with source.database.reading(source.place) as connection:
        # Without a row: the names alone tell whether all is there, whatever there is to read.
        known = list(connection.execute(source.select().limit(0)).keys())
        check_names(source.place, known)
        check_columns(source.place, known, source.options.columns())
        for name, child in source.options.children.items():
            from_ = rows_of(child.table, child.query, ())
            inner = list(connection.execute(sa.select(EVERYTHING).select_from(from_).limit(0)).keys())
            place = source.place_of(name)
            check_names(place, inner)
            check_columns(source.place, inner, source.options.columns_of(name))
            parents = child.parent or source.options.key
            check_columns(
                place, inner, [*(("parent", each) for each in parents), *(("order", each) for each in child.order)]
            )
    return f"{counted(len(known), 'column')} can be read"


def _look_at_marks(source: Source) -> str:
    """Look for a row without a change mark: what becomes of it would be seen by full scans alone."""
    column = source.from_.c[source.options.changed or ""]
    with source.database.reading(source.place) as connection:
        if connection.execute(sa.select(*source.key).where(column.is_(None)).limit(1)).first():
            raise Refused(f"{source.place} changed: there are rows without a value in {source.options.changed}")
    return f"what has changed is told by {source.options.changed}"


def _look_ahead(source: Source) -> str:
    """Look for a row whose time of change lies ahead: it is read each time, and says nothing of when it changed."""
    with source.database.reading(source.place) as connection:
        true, latest = source.marks(connection)
    if true != latest:
        raise Refused(f"{source.place} changed: there are rows whose {source.options.changed} lies ahead ({latest})")
    return ""
