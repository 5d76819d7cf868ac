"""The connector for Vendure, on a real one."""

import threading
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, ClassVar

import pytest

from adapters.asking.forms import send
from adapters.eshop.vendure import catalogue, queries, sales
from adapters.eshop.vendure.connector import VendureConnector
from adapters.eshop.vendure.options import VendureOptions
from adapters.reading.pages import instant
from hub.clock import SystemClock
from hub.connector import Change, Document, Write, Written
from hub.errors import Refused, TryLater, Unanswered
from tests.contract.connector_suite import Sample
from tests.contract.fronted_suite import FrontedContract
from tests.fronts.vendure import Vendure
from tests.peers import Peer
from tests.peers.faults import Faults, Link
from tests.peers.vendure_shop import place_order

Connect = Callable[..., VendureConnector]
PRODUCT = {"description": "It shines", "category": "Lamps > Desk", "tax_rate": "20", "active": True}


@pytest.fixture
def connect(vendure: Peer, monkeypatch: pytest.MonkeyPatch) -> Connect:
    """A connector; options may be given, and another address (a link that can fail)."""
    monkeypatch.setenv("SHOP_PASSWORD", vendure["password"])

    def make(**options: Any) -> VendureConnector:
        login = {"user": vendure["user"], "password": "env:SHOP_PASSWORD"}
        given = {"url": vendure.url, **login, **options}
        return VendureConnector("shop", VendureOptions.model_validate(given), SystemClock())

    return make


@pytest.fixture
def shop(connect: Connect) -> VendureConnector:
    return connect()


class TestVendure(FrontedContract):
    fronts = Vendure
    streams = ("products", "prices", "stock", "parties", "orders")
    samples: ClassVar = {
        "products": Sample(
            lambda token: {"sku": token, "name": "Lampa stojąca", **PRODUCT},
            {"name": "Lantern", "category": None, "active": False},
            refused={"tax_rate": "7"},
        ),
        "prices": Sample(
            lambda token: {
                "sku": token,
                "amount": "119.90",
                "currency": "EUR",
                "list": "default",
                "tax_included": False,
            },
            {"amount": "0.10"},
        ),
        "stock": Sample(lambda token: {"sku": token, "available": "12"}, {"available": "0"}),
    }

    untidy: ClassVar = {"products": {"description": None, "category": None, "images": None}}
    excused: ClassVar = {
        "s08": "it has webhooks by plugins only",
        "s23": "a session is opened by user and password each time, which do not end",
    }


def product(**fields: Any) -> Write:
    sku = f"V-{uuid.uuid4().hex[:8]}"
    record = {"sku": sku, "name": f"Lampa stojąca {sku}", **PRODUCT, **fields}
    return Write(sku, record, record, reference=f"hub-{sku}")


def put(stream: str, made: Written, **fields: Any) -> Write:
    record = {"sku": made.key, **fields}
    return Write(made.key, fields, record, links={"products": {made.key: made.id or ""}})


def told(shop: VendureConnector, stream: str, id_: str | None) -> Mapping[str, Any]:
    (document,) = shop.fetch(stream, [id_ or ""])
    return said(shop, stream, document)


def said(shop: VendureConnector, stream: str, document: Document) -> Mapping[str, Any]:
    change = shop.translate(stream, document)
    assert isinstance(change, Change), change
    return change.fields


def delta(shop: VendureConnector, stream: str, since: Any) -> tuple[list[Document], Any]:
    found: list[Document] = []
    for page in shop.read(stream, since, full=False):
        since = page.checkpoint
        if page.entity == stream:
            found += page.documents
    return found, since


def for_sale(shop: VendureConnector) -> str:
    """Make a product that can be bought, with ten in stock at 33.33; returns its SKU."""
    (made,) = shop.write("products", [product()])
    list(shop.write("prices", [put("prices", made, amount="33.33", currency="EUR", list="default")]))
    list(shop.write("stock", [put("stock", made, available="10")]))
    return made.key


def order_of(shop: VendureConnector, code: str) -> Document:
    found = [each for each in delta(shop, "orders", None)[0] if each.raw["number"] == code]
    return found[-1]


def test_a_product_comes_back_as_it_was_written(shop: VendureConnector):
    wanted = product()
    (made,) = shop.write("products", [wanted])
    assert made.document == shop.fetch("products", [made.id or ""])[0]
    fields = told(shop, "products", made.id)
    assert {name: fields[name] for name in wanted.record} == wanted.record


