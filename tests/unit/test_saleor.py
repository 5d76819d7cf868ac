"""Saleor: what only it has, on the fake of it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from adapters.asking.http import KeyRefused
from adapters.eshop.saleor.connector import SaleorConnector
from hub.canonical import ENTITIES
from hub.connector import Change, Write, Written
from hub.errors import TryLater, Unanswered
from tests.fakes.saleor import Saleor, orders
from tests.fakes.saleor.asking import gid, money, number, taxed
from tests.fakes.server import Answer, Asked, Reply


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Saleor]:
    fake = Saleor()
    for name, value in fake.environment.items():
        monkeypatch.setenv(name, value)
    yield fake
    fake.close()


@pytest.fixture
def shop(fake: Saleor) -> SaleorConnector:
    return fake.connect()


def told(shop: SaleorConnector, stream: str, id_: str) -> dict[str, Any]:
    """Return what a record says, valid."""
    (document,) = shop.fetch(stream, [id_])
    change = shop.translate(stream, document)
    assert isinstance(change, Change), change
    return ENTITIES[stream].valid(change.fields)


def write(shop: SaleorConnector, stream: str, write: Write) -> Written:
    (written,) = shop.write(stream, [write])
    return written


def forward(shop: SaleorConnector, id_: str, **fields: Any) -> Written:
    return write(shop, "orders", Write("k", fields, fields, id=id_))


def order(fake: Saleor, **values: Any) -> str:
    """Place an order with other values."""
    id_, _ = fake.place_order(fake.clock.now())
    fake.orders.records[number(id_, "Order")].values.update(values)
    return id_


def new(**fields: Any) -> Write:
    record = {"sku": "T-1", "name": "Lamp", **fields}
    return Write("k", record, record, reference="hub-T-1")


def product_of(fake: Saleor, id_: str) -> dict[str, Any]:
    variant = fake.variants.records[number(id_, "ProductVariant")]
    return fake.products.records[variant.values["product"]].values


# Keys


@pytest.mark.parametrize("stream", ["products", "prices", "stock", "parties", "orders"])
def test_s16_a_token_that_is_too_weak_is_no_empty_shop(fake: Saleor, shop: SaleorConnector, stream: str):
    """Without the right, products come as visitors see them, and without an error."""
    fake.add(stream)
    fake.permissions = frozenset(["HANDLE_PAYMENTS"])
    with pytest.raises(KeyRefused, match=r"MANAGE_\w+"):
        list(shop.read(stream, None, full=True))
    (finding,) = shop.check()
    assert not finding.good
    assert "MANAGE_PRODUCTS" in finding.message


@pytest.mark.parametrize("option", ["channel", "warehouse", "product_type"])
def test_what_the_options_name_has_to_be_there(fake: Saleor, option: str):
    (finding,) = fake.connect(**{option: "nowhere"}).check()
    assert not finding.good
    assert "nowhere" in finding.message


def test_a_good_token_reads_all(shop: SaleorConnector):
    (finding,) = shop.check()
    assert finding.good, finding


def broken(_asked: Asked, _answer: Answer) -> Reply:
    error = {"message": "Internal Server Error", "extensions": {"exception": {"code": "OperationalError"}}}
    return Reply(200, {"errors": [error], "data": None})


def test_s06_a_fault_of_the_shops_own_may_have_carried_a_write_out(fake: Saleor, shop: SaleorConnector):
    fake.server.misbehave(broken, to=fake.creates["products"])
    with pytest.raises(Unanswered):
        list(shop.write("products", [new()]))
    fake.server.misbehave(broken, to=fake.lists["orders"])
    with pytest.raises(TryLater):
        list(shop.read("orders", None, full=True))


def test_a_query_that_costs_too_much_is_said(fake: Saleor, shop: SaleorConnector):
    def refused(_asked: Asked, _answer: Answer) -> Reply:
        message = "The query exceeds the maximum cost of 100. Actual cost is 2500"
        return Reply(400, {"errors": [{"message": message, "extensions": {"exception": {"code": "QueryCostError"}}}]})

    fake.server.misbehave(refused, to=fake.lists["products"], times=-1)
    assert "maximum cost" in shop.check()[0].message


# Products


def varied(fake: Saleor) -> list[str]:
    """Add products until one has two variants; return these."""
    for _ in range(60):
        id_ = fake.add("products")
        variants = fake.variants_of(fake.variants.records[number(id_, "ProductVariant")].values["product"])
        if len(variants) == 2:
            return [gid("ProductVariant", each.id) for each in variants]
    raise AssertionError


def test_several_variants_are_products_of_one_family(fake: Saleor, shop: SaleorConnector):
    small, large = (told(shop, "products", id_) for id_ in varied(fake))
    assert small["variant_of"] == large["variant_of"]
    assert (small["options"], large["options"]) == ({"Size": "S"}, {"Size": "L"})
    assert small["name"] == large["name"], "variants that have no name of their own are called by their SKU there"


def test_one_of_several_variants_keeps_its_articles_name(fake: Saleor, shop: SaleorConnector):
    first, _ = varied(fake)
    before = product_of(fake, first)["name"]
    assert write(shop, "products", Write("k", {"name": "X", "weight": "3"}, {}, id=first)).outcome == "done"
    assert (product_of(fake, first)["name"], told(shop, "products", first)["weight"]) == (before, "3")
    refused = write(shop, "products", Write("k", {"active": False}, {}, id=first))
    assert (refused.outcome, refused.cause) == ("refused", "variant-not-hidden")


def test_the_last_variant_takes_its_article_along(fake: Saleor, shop: SaleorConnector):
    first, second = varied(fake)
    articles = len(fake.products.records)
    for id_, left in ((first, articles), (second, articles - 1)):
        assert write(shop, "products", Write("k", {}, {}, id=id_, remove=True)).outcome == "done"
        assert len(fake.products.records) == left


def test_s12_a_change_of_an_article_is_seen_at_its_variants(fake: Saleor, shop: SaleorConnector):
    id_ = fake.add("products")
    fake.clock.move(hours=1)
    fake.add("products")  # so that the mark is beyond the first one's
    since = [*shop.read("products", None, full=False)][-1].checkpoint
    fake.clock.move(hours=1)
    key = fake.variants.records[number(id_, "ProductVariant")].values["product"]
    fake.products.change(key, {"name": "Lantern"})
    found = [each for page in shop.read("products", since, full=False) for each in page.documents]
    assert [each.raw["product"]["name"] for each in found if each.id == id_] == ["Lantern"]


def test_a_category_is_known_by_its_path_whichever_is_older(fake: Saleor, shop: SaleorConnector):
    desk = fake.categories.add({"name": "Desk", "parent": None})
    lamps = fake.categories.add({"name": "Lamps", "parent": None})
    led = fake.categories.add({"name": "LED", "parent": desk.id})
    desk.values["parent"] = lamps.id
    done = write(shop, "products", new(category="Lamps > Desk > LED"))
    assert told(shop, "products", str(done.id))["category"] == "Lamps > Desk > LED"
    assert product_of(fake, str(done.id))["category"] == led.id
    assert len(fake.categories.records) == 3


def test_what_has_no_category_cannot_be_published_later(fake: Saleor, shop: SaleorConnector):
    done = write(shop, "products", new(active=False))
    refused = write(shop, "products", Write("k", {"active": True}, {}, id=done.id))
    assert (refused.outcome, refused.cause) == ("refused", "product-without-category")


def test_a_new_product_is_listed_in_our_channel_only(fake: Saleor, shop: SaleorConnector):
    done = write(shop, "products", new())
    listings = product_of(fake, str(done.id))["listings"]
    assert [*listings] == [1]
    assert all(listings[1].values())
    assert product_of(fake, str(done.id))["type"] == 2


def test_s18_a_sku_that_is_taken_is_said(fake: Saleor, shop: SaleorConnector):
    taken = fake.variants.records[number(fake.add("products"), "ProductVariant")].values["sku"]
    done, refused = shop.write("products", [new(), Write("j", {}, {"sku": taken}, reference="hub-2")])
    assert {done.outcome, refused.outcome} == {"done", "refused"}
    assert "unique" in (done.cause, refused.cause)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Plain.\n\nTwo", "<p>Plain.</p><p>Two</p>"),
        ("<h3>A</h3>b<ol><li>1</li><li>2</li></ol>", "<h3>A</h3><p>b</p><ol><li>1</li><li>2</li></ol>"),
        ("", None),
    ],
)
def test_descriptions_are_blocks_there(fake: Saleor, shop: SaleorConnector, text: str, shown: str | None):
    done = write(shop, "products", new(description=text))
    assert told(shop, "products", str(done.id)).get("description") == shown


def test_blocks_that_say_nothing_are_left_out(fake: Saleor, shop: SaleorConnector):
    id_ = fake.add("products")
    nested = {"style": "unordered", "items": [{"content": "a", "items": []}]}
    blocks = [
        {"type": "image", "data": {"file": {"url": "https://x.example/a.png"}}},
        {"type": "quote", "data": {"text": "q"}},
        {"type": "list", "data": nested},
    ]
    product_of(fake, id_)["description"] = json.dumps({"blocks": blocks})
    assert told(shop, "products", id_)["description"] == "<blockquote>q</blockquote><ul><li>a</li></ul>"


# Prices and stock


def price(fake: Saleor, **fields: Any) -> Write:
    id_ = fake.add("products")
    record = {"sku": "x", "currency": "PLN", "amount": "12.30", "tax_included": True, **fields}
    return Write("k", record, record, links={"products": {"x": id_}})


def test_a_price_of_another_channel_is_not_ours(fake: Saleor, shop: SaleorConnector):
    wanted = price(fake)
    done = write(shop, "prices", wanted)
    assert done.outcome == "done"
    key = number(wanted.links["products"]["x"], "ProductVariant")
    assert fake.variants.records[key].values["prices"] == {1: 12.3, 2: 2.5}
    assert told(shop, "prices", str(done.id))["amount"] == "12.30"


@pytest.mark.parametrize("fields", [{"currency": "EUR"}, {"tax_included": False}, {"minimum_quantity": "10"}])
def test_a_price_that_the_channel_cannot_hold_is_refused(fake: Saleor, shop: SaleorConnector, fields: dict[str, Any]):
    assert write(shop, "prices", price(fake, **fields)).cause == "price-not-possible"


def test_a_price_of_what_is_not_in_the_channel_is_refused_in_its_words(fake: Saleor, shop: SaleorConnector):
    wanted = price(fake)
    product_of(fake, wanted.links["products"]["x"])["listings"].clear()
    refused = write(shop, "prices", wanted)
    assert (refused.outcome, refused.cause) == ("refused", "product-not-assigned-to-channel")


def test_stock_lies_beside_what_orders_hold(fake: Saleor, shop: SaleorConnector):
    id_ = fake.add("products")
    assert told(shop, "stock", id_)["available"] == "5", "seven lie there, two are held"
    record = {"sku": "x", "available": "10.9"}
    assert write(shop, "stock", Write("k", record, record, links={"products": {"x": id_}})).outcome == "done"
    assert fake.variants.records[number(id_, "ProductVariant")].values["stocks"] == {1: (12, 2), 2: (70, 0)}
    assert told(shop, "stock", id_)["available"] == "10"


# Orders


@pytest.mark.parametrize(
    ("theirs", "charged", "ours"),
    [
        ("UNCONFIRMED", "NONE", "pending"),
        ("UNFULFILLED", "FULL", "confirmed"),
        ("PARTIALLY_FULFILLED", "FULL", "processing"),
        ("FULFILLED", "NONE", "shipped"),
        ("FULFILLED", "OVERCHARGED", "completed"),
        ("PARTIALLY_RETURNED", "FULL", "shipped"),
        ("RETURNED", "FULL", "completed"),
        ("CANCELED", "NONE", "cancelled"),
        ("EXPIRED", "NONE", "cancelled"),
    ],
)
def test_how_far_an_order_has_come(fake: Saleor, shop: SaleorConnector, theirs: str, charged: str, ours: str):
    assert told(shop, "orders", order(fake, status=theirs, chargeStatus=charged))["status"] == ours


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"chargeStatus": "FULL"}, "paid"),
        ({"chargeStatus": "PARTIAL", "authorizeStatus": "PARTIAL"}, "unpaid"),
        ({"chargeStatus": "NONE", "authorizeStatus": "FULL"}, "authorised"),
        ({"chargeStatus": "NONE", "authorizeStatus": "NONE", "paymentStatus": "FULLY_REFUNDED"}, "refunded"),
        ({"chargeStatus": "PARTIAL", "paymentStatus": "PARTIALLY_REFUNDED"}, "paid"),
    ],
)
def test_how_far_an_order_is_paid(fake: Saleor, shop: SaleorConnector, values: dict[str, Any], state: str):
    assert told(shop, "orders", order(fake, **values))["payment"]["state"] == state


def transaction(fake: Saleor, charged: float, authorised: float, back: float = 0.0) -> dict[str, Any]:
    told = {"id": "VA==", "name": "Credit card", "pspReference": "pi_1", "createdAt": fake.clock.now().isoformat()}
    amounts = {"chargedAmount": charged, "authorizedAmount": authorised, "refundedAmount": back}
    return {**told, **{name: money(amount) for name, amount in amounts.items()}}


def test_transactions_of_payment_apps_are_payments(fake: Saleor, shop: SaleorConnector):
    failed = {**transaction(fake, 0.0, 0.0), "name": "Voucher"}
    id_ = order(fake, transactions=[transaction(fake, 18.44, 0.0), failed], payments=[])
    payment = told(shop, "orders", id_)["payment"]
    assert (payment["state"], payment["method"], payment["reference"]) == ("paid", "Credit card", "pi_1")
    assert payment["paid_at"]


def test_what_is_only_authorised_is_not_paid_yet(fake: Saleor, shop: SaleorConnector):
    given = [transaction(fake, 0.0, 18.44)]
    id_ = order(fake, transactions=given, payments=[], chargeStatus="NONE", authorizeStatus="FULL")
    payment = told(shop, "orders", id_)["payment"]
    assert (payment["state"], payment.get("paid_at")) == ("authorised", None)


@pytest.mark.parametrize(("theirs", "ours"), [("UNFULFILLED", "cancelled"), ("FULFILLED", "shipped")])
def test_an_order_whose_money_is_all_given_back_before_it_is_sent_is_cancelled(
    fake: Saleor, shop: SaleorConnector, theirs: str, ours: str
):
    """Payment apps tell it by their transactions; the payment's status says only that nothing is charged (any more)."""
    given = {"transactions": [transaction(fake, 0.0, 0.0, 18.44)], "payments": [], "paymentStatus": "NOT_CHARGED"}
    fields = told(shop, "orders", order(fake, status=theirs, chargeStatus="NONE", authorizeStatus="NONE", **given))
    assert (fields["status"], fields["payment"]["state"]) == (ours, "refunded")


