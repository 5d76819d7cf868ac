"""A real Vendure that is set up otherwise than the one of the other tests: channels, places, thresholds, payments."""

import contextlib
import sqlite3
import uuid
from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from adapters.eshop.vendure import queries
from adapters.eshop.vendure.connector import VendureConnector
from adapters.eshop.vendure.options import VendureOptions
from hub.clock import SystemClock
from hub.connector import Change, Write
from tests.peers import Peer
from tests.peers.vendure_shop import place_order

Connect = Callable[..., VendureConnector]
GLOBAL = "mutation($input:UpdateGlobalSettingsInput!){updateGlobalSettings(input:$input){...on GlobalSettings{id}}}"
LOCATION = 'mutation($name:String!){made:createStockLocation(input:{name:$name,description:""}){id}}'
VARIANTS = "mutation($v:[UpdateProductVariantInput!]!){updateProductVariants(input:$v){id}}"
FACETS = "{facets{items{code}}}"
ZONE = "{activeChannel{zone:defaultTaxZone{id}}}"
CHANNEL = """mutation($input:CreateChannelInput!){createChannel(input:$input){
  ...on Channel{id} ...on ErrorResult{errorCode message}}}"""
LATER = """mutation($code:String!){createPaymentMethod(input:{code:$code,enabled:true,
  handler:{code:"dummy-payment-handler",arguments:[{name:"automaticSettle",value:"false"}]},
  translations:[{languageCode:en,name:"Later",description:""}]}){id}}"""
ORDER = "query($id:ID!){order(id:$id){state payments{id} fulfillments{state}}}"
PROMOTION = """mutation($input:CreatePromotionInput!){createPromotion(input:$input){
  ...on Promotion{id} ...on ErrorResult{errorCode message}}}"""
MODIFY = """mutation($input:ModifyOrderInput!){modifyOrder(input:$input){
  ...on Order{id state totalWithTax} ...on ErrorResult{errorCode message}}}"""
TO = "mutation($id:ID!,$state:String!){transitionOrderToState(id:$id,state:$state){...on Order{id} ...on ErrorResult{message}}}"
ADD_PAYMENT = """mutation($input:ManualPaymentInput!){addManualPaymentToOrder(input:$input){
  ...on Order{id state} ...on ErrorResult{errorCode message}}}"""
CANCEL_LINES = """mutation($input:CancelOrderInput!){cancelOrder(input:$input){
  ...on Order{id state} ...on ErrorResult{errorCode message}}}"""
REFUND = """mutation($input:RefundOrderInput!){refundOrder(input:$input){
  ...on Refund{id state total} ...on ErrorResult{errorCode message}}}"""
FORGET = "mutation($id:ID!){deleteCustomer(id:$id){result message}}"
SETTLE = "mutation($id:ID!){settlePayment(id:$id){...on Payment{state} ...on ErrorResult{errorCode message}}}"


@pytest.fixture
def connect(vendure: Peer, monkeypatch: pytest.MonkeyPatch) -> Connect:
    """A connector; options may be given."""
    monkeypatch.setenv("SHOP_PASSWORD", vendure["password"])

    def make(**options: Any) -> VendureConnector:
        given = {"url": vendure.url, "user": vendure["user"], "password": "env:SHOP_PASSWORD", **options}
        return VendureConnector("shop", VendureOptions.model_validate(given), SystemClock())

    return make


@pytest.fixture
def shop(connect: Connect) -> VendureConnector:
    return connect()


def told(shop: VendureConnector, stream: str, id_: str | None) -> Mapping[str, Any]:
    (document,) = shop.fetch(stream, [id_ or ""])
    change = shop.translate(stream, document)
    assert isinstance(change, Change), change
    return change.fields


def made(shop: VendureConnector, **fields: Any) -> Write:
    """Make a product; return it as a write to it."""
    sku = f"S-{uuid.uuid4().hex[:8]}"
    record = {"sku": sku, "name": f"Lamp {sku}", "tax_rate": "20", "active": True, **fields}
    (done,) = shop.write("products", [Write(sku, record, record, reference=f"hub-{sku}")])
    assert done.outcome == "done", done
    return Write(sku, {}, {"sku": sku}, id=done.id, links={"products": {sku: done.id or ""}})


def put(shop: VendureConnector, stream: str, product: Write, **fields: Any) -> tuple[str, str]:
    """Set a price or stock; return what became of it, and why not."""
    record = {**product.record, **fields}
    (done,) = shop.write(stream, [Write(product.key, fields, record, links=product.links)])
    return done.outcome, done.message


def for_sale(shop: VendureConnector) -> Write:
    """Make a product that can be bought."""
    product = made(shop)
    assert put(shop, "prices", product, amount="33.33", currency="EUR") == ("done", "")
    assert put(shop, "stock", product, available="10") == ("done", "")
    return product


