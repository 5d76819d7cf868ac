"""The connector for Medusa, on a real one."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import pytest

from adapters.eshop.medusa.connector import MedusaConnector
from adapters.eshop.medusa.options import MedusaOptions
from hub.canonical import ENTITIES
from hub.clock import SystemClock
from hub.connector import Change, Document, Write, Written
from hub.errors import Refused, TryLater, Unanswered
from tests.contract.connector_suite import Sample
from tests.contract.fronted_suite import FrontedContract
from tests.fronts.medusa import CANNOT_HAPPEN, Medusa
from tests.peers import Peer
from tests.peers.faults import Faults, Link
from tests.peers.medusa_shop import admin, capture, place_order

Connect = Callable[..., MedusaConnector]
PRODUCT = {
    "description": "It shines",
    "category": "Lamps > Desk",
    "images": ["https://pictures.example/b.png", "https://pictures.example/a.png"],
    "active": True,
}
EUROS = {"currency": "EUR", "list": "default"}


@pytest.fixture
def connect(medusa: Peer, monkeypatch: pytest.MonkeyPatch) -> Connect:
    """A connector; options may be given, and another address (a link that can fail)."""
    monkeypatch.setenv("SHOP_KEY", medusa["secret_key"])

    def make(**options: Any) -> MedusaConnector:
        names = {"sales_channel": "web", "stock_location": "Main", "shipping_profile": "Goods"}
        given = {"url": medusa.url, "key": "env:SHOP_KEY", **names, **options}
        return MedusaConnector("shop", MedusaOptions.model_validate(given), SystemClock())

    return make


@pytest.fixture
def shop(connect: Connect) -> MedusaConnector:
    return connect()


class TestMedusa(FrontedContract):
    fronts = Medusa
    streams = ("products", "prices", "stock", "parties", "orders")
    samples: ClassVar = {
        "products": Sample(
            lambda token: {"sku": token, "name": "Lampa stojąca", **PRODUCT},
            {"name": "Lantern", "category": "Lanterns", "active": False, "images": []},
        ),
        "prices": Sample(
            lambda token: {"sku": token, "amount": "119.90", "tax_included": False, **EUROS},
            {"amount": "0.10"},
            refused={"tax_included": True},
        ),
        "stock": Sample(lambda token: {"sku": token, "available": "12"}, {"available": "0"}),
    }

    untidy: ClassVar = {"products": {"description": None, "category": None, "images": None}}
    excused: ClassVar = CANNOT_HAPPEN


def product(**fields: Any) -> Write:
    sku = f"M-{uuid.uuid4().hex[:8]}"
    record = {"sku": sku, "name": f"Lampa stojąca {sku}", **PRODUCT, **fields}
    return Write(sku, record, record, reference=f"hub-{sku}")


def put(stream: str, made: Written, **fields: Any) -> Write:
    given = {name: fields[name] for name in ("amount", "available") if name in fields}
    return Write(made.key, given, {"sku": made.key, **fields}, links={"products": {made.key: made.id or ""}})


def told(shop: MedusaConnector, stream: str, id_: str | None) -> Mapping[str, Any]:
    (document,) = shop.fetch(stream, [id_ or ""])
    change = shop.translate(stream, document)
    assert isinstance(change, Change)
    return ENTITIES[stream].valid(change.fields)


def read(shop: MedusaConnector, stream: str, since: Any = None) -> tuple[dict[str, Document], Any]:
    found: dict[str, Document] = {}
    for page in shop.read(stream, since, full=False):
        since = page.checkpoint
        found |= {each.id: each for each in page.documents if page.entity == stream}
    return found, since


def for_sale(shop: MedusaConnector) -> Written:
    """Make a product that can be bought, with ten in stock at 33.33."""
    (made,) = shop.write("products", [product()])
    list(shop.write("prices", [put("prices", made, amount="33.33", **EUROS)]))
    list(shop.write("stock", [put("stock", made, available="10")]))
    return made


def test_the_check_is_good_and_names_what_is_missing(connect: Connect):
    assert all(finding.good for finding in connect().check())
    (finding,) = connect(stock_location="MAG9").check()
    assert (finding.good, "stock location MAG9" in finding.message) == (False, True)


def test_a_location_that_the_channel_cannot_sell_from_is_named(medusa: Peer, connect: Connect):
    name = f"Shed {uuid.uuid4().hex[:6]}"
    admin(medusa, "stock-locations", {"name": name})
    (finding,) = connect(stock_location=name).check()
    assert not finding.good
    assert "connect the sales channel" in (finding.mend or "")


def test_a_product_comes_back_as_it_was_written(shop: MedusaConnector):
    wanted = product()
    (made,) = shop.write("products", [wanted])
    assert made.document == shop.fetch("products", [made.id or ""])[0]
    fields = told(shop, "products", made.id)
    assert {name: fields[name] for name in wanted.record} == wanted.record
    assert shop.find("products", [wanted]) == {wanted.key: [made.id]}


def test_categories_whose_addresses_come_out_alike_are_kept_apart(medusa: Peer, shop: MedusaConnector):
    """Medusa keeps no two categories of one handle, wherever in the tree they are."""
    token = uuid.uuid4().hex[:6]
    paths = [f"{token} > Sale", f"{token} Sale", f"{token} & Sale", f"{token} > Sale!", f"{token} > &"]
    made = [*shop.write("products", [product(category=path) for path in paths[:4]])]
    made += shop.write("products", [product(category=paths[4])])
    assert [told(shop, "products", each.id)["category"] for each in made if each.outcome == "done"] == paths
    found = admin(medusa, "product-categories?fields=handle&limit=10000")["product_categories"]
    handles = [each["handle"] for each in found if token in each["handle"]]
    assert {f"{token}-sale", token} < set(handles)
    assert len(handles) == 6


def test_a_change_leaves_everything_else(shop: MedusaConnector):
    (made,) = shop.write("products", [product()])
    before = told(shop, "products", made.id)
    new = {"name": "New", "images": ["https://pictures.example/c.png"], "category": None}
    (done,) = shop.write("products", [Write(made.key, new, {**before, **new}, id=made.id)])
    assert (done.outcome, told(shop, "products", made.id)) == ("done", {**before, **new})


def test_many_answered_in_another_order_are_told_apart(shop: MedusaConnector):
    wanted = [product() for _ in range(20)]
    made = list(shop.write("products", wanted))
    assert {each.key: told(shop, "products", each.id)["sku"] for each in made} == {
        each.key: each.key for each in wanted
    }


def test_s18_one_that_is_refused_stops_no_other(shop: MedusaConnector):
    (there,) = shop.write("products", [product(gtin="96385074")])
    writes = [product(), product(gtin="96385074"), product(), product()]
    done = {each.key: each for each in shop.write("products", writes)}
    assert [done[each.key].outcome for each in writes] == ["done", "refused", "done", "done"]
    assert "96385074" in done[writes[1].key].message
    list(shop.write("products", [Write(there.key, {}, {"sku": there.key}, id=there.id, remove=True)]))


def test_s06_a_create_whose_answer_is_lost_makes_one(medusa: Peer, connect: Connect, new_link: Callable[[int], Link]):
    wanted, link, shop = product(), new_link(medusa["port"]), connect()
    link.set(Faults(lose_answers=1, to=b"products/batch"))
    with pytest.raises(Unanswered):
        list(connect(url=link.through(medusa.url)).write("products", [wanted]))
    (found,) = shop.find("products", [wanted])[wanted.key]
    assert told(shop, "products", found)["sku"] == wanted.key
    (again,) = shop.write("products", [wanted])
    assert (again.outcome, shop.find("products", [wanted])) == ("refused", {wanted.key: [found]})


def test_of_several_variants_only_the_one_that_is_written_changes(medusa: Peer, shop: MedusaConnector):
    """Medusa deletes a product's variants that an update does not name."""
    skus = [f"SHIRT-{uuid.uuid4().hex[:6]}-{size}" for size in "SML"]
    sizes: list[dict[str, Any]] = [{"sku": sku, "title": sku, "options": {"Size": sku}} for sku in skus]
    prices = [{"amount": 10, "currency_code": "eur"}]
    shirt = {"title": "Shirt", "options": [{"title": "Size", "values": skus}]}
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
    assert (hidden.outcome, hidden.cause) == ("refused", "variant-not-hidden")
    list(shop.write("products", [Write(medium, {}, {"sku": medium}, id=ids[medium], remove=True)]))
    assert {each.id for each in shop.fetch("products", list(ids.values()))} == {ids[small], ids[large]}