def test_an_order_whose_lines_are_all_given_back_before_it_is_sent_is_cancelled(fake: Saleor, shop: SaleorConnector):
    id_ = order(fake)
    orders.refund(fake, id_, {0: 1, 1: 1, 2: 1})
    fields = told(shop, "orders", id_)
    assert (fields["status"], len(fields["lines"]), fields["totals"]["gross"]) == ("cancelled", 3, "18.44")


def test_what_is_given_back_before_it_is_sent_is_no_part_of_the_order(fake: Saleor, shop: SaleorConnector):
    """It stays none once the rest is sent: an ERP has the order without it."""
    id_ = order(fake)
    orders.refund(fake, id_, {0: 1}, shipping=True)
    left = told(shop, "orders", id_)
    assert [each["name"] for each in left["lines"]] == ["Bulb", "Candle"]
    assert (left["shipping"], left["totals"]) == ([], {"net": "6.66", "tax": "1.53", "gross": "8.19"})
    assert (left["status"], left["payment"]["state"]) == ("confirmed", "paid")
    fake.clock.move(minutes=5)
    for _ in range(2):
        assert forward(shop, id_, status="shipped", tracking=[{"number": "P-1"}]).outcome == "done"
    refund, parcel = fake.orders.records[number(id_, "Order")].values["fulfillments"]
    assert (refund["trackingNumber"], parcel["trackingNumber"]) == ("", "P-1")
    later = told(shop, "orders", id_)
    assert (later["lines"], later["totals"], later["status"]) == (left["lines"], left["totals"], "shipped")


