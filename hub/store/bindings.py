"""Which record of a system is which of ours, and what both last agreed on: the base of the three-way merge."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.connector import GUEST
from hub.store import bulk, scans
from hub.store.batch import among, one_of, pack, pairs
from hub.store.database import Tx
from hub.store.schema import binding
from hub.store.types import json_text

NOTHING: Mapping[str, Any] = {}


class Binding(NamedTuple):
    """A record of a system and the key of ours. The base has two sides, because systems store what they like.

    A tuple: of a first load one is made for each record, and a frozen dataclass takes five times as long.
    """

    external_id: str
    key: str
    seen: Mapping[str, Any] = NOTHING
    """Field values as the system last showed them."""
    sent: Mapping[str, Any] = NOTHING
    """Our values that were agreed on, where they differ from what the system shows."""
    before: Mapping[str, Any] = NOTHING
    """What stood in the fields that we wrote last: a system that goes back to it undoes what we wrote."""
    digest: str = ""
    owed: bool = False
    """To be brought to the system again, although our record has not changed."""
    flips: int = 0
    flipped_at: datetime | None = None
    parked_at: datetime | None = None
    gone_at: datetime | None = None
    called: str | None = None
    """The natural key by which the system itself knows the record, where ours is another; looked at for products."""
    born: str | None = None
    """When the system made the record, in its own words, where it says so."""
    id: int = 0
    """Numbered in the order in which they were made; 0: not stored yet."""

    def agreed(self, name: str) -> Any:
        """Return our value of a field that was last agreed on."""
        return self.sent[name] if name in self.sent else self.seen.get(name)


_COLUMNS = [binding.c[name] for name in Binding._fields]
_STORED = Binding._fields[:-1]
"""All but the number, which stands last: the database gives it."""


def _of(system: str, entity: str) -> sa.ColumnElement[bool]:
    return (binding.c.system == system) & (binding.c.entity == entity)


# Made once: of a run with nothing to do, making the statements anew would be most of the work.
_HERE = (binding.c.system == sa.bindparam("system")) & (binding.c.entity == sa.bindparam("entity"))
_THERE = binding.c.gone_at.is_(None)
_BEHIND = (
    sa.select(*_COLUMNS)
    .where(_HERE, binding.c.id > sa.bindparam("after"))
    .order_by(binding.c.id)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_OWED = _BEHIND.where(binding.c.owed)
_MADE = _BEHIND.where(_THERE)
_COUNT = sa.select(sa.func.count()).where(_HERE, _THERE)


@cache
def _one_of(dialect: str, column: str) -> sa.Executable:
    known = one_of(dialect, binding.c[column], "given")
    return sa.select(*_COLUMNS).where(_HERE, known).order_by(binding.c.id)


def _found(tx: Tx, statement: sa.Executable, system: str, entity: str, **given: Any) -> list[Binding]:
    return [Binding(*row) for row in tx.execute(statement, {"system": system, "entity": entity, **given})]


def _with(tx: Tx, column: str, system: str, entity: str, values: Collection[str]) -> list[Binding]:
    if not values:
        return []
    return _found(tx, _one_of(tx.dialect, column), system, entity, given=pack(values))


@cache
def _differing(dialect: str) -> sa.Executable:
    given = pairs(dialect, "given")
    known = sa.select(binding.c.digest).where(binding.c.external_id == given.c.key, _HERE, _THERE)
    return sa.select(given.c.key).where(known.scalar_subquery().is_distinct_from(given.c.value))


def differing(tx: Tx, system: str, entity: str, digests: Mapping[str, str]) -> set[str]:
    """Return the identities whose digest is not the one that is kept, or that are not bound and there.

    The database compares: of a page that has not changed, nothing needs to come back.
    """
    given = {"given": json_text(digests), "system": system, "entity": entity}
    return set(tx.execute(_differing(tx.dialect), given).scalars())


def by_ids(tx: Tx, system: str, entity: str, ids: Collection[str]) -> dict[str, Binding]:
    """Return bindings by the system's identity, of records that are gone too."""
    return {each.external_id: each for each in _with(tx, "external_id", system, entity, ids)}


