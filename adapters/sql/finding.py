"""Looking for records that may be in the database already: by the hub's reference, then by our fields."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from adapters.rows import Row
from adapters.sql.plain import identity
from adapters.sql.reading import MOST, Source, among, in_parts, rows
from adapters.sql.texts import compared
from hub.canonical import EntityModel
from hub.connector import Write


def find(source: Source, entity: EntityModel, wanted: Sequence[Write]) -> dict[str, list[str]]:
    """Return the identities of what is there, for each key, by the first sign that finds any."""
    there: dict[str, list[str]] = {each.key: [] for each in wanted}
    for ours, column in _signs(source, entity):
        values = {each.key: told for each in wanted if not there[each.key] and (told := _told(each, ours))}
        if values:
            ids = _having(source, entity, column, ours, set(values.values()))
            there |= {key: ids.get(_canonical(entity, ours, told), []) for key, told in values.items()}
    return there


def look_up(connection: sa.Connection, source: Source, entity: EntityModel, write: Write) -> Sequence[Row]:
    """Return the rows of a record that was just made, in the same transaction; two at most."""
    reference = source.options.reference
    signs = [("", reference)] if reference else source.options.signs(entity)
    conditions = [source.from_.c[column] == compared(told) for ours, column in signs if (told := _told(write, ours))]
    return rows(connection, source.select().where(*conditions).limit(2), source.place) if conditions else ()


def _signs(source: Source, entity: EntityModel) -> Iterator[tuple[str, str]]:
    """Yield what a record is known by: our field and its column; the reference is no field."""
    if source.options.reference:
        yield "", source.options.reference
    yield from source.options.signs(entity)


def _told(write: Write, ours: str) -> Any:
    return write.record.get(ours) if ours else write.reference


def _having(
    source: Source, entity: EntityModel, column: str, ours: str, wanted: Iterable[str]
) -> Mapping[str, list[str]]:
    """Return the identities of rows by the value in a column; compared as we write it."""
    ids: defaultdict[str, list[str]] = defaultdict(list)
    with source.database.reading(source.place) as connection:
        for some in in_parts(sorted(wanted), MOST):
            having = among([source.from_.c[column]], [(each,) for each in some])
            for row in rows(connection, source.select().where(having), source.place):
                if not source.is_deleted(row):
                    ids[_canonical(entity, ours, row[column])].append(identity(source.key_of(row)))
    return ids


def _canonical(entity: EntityModel, ours: str, told: Any) -> str:
    if not ours:
        return str(told).strip().lower()  # some ERPs keep all such numbers in capitals
    text, check = str(told).rstrip(), entity.checks.get(ours)
    try:
        return check(text) if check else text
    except ValueError:
        return text
