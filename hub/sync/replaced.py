"""Identities that a system has given out once more: it was put back to a backup, and numbers its new records anew.

What is bound to such a number is not what stands there now. Nothing is read from it or written to it until a full scan,
at whose end the one counts as gone there, and the other as a record of its own: as deletions do, under the brake.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from hub.connector import Document, Unreadable
from hub.store import Tx, bindings, quarantine, records
from hub.store.bindings import Binding
from hub.sync.digest import reference
from hub.sync.matching import rung
from hub.sync.reading import digested
from hub.sync.system import Flow
from hub.sync.understanding import Understood, understand

ANOTHER = "another-there"
"""The cause in quarantine of what a system shows under the identity of another record."""
REUSED = "number-reused"
"""The cause of orders that have the number of another order in the shop where they were placed."""
BUYER = ("placed_at", "email")
"""By both of which two orders of one number are told apart; by one, somebody may have corrected it."""
MOST = 100_000


def is_another(flow: Flow, said: Understood, bound: Binding, ours: Mapping[str, Any]) -> bool:
    """Tell whether a document is another record than the one that is bound to its identity.

    It was made at another time, and nothing by which records are told from one another says that it is the same all the
    same: who rebuilds a database may give every record a new time. `ours`: the fields of the record that is bound.
    """
    if _is_reused(flow, said, bound):
        return True
    if not said.born or not bound.born or said.born == bound.born:
        return False
    if flow.entity.natural:
        return said.key not in (bound.key, bound.called)
    if said.reference == reference(flow.system.name, flow.stream.entity, bound.key):
        return False
    return not any((value := rung(name, ours)) and value == rung(name, said.fields) for name in flow.entity.ladder)


def _is_reused(flow: Flow, said: Understood, bound: Binding) -> bool:
    """Tell whether a shop has given the number of an order to another order."""
    if flow.stream.entity != "orders" or not flow.makes:
        return False
    before, now = ([fields.get(name) for name in BUYER] for fields in (bound.seen, said.fields))
    return all([*before, *now]) and all(one != other for one, other in zip(before, now, strict=True))


def why(flow: Flow, said: Understood, bound: Binding) -> Unreadable:
    """Say that a document is another record."""
    if _is_reused(flow, said, bound):
        seen, fields = bound.seen, said.fields
        message = (
            f"{flow.system.name} has given the number of {bound.key}, placed {seen['placed_at']} by {seen['email']}, to another "
            f"order, placed {fields['placed_at']} by {fields['email']}: so it is after a backup was put back there. It is "
            "taken for neither. Enter the new one in the ERP by hand, and have the shop go on with numbers that it has not given yet"
        )
        return Unreadable(REUSED, message, said.place, key=bound.key)
    message = (
        f"{flow.system.name} shows another record as {said.document.id}, made {said.born}, than {bound.key}, made "
        f"{bound.born}: so it is after a backup was put back there. Nothing is read from it or written to it until the next "
        f"full scan, with which {bound.key} counts as gone there: hub quarantine retry, then a run of its job"
    )
    return Unreadable(ANOTHER, message, said.place, key=bound.key)


def suspended(tx: Tx, flow: Flow) -> list[Binding]:
    """Return the bindings whose identities show other records, as far as readings have noticed it."""
    waiting = quarantine.find(tx, system=flow.system.name, stream=flow.name, cause=ANOTHER, most=MOST)
    there = bindings.by_ids(tx, flow.system.name, flow.stream.entity, [each.external_id or "" for each in waiting])
    return [each for each in there.values() if each.gone_at is None]


def others(tx: Tx, flow: Flow, bound: Iterable[Binding], documents: Iterable[Document]) -> set[str]:
    """Return the identities under which other records stand than those that are bound to them."""
    known = {each.external_id: each for each in bound}
    ours = records.by_keys(tx, flow.stream.entity, [each.key for each in known.values()])
    found = set[str]()
    for document, digest in digested(flow, documents):
        said = understand(flow.system, flow.name, document, digest)
        if isinstance(said, Unreadable) or document.id not in known:
            continue
        each = known[document.id]
        if is_another(flow, said, each, ours[each.key].fields if each.key in ours else {}):
            found.add(document.id)
    return found
