"""What must be true once everybody is quiet: all systems agree, or it can be seen where they do not, and why."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from hub.canonical import ENTITIES
from hub.canonical.faults import FieldFault
from hub.config.expressions import holds
from hub.connector import Change, Unreadable
from hub.store import schema
from tests.people.world import World

DOCS = "".join(path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parents[2] / "docs").rglob("*.md")))
COINS = {"vendure": 2, "oscar": 2, "medusa": 4}
"""Decimals of a price there; Tryton's have four."""
RESTS = re.compile(r"([\d,]+ (identical|skipped|quarantined)(, )?)+|there was nothing.*")
"""What a run comes to that has done nothing."""
Row = Mapping[str, Any]


def settle(world: World) -> Iterator[str]:
    """Let the hub come to rest; yield what it does when there is nothing left to do."""
    for _ in range(3):
        world.run_all(full=False)
    for _ in range(2):
        world.run_all(full=True)
    world.writes()
    came_to = world.run_all(full=True)
    for name, told in came_to.items():
        if not RESTS.fullmatch(told):
            yield f"restless: {name}: {told}"
    for name, calls in world.writes().items():
        if "quarantined" not in came_to[name]:  # what was refused is tried once more with each full scan
            yield f"restless: {name} was written to: {calls}"


def named(cause: str) -> str:
    """Return a cause as pages name it: some end with what a system, or a record, says."""
    start = next((each for each in ("refused-", "waits-for-") if cause.startswith(each)), None)
    return f"{start}..." if start else cause


