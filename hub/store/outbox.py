"""Results on their way to `hub.results`: put with what they tell of, taken off when the broker has confirmed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from hub.store.batch import pack, rows
from hub.store.database import Tx
from hub.store.schema import outbox


@dataclass(frozen=True, slots=True)
class Unsent:
    """A message that is to go out; its identity is (run, generation, part)."""

    run: int
    generation: int
    part: int
    job: str
    body: str


@cache
def _put(dialect: str) -> sa.Executable:
    names = tuple(Unsent.__dataclass_fields__)
    given = rows(dialect, "given", **{name: outbox.c[name].type for name in names})
    made_at = sa.bindparam("now", type_=outbox.c.made_at.type)
    source = sa.select(*(given.c[name] for name in names), made_at.label("made_at"))
    return sa.insert(outbox).from_select([*names, "made_at"], source)


def put(tx: Tx, unsent: Iterable[Unsent]) -> None:
    """Store what is to go out."""
    if given := list(unsent):
        tx.execute(_put(tx.dialect), {"given": pack(given), "now": tx.now})


def waiting(tx: Tx, most: int, made_before: datetime | None = None) -> list[Unsent]:
    """Return what has not been confirmed yet, the oldest first."""
    columns = [outbox.c[name] for name in Unsent.__dataclass_fields__]
    statement = sa.select(*columns).order_by(outbox.c.made_at, outbox.c.run, outbox.c.generation, outbox.c.part)
    if made_before is not None:
        statement = statement.where(outbox.c.made_at < made_before)
    return [Unsent(*row) for row in tx.execute(statement.limit(most))]


@cache
def _take_off(dialect: str) -> sa.Executable:
    columns: dict[str, sa.types.TypeEngine[Any]] = {
        "run": sa.BigInteger(),
        "generation": sa.Integer(),
        "part": sa.Integer(),
    }
    given = rows(dialect, "given", **columns)
    named = sa.tuple_(outbox.c.run, outbox.c.generation, outbox.c.part)
    return sa.delete(outbox).where(named.in_(sa.select(given.c.run, given.c.generation, given.c.part)))


def take_off(tx: Tx, confirmed: Iterable[Unsent]) -> int:
    """Forget what the broker has confirmed."""
    given = [{"run": each.run, "generation": each.generation, "part": each.part} for each in confirmed]
    return tx.execute(_take_off(tx.dialect), {"given": pack(given)}).rowcount if given else 0


def count(tx: Tx) -> int:
    """Return how many results have not gone out yet."""
    return tx.execute(sa.select(sa.func.count()).select_from(outbox)).scalar_one()
