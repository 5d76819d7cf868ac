"""An ERP's catalogue in each shop: what it costs there, and that nothing is written twice."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest

from hub.connector import Change
from hub.store import Store
from hub.sync import System
from tests.contract.crossing_erps import ERPS, PRODUCTS
from tests.contract.crossing_shops import SHOPS
from tests.contract.tables import ERP, Hub, Tables
from tests.fakes.fake import Fake

LIST = "default"
"""What shops call the price list of theirs that they get, where none is named."""


@dataclass(frozen=True)
class Outward:
    """A hub between an ERP and a shop that has one product, at the price at which the ERP has it."""

    hub: Hub
    erp: Tables
    shop: Fake
    price: Mapping[str, Any]

    def put(self, **changed: Any) -> None:
        """Give the product another price in the ERP."""
        self.erp.put("prices", "1", **{**self.price, "list": LIST, **changed})

    def exchange(self, *streams: str, full: bool = False) -> int:
        """Bring everything to the shop, or what these streams carry; return how many requests wrote there."""
        before = len(self.shop.server.seen(self.shop.writes))
        for system in ("erp", "eshop"):
            self.hub.run(system, *(streams or ("products", "prices")), full=full)
        return len(self.shop.server.seen(self.shop.writes)) - before

    def amounts(self) -> list[str]:
        """Return what the shop shows that its products cost."""
        return [each.fields["amount"] for each in shown(self.hub.systems["eshop"].connector, "prices")]

    def waiting(self) -> list[tuple[str, str]]:
        return [(each.entity, each.cause) for each in self.hub.waiting()]


def shown(shop: Any, stream: str) -> list[Change]:
    documents = [each for page in shop.read(stream, None, full=True) for each in page.documents]
    return [shop.translate(stream, each) for each in documents]


@pytest.fixture(params=SHOPS)
def outward(request: pytest.FixtureRequest, migrated_sqlite: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outward]:
    shop = SHOPS[request.param]
    with closing(shop.fake()) as fake, closing(Store(migrated_sqlite)) as store:
        for name, value in fake.environment.items():
            monkeypatch.setenv(name, value)
        hub, connector = Hub(store), fake.connect(**shop.options)
        erp = hub.add("erp", "erp", Tables(ERP))
        hub.systems["eshop"] = System(connector.name, "eshop", connector, connector.options)
        fake.add("prices")
        price = shown(connector, "prices")[-1].fields
        erp.put("products", "1", sku=price["sku"], name="Lamp")
        outward = Outward(hub, erp, fake, price)
        outward.put()
        outward.exchange()
        assert not outward.waiting()
        yield outward


def test_s07_the_same_amount_with_the_tax_that_was_without_waits(outward: Outward) -> None:
    """Somebody gives the product another tax in the ERP, or the tax another mark: the number that people typed stays."""
    before = outward.amounts()
    outward.put(tax_included=not outward.price["tax_included"])
    outward.exchange()
    assert outward.waiting() == [("prices", "price-not-possible")]
    assert outward.amounts() == before
    outward.put()
    outward.exchange()
    assert not outward.waiting()
    assert outward.exchange(full=True) == 0


def test_a_category_that_is_renamed_or_moved_holds_its_products_and_no_other_does(outward: Outward) -> None:
    """A product of which the shop says one category stands in no other; the old one stays, whoever has made it."""
    shop = outward.hub.systems["eshop"].connector
    for category in ("Lamps > Desk", "Lights > Desk", "Home > Lights > Desk", "Lights", None):
        outward.erp.put("products", "1", category=category)
        assert outward.exchange("products") <= 4
        assert [each.fields.get("category") for each in shown(shop, "products")] == [category]
        assert (outward.waiting(), outward.exchange("products", full=True)) == ([], 0)


def test_s05_what_costs_nothing_in_the_erp_is_not_given_away(outward: Outward) -> None:
    """ERPs show 0 where nobody has entered a price yet; every shop sold what it had in stock for that."""
    before = outward.amounts()
    outward.put(amount="0.00")
    outward.exchange()
    assert outward.waiting() == [("prices", "not-priced")]
    assert outward.amounts() == before
    assert outward.exchange(full=True) == 0
    outward.put(amount="12.00")
    outward.exchange()
    assert (outward.waiting(), [Decimal(each) for each in outward.amounts()]) == ([], [Decimal(12)])


@pytest.mark.parametrize("outward", ["shopware"], indirect=True)
def test_s27_both_amounts_of_a_price_follow_the_tax_of_its_product(outward: Outward) -> None:
    """The shop keeps a price with tax and without; the one that does not count went on at the old rate, for some buyers."""
    fake: Any = outward.shop
    outward.erp.put("products", "1", tax_rate="7")
    outward.exchange()
    [price] = fake.tables["product"].there()[-1].values["price"]
    assert (price["gross"], round(price["net"], 6)) == (9.99, round(9.99 / 1.07, 6))
    assert outward.exchange(full=True) == 0


@pytest.mark.parametrize("outward", ["shopify", "magento", "ecwid"], indirect=True)
def test_s05_what_has_no_price_yet_is_not_given_away(outward: Outward) -> None:
    """These shops make a product at 0.00; one whose price waited, or was on another list, was sold for that."""

    def stock() -> set[str]:
        told = shown(outward.hub.systems["eshop"].connector, "stock")
        return {each.fields["available"] for each in told if each.fields["sku"] == "N-1"}

    outward.erp.put("products", "2", sku="N-1", name="Lantern")
    outward.erp.put("stock", "2", sku="N-1", location="main", on_hand="5")
    outward.exchange("products", "prices", "stock")
    assert outward.waiting() == [("stock", "not-priced")]
    assert stock() <= {"0"}
    outward.erp.put("prices", "2", **{**outward.price, "sku": "N-1", "list": LIST})
    outward.exchange("prices")
    outward.exchange("stock")
    assert (outward.waiting(), stock()) == ([], {"5"})


@pytest.mark.parametrize("zero_prices", [False, True])
@pytest.mark.parametrize("outward", ["shopify", "magento", "ecwid"], indirect=True)
def test_s05_what_is_free_is_stocked_and_what_has_no_price_yet_is_not(outward: Outward, zero_prices: bool) -> None:
    """Where prices of 0 go out, it is the ERP's price that says which product is meant to cost nothing."""
    system = outward.hub.systems["eshop"]
    free = system.options.range.model_copy(update={"zero_prices": zero_prices})
    outward.hub.systems["eshop"] = replace(system, options=system.options.model_copy(update={"range": free}))
    for number, sku in (("2", "FREE"), ("3", "UNPRICED")):
        outward.erp.put("products", number, sku=sku, name=sku)
        outward.erp.put("stock", number, sku=sku, location="main", on_hand="5")
    outward.erp.put("prices", "2", **{**outward.price, "sku": "FREE", "list": LIST, "amount": "0"})
    outward.exchange("products", "prices", "stock")
    told = shown(system.connector, "stock")
    found = {
        each.fields["sku"]: each.fields["available"] for each in told if each.fields["sku"] in ("FREE", "UNPRICED")
    }
    assert found.get("FREE", "0") == ("5" if zero_prices else "0")
    assert found.get("UNPRICED", "0") == "0"
    waiting = {(each.stream, each.key) for each in outward.hub.waiting()}
    assert (("stock", "FREE") in waiting, ("stock", "UNPRICED") in waiting) == (not zero_prices, True)