def by_keys(tx: Tx, system: str, entity: str, keys: Collection[str]) -> dict[str, Binding]:
    """Return bindings by our key; where a record has several in the system, the first account. None that are gone."""
    found = [each for each in _with(tx, "key", system, entity, keys) if each.gone_at is None]
    guests = {each.key: each for each in reversed(found) if each.external_id.startswith(GUEST)}
    return guests | {each.key: each for each in reversed(found) if not each.external_id.startswith(GUEST)}


def parted(tx: Tx, system: str, entity: str, keys: Collection[str]) -> set[str]:
    """Return the keys of what a system had and has no more, and is not to be made there anew."""
    lost = binding.c.gone_at.is_not(None) & sa.not_(binding.c.owed)
    statement = sa.select(binding.c.key).where(_of(system, entity), among(tx.dialect, binding.c.key, keys), lost)
    return set(tx.execute(statement).scalars()) if keys else set()


def of_record(tx: Tx, entity: str, key: str) -> list[tuple[str, Binding]]:
    """Return every system that has a record, with its binding."""
    statement = sa.select(binding.c.system, *_COLUMNS).where(binding.c.entity == entity, binding.c.key == key)
    return [(system, Binding(*row)) for system, *row in tx.execute(statement.order_by(binding.c.id))]


def owed(tx: Tx, system: str, entity: str, after: int, most: int) -> list[Binding]:
    """Return what is to be brought to a system again, in the order of the bindings' numbers."""
    return _found(tx, _OWED, system, entity, after=after, most=most)


def made_since(tx: Tx, system: str, entity: str, after: int, most: int) -> list[Binding]:
    """Return what was bound after a binding's number: what hangs on it can go now."""
    return _found(tx, _MADE, system, entity, after=after, most=most)


def latest_number(tx: Tx) -> int:
    """Return the number of the binding that was made last, of any system; 0 where there is none yet."""
    return tx.execute(sa.select(sa.func.max(binding.c.id))).scalar_one() or 0


def put(tx: Tx, system: str, entity: str, bound: Collection[Binding], run: int) -> None:
    """Insert or replace bindings, by the system's identity."""
    same = {"system": system, "entity": entity, "run": run, "changed_at": tx.now}
    items = {each.external_id: dict(zip(_STORED, each, strict=False)) for each in bound}
    bulk.insert(tx, binding, list(items.values()), same, replace=("system", "entity", "external_id"))


def forget(tx: Tx, system: str, entity: str, external_ids: Collection[str]) -> None:
    """Take off what is gone: when it comes back it gets a new number, as what is bound for the first time does."""
    if external_ids:
        gone = (
            _of(system, entity)
            & among(tx.dialect, binding.c.external_id, external_ids)
            & binding.c.gone_at.is_not(None)
        )
        tx.execute(sa.delete(binding).where(gone))


def count(tx: Tx, system: str, entity: str) -> int:
    """Return how many records of a system are bound and there."""
    return tx.execute(_COUNT, {"system": system, "entity": entity}).scalar_one()


def count_all(tx: Tx, system: str) -> int:
    """Return how many records of a system were ever bound, whatever they are, and whether they are there or gone."""
    return tx.execute(sa.select(sa.func.count()).where(binding.c.system == system)).scalar_one()


@dataclass(frozen=True, slots=True)
class Counted:
    """How many records of a system are bound and there, and what is the matter with some of them."""

    bound: int
    owed: int
    parked: int


