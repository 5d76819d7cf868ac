"""What a system would have to be told now: what it should have, less what was agreed on. Changes nothing."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hub.connector import GUEST, Write
from hub.store import Tx, bindings, intents
from hub.store.bindings import Binding
from hub.store.intents import Intent
from hub.sync.digest import reference
from hub.sync.losing import is_worked_on
from hub.sync.outgoing import (
    BESIDE,
    admits,
    beside_own,
    cannot_create,
    for_free,
    gives_away,
    links_of,
    may_create,
    product_of,
    run_out,
    several,
    unpriced,
    wanted,
)
from hub.sync.scanning import is_unread
from hub.sync.short import CONTENT, held_at, in_words, is_known_to, is_short
from hub.sync.system import Flow
from hub.sync.threeway import differing

EMPTY: Mapping[str, Any] = {}
FINAL = "cancelled"
"""An order in this state that a system has never had is not brought to it any more."""


@dataclass(frozen=True, slots=True)
class Want:
    """A record that the system has to be told of."""

    write: Write
    binding: Binding | None
    intent: Intent | None = None
    """An earlier create of it that may have been carried out."""

    @property
    def creates(self) -> bool:
        """Whether the system does not have it yet, as far as is known."""
        return self.binding is None and not self.write.remove


@dataclass(slots=True)
class Prepared:
    """What some keys come to."""

    wants: list[Want] = field(default_factory=list[Want])
    waits: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """Key -> (entity, key) of the record that must be in the system before."""
    unread: Collection[str] = ()
    """Entities of which the system may have what it is not known to have: see `_unread`."""
    free: Collection[str] = ()
    """Keys of stock whose product is meant to cost nothing."""
    unclear: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """Key of a price -> the lists on which its product has one, where the system can keep only one of them."""
    over: list[str] = field(default_factory=list[str])
    """Keys of orders that go on, but are cancelled in the system."""
    missed: list[str] = field(default_factory=list[str])
    """Keys of open orders that the system had and has no more: they wait since it was noticed."""
    paid_back: list[str] = field(default_factory=list[str])
    """Keys of orders that are still to be sent, and whose money was given back."""
    held: list[str] = field(default_factory=list[str])
    """Keys of orders that the system is not to get yet (`range.orders`)."""
    short: dict[str, str] = field(default_factory=dict[str, str])
    """Key of an order closed short, whose shop is not told its status -> what was sent of it, in words. Whatever else has
    changed of it is told: it is no thing that is put aside as a whole."""
    unpriced: dict[str, str] = field(default_factory=dict[str, str])
    """Key of a price that is gone, and at which the system goes on selling -> that fact, in words."""
    for_nothing: list[str] = field(default_factory=list[str])
    """Keys of prices at which the system would give its products away."""
    settled: list[str] = field(default_factory=list[str])
    """Keys that the system owes nothing for: all is as it should be."""
    not_made: list[str] = field(default_factory=list[str])
    """Keys of what the system ought to have, does not have, and cannot be given."""
    not_there: list[str] = field(default_factory=list[str])
    """Keys of what belongs to a product that the system does not have."""
    abandoned: list[Want] = field(default_factory=list[Want])
    """Not wanted any more, but may have been created: to be looked for."""

    @property
    def aside(self) -> set[str]:
        """Return the keys of what waits for something."""
        waits = (
            self.waits,
            self.unclear,
            self.over,
            self.missed,
            self.paid_back,
            self.held,
            self.unpriced,
            self.for_nothing,
        )
        return {key for each in waits for key in each}


def prepare(
    tx: Tx, flow: Flow, keys: Collection[str], *, finish: Collection[str] = (), needed: bool = False
) -> Prepared:
    """Compare what the system should have under some keys with what was agreed on.

    `finish`: keys of records that may be half done in the system, and are written whole whatever was agreed on.
    `needed`: others wait for them, or somebody does; what was deleted in the system is made there anew only then.
    """
    entity, system = flow.stream.entity, flow.system.name
    prepared = Prepared(unread=_unread(tx, flow))
    records = wanted(tx, flow, keys)
    bound = bindings.by_keys(tx, system, entity, keys)
    records |= run_out(tx, flow, bound.keys() - records.keys())
    prepared.unpriced = unpriced(tx, flow, {key: each for key, each in bound.items() if key not in records})
    under_way = intents.find(tx, system, entity, keys)
    # What an order's lines had when it was told: only by its identity can be seen that it is gone there, too.
    agreed = [{"lines": each.agreed("lines")} for each in bound.values()]
    links = _links(tx, flow, [*records.values(), *agreed])
    new = [] if needed or flow.follows else [key for key in records if key not in bound and key not in under_way]
    for key in bindings.parted(tx, system, entity, new):
        (prepared.missed if is_worked_on(flow, records.pop(key)) else prepared.settled).append(key)
    for key in beside_own(tx, flow, {key: records[key] for key in records.keys() & bound.keys()}):
        prepared.settled.append(key)
        del records[key]
    there = {key: each for key, each in records.items() if product_of(flow, each) in links.get("products", {})}
    prepared.unclear = several(tx, flow, there)
    prepared.free = for_free(tx, flow, records.keys())
    if cannot_create(flow):
        prepared.not_made = _not_made(tx, flow, {key: records[key] for key in records.keys() - bound.keys()})
    for key in keys:
        if key in prepared.settled or key in prepared.unclear or key in prepared.unpriced or key in prepared.missed:
            continue
        if not needed and key not in under_way and _is_paid_back(flow, records.get(key, EMPTY)):
            prepared.paid_back.append(key)
            continue
        want = _want(flow, key, records.get(key), bound.get(key), key in finish or key in under_way, prepared)
        intent = under_way.get(key)
        if want is not None and want.creates and not admits(flow, want.write.record):
            prepared.held.append(key)
            want = None
        if want is None:
            if key not in bound and (intent is not None or _may_have_been_brought(flow, records.get(key))):
                marked = intent.reference if intent is not None else reference(system, entity, key)
                prepared.abandoned.append(Want(Write(key, {}, records.get(key, {}), reference=marked), None, intent))
            continue
        _add(prepared, flow, want, intent, links)
    return prepared


def _add(
    prepared: Prepared, flow: Flow, want: Want, intent: Intent | None, links: Mapping[str, Mapping[str, str]]
) -> None:
    """Add what can be told now; what lacks another record waits for that, or is of no use without it."""
    key = want.write.key
    lacking = _lacking(flow, want.write.record, links, prepared.unread) if want.creates else None
    if lacking is not None and flow.stream.create == "put":
        prepared.not_there.append(key)
    elif lacking is not None:
        prepared.waits[key] = lacking
    elif gives_away(flow, want.write.record):
        prepared.for_nothing.append(key)
    else:
        # A record may have been renamed since; it is known by what it was called when it was made.
        marked = intent.reference if intent is not None else want.write.reference
        write = replace(want.write, links=links, reference=marked, free=key in prepared.free)
        prepared.wants.append(replace(want, write=write, intent=intent))


def _not_made(tx: Tx, flow: Flow, lacking: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the keys of what the system lacks; a price or a stock level only where it has the product."""
    if flow.stream.entity not in BESIDE:
        return list(lacking)
    there = bindings.by_keys(tx, flow.system.name, "products", {each["sku"] for each in lacking.values()})
    return [key for key, each in lacking.items() if each["sku"] in there]


