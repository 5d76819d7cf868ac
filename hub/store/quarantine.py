"""What could not be taken, or differs and waits for a decision; one row for each record or place."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from hub.connector import GUEST
from hub.store import scans
from hub.store.batch import among, insert_into, pack, rows
from hub.store.database import Tx
from hub.store.schema import quarantine

DIFFERS = "differs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """A record that waits, with its cause and place."""

    system: str
    stream: str
    identity: str
    entity: str
    key: str | None
    cause: str
    message: str
    place: Mapping[str, Any]
    raw: Mapping[str, str]
    proposed: Mapping[str, Any] | None = None
    external_id: str | None = None
    """Of a system with records of its own: what is fetched when it is tried again."""
    needs: Mapping[str, str] | None = None
    """What it waits for: `entity`, and `id` (the system's) or `key` (the hub's)."""
    again: bool = False
    """An operator wants it tried with the next run."""
    run: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the quarantine."""

    id: int
    state: str
    system: str
    stream: str
    entity: str
    key: str | None
    cause: str
    message: str
    place: Mapping[str, Any]
    raw: Mapping[str, str]
    proposed: Mapping[str, Any] | None
    run: int
    since: datetime
    changed_at: datetime
    identity: str
    external_id: str | None
    needs: Mapping[str, str] | None
    again: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Open entries of one cause."""

    system: str
    stream: str
    cause: str
    count: int
    oldest: datetime
    message: str
    """Of the first of them."""
    source: str | None
    """Where the first was read."""
    column: str | None
    sources: int
    """How many they were read in."""


_GIVEN = tuple(Caught.__dataclass_fields__)


@cache
def _put(dialect: str) -> sa.Executable:
    given = rows(dialect, "given", **{name: quarantine.c[name].type for name in _GIVEN})
    now = sa.bindparam("now", type_=quarantine.c.since.type)
    columns: list[sa.ColumnElement[Any]] = [given.c[name] for name in _GIVEN]
    columns += [sa.literal("open", sa.Text), now, now]
    source = sa.select(*columns).where(sa.true())
    statement = insert_into(dialect, quarantine).from_select([*_GIVEN, "state", "since", "changed_at"], source)
    fresh = {name: statement.excluded[name] for name in (*_GIVEN[3:], "changed_at")}
    fresh["state"] = sa.case((_is_discarded_as(statement.excluded), quarantine.c.state), else_=statement.excluded.state)
    still_open = quarantine.c.state == "open"
    since = sa.case((still_open, quarantine.c.since), else_=statement.excluded.since)
    return statement.on_conflict_do_update(
        index_elements=["system", "stream", "identity"], set_={**fresh, "since": since}
    )


def _is_discarded_as(new: Any) -> sa.ColumnElement[bool]:
    """Tell whether an entry was discarded just as it comes now: the same record, or the same row of another delivery."""
    old = quarantine.c
    version, row = new.place["version"].as_string(), new.place["row"].as_string()
    same = (old.cause == new.cause) & (old.raw == new.raw) & old.proposed.is_not_distinct_from(new.proposed)
    return (old.state == "discarded") & same & ((old.place["version"].as_string() == version) | row.is_not(None))


def put(tx: Tx, caught: Iterable[Caught]) -> None:
    """Keep records aside; one that waits already takes the newer cause and place.

    One that was discarded stays away until it changes.
    """
    latest = {(each.system, each.stream, each.identity): each for each in caught}
    if latest:
        given = pack(latest[key] for key in sorted(latest))
        tx.execute(_put(tx.dialect), {"given": given, "now": tx.now})


_OPEN = (
    (quarantine.c.system == sa.bindparam("of"))
    & (quarantine.c.stream == sa.bindparam("named"))
    & (quarantine.c.state == "open")
)
_ANY_OPEN = sa.select(sa.exists().where(_OPEN))


_ANY = sa.select(
    sa.exists().where(quarantine.c.system == sa.bindparam("of"), quarantine.c.stream == sa.bindparam("named"))
)


def any_ever(tx: Tx, system: str, stream: str) -> bool:
    """Return whether anything of a stream has ever waited."""
    return tx.execute(_ANY, {"of": system, "named": stream}).scalar_one()


def any_open(tx: Tx, system: str, stream: str) -> bool:
    """Return whether anything of a stream waits."""
    return tx.execute(_ANY_OPEN, {"of": system, "named": stream}).scalar_one()


def resolve(tx: Tx, system: str, stream: str, keys: Collection[str]) -> int:
    """Close the entries of records that have come in well since; returns how many."""
    here = (quarantine.c.system == system) & (quarantine.c.stream == stream) & (quarantine.c.state == "open")
    known = among(tx.dialect, quarantine.c.key, keys)
    return tx.execute(sa.update(quarantine).where(here, known).values(state="resolved", changed_at=tx.now)).rowcount


def supersede(tx: Tx, system: str, stream: str, source: str, version: str) -> int:
    """Close the entries of a source's other versions, now that this one was read to its end; returns how many."""
    here = (quarantine.c.system == system) & (quarantine.c.stream == stream) & (quarantine.c.state == "open")
    place = quarantine.c.place
    older = (place["source"].as_string() == source) & (place["version"].as_string() != version)
    values = {"state": "superseded", "changed_at": tx.now}
    return tx.execute(sa.update(quarantine).where(here, older, quarantine.c.cause != DIFFERS).values(values)).rowcount


