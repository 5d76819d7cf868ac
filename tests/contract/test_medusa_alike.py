"""What Medusa's programmed connector and its description in examples/rest do alike, on a real one: each test runs on both."""

import secrets
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from hub.connector import Change, Document, Exchange, Write
from hub.errors import Unanswered
from tests.contract.medusa_steps import EUROS, for_sale, product, put, read, told
from tests.peers import Peer
from tests.peers.faults import Faults, Link
from tests.peers.medusa_shop import admin, capture, place_order

Connect = Callable[..., Exchange]


@pytest.fixture
def shop(connect_medusa: Connect) -> Exchange:
    return connect_medusa()


def test_a_change_leaves_everything_else(shop: Exchange):
    (made,) = shop.write("products", [product()])
    before = told(shop, "products", made.id)
    new = {"name": "New", "images": ["https://pictures.example/c.png"], "description": None, "active": False}
    (done,) = shop.write("products", [Write(made.key, new, {**before, **new}, id=made.id)])
    assert (done.outcome, told(shop, "products", made.id)) == ("done", {**before, **new})


def test_a_gtin_is_told_and_taken_away(shop: Exchange):
    code = f"590{secrets.randbelow(10**9):09}"
    code += str(-sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(code)) % 10)
    (made,) = shop.write("products", [product(gtin=code)])
    assert told(shop, "products", made.id)["gtin"] == code
    (done,) = shop.write("products", [Write(made.key, {"gtin": None}, {"sku": made.key}, id=made.id)])
    assert (done.outcome, told(shop, "products", made.id)["gtin"]) == ("done", None)


def test_of_several_variants_only_the_one_that_is_written_changes(medusa: Peer, shop: Exchange):
    """Medusa deletes a product's variants that an update does not name."""
    skus = [f"SHIRT-{uuid.uuid4().hex[:6]}-{size}" for size in "SML"]
    sizes: list[dict[str, Any]] = [{"sku": sku, "title": sku, "options": {"Size": sku}} for sku in skus]
    prices = [{"amount": 10, "currency_code": "eur"}]
    shirt = {"title": skus[0].rpartition("-")[0], "options": [{"title": "Size", "values": skus}]}
    admin(medusa, "products", shirt | {"variants": [each | {"prices": prices} for each in sizes]})
    ids = {sku: shop.find("products", [Write(sku, {}, {"sku": sku}, reference="none")])[sku][0] for sku in skus}
    before = {sku: told(shop, "products", id_) for sku, id_ in ids.items()}
    assert [before[sku]["options"] for sku in skus] == [{"Size": sku} for sku in skus]
    small, medium, large = skus

    list(shop.write("products", [Write(small, {"name": "New"}, {"sku": small}, id=ids[small])]))
    assert {sku: told(shop, "products", id_) for sku, id_ in ids.items()} == {
        **before,
        small: {**before[small], "name": "New"},
    }
    links = {"products": ids}
    new = [Write(sku, {"amount": "0.10"}, {"sku": sku, "amount": "0.10", **EUROS}, links=links) for sku in skus[:2]]
    assert [each.outcome for each in shop.write("prices", new)] == ["done", "done"]
    assert [told(shop, "prices", f"{ids[sku]}|EUR")["amount"] for sku in skus] == ["0.10", "0.10", "10.00"]
    (hidden,) = shop.write("products", [Write(large, {"active": False}, {"sku": large}, id=ids[large])])
    assert (hidden.outcome, "cannot hide one of several variants" in hidden.message) == ("refused", True)
    list(shop.write("products", [Write(medium, {}, {"sku": medium}, id=ids[medium], remove=True)]))
    assert {each.id for each in shop.fetch("products", list(ids.values()))} == {ids[small], ids[large]}
    (again,) = shop.write("products", [product(sku=medium)])
    assert again.outcome == "done", again.message