def _want(
    flow: Flow, key: str, record: Mapping[str, Any] | None, bound: Binding | None, whole: bool, prepared: Prepared
) -> Want | None:
    marked = reference(flow.system.name, flow.stream.entity, key)
    if bound is not None and bound.parked_at is not None:
        return None
    if record is None:
        if bound is not None and flow.stream.removes and flow.follows:
            return Want(Write(key, {}, {}, id=bound.external_id, reference=marked, remove=True), bound)
        prepared.settled.append(key)
        return None
    if bound is not None and bound.external_id.startswith(GUEST):
        # There is no account to write to.
        prepared.settled.append(key)
        return None
    if bound is not None and _is_over(flow, record, bound):
        prepared.over.append(key)
        return None
    fields = _told(flow, record, bound, whole=whole)
    if bound is not None and "status" in fields and is_short(flow, record):
        prepared.short[key] = in_words(record)
        record = held_at(flow, record, bound.agreed("status"))
        del fields["status"]
    if bound is not None and _is_called_off(flow, record, bound):
        fields["status"] = FINAL
    if bound is None and (not may_create(flow) or record.get("status") == FINAL):
        prepared.settled.append(key)
        return None
    if not fields and (bound is not None or flow.stream.create == "put"):
        _settle(prepared, key)
        return None
    id_, agreed = (bound.external_id, {name: bound.agreed(name) for name in fields}) if bound else (None, {})
    return Want(Write(key, fields, record, id=id_, reference=marked, agreed=agreed), bound)


def _settle(prepared: Prepared, key: str) -> None:
    """Note that there is nothing to be told of a record, unless that is because it must not be."""
    if key not in prepared.short:
        prepared.settled.append(key)