def test_a_change_leaves_everything_else(shop: VendureConnector):
    (made,) = shop.write("products", [product()])
    before = told(shop, "products", made.id)
    (done,) = shop.write("products", [Write(made.key, {"name": "New"}, {**before, "name": "New"}, id=made.id)])
    assert (done.outcome, told(shop, "products", made.id)) == ("done", {**before, "name": "New"})
    assert said(shop, "products", done.document or Document("", {}))["name"] == "New"


def test_a_product_may_have_no_category_any_more(shop: VendureConnector):
    (made,) = shop.write("products", [product()])
    list(shop.write("products", [Write(made.key, {"category": None}, {}, id=made.id)]))
    assert told(shop, "products", made.id)["category"] is None


def test_s06_an_article_without_its_variant_is_completed(shop: VendureConnector):
    wanted = product()
    half = {
        "translations": [{"languageCode": "en", "name": "x", "slug": f"x-{catalogue.mark(wanted)}", "description": ""}]
    }
    send(shop.system.ask, "mutation", [queries.CREATE_ARTICLE(input=half)])
    assert shop.find("products", [wanted]) == {wanted.key: []}
    (made,) = shop.write("products", [wanted])
    article = (made.document or Document("", {})).raw["article"]["id"]
    assert shop.find("products", [wanted]) == {wanted.key: [made.id]}
    found = shop.system.ask(queries.SEARCH, skus=[wanted.key], slugs=[{"slug": {"contains": catalogue.mark(wanted)}}])
    assert [each["id"] for each in found["bySlug"]["items"]] == [article]


def test_s06_a_create_that_is_repeated_makes_one(shop: VendureConnector):
    wanted = product()
    (first,) = shop.write("products", [wanted])
    (second,) = shop.write("products", [wanted])
    assert (first.id, second.outcome) == (second.id, "done")


@pytest.mark.parametrize("lost", [b"createProduct(", b"createProductVariants("])
def test_s06_a_create_whose_answer_is_lost_makes_one(
    vendure: Peer, connect: Connect, new_link: Callable[[int], Link], lost: bytes
):
    wanted, link = product(), new_link(vendure["port"])
    link.set(Faults(lose_answers=1, to=lost))
    with pytest.raises(Unanswered):
        list(connect(url=link.through(vendure.url)).write("products", [wanted]))
    shop = connect()
    found = shop.find("products", [wanted])[wanted.key]
    (made,) = shop.write("products", [wanted])
    assert found == ([] if lost == b"createProduct(" else [made.id])
    assert shop.find("products", [wanted])[wanted.key] == [made.id]


def test_s18_one_that_is_refused_stops_no_other(shop: VendureConnector):
    writes = [product(), product(tax_rate="7"), product(), product()]
    done = {each.key: each for each in shop.write("products", writes)}
    assert [done[each.key].outcome for each in writes] == ["done", "refused", "done", "done"]
    assert "no rate of 7 %" in done[writes[1].key].message
    again = {each.key: each.id for each in shop.write("products", writes)}
    assert again == {each.key: each.id for each in done.values()}


def test_two_of_one_sku_are_not_guessed_between(shop: VendureConnector):
    wanted = product()
    list(shop.write("products", [wanted]))
    double = Write(wanted.key, wanted.fields, wanted.record, reference=f"other-{wanted.key}")
    article = {"languageCode": "en", "name": "x", "slug": wanted.key, "description": ""}
    (made,) = send(shop.system.ask, "mutation", [queries.CREATE_ARTICLE(input={"translations": [article]})])
    variant = {"productId": made["id"], "sku": wanted.key, "translations": [{"languageCode": "en", "name": "x"}]}
    shop.system.ask(queries.CREATE_VARIANTS, v=[variant])
    assert len(shop.find("products", [double])[wanted.key]) == 2
    (refused,) = shop.write("products", [double])
    assert (refused.outcome, refused.cause) == ("refused", "double")


def test_what_is_removed_is_gone_and_may_be_removed_again(shop: VendureConnector):
    (made,) = shop.write("products", [product()])
    remove = Write(made.key, {}, {}, id=made.id, remove=True)
    for _ in range(2):
        (done,) = shop.write("products", [remove])
        assert done.outcome == "done"
    assert shop.fetch("products", [made.id or ""]) == []
    (late,) = shop.write("products", [Write(made.key, {"name": "x"}, {"sku": made.key}, id=made.id)])
    assert late.outcome == "gone"


def test_a_price_is_told_as_the_channel_keeps_it(shop: VendureConnector):
    (made,) = shop.write("products", [product()])
    gross = put("prices", made, amount="19.99", currency="EUR", list="default", tax_included=True)
    (done,) = shop.write("prices", [gross])
    fields = told(shop, "prices", done.id)
    assert (done.id, fields["amount"], fields["tax_included"]) == (f"{made.id}|EUR", "16.66", False)


