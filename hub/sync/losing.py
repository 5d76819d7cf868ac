"""What a system has no more, as far as its bindings say so."""

from collections.abc import Collection, Mapping
from typing import Any

from hub.connector import Write
from hub.store import Tx, bindings, quarantine, records
from hub.sync.aside import put_aside
from hub.sync.outgoing import depending_on, product_of
from hub.sync.system import Flow

OVER = ("shipped", "completed", "cancelled")
"""Statuses of orders that nobody works on any more."""
MISSED = "gone-there"
"""The cause of open orders that the system which worked on them has no more."""


def take_turns(tx: Tx, flow: Flow, lost: Collection[str]) -> None:
    """Wait for the writers' turns of what is changed where these are lost: what is put beside products goes with them."""
    beside = {stream.entity for stream in flow.system.connector.streams.values() if stream.create == "put"}
    for each in sorted({flow.stream.entity, *(beside if lost and flow.stream.entity == "products" else ())}):
        records.take_turn(tx, each)


def lose(tx: Tx, flow: Flow, ids: Collection[str], run: int, *, owed: bool) -> None:
    """Note that a system has some records no more, in their turns; `owed`: they are to be made anew.

    With a product goes what was put beside it: the next one of its number has neither price nor stock yet.
    """
    system, entity = flow.system, flow.stream.entity
    found = bindings.by_ids(tx, system.name, entity, ids) if entity in ("products", "orders") else {}
    bindings.lose(tx, system.name, entity, ids, owed=owed)
    if entity == "orders":
        miss(tx, flow, {each.key for each in found.values() if each.gone_at is None}, run)
        return
    for name, stream in system.connector.streams.items():
        if found and stream.create == "put":
            keys = depending_on(tx, system.flow(name), {each.key for each in found.values()}, deleted=True)
            beside = bindings.by_keys(tx, system.name, stream.entity, keys).values()
            bindings.lose(tx, system.name, stream.entity, [each.external_id for each in beside], owed=False)
            quarantine.settle(tx, system.name, name, [f"push:{key}" for key in keys])


def miss(tx: Tx, flow: Flow, keys: Collection[str], run: int) -> None:
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


def lose_stranded(tx: Tx, flow: Flow, written: Mapping[str, Write]) -> None:
    """Note what was put beside a product that another run has lost meanwhile: identity -> write.

    What stands beside a product of the shop's own, which was never brought there, goes by no product.
    """
    products = {
        identity: product
        for identity, each in written.items()
        if (sku := product_of(flow, each.record)) and (product := each.links["products"].get(sku))
    }
    there = bindings.by_ids(tx, flow.system.name, "products", {*products.values()})
    lost = {each.external_id for each in there.values() if each.gone_at is not None}
    stranded = [identity for identity, product in products.items() if product in lost]
    bindings.lose(tx, flow.system.name, flow.stream.entity, stranded, owed=False)
