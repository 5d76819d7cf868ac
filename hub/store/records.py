"""Canonical records, written by one writer at a time for each entity, a page at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from hub.store import bulk
from hub.store.batch import among, insert_into, one_of, pack, rows
from hub.store.database import Tx
from hub.store.schema import LOOKED_UP, entity, record


@dataclass(frozen=True, slots=True)
class Write:
    """The whole of a record as it shall stand."""

    key: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """A canonical record, and where its last change came from."""

    id: int
    entity: str
    key: str
    fields: Mapping[str, Any]
    version: int
    revision: int
    system: str
    run: int
    changed_at: datetime
    made_at: datetime | None = None
    made_by: str | None = None
    made_run: int | None = None
    deleted_at: datetime | None = None


_COLUMNS = tuple(record.c[column] for column in Record.__dataclass_fields__)
_LATEST = sa.select(entity.c.revision).where(entity.c.name == sa.bindparam("of"))
_TURN = _LATEST.with_for_update()


def take_turn(tx: Tx, name: str) -> int:
    """Wait for the turn to write an entity's records; returns its latest revision. The turn ends with the transaction."""
    latest = tx.execute(_TURN, {"of": name}).scalar_one_or_none()
    if latest is None:
        bulk.insert(tx, entity, [{"name": name, "revision": 0}])
        latest = tx.execute(_TURN, {"of": name}).scalar_one()
    return latest