def test_a_gift_card_is_a_way_to_pay(fake: Saleor, shop: SaleorConnector):
    """Saleor takes it off the total, with tax and without."""
    id_ = order(fake, giftCards=[{"id": gid("GiftCard", 1)}], total=taxed(4.99, 8.44))
    assert told(shop, "orders", id_)["totals"] == {"net": "14.99", "tax": "3.46", "gross": "18.45"}
    orders.refund(fake, id_, {0: 1}, shipping=True)
    assert told(shop, "orders", id_)["totals"]["gross"] == "8.20"


def test_what_is_given_back_in_part_keeps_its_rest(fake: Saleor, shop: SaleorConnector):
    id_ = order(fake)
    line = fake.orders.records[number(id_, "Order")].values["lines"][0]
    line |= {"quantity": 3, "quantityToFulfill": 3, "totalPrice": taxed(9.99, 12.3)}
    orders.refund(fake, id_, {0: 2})
    lamp, *_ = told(shop, "orders", id_)["lines"]
    assert (lamp["quantity"], lamp["gross"], lamp["unit_price"]) == ("1", "4.10", "4.10")


def test_what_is_given_back_after_it_was_sent_stays_in_the_order(fake: Saleor, shop: SaleorConnector):
    """What was sent is moved out of its fulfillment, and that goes."""
    id_ = order(fake)
    assert forward(shop, id_, status="shipped").outcome == "done"
    before = told(shop, "orders", id_)
    (parcel,) = fake.orders.records[number(id_, "Order")].values["fulfillments"]
    parcel["status"] = "REFUNDED"
    fields = told(shop, "orders", id_)
    assert (fields["lines"], fields["totals"]) == (before["lines"], before["totals"])