def find(
    tx: Tx,
    *,
    numbers: Collection[int] | None = None,
    system: str | None = None,
    stream: str | None = None,
    cause: str | None = None,
    keys: Collection[str] | None = None,
    state: str | None = "open",
    run: int | None = None,
    most: int = 100,
) -> list[Entry]:
    """List entries, the oldest first. `run`: that put them here, or found them here again."""
    statement = sa.select(*(quarantine.c[name] for name in Entry.__dataclass_fields__))
    wanted = {"system": system, "stream": stream, "cause": cause, "state": state, "run": run}
    for name, value in wanted.items():
        if value is not None:
            statement = statement.where(quarantine.c[name] == value)
    if numbers is not None:
        statement = statement.where(among(tx.dialect, quarantine.c.id, numbers))
    if keys is not None:
        statement = statement.where(among(tx.dialect, quarantine.c.key, keys))
    return [Entry(*row) for row in tx.execute(statement.order_by(quarantine.c.id).limit(most))]


def groups(tx: Tx, system: str | None = None) -> list[Group]:
    """Return what waits, by system, stream, cause and column; the largest first."""
    source, column = (quarantine.c.place[name].as_string().label(name) for name in ("source", "column"))
    by = (quarantine.c.system, quarantine.c.stream, quarantine.c.cause, column)
    told = (sa.func.count().label("n"), sa.func.min(quarantine.c.since).label("oldest"))
    ends = (sa.func.min(quarantine.c.id).label("first"), sa.func.count(source.distinct()).label("sources"))
    open_ = sa.select(*told, *ends).where(quarantine.c.state == "open").group_by(*by)
    if system is not None:
        open_ = open_.where(quarantine.c.system == system)
    each = open_.subquery()
    shown = (*by[:3], each.c.n, each.c.oldest, quarantine.c.message, source, column, each.c.sources)
    statement = sa.select(*shown).join(each, each.c.first == quarantine.c.id).order_by(each.c.n.desc(), *by)
    return [Group(*row) for row in tx.execute(statement)]


def close(tx: Tx, numbers: Collection[int], state: str) -> int:
    """Close open entries: `discarded` or `accepted`; returns how many were open."""
    mine = among(tx.dialect, quarantine.c.id, numbers) & (quarantine.c.state == "open")
    return tx.execute(sa.update(quarantine).where(mine).values(state=state, changed_at=tx.now)).rowcount


def settle(tx: Tx, system: str, stream: str, identities: Collection[str]) -> int:
    """Close the entries with these identities, which have come or gone well since; returns how many."""
    mine = among(tx.dialect, quarantine.c.identity, identities)
    here = (quarantine.c.system == system) & (quarantine.c.stream == stream) & (quarantine.c.state == "open")
    return tx.execute(sa.update(quarantine).where(here, mine).values(state="resolved", changed_at=tx.now)).rowcount


@dataclass(frozen=True, slots=True)
class Waiting:
    """Of an open entry, what tells whether it can be tried: many may wait, and be looked at with each run."""

    identity: str
    key: str | None
    external_id: str | None
    needs: Mapping[str, str] | None
    again: bool
    changed_at: datetime


_TO_TRY = (
    sa.select(*(quarantine.c[name] for name in Waiting.__dataclass_fields__))
    .where(_OPEN, quarantine.c.again | quarantine.c.needs.is_not(None))
    .order_by(quarantine.c.id)
)


def to_try(tx: Tx, system: str, stream: str, begins: str) -> list[Waiting]:
    """List open entries that wait for another record, or that an operator wants tried again; the oldest first.

    All of them: what waits in vain must not stand in front of what could go. `begins`: how their identities do.
    """
    found = (Waiting(*row) for row in tx.execute(_TO_TRY, {"of": system, "named": stream}))
    return [each for each in found if each.identity.startswith(begins)]


def again(tx: Tx, numbers: Collection[int]) -> int:
    """Have open entries tried with the next run of their stream; returns how many."""
    mine = among(tx.dialect, quarantine.c.id, numbers) & (quarantine.c.state == "open")
    return tx.execute(sa.update(quarantine).where(mine).values(again=True, changed_at=tx.now)).rowcount


def not_shown(tx: Tx, system: str, stream: str, number: int) -> list[str]:
    """Return the system's identities of what waits and was not shown by a full scan; guests no scan shows."""
    waiting = sa.select(quarantine.c.external_id).where(
        quarantine.c.system == system,
        quarantine.c.stream == stream,
        quarantine.c.state == "open",
        ~quarantine.c.external_id.startswith(GUEST),
    )
    missing = waiting.except_(scans.ids(tx.dialect, system, stream, number))
    return [identity for identity in tx.execute(missing).scalars() if identity is not None]


def renamed(tx: Tx, entity: str, key: str) -> None:
    """Close what waits to go to any system under a key that its record has no more: it goes under its new one."""
    mine = (quarantine.c.entity == entity) & (quarantine.c.identity == f"push:{key}") & (quarantine.c.state == "open")
    tx.execute(sa.update(quarantine).where(mine).values(state="resolved", changed_at=tx.now))


def by_identity(
    tx: Tx, system: str, stream: str, identities: Collection[str], *, discarded: bool = False
) -> dict[str, Entry]:
    """Return the open entries with these identities; `discarded`: those that were put away, too."""
    states = ("open", "discarded") if discarded else ("open",)
    here = (quarantine.c.system == system) & (quarantine.c.stream == stream) & quarantine.c.state.in_(states)
    mine = among(tx.dialect, quarantine.c.identity, identities)
    statement = sa.select(*(quarantine.c[name] for name in Entry.__dataclass_fields__)).where(here, mine)
    return {row.identity: Entry(*row) for row in tx.execute(statement)}