def counts(tx: Tx, system: str, entity: str) -> Counted:
    """Count the bindings of a system; what is owed includes what is to be made anew."""
    there, parked = binding.c.gone_at.is_(None), binding.c.parked_at.is_not(None)
    number = [sa.func.coalesce(sa.func.sum(sa.case((each, 1), else_=0)), 0) for each in (there, binding.c.owed, parked)]
    return Counted(*map(int, tx.execute(sa.select(*number).where(_of(system, entity))).one()))


def not_shown(tx: Tx, system: str, entity: str, stream: str, number: int) -> list[Binding]:
    """Return what is bound and there, but was not shown by a full scan; guests are shown by their orders alone."""
    # As a difference of sets, which takes one pass over each however little a planner knows of them.
    account = ~binding.c.external_id.startswith(GUEST)
    there = sa.select(binding.c.external_id).where(_of(system, entity), binding.c.gone_at.is_(None), account)
    missing = there.except_(scans.ids(tx.dialect, system, stream, number))
    return list(by_ids(tx, system, entity, tx.execute(missing).scalars().all()).values())


def rename(tx: Tx, entity: str, old: str, new: str) -> None:
    """Follow a record to its new key, in every system; each goes on calling it as it did."""
    called = sa.func.nullif(sa.func.coalesce(binding.c.called, old), new)
    mine = (binding.c.entity == entity) & (binding.c.key == old)
    tx.execute(sa.update(binding).where(mine).values(key=new, called=called))


def called(tx: Tx, system: str, entity: str, names: Collection[str]) -> dict[str, str]:
    """Return name -> key of those records that a system calls otherwise than by their key."""
    otherwise = binding.c.called.is_not(None) & among(tx.dialect, binding.c.called, names)
    statement = sa.select(binding.c.called, binding.c.key).where(_of(system, entity), _THERE, otherwise)
    return {each.called: each.key for each in tx.execute(statement)} if names else {}


def release(tx: Tx, system: str, entity: str, external_ids: Collection[str]) -> int:
    """Take up again what was parked; returns how many that were."""
    mine = _of(system, entity) & among(tx.dialect, binding.c.external_id, external_ids)
    values = {"parked_at": None, "flips": 0, "flipped_at": None, "owed": True, "digest": ""}
    return tx.execute(sa.update(binding).where(mine, binding.c.parked_at.is_not(None)).values(values)).rowcount


def pay(tx: Tx, system: str, entity: str, external_ids: Collection[str]) -> None:
    """Note that a system was told what was owed to it; what is gone stays owed until it has been made anew."""
    mine = _of(system, entity) & among(tx.dialect, binding.c.external_id, external_ids)
    tx.execute(sa.update(binding).where(mine, binding.c.owed).values(owed=False))


def owe(tx: Tx, system: str, entity: str, keys: Collection[str]) -> None:
    """Have a system told of records again, although these may not change any more."""
    if keys:
        mine = _of(system, entity) & among(tx.dialect, binding.c.key, keys) & binding.c.gone_at.is_(None)
        tx.execute(sa.update(binding).where(mine).values(owed=True))


def pay_gone(tx: Tx, system: str, entity: str, keys: Collection[str]) -> None:
    """Note that records which a system had lost have been made there anew."""
    mine = _of(system, entity) & among(tx.dialect, binding.c.key, keys) & binding.c.gone_at.is_not(None)
    tx.execute(sa.update(binding).where(mine, binding.c.owed).values(owed=False))


def lose(tx: Tx, system: str, entity: str, external_ids: Collection[str], *, owed: bool) -> int:
    """Note that a system has some records no more; `owed`: they are to be made anew. Returns how many there were."""
    if not external_ids:
        return 0
    mine = _of(system, entity) & among(tx.dialect, binding.c.external_id, external_ids) & binding.c.gone_at.is_(None)
    base = {"seen": NOTHING, "sent": NOTHING, "before": NOTHING, "digest": ""}
    values = {"gone_at": tx.now, "changed_at": tx.now, "owed": owed, "parked_at": None}
    return tx.execute(sa.update(binding).where(mine).values(**base, **values)).rowcount