def test_what_an_order_says(fake: Saleor, shop: SaleorConnector):
    fields = told(shop, "orders", order(fake))
    lamp, _, candle = fields["lines"]
    assert (lamp["name"], candle["name"]) == ("Lamp", "Candle")
    assert (lamp["tax_rate"], lamp["unit_price"], lamp["discount"]) == ("23", "4.10", "1.23")
    assert fields["shipping"] == [{"name": "Kurier", "code": "Kurier", "amount": "6.15", "tax_rate": "23"}]
    assert fields["note"] == "ring twice"
    assert fields["email"].startswith("guest")
    assert fields["party"] == f"guest:{fields['email']}"


def test_a_guest_is_one_party_and_found_by_the_latest_order(fake: Saleor, shop: SaleorConnector):
    """Before, an order without an account named no customer, and no ERP took it."""
    for _ in range(2):
        order(fake, userEmail="Gast@example.com", buyer=None)
        fake.clock.move(minutes=1)
    pages = [page for page in shop.read("orders", None, full=True) if page.entity == "parties"]
    assert {each.id for page in pages for each in page.documents} == {"guest:gast@example.com"}
    party = told(shop, "parties", "guest:gast@example.com")
    assert (party["name"], party["email"], party["customer"]) == ("Jan Żak", "gast@example.com", True)
    assert [(each["city"], each["use"]) for each in party["addresses"]] == [("WARSZAWA", "billing")]
    assert shop.fetch("parties", ["guest:gas@example.com"]) == []


