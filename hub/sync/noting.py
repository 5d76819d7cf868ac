"""What is kept of bringing a record: its history, what waits in quarantine, and the outcome for the run log."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from hub.connector import Written
from hub.handler import PageReport
from hub.messages import RecordOutcome
from hub.store import Tx, bindings, history, quarantine, records
from hub.store.history import Event
from hub.sync.apart import BREAKS
from hub.sync.aside import put_aside
from hub.sync.preparing import Prepared, Want
from hub.sync.system import Flow
from hub.sync.unanswered import UNANSWERED

SEVERAL = "several-prices"
"""The cause of prices of which a shop keeps one, and nobody has said which."""
AFTER_ALL = "goes-on-after-all"
"""The cause of orders that are cancelled in a system, and not, or no longer, where they were placed."""

UNPRICED = "price-gone"
"""The cause of prices that are gone, and at which a shop goes on selling."""
NOT_PRICED = "not-priced"
"""The cause of prices of 0, which a shop is not told."""
CLOSED_SHORT = "closed-short"
"""The cause of orders of which less was sent than their shop has, and the rest will not be."""
PAID_BACK = "refunded"
"""The cause of orders that are still to be sent, and whose money was given back."""
HELD = "held-back"
"""The cause of orders that a system is not to get yet."""


def as_written(want: Want, written: Written) -> Mapping[str, Any]:
    """Return what was written indeed."""
    return {**want.write.fields, **written.instead}


def note_waiting(tx: Tx, flow: Flow, run: int, prepared: Prepared, report: PageReport) -> None:
    """Put into quarantine what waits for another record, to be paid, or for somebody: to set a price, to enter an order anew."""
    system = flow.system.name
    for key, (entity, needed) in prepared.waits.items():
        why, cause = f"waits until {entity} {needed} is in {system}", f"waits-for-{entity}"
        if entity in prepared.unread:
            why = f"waits until the {entity} of {system} have been read once: {needed} may be there, nobody knows yet"
        put_aside(tx, flow, run, key, cause, why, needs={"entity": entity, "key": needed})
        report.records.append(RecordOutcome(key=key, outcome="quarantined", cause=cause))
    one = f"and {system} keeps one: say which with price_list in [systems.{system}.range], then hub apply"
    lists = {
        key: f"its product has prices on the lists {', '.join(each)}, {one}" for key, each in prepared.unclear.items()
    }
    note_each(tx, flow, run, SEVERAL, lists, report)
    over = f"it goes on where it was placed, but {system} has it cancelled for good: take it up there by hand"
    note_each(tx, flow, run, AFTER_ALL, dict.fromkeys(prepared.over, over), report)
    back = f"all its money was given back, and it is still to be sent: cancel it where it was placed, or in {system}; if it "
    back += "is to be sent all the same, hub quarantine retry"
    note_each(tx, flow, run, PAID_BACK, dict.fromkeys(prepared.paid_back, back), report)
    held = f"{system} gets it as soon as this holds: {flow.system.options.range.orders}"
    held += f" (orders under [systems.{system}.range])"
    note_each(tx, flow, run, HELD, dict.fromkeys(prepared.held, held), report)
    mend = f"give it a price there, or take the product out of {system}"
    nothing = f"its price is 0, as where none is entered yet, and {system} would give it away. Enter its price; if it is to be "
    nothing += (
        f"free, and all else that has a price of 0: zero_prices = true in [systems.{system}.range], then hub apply"
    )
    note_each(tx, flow, run, NOT_PRICED, dict.fromkeys(prepared.for_nothing, nothing), report)
    note_each(tx, flow, run, UNPRICED, {key: f"{fact}: {mend}" for key, fact in prepared.unpriced.items()}, report)


def note_each(tx: Tx, flow: Flow, run: int, cause: str, why: Mapping[str, str], report: PageReport) -> None:
    """Put records into quarantine: key -> what is in their way."""
    for key, message in why.items():
        put_aside(tx, flow, run, key, cause, message)
        report.records.append(RecordOutcome(key=key, outcome="quarantined", cause=cause))
    report.entity, report.counts = flow.stream.entity, {"quarantined": len(report.records)}


def note_short(tx: Tx, flow: Flow, run: int, short: Mapping[str, str], report: PageReport) -> None:
    """Put into quarantine orders closed short whose shop is not told their status: key -> what was sent, in words.

    They are owed, and so looked at with each run: of what ends their waiting, that somebody has brought them forward in
    the shop, no record of ours need change. What waits so already, or was discarded as it is, is not put there again.
    """
    system, new = flow.system.name, dict[str, str]()
    # In the writers' turn: who is storing what was read of them puts back what its binding was.
    records.take_turn(tx, flow.stream.entity)
    bindings.owe(tx, system, flow.stream.entity, [*short])
    there = quarantine.find(
        tx, system=system, stream=flow.name, cause=CLOSED_SHORT, keys=[*short], state=None, most=len(short)
    )
    seen_to = {(each.key, each.message) for each in there if each.state in ("open", "discarded") and not each.again}
    for key, sent in short.items():
        why = f"{sent} was sent, and the ERP has closed the order. Take the rest off it in {system}, or give it back there: "
        why += f"{system} is told then that it is sent; or bring it forward there by hand"
        if (key, why) not in seen_to:
            new[key] = why
    if new:
        note_each(tx, flow, run, CLOSED_SHORT, new, report)


def once_more(tx: Tx, flow: Flow, run: int, key: str, cause: str) -> bool:
    """Tell whether what cannot be brought is tried once more by itself: unless an earlier run has put it aside so."""
    identity = f"push:{key}"
    known = quarantine.by_identity(tx, flow.system.name, flow.name, [identity]).get(identity)
    if known is None or known.cause != cause:
        return True
    return known.run == run and known.again


def note_broken(tx: Tx, flow: Flow, run: int, key: str, why: str, report: PageReport) -> None:
    """Put into quarantine a record on which a system breaks, or its connector; it is tried once more by itself.

    `why`: what is said of the system.
    """
    first = once_more(tx, flow, run, key, BREAKS)
    message = f"{flow.system.name} {why}" + ("; tried once more" if first else "")
    put_aside(tx, flow, run, key, BREAKS, message, again=first, told={"why": why})
    report.records.append(RecordOutcome(key=key, outcome="quarantined", cause=BREAKS))


def note_unanswered(tx: Tx, flow: Flow, run: int, keys: Iterable[str], fault: str) -> None:
    """Put into quarantine creates that were not answered; what has not been for long is tried less and less often."""
    why = f"{flow.system.name} did not say whether it was created; it is looked for after {flow.stream.late:.0f} s, "
    why += "and after an hour less and less often" + (f": {fault}" if fault else "")
    for key in keys:
        put_aside(tx, flow, run, key, UNANSWERED, why)


def note(tx: Tx, flow: Flow, run: int, what: str, details: Mapping[str, Mapping[str, Any]]) -> None:
    """Keep in the history what happened to records: key -> detail."""
    entity, system = flow.stream.entity, flow.system.name
    events = [
        Event(entity=entity, key=key, system=system, what=what, detail=detail, run=run)
        for key, detail in details.items()
    ]
    history.note(tx, events)


def note_written(
    tx: Tx, flow: Flow, run: int, want: Want, written: Written
) -> tuple[Counter[str], list[RecordOutcome]]:
    """Keep what became of a write; returns it for the run log."""
    key = written.key
    named_in_vain = written.outcome == "gone" and want.creates and flow.stream.create == "intent"
    if written.outcome == "refused" or named_in_vain:
        cause = written.cause or "refused"
        message = written.message or f"{flow.system.name} does not have (any more) what the record names"
        # What is put beside a product may lack only what another stream puts there: stock its price.
        soon = flow.stream.create == "put" and once_more(tx, flow, run, key, cause)
        put_aside(tx, flow, run, key, cause, message, again=soon, told=want.write.fields)
        note(tx, flow, run, "refused", {key: {"message": message}})
        return Counter(["quarantined"]), [RecordOutcome(key=key, outcome="quarantined", cause=cause)]
    if written.outcome == "gone":
        note(tx, flow, run, "gone", {key: {"id": want.write.id}})
        return Counter(["gone"]), []
    what = "removed" if want.write.remove else "created" if want.creates else "told"
    seen: Mapping[str, Any] = want.binding.seen if want.binding else {}
    changes = {name: (seen.get(name), value) for name, value in as_written(want, written).items()}
    detail: dict[str, Any] = {"id": written.id or want.write.id}
    note(tx, flow, run, what, {key: detail | ({"changes": changes} if what == "told" else {})})
    outcomes = [RecordOutcome(key=key, outcome=what, cause=", ".join(want.write.fields) or None)]
    if not written.instead:
        return Counter([what]), outcomes
    put_aside(tx, flow, run, key, written.cause, written.message, told=want.write.fields)
    note(tx, flow, run, "left-out", {key: dict.fromkeys(written.instead, written.message)})
    return Counter([what, "quarantined"]), [
        *outcomes,
        RecordOutcome(key=key, outcome="quarantined", cause=written.cause),
    ]
