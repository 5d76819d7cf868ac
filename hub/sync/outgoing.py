"""What a system should have of the hub's records: its range, its price list, its share of the stock, its orders."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from hub.canonical import ENTITIES
from hub.canonical.sums import available
from hub.config.expressions import holds
from hub.store import Tx, bindings, records
from hub.store.bindings import Binding
from hub.sync.promised import units
from hub.sync.system import Flow

CREATES: Mapping[str, frozenset[str]] = {
    "erp": frozenset(["parties", "orders", "payments", "returns"]),
    "eshop": frozenset(["products", "prices", "stock", "invoices", "shipments"]),
}
"""Kind of system -> the entities of which it gets records that it does not have yet; others are only kept up to date."""

BESIDE = ("prices", "stock")
"""The entities of what a system keeps beside its products."""
LATER = ("minimum_quantity", "valid_from", "valid_to")
"""The fields of a price that is not everybody's, from the first unit on and always."""


def may_create(flow: Flow) -> bool:
    """Return whether the system gets records of this sort that it does not have yet."""
    return flow.stream.create != "never" and _should_create(flow)


def cannot_create(flow: Flow) -> bool:
    """Return whether the system ought to get records of this sort that it does not have yet, and takes none."""
    return flow.stream.create == "never" and _should_create(flow)


def _should_create(flow: Flow) -> bool:
    return flow.stream.entity in CREATES.get(flow.system.kind, ())


def meets(flow: Flow) -> bool:
    """Tell whether a record is bound only where both sides have it, and the system shows its own only when they change.

    Neither makes what the other has: what came before there was a record of it has to be looked at again then.
    """
    return flow.stream.delta and flow.entity.natural and not flow.makes and not may_create(flow)