def ordered(shop: VendureConnector, code: str) -> str:
    """Return an order's identity."""
    pages = [page for page in shop.read("orders", None, full=True) if page.entity == "orders"]
    return next(each.id for page in pages for each in page.documents if each.raw["number"] == code)


def bring(shop: VendureConnector, order: str, status: str) -> tuple[str, str]:
    """Bring an order to a status; return what became of it, and how it stands."""
    (done,) = shop.write("orders", [Write("o", {"status": status}, {"status": status}, id=order)])
    return done.outcome, told(shop, "orders", order)["status"]


@pytest.fixture
def threshold(shop: VendureConnector) -> Iterator[int]:
    """Sell nothing once there are only so many pieces."""
    shop.system.ask(GLOBAL, input={"outOfStockThreshold": 5})
    yield 5
    shop.system.ask(GLOBAL, input={"outOfStockThreshold": 0})


def test_s05_little_stock_is_told_where_the_shop_keeps_some_back(shop: VendureConnector, threshold: int):
    """Vendure refuses a variant's `stockOnHand` below its threshold, so that the shop would go on with what it had."""
    product = made(shop)
    for available in ("12", str(threshold - 2), "0"):
        assert put(shop, "stock", product, available=available) == ("done", "")
        assert told(shop, "stock", product.id)["available"] == available


def test_s05_stock_at_other_places_counts_and_stays(shop: VendureConnector, connect: Connect):
    name = f"Store {uuid.uuid4().hex[:6]}"
    place = shop.system.ask(LOCATION, name=name)["made"]["id"]
    for through, levels in ((shop, {8, -6}), (connect(stock_location=name), {2})):
        product = made(shop)
        shop.system.ask(VARIANTS, v=[{"id": product.id, "stockLevels": [{"stockLocationId": place, "stockOnHand": 8}]}])
        for available in ("20", "2"):
            assert put(through, "stock", product, available=available) == ("done", "")
            assert told(shop, "stock", product.id)["available"] == available
        (raw,) = shop.fetch("stock", [product.id or ""])
        assert {each["stockOnHand"] for each in raw.raw["levels"]} == levels
    (finding,) = connect(stock_location="nowhere").check()
    assert "nowhere" in finding.message


@pytest.fixture
def channel(shop: VendureConnector, connect: Connect) -> VendureConnector:
    """A second channel of the shop, in which prices hold the tax, and with a stock location of its own."""
    token, zone = f"token-{uuid.uuid4().hex}", shop.system.ask(ZONE)["activeChannel"]["zone"]["id"]
    new = {"code": token, "token": token, "defaultLanguageCode": "en", "pricesIncludeTax": True, "sellerId": "1"}
    new |= {"defaultTaxZoneId": zone, "defaultShippingZoneId": zone}
    shop.system.ask(CHANNEL, input={**new, "defaultCurrencyCode": "PLN", "availableCurrencyCodes": ["PLN", "EUR"]})
    return connect(channel_token=token)


def test_a_channel_has_one_facet_for_its_categories(shop: VendureConnector, channel: VendureConnector):
    """Another channel's facet of the same code is not shown there, and Vendure numbers the second."""
    here, *there = made(shop, category="Lamps"), made(channel, category="Lamps"), made(channel, category="Shades")
    assert [told(channel, "products", each.id)["category"] for each in there] == ["Lamps", "Shades"]
    assert told(shop, "products", here.id)["category"] == "Lamps"
    for category in ("Shades", None):
        (done,) = channel.write("products", [Write("p", {"category": category}, here.record, id=there[0].id)])
        assert (done.outcome, told(channel, "products", there[0].id)["category"]) == ("done", category)
    assert len(channel.system.ask(FACETS)["facets"]["items"]) == 1


def test_s05_stock_is_set_at_a_place_of_the_channel(channel: VendureConnector):
    """A variant's own `stockOnHand` would be that of the shop's first place, which the channel does not see."""
    (finding,) = channel.check()
    assert "stock location" in finding.message
    channel.system.ask(LOCATION, name="Magazyn")
    product = made(channel)
    assert put(channel, "stock", product, available="7") == ("done", "")
    assert told(channel, "stock", product.id)["available"] == "7"


def test_each_currency_of_a_channel_has_its_price(channel: VendureConnector):
    product = made(channel)
    for currency, amount in (("PLN", "49.99"), ("EUR", "11.99")):
        assert put(channel, "prices", product, currency=currency, amount=amount, tax_included=True) == ("done", "")
    prices = [told(channel, "prices", f"{product.id}|{currency}") for currency in ("PLN", "EUR")]
    assert [(each["amount"], each["tax_included"]) for each in prices] == [("49.99", True), ("11.99", True)]