def test_an_order_of_another_channel_is_not_ours(fake: Saleor):
    fake.add("orders")
    found = [each for page in fake.connect(channel="de").read("orders", None, full=True) for each in page.documents]
    assert found == []


def test_parcels_and_invoice_are_told(fake: Saleor, shop: SaleorConnector):
    id_ = order(fake, status="UNCONFIRMED")
    parcels = [{"number": "A1", "carrier": "DPD"}, {"number": "B2"}]
    for _ in range(2):
        assert forward(shop, id_, status="shipped", tracking=parcels, invoice="FV/7").outcome == "done"
    values = fake.orders.records[number(id_, "Order")].values
    assert values["status"] == "FULFILLED"
    assert [each["trackingNumber"] for each in values["fulfillments"]] == ["A1"]
    assert fake.mailed == 0, "unless tell_customers says so"
    fields = told(shop, "orders", id_)
    assert [each["number"] for each in fields["tracking"]] == ["A1", "B2"]
    assert fields["invoice"] == "FV/7"


def test_a_number_that_comes_later_is_told_at_what_was_sent(fake: Saleor, shop: SaleorConnector):
    id_ = order(fake)
    forward(shop, id_, status="shipped")
    forward(shop, id_, tracking=[{"number": "A1"}])
    (sent,) = fake.orders.records[number(id_, "Order")].values["fulfillments"]
    assert sent["trackingNumber"] == "A1"


