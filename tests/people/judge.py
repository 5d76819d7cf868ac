"""What must be true once everybody is quiet: all systems agree, or it can be seen where they do not, and why."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from pathlib import Path

from hub.config.expressions import holds
from hub.store import schema
from tests.people.account import Account, Row
from tests.people.world import World

DOCS = "".join(path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parents[2] / "docs").rglob("*.md")))
COINS = {"vendure": 2, "oscar": 2, "medusa": 4}
"""Decimals of a price there; Tryton's have four."""
RESTS = re.compile(r"([\d,]+ (identical|skipped|quarantined)(, )?)+|there was nothing.*")
"""What a run comes to that has done nothing."""
SOMEBODY = "Somebody calls it otherwise"


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


def faults(account: Account) -> Iterator[str]:
    """Yield what is not as it must be."""
    yield from (f"dead: {each}" for each in account.world.dead)
    yield from _known(account)
    for shop in account.world.shops:
        yield from _catalogue(account, shop)
        yield from _strangers(account, shop)
        yield from _orders(account, shop)
    yield from _alarms(account)
    yield from _doubled(account)
    for each in account.waiting:
        if f"`{_named(each['cause'])}`" not in DOCS:
            yield f"no page names {each['cause']}: {each['system']} {each['key']} {each['message'][:150]}"
    yield from (f"under way for ever: {dict(each)}" for each in account.rows(schema.intent))


def losers(world: World) -> Iterator[str]:
    """Have somebody in each shop call a product otherwise, which is not theirs to do; yield where that is not kept."""
    for name, shop in world.shops.items():
        account = Account(world)
        ids = {id_: sku for sku, id_ in account.bound(name, "products").items()}
        shown = account.shown(name, "products")
        calm = [
            id_ for id_, row in shown.items() if id_ in ids and not account.explained("products", ids[id_], name, "erp")
        ]
        if not calm:
            continue
        id_, sku = calm[0], ids[calm[0]]
        shop.change(shop.products()[shown[id_]["sku"]], name=SOMEBODY)
        world.run_all(full=True)
        kept = [each for each in Account(world).rows(schema.conflict) if (each["system"], each["key"]) == (name, sku)]
        if not any(SOMEBODY in str(each["values"]["lost"]) for each in kept):
            yield f"what {name} called {sku} is not kept"
        if (told := Account(world).shown(name, "products")[id_]["name"]) != shown[id_]["name"]:
            yield f"{name} goes on calling {sku} {told}"


def _named(cause: str) -> str:
    """Return a cause as pages name it: some end with what a system, or a record, says."""
    start = next((each for each in ("refused-", "waits-for-") if cause.startswith(each)), None)
    return f"{start}..." if start else cause


def _known(account: Account) -> Iterator[str]:
    for id_, row in account.shown("erp", "products").items():
        if "unreadable" in row and not account.explained("products", id_, "erp"):
            yield f"{id_} of the ERP cannot be read, and nobody is told: {row}"
    for sku in account.erp["products"].keys() - account.known:
        if not account.explained("products", sku, "erp"):
            yield f"the hub does not know {sku}"


def _wanted(account: Account, shop: str) -> set[str]:
    """Return the SKUs that a shop should have."""
    chosen = account.world.hub.systems[shop].options.range.products
    return {sku for sku, row in account.erp["products"].items() if chosen is None or holds(chosen, row)}


def _catalogue(account: Account, shop: str) -> Iterator[str]:
    ids, there = account.bound(shop, "products"), account.shown(shop, "products")
    priced = {id_.partition("|")[0]: row for id_, row in account.shown(shop, "prices").items()}
    stock = account.shown(shop, "stock")
    for sku in _wanted(account, shop):
        id_ = ids.get(sku, "")
        told = account.explained("products", sku, shop, "erp") or account.explained("products", id_, shop)
        if id_ not in there:
            if not told:
                yield f"{shop} does not have {sku}"
            continue
        if not told:
            yield from _texts(account, shop, sku, there[id_])
        if not account.explained("prices", sku, shop, "erp"):
            yield from _price(account, shop, sku, priced.get(id_))
        if not account.explained("stock", sku, shop, "erp") and not told:
            yield from _level(account, shop, sku, stock.get(id_))