def test_a_price_in_a_currency_that_the_shop_does_not_have_is_refused(shop: VendureConnector):
    one, other = shop.write("products", [product(), product()])
    prices = [put("prices", one, amount="1.00", currency="USD"), put("prices", other, amount="2.00", currency="EUR")]
    done = {each.key: each for each in shop.write("prices", prices)}
    assert (done[one.key].outcome, done[other.key].outcome) == ("refused", "done")
    assert "USD" in done[one.key].message


def test_s05_stock_stands_for_what_is_available_whatever_is_ordered(vendure: Peer, shop: VendureConnector):
    sku = for_sale(shop)
    place_order(vendure, {sku: 3}, "s05@example.com")
    (id_,) = shop.find("products", [Write(sku, {}, {"sku": sku})])[sku]
    assert told(shop, "stock", id_)["available"] == "7"
    list(shop.write("stock", [Write(sku, {"available": "20.5"}, {"sku": sku, "available": "20.5"}, id=id_)]))
    assert told(shop, "stock", id_)["available"] == "20"
    (raw,) = shop.fetch("stock", [id_])
    assert raw.raw["levels"] == [{"stockOnHand": 23, "stockAllocated": 3}]


def test_s12_an_order_is_read_although_placing_it_moves_no_mark(vendure: Peer, shop: VendureConnector):
    """Vendure's `updatedAt` of an order is of its basket's last change."""
    sku = for_sale(shop)
    code = place_order(vendure, {sku: 1}, "s12@example.com")
    raw = shop.system.ask(sales.ORDERS.query, options={"filter": {"code": {"eq": code}}})["list"]["items"][0]
    later = (instant(raw["updatedAt"]) + timedelta(hours=1)).isoformat()
    placed = {"mark": (instant(raw["orderPlacedAt"]) - timedelta(seconds=1)).isoformat()}
    found, _ = delta(shop, "orders", {"placed": placed, "changed": {"mark": later}, "open": {"mark": later}})
    assert code in [each.raw["number"] for each in found]


def test_an_order_that_is_paid_later_is_read_again(vendure: Peer, shop: VendureConnector):
    sku = for_sale(shop)
    order = order_of(shop, place_order(vendure, {sku: 1}, "later@example.com", payment=pay_later(shop)))
    _, since = delta(shop, "orders", None)
    assert said(shop, "orders", order)["payment"]["state"] == "authorised"
    payment = shop.system.ask("query($id:ID!){order(id:$id){payments{id}}}", id=order.id)["order"]["payments"][0]["id"]
    shop.system.ask("mutation($id:ID!){settlePayment(id:$id){...on ErrorResult{errorCode message}}}", id=payment)
    states = {each.id: said(shop, "orders", each)["payment"]["state"] for each in delta(shop, "orders", since)[0]}
    assert states[order.id] == "paid"


def pay_later(shop: VendureConnector) -> str:
    """Let there be a way to pay that only authorises; returns its code."""
    code = f"later-{uuid.uuid4().hex[:6]}"
    handler = {"code": "dummy-payment-handler", "arguments": [{"name": "automaticSettle", "value": "false"}]}
    text = {"languageCode": "en", "name": "Later", "description": ""}
    given = {"code": code, "enabled": True, "handler": handler, "translations": [text]}
    shop.system.ask("mutation($input:CreatePaymentMethodInput!){createPaymentMethod(input:$input){id}}", input=given)
    return code


def test_orders_come_after_their_customers(vendure: Peer, shop: VendureConnector):
    code = place_order(vendure, {for_sale(shop): 2}, "first@example.com")
    seen: list[str] = []
    for page in shop.read("orders", None, full=True):
        for each in page.documents:
            if page.entity == "orders" and each.raw["number"] == code:
                assert said(shop, "orders", each)["party"] in seen
                return
            seen += [each.id] if page.entity == "parties" else []
    pytest.fail("the order was not read")


def test_a_customer_with_an_order_is_as_the_stream_of_parties_has_it(vendure: Peer, shop: VendureConnector):
    place_order(vendure, {for_sale(shop): 1}, "same@example.com")
    pages = [page for page in shop.read("orders", None, full=True) if page.entity == "parties"]
    shown = {each.id: each for page in pages for each in page.documents}
    there = {each.id: each for each in shop.fetch("parties", list(shown))}
    assert "same@example.com" in [each.raw["email"] for each in there.values()]
    assert {id_: shown[id_] for id_ in there} == there  # one that was deleted since is in its orders alone