def wanted(tx: Tx, flow: Flow, keys: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """Return what the system should have under some keys; what it should not have is left out."""
    if adds_up(flow):
        return _stock(tx, flow, keys)
    found = records.by_keys(tx, flow.stream.entity, keys)
    return {key: each.fields for key, each in found.items() if each.deleted_at is None and _in_range(flow, each.fields)}


def keys_of(flow: Flow, changed: Iterable[records.Record]) -> list[str]:
    """Return the keys, as the system knows them, that changed records mean."""
    if adds_up(flow):
        return list(dict.fromkeys(each.fields["sku"] for each in changed))
    return [each.key for each in changed]


def depending_on(tx: Tx, flow: Flow, keys: Collection[str], *, deleted: bool = False) -> list[str]:
    """Return the keys of this flow's records that belong to some products; `deleted`: of those that are gone, too."""
    found = records.by_field(tx, flow.stream.entity, "sku", keys, deleted=deleted)
    return keys_of(flow, found)


def keeps_one(flow: Flow) -> bool:
    """Tell whether the system keeps one price of a product, and may get those of any list."""
    return (
        flow.stream.entity == "prices" and flow.system.kind == "eshop" and flow.system.options.range.price_list is None
    )


def several(tx: Tx, flow: Flow, found: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return, of prices of which the system can keep only one, on which lists they are: key -> lists.

    Prices from some quantity or day on are left out: they are no product's only price.
    """
    if not keeps_one(flow) or not found:
        return {}
    lists: dict[tuple[str, str], set[str]] = {}
    for each in records.by_field(tx, "prices", "sku", {fields["sku"] for fields in found.values()}):
        if not _is_special(each.fields):
            lists.setdefault((each.fields["sku"], each.fields["currency"]), set()).add(each.fields["list"])
    own = {key: lists[fields["sku"], fields["currency"]] for key, fields in found.items() if not _is_special(fields)}
    return {key: sorted(names) for key, names in own.items() if len(names) > 1}


def lists_mixed(tx: Tx, flow: Flow) -> str | None:
    """Return what is amiss where the hub has prices of several lists, and nobody has said which are the system's; or None.

    A product that is on one of them only is no case of `several`: it is sold at that price, whomever it is meant for.
    """
    if not keeps_one(flow) or not flow.goes:
        return None
    found = records.distinct(tx, "prices", ("list", "currency", *LATER))
    lists: dict[str | None, set[str]] = {}
    for each in found:
        if not _is_special(each):
            lists.setdefault(each["currency"], set()).add(str(each["list"]))
    names = sorted({name for each in lists.values() if len(each) > 1 for name in each})
    if not names:
        return None
    return f"no price list is named, and there are {', '.join(names)}: a product that is on one of them only is sold at that"


def unpriced(tx: Tx, flow: Flow, bound: Mapping[str, Binding]) -> dict[str, str]:
    """Return, of prices that a shop was told and should have no more, those at which it goes on selling: key -> the fact.

    Shops have no products without a price, so that the last one stays; unless the product is not for sale.
    """
    if not bound or flow.stream.entity != "prices" or not flow.follows or flow.stream.removes:
        return {}
    lost = records.by_keys(tx, "prices", bound.keys())
    skus = {each.fields["sku"] for each in lost.values()}
    others = [each.fields for each in records.by_field(tx, "prices", "sku", skus) if _in_range(flow, each.fields)]
    priced = {(fields["sku"], fields["currency"]) for fields in others}
    shown = bindings.by_keys(tx, flow.system.name, "products", skus)
    known = records.by_keys(tx, "products", skus)
    sold = {sku for sku in shown if sku not in known or known[sku].fields.get("active") is not False}
    facts: dict[str, str] = {}
    for key, each in lost.items():
        sku, currency = each.fields["sku"], each.fields["currency"]
        if sku in sold and (sku, currency) not in priced:
            why = f"{each.system} has" if each.deleted_at else f"the list {flow.system.options.range.price_list} has"
            goes_on = f"{flow.system.name} goes on selling it at {bound[key].agreed('amount')} {currency}"
            facts[key] = f"{why} no price of {sku} any more, and {goes_on}"
    return facts


def gives_away(flow: Flow, record: Mapping[str, Any]) -> bool:
    """Tell whether a shop would sell for nothing at this price, and nobody has said that it may."""
    if flow.stream.entity != "prices" or flow.system.kind != "eshop" or flow.system.options.range.zero_prices:
        return False
    return record.get("amount") is not None and not Decimal(record["amount"])


def for_free(tx: Tx, flow: Flow, skus: Collection[str]) -> set[str]:
    """Return those products of a stock that are meant to cost nothing: all their prices are 0, and prices of 0 go out."""
    chosen = flow.system.options.range
    if not adds_up(flow) or not chosen.zero_prices:
        return set()
    amounts: dict[str, list[Decimal]] = {}
    for fields in (each.fields for each in records.by_field(tx, "prices", "sku", skus)):
        if chosen.price_list in (None, fields["list"]) and not _is_special(fields) and fields.get("amount") is not None:
            amounts.setdefault(fields["sku"], []).append(Decimal(fields["amount"]))
    return {sku for sku, each in amounts.items() if not any(each)}


def _is_special(price: Mapping[str, Any]) -> bool:
    return any(price.get(name) not in (None, "1") for name in LATER)


def adds_up(flow: Flow) -> bool:
    """Tell whether the system wants one number for each product, not each location's."""
    return flow.stream.entity == "stock" and flow.system.kind == "eshop"


def product_of(flow: Flow, record: Mapping[str, Any]) -> str | None:
    """Return the product that a price or a stock level belongs to."""
    return record["sku"] if flow.stream.create == "put" else None


def beside_own(tx: Tx, flow: Flow, found: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the keys of what stands beside a system's own products, which it is not to get: their price is its affair.

    What was brought there, or found to be ours, is kept up to date as long as it is there.
    """
    chosen = flow.system.options.range.products
    if chosen is None or not flow.follows or flow.stream.entity not in BESIDE:
        return []
    skus = {fields["sku"] for fields in found.values()}
    known, there = records.by_keys(tx, "products", skus), bindings.by_keys(tx, flow.system.name, "products", skus)
    ours = {sku for sku in skus if sku in there or (sku in known and holds(chosen, known[sku].fields))}
    return [key for key, fields in found.items() if fields["sku"] not in ours]


def links_of(flow: Flow, record: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Yield the records that one refers to: (entity, key)."""
    for name, entity in ENTITIES[flow.stream.entity].references.items():
        if record.get(name):
            yield entity, record[name]
    for line in record.get("lines") or ():
        if line.get("sku"):
            yield "products", line["sku"]


def _in_range(flow: Flow, fields: Mapping[str, Any]) -> bool:
    system, entity = flow.system, flow.stream.entity
    chosen = system.options.range
    if entity == "products":
        return chosen.products is None or holds(chosen.products, fields)
    if entity == "prices":
        return chosen.price_list is None or fields["list"] == chosen.price_list
    if entity == "orders":
        own = fields["channel"] == system.name
        return own if system.kind == "eshop" else not own
    return True


def admits(flow: Flow, record: Mapping[str, Any]) -> bool:
    """Tell whether an order may come into the system yet: one that is not paid may have to wait. What is there stays."""
    chosen = flow.system.options.range.orders
    return flow.stream.entity != "orders" or chosen is None or holds(chosen, record)


def _stock(tx: Tx, flow: Flow, keys: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """Add up the chosen locations: on hand less reserved, less what must stay, less what was sold since (PAINS S5)."""
    buffer, sold = flow.system.options.range.buffer, units(tx, flow.system)
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for fields in _levels(tx, flow, keys):
        if level := _level(fields):
            on_hand, held = sums.get(fields["sku"], (Decimal(0), Decimal(0)))
            sums[fields["sku"]] = (on_hand + level[0], held + level[1])
    return {
        sku: {"sku": sku, "available": available(str(on_hand), str(held + sold.get(sku, 0)), str(buffer))}
        for sku, (on_hand, held) in sums.items()
    }


def run_out(tx: Tx, flow: Flow, keys: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """Return what the system should have of stock that it was told of, and that lies at none of its locations any more.

    A level that is there and says nothing is left out: that nobody knows how much there is, is no zero.
    """
    if not keys or not adds_up(flow):
        return {}
    there = {fields["sku"] for fields in _levels(tx, flow, keys)}
    return {sku: {"sku": sku, "available": available(None)} for sku in keys if sku not in there}


def _levels(tx: Tx, flow: Flow, keys: Collection[str]) -> Iterator[Mapping[str, Any]]:
    chosen = flow.system.options.range.locations
    found = records.by_field(tx, "stock", "sku", keys)
    return (each.fields for each in found if not chosen or each.fields["location"] in chosen)


def _level(fields: Mapping[str, Any]) -> tuple[Decimal, Decimal] | None:
    """Return what lies at a place, and what of it may not be sold; none where its source says neither this nor the rest.

    A source may tell only what may be sold: what is held has been taken off it already.
    """
    on_hand, left = fields.get("on_hand"), fields.get("available")
    if on_hand is None:
        return None if left is None else (Decimal(left), Decimal(0))
    return Decimal(on_hand), Decimal(fields.get("reserved") or 0) + Decimal(fields.get("buffer") or 0)