def _among(dialect: str, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    known = one_of(dialect, record.c.key, "given")
    return sa.select(*columns).where(record.c.entity == sa.bindparam("entity"), known)


@cache
def _fields_of(dialect: str) -> sa.Executable:
    return _among(dialect, record.c.key, record.c.fields)


@cache
def _by_keys(dialect: str) -> sa.Executable:
    return _among(dialect, *_COLUMNS)


def fields_of(tx: Tx, name: str, keys: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """Return the fields of those records that are known."""
    given = {"given": pack(keys), "entity": name}
    return {row.key: row.fields for row in tx.execute(_fields_of(tx.dialect), given)}


@cache
def _write(dialect: str) -> sa.Executable:
    given = rows(dialect, "given", key=sa.Text(), fields=record.c.fields.type, step=sa.Integer())
    same = {name: sa.bindparam(name, type_=record.c[name].type) for name in ("entity", "system", "run", "changed_at")}
    columns = ["key", "fields", "revision", "version", *same, "made_at", "made_by", "made_run"]
    revision = sa.bindparam("latest", type_=sa.BigInteger) + given.c.step
    values: list[sa.ColumnElement[Any]] = [given.c.key, given.c.fields, revision, sa.literal(1, sa.Integer)]
    first = [same["changed_at"], same["system"], same["run"]]
    source = sa.select(*values, *same.values(), *first).where(sa.true())
    statement = insert_into(dialect, record).from_select(columns, source)
    taken = {name: statement.excluded[name] for name in ("fields", "revision", "system", "run", "changed_at")}
    return statement.on_conflict_do_update(
        index_elements=["entity", "key"], set_={**taken, "version": record.c.version + 1, "deleted_at": None}
    )


def write(tx: Tx, name: str, writes: Collection[Write], *, system: str, run: int, latest: int) -> None:
    """Insert or replace records in the writer's turn; `latest` is what `take_turn` gave. Of one key the last counts."""
    if not writes:
        return
    last = {each.key: each for each in writes}
    given = pack({"key": w.key, "fields": w.fields, "step": step} for step, w in enumerate(last.values(), 1))
    same = {"entity": name, "system": system, "run": run, "changed_at": tx.now, "latest": latest}
    tx.execute(_write(tx.dialect), {"given": given, **same})
    tx.execute(sa.update(entity).where(entity.c.name == name).values(revision=latest + len(last)))


def find(
    tx: Tx, name: str | None = None, *, key: str | None = None, text: str | None = None, most: int = 100
) -> list[Record]:
    """List records by entity, by key, or by a text that the key begins with; the latest changes first."""
    statement = sa.select(*_COLUMNS)
    if name is not None:
        statement = statement.where(record.c.entity == name)
    if key is not None:
        statement = statement.where(record.c.key == key)
    if text is not None:
        # Not LIKE, which means another thing on each database: letters of either case are alike to SQLite.
        statement = statement.where(sa.func.substr(record.c.key, 1, len(text)) == text)
    return [Record(*row) for row in tx.execute(statement.order_by(record.c.revision.desc()).limit(most))]


def counts(tx: Tx) -> dict[str, int]:
    """Return how many records there are of each entity."""
    number = sa.func.count().label("number")
    found = tx.execute(sa.select(record.c.entity, number).group_by(record.c.entity).order_by(record.c.entity))
    return {row.entity: row.number for row in found}


def by_keys(tx: Tx, name: str, keys: Collection[str]) -> dict[str, Record]:
    """Return those records that are known, deleted ones too."""
    if not keys:
        return {}
    given = {"given": pack(keys), "entity": name}
    return {row.key: Record(*row) for row in tx.execute(_by_keys(tx.dialect), given)}


@cache
def _by_field(dialect: str, name: str, field: str, deleted: bool) -> sa.Executable:
    held = sa.literal_column(f"(fields ->> '{field}')", sa.Text)
    here = record.c.entity == sa.literal_column(f"'{name}'", sa.Text)
    known = one_of(dialect, held, "given")
    there = sa.true() if deleted else record.c.deleted_at.is_(None)
    return sa.select(*_COLUMNS).where(here, known, there).order_by(record.c.id)


def by_field(tx: Tx, name: str, field: str, values: Collection[str], *, deleted: bool = False) -> list[Record]:
    """Return the records whose field has one of some values; only for fields of `schema.LOOKED_UP`. `deleted`: those too."""
    assert (name, field) in LOOKED_UP, "an index must serve it"
    if not values:
        return []
    found = tx.execute(_by_field(tx.dialect, name, field, deleted), {"given": pack(values)})
    return [Record(*row) for row in found]


def holding(tx: Tx, name: str, field: str, value: str, most: int) -> list[Record]:
    """Return records whose field has a value, deleted ones too, the latest first; reads the whole entity: for people."""
    held = record.c.fields[field].as_string() == value
    statement = sa.select(*_COLUMNS).where(record.c.entity == name, held).order_by(record.c.revision.desc())
    return [Record(*row) for row in tx.execute(statement.limit(most))]


def distinct(tx: Tx, name: str, fields: Collection[str]) -> list[Mapping[str, str | None]]:
    """Return the values that some text fields have together in live records; reads the whole entity: for people."""
    mine = (record.c.entity == name) & record.c.deleted_at.is_(None)
    columns = [record.c.fields[each].as_string().label(each) for each in fields]
    return [dict(row) for row in tx.execute(sa.select(*columns).where(mine).distinct()).mappings()]


_SINCE = (
    sa.select(*_COLUMNS)
    .where(record.c.entity == sa.bindparam("of"), record.c.revision > sa.bindparam("behind"))
    .order_by(record.c.revision)
    .limit(sa.bindparam("most", type_=sa.Integer))
)


def since(tx: Tx, name: str, revision: int, most: int) -> list[Record]:
    """Return the records that were changed after a revision of their entity, in the order of their changes."""
    return [Record(*row) for row in tx.execute(_SINCE, {"of": name, "behind": revision, "most": most})]


def latest_revision(tx: Tx, name: str) -> int:
    """Return the latest revision of an entity; 0 where there is no record yet."""
    return tx.execute(_LATEST, {"of": name}).scalar_one_or_none() or 0


def delete(tx: Tx, name: str, keys: Collection[str], *, system: str, run: int, latest: int) -> int:
    """Mark records as deleted, in the writer's turn, as a change of theirs; returns how many were not yet."""
    mine = (record.c.entity == name) & among(tx.dialect, record.c.key, keys) & record.c.deleted_at.is_(None)
    found = tx.execute(sa.select(record.c.id).where(mine).order_by(record.c.id)).scalars().all()
    for step, number in enumerate(found, 1):
        values = {"deleted_at": tx.now, "changed_at": tx.now, "system": system, "run": run, "revision": latest + step}
        tx.execute(sa.update(record).where(record.c.id == number).values(version=record.c.version + 1, **values))
    tx.execute(sa.update(entity).where(entity.c.name == name).values(revision=latest + len(found)))
    return len(found)


def rename(tx: Tx, name: str, old: str, new: str) -> None:
    """Give a record another key, in the writer's turn; a deleted one that had it before makes room."""
    gone = (record.c.entity == name) & (record.c.key == new) & record.c.deleted_at.is_not(None)
    tx.execute(sa.delete(record).where(gone))
    tx.execute(sa.update(record).where(record.c.entity == name, record.c.key == old).values(key=new))
