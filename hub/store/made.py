"""Records that nobody had yet, stored with the bindings by which they came: most of a first load."""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.store.batch import pack, rows
from hub.store.database import Tx
from hub.store.schema import binding, record
from hub.store.schema import entity as entities

NOTHING: Mapping[str, Any] = {}


class Made(NamedTuple):
    """A new record, and the document of a system that it is just as it is."""

    key: str
    fields: Mapping[str, Any]
    """Of the record, and the base: both sides have the same."""
    external_id: str
    digest: str
    """Of the document."""
    born: str = ""
    """When the system made it, as far as it says so."""


def put(tx: Tx, system: str, entity: str, made: Collection[Made], *, run: int, latest: int) -> int:
    """Insert records and bindings in the writer's turn, who has looked that there are none; returns the latest revision.

    `latest`: what it was. In one statement where the database can: the fields travel once and are parsed once.
    """
    if not made:
        return latest
    given = pack(
        {
            "key": each.key,
            "fields": each.fields,
            "external_id": each.external_id,
            "digest": each.digest,
            "step": step,
            **({"born": each.born} if each.born else NOTHING),
        }
        for step, each in enumerate(made, 1)
    )
    same = {"system": system, "entity": entity, "run": run, "now": tx.now, "latest": latest}
    for statement in _statements(tx.dialect):
        tx.execute(statement, {"given": given, "nothing": NOTHING, **same})
    tx.execute(sa.update(entities).where(entities.c.name == entity).values(revision=latest + len(made)))
    return latest + len(made)


@cache
def _statements(dialect: str) -> tuple[sa.Executable, ...]:
    columns = {
        "key": sa.Text(),
        "fields": record.c.fields.type,
        "external_id": sa.Text(),
        "digest": sa.Text(),
        "born": sa.Text(),
    }
    given = sa.select(rows(dialect, "given", **columns, step=sa.Integer())).cte("made")
    of = {name: sa.bindparam(name, type_=binding.c[name].type) for name in ("system", "entity", "run")}
    now = sa.bindparam("now", type_=record.c.changed_at.type)
    nothing = sa.bindparam("nothing", type_=binding.c.sent.type)
    same = {"system": of["system"], "entity": of["entity"], "run": of["run"], "changed_at": now, "key": given.c.key}
    of_record = {
        "fields": given.c.fields,
        "version": sa.literal(1, sa.Integer),
        "revision": sa.bindparam("latest", type_=sa.BigInteger) + given.c.step,
        "made_at": now,
        "made_by": of["system"],
        "made_run": of["run"],
    }
    of_binding = {
        "external_id": given.c.external_id,
        "seen": given.c.fields,
        "sent": nothing,
        "before": nothing,
        "digest": given.c.digest,
        "born": given.c.born,
        "owed": sa.false(),
        "flips": sa.literal(0, sa.Integer),
    }
    records, bindings = _insert(record, same | of_record), _insert(binding, same | of_binding)
    return (bindings.add_cte(records.cte("records")),) if dialect == "postgresql" else (records, bindings)


def _insert(table: sa.Table, values: Mapping[str, sa.ColumnElement[Any]]) -> sa.Insert:
    return sa.insert(table).from_select(list(values), sa.select(*values.values()), include_defaults=False)
