"""Shopify: what only it has, on the fake of it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from adapters.asking.http import KeyRefused
from adapters.eshop.shopify.connector import ShopifyConnector
from adapters.eshop.shopify.options import ShopifyOptions
from hub.canonical import ENTITIES
from hub.clock import SystemClock
from hub.connector import Change, Write, Written
from hub.errors import Refused, TryLater, Unanswered
from tests.fakes.server import Answer, Asked, Reply
from tests.fakes.shopify import Shopify
from tests.fakes.shopify.asking import number
from tests.fakes.shopify.orders import bag, charge_at_border, refund, refund_shipping

PARCELS = [{"number": "1Z", "carrier": "DPD", "address": "https://dpd.example/1Z"}, {"number": "2Z"}]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shopify]:
    fake = Shopify()
    for name, value in fake.environment.items():
        monkeypatch.setenv(name, value)
    yield fake
    fake.close()


@pytest.fixture
def shop(fake: Shopify) -> ShopifyConnector:
    return fake.connect()


def told(shop: ShopifyConnector, stream: str, id_: str) -> dict[str, Any]:
    """Return what a record says, valid."""
    (document,) = shop.fetch(stream, [id_])
    change = shop.translate(stream, document)
    assert isinstance(change, Change), change
    return ENTITIES[stream].valid(change.fields)


def write(shop: ShopifyConnector, stream: str, write: Write) -> Written:
    (written,) = shop.write(stream, [write])
    return written


def forward(shop: ShopifyConnector, id_: str, **fields: Any) -> Written:
    return write(shop, "orders", Write("k", fields, fields, id=id_))


def order(fake: Shopify, **values: Any) -> str:
    """Place an order with other values."""
    id_, _ = fake.place_order(fake.clock.now())
    fake.orders.records[number(id_)].values.update(values)
    return id_


def new(token: str = "T-1") -> Write:
    record = {"sku": token, "name": "Lamp"}
    return Write("k", record, record, reference=f"hub-{token}")


# Limits


def test_a_query_that_costs_too_much_asks_for_less(fake: Shopify, shop: ShopifyConnector):
    ids = {fake.add("orders") for _ in range(30)}
    fake.bucket.most = 120
    found = [each.id for page in shop.read("orders", None, full=True) for each in page.documents]
    assert ids <= {*found}
    asked = [json.loads(each.body)["variables"]["first"] for each in fake.server.seen(r"list:orders\(")]
    assert asked[0] == 50
    assert asked[-1] < 50
    assert {each.id for each in shop.fetch("orders", [*ids])} == ids


def test_a_query_that_can_never_be_asked_is_said(fake: Shopify, shop: ShopifyConnector):
    fake.bucket.most = 1
    assert not shop.check()[0].good


def test_s22_points_are_waited_for_before_they_run_out(fake: Shopify, shop: ShopifyConnector):
    fake.add("orders")
    fake.bucket.available, fake.bucket.rate = 0.0, 400.0
    assert [*shop.read("orders", None, full=True)][-1].complete
    asked = fake.server.seen(r"list:orders\(")
    assert len(asked) == 2, "turned away once, and then not before there were points enough"


def test_s22_a_shop_that_has_no_points_is_left_to_the_next_run(fake: Shopify, shop: ShopifyConnector):
    def throttled(_asked: Asked, _answer: Answer) -> Reply:
        status = {"maximumAvailable": 1000.0, "currentlyAvailable": 0.0, "restoreRate": 1000.0}
        cost = {"requestedQueryCost": 20, "actualQueryCost": None, "throttleStatus": status}
        error = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
        return Reply(200, {"errors": [error], "extensions": {"cost": cost}})

    fake.server.misbehave(throttled, to=r"list:orders\(", times=-1)
    with pytest.raises(TryLater) as caught:
        list(shop.read("orders", None, full=True))
    assert caught.value.after == 1.0


def test_a_cursor_that_has_ended_begins_anew(fake: Shopify, shop: ShopifyConnector):
    ids = [fake.add("parties") for _ in range(70)]
    first = next(page for page in shop.read("parties", None, full=True))

    def ended(_asked: Asked, _answer: Answer) -> Reply:
        return Reply(200, {"errors": [{"message": "Invalid cursor for current pagination sort.", "extensions": {}}]})

    fake.server.misbehave(ended, to=r"list:customers\(")
    rest = [each.id for page in shop.read("parties", first.checkpoint, full=True) for each in page.documents]
    assert rest == ids


def test_an_order_of_many_lines_is_read_whole(fake: Shopify, shop: ShopifyConnector):
    id_ = order(fake)
    lines = fake.orders.records[number(id_)].values["lines"]
    lines += [{**lines[0], "id": f"gid://shopify/LineItem/{900000 + n}"} for n in range(130)]
    assert len(told(shop, "orders", id_)["lines"]) == 133


def test_a_version_that_has_ended_is_said(fake: Shopify):
    """The shop answers all the same, by the oldest that it still has."""
    (finding,) = fake.connect(version="2025-07").check()
    assert (finding.good, finding.away) == (False, False)
    assert "2025-07" in finding.message
    assert 'version = "2026-01"' in (finding.mend or "")
    assert fake.connect(version="2026-01").check()[0].good


# Keys


def test_a_token_that_has_ended_is_replaced(fake: Shopify, shop: ShopifyConnector):
    id_ = fake.add("orders")
    shop.fetch("orders", [id_])
    fake.expire()
    assert shop.fetch("orders", [id_])
    assert len(fake.server.seen("oauth/access_token")) == 2


def test_a_lasting_token_needs_no_other(fake: Shopify, monkeypatch: pytest.MonkeyPatch):
    fake.tokens.append("shpat_lasting")
    monkeypatch.setenv("TOKEN", "shpat_lasting")
    shop = fake.connect(client_id=None, client_secret=None, token="env:TOKEN")
    assert shop.check()[0].good
    assert not fake.server.seen("oauth/access_token")


def test_what_the_shop_says_of_a_wrong_secret_is_not_repeated(fake: Shopify):
    fake.secret = "another"
    with pytest.raises(KeyRefused) as caught:
        fake.connect().fetch("orders", ["gid://shopify/Order/1"])
    assert "shpss" not in str(caught.value)


@pytest.mark.parametrize(
    "given", [{}, {"client_id": "a"}, {"client_id": "a", "client_secret": "env:A", "token": "env:B"}]
)
def test_one_key_is_given(given: dict[str, str]):
    with pytest.raises(ValueError, match="client_id and client_secret"):
        ShopifyOptions.model_validate({"url": "https://a.myshopify.com", **given})


def test_a_scope_that_is_missing_is_named(fake: Shopify, shop: ShopifyConnector):
    def denied(_asked: Asked, _answer: Answer) -> Reply:
        message = "Access denied for orders field. Required access: `read_orders` access scope."
        return Reply(200, {"errors": [{"message": message, "extensions": {"code": "ACCESS_DENIED"}}]})

    fake.server.misbehave(denied, to=r"list:orders\(", times=-1)
    with pytest.raises(KeyRefused, match=r"read_orders.*\[systems\.shop\]"):
        list(shop.read("orders", None, full=True))


def test_s06_an_error_of_the_shops_own_may_have_carried_a_write_out(fake: Shopify, shop: ShopifyConnector):
    def internal(asked: Asked, answer: Answer) -> Reply:
        answer(asked)
        return Reply(200, {"errors": [{"message": "Internal error", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]})

    fake.server.misbehave(internal, to="productSet")
    with pytest.raises(Unanswered):
        list(shop.write("products", [new()]))
    assert fake.count("products") == 1


@pytest.mark.parametrize(
    "shut",
    [
        *(Reply(status, {"errors": "no"}) for status in (402, 404, 423, 430)),
        Reply(200, {"errors": [{"message": "no", "extensions": {"code": "SHOP_INACTIVE"}}]}),
    ],
    ids=lambda reply: str(reply.status),
)
def test_s22_a_shop_that_is_shut_refuses_no_record(fake: Shopify, shop: ShopifyConnector, shut: Reply):
    """It is frozen, locked or moved: what is asked for is not to blame, and none is gone."""
    id_ = fake.add("products")
    fake.server.misbehave(lambda _asked, _answer: shut, to="graphql.json", times=-1)
    with pytest.raises(TryLater):
        list(shop.write("products", [Write("k", {"name": "Lamp"}, {"sku": "k"}, id=id_)]))
    (finding,) = shop.check()
    assert (finding.good, finding.away) == (False, True)


def test_s22_a_shop_that_is_shut_gives_no_token_either(fake: Shopify, shop: ShopifyConnector):
    fake.server.misbehave(lambda _asked, _answer: Reply(402, {"errors": "no"}), to="oauth/access_token", times=-1)
    (finding,) = shop.check()
    assert (finding.good, finding.away) == (False, True)
    with pytest.raises(TryLater) as caught:
        list(shop.read("orders", None, full=True))
    assert not isinstance(caught.value, KeyRefused)


# Products


def test_s06_a_create_that_is_repeated_doubles_nothing(fake: Shopify, shop: ShopifyConnector):
    first, second = (write(shop, "products", new()) for _ in range(2))
    assert first.id == second.id
    assert fake.count("products") == 1


def test_a_metafield_of_another_type_is_said(fake: Shopify, shop: ShopifyConnector):
    fake.definitions.add(("hub", "reference"))
    fake.reference_type = "single_line_text_field"
    with pytest.raises(Refused, match=r"hub\.reference.*Custom data"):
        list(shop.write("products", [new()]))


def test_of_several_variants_the_one_with_our_sku_is_found(fake: Shopify, shop: ShopifyConnector):
    made = write(shop, "products", new())
    record = fake.variants.records[number(str(made.id))]
    fake.variants.add({**record.values, "sku": "another", "title": "L"})
    assert shop.find("products", [new()]) == {"k": [made.id]}


def test_a_sku_with_quotes_is_found(fake: Shopify, shop: ShopifyConnector):
    id_ = fake.add("products")
    fake.variants.records[number(id_)].values["sku"] = "5'\\x"
    wanted = Write("k", {}, {"sku": "5'\\x"}, reference="hub-9")
    assert shop.find("products", [wanted]) == {"k": [id_]}


def test_a_product_that_is_not_listed_is_sold(fake: Shopify, shop: ShopifyConnector):
    id_ = fake.add("products")
    article = fake.products.records[fake.variants.records[number(id_)].values["product"]].values
    active = dict[str, bool]()
    for status in ("ACTIVE", "UNLISTED", "DRAFT", "ARCHIVED"):
        article["status"] = status
        active[status] = told(shop, "products", id_)["active"]
    assert active == {"ACTIVE": True, "UNLISTED": True, "DRAFT": False, "ARCHIVED": False}


def varied(fake: Shopify) -> list[str]:
    """Add a product of two variants; return their identities."""
    id_ = fake.add("products")
    values = fake.variants.records[number(id_)].values
    if len(fake.variants_of(values["product"])) == 1:
        fake.variants.add({**values, "sku": f"{values['sku']}-L", "title": "L", "option": "Size"})
    return [f"gid://shopify/ProductVariant/{each.id}" for each in fake.variants_of(values["product"])]


def test_one_of_several_variants_keeps_its_articles_name(fake: Shopify, shop: ShopifyConnector):
    one, other = varied(fake)
    before = told(shop, "products", other)
    fields = {"name": "Another", "gtin": "5901234123457"}
    assert write(shop, "products", Write("k", fields, fields, id=one)).outcome == "done"
    assert told(shop, "products", one)["gtin"] == "5901234123457"
    assert told(shop, "products", other) == before
    hide = write(shop, "products", Write("k", {"active": False}, {}, id=one))
    assert (hide.outcome, hide.cause) == ("refused", "variant-not-hidden")


def test_of_several_variants_one_is_removed(fake: Shopify, shop: ShopifyConnector):
    one, other = varied(fake)
    assert write(shop, "products", Write("k", {}, {}, id=one, remove=True)).outcome == "done"
    assert [each.id for each in shop.fetch("products", [one, other])] == [other]


def test_stock_of_what_was_not_kept_is_kept_from_now_on(fake: Shopify):
    shop, id_ = fake.connect(location="Łódź"), fake.add("products")
    values = fake.variants.records[number(id_)].values
    values |= {"tracked": False, "levels": {1: 5}}
    put = Write(
        "k", {"available": "7.9"}, {"sku": values["sku"], "available": "7.9"}, links={"products": {values["sku"]: id_}}
    )
    assert write(shop, "stock", put).outcome == "done"
    assert (values["tracked"], values["levels"]) == (True, {1: 5, 2: 7})
    assert told(shop, "stock", id_)["available"] == "7"


def test_a_location_that_is_not_there_is_said(fake: Shopify):
    (finding,) = fake.connect(location="Radom").check()
    assert "no location Radom" in finding.message


def test_a_new_product_is_published_on_the_channels_that_are_named(fake: Shopify):
    shop = fake.connect(channels=["Online Store", "Shop"])
    assert shop.check()[0].good
    made = write(shop, "products", new())
    assert fake.published == {fake.variants.records[number(str(made.id))].values["product"]: {1, 3}}
    write(shop, "products", Write("k", {"name": "Lantern"}, {"sku": "T-1"}, id=made.id))
    assert len(fake.server.seen("publishablePublish")) == 1
    (finding,) = fake.connect(channels=["Amazon"]).check()
    assert "no sales channel Amazon" in finding.message


def test_a_price_in_another_currency_is_refused(fake: Shopify, shop: ShopifyConnector):
    id_ = fake.add("products")
    price = {"sku": "A", "list": "default", "currency": "EUR", "amount": "1"}
    done = write(shop, "prices", Write("k", {"amount": "1"}, price, links={"products": {"A": id_}}))
    assert (done.outcome, done.cause) == ("refused", "price-not-possible")


# Orders


def test_an_order_is_sent_once_with_its_parcels_and_its_invoice(fake: Shopify, shop: ShopifyConnector):
    id_ = order(fake)
    for _ in range(2):
        assert forward(shop, id_, status="shipped", tracking=PARCELS, invoice="FV/1").outcome == "done"
    fields = told(shop, "orders", id_)
    assert (fields["status"], fields["invoice"]) == ("shipped", "FV/1")
    assert [(each["number"], each["carrier"]) for each in fields["tracking"]] == [("1Z", "DPD"), ("2Z", "DPD")]
    assert len(fake.server.seen("fulfillmentCreate")) == 1
    assert not fake.server.seen("fulfillmentTrackingInfoUpdate")
    assert len(fake.server.seen("metafieldsSet")) == 1
    assert fake.mailed == 0


def test_parcels_that_come_later_are_told(fake: Shopify, shop: ShopifyConnector):
    id_ = order(fake)
    forward(shop, id_, status="shipped")
    forward(shop, id_, tracking=PARCELS)
    assert [each["number"] for each in told(shop, "orders", id_)["tracking"]] == ["1Z", "2Z"]


def test_each_location_sends_its_part(fake: Shopify):
    id_ = order(fake)
    parts = fake.orders.records[number(id_)].values["parts"]
    away = {"assignedLocation": {"location": {"id": "gid://shopify/Location/2", "name": "Łódź"}}}
    parts.append({**parts[0], "id": "gid://shopify/FulfillmentOrder/9", **away})
    shop = fake.connect(tell_customers=True)
    assert forward(shop, id_, status="completed").outcome == "done"
    assert told(shop, "orders", id_)["status"] == "completed"
    assert fake.mailed == 2


def test_what_is_on_hold_is_not_sent(fake: Shopify, shop: ShopifyConnector):
    id_ = order(fake)
    fake.orders.records[number(id_)].values["parts"][0]["status"] = "ON_HOLD"
    done = forward(shop, id_, status="shipped")
    assert (done.outcome, done.cause) == ("refused", "on-hold")


@pytest.mark.parametrize("refund", [True, False])
def test_an_order_is_cancelled_once(fake: Shopify, refund: bool):
    id_, shop = order(fake), fake.connect(refund=refund)
    assert [forward(shop, id_, status="cancelled").outcome for _ in range(2)] == ["done", "done"]
    assert fake.refunded == refund
    assert told(shop, "orders", id_) == {
        "number": told(shop, "orders", id_)["number"],
        "channel": "shop",
        "status": "cancelled",
    }
    done = forward(shop, id_, status="shipped")
    assert (done.outcome, done.cause) == ("refused", "cancelled")


def test_an_order_that_was_sent_cannot_be_cancelled(fake: Shopify, shop: ShopifyConnector):
    id_ = order(fake)
    forward(shop, id_, status="shipped")
    done = forward(shop, id_, status="cancelled")
    assert (done.outcome, "fulfilled" in done.message) == ("refused", True)


def test_an_invoice_that_was_wrong_is_taken_away(fake: Shopify, shop: ShopifyConnector):
    id_ = order(fake)
    forward(shop, id_, invoice="FV/1")
    forward(shop, id_, invoice=None)
    assert told(shop, "orders", id_)["invoice"] is None


def test_s27_shipping_that_was_refunded_costs_nothing(fake: Shopify, shop: ShopifyConnector):
    id_ = order(fake)
    refund_shipping(fake.orders.records[number(id_)])
    fields = told(shop, "orders", id_)
    assert [(each["name"], Decimal(each["amount"])) for each in fields["shipping"]] == [("Kurier", 0)]
    assert fields["totals"]["gross"] == "12.29"


def test_s27_what_is_given_back_after_it_was_sent_changes_nothing_that_was_ordered(
    fake: Shopify, shop: ShopifyConnector
):
    id_ = order(fake, currentTotalPriceSet=bag("26.64"), currentTotalTaxSet=bag("4.99"))
    record = fake.orders.records[number(id_)]
    lamps = record.values["lines"][0]
    lamps |= {"quantity": 3, "currentQuantity": 3, "discountAllocations": [{"allocatedAmountSet": bag("3.0")}]}
    lamps["taxLines"] = [lamps["taxLines"][0] | {"priceSet": bag("2.31")}]

    def give_back(line: int, kind: str, gross: float, tax: float, shipping: str | None = None) -> None:
        fake.clock.move(minutes=1)
        less = {"currentTotalPriceSet": gross, "currentTotalTaxSet": tax}
        refund(fake, record, line, 1, kind, less, shipping=shipping)

    def ordered() -> tuple[Any, ...]:
        fields = told(shop, "orders", id_)
        return fields["lines"], fields["shipping"], fields["totals"]

    give_back(0, "CANCEL", 4.1, 0.77)
    before = ordered()
    assert (before[0][0]["quantity"], Decimal(before[0][0]["gross"])) == ("2", Decimal("8.20"))
    assert before[2]["gross"] == "22.54"
    fake.clock.move(minutes=1)
    forward(shop, id_, status="shipped")
    give_back(0, "RETURN", 10.25, 1.92, shipping="5.0")
    give_back(1, "NO_RESTOCK", 4.1, 0.77)
    assert record.values["currentTotalPriceSet"]["shopMoney"]["amount"] == "8.19"
    assert ordered() == before


def test_s27_of_an_order_that_is_sent_in_part_only_what_came_back_into_stock_was_sent(
    fake: Shopify, shop: ShopifyConnector
):
    id_ = order(fake, displayFulfillmentStatus="PARTIALLY_FULFILLED")
    record = fake.orders.records[number(id_)]
    refund(fake, record, 0, 1, "RETURN", {"currentTotalPriceSet": 4.1, "currentTotalTaxSet": 0.77})
    refund(fake, record, 1, 1, "NO_RESTOCK", {"currentTotalPriceSet": 4.1, "currentTotalTaxSet": 0.77})
    fields = told(shop, "orders", id_)
    assert [each["name"] for each in fields["lines"]] == ["Lamp", "Candle"]
    assert fields["totals"]["gross"] == "14.34"


@pytest.mark.parametrize(
    ("sent", "paid", "status"),
    [
        ("UNFULFILLED", "REFUNDED", "cancelled"),
        ("UNFULFILLED", "VOIDED", "cancelled"),
        ("FULFILLED", "REFUNDED", "shipped"),
    ],
)
def test_an_order_that_was_given_back_whole_before_it_was_sent_is_cancelled(
    fake: Shopify, shop: ShopifyConnector, sent: str, paid: str, status: str
):
    id_ = order(fake, displayFulfillmentStatus=sent, displayFinancialStatus=paid)
    lines = fake.orders.records[number(id_)].values["lines"]
    for each in lines[1:]:
        each["currentQuantity"] = 0
    assert told(shop, "orders", id_)["status"] != "cancelled"
    lines[0]["currentQuantity"] = 0
    assert told(shop, "orders", id_)["status"] == status


@pytest.mark.parametrize(("told_twice", "duty"), [(False, "Duties"), (True, "Import duty")])
def test_s27_fees_and_duties_are_charges_once(fake: Shopify, shop: ShopifyConnector, told_twice: bool, duty: str):
    id_ = order(fake)
    charge_at_border(fake.orders.records[number(id_)], told_twice=told_twice)
    charges = told(shop, "orders", id_)["shipping"]
    assert [(each["name"], Decimal(each["amount"]), each.get("tax_rate")) for each in charges] == [
        ("Kurier", 5, "23"),
        ("Handling", 10, "23"),
        (duty, 4, None),
    ]


def test_s27_of_an_edited_order_what_is_left_counts(fake: Shopify, shop: ShopifyConnector):
    id_ = order(fake, taxesIncluded=True)
    first, second, _ = fake.orders.records[number(id_)].values["lines"]
    first |= {"quantity": 4, "currentQuantity": 3, "discountAllocations": [{"allocatedAmountSet": bag("4.0")}]}
    second["currentQuantity"] = 0
    line, other = told(shop, "orders", id_)["lines"]
    assert (line["quantity"], line["unit_price"], line["discount"]) == ("3", "3.33", "1.00")
    assert (Decimal(line["gross"]), Decimal(line["tax"])) == (Decimal("9.99"), Decimal("0.5775"))
    assert other["quantity"] == "1"


@pytest.mark.parametrize(
    ("values", "status", "paid"),
    [
        ({"displayFinancialStatus": "PENDING"}, "pending", "unpaid"),
        ({"displayFinancialStatus": "AUTHORIZED"}, "confirmed", "authorised"),
        ({"displayFinancialStatus": "PARTIALLY_PAID"}, "confirmed", "unpaid"),
        ({"displayFulfillmentStatus": "PARTIALLY_FULFILLED"}, "processing", "paid"),
        ({"displayFulfillmentStatus": "FULFILLED", "displayFinancialStatus": "REFUNDED"}, "shipped", "refunded"),
        ({"displayFulfillmentStatus": "FULFILLMENT_NOT_REQUIRED"}, "confirmed", "paid"),
        (
            {"displayFulfillmentStatus": "FULFILLMENT_NOT_REQUIRED", "closedAt": "2026-06-01T00:00:00Z"},
            "completed",
            "paid",
        ),
    ],
)
def test_how_far_an_order_is(fake: Shopify, shop: ShopifyConnector, values: dict[str, str], status: str, paid: str):
    fields = told(shop, "orders", order(fake, **values))
    assert (fields["status"], fields["payment"]["state"]) == (status, paid)


# Webhooks


def test_a_call_about_a_product_means_all_its_variants(fake: Shopify, shop: ShopifyConnector):
    one, other = varied(fake)
    assert shop.hooks
    (hint,) = shop.hooks.hints(fake.call("products", one, "s"), "s")
    assert (hint.ids, hint.event) == ((one, other), "98880550")


def test_s08_a_topic_that_is_not_ours_is_refused(fake: Shopify, shop: ShopifyConnector):
    call = fake.call("orders", fake.add("orders"), "s")
    assert shop.hooks
    with pytest.raises(Exception, match="APP_UNINSTALLED"):
        shop.hooks.hints(replace(call, headers={**call.headers, "x-shopify-topic": "app/uninstalled"}), "s")


def test_it_is_opened_by_its_name():
    options = ShopifyOptions.model_validate({"url": "https://a.myshopify.com", "token": "env:A"})
    assert {*ShopifyConnector("shop", options, SystemClock()).streams} == {*ShopifyOptions.carries}
