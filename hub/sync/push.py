"""Brings the hub's records to a system: what has changed since, what is owed, what was waiting (PAINS S6, S9, S17, S19)."""

from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from typing import Any

from hub.handler import Hold
from hub.store import Tx, bindings, checkpoints, quarantine, records
from hub.store.quarantine import Waiting
from hub.sync import unanswered
from hub.sync.bringing import Bringing
from hub.sync.outgoing import adds_up, depending_on, keeps_one, keys_of
from hub.sync.preparing import may_lack
from hub.sync.promised import ordered_since, told, units
from hub.sync.scanning import is_unread
from hub.sync.system import Flow

BATCH = 200
"""Records looked at together."""
SIDE = ">"
"""Behind a stream's name: the checkpoint of what goes out by it."""


def push(flow: Flow, run: int, hold: Hold, total: Counter[str]) -> bool:
    """Bring everything that is due; returns whether it got to the end before the slice was over.

    What was not answered is left until it can be looked for, and holds up nothing else. Raises TryLater (Unsettled where
    writes were not answered just now).
    """
    bringing = Bringing(flow, run, hold, total)
    try:
        for source in (_owed, _tried, _sold, _changed, _depending, _unanswered):
            for _ in source(bringing):
                if hold.over():
                    return False
    finally:
        _tell_not_made(bringing)
    return True


def _tell_not_made(bringing: Bringing) -> None:
    """Say what the system ought to have and will not get: nobody would notice."""
    if many := len(bringing.not_made):
        system, entity = bringing.flow.system.name, bringing.flow.stream.entity
        told = (
            f"{many:,} {entity} are not in {system} ({min(bringing.not_made)} ...), and it takes no new ones from here"
        )
        bringing.hold.tell(f"{told}: only those that it has are kept up to date")


def _owed(bringing: Bringing) -> Generator[None]:
    """Bring what a system was seen to have otherwise than it should."""
    flow, after = bringing.flow, 0
    while True:
        with bringing.hold.reading() as tx:
            found = bindings.owed(tx, flow.system.name, flow.stream.entity, after, BATCH)
        if not found:
            return
        after = found[-1].id
        brought = bringing.bring(list(dict.fromkeys(each.key for each in found)))
        # What was written has been judged by what it came to; the rest is in order, or waits in quarantine.
        well = [each for each in found if each.key in brought.ended - brought.told]
        with bringing.hold.page() as (tx, _):
            records.take_turn(tx, flow.stream.entity)
            # Of what has changed meanwhile, more may be owed.
            now = bindings.by_ids(tx, flow.system.name, flow.stream.entity, [each.external_id for each in well])
            paid = [each.external_id for each in well if now.get(each.external_id) == each]
            bindings.pay(tx, flow.system.name, flow.stream.entity, paid)
        yield


def _tried(bringing: Bringing) -> Generator[None]:
    """Bring what waited for another record that is there now, or may be; and what an operator wants tried again."""
    flow = bringing.flow
    with bringing.hold.reading() as tx:
        entries = [each for each in quarantine.to_try(tx, flow.system.name, flow.name, "push:") if each.key]
        there: dict[str, set[str]] = {}
        for entity in {each.needs["entity"] for each in entries if each.needs}:
            needed = [each.needs["key"] for each in entries if each.needs and each.needs["entity"] == entity]
            there[entity] = {*bindings.by_keys(tx, flow.system.name, entity, needed)}
            there[entity] |= {*unanswered.due_of(tx, flow.system, entity)}
            there[entity] |= _mended(tx, flow, entity, entries)
            if may_lack(flow, entity) and not is_unread(tx, flow.system, entity):
                there[entity] |= {*needed}
    asked = [each.key for each in entries if each.key and each.again]
    ready = [
        each.key for each in entries if each.key and each.needs and each.needs["key"] in there[each.needs["entity"]]
    ]
    for keys, released in ((asked, True), (ready, False)):
        for start in range(0, len(keys), BATCH):
            bringing.bring(list(dict.fromkeys(keys[start : start + BATCH])), released=released)
            yield


