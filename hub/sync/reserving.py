"""Notes which orders an ERP's stock takes into account: those that it had before a reading of its stock began (PAINS S5)."""

from typing import Any

from hub.handler import Hold
from hub.store import Tx, bindings, checkpoints
from hub.store.checkpoints import Checkpoint
from hub.store.promised import SHOWN
from hub.sync import scanning
from hub.sync.system import Flow


def begin(flow: Flow, run: int, hold: Hold) -> None:
    """Note the latest binding before a run's first reading; a scan that goes on began earlier."""
    if not _matters(flow):
        return
    with hold.reading() as tx:
        seen, latest = _stands(tx, flow), bindings.latest_number(tx)
        at: Any = seen.value or {}
        scan, _ = scanning.stands(tx, flow)
    if at.get("run") != run and at.get("shown") != latest and not scan.open:
        _move(flow, hold, seen, run=run, began=latest)


def end(flow: Flow, hold: Hold) -> None:
    """Note that a reading has come to its end: what was bound when it began is reserved in what it showed."""
    if not _matters(flow):
        return
    with hold.reading() as tx:
        seen = _stands(tx, flow)
    at: Any = seen.value or {}
    if at.get("shown") != at.get("began"):
        _move(flow, hold, seen, shown=at["began"])


def delivered(tx: Tx, flow: Flow) -> None:
    """Note that stock was delivered: what was bound when the delivery before it was taken is reserved in it.

    One delivery later than where the stock is asked for: this one may have been written before the ERP took in what it
    was handed meanwhile.
    """
    if not _matters(flow):
        return
    seen = _stands(tx, flow)
    at: Any = seen.value or {}
    at = {**at, "shown": at.get("began", 0), "began": bindings.latest_number(tx)}
    checkpoints.move(tx, flow.system.name, flow.stream.entity + SHOWN, at, seen)


def _matters(flow: Flow) -> bool:
    return flow.stream.entity == "stock" and flow.system.name in flow.system.takes_orders


def _stands(tx: Tx, flow: Flow) -> Checkpoint:
    return checkpoints.get(tx, flow.system.name, flow.stream.entity + SHOWN)


def _move(flow: Flow, hold: Hold, seen: Checkpoint, **further: int) -> None:
    with hold.page() as (tx, _):
        checkpoints.move(tx, flow.system.name, flow.stream.entity + SHOWN, {**(seen.value or {}), **further}, seen)