@dataclass(frozen=True)
class Account:
    """What there is in the end: in the systems, and in the hub's rows."""

    world: World

    def faults(self) -> Iterator[str]:
        """Yield what is not as it must be."""
        yield from (f"dead: {each}" for each in self.world.dead)
        for name in self.world.shops:
            yield from self._catalogue(name)
            yield from self._orders(name)
        yield from self._alarms()
        yield from self._doubled()
        yield from self._parties()
        for each in self.waiting:
            if f"`{named(each['cause'])}`" not in DOCS:
                yield f"no page names {each['cause']}: {each['system']} {each['key']} {each['message'][:150]}"
        yield from (f"under way for ever: {dict(each)}" for each in self._rows(schema.intent))

    def _rows(self, table: sa.Table) -> list[Row]:
        with self.world.hub.store.read() as tx:
            return [dict(each) for each in tx.execute(sa.select(table)).mappings()]

    @cached_property
    def waiting(self) -> list[Row]:
        """What waits in quarantine."""
        return [each for each in self._rows(schema.quarantine) if each["state"] == "open"]

    @cached_property
    def bindings(self) -> list[Row]:
        """Who has which of our records, now."""
        return [each for each in self._rows(schema.binding) if each["gone_at"] is None]

    def shown(self, system: str, stream: str) -> dict[str, Row]:
        """Return identity -> what a system shows now, as its connector reads it; an Unreadable has its cause."""
        connector = self.world.hub.systems[system].connector
        entity, found = ENTITIES[connector.streams[stream].entity], dict[str, Row]()
        for page in connector.read(stream, None, full=True):
            for document in page.documents if page.entity == entity.name else ():
                change = connector.translate(stream, document)
                found[document.id] = self._valid(entity, change)
        return found

    def _valid(self, entity: Any, change: Change | Unreadable) -> Row:
        if isinstance(change, Unreadable):
            return {"unreadable": change.cause}
        try:
            return entity.valid(change.fields)
        except FieldFault as fault:
            return {"unreadable": str(fault)}

    def explained(self, entity: str, key: str, *systems: str) -> bool:
        """Whether somebody is told that a record does not agree, and why; `key`: ours, or the system's identity."""
        return any(
            each["entity"] == entity
            and each["system"] in systems
            and key in (each["key"], (each["key"] or "").partition("|")[0], each["external_id"])
            for each in self.waiting
        )

    @cached_property
    def erp(self) -> dict[str, dict[str, Row]]:
        """Stream -> SKU -> what the ERP says of it."""
        told = {stream: self.shown("erp", stream).values() for stream in ("products", "prices", "stock")}
        return {stream: {row["sku"]: row for row in rows if "sku" in row} for stream, rows in told.items()}

    @cached_property
    def unreadable(self) -> set[str]:
        """The keys of products that the ERP shows, and the hub cannot read: they stay as they were."""
        ids = {id_ for id_, row in self.shown("erp", "products").items() if "unreadable" in row}
        return {each["key"] for each in self.bindings if each["system"] == "erp" and each["external_id"] in ids}

    def bound(self, system: str, entity: str) -> dict[str, str]:
        """Return key -> identity."""
        return {
            each["key"]: each["external_id"]
            for each in self.bindings
            if (each["system"], each["entity"]) == (system, entity)
        }

    def _catalogue(self, shop: str) -> Iterator[str]:
        chosen = self.world.hub.systems[shop].options.range.products
        ours = {sku for sku, row in self.erp["products"].items() if chosen is None or holds(chosen, row)}
        ids, there = self.bound(shop, "products"), self.shown(shop, "products")
        prices, stock = self.shown(shop, "prices"), self.shown(shop, "stock")
        priced = {id_.partition("|")[0]: row for id_, row in prices.items()}
        for id_, row in self.shown("erp", "products").items():
            if "unreadable" in row and not self.explained("products", id_, "erp"):
                yield f"{id_} of the ERP cannot be read, and nobody is told: {row}"
        for sku in self.erp["products"].keys() - self.known:
            if not self.explained("products", sku, "erp"):
                yield f"the hub does not know {sku}"
        for sku in ours:
            id_ = ids.get(sku)
            if id_ is None or id_ not in there:
                if not self.explained("products", sku, shop, "erp"):
                    yield f"{shop} does not have {sku}"
                continue
            if not self.explained("products", sku, shop, "erp") and not self.explained("products", id_, shop):
                yield from self._texts(shop, sku, there[id_])
            if not self.explained("prices", sku, shop, "erp"):
                yield from self._price(shop, sku, priced.get(id_))
            if not self.explained("stock", sku, shop, "erp") and not self.explained("products", sku, "erp"):
                yield from self._level(shop, sku, stock.get(id_))
        stays = {id_: sku for sku, id_ in ids.items() if sku not in ours | self.unreadable and id_ in there}
        for id_, sku in stays.items() if not self.asked else ():
            if not self.explained("products", sku, shop, "erp"):
                yield f"{shop} still has {sku} as {id_}"
        for id_, row in there.items():
            if (
                id_ not in ids.values()
                and row.get("sku") in ours
                and not self.explained("products", str(row.get("sku")), shop)
            ):
                yield f"{shop} has {row.get('sku')} as {id_}, which is nobody's"

    @property
    def asked(self) -> bool:
        """Whether somebody is asked about deletions."""
        return any(each["cause"] == "mass-delete" for each in self.waiting)

    @cached_property
    def known(self) -> set[str]:
        """The keys of all products that the hub has."""
        return {
            each["key"] for each in self._rows(schema.record) if each["entity"] == "products" and not each["deleted_at"]
        }

    def _texts(self, shop: str, sku: str, row: Row) -> Iterator[str]:
        owners, writes = self.world.hub.systems[shop].owners, self.world.hub.systems[shop].flow("products")
        erp = self.erp["products"].get(sku)
        for name, way in writes.directions.items():
            owner = owners.get(f"products.{name}", "erp")
            if way not in ("out", "both") or erp is None or owner == shop:
                continue
            ours = erp if owner == "erp" else self._of_owner(owner, sku)
            expected = ours.get(name) or (sku if name == "name" else None)
            if ours and (row.get(name) or None) != (expected or None) and name != "tax_rate":
                yield f"{shop} shows {name} of {sku} as {row.get(name)!r}, {owner} says {expected!r}"

    def _of_owner(self, owner: str, sku: str) -> Row:
        return self.shown(owner, "products").get(self.bound(owner, "products").get(sku, ""), {})

    def _price(self, shop: str, sku: str, row: Row | None) -> Iterator[str]:
        ours = self.erp["prices"].get(sku)
        if ours is None or "amount" not in ours:
            return
        coin = Decimal(1).scaleb(-COINS[shop])
        expected = Decimal(ours["amount"]).quantize(coin, ROUND_HALF_UP)
        if row is None or Decimal(row["amount"]) != expected:
            yield f"{shop} sells {sku} for {row and row.get('amount')}, the ERP for {ours['amount']}"

    def _level(self, shop: str, sku: str, row: Row | None) -> Iterator[str]:
        ours = self.erp["stock"].get(sku, {})
        buffer = self.world.hub.systems[shop].options.range.buffer
        left = Decimal(ours.get("on_hand") or 0) - Decimal(ours.get("reserved") or 0) - buffer - self.promised[sku]
        expected = (
            max(left, Decimal(0)).quantize(Decimal(1), ROUND_FLOOR) if shop != "medusa" else max(left, Decimal(0))
        )
        if row is None and not expected:
            return
        if row is None or Decimal(row["available"]) != expected:
            yield f"{shop} offers {row and row.get('available')} of {sku}, there are {expected}"

    @cached_property
    def promised(self) -> Mapping[str, Decimal]:
        """SKU -> what was ordered and is no sale yet."""
        found, sales = defaultdict[str, Decimal](Decimal), self.bound("erp", "orders")
        for each in self._rows(schema.record):
            open_ = each["entity"] == "orders" and not each["deleted_at"] and each["key"] not in sales
            if open_ and each["fields"].get("status") not in ("shipped", "completed", "cancelled"):
                for line in each["fields"].get("lines") or ():
                    found[line.get("sku") or ""] += Decimal(line["quantity"])
        return found

    @cached_property
    def sales(self) -> Mapping[str, list[Row]]:
        """Order's key -> the sales that it is."""
        found = defaultdict[str, list[Row]](list)
        for each in self.world.office.sales():
            found[each["reference"].replace(" ", "|", 1)].append(each)
        return found

    def _orders(self, shop: str) -> Iterator[str]:
        called = {each["called"]: each["key"] for each in self.bindings if each["system"] == shop and each["called"]}
        for row in self.shown(shop, "orders").values():
            key = f"{shop}|{row.get('number')}"
            sales = self.sales.get(key, [])
            if len(sales) > 1:
                yield f"{key} is {len(sales)} sales"
            if self.explained("orders", key, shop, "erp"):
                yield from self._alarm(key, row, sales, called)
                continue
            if not sales:
                if row.get("status") not in ("cancelled", "completed"):
                    yield f"{key} is no sale, and nobody is told why: {row.get('status')}"
                continue
            yield from self._sale(shop, key, row, sales[0], called)

    def _alarm(self, key: str, row: Row, sales: Sequence[Row], called: Mapping[str, str]) -> Iterator[str]:
        """Yield what an order waits for although it is not so."""
        true: Mapping[str, Callable[[Row], bool]] = {
            "lines-differ": lambda sale: any(self.goods(row, sale, called)) or row.get("status") == "cancelled",
            "total-differs": lambda sale: Decimal(row["totals"]["gross"]) != sale["total_amount"],
            "not-cancelled": lambda sale: row.get("status") == "cancelled" != sale["state"],
            "delivered": lambda sale: row.get("status") == "cancelled" != sale["state"],
        }
        for each in self.waiting:
            if each["key"] == key and each["entity"] == "orders" and each["cause"] in true and sales:
                if not true[each["cause"]](sales[0]):
                    yield f"{key} waits, and need not: {each['cause']}: {each['message']}"

    def _sale(self, shop: str, key: str, row: Row, sale: Row, called: Mapping[str, str]) -> Iterator[str]:
        cancelled = row.get("status") == "cancelled"
        if cancelled != (sale["state"] == "cancelled"):
            yield f"{key} is {row.get('status')}, its sale {sale['state']}"
        if cancelled:
            return
        sent = sale["state"] == "done" or self._sent(sale)
        if shop != "oscar" and sent and row.get("status") not in ("shipped", "completed"):
            yield f"{key} is {row.get('status')}, though all of its sale has left"
        if Decimal(row["totals"]["gross"]) != sale["total_amount"]:
            yield f"{key} comes to {row['totals']['gross']}, its sale to {sale['total_amount']}"
        yield from (f"{key} has {told}" for told in self.goods(row, sale, called))

    def goods(self, row: Row, sale: Row, called: Mapping[str, str]) -> Iterator[str]:
        """Yield of which products an order has another quantity than its sale."""
        ordered, sold = defaultdict[str, Decimal](Decimal), defaultdict[str, Decimal](Decimal)
        for line in row["lines"]:
            ordered[called.get(line.get("sku") or "", line.get("sku") or "")] += Decimal(line["quantity"])
        for line in sale["lines"]:
            if line["product."]:
                sold[line["product."]["code"] or ""] += Decimal(str(line["quantity"]))
        for sku, quantity in sold.items():
            if ordered.get(sku, quantity) != quantity:
                yield f"{ordered[sku]} of {sku}, its sale {quantity}"

    def _sent(self, sale: Row) -> bool:
        office = self.world.office
        (state,) = office.rows("sale.sale", [["id", "=", sale["id"]]], "shipment_state")
        return state["shipment_state"] == "sent"

    def _alarms(self) -> Iterator[str]:
        """Yield what a product waits for although it is not so."""
        prices = self.erp["prices"]
        for each in self.waiting:
            sku = (each["key"] or "").partition("|")[0]
            amount = prices.get(sku, {}).get("amount")
            untrue = {
                "price-gone": amount is not None and bool(Decimal(amount)),
                "not-priced": amount is not None and bool(Decimal(amount)) and each["entity"] == "prices",
                "waits-for-products": sku in self.bound(each["system"], "products"),
            }
            if untrue.get(each["cause"]):
                yield f"{each['system']} {each['key']} waits, and need not: {each['cause']}: {each['message']}"

    def _doubled(self) -> Iterator[str]:
        for reference, sales in self.sales.items():
            if reference.partition("|")[0] not in self.world.shops:
                yield f"the sale {reference} is no shop's"
            if len(sales) > 1:
                yield f"{reference} is {len(sales)} sales"
        keys = Counter(
            (each["system"], each["entity"], each["key"])
            for each in self.bindings
            if each["entity"] in ("products", "orders")
        )
        yield from (f"bound twice: {key}" for key, times in keys.items() if times > 1)
        for name in self.world.shops:
            skus = Counter(str(row.get("sku")) for row in self.shown(name, "products").values())
            yield from (f"{name} has {sku} {times} times" for sku, times in skus.items() if times > 1 and sku != "None")

    def _parties(self) -> Iterator[str]:
        mails = self.world.office.rows("party.contact_mechanism", [["type", "=", "email"]], "party", "value")
        owners = defaultdict[str, set[int]](set)
        for each in mails:
            owners[each["value"].casefold()].add(each["party"])
        yield from (f"{email} is {len(ids)} parties" for email, ids in owners.items() if len(ids) > 1)