def test_what_loses_its_name_is_called_by_its_sku(outward: Outward) -> None:
    outward.erp.put("products", "1", name=None)
    outward.exchange()
    [product] = shown(outward.hub.systems["eshop"].connector, "products")
    assert (outward.waiting(), product.fields["name"]) == ([], outward.price["sku"])
    assert outward.exchange(full=True) == 0


@pytest.mark.parametrize(
    ("name", "stand_in"),
    [("odoo", "CHARGE"), ("erpnext", "SERVICE"), ("sapb1", "SERVICE"), ("business central", "CHARGE")],
)
def test_what_stands_for_charges_in_an_erp_is_not_for_sale(
    name: str, stand_in: str, migrated_sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every shop offered it, as a service that is never sold out, at the price that the ERP gives to what has none."""
    erp, shop = ERPS[name], SHOPS["ecwid"]
    with closing(erp.fake()) as erp_fake, closing(shop.fake()) as fake, closing(Store(migrated_sqlite)) as store:
        for key, value in {**erp_fake.environment, **fake.environment}.items():
            monkeypatch.setenv(key, value)
        erp.prepare(erp_fake)
        hub = Hub(store)
        for kind, each in (("erp", erp_fake.connect(**erp.options)), ("eshop", fake.connect(**shop.options))):
            hub.systems[kind] = System(each.name, kind, each, each.options)
            hub.run(kind, "products")
        offered = {
            each.fields["sku"]: each.fields["active"] for each in shown(hub.systems["eshop"].connector, "products")
        }
        assert offered == {**dict.fromkeys(PRODUCTS, True), stand_in: False}


RED, BLUE, GREEN = ({"options": {"Color": each}, "name": f"Lamp ({each})"} for each in ("red", "blue", "green"))
ALONE: Mapping[str, Any] = {"variant_of": None, "options": None, "name": "Lamp"}
FAMILIES: tuple[tuple[Mapping[str, Mapping[str, Any]], Mapping[str, set[str]]], ...] = (
    ({"R": ALONE}, {}),
    ({"R": {"variant_of": "ONE", **RED}, "B": {"variant_of": "ONE", **BLUE}}, {"ONE": {"R", "B"}}),
    ({"B": {"variant_of": "TWO"}, "G": {"variant_of": "TWO", **GREEN}}, {"ONE": {"R"}, "TWO": {"B", "G"}}),
    ({"R": ALONE}, {"ONE": set(), "TWO": {"B", "G"}}),
    ({"R": {"variant_of": "TWO", **RED}}, {"ONE": set(), "TWO": {"R", "B", "G"}}),
)
"""What the ERP says of its products -> which stand below which. It calls the only variant of an article no variant."""


def test_variants_move_from_one_article_to_another(migrated_sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = SHOPS["magento"]
    with closing(shop.fake()) as fake, closing(Store(migrated_sqlite)) as store:
        for name, value in fake.environment.items():
            monkeypatch.setenv(name, value)
        hub, connector = Hub(store), fake.connect(**shop.options, families=True)
        erp = hub.add("erp", "erp", Tables(ERP))
        hub.systems["eshop"] = System(connector.name, "eshop", connector, connector.options)
        outward, products = Outward(hub, erp, fake, {}), vars(fake)["products"]
        for said, below in FAMILIES:
            for sku, fields in said.items():
                erp.put("products", sku, sku=sku, **fields)
            outward.exchange("products")
            rows = [each.values for each in products.there()]
            standing = {
                row["sku"]: {products.records[each].values["sku"] for each in row["children"]}
                for row in rows
                if row.get("type_id") == "configurable"
            }
            single = {row["sku"] for row in rows if row["visibility"] == 4} - standing.keys()
            assert (standing, single) == (below, {*hub.keys("products")} - set[str]().union(*below.values()))
            assert (outward.waiting(), outward.exchange("products", full=True)) == ([], 0)
