"""What a system has no more, as far as its bindings say so."""

from collections.abc import Collection

from hub.store import Tx, bindings, quarantine
from hub.sync.outgoing import depending_on
from hub.sync.system import Flow


def lose(tx: Tx, flow: Flow, ids: Collection[str], *, owed: bool) -> None:
    """Note that a system has some records no more; `owed`: they are to be made anew.

    With a product goes what was put beside it: the next one of its number has neither price nor stock yet.
    """
    system, entity = flow.system, flow.stream.entity
    found = bindings.by_ids(tx, system.name, entity, ids) if entity == "products" else {}
    bindings.lose(tx, system.name, entity, ids, owed=owed)
    for name, stream in system.connector.streams.items():
        if found and stream.create == "put":
            keys = depending_on(tx, system.flow(name), {each.key for each in found.values()}, deleted=True)
            beside = bindings.by_keys(tx, system.name, stream.entity, keys).values()
            bindings.lose(tx, system.name, stream.entity, [each.external_id for each in beside], owed=False)
            quarantine.settle(tx, system.name, name, [f"push:{key}" for key in keys])


def lose_found(tx: Tx, flow: Flow, ids: Collection[str]) -> None:
    """Note what a write has found gone. Where a system leads, that is a full scan's to say, which has a brake."""
    if not flow.leads:
        lose(tx, flow, ids, owed=flow.follows)