def test_s12_a_number_that_people_enter_later_is_seen_by_the_full_scan(fake: Saleor, shop: SaleorConnector):
    """A fulfilment has no mark, and does not move its order's; the event "order_updated" is raised all the same."""
    id_ = order(fake)
    forward(shop, id_, status="shipped")
    fake.clock.move(hours=1)
    fake.add("orders")  # so that the mark is beyond the first one's
    since = [*shop.read("orders", None, full=False)][-1].checkpoint
    fake.orders.records[number(id_, "Order")].values["fulfillments"][0]["trackingNumber"] = "Z9"
    seen = [
        {each.id: each for page in shop.read("orders", mark, full=not mark) for each in page.documents}
        for mark in (since, None)
    ]
    assert [id_ in each for each in seen] == [False, True]
    change = shop.translate("orders", seen[1][id_])
    assert isinstance(change, Change)
    assert change.fields["tracking"] == [{"number": "Z9"}]


def test_an_unpaid_order_is_not_sent_where_the_shop_forbids_it(fake: Saleor, shop: SaleorConnector):
    fake.fulfils_unpaid = False
    refused = forward(shop, order(fake, chargeStatus="NONE"), status="shipped")
    assert (refused.outcome, refused.cause) == ("refused", "cannot-fulfill-unpaid-order")
    assert forward(shop, order(fake), status="shipped").outcome == "done"


def test_customers_are_told_if_that_is_wanted(fake: Saleor):
    forward(fake.connect(tell_customers=True), order(fake), status="shipped")
    assert fake.mailed == 1


def test_goods_are_sent_from_where_they_are_held(fake: Saleor, shop: SaleorConnector):
    id_ = order(fake)
    line = fake.orders.records[number(id_, "Order")].values["lines"][0]
    line |= {"quantity": 3, "quantityToFulfill": 3}
    line["allocations"][0] |= {"quantity": 2, "warehouse": {"id": gid("Warehouse", 2)}}
    forward(shop, id_, status="completed")
    (asked,) = fake.server.seen(r"orderFulfill\(")
    (lines,) = [each["lines"] for each in json.loads(asked.body)["variables"].values() if isinstance(each, dict)]
    ours, theirs = gid("Warehouse", 1), gid("Warehouse", 2)
    assert lines[0]["stocks"] == [{"warehouse": theirs, "quantity": 2}, {"warehouse": ours, "quantity": 1}]


def test_an_order_is_cancelled_once_and_then_stays_so(fake: Saleor, shop: SaleorConnector):
    id_ = order(fake)
    for _ in range(2):
        assert forward(shop, id_, status="cancelled").outcome == "done"
    assert forward(shop, id_, status="shipped").cause == "cancelled"
    sent = order(fake)
    forward(shop, sent, status="shipped")
    assert forward(shop, sent, status="cancelled").cause == "cannot-cancel-order"


# Webhooks


def test_a_webhook_tells_when_and_which(fake: Saleor, shop: SaleorConnector):
    assert shop.hooks
    shop.hooks.subscribe("ORDER_FULLY_PAID", "https://hub.example/shop", "s")
    (hook,) = fake.webhooks.there()
    assert hook.values["subscriptionQuery"] == "subscription{event{issuedAt ...on OrderFullyPaid{order{id}}}}"


def test_another_secret_is_given_to_a_webhook(fake: Saleor, shop: SaleorConnector):
    assert shop.hooks
    shop.hooks.subscribe("ORDER_FULLY_PAID", "https://hub.example/shop", "the first")
    (hook,) = fake.webhooks.there()
    [subscription] = shop.hooks.subscriptions()
    shop.hooks.sign(subscription, "the second")
    assert (hook.values["isActive"], hook.values["secretKey"]) == (True, "the second")
    fake.switch_off_webhooks()
    [subscription] = shop.hooks.subscriptions()
    shop.hooks.revive(subscription, "the third")
    assert (hook.values["isActive"], hook.values["secretKey"]) == (True, "the third")