def test_what_is_removed_is_gone_and_may_be_removed_again(shop: MedusaConnector):
    (made,) = shop.write("products", [product()])
    for _ in range(2):
        (done,) = shop.write("products", [Write(made.key, {}, {"sku": made.key}, id=made.id, remove=True)])
        assert done.outcome == "done"
    assert shop.fetch("products", [made.id or ""]) == []
    (late,) = shop.write("products", [Write(made.key, {"name": "x"}, {"sku": made.key}, id=made.id)])
    assert late.outcome == "gone"


def test_a_price_leaves_all_other_prices(medusa: Peer, shop: MedusaConnector):
    """Medusa replaces the whole list of a variant's prices: those of regions, quantities and other currencies stay."""
    (made,) = shop.write("products", [product()])
    (row,) = admin(medusa, f"product-variants?id={made.id}&fields=id,product_id")["variants"]
    others = [
        {"amount": 85, "currency_code": "pln"},
        {"amount": 9, "currency_code": "eur", "min_quantity": 10},
        {"amount": 8, "currency_code": "eur", "rules": {"region_id": medusa["region"]}},
    ]
    path = f"products/{row['product_id']}/variants/{made.id}"
    admin(medusa, path, {"prices": [*others, {"amount": 10, "currency_code": "eur"}]})
    (done,) = shop.write("prices", [put("prices", made, amount="19.99", **EUROS)])
    assert told(shop, "prices", done.id)["amount"] == "19.99"
    prices = admin(medusa, f"{path}?fields=id,*prices,prices.price_rules.attribute,prices.price_rules.value")["variant"]
    assert sorted(price["amount"] for price in prices["prices"]) == [8, 9, 19.99, 85]
    assert [price["rules"] for price in prices["prices"] if price["amount"] == 8] == [{"region_id": medusa["region"]}]


