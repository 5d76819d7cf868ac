"""Each shop with each ERP: whether what the ERP reckons of an order is what the customer was shown."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from hub.store import Store
from hub.sync import System
from tests.contract.crossing import AT, ORDERS, slack, sums, taxes
from tests.contract.crossing_erps import ERPS, PRODUCTS, Erp, Sale
from tests.contract.crossing_shops import SHOPS, Shop
from tests.contract.tables import Hub
from tests.fakes.fake import Fake

PAIRS = [
    (shop, erp) for shop in SHOPS for erp in ERPS if erp in ("erpnext", "dolibarr") or shop in ("woocommerce", "ecwid")
]
"""Every shop with two ERPs, every ERP with two shops: the others say nothing new."""
DAY = "2026-11-21"
OWN = "the fake's own"


@dataclass(frozen=True)
class Crossing:
    """A hub between an ERP and a shop in which orders were placed."""

    hub: Hub
    shop: Shop
    erp: Erp
    shop_fake: Any
    erp_fake: Fake
    placed: dict[str, str]
    """What is particular about an order -> its number."""
    own: tuple[str, Mapping[str, str]]
    """The number and the totals of the fake's own order, whose taxes are rounded in its own way."""

    def sales(self) -> dict[str, Sale]:
        """Return the ERP's sales, by the order's number as people know it."""
        return {each.number: each for each in self.erp.sales(self.erp_fake)}

    def exchange(self, *, full: bool = False) -> None:
        """Bring orders from the shop to the ERP."""
        for system in ("eshop", "erp"):
            self.hub.run(system, "parties", "orders", full=full)

    def buyers(self) -> dict[str, str]:
        """Return the parties of the hub's orders by the same number."""
        found = (self.hub.record("orders", key).fields for key in self.hub.keys("orders"))
        return {f"{each['channel']} {each['number']}": each.get("party", "") for each in found}

    def waiting(self) -> dict[str, str]:
        """Return the number -> why it waits."""
        found = self.hub.waiting()
        assert {each.entity for each in found} <= {"orders"}, found
        told = {each.key: each for each in found if each.key}
        orders = {key: self.hub.record("orders", key).fields for key in told}
        return {f"{order['channel']} {order['number']}": told[key].cause for key, order in orders.items()}


@pytest.fixture(params=PAIRS, ids=["-".join(each).replace(" ", "_") for each in PAIRS])
def crossing(
    request: pytest.FixtureRequest, migrated_sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Crossing]:
    shop, erp = SHOPS[request.param[0]], ERPS[request.param[1]]
    with closing(erp.fake()) as erp_fake, closing(shop.fake()) as shop_fake, closing(Store(migrated_sqlite)) as store:
        for name, value in {**erp_fake.environment, **shop_fake.environment}.items():
            monkeypatch.setenv(name, value)
        erp.prepare(erp_fake)
        fitting = {name: order for name, order in ORDERS.items() if not shop.cannot(order)}
        own, totals = shop_fake.place_order(AT)
        ids = {shop.place(shop_fake, order, sums(order)): name for name, order in fitting.items()}
        hub = Hub(store)
        connectors: dict[str, Any] = {
            "erp": erp_fake.connect(**erp.options),
            "eshop": shop_fake.connect(**shop.options),
        }
        for kind, each in connectors.items():
            hub.systems[kind] = System(each.name, kind, each, each.options, takes_orders=hub.takes_orders)
        told = connectors["eshop"]
        changes = {ids.get(each.id, OWN): told.translate("orders", each) for each in told.fetch("orders", [*ids, own])}
        placed = {name: f"{told.name} {change.fields['number']}" for name, change in changes.items()}
        yield Crossing(hub, shop, erp, shop_fake, erp_fake, placed, (placed.pop(OWN), totals))


def test_s27_a_sale_is_what_the_customer_was_shown(crossing: Crossing) -> None:
    """To the coin, with the tax of each rate, for one customer, on the right day; what cannot be says why, and waits."""
    crossing.hub.run("erp", "products")
    crossing.exchange()
    sales, waiting = crossing.sales(), crossing.waiting()
    refused = {name: waiting[number] for name, number in crossing.placed.items() if number in waiting}
    assert refused == {name: cause for name, cause in crossing.erp.refuses.items() if name in crossing.placed}
    for name in crossing.placed.keys() - refused.keys():
        order, sale = ORDERS[name], sales[crossing.placed[name]]
        found = sums(order)
        assert (name, sale.total, sale.day) == (name, found.gross, DAY)
        known = [each.sku for each in order.lines if each.sku in PRODUCTS]
        assert (name, sorted(filter(None, sale.products))) == (name, sorted(filter(None, known)))
        told = taxes(found)
        assert (name, sale.tax.keys()) == (name, told.keys())
        off = {rate: abs(sale.tax[rate] - told[rate]) for rate in told}
        assert all(each <= slack(order, crossing.erp.rounds, rate) for rate, each in off.items()), (
            name,
            sale.tax,
            told,
        )
    number, totals = crossing.own
    if number in sales:
        assert sales[number].total == Decimal(totals["gross"])
        assert (
            abs(sum(sales[number].tax.values()) - Decimal(totals.get("tax", "0"))) <= Decimal("0.03")
            or "tax" not in totals
        )
    else:
        assert waiting[number] in ("tax-unknown", "currency-unknown", "party-missing"), (
            "other taxes, money, or nobody's"
        )
    buyers = {(crossing.buyers()[number], sale.customer) for number, sale in sales.items()}
    assert len(buyers) == len({party for party, _ in buyers}) == len({customer for _, customer in buyers})
    crossing.exchange(full=True)
    assert crossing.sales() == sales, "nothing is made twice, and nothing comes back"


@pytest.mark.parametrize("crossing", [("woocommerce", erp) for erp in ERPS], indirect=True, ids=[*ERPS])
def test_s26_other_goods_at_the_same_total_wait_until_the_sale_has_them(crossing: Crossing) -> None:
    """Somebody exchanges an article at the same price in the shop; before, the ERP went on to send the first."""
    crossing.hub.run("erp", "products")
    crossing.exchange()
    waiting, number = crossing.waiting(), crossing.placed["with tax"]
    orders = crossing.shop_fake.posts
    id_ = int(number.rpartition(" ")[2])
    first, *others = lines = orders.records[id_].values["line_items"]
    orders.change(id_, {"line_items": [{**first, "sku": "00042"}, *others]})
    crossing.exchange()
    assert crossing.waiting() == {**waiting, number: "lines-differ"}
    orders.change(id_, {"line_items": lines})
    crossing.exchange()
    assert crossing.waiting() == waiting


@pytest.mark.parametrize("crossing", [("woocommerce", erp) for erp in ERPS], indirect=True, ids=[*ERPS])
def test_s27_an_order_whose_tax_has_no_rate_waits_and_is_not_sold_without_tax(crossing: Crossing) -> None:
    """It came to the same total, so nobody saw that the ERP had no tax of it at all."""
    orders, number = crossing.shop_fake.posts, crossing.placed["company"]
    id_ = int(number.rpartition(" ")[2])
    for each in list(orders.records):
        if each != id_:
            orders.remove(each)
    values = orders.records[id_].values
    without = {name: [{**each, "taxes": []} for each in values[name]] for name in ("line_items", "shipping_lines")}
    orders.change(id_, {**without, "tax_lines": []})
    crossing.hub.run("erp", "products")
    crossing.exchange()
    assert (crossing.sales(), crossing.waiting()) == ({}, {number: "tax-unknown"})
