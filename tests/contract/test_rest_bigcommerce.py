"""BigCommerce as examples/rest describes it, on a small fake of it: what is read, and what is told."""

from collections.abc import Iterator

import pytest

from adapters.rest.connector import RestConnector
from hub.canonical import ENTITIES, FieldFault
from hub.connector import Change, Write
from hub.errors import Unanswered
from tests.contract.test_rest_vendors import opened, read, valid, wrote
from tests.fakes import faults
from tests.fakes.declared import bigcommerce
from tests.fakes.server import Server

Shop = tuple[RestConnector, bigcommerce.BigCommerce, Server]


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("BIGCOMMERCE_TOKEN", bigcommerce.TOKEN)
    fake = bigcommerce.BigCommerce()
    with opened("bigcommerce", fake.answer, base=bigcommerce.BASE) as (connector, server):
        yield connector, fake, server


def test_bigcommerce_shows_each_variant_as_a_product(shop: Shop):
    connector, fake, _ = shop
    products, since = read(connector, "products", full=False)
    assert len(products) == 160
    assert products["3|31"]["options"] == {"Size": "L"}
    assert (products["3|31"]["variant_of"], products["1|10"]["variant_of"]) == ("B-3", None)
    assert (products["1|10"]["category"], products["5|50"]["active"]) == ("Lamps", False)
    prices = read(connector, "prices")[0]
    assert (prices["1|10"]["amount"], prices["3|31"]["amount"]) == ("19.90", "25.50")
    fake.products[0] |= {"name": "Lamp one", "date_modified": "2026-07-02T08:00:00+00:00"}
    assert read(connector, "products", since, full=False)[0]["1|10"]["name"] == "Lamp one"
    assert connector.fetch("products", ["7777|1"]) == []
    assert connector.check()[0].good


def test_bigcommerce_shows_orders_with_their_guests_and_then_those_that_changed(shop: Shop):
    connector, fake, _ = shop
    orders, since = read(connector, "orders", full=False)
    assert len(orders) == 60
    told = orders["101|5101"]
    assert (told["placed_at"], told["status"], told["party"]) == ("2026-07-01T12:25:00Z", "confirmed", "3")
    assert told["totals"] == {"net": "40.48", "tax": "9.31", "gross": "49.79"}
    assert [each["unit_price"] for each in told["lines"]] == ["19.90"]
    assert orders["100|5100"]["party"] == "guest:jan@example.com"
    fake.orders[0] |= {"status_id": 5, "date_modified": "Thu, 02 Jul 2026 08:00:00 +0000"}
    changed, _ = read(connector, "orders", since, full=False)
    assert changed["100|5100"]["status"] == "cancelled"
    assert "105|5105" not in changed
    fake.orders.clear()
    assert read(connector, "orders")[0] == {}  # 204, without a body
    assert connector.fetch("orders", ["100|5100"]) == []


def test_s27_bigcommerce_orders_tell_the_rates_of_their_taxes(shop: Shop):
    """An ERP made a sale without any tax of them, that came to the same total."""
    connector, fake, _ = shop
    fake.orders[0] |= {"handling_cost_ex_tax": "4.0000", "handling_cost_inc_tax": "4.3200", "coupon_discount": "3.0000"}
    told = valid(connector, "orders", connector.fetch("orders", ["100|5100"])[0])
    rates = [each["tax_rate"] for name in ("lines", "shipping", "discounts") for each in told[name]]
    assert rates == ["23", "23", "8", "23"]


def test_s27_bigcommerce_takes_money_for_handling_and_wrapping_as_well(shop: Shop):
    connector, fake, _ = shop
    fake.orders[0] |= {"handling_cost_inc_tax": "3.0000", "wrapping_cost_inc_tax": "2.5000", "total_inc_tax": "55.2900"}
    (document,) = connector.fetch("orders", ["100|5100"])
    told = valid(connector, "orders", document)
    assert [(each["name"], each["amount"]) for each in told["shipping"]] == [
        ("Flat Rate", "9.99"),
        ("Handling", "3.00"),
        ("Gift wrapping", "2.50"),
    ]
    assert told["totals"]["gross"] == "55.29"


def test_s07_bigcommerce_shows_a_status_that_nobody_has_translated_as_it_is(shop: Shop):
    connector, fake, _ = shop
    fake.orders[0] |= {"status_id": 77, "status": "Being gift-wrapped"}
    (document,) = connector.fetch("orders", ["100|5100"])
    change = connector.translate("orders", document)
    assert isinstance(change, Change)
    with pytest.raises(FieldFault, match="Being gift-wrapped"):
        ENTITIES["orders"].valid(change.fields)


def test_s02_bigcommerce_orders_of_nobody_are_not_one_customers(shop: Shop):
    connector, fake, _ = shop
    fake.orders[0]["billing_address"]["email"] = ""
    (document,) = connector.fetch("orders", ["100|5100"])
    assert "party" not in valid(connector, "orders", document)
    shown = [each.id for page in connector.read("orders", None, full=True) for each in page.documents]
    assert "guest:" not in shown