def test_what_is_removed_is_gone_and_may_be_removed_again(shop: Exchange):
    (made,) = shop.write("products", [product()])
    for _ in range(2):
        (done,) = shop.write("products", [Write(made.key, {}, {"sku": made.key}, id=made.id, remove=True)])
        assert done.outcome in ("done", "gone")
    assert shop.fetch("products", [made.id or ""]) == []
    (late,) = shop.write("products", [Write(made.key, {"name": "x"}, {"sku": made.key}, id=made.id)])
    assert late.outcome == "gone"


def test_a_price_leaves_all_other_prices(medusa: Peer, shop: Exchange):
    """Medusa replaces the whole list of a variant's prices: those of regions, quantities and other currencies stay."""
    (made,) = shop.write("products", [product()])
    variant = (made.id or "").rpartition("|")[2]
    (row,) = admin(medusa, f"product-variants?id={variant}&fields=id,product_id")["variants"]
    others = [
        {"amount": 85, "currency_code": "pln"},
        {"amount": 9, "currency_code": "eur", "min_quantity": 10},
        {"amount": 8, "currency_code": "eur", "rules": {"region_id": medusa["region"]}},
    ]
    path = f"products/{row['product_id']}/variants/{variant}"
    admin(medusa, path, {"prices": [*others, {"amount": 10, "currency_code": "eur"}]})
    (done,) = shop.write("prices", [put("prices", made, amount="19.99", **EUROS)])
    assert told(shop, "prices", done.id)["amount"] == "19.99"
    prices = admin(medusa, f"{path}?fields=id,*prices,prices.price_rules.attribute,prices.price_rules.value")["variant"]
    assert sorted(price["amount"] for price in prices["prices"]) == [8, 9, 19.99, 85]
    assert [price["rules"] for price in prices["prices"] if price["amount"] == 8] == [{"region_id": medusa["region"]}]


def test_prices_that_the_shop_would_misunderstand_are_refused(shop: Exchange):
    (made,) = shop.write("products", [product()])
    for more in ({"tax_included": True}, {"minimum_quantity": "5"}, {"valid_from": "2027-01-01"}):
        (refused,) = shop.write("prices", [put("prices", made, amount="1.00", **EUROS, **more)])
        assert refused.outcome == "refused"
        assert refused.cause.endswith("not-possible")
    assert [each for each in read(shop, "prices")[0] if each.startswith(made.id or "-")] == []


def test_s05_stock_stands_for_what_is_available_whatever_is_ordered(medusa: Peer, shop: Exchange):
    made = for_sale(shop)
    place_order(medusa, [(made.key, 3)], "s05@example.com")
    assert told(shop, "stock", made.id)["available"] == "7"
    for available in ("20", "0"):
        list(shop.write("stock", [put("stock", made, available=available)]))
        assert told(shop, "stock", made.id)["available"] == available


def test_orders_come_after_their_customers(medusa: Peer, shop: Exchange):
    order = place_order(medusa, [(for_sale(shop).key, 2)], "first@example.com")
    seen: dict[str, Document] = {}
    for page in shop.read("orders", None, full=True):
        found = {each.id: each for each in page.documents}
        if page.entity == "orders" and order in found:
            change = shop.translate("orders", found[order])
            assert isinstance(change, Change)
            party = change.fields["party"]
            assert shop.fetch("parties", [party]) == [seen[party]]
            return
        seen |= found
    pytest.fail("the order was not read")


def test_what_was_ordered_is_told_with_its_sums(medusa: Peer, shop: Exchange):
    made = for_sale(shop)
    fields = told(shop, "orders", place_order(medusa, [(made.key, 3)], "sums@example.com"))
    assert [(line["sku"], line["quantity"], line["unit_price"]) for line in fields["lines"]] == [
        (made.key, "3", "33.33")
    ]
    assert [charge["amount"] for charge in fields["shipping"]] == ["5.00"]
    assert (fields["totals"]["gross"], fields["email"], fields["status"]) == ("104.99", "sums@example.com", "pending")


