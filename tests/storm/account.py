"""What must be true after a storm: every order is a sale once, with its lines and its total; nothing is lost or doubled."""

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from tests.storm.shopping import Order, oscar_orders, vendure_orders
from tests.storm.world import World

TAX = Decimal("0.0001")
"""Tryton keeps unit prices to so much."""


def ordered(world: World) -> dict[str, Order]:
    """Return what was ordered in both shops, under what Tryton calls it: channel and number."""
    found = {"shop-a": vendure_orders(world.systems["shop-a"]), "shop-b": oscar_orders(world.systems["shop-b"])}
    return {f"{shop} {number}": order for shop, orders in found.items() for number, order in orders.items()}


def sold(world: World) -> list[tuple[str, Order, str]]:
    """Return the sales that the hub brought: reference, content, state."""
    office = world.office
    sales = office.sales()
    mails = office.rows("party.contact_mechanism", [["type", "=", "email"]], "party", "value")
    emails = {each["party"]: each["value"] for each in mails}
    return [(each["reference"], _of_tryton(each, emails), each["state"]) for each in sales]


def _of_tryton(row: Mapping[str, Any], emails: Mapping[int, str]) -> Order:
    lines = [
        (line["product."]["code"], Decimal(str(line["quantity"])), line["unit_price"])
        for line in row["lines"]
        if line["product."]
    ]
    return Order(emails.get(row["party"], ""), tuple(sorted(lines)), row["total_amount"])


def faults(world: World, wanted: int) -> Iterator[str]:
    """Yield what is not as it must be."""
    orders, sales = ordered(world), sold(world)
    if len(orders) != wanted:
        yield f"the shops have {len(orders)} orders, not {wanted}"
    times = Counter(reference for reference, _, _ in sales)
    yield from (f"{reference} is {count} sales" for reference, count in times.items() if count > 1)
    yield from (f"{reference} is no sale" for reference in orders.keys() - times.keys())
    yield from (f"the sale {reference} is no order" for reference in times.keys() - orders.keys())
    for reference, sale, state in sales:
        if reference in orders and not _same(orders[reference], sale):
            yield f"{reference} was ordered as {orders[reference]} and sold as {sale}"
        if state != "processing":
            yield f"the sale {reference} is {state}"
    yield from _of_parties(world)
    yield from _of_hub(world)


def _same(order: Order, sale: Order) -> bool:
    if (order.email.casefold(), order.total, len(order.lines)) != (sale.email.casefold(), sale.total, len(sale.lines)):
        return False
    pairs = zip(order.lines, sale.lines, strict=True)
    return all(a[:2] == b[:2] and abs(a[2] - b[2]) <= TAX for a, b in pairs)


def _of_parties(world: World) -> Iterator[str]:
    mails = world.office.rows("party.contact_mechanism", [["type", "=", "email"]], "party", "value")
    parties: dict[str, set[int]] = {}
    for each in mails:
        parties.setdefault(each["value"].casefold(), set()).add(each["party"])
    yield from (f"{email} is {len(ids)} parties" for email, ids in parties.items() if len(ids) > 1)


def _of_hub(world: World) -> Iterator[str]:
    hub = world.hub
    if given_up := hub.query("SELECT id, job, message FROM run WHERE state = 'dead'"):
        yield f"runs that were given up: {given_up}"
    if letters := hub.query("SELECT queue, reason FROM letter"):
        yield f"letters: {letters}"
    if left := hub.left_in_dead_queue():
        yield f"{left} messages are in hub.dead"
    waiting = (
        "SELECT system, stream, cause, count(*), min(message) FROM quarantine WHERE state = 'open' GROUP BY 1, 2, 3"
    )
    yield from (f"in quarantine: {each}" for each in hub.query(waiting))
    if intents := hub.count("SELECT count(*) FROM intent"):
        yield f"{intents} creates of which nobody knows what came of them"


def stock_differs(world: World) -> list[str]:
    """Return the SKUs of which the ERP's and a shop's stock are not the same, as the hub's bases show them."""
    statement = """
        SELECT b.system, b.key, b.seen ->> 'available', r.fields ->> 'on_hand', r.fields ->> 'reserved'
        FROM binding b JOIN record r ON r.entity = 'stock' AND r.fields ->> 'sku' = b.key
        WHERE b.entity = 'stock' AND b.system LIKE 'shop-%' AND b.gone_at IS NULL
          AND (b.seen ->> 'available')::numeric <>
              greatest((r.fields ->> 'on_hand')::numeric - coalesce((r.fields ->> 'reserved')::numeric, 0), 0)
    """
    return [str(each) for each in world.hub.query(statement)]