def test_bigcommerce_orders_that_are_refunded_before_they_are_sent_are_not_sent(shop: Shop):
    connector, fake, _ = shop
    fake.orders[0] |= {"status_id": 4, "status": "Refunded", "items_shipped": 0}
    fake.orders[1] |= {"status_id": 4, "status": "Refunded", "items_shipped": 2}
    fake.orders[2] |= {"status_id": 14, "status": "Partially Refunded", "items_shipped": 0}
    before, after, part = (connector.fetch("orders", [f"{n}|5{n}"])[0] for n in (100, 101, 102))
    assert valid(connector, "orders", before)["status"] == "cancelled"
    assert valid(connector, "orders", after)["status"] == "completed"
    with pytest.raises(FieldFault, match="Partially Refunded"):
        valid(connector, "orders", part)


def test_bigcommerce_is_told_prices_and_stock_many_at_once(shop: Shop):
    connector, fake, server = shop
    links = {"products": {"B-1": "1|10", "B-3-L": "3|31", "B-9": "9|999"}}
    prices = [
        Write(f"{sku}|shop|PLN", {"amount": amount}, {"sku": sku, "list": "shop", "currency": "PLN", "amount": amount}, links=links)
        for sku, amount in (("B-1", "21.40"), ("B-3-L", "30.00"), ("B-9", "1.00"))
    ]  # fmt: skip
    done = {each.key: (each.outcome, each.id) for each in connector.write("prices", prices)}
    assert [done[each.key] for each in prices] == [("done", "1|10"), ("done", "3|31"), ("refused", None)]
    assert (fake.variant("B-1")["price"], fake.variant("B-3-L")["price"]) == (21.4, 30)
    stock = Write("B-1", {"available": "7"}, {"sku": "B-1", "available": "7"}, links=links)
    assert [each.outcome for each in connector.write("stock", [stock])] == ["done"]
    assert fake.variant("B-1")["inventory_level"] == 7
    assert server.seen("PUT .*/v3/inventory/adjustments/absolute")


def test_bigcommerce_is_told_a_parcel_and_then_the_status(shop: Shop):
    connector, fake, server = shop
    (document,) = connector.fetch("orders", ["101|5101"])
    record = {
        **valid(connector, "orders", document),
        "tracking": [{"carrier": "DPD", "number": "P-1"}],
        "status": "shipped",
    }
    wrote(connector, "orders", {"tracking": record["tracking"], "status": "shipped"}, record, id="101|5101")
    assert [each.path.rpartition("/")[2] for each in server.seen("(POST|PUT) .*/orders/")] == ["shipments", "101"]
    assert (fake.orders[1]["status_id"], fake.shipments[0]["order_address_id"]) == (2, 5101)
    assert fake.shipments[0]["items"] == [{"order_product_id": 10100, "quantity": 2}]
    shown = valid(connector, "orders", connector.fetch("orders", ["101|5101"])[0])
    assert (shown["tracking"][0]["number"], shown["status"]) == ("P-1", "shipped")


def test_s06_a_parcel_whose_answer_is_lost_is_not_sent_twice(shop: Shop):
    connector, fake, server = shop
    (document,) = connector.fetch("orders", ["101|5101"])
    parcels = [{"number": "P-1", "carrier": "DPD"}]
    changed = {"tracking": parcels, "status": "shipped"}
    write = Write("k", changed, {**valid(connector, "orders", document), **changed}, id="101|5101")
    server.misbehave(faults.reset_after, to="POST .*/shipments")
    with pytest.raises(Unanswered):
        list(connector.write("orders", [write]))
    (written,) = connector.write("orders", [write])
    assert (written.outcome, len(fake.shipments), fake.orders[1]["status_id"]) == ("done", 1, 2)


def test_bigcommerce_is_told_no_parcel_of_all_lines_before_all_has_left(shop: Shop):
    """Nor of an order closed short, whose status it is not told."""
    connector, fake, _ = shop
    (document,) = connector.fetch("orders", ["101|5101"])
    parcels = [{"number": "P-1", "carrier": "DPD"}]
    record = {**valid(connector, "orders", document), "tracking": parcels}
    wrote(connector, "orders", {"tracking": parcels}, record, id="101|5101")
    assert fake.shipments == []
    for status in ("shipped", "completed"):
        wrote(connector, "orders", {"status": status}, {**record, "status": status}, id="101|5101")
        assert [each["tracking_number"] for each in fake.shipments] == ["P-1"]


def test_bigcommerce_is_told_no_parcel_where_there_is_none(shop: Shop):
    connector, fake, _ = shop
    (document,) = connector.fetch("orders", ["101|5101"])
    wrote(connector, "orders", {"tracking": None}, valid(connector, "orders", document), id="101|5101")
    assert fake.shipments == []


def test_bigcommerce_is_told_the_gtin_of_a_variant(shop: Shop):
    connector, fake, _ = shop
    gtin = "5901234123457"
    wrote(connector, "products", {"gtin": gtin}, {"sku": "B-3-L", "gtin": gtin}, id="3|31")
    assert fake.variant("B-3-L")["upc"] == gtin