def _told(flow: Flow, record: Mapping[str, Any], bound: Binding | None, *, whole: bool) -> dict[str, Any]:
    """Return what of a record is to be told: what differs from what was agreed on; of what is new, or `whole`, all."""
    rules = flow.rules_for(record)
    if bound is not None and not whole:
        fields = differing(record, seen=bound.seen, sent=bound.sent, rule=rules)
    else:
        fields = {n: v for n, v in record.items() if v is not None and rules(n).direction in ("out", "both")}
    if bound is not None and is_known_to(flow, record, bound.agreed("lines")):
        return {name: value for name, value in fields.items() if name not in CONTENT}
    return fields


def _is_paid_back(flow: Flow, record: Mapping[str, Any]) -> bool:
    """Tell whether all the money was given back for an order that is still to be sent, in a system that is not told so."""
    payment: Mapping[str, Any] = record.get("payment") or EMPTY
    return payment.get("state") == "refunded" and is_worked_on(flow, record) and "payment" not in flow.directions


def _is_over(flow: Flow, record: Mapping[str, Any], bound: Binding) -> bool:
    """Tell whether an order is cancelled in a system that it was brought to, and not where it was placed."""
    is_order = "status" in flow.entity.forward and not flow.makes
    return is_order and bound.seen.get("status") == FINAL and record.get("status") not in (None, FINAL)


def _may_have_been_brought(flow: Flow, record: Mapping[str, Any] | None) -> bool:
    """Tell whether a cancelled order may be in the system without our knowing: the database may have been restored since."""
    return record is not None and record.get("status") == FINAL and may_create(flow) and flow.stream.create == "intent"


def _is_called_off(flow: Flow, record: Mapping[str, Any], bound: Binding) -> bool:
    """Tell whether an order was cancelled that a system which delivers still works on: it would never ask."""
    return not flow.stream.asked and record.get("status") == FINAL and bound.seen.get("status") != FINAL


def _links(tx: Tx, flow: Flow, records: Collection[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Return what other records are called in the system."""
    needed: dict[str, set[str]] = {}
    for record in records:
        for entity, key in links_of(flow, record):
            needed.setdefault(entity, set()).add(key)
    return {
        entity: {key: each.external_id for key, each in bindings.by_keys(tx, flow.system.name, entity, keys).items()}
        for entity, keys in needed.items()
    }


def _unread(tx: Tx, flow: Flow) -> set[str]:
    """Return the entities which a record may go out without, once it is known which of them the system has."""
    named = {"products"} if flow.stream.asked else {*flow.entity.references.values()}
    return {entity for entity in named if is_unread(tx, flow.system, entity)}


def may_lack(flow: Flow, entity: str) -> bool:
    """Tell whether a record may go out that names one which the system does not have.

    An order's line stands without its product (PAINS S20), and a file without the number of its customer.
    """
    return not flow.stream.asked or entity not in flow.entity.references.values()


def _lacking(
    flow: Flow, record: Mapping[str, Any], links: Mapping[str, Mapping[str, str]], unread: Collection[str]
) -> tuple[str, str] | None:
    """Return the record that has to be in the system before, or may be there already and has yet to be read."""
    product = product_of(flow, record)
    if product is not None:
        return None if product in links.get("products", {}) else ("products", product)
    for entity, key in links_of(flow, record):
        here = key in links[entity] or flow.system.stream_of(entity) is None
        if not here and (entity in unread or not may_lack(flow, entity)):
            return entity, key
    return None


def outdated(tx: Tx, flow: Flow, written: Mapping[str, Write]) -> list[str]:
    """Return the keys of what should be otherwise by now than it was written: the key that a record has now -> the write.

    Another run may have looked at it meanwhile, and left it to the one that writes; its checkpoint is past it.
    """
    now = wanted(tx, flow, written.keys())
    return [
        key
        for key, each in written.items()
        if key not in now or held_at(flow, now[key], each.record.get("status")) != each.record
    ]


def portions(wants: Sequence[Want], suspect: Collection[str], size: int) -> Iterator[Sequence[Want]]:
    """Yield what goes together, without the suspects: first what goes for the first time."""
    first = [each for each in wants if each.intent is None or not each.creates]
    again = [e for e in wants if e.intent is not None and e.creates and e.write.key not in suspect]
    for part in (first, again):
        for start in range(0, len(part), size):
            yield part[start : start + size]


def tried(wants: Iterable[Want]) -> list[str]:
    """Return the keys of what may have been created before."""
    return [each.write.key for each in wants if each.creates and each.intent is not None]