def test_status_tracking_and_invoice_are_told_once(vendure: Peer, shop: VendureConnector):
    order = order_of(shop, place_order(vendure, {for_sale(shop): 2}, "sent@example.com"))
    parcels = [{"number": "00359", "carrier": "DPD"}, {"number": "00360"}]
    record = {"status": "shipped", "tracking": parcels, "invoice": "2026/17"}
    for _ in range(2):
        (done,) = shop.write("orders", [Write("o", record, record, id=order.id)])
        assert done.outcome == "done"
        fields = told(shop, "orders", order.id)
        assert {name: fields[name] for name in record} == record
    (document,) = shop.fetch("orders", [order.id])
    assert len(document.raw["fulfillments"]) == 1
    assert len(document.raw["history"]["items"]) == len(parcels) + 1


def test_a_parcel_that_is_told_late_is_shown(vendure: Peer, shop: VendureConnector):
    order = order_of(shop, place_order(vendure, {for_sale(shop): 2}, "late@example.com"))
    list(shop.write("orders", [Write("o", {"status": "completed"}, {"status": "completed"}, id=order.id)]))
    parcel = {"number": "77", "carrier": "DHL Express"}
    list(shop.write("orders", [Write("o", {"tracking": [parcel]}, {"tracking": [parcel]}, id=order.id)]))
    fields = told(shop, "orders", order.id)
    assert (fields["status"], fields["tracking"]) == ("completed", [parcel])


def test_an_order_that_the_shop_has_cancelled_cannot_be_shipped(vendure: Peer, shop: VendureConnector):
    order = order_of(shop, place_order(vendure, {for_sale(shop): 2}, "cancelled@example.com"))
    for _ in range(2):
        (done,) = shop.write("orders", [Write("o", {"status": "cancelled"}, {}, id=order.id)])
        assert (done.outcome, told(shop, "orders", order.id)["status"]) == ("done", "cancelled")
    (refused,) = shop.write("orders", [Write("o", {"status": "shipped"}, {}, id=order.id)])
    assert (refused.outcome, refused.cause) == ("refused", "cancelled")


def test_a_change_of_the_article_alone_is_read(shop: VendureConnector):
    (made,) = shop.write("products", [product()])
    _, since = delta(shop, "products", None)
    text = {"languageCode": "en", "description": "Changed by hand"}
    article = (made.document or Document("", {})).raw["article"]["id"]
    shop.system.ask(queries.UPDATE_PRODUCTS, a=[{"id": article, "translations": [text]}], v=[])
    found = {each.id: each for each in delta(shop, "products", since)[0]}
    assert said(shop, "products", found[made.id or ""])["description"] == "Changed by hand"


def test_what_the_staff_calls_an_article_or_its_only_variant_is_seen_and_written_over(shop: VendureConnector):
    """The name of the product's page was not looked at: what somebody called it there stayed, and nobody was told."""
    (made,) = shop.write("products", [product()])
    (row,) = shop.fetch("products", [made.id or ""])
    ours, texts = told(shop, "products", made.id), {"languageCode": "en", "name": "Otherwise"}
    at = {"updateProducts": row.raw["article"]["id"], "updateProductVariants": made.id}
    for mutation, id_ in at.items():
        name = mutation.removeprefix("u").removesuffix("s")
        query = f"mutation($it:[U{name}Input!]!){{{mutation}(input:$it){{id}}}}"
        shop.system.ask(query, it=[{"id": id_, "translations": [texts]}])
        assert "Otherwise" in told(shop, "products", made.id)["name"]
        (done,) = shop.write("products", [Write(made.key, {"name": ours["name"]}, ours, id=made.id)])
        assert (done.outcome, told(shop, "products", made.id)) == ("done", ours)


def test_s13_what_was_read_last_is_read_again(shop: VendureConnector):
    (made,) = shop.write("products", [product()])
    _, since = delta(shop, "products", None)
    assert made.id in [each.id for each in delta(shop, "products", since)[0]]


def test_a_session_that_has_ended_is_opened_again_once_for_all_threads(shop: VendureConnector):
    shop.check()
    shop.system.session.token = "ended"
    threads = [threading.Thread(target=shop.check) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert shop.system.session.token != "ended"
    assert all(finding.good for finding in shop.check())


def test_a_wrong_login_says_where_to_mend_it(connect: Connect, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WRONG", "not-this-one")
    shop = connect(password="env:WRONG")
    (finding,) = shop.check()
    assert not finding.good
    assert "[systems.shop]" in finding.message
    assert "not-this-one" not in finding.message
    with pytest.raises(Refused):
        list(shop.read("orders", None, full=True))


def test_a_shop_that_is_away_is_tried_later(connect: Connect):
    shop = connect(url="http://127.0.0.1:9")
    with pytest.raises(TryLater):
        list(shop.read("orders", None, full=False))
