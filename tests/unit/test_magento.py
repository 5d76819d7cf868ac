"""What only Magento has: its queue, its families, its stock with reservations, its orders' steps."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.asking.answers import filled, words
from adapters.eshop.gallery import mark
from adapters.eshop.magento.options import MagentoOptions
from hub.connector import Change, Exchange, Write, Written
from hub.errors import TryLater, Unanswered
from tests.contract.connector_suite import only
from tests.contract.picture_server import Pictures, png, serving
from tests.fakes.magento import Magento
from tests.fakes.magento.keys import CONSUMER, CONSUMER_SECRET, TOKEN, TOKEN_SECRET
from tests.fakes.magento.orders import bundle, cancel_rest, fix_tax, give_back
from tests.fakes.server import Answer, Asked, Reply


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Magento]:
    secrets = {"MAGENTO_TOKEN": TOKEN, "KEY": CONSUMER, "SECRET": CONSUMER_SECRET, "TOKEN_SECRET": TOKEN_SECRET}
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    fake = Magento()
    yield fake
    fake.close()


def fields(connector: Exchange, stream: str, id_: str) -> Any:
    (document,) = connector.fetch(stream, [id_])
    change = connector.translate(stream, document)
    assert isinstance(change, Change)
    return change.fields


def new(sku: str, **told: Any) -> Write:
    return Write(sku, {"name": "Lamp", **told}, {"sku": sku, "name": "Lamp", **told}, reference=f"hub-{sku}")


def write(connector: Exchange, stream: str, *writes: Write) -> dict[str, Written]:
    return {each.key: each for each in connector.write(stream, writes)}


def order(connector: Exchange, id_: str, **told: Any) -> Written:
    return write(connector, "orders", Write("k", told, told, id=id_))["k"]


def test_requests_are_signed_where_a_token_alone_is_not_enough(shop: Magento):
    keys = {"consumer_key": "env:KEY", "consumer_secret": "env:SECRET", "token_secret": "env:TOKEN_SECRET"}
    sku = shop.add("products")
    assert fields(shop.connect(**keys), "products", sku)["sku"] == sku
    assert {each.headers["authorization"].split()[0] for each in shop.server.seen()} == {"OAuth"}


def test_keys_to_sign_with_go_together():
    with pytest.raises(ValidationError, match="go together"):
        MagentoOptions.model_validate({"url": "https://shop.example", "token": "env:T", "consumer_key": "env:K"})


def test_what_is_wrong_is_told_with_the_values_in_it():
    body = {"message": "The consumer isn't authorized to access %resources.", "parameters": {"resources": "Sales"}}
    assert words(body) == "The consumer isn't authorized to access Sales."
    assert words({"message": "%1 of %2", "parameters": [1, "a"], "trace": "..."}) == "1 of a"
    assert filled("%field = %value. SKU = %SKU", ["Price", "-5", "A-1"]) == "Price = -5. SKU = A-1"


def test_a_simple_product_below_a_configurable_one_is_its_variant(shop: Magento):
    skus = [shop.add("products") for _ in range(10)]
    told = fields(shop.connect(), "products", skus[9])
    assert (told["variant_of"], told["options"]) == ("C-10", {"Color": "Red"})
    assert fields(shop.connect(), "products", skus[0])["variant_of"] is None


def test_a_product_that_stands_for_others_is_not_overwritten(shop: Magento):
    for _ in range(10):
        shop.add("products")
    refused = write(shop.connect(), "products", new("C-10"))["C-10"]
    assert (refused.outcome, refused.cause) == ("refused", "sku-taken")


def test_products_of_one_name_get_addresses_of_their_own(shop: Magento):
    done = write(shop.connect(), "products", new("A-1"), new("A-2"))
    assert [each.outcome for each in done.values()] == ["done", "done"]


def test_what_was_made_meanwhile_keeps_its_price(shop: Magento):
    sku = shop.add("products")
    assert write(shop.connect(), "products", new(sku))[sku].outcome == "done"
    assert fields(shop.connect(), "prices", sku)["amount"] == "9.9"


def test_the_queue_is_waited_for_and_one_that_failed_says_why(shop: Magento):
    taken = shop.product(shop.add("products"))
    assert taken
    taken.values["custom"]["url_key"] = "lamp-b-2"
    shop.slow_queue = 2
    done = write(shop.connect(), "products", new("B-1"), new("B-2"))
    assert [done["B-1"].outcome, done["B-2"].outcome] == ["done", "refused"]
    assert done["B-2"].message == "URL key for specified store already exists."
    assert len(shop.server.seen("detailed-status")) == 3


def test_what_the_queue_does_not_come_to_is_unknown(shop: Magento):
    shop.slow_queue = 1000
    done = write(shop.connect(patience="1s"), "products", new("B-1"))
    assert done["B-1"].outcome == "unknown"


def test_what_the_queue_gives_back_is_tried_later_and_the_others_are_known(shop: Magento):
    shop.deadlocked.add("B-1")
    writing = iter(shop.connect().write("products", [new("B-1"), new("B-2")]))
    assert [next(writing).outcome, next(writing).outcome] == ["unknown", "done"]
    with pytest.raises(TryLater, match="deadlock"):
        next(writing)


@pytest.mark.parametrize("stream", ["products", "prices"])
def test_what_the_shop_cannot_read_does_not_stop_the_others(shop: Magento, stream: str):
    unread = Reply(400, {"message": 'Error occurred during "%1" processing.', "parameters": ["price"]})
    shop.server.misbehave(lambda _asked, _answer: unread, to=r'(?s)POST .*products.*"L-2"', times=-1)
    skus, price = [shop.add("products") for _ in range(3)], {"list": "default", "currency": "PLN", "amount": "1.50"}
    told = price if stream == "prices" else {"name": "Lamp"}
    done = write(shop.connect(), stream, *(Write(sku, told, {"sku": sku, **told}, id=sku) for sku in skus))
    assert [done[sku].outcome for sku in skus] == ["done", "refused", "done"]
    assert done["L-2"].message == 'Error occurred during "price" processing.'


def test_a_sku_with_a_slash_or_a_comma_is_one(shop: Magento):
    connector = shop.connect()
    for sku in ("A/1 b", "A,1"):
        assert write(connector, "products", new(sku))[sku].outcome == "done"
        assert connector.find("products", [new(sku)]) == {sku: [sku]}
        gone = Write(sku, {}, {"sku": sku}, id=sku, remove=True)
        assert write(connector, "products", gone)[sku].outcome == "done"
        assert shop.product(sku) is None


def test_what_orders_have_reserved_stays_in_the_source(shop: Magento):
    sku = shop.add("products")
    shop.reserved[sku] = 2
    assert fields(shop.connect(), "stock", sku)["available"] == "3"
    level = Write("k", {"available": "10"}, {"sku": sku, "available": "10"}, id=sku)
    assert write(shop.connect(), "stock", level)["k"].outcome == "done"
    assert (shop.held[sku], fields(shop.connect(), "stock", sku)["available"]) == (12, "10")


@pytest.mark.parametrize("stock_items", [False, True])
def test_what_may_be_sold_beyond_its_stock_stays_in_stock_at_none(shop: Magento, stock_items: bool):
    plain, beyond = (shop.add("products") for _ in range(2))
    shop.msi = not stock_items
    shop.backorders.add(beyond)
    connector = shop.connect(stock_items=stock_items)

    def put(level: str) -> list[bool]:
        told = {"available": level}
        writes = [Write(sku, told, {"sku": sku, **told}, id=sku) for sku in (plain, beyond)]
        assert {each.outcome for each in connector.write("stock", writes)} == {"done"}
        return [shop.sells(sku, shop.held[sku]) for sku in (plain, beyond)]

    assert put("0") == [False, True]
    shop.put_in_stock(beyond, wanted=False)
    assert put("0") == [False, False], "that is what the shop's staff wants"
    assert put("3") == [True, True]


def test_s18_a_shop_without_inventory_keeps_levels_at_its_products(shop: Magento):
    shop.msi, skus = False, [shop.add("products") for _ in range(2)]
    del shop.held[skus[1]]
    (finding,) = shop.connect().check()
    assert not finding.good
    assert "stock_items = true" in finding.message
    connector = shop.connect(stock_items=True)
    assert connector.check()[0].good
    read = [each.id for page in connector.read("stock", None, full=True) for each in page.documents]
    assert read == skus[:1], "of the other no stock is kept"
    told = {"available": "7.5"}
    writes = [Write(sku, told, {"sku": sku, **told}, id=sku) for sku in (skus[0], "never")]
    assert [each.outcome for each in connector.write("stock", writes)] == ["done", "gone"]
    assert fields(connector, "stock", skus[0])["available"] == "7.5"


def test_a_price_that_is_refused_does_not_stop_the_others(shop: Magento):
    skus = [shop.add("products"), "never"]
    told = {"list": "default", "currency": "PLN", "amount": "1.50"}
    done = write(shop.connect(), "prices", *(Write(sku, told, {"sku": sku, **told}, id=sku) for sku in skus))
    assert [done[sku].outcome for sku in skus] == ["done", "gone"]


def test_a_price_that_is_refused_without_its_sku_is_found_out(shop: Magento):
    """The shop names the price alone."""
    prices = {shop.add("products"): "1.50", shop.add("products"): "-2", shop.add("products"): "3"}
    told = {"list": "default", "currency": "PLN"}
    each = (
        Write(sku, {"amount": price}, {"sku": sku, "amount": price, **told}, id=sku) for sku, price in prices.items()
    )
    done = write(shop.connect(), "prices", *each)
    assert [done[sku].outcome for sku in prices] == ["done", "refused", "done"]


def test_a_price_of_what_has_none_is_refused_and_not_gone(shop: Magento):
    for _ in range(10):
        shop.add("products")
    told = {"list": "default", "currency": "PLN", "amount": "1.50"}
    (done,) = write(shop.connect(), "prices", Write("k", told, {"sku": "C-10", **told}, id="C-10")).values()
    assert (done.outcome, done.message) == ("refused", "Invalid attribute SKU = C-10.")


def test_stock_that_is_not_kept_says_nothing_and_does_not_add_up(shop: Magento):
    """Some versions say that 0 is left of it, and that it may be sold."""
    sku, connector = shop.add("products"), shop.connect()
    shop.unkept.add(sku)
    assert connector.fetch("stock", [sku]) == []
    for _ in range(2):
        level = Write("k", {"available": "10"}, {"sku": sku, "available": "10"}, id=sku)
        assert write(connector, "stock", level)["k"].outcome == "done"
    assert shop.held[sku] == 10


def test_where_there_are_several_sources_an_order_is_shipped_from_ours(shop: Magento):
    """Otherwise the shop would take the goods from the one that is called `default`, where there are none."""
    shop.source = "depot"
    id_, _ = shop.place_order(shop.clock.now())
    assert order(shop.connect(source="depot"), id_, status="shipped").outcome == "done"


def test_a_shop_without_inventory_knows_no_sources_and_ships(shop: Magento):
    shop.msi = False
    id_, _ = shop.place_order(shop.clock.now())
    assert order(shop.connect(stock_items=True), id_, status="shipped").outcome == "done"


def test_an_order_is_shipped_once_with_its_parcels_and_then_complete(shop: Magento):
    id_, _ = shop.place_order(shop.clock.now())
    connector, parcels = shop.connect(), [{"number": "P-1", "carrier": "DPD"}]
    for _ in range(2):
        assert order(connector, id_, status="shipped", tracking=parcels).outcome == "done"
    assert len(shop.shipments.there()) == 1
    assert fields(connector, "orders", id_)["tracking"] == parcels
    for _ in range(2):
        assert order(connector, id_, status="completed", invoice="F/1").outcome == "done"
    told = fields(connector, "orders", id_)
    assert (told["status"], told["invoice"], told["payment"]["state"]) == ("completed", "F/1", "paid")
    assert len(shop.server.seen(r"POST .*/comments")) == 1


def test_parcels_that_no_shipment_tells_are_noted(shop: Magento):
    id_, _ = shop.place_order(shop.clock.now())
    for _ in range(2):
        assert order(shop.connect(), id_, tracking=[{"number": "P-2"}]).outcome == "done"
    assert fields(shop.connect(), "orders", id_)["tracking"] == [{"number": "P-2"}]
    assert len(shop.server.seen(r"POST .*/comments")) == 1


def test_an_order_that_cannot_be_cancelled_says_so(shop: Magento):
    id_, _ = shop.place_order(shop.clock.now())
    assert order(shop.connect(), id_, status="cancelled").cause == "not-cancelled"
    shop.orders.change(int(id_), {"state": "new"})
    assert order(shop.connect(), id_, status="cancelled").outcome == "done"
    assert fields(shop.connect(), "orders", id_)["status"] == "cancelled"


def test_a_line_of_an_order_is_what_the_customer_pays_for_it(shop: Magento):
    id_, _ = shop.place_order(shop.clock.now())
    told = fields(shop.connect(), "orders", id_)
    line = told["lines"][0]
    assert len(told["lines"]) == 3
    assert {name: line[name] for name in ("net", "tax", "gross", "unit_price", "discount", "tax_rate")} == {
        "net": "3.33",
        "tax": "0.77",
        "gross": "4.1",
        "unit_price": "3.33",
        "discount": "1",
        "tax_rate": "23",
    }
    assert told["shipping"] == [
        {"name": "Flat Rate - Fixed", "code": "flatrate_flatrate", "amount": "5", "tax_rate": "23"}
    ]
    assert (told["billing_address"]["street"], told["billing_address"]["street_more"]) == ("Prosta 1", "m. 2")


@pytest.mark.parametrize(
    ("dynamic", "lines"),
    [
        (True, [("P-1", "2", "9", "11.07", "23"), ("P-2", "2", "18", "19.44", "8")]),
        (False, [("SET-P-1-P-2", "2", "27", "33.21", "23")]),
    ],
)
def test_a_bundle_is_what_holds_its_price(shop: Magento, dynamic: bool, lines: list[tuple[str, ...]]):
    """The line of a bundle whose price is dynamic has no rate of tax, and not the discounts of its parts."""
    id_, _ = shop.place_order(shop.clock.now())
    bundle(shop.orders.records[int(id_)], dynamic=dynamic)
    names = ("sku", "quantity", "net", "gross", "tax_rate")
    told = [tuple(line[name] for name in names) for line in fields(shop.connect(), "orders", id_)["lines"]]
    assert told[3:] == lines


def three_of_the_first(shop: Magento, **told: Any) -> tuple[str, Any]:
    """Place an order whose first line is of three pieces at 10 less 1 each, with tax; return it."""
    id_, _ = shop.place_order(shop.clock.now())
    record = shop.orders.records[int(id_)]
    amounts = {"row_total": 30, "row_total_incl_tax": 36.9, "tax_amount": 6.21, "discount_amount": 3}
    record.values["items"][0] |= {"qty_ordered": 3, **amounts, **told}
    record.values |= {"grand_total": 18.44 + 33.21 - 4.1, "tax_amount": 3.45 + 5.44, "total_paid": 47.55}
    return id_, record


def first_line(shop: Magento, id_: str) -> tuple[Any, ...]:
    told = fields(shop.connect(), "orders", id_)
    line = told["lines"][0] if len(told["lines"]) == 3 else {}
    return *(line.get(name) for name in ("quantity", "net", "gross")), told["totals"]["gross"]


WHOLE = ("3", "27", "33.21", "47.55")


def test_what_is_refunded_before_it_is_shipped_is_not_shipped(shop: Magento):
    """The shop ships it no more; what comes back after that has been sold."""
    id_, record = three_of_the_first(shop, qty_invoiced=3)
    assert first_line(shop, id_) == WHOLE
    give_back(record, {0: 1})
    left = ("2", "18", "22.14", "36.48")
    assert first_line(shop, id_) == left
    assert fields(shop.connect(), "orders", id_)["payment"]["state"] == "paid"
    assert order(shop.connect(), id_, status="shipped").outcome == "done"
    assert record.values["items"][0]["qty_shipped"] == 2
    give_back(record, {0: 1})
    assert first_line(shop, id_) == left


@pytest.mark.parametrize(("gross", "rate", "left"), [(3.0, None, 2.0), (3.69, "23", 2.46)])
def test_a_fixed_product_tax_is_a_charge_of_what_is_sent(shop: Magento, gross: float, rate: str | None, left: float):
    """By itself it is not taxed (Apply Tax To FPT)."""
    id_, record = three_of_the_first(shop, qty_invoiced=3)
    fix_tax(record, 3.0, gross)

    def told() -> tuple[list[tuple[Any, ...]], Decimal]:
        order = fields(shop.connect(prices_include_tax=True), "orders", id_)
        charges = [(each["name"], float(each["amount"]), each.get("tax_rate")) for each in order["shipping"][1:]]
        parts = [line["gross"] for line in order["lines"]] + [each["amount"] for each in order["shipping"]]
        return charges, Decimal(order["totals"]["gross"]) - sum(map(Decimal, parts))

    rounded = Decimal("-0.01")  # the order's tax is rounded once
    assert told() == ([("Recycling", gross, rate)], rounded)
    give_back(record, {0: 1})
    assert told() == ([("Recycling", left, rate)], rounded)


def test_a_line_that_is_refunded_whole_is_none(shop: Magento):
    id_, record = three_of_the_first(shop, qty_invoiced=3)
    give_back(record, {0: 3})
    told = fields(shop.connect(), "orders", id_)
    assert [line["sku"] for line in told["lines"]] == ["A-1", "GONE"]
    assert told["totals"] == {"net": "11.66", "tax": "2.68", "gross": "14.34"}


def test_what_is_cancelled_in_part_is_not_shipped(shop: Magento):
    """Of an order that was invoiced in part the rest can be cancelled: it goes on."""
    id_, record = three_of_the_first(shop, qty_invoiced=1)
    for item in record.values["items"][1:]:
        item["qty_invoiced"] = 1
    record.values["total_paid"] = 25.41
    assert fields(shop.connect(), "orders", id_)["payment"]["state"] == "unpaid"
    cancel_rest(record)
    assert first_line(shop, id_) == ("1", "9", "11.07", "25.41")
    assert fields(shop.connect(), "orders", id_)["payment"]["state"] == "paid"


@pytest.mark.parametrize("told", [{"is_virtual": 1}, {"qty_shipped": 3}])
def test_what_was_refunded_after_that_stays(shop: Magento, told: dict[str, int]):
    """When a virtual one was, is not known: it is never shipped."""
    id_, record = three_of_the_first(shop, qty_invoiced=3, **told)
    give_back(record, {0: 1})
    assert first_line(shop, id_) == WHOLE


@pytest.mark.parametrize("state", ["canceled", "closed"])
def test_an_order_that_has_ended_keeps_its_lines(shop: Magento, state: str):
    id_, record = three_of_the_first(shop, qty_invoiced=3)
    give_back(record, {0: 3, 1: 0})
    record.values["state"] = state
    assert first_line(shop, id_) == WHOLE


@pytest.mark.parametrize("above", [True, False])
def test_a_bundle_is_shipped_by_its_line_or_by_those_below(shop: Magento, above: bool):
    id_, _ = shop.place_order(shop.clock.now())
    record = shop.orders.records[int(id_)]
    bundle(record, dynamic=above)
    whole, *parts = record.values["items"][4:]
    priced, shipped = (parts, [whole]) if above else ([whole], parts)
    for item in priced:
        item["qty_refunded"] = 1

    def quantities() -> list[str]:
        return [line["quantity"] for line in fields(shop.connect(), "orders", id_)["lines"][3:]]

    assert quantities() == ["1"] * len(priced)
    for item in shipped:
        item["qty_shipped"] = 2
    assert quantities() == ["2"] * len(priced)


def test_what_a_gift_card_paid_is_part_of_what_an_order_costs(shop: Magento):
    """Adobe Commerce takes it off the grand total, as it does with store credit and reward points."""
    id_, _ = shop.place_order(shop.clock.now())
    values = shop.orders.records[int(id_)].values
    credit = {"gift_cards_amount": 10, "customer_balance_amount": 3, "reward_currency_amount": 0.44}
    values["extension_attributes"] |= credit
    values |= {"grand_total": 5, "total_paid": 5}
    told = fields(shop.connect(), "orders", id_)
    assert told["totals"] == {"net": "14.99", "tax": "3.45", "gross": "18.44"}
    assert told["payment"]["state"] == "paid"


def test_a_product_that_is_written_in_other_capitals_is_the_same(shop: Magento):
    connector, sku = shop.connect(), shop.add("products")
    assert connector.find("products", [new(sku.lower())]) == {sku.lower(): [sku]}
    assert write(connector, "products", new(sku.lower()))[sku.lower()].id == sku


# Galleries


@pytest.fixture
def pictures() -> Iterator[Pictures]:
    with serving() as served:
        yield served


def gallery_of(shop: Magento, sku: str) -> list[tuple[str, list[str]]]:
    record = shop.product(sku)
    assert record
    rows = sorted(record.values["media"], key=lambda each: each["position"])
    return [(each["file"].rpartition("/")[2], each["types"]) for each in rows]


def pictured(sku: str, *images: str, id_: str | None = None) -> Write:
    told = {"images": [*images]} if id_ else {"name": "Lamp", "images": [*images]}
    return Write(sku, told, {"sku": sku, **told}, id=id_, reference=f"hub-{sku}")


def test_images_are_sent_once_in_their_order(shop: Magento, pictures: Pictures):
    first, second, third = (pictures.put(f"{n}.png", png(n)) for n in (1, 2, 3))
    connector, main = shop.connect(), ["image", "small_image", "thumbnail"]
    assert write(connector, "products", pictured("A", first, second))["A"].outcome == "done"
    assert gallery_of(shop, "A") == [(f"{mark(first)}.png", main), (f"{mark(second)}.png", [])]
    before = fields(connector, "products", "A")["images"]
    assert [mark(first) in before[0], mark(second) in before[1]] == [True, True]
    for _ in range(2):
        assert write(connector, "products", pictured("A", third, first, id_="A"))["A"].outcome == "done"
        assert gallery_of(shop, "A") == [(f"{mark(third)}.png", main), (f"{mark(first)}.png", [])]
    assert len(shop.server.seen(r"POST .*/media")) == len(pictures.asked) == 3
    assert len(shop.server.seen(r"PUT .*/media/")) == 1
    assert write(connector, "products", pictured("A", id_="A"))["A"].outcome == "done"
    assert gallery_of(shop, "A") == []


def test_a_name_that_the_shop_has_numbered_is_known_again(shop: Magento, pictures: Pictures):
    address, connector = pictures.put("a.png", png(1)), shop.connect()
    write(connector, "products", pictured("A", address), pictured("B", address))
    assert gallery_of(shop, "B")[0][0] == f"{mark(address)}_1.png"
    assert write(connector, "products", pictured("B", address, id_="B"))["B"].outcome == "done"
    assert pictures.asked["/a.png"] == 2


def test_images_that_the_shops_staff_added_stay_behind_ours(shop: Magento, pictures: Pictures):
    sku, address = shop.add("products"), pictures.put("a.png", png(1))
    record = shop.product(sku)
    assert record
    record.values["media"][0] |= {"types": ["image", "swatch_image"], "label": "Front"}
    assert write(shop.connect(), "products", pictured(sku, address, id_=sku))[sku].outcome == "done"
    assert gallery_of(shop, sku)[1] == ("lamp1.jpg", ["swatch_image"])
    assert record.values["media"][0]["label"] == "Front"


def test_s18_a_product_goes_without_a_picture_that_cannot_be_had(shop: Magento, pictures: Pictures):
    good, webp, none = (
        pictures.put("a.png", png(1)),
        pictures.put("b.webp", b"RIFF1234WEBP"),
        f"{pictures.url}/none.png",
    )
    connector, main = shop.connect(), ["image", "small_image", "thumbnail"]
    told = write(connector, "products", pictured("A", webp, none, good), pictured("B", good))
    assert [(told[sku].outcome, told[sku].cause) for sku in "AB"] == [("done", "no-picture"), ("done", "")]
    assert told["A"].instead == {"images": [good]}
    assert "JPEG, PNG and GIF" in told["A"].message
    assert none in told["A"].message
    assert gallery_of(shop, "A") == [(f"{mark(good)}.png", main)]
    pictures.put("none.png", png(2))
    whole = write(connector, "products", pictured("A", none, good, id_="A"))["A"]
    assert (whole.outcome, whole.cause, whole.instead) == ("done", "", {})
    assert gallery_of(shop, "A") == [(f"{mark(none)}.png", main), (f"{mark(good)}.png", [])]


def test_s18_what_the_shop_refuses_as_a_picture_is_left_out_in_its_words(shop: Magento, pictures: Pictures):
    refused = Reply(400, {"message": "The image content must be valid base64 encoded data."})
    shop.server.misbehave(lambda _asked, _answer: refused, to=r"POST .*/media")
    told = write(shop.connect(), "products", pictured("A", pictures.put("a.png", png(1))))["A"]
    assert (told.outcome, told.instead) == ("done", {"images": []})
    assert "valid base64" in told.message


def test_s06_an_image_whose_answer_was_lost_is_not_sent_twice(shop: Magento, pictures: Pictures):
    def lost(asked: Asked, answer: Answer) -> Reply:
        answer(asked)
        return Reply(502, b"<html>Bad gateway</html>", {"content-type": "text/html"})

    shop.server.misbehave(lost, to=r"POST .*/media")
    connector, address = shop.connect(), pictures.put("a.png", png(1))
    with pytest.raises(Unanswered):
        write(connector, "products", pictured("A", address))
    assert write(connector, "products", pictured("A", address))["A"].outcome == "done"
    assert len(gallery_of(shop, "A")) == 1


# One store view


def test_texts_are_those_of_the_store_view_and_prices_those_of_the_default_scope(shop: Magento):
    """Prices are set in the default scope: read in the store view, another's would be taken for ours."""
    id_, connector = shop.add("products"), shop.connect(store="de")
    record = shop.product(id_)
    assert record
    record.values["views"] = {"de": {"name": "Lampe", "price": 5.0}}
    assert fields(connector, "products", id_)["name"] == "Lampe"
    price = fields(connector, "prices", id_)
    assert (price["amount"], price["currency"]) == (str(record.values["price"]), "PLN")
    told = {"amount": "7.50"}
    write = Write("k", told, {"sku": id_, "currency": "PLN", **told}, links={"products": {id_: id_}})
    assert only(connector.write("prices", [write])).outcome == "done"
    assert fields(connector, "prices", id_)["amount"] == "7.5"
    renamed = Write(id_, {"name": "Leuchte"}, {"sku": id_, "name": "Leuchte"}, id=id_)
    assert only(connector.write("products", [renamed])).outcome == "done"
    assert fields(connector, "products", id_)["name"] == "Leuchte"
    assert fields(shop.connect(), "products", id_)["name"] == record.values["name"]


def test_a_store_view_weighs_as_it_is_set_up(shop: Magento):
    id_ = shop.add("products")
    record = shop.product(id_)
    assert record
    record.values["weight"] = 2.0
    weights = [fields(shop.connect(store=store), "products", id_)["weight"] for store in ("all", "de")]
    assert weights == ["0.907185", "2"], "in pounds, in kilograms"