def _strangers(account: Account, shop: str) -> Iterator[str]:
    """Yield what a shop should not have, or what should be one of ours."""
    if any(each["cause"] == "mass-delete" for each in account.waiting):  # somebody is asked first
        return
    ours, there = _wanted(account, shop), account.shown(shop, "products")
    ids = {id_: sku for sku, id_ in account.bound(shop, "products").items()}
    for id_, row in there.items():
        sku = ids.get(id_, str(row.get("sku")))
        if account.explained("products", sku, shop, "erp"):
            continue
        if id_ in ids and sku not in ours | account.unreadable:
            yield f"{shop} still has {sku} as {id_}"
        if id_ not in ids and sku in ours:
            yield f"{shop} has {sku} as {id_}, which is nobody's"


def _texts(account: Account, shop: str, sku: str, row: Row) -> Iterator[str]:
    system, erp = account.world.hub.systems[shop], account.erp["products"][sku]
    for name, way in system.flow("products").directions.items():
        owner = system.owners.get(f"products.{name}", "erp")
        if way not in ("out", "both") or owner == shop or name == "tax_rate":
            continue
        ours = (
            erp
            if owner == "erp"
            else account.shown(owner, "products").get(account.bound(owner, "products").get(sku, ""))
        )
        if ours is None:
            continue
        expected = ours.get(name) or (sku if name == "name" else None)
        if (row.get(name) or None) != expected and not (expected is False and row.get(name) is False):
            yield f"{shop} shows {name} of {sku} as {row.get(name)!r}, {owner} says {expected!r}"


def _price(account: Account, shop: str, sku: str, row: Row | None) -> Iterator[str]:
    amount = account.erp["prices"].get(sku, {}).get("amount")
    if amount is None:
        return
    expected = Decimal(amount).quantize(Decimal(1).scaleb(-COINS[shop]), ROUND_HALF_UP)
    if row is None or Decimal(row["amount"]) != expected:
        yield f"{shop} sells {sku} for {row and row.get('amount')}, the ERP for {amount}"


def _level(account: Account, shop: str, sku: str, row: Row | None) -> Iterator[str]:
    ours, buffer = account.erp["stock"].get(sku, {}), account.world.hub.systems[shop].options.range.buffer
    held = Decimal(ours.get("reserved") or 0) + account.promised[sku] + buffer
    left = max(Decimal(ours.get("on_hand") or 0) - held, Decimal(0))
    expected = left if shop == "medusa" else left.quantize(Decimal(1), ROUND_FLOOR)
    if (row or expected) and (row is None or Decimal(row["available"]) != expected):
        yield f"{shop} offers {row and row.get('available')} of {sku}, there are {expected}"


def _orders(account: Account, shop: str) -> Iterator[str]:
    called = account.called(shop)
    for row in account.shown(shop, "orders").values():
        key = f"{shop}|{row.get('number')}"
        sales = account.sales.get(key, [])
        if account.explained("orders", key, shop, "erp"):
            yield from _order_alarms(account, key, row, sales, called)
        elif sales:
            yield from _sale(account, key, row, sales[0], called)
        elif row.get("status") not in ("cancelled", "completed"):
            yield f"{key} is no sale, and nobody is told why: {row.get('status')}"