def test_an_order_whose_payment_is_not_settled_is_not_told_as_shipped(vendure: Peer, shop: VendureConnector):
    """Vendure lets its fulfilment be shipped, and leaves the order where it is, also when the money comes after that."""
    method = f"later-{uuid.uuid4().hex[:6]}"
    shop.system.ask(LATER, code=method)
    order = ordered(shop, place_order(vendure, {for_sale(shop).key: 2}, "later@example.com", payment=method))
    record = {"status": "shipped", "invoice": "2026/17"}
    (refused,) = shop.write("orders", [Write("o", record, record, id=order)])
    assert (refused.outcome, "PaymentAuthorized" in refused.message) == ("refused", True)
    assert told(shop, "orders", order)["invoice"] == "2026/17"
    (payment,) = shop.system.ask(ORDER, id=order)["order"]["payments"]
    shop.system.ask(SETTLE, id=payment["id"])
    assert bring(shop, order, "shipped") == ("done", "shipped")
    assert bring(shop, order, "completed") == ("done", "completed")
    assert [each["state"] for each in shop.system.ask(ORDER, id=order)["order"]["fulfillments"]] == ["Delivered"]


def test_a_parcel_that_has_arrived_is_not_the_whole_order(vendure: Peer, shop: VendureConnector):
    """Vendure calls it partially delivered, whether the rest is on its way or not."""
    order = ordered(shop, place_order(vendure, {for_sale(shop).key: 2}, "parts@example.com"))
    (line,) = shop.fetch("orders", [order])[0].raw["lines"]
    handler = {"code": "manual-fulfillment", "arguments": [{"name": "method", "value": "x"}]}
    handler["arguments"] += [{"name": "trackingCode", "value": ""}]
    one = {"lines": [{"orderLineId": line["id"], "quantity": 1}], "handler": handler}
    part = shop.system.ask(queries.FULFIL, input=one)["done"]["id"]
    for state in ("Shipped", "Delivered"):
        shop.system.ask(queries.MOVE, id=part, state=state)
        assert told(shop, "orders", order)["status"] == "processing"
    assert bring(shop, order, "shipped") == ("done", "shipped")


def test_nothing_is_sold_before_it_has_a_price(vendure: Peer, shop: VendureConnector):
    """Vendure gives what is new a price of 0.00. A price may come from the shop's staff; a threshold of theirs stays."""
    product = made(shop)
    assert put(shop, "stock", product, available="10") == ("done", "")
    with pytest.raises(AssertionError, match="INSUFFICIENT_STOCK"):
        place_order(vendure, {product.key: 1}, "free@example.com")
    assert put(shop, "prices", product, amount="33.33", currency="EUR") == ("done", "")
    assert told(shop, "stock", product.id)["available"] == "10"
    assert place_order(vendure, {product.key: 1}, "paid@example.com")
    staff = made(shop)
    shop.system.ask(VARIANTS, v=[{"id": staff.id, "price": 1999}])
    assert put(shop, "stock", staff, available="10") == ("done", "")
    assert place_order(vendure, {staff.key: 1}, "staff@example.com")
    kept = {"outOfStockThreshold": 9, "useGlobalOutOfStockThreshold": False}
    shop.system.ask(VARIANTS, v=[{"id": product.id, **kept}])
    assert put(shop, "prices", product, amount="34.00", currency="EUR") == ("done", "")
    with pytest.raises(AssertionError, match="INSUFFICIENT_STOCK"):
        place_order(vendure, {product.key: 1}, "kept@example.com")


def test_s01_what_is_split_among_sellers_comes_once(vendure: Peer, shop: VendureConnector, connect: Connect):
    """The default channel shows the sellers' parts beside the whole; a seller's own channel shows nothing but those."""
    product = for_sale(shop)
    whole, part = (place_order(vendure, {product.key: 1}, f"{name}@example.com") for name in ("whole", "part"))
    with contextlib.closing(sqlite3.connect(vendure.place.data / "vendure.sqlite", timeout=20)) as database, database:
        database.execute("UPDATE \"order\" SET type = 'Aggregate' WHERE code = ?", (whole,))
        database.execute("UPDATE \"order\" SET type = 'Seller' WHERE code = ?", (part,))
    token = shop.system.ask("{activeChannel{token}}")["activeChannel"]["token"]
    for through, shown in ((shop, {whole}), (connect(channel_token=token), {whole, part})):
        for full in (True, False):
            pages = [page for page in through.read("orders", None, full=full) if page.entity == "orders"]
            assert {each.raw["number"] for page in pages for each in page.documents} & {whole, part} == shown