def test_s12_a_captured_payment_is_seen_by_the_full_scan_alone(medusa: Peer, shop: Exchange):
    """Medusa does not move the order's `updated_at` then: the reason why a full scan runs beside the delta."""
    order = place_order(medusa, [(for_sale(shop).key, 1)], "paid@example.com")
    raw = admin(medusa, f"orders/{order}?fields=updated_at")["order"]["updated_at"]
    capture(medusa, order)
    assert admin(medusa, f"orders/{order}?fields=updated_at")["order"]["updated_at"] == raw
    assert told(shop, "orders", order)["payment"]["state"] == "paid"


def test_status_tracking_and_invoice_are_told_once(medusa: Peer, shop: Exchange):
    order = place_order(medusa, [(for_sale(shop).key, 2)], "sent@example.com")
    record = {
        "status": "shipped",
        "tracking": [{"number": "00359", "carrier": "DPD"}, {"number": "00360"}],
        "invoice": "2026/17",
    }
    for _ in range(2):
        (done,) = shop.write("orders", [Write("o", record, record, id=order)])
        assert done.outcome == "done"
        fields = told(shop, "orders", order)
        assert {name: fields[name] for name in record} == record
    assert len(shop.fetch("orders", [order])[0].raw["fulfillments"]) == 1
    (ended,) = shop.write("orders", [Write("o", {"status": "completed"}, record, id=order)])
    assert (ended.outcome, told(shop, "orders", order)["status"]) == ("done", "completed")


@pytest.mark.parametrize("lost", [b"/fulfillments", b"/shipments"])
def test_a_parcel_whose_answer_is_lost_is_sent_once(
    medusa: Peer, connect_medusa: Connect, new_link: Callable[[int], Link], lost: bytes
):
    shop, link = connect_medusa(), new_link(medusa["port"])
    order = place_order(medusa, [(for_sale(shop).key, 2)], "lost@example.com")
    write = Write("o", {"status": "shipped"}, {}, id=order)
    link.set(Faults(lose_answers=1, to=lost))
    with pytest.raises(Unanswered):
        list(connect_medusa(link.through(medusa.url)).write("orders", [write]))
    (done,) = shop.write("orders", [write])
    assert (done.outcome, told(shop, "orders", order)["status"]) == ("done", "shipped")
    assert len(shop.fetch("orders", [order])[0].raw["fulfillments"]) == 1


def test_a_price_that_medusa_takes_for_nothing_is_refused(shop: Exchange):
    """It rounds what is not more than 0.0001 to 0 (source: `MEDUSA_EPSILON`), for which the product was sold."""
    made = for_sale(shop)
    (refused,) = shop.write("prices", [put("prices", made, amount="0.0001", **EUROS)])
    assert (refused.outcome, told(shop, "prices", f"{made.id}|EUR")["amount"]) == ("refused", "33.33")
    for amount in ("0.0002", "0.00"):
        (done,) = shop.write("prices", [put("prices", made, amount=amount, **EUROS)])
        assert (done.outcome, told(shop, "prices", f"{made.id}|EUR")["amount"]) == ("done", amount)


def test_an_order_that_is_cancelled_stays_so(medusa: Peer, shop: Exchange):
    order = place_order(medusa, [(for_sale(shop).key, 2)], "cancelled@example.com")
    for _ in range(2):
        (done,) = shop.write("orders", [Write("o", {"status": "cancelled"}, {}, id=order)])
        assert (done.outcome, told(shop, "orders", order)["status"]) == ("done", "cancelled")
    (refused,) = shop.write("orders", [Write("o", {"status": "shipped"}, {}, id=order)])
    assert refused.outcome == "refused"


def test_s13_what_was_read_last_is_read_again(shop: Exchange):
    (made,) = shop.write("products", [product()])
    found, since = read(shop, "products")
    assert made.id in found
    assert made.id in read(shop, "products", since)[0]