def test_prices_that_the_shop_would_misunderstand_are_refused(shop: MedusaConnector):
    (made,) = shop.write("products", [product()])
    for more in ({"tax_included": True}, {"minimum_quantity": "5"}, {"valid_from": "2027-01-01"}):
        (refused,) = shop.write("prices", [put("prices", made, amount="1.00", **EUROS, **more)])
        assert (refused.outcome, refused.cause) == ("refused", "price-not-possible")
    assert [each for each in read(shop, "prices")[0] if each.startswith(made.id or "-")] == []


def test_s05_stock_stands_for_what_is_available_whatever_is_ordered(medusa: Peer, shop: MedusaConnector):
    made = for_sale(shop)
    place_order(medusa, [(made.key, 3)], "s05@example.com")
    assert told(shop, "stock", made.id)["available"] == "7"
    for available in ("20", "0"):
        record = {"sku": made.key, "available": available}
        list(shop.write("stock", [Write(made.key, {"available": available}, record, id=made.id)]))
        assert told(shop, "stock", made.id)["available"] == available


def test_orders_come_after_their_customers(medusa: Peer, shop: MedusaConnector):
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


def test_what_was_ordered_is_told_with_its_sums(medusa: Peer, shop: MedusaConnector):
    made = for_sale(shop)
    fields = told(shop, "orders", place_order(medusa, [(made.key, 3)], "sums@example.com"))
    assert [(line["sku"], line["quantity"], line["unit_price"]) for line in fields["lines"]] == [
        (made.key, "3", "33.33")
    ]
    assert [charge["amount"] for charge in fields["shipping"]] == ["5.00"]
    assert (fields["totals"]["gross"], fields["email"], fields["status"]) == ("104.99", "sums@example.com", "pending")


def test_s12_a_captured_payment_is_seen_by_the_full_scan_alone(medusa: Peer, shop: MedusaConnector):
    """Medusa does not move the order's `updated_at` then: the reason why a full compare runs beside the delta."""
    order = place_order(medusa, [(for_sale(shop).key, 1)], "paid@example.com")
    raw = admin(medusa, f"orders/{order}?fields=updated_at")["order"]["updated_at"]
    capture(medusa, order)
    assert admin(medusa, f"orders/{order}?fields=updated_at")["order"]["updated_at"] == raw
    assert told(shop, "orders", order)["payment"]["state"] == "paid"


def test_status_tracking_and_invoice_are_told_once(medusa: Peer, shop: MedusaConnector):
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
    medusa: Peer, connect: Connect, new_link: Callable[[int], Link], lost: bytes
):
    shop, link = connect(), new_link(medusa["port"])
    order = place_order(medusa, [(for_sale(shop).key, 2)], "lost@example.com")
    write = Write("o", {"status": "shipped"}, {}, id=order)
    link.set(Faults(lose_answers=1, to=lost))
    with pytest.raises(Unanswered):
        list(connect(url=link.through(medusa.url)).write("orders", [write]))
    (done,) = shop.write("orders", [write])
    assert (done.outcome, told(shop, "orders", order)["status"]) == ("done", "shipped")
    assert len(shop.fetch("orders", [order])[0].raw["fulfillments"]) == 1


def test_an_order_that_is_cancelled_stays_so(medusa: Peer, shop: MedusaConnector):
    order = place_order(medusa, [(for_sale(shop).key, 2)], "cancelled@example.com")
    for _ in range(2):
        (done,) = shop.write("orders", [Write("o", {"status": "cancelled"}, {}, id=order)])
        assert (done.outcome, told(shop, "orders", order)["status"]) == ("done", "cancelled")
    (refused,) = shop.write("orders", [Write("o", {"status": "shipped"}, {}, id=order)])
    assert refused.outcome == "refused"


def test_s13_what_was_read_last_is_read_again(shop: MedusaConnector):
    (made,) = shop.write("products", [product()])
    found, since = read(shop, "products")
    assert made.id in found
    assert made.id in read(shop, "products", since)[0]


def test_a_key_that_is_not_accepted_is_said(connect: Connect, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WRONG", "sk_not_this_one")
    shop = connect(key="env:WRONG")
    (finding,) = shop.check()
    assert (finding.good, "[systems.shop]" in finding.message) == (False, True)
    assert "sk_not_this_one" not in finding.message
    with pytest.raises(Refused):
        list(shop.read("orders", None, full=True))


def test_a_shop_that_is_away_is_tried_later(connect: Connect):
    with pytest.raises(TryLater):
        list(connect(url="http://127.0.0.1:9").read("orders", None, full=False))