def adds_up(order: Mapping[str, Any]) -> None:
    """Check that an order's parts come to its totals."""
    parts = sum(Decimal(each["gross"]) for each in order["lines"])
    for each in order["shipping"]:
        rate = Decimal(0 if order["tax_included"] else each["tax_rate"] or 0)
        parts += (Decimal(each["amount"]) * (1 + rate / 100)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert parts == Decimal(order["totals"]["gross"])


def promoted(shop: VendureConnector, *actions: tuple[str, Mapping[str, str]]) -> str:
    """Make a promotion; return the code that a customer enters for it."""
    code = f"P{uuid.uuid4().hex[:8]}"
    done = [
        {"code": name, "arguments": [{"name": each, "value": given[each]} for each in given]} for name, given in actions
    ]
    texts = [{"languageCode": "en", "name": code}]
    new = {"enabled": True, "couponCode": code, "conditions": [], "actions": done, "translations": texts}
    shop.system.ask(PROMOTION, input=new)
    return code


@pytest.mark.parametrize(
    "actions",
    [
        [("order_percentage_discount", {"discount": "15"})],
        [("order_fixed_discount", {"discount": "777"})],
        [("free_shipping", {})],
        [("order_percentage_discount", {"discount": "100"}), ("free_shipping", {})],
    ],
)
def test_s27_promotions_of_all_sorts_add_up(
    vendure: Peer, shop: VendureConnector, actions: list[tuple[str, Mapping[str, str]]]
):
    products = {for_sale(shop).key: 3, for_sale(shop).key: 1}
    code = place_order(vendure, products, "promo@example.com", coupon=promoted(shop, *actions))
    order = told(shop, "orders", ordered(shop, code))
    adds_up(order)
    assert order["payment"]["state"] == "paid"


def test_an_order_that_the_staff_modifies_adds_up(vendure: Peer, shop: VendureConnector):
    first, other = for_sale(shop), for_sale(shop)
    order = ordered(shop, place_order(vendure, {first.key: 2}, "modified@example.com"))
    (line,) = shop.fetch("orders", [order])[0].raw["lines"]
    shop.system.ask(TO, id=order, state="Modifying")
    change = {"orderId": order, "dryRun": False, "note": "by phone"}
    change |= {"addItems": [{"productVariantId": other.id, "quantity": 3}]}
    change |= {"adjustOrderLines": [{"orderLineId": line["id"], "quantity": 1}]}
    change |= {
        "surcharges": [
            {
                "description": "Engraving",
                "price": 500,
                "priceIncludesTax": False,
                "taxRate": 20,
                "taxDescription": "VAT",
            }
        ]
    }
    shop.system.ask(MODIFY, input=change)
    shop.system.ask(TO, id=order, state="ArrangingAdditionalPayment")
    assert told(shop, "orders", order)["payment"]["state"] == "unpaid"
    shop.system.ask(ADD_PAYMENT, input={"orderId": order, "method": "cash", "transactionId": "7", "metadata": {}})
    shop.system.ask(TO, id=order, state="PaymentSettled")
    after = told(shop, "orders", order)
    adds_up(after)
    assert {(each["sku"], each["quantity"]) for each in after["lines"]} == {(first.key, "1"), (other.key, "3")}
    assert (after["payment"]["state"], after["status"]) == ("paid", "confirmed")
    assert bring(shop, order, "shipped") == ("done", "shipped")


def test_what_is_cancelled_and_refunded_in_part_is_not_sent(vendure: Peer, shop: VendureConnector):
    first, other = for_sale(shop), for_sale(shop)
    order = ordered(shop, place_order(vendure, {first.key: 2, other.key: 1}, "part@example.com"))
    lines = {each["productVariant"]["sku"]: each["id"] for each in shop.fetch("orders", [order])[0].raw["lines"]}
    gone = [{"orderLineId": lines[first.key], "quantity": 1}, {"orderLineId": lines[other.key], "quantity": 1}]
    shop.system.ask(CANCEL_LINES, input={"orderId": order, "lines": gone, "cancelShipping": False, "reason": "broken"})
    (payment,) = shop.system.ask(ORDER, id=order)["order"]["payments"]
    back = {"paymentId": payment["id"], "lines": gone, "shipping": 0, "adjustment": 0, "reason": "broken"}
    shop.system.ask(REFUND, input=back)
    after = told(shop, "orders", order)
    adds_up(after)
    assert {(each["sku"], each["quantity"]) for each in after["lines"]} == {(first.key, "1")}
    assert bring(shop, order, "shipped") == ("done", "shipped")


def test_s02_whose_customer_is_deleted_comes_with_the_order(vendure: Peer, shop: VendureConnector):
    email = f"{uuid.uuid4().hex[:8]}@example.com"
    order = ordered(shop, place_order(vendure, {for_sale(shop).key: 1}, email))
    party = told(shop, "orders", order)["party"]
    shop.system.ask(FORGET, id=party)
    pages = list(shop.read("orders", None, full=True))
    assert party in [each.id for page in pages if page.entity == "parties" for each in page.documents]
    assert told(shop, "orders", order)["party"] == party
