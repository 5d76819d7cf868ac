"""Each shop with ERPs that examples describe: whether what they are handed is what the customer was shown."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hub.connector import Change
from hub.store import Store
from hub.sync import System
from tests.contract.crossing import ORDERS, slack, sums, taxes
from tests.contract.crossing_described import Described, Files, Rows
from tests.contract.crossing_erps import Sale
from tests.contract.crossing_shops import SHOPS
from tests.contract.tables import Hub
from tests.fakes.fake import Fake

PAIRS = [*((shop, "files") for shop in SHOPS), *((shop, "rows") for shop in ("woocommerce", "shopware", "ecwid"))]
"""Every shop with files; rows of a database with shops that tell charges, coupons and prices in different ways."""
PRICE = Decimal("0.00005")
"""By so much Optima rounds the price of a unit: it has four decimals."""
ROUNDS_FURTHER = ("three decimals",)
"""What Optima has no amounts for: two decimals are all."""


@dataclass(frozen=True)
class Crossing:
    """A hub between a described ERP and a shop in which orders were placed."""

    hub: Hub
    shop: Fake
    erp: Described
    placed: Mapping[str, str]
    """What is particular about an order -> its number."""

    def exchange(self) -> None:
        """Bring orders from the shop to the ERP."""
        self.hub.run("eshop", "parties", "orders")
        self.hub.run("erp", "parties", "orders")

    def sales(self) -> dict[str, Sale]:
        """Return the ERP's sales by what is particular about them."""
        names = {number: name for name, number in self.placed.items()}
        return {names[each.number]: each for each in self.erp.sales()}


@pytest.fixture(params=PAIRS, ids=["-".join(each).replace(" ", "_") for each in PAIRS])
def crossing(
    request: pytest.FixtureRequest, tmp_path: Path, migrated_sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Crossing]:
    name, form = request.param
    shop, erp = SHOPS[name], Files(tmp_path) if form == "files" else Rows(request.getfixturevalue("postgres"))
    with closing(erp), closing(shop.fake()) as fake, closing(Store(migrated_sqlite)) as store:
        for key, value in {**erp.environment, **fake.environment}.items():
            monkeypatch.setenv(key, value)
        fitting = {name: order for name, order in ORDERS.items() if not shop.cannot(order)}
        ids = {shop.place(fake, order, sums(order)): name for name, order in fitting.items()}
        hub, told = Hub(store), fake.connect(**shop.options)
        for kind, each in (("erp", erp.connector), ("eshop", told)):
            hub.systems[kind] = System(each.name, kind, each, each.options, takes_orders=hub.takes_orders)
        hub.run("erp", "products", "parties")
        changes = {ids[each.id]: told.translate("orders", each) for each in told.fetch("orders", [*ids])}
        numbers = {name: each.fields["number"] for name, each in changes.items() if isinstance(each, Change)}
        yield Crossing(hub, fake, erp, {name: f"{told.name} {number}" for name, number in numbers.items()})


def test_s27_a_sale_is_what_the_customer_was_shown(crossing: Crossing) -> None:
    """The way and the coupon were in no file and no row: what the ERP billed was less, or more, than what was paid."""
    crossing.exchange()
    sales = crossing.sales()
    assert sales.keys() == crossing.placed.keys()
    for name in sales.keys() - {*ROUNDS_FURTHER}:
        order, sale = ORDERS[name], sales[name]
        found, told = sums(order), taxes(sums(order))
        units = sum(each.quantity for each in order.lines)
        assert abs(sale.total - found.gross) <= 2 * PRICE * units, (name, sale.total, found.gross)
        assert (name, sale.tax.keys()) == (name, told.keys())
        off = {rate: abs(sale.tax[rate] - told[rate]) for rate in told}
        assert all(each <= slack(order, PRICE, rate) for rate, each in off.items()), (name, sale.tax, told)
    crossing.exchange()
    assert crossing.sales() == sales, "nothing goes twice"


@pytest.mark.parametrize("crossing", [("woocommerce", "files")], indirect=True)
def test_a_company_is_billed_and_not_whoever_ordered_for_it(crossing: Crossing) -> None:
    """Its VAT id stood beside the name of a person."""
    crossing.exchange()
    assert crossing.sales()["company"].customer == "Kos d.o.o."


@pytest.mark.parametrize("crossing", [("woocommerce", "rows")], indirect=True)
def test_s10_what_is_cancelled_in_the_shop_is_so_in_the_erp_or_says_why_not(crossing: Crossing) -> None:
    """It went on there, and was sent; where its statement leaves what is under way alone, nobody was told."""
    erp: Any = crossing.erp
    orders: Any = crossing.shop
    crossing.exchange()
    numbers = [crossing.placed[name] for name in ("with tax", "company")]
    for number in numbers:
        orders.posts.change(int(number.rpartition(" ")[2]), {"status": "cancelled"})
    erp.do(f"UPDATE CDN.TraNag SET TrN_Bufor = 0 WHERE TrN_NumerPelny = '{numbers[1]}'")
    crossing.exchange()
    assert erp.do("SELECT TrN_NumerPelny FROM CDN.TraNag WHERE TrN_Anulowany = 1") == [(numbers[0],)]
    assert [each.cause for each in crossing.hub.waiting()] == ["not-cancelled"]
