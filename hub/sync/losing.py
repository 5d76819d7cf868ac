"""What a system has no more, as far as its bindings say so."""

from collections.abc import Collection, Mapping
from typing import Any

from hub.store import Tx, bindings, quarantine, records
from hub.sync.aside import put_aside
from hub.sync.outgoing import depending_on
from hub.sync.system import Flow

OVER = ("shipped", "completed", "cancelled")
"""Statuses of orders that nobody works on any more."""
MISSED = "gone-there"
"""The cause of open orders that the system which worked on them has no more."""


def lose(tx: Tx, flow: Flow, ids: Collection[str], run: int, *, owed: bool) -> None:
    """Note that a system has some records no more; `owed`: they are to be made anew.

    With a product goes what was put beside it: the next one of its number has neither price nor stock yet.
    """
    system, entity = flow.system, flow.stream.entity
    found = bindings.by_ids(tx, system.name, entity, ids) if entity in ("products", "orders") else {}
    bindings.lose(tx, system.name, entity, ids, owed=owed)
    if entity == "orders":
        _miss(tx, flow, {each.key for each in found.values() if each.gone_at is None}, run)
        return
    for name, stream in system.connector.streams.items():
        if found and stream.create == "put":
            keys = depending_on(tx, system.flow(name), {each.key for each in found.values()}, deleted=True)
            beside = bindings.by_keys(tx, system.name, stream.entity, keys).values()
            bindings.lose(tx, system.name, stream.entity, [each.external_id for each in beside], owed=False)
            quarantine.settle(tx, system.name, name, [f"push:{key}" for key in keys])


def _miss(tx: Tx, flow: Flow, keys: Collection[str], run: int) -> None:
    """Put open orders into quarantine: somebody waits for what was ordered, and where it was placed nobody knows."""
    name = flow.system.name
    why = f"{name} has this order no more, and goods of it are still to be sent. Was it deleted there for good, cancel it "
    why += "where it was placed; if not, hub quarantine retry has it made there anew"
    for key, each in records.by_keys(tx, "orders", keys).items():
        if is_worked_on(flow, each.fields):
            put_aside(tx, flow, run, key, MISSED, why)


def is_worked_on(flow: Flow, record: Mapping[str, Any]) -> bool:
    """Tell whether an order, placed elsewhere than in this system, is still to be sent."""
    return flow.stream.entity == "orders" and not flow.makes and record.get("status") not in OVER


def lose_found(tx: Tx, flow: Flow, ids: Collection[str], run: int) -> None:
    """Note what a write has found gone. Where a system leads, that is a full scan's to say, which has a brake."""
    if not flow.leads:
        lose(tx, flow, ids, run, owed=flow.follows)