def _mended(tx: Tx, flow: Flow, entity: str, entries: Sequence[Waiting]) -> set[str]:
    """Return the keys of records that others wait for, and that have changed since, or that an operator wants tried.

    There may be no job that brings them by themselves.
    """
    latest_first = sorted(entries, key=lambda each: each.changed_at, reverse=True)
    since = {e.needs["key"]: e.changed_at for e in latest_first if e.needs and e.needs["entity"] == entity}
    changed = {key for key, each in records.by_keys(tx, entity, since).items() if each.changed_at > since[key]}
    stream = flow.system.stream_of(entity) or ""
    waiting = quarantine.by_identity(tx, flow.system.name, stream, [f"push:{key}" for key in since])
    return changed | {each.key for each in waiting.values() if each.key and each.again}


def _changed(bringing: Bringing) -> Generator[None]:
    """Bring what has changed since the checkpoint, in the order of the changes."""
    flow = bringing.flow
    while True:
        with bringing.hold.reading() as tx:
            found = records.since(tx, flow.stream.entity, _stands(bringing, tx, "revision"), BATCH)
            # Where one price of several was taken away, another may be the only one now.
            beside = depending_on(tx, flow, {each.fields["sku"] for each in found}) if keeps_one(flow) else ()
        if not found:
            return
        bringing.bring(list(dict.fromkeys([*keys_of(flow, found), *beside])))
        _move(bringing, revision=found[-1].revision)
        yield


def _sold(bringing: Bringing) -> Generator[None]:
    """Bring the stock of what was ordered, cancelled, or is reserved in the ERP since: no stock record says so.

    Of any order that has changed, too: what it comes to may be as it was, and may have been otherwise when it was told.
    """
    flow = bringing.flow
    if not adds_up(flow):
        return
    with bringing.hold.reading() as tx:
        stands = _checkpoint(bringing, tx)
        before: dict[str, str] = stands.get("sold", {})
        latest = records.latest_revision(tx, "orders")
        # Not known yet: all stock is about to be compared.
        touched = ordered_since(tx, stands.get("orders", latest))
        now = told(units(tx, flow.system))
    changed = [sku for sku in before | now if before.get(sku) != now.get(sku)]
    changed += sorted(touched - {*changed})
    for start in range(0, len(changed), BATCH):
        bringing.bring(changed[start : start + BATCH])
        yield
    if changed or stands.get("orders") != latest:
        _move(bringing, sold=now, orders=latest)


def _depending(bringing: Bringing) -> Generator[None]:
    """Bring prices and stock of products that have come into the system since."""
    flow = bringing.flow
    if flow.stream.create != "put":
        return
    while True:
        with bringing.hold.reading() as tx:
            made = bindings.made_since(tx, flow.system.name, "products", _stands(bringing, tx, "products"), BATCH)
            keys = depending_on(tx, flow, {each.key for each in made})
        if not made:
            return
        bringing.bring([each for each in keys if each not in bringing.refused])
        _move(bringing, products=made[-1].id)
        yield


def _unanswered(bringing: Bringing) -> Generator[None]:
    """Look for what was being created when no answer came, or a process ended."""
    with bringing.hold.reading() as tx:
        keys = unanswered.due(tx, bringing.flow)
    for start in range(0, len(keys), BATCH):
        bringing.bring(keys[start : start + BATCH])
        yield


def _stands(bringing: Bringing, tx: Tx, name: str) -> int:
    return _checkpoint(bringing, tx).get(name, 0)


def _checkpoint(bringing: Bringing, tx: Tx) -> Mapping[str, Any]:
    return checkpoints.get(tx, bringing.flow.system.name, bringing.flow.name + SIDE).value or {}


def _move(bringing: Bringing, **further: Any) -> None:
    """Move the checkpoint on: what has not been brought waits in quarantine, or has an intent."""
    flow = bringing.flow
    with bringing.hold.page() as (tx, _):
        seen = checkpoints.get(tx, flow.system.name, flow.name + SIDE, to_move=True)
        checkpoints.move(tx, flow.system.name, flow.name + SIDE, {**(seen.value or {}), **further}, seen)
