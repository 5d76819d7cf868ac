"""Notes which orders an ERP's stock takes into account: those that it had before a reading of its stock began (PAINS S5)."""

from collections.abc import Mapping
from typing import Any

from hub.handler import Hold
from hub.store import Tx, bindings, checkpoints
from hub.store.promised import SHOWN
from hub.sync import scanning
from hub.sync.system import Flow


def begin(flow: Flow, run: int, hold: Hold) -> None:
    """Note the latest binding before a run's first reading; a scan that goes on began earlier, maybe in another run."""
    if not _matters(flow):
        return
    with hold.reading() as tx:
        at, latest = _stands(tx, flow), bindings.latest_number(tx)
        scan, _ = scanning.stands(tx, flow)
    if at.get("run") == run or at.get("shown") == latest:
        return
    with hold.page() as (tx, _):
        seen = checkpoints.get(tx, *_named(flow), to_move=True)
        began = {} if scan.open else {"began": bindings.latest_number(tx)}
        checkpoints.move(tx, *_named(flow), {**(seen.value or {}), **began, "run": run}, seen)


def end(flow: Flow, run: int, hold: Hold) -> None:
    """Note that a reading has come to its end: what was bound when it began is reserved in what it showed.

    Where another has begun since, that one's end says so: what was bound in between, this one may not have shown.
    """
    if not _matters(flow):
        return
    with hold.reading() as tx:
        if not _has_shown_more(_stands(tx, flow), run):
            return
    with hold.page() as (tx, _):
        seen = checkpoints.get(tx, *_named(flow), to_move=True)
        at: Any = seen.value or {}
        if _has_shown_more(at, run):
            checkpoints.move(tx, *_named(flow), {**at, "shown": at["began"]}, seen)


def _has_shown_more(at: Mapping[str, Any], run: int) -> bool:
    return at.get("run") == run and at.get("shown") != at.get("began")


def delivered(tx: Tx, flow: Flow) -> None:
    """Note that stock was delivered: what was bound when the delivery before it was taken is reserved in it.

    One delivery later than where the stock is asked for: this one may have been written before the ERP took in what it
    was handed meanwhile.
    """
    if not _matters(flow):
        return
    seen = checkpoints.get(tx, *_named(flow))
    at: Any = seen.value or {}
    at = {**at, "shown": at.get("began", 0), "began": bindings.latest_number(tx)}
    checkpoints.move(tx, *_named(flow), at, seen)


def _matters(flow: Flow) -> bool:
    return flow.stream.entity == "stock" and flow.system.name in flow.system.takes_orders


def _named(flow: Flow) -> tuple[str, str]:
    return flow.system.name, flow.stream.entity + SHOWN


def _stands(tx: Tx, flow: Flow) -> Mapping[str, Any]:
    return checkpoints.get(tx, *_named(flow)).value or {}