def _sale(account: Account, key: str, row: Row, sale: Row, called: Mapping[str, str]) -> Iterator[str]:
    cancelled = row.get("status") == "cancelled"
    if cancelled != (sale["state"] == "cancelled"):
        yield f"{key} is {row.get('status')}, its sale {sale['state']}"
    if cancelled:
        return
    if not key.startswith("oscar") and _sent(account, sale) and row.get("status") not in ("shipped", "completed"):
        yield f"{key} is {row.get('status')}, though all of its sale has left"
    if Decimal(row["totals"]["gross"]) != sale["total_amount"]:
        yield f"{key} comes to {row['totals']['gross']}, its sale to {sale['total_amount']}"
    if str(row.get("email")).casefold() not in account.emails[sale["party"]]:
        yield f"{key} was placed by {row.get('email')}, its sale is of {account.emails[sale['party']]}"
    yield from (f"{key} has {told}" for told in _goods(row, sale, called))


def _goods(row: Row, sale: Row, called: Mapping[str, str]) -> Iterator[str]:
    """Yield of which products an order has another quantity than its sale."""
    ordered, sold = defaultdict[str, Decimal](Decimal), defaultdict[str, Decimal](Decimal)
    for line in row.get("lines") or ():
        ordered[called.get(line.get("sku") or "", line.get("sku") or "")] += Decimal(line["quantity"])
    for line in sale["lines"]:
        if line["product."]:
            sold[line["product."]["code"] or ""] += Decimal(str(line["quantity"]))
    for sku, quantity in sold.items():
        if ordered.get(sku, quantity) != quantity:
            yield f"{ordered[sku]} of {sku}, its sale {quantity}"


def _sent(account: Account, sale: Row) -> bool:
    (state,) = account.world.office.rows("sale.sale", [["id", "=", sale["id"]]], "shipment_state")
    return sale["state"] == "done" or state["shipment_state"] == "sent"


def _order_alarms(
    account: Account, key: str, row: Row, sales: Sequence[Row], called: Mapping[str, str]
) -> Iterator[str]:
    """Yield what an order waits for although it is not so."""
    cancelled = row.get("status") == "cancelled"
    true: Mapping[str, Callable[[Row], bool]] = {
        "lines-differ": lambda sale: cancelled or any(_goods(row, sale, called)),
        "total-differs": lambda sale: cancelled or Decimal(row["totals"]["gross"]) != sale["total_amount"],
        "not-cancelled": lambda sale: cancelled and sale["state"] != "cancelled",
        "delivered": lambda sale: cancelled and sale["state"] != "cancelled",
    }
    for each in account.waiting:
        mine = each["key"] == key and each["entity"] == "orders" and each["cause"] in true
        if mine and sales and not true[each["cause"]](sales[0]):
            yield f"{key} waits, and need not: {each['cause']}: {each['message']}"


def _alarms(account: Account) -> Iterator[str]:
    """Yield what a price waits for although it is not so."""
    for each in account.waiting:
        sku = (each["key"] or "").partition("|")[0]
        amount = account.erp["prices"].get(sku, {}).get("amount")
        priced = each["cause"] == "price-gone" or (each["cause"], each["entity"]) == ("not-priced", "prices")
        there = each["cause"] == "waits-for-products" and sku in account.bound(each["system"], "products")
        if (priced and Decimal(amount or 0)) or there:
            yield f"{each['system']} {each['key']} waits, and need not: {each['cause']}: {each['message']}"


def _doubled(account: Account) -> Iterator[str]:
    for reference, sales in account.sales.items():
        if reference.partition("|")[0] not in account.world.shops:
            yield f"the sale {reference} is no shop's"
        if len(sales) > 1:
            yield f"{reference} is {len(sales)} sales"
    one = ("products", "orders")
    keys = Counter((row["system"], row["entity"], row["key"]) for row in account.bindings if row["entity"] in one)
    yield from (f"bound twice: {key}" for key, times in keys.items() if times > 1)
    for shop in account.world.shops:
        skus = Counter(row["sku"] for row in account.shown(shop, "products").values() if row.get("sku"))
        yield from (f"{shop} has {sku} {times} times" for sku, times in skus.items() if times > 1)
    emails = Counter(email for each in account.emails.values() for email in each)
    yield from (f"{email} is {times} parties" for email, times in emails.items() if times > 1)
