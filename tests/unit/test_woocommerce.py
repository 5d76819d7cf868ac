"""WooCommerce: what only it has, on the fake of it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from adapters.asking.auth.oauth1 import OAuth1
from adapters.asking.http import Rejected
from adapters.eshop.woocommerce.connector import WooCommerceConnector
from adapters.eshop.woocommerce.options import WooCommerceOptions
from adapters.eshop.woocommerce.shop import auth_of
from hub.canonical import ENTITIES
from hub.clock import SystemClock
from hub.connector import GUEST, Change, Unreadable, Write, Written
from hub.errors import Refused, Unanswered
from tests.contract.picture_server import png, serving
from tests.fakes import faults
from tests.fakes.woocommerce import WooCommerce, products
from tests.fakes.woocommerce.hooks import PING, call


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[WooCommerce]:
    fake = WooCommerce()
    for name, value in fake.environment.items():
        monkeypatch.setenv(name, value)
    yield fake
    fake.close()


@pytest.fixture
def shop(fake: WooCommerce) -> WooCommerceConnector:
    return fake.connect()


def told(shop: WooCommerceConnector, stream: str, id_: str) -> dict[str, Any]:
    """Return what a record says, valid."""
    (document,) = shop.fetch(stream, [id_])
    change = shop.translate(stream, document)
    assert isinstance(change, Change), change
    return ENTITIES[stream].valid(change.fields)


def variable(fake: WooCommerce) -> str:
    """Add products until one has a variation; return its identity."""
    return next(id_ for id_ in iter(lambda: fake.add("products"), "") if "-" in id_)


def order(fake: WooCommerce, **values: Any) -> str:
    """Place an order with other values."""
    id_, _ = fake.place_order(fake.clock.now())
    fake.posts.records[int(id_)].values.update(values)
    return id_


def item(**told: Any) -> dict[str, Any]:
    taxes = [{"id": each, "total": "1", "subtotal": "1"} for each in told.pop("rates", ())]
    return {"id": 1, "name": "Lamp", "sku": "A", "taxes": taxes, "meta_data": [], **told}


def outcomes(done: Any) -> dict[str, tuple[str, str]]:
    return {each.key: (each.outcome, each.cause) for each in done}


# Who asks


@pytest.mark.parametrize(
    ("given", "basic"),
    [({}, True), ({"signed": True}, False), ({"url": "http://shop.example"}, False)],
)
def test_over_https_the_key_goes_along_and_over_http_it_signs(fake: WooCommerce, given: dict[str, Any], basic: bool):
    options = {"url": "https://shop.example", "key": "env:WOO_KEY", "secret": "env:WOO_SECRET", **given}
    auth = auth_of(WooCommerceOptions.model_validate(options), SystemClock())
    assert auth == tuple(fake.environment.values()) if basic else isinstance(auth, OAuth1)


def test_the_check_says_what_the_shop_sells_in_and_how_to_mend_it(fake: WooCommerce, shop: WooCommerceConnector):
    assert [each.message for each in shop.check()] == ["WooCommerce sells in PLN, its prices are without tax"]
    fake.server.misbehave(faults.telling(404))
    (finding,) = shop.check()
    assert (finding.good, "Permalinks" in (finding.mend or "")) == (False, True)


def test_a_rate_in_the_options_is_a_number():
    with pytest.raises(ValueError, match="not a rate"):
        WooCommerceOptions.model_validate(
            {"url": "https://a.example", "key": "env:A", "secret": "env:B", "tax_classes": {"8 %": "reduced-rate"}}
        )


# Products


def test_a_variation_is_a_product_of_its_article(fake: WooCommerce, shop: WooCommerceConnector):
    id_ = variable(fake)
    article = fake.posts.records[int(id_.partition("-")[0])].values
    article["attributes"] += [{"id": 0, "name": "Colour &amp; co", "variation": False, "options": ["red", "blue"]}]
    fields = told(shop, "products", id_)
    assert fields["variant_of"] == article["sku"]
    assert (fields["options"], fields["name"]) == ({"Size": "S"}, f"{article['name']} - S")
    assert fields["attributes"] == {"Colour & co": "red, blue"}
    assert shop.fetch("products", [id_.partition("-")[0]]) == []


def test_s18_a_variation_without_a_sku_of_its_own_waits(fake: WooCommerce, shop: WooCommerceConnector):
    """It shows its article's, which means no product: two such variations would be one."""
    id_ = variable(fake)
    fake.posts.records[int(id_.rpartition("-")[2])].values["sku"] = ""
    (document,) = shop.fetch("products", [id_])
    unreadable = shop.translate("products", document)
    assert isinstance(unreadable, Unreadable)
    assert unreadable.cause == "missing-key"
    assert shop.fetch("prices", [id_]) == shop.fetch("stock", [id_]) == []


def test_a_description_is_read_as_it_was_written_not_as_the_shop_dresses_it(
    fake: WooCommerce, shop: WooCommerceConnector
):
    id_ = fake.add("products")
    (done,) = shop.write("products", [Write("k", {"description": "Line one"}, {"sku": "k"}, id=id_)])
    assert (done.outcome, told(shop, "products", id_)["description"]) == ("done", "Line one")


def test_what_of_a_variation_is_its_articles_is_left_alone(fake: WooCommerce, shop: WooCommerceConnector):
    id_ = variable(fake)
    article, _, number = id_.partition("-")
    before = dict(fake.posts.records[int(article)].values)
    new = {"name": "Other", "category": "Elsewhere", "tags": ["x"], "description": "New", "active": False}
    new |= {"images": ["https://pictures.example/s.png"]}
    (done,) = shop.write("products", [Write("k", new, {"sku": "k"}, id=id_)])
    assert (done.outcome, done.id) == ("done", id_)
    assert fake.posts.records[int(article)].values == before
    own = fake.posts.records[int(number)].values
    assert (own["description"], own["status"], len(own["images"])) == ("New", "private", 1)
    fields = told(shop, "products", id_)
    assert (fields["active"], fields["images"]) == (False, ["https://pictures.example/s.png"])
    list(shop.write("products", [Write("k", {"images": []}, {"sku": "k"}, id=id_)]))
    assert own["images"] == []


def test_s18_products_and_variations_go_in_one_batch_each(fake: WooCommerce, shop: WooCommerceConnector):
    ids = [variable(fake), *(fake.add("products") for _ in range(3)), variable(fake)]
    writes = [Write(id_, {"available": "3.7"}, {"sku": id_, "available": "3.7"}, id=id_) for id_ in ids]
    missing = [
        Write("no", {"available": "1"}, {"sku": "no", "available": "1"}),
        Write("gone", {}, {"sku": "g", "available": "1"}, id="9"),
    ]
    done = outcomes(shop.write("stock", [*writes, *missing]))
    assert done == dict.fromkeys(ids, ("done", "")) | {"no": ("gone", "refused"), "gone": ("gone", "refused")}
    assert len(fake.server.seen("POST .*/batch")) == 3
    assert {told(shop, "stock", id_)["available"] for id_ in ids} == {"3"}


def test_what_is_removed_lies_in_the_trash_with_its_sku_free_again(fake: WooCommerce, shop: WooCommerceConnector):
    id_ = fake.add("products")
    sku = told(shop, "products", id_)["sku"]
    remove = Write(sku, {}, {"sku": sku}, id=id_, remove=True)
    assert [each.outcome for _ in range(2) for each in shop.write("products", [remove])] == ["done", "gone"]
    assert fake.posts.records[int(id_)].trashed
    new = Write(sku, {}, {"sku": sku}, reference="r")
    assert shop.find("products", [new]) == {sku: []}
    assert [each.outcome for each in shop.write("products", [new])] == ["done"]


def test_s06_a_sku_is_found_as_it_is_written_commas_and_all(fake: WooCommerce, shop: WooCommerceConnector):
    ids = {sku: fake.add("products") for sku in ("a,b", "A,B", "a", "0")}
    for sku, id_ in ids.items():
        fake.posts.records[int(id_)].values["sku"] = sku
    wanted = [Write(sku, {}, {"sku": sku}, reference="none") for sku in [*ids, "b"]]
    assert shop.find("products", wanted) == {sku: [id_] for sku, id_ in ids.items()} | {"b": []}


def test_s06_of_two_with_one_sku_the_one_with_our_reference_counts(fake: WooCommerce, shop: WooCommerceConnector):
    """Imports and restored trash make such shops, although the shop itself refuses it."""
    one, other = (fake.add("products") for _ in range(2))
    for id_ in (one, other):
        fake.posts.records[int(id_)].values["sku"] = "A"
    write = Write("A", {}, {"sku": "A"}, reference="hub-A")
    assert {*shop.find("products", [write])["A"]} == {one, other}
    fake.posts.records[int(other)].values["meta_data"] = [{"id": 1, "key": "_hub_reference", "value": "hub-A"}]
    assert shop.find("products", [write]) == {"A": [other]}


def test_a_category_is_made_once_with_those_above_it(fake: WooCommerce, shop: WooCommerceConnector):
    writes = [Write(sku, {"category": "Lamps & Co > Desk"}, {"sku": sku}, reference=sku) for sku in "AB"]
    for _ in range(2):
        done = list(shop.write("products", writes))
        writes = [Write(each.key, {"category": "Lamps & Co > Desk"}, {"sku": each.key}, id=each.id) for each in done]
    assert len(fake.server.seen("POST .*/categories")) == 2
    assert told(shop, "products", str(writes[0].id))["category"] == "Lamps & Co > Desk"


def test_a_product_without_a_category_has_none_although_the_shop_gives_it_one(fake: WooCommerce):
    shop = fake.connect()
    (made,) = shop.write("products", [Write("A", {"category": "Desk"}, {"sku": "A"}, reference="r")])
    list(shop.write("products", [Write("A", {"category": None}, {"sku": "A"}, id=made.id)]))
    assert told(shop, "products", made.id or "")["category"] is None
    assert (
        told(fake.connect(default_category="Bez kategorii"), "products", made.id or "")["category"] == "Uncategorized"
    )
    fake.posts.records[int(made.id or 0)].values["categories"] = [1, 2]
    assert told(shop, "products", made.id or "")["category"] == "Desk"


def test_an_image_is_copied_once(fake: WooCommerce, shop: WooCommerceConnector):
    """The shop copies what it is given by address each time; its own numbers are noted and given from then on."""
    images = ["https://pictures.example/a.png", "https://pictures.example/b.png"]
    (made,) = shop.write("products", [Write("A", {"images": images}, {"sku": "A"}, reference="r")])
    first = [each["id"] for each in fake.posts.records[int(made.id or 0)].values["images"]]
    for wanted in (images, [*reversed(images), "https://pictures.example/c.png"]):
        list(shop.write("products", [Write("A", {"images": wanted}, {"sku": "A"}, id=made.id)]))
        assert told(shop, "products", made.id or "")["images"] == wanted
    assert [each["id"] for each in fake.posts.records[int(made.id or 0)].values["images"]][:2] == [*reversed(first)]
    assert len(fake.library) == 3


def test_an_image_that_the_shops_staff_added_stays_behind_ours(fake: WooCommerce, shop: WooCommerceConnector):
    first, second = "https://pictures.example/a.png", "https://pictures.example/b.png"
    (made,) = shop.write("products", [Write("A", {"images": [first]}, {"sku": "A"}, reference="r")])
    values = fake.posts.records[int(made.id or 0)].values
    added = products.uploaded(fake, {"src": "https://shop.example/staff.png"})
    values["images"] = [*values["images"], added]
    for wanted in ([second, first], [second], []):
        list(shop.write("products", [Write("A", {"images": wanted}, {"sku": "A"}, id=made.id)]))
        assert told(shop, "products", made.id or "")["images"] == [*wanted, added["src"]]
    assert len(fake.library) == 3


def test_s09_images_whose_note_was_lost_are_not_copied_again(fake: WooCommerce, shop: WooCommerceConnector):
    images = ["https://pictures.example/a.png", "https://pictures.example/b.png"]
    fake.server.misbehave(faults.telling(404), to=r'POST .*/products/batch[^/]*\n.*"create":\[\]')
    with pytest.raises(Rejected):
        list(shop.write("products", [Write("A", {"images": images}, {"sku": "A"}, reference="r")]))
    (id_,) = shop.find("products", [Write("A", {}, {"sku": "A"}, reference="r")])["A"]
    assert told(shop, "products", id_)["images"] == images
    list(shop.write("products", [Write("A", {"images": images}, {"sku": "A"}, id=id_)]))
    assert (told(shop, "products", id_)["images"], len(fake.library)) == (images, 2)


def test_s18_a_product_goes_without_an_image_that_cannot_be_had(fake: WooCommerce, shop: WooCommerceConnector):
    with serving() as pictures:
        good, missing = pictures.put("a.png", png(1)), f"{pictures.url}/b.png"
        fake.unreachable.add(missing)
        (made,) = shop.write("products", [Write("A", {"images": [missing, good]}, {"sku": "A"}, reference="r")])
        assert (made.outcome, made.cause, made.instead) == ("done", "no-picture", {"images": [good]})
        assert "b.png cannot be fetched" in made.message
        assert told(shop, "products", made.id or "")["images"] == [good]
        fake.unreachable.add(other := pictures.put("c.png", png(2)))
        fields = {"name": "Lamp", "images": [good, other]}
        (changed,) = shop.write("products", [Write("A", fields, {"sku": "A"}, id=made.id)])
        assert (changed.outcome, changed.instead) == ("done", {"images": [good]})
        assert "is not taken by the shop: Error getting remote image" in changed.message
        fields = told(shop, "products", made.id or "")
        assert (fields["name"], fields["images"], len(fake.library)) == ("Lamp", [good], 1)


def test_tax_classes_are_named_in_the_options(fake: WooCommerce):
    shop = fake.connect(tax_classes={"8.0": "reduced-rate", "23": "standard"})
    writes = [Write(rate, {"tax_rate": rate}, {"sku": rate}, reference=rate) for rate in ("8", "23", "5")]
    done: dict[str, Written] = {each.key: each for each in shop.write("products", writes)}
    assert outcomes(done.values()) == {"8": ("done", ""), "23": ("done", ""), "5": ("refused", "unknown-tax-rate")}
    assert [told(shop, "products", done[rate].id or "")["tax_rate"] for rate in ("8", "23")] == ["8", "23"]
    assert "tax_rate" not in told(fake.connect(), "products", done["8"].id or "")


def test_weights_are_in_kilograms(fake: WooCommerce, shop: WooCommerceConnector):
    id_ = fake.add("products")
    for unit, weight in (("g", "1500"), ("kg", "1.5"), ("lbs", "3.306934"), ("oz", "52.910943")):
        fake.settings["products", "weight_unit"] = unit
        list(shop.write("products", [Write("k", {"weight": "1.5"}, {"sku": "k"}, id=id_)]))
        assert fake.posts.records[int(id_)].values["weight"] == weight
        assert told(shop, "products", id_)["weight"] == "1.5"


def test_stock_that_the_shop_does_not_track_is_refused(fake: WooCommerce):
    id_ = fake.add("products")
    fake.posts.records[int(id_)].values["manage_stock"] = False
    write = Write("k", {"available": "3"}, {"sku": "k", "available": "3"}, id=id_)
    assert outcomes(fake.connect(keep_stock=False).write("stock", [write])) == {"k": ("refused", "stock-not-kept")}
    fake.settings["products", "manage_stock"] = "no"
    assert outcomes(fake.connect().write("stock", [write])) == {"k": ("refused", "stock-not-kept")}
    fake.settings["products", "manage_stock"] = "yes"
    assert outcomes(fake.connect().write("stock", [write])) == {"k": ("done", "")}


def test_a_price_of_what_has_none_of_its_own_is_refused(fake: WooCommerce, shop: WooCommerceConnector):
    """The shop takes it without a word, and keeps none."""
    id_ = fake.add("products")
    fake.posts.records[int(id_)].values["type"] = "grouped"
    record = {"sku": "k", "amount": "1.00", "currency": "PLN"}
    write = Write("k", {"amount": "1.00"}, record, id=id_)
    assert outcomes(shop.write("prices", [write])) == {"k": ("refused", "price-not-possible")}


def test_stock_that_variations_share_belongs_to_none_of_them(fake: WooCommerce, shop: WooCommerceConnector):
    id_ = variable(fake)
    article, _, number = id_.partition("-")
    fake.posts.records[int(article)].values |= {"manage_stock": True, "stock_quantity": 9}
    fake.posts.records[int(number)].values |= {"manage_stock": False, "stock_quantity": None}
    assert shop.fetch("stock", [id_]) == []


@pytest.mark.parametrize("other", [{"currency": "EUR"}, {"tax_included": True}, {"minimum_quantity": "5"}])
def test_a_price_that_would_mean_something_else_is_refused(
    fake: WooCommerce, shop: WooCommerceConnector, other: dict[str, Any]
):
    record = {"sku": "k", "amount": "1.00", "currency": "PLN", "tax_included": False, **other}
    done = outcomes(shop.write("prices", [Write("k", {"amount": "1.00"}, record, id=fake.add("products"))]))
    assert done == {"k": ("refused", "price-not-possible")}


def test_where_there_are_no_taxes_a_price_is_what_customers_pay(fake: WooCommerce, shop: WooCommerceConnector):
    """So it is whatever "Prices entered with tax" was before (code: wc_prices_include_tax)."""
    fake.settings["general", "calc_taxes"] = "no"
    (finding,) = shop.check()
    assert "a price is what customers pay" in finding.message
    id_ = fake.add("products")
    for included in (True, False):
        record = {"sku": "k", "amount": "1.00", "currency": "PLN", "tax_included": included}
        done = outcomes(shop.write("prices", [Write("k", {"amount": "1.00"}, record, id=id_)]))
        assert done == {"k": ("done", "")}
    assert told(shop, "prices", id_).get("tax_included") is None


# Orders


def test_coupons_are_taken_off_the_lines_and_fees_are_lines(fake: WooCommerce, shop: WooCommerceConnector):
    fields = told(shop, "orders", order(fake))
    assert [(line["unit_price"], line.get("discount"), line["tax_rate"]) for line in fields["lines"]] == [
        *[("3.33", "1.00", "23")] * 3,
        ("2.00", None, "23"),
    ]
    assert (fields["lines"][0]["name"], fields["lines"][3]["name"]) == ("Lamp & Shade", "Gift wrap")
    assert fields["shipping"] == [{"name": "Kurier", "code": "flat_rate", "amount": "5.00", "tax_rate": "23"}]
    assert (fields["discounts"], fields["rounding"], fields["status"]) == ([], "total", "confirmed")


def fee_below_zero(net: str, **taxes: str) -> dict[str, Any]:
    """Return a fee; `taxes`: `r` and the number of a rate -> its tax."""
    total_tax = f"{sum(map(Decimal, taxes.values())):.2f}"
    told = [{"id": int(name[1:]), "total": tax, "subtotal": ""} for name, tax in taxes.items()]
    return item(name="Loyal", total=net, total_tax=total_tax) | {"taxes": told}


def test_a_fee_below_zero_is_a_discount(fake: WooCommerce, shop: WooCommerceConnector):
    fee = fee_below_zero("-2.00", r7="-0.46")
    fields = told(shop, "orders", order(fake, fee_lines=[fee], prices_include_tax=True))
    assert fields["discounts"] == [{"name": "Loyal", "amount": "-2.46", "tax_rate": "23"}]
    assert [line["unit_price"] for line in fields["lines"]] == ["4.10"] * 3


@pytest.mark.parametrize(
    ("taxes", "parts"),
    [
        ({"r7": "-1.38", "r8": "-0.32"}, [("-6.00", "23"), ("-4.00", "8")]),
        ({"r7": "-1.38"}, [("-6.00", "23"), ("-4.00", None)]),
        ({"r7": "-1.38", "r9": "0"}, [("-6.00", "23"), ("-4.00", None)]),
        ({"r5": "-0.5", "r6": "-0.7"}, [("-10.00", "12")]),
    ],
    ids=["of two rates", "of one, beside what is not taxed", "beside what is taxed by nothing", "both on the whole"],
)
def test_a_fee_below_zero_takes_off_each_tax_its_share(
    fake: WooCommerce, shop: WooCommerceConnector, taxes: dict[str, str], parts: list[tuple[str, str | None]]
):
    """The shop splits it over all that is sold, "so it works as a true discount"."""
    percents = {5: 5, 6: 7, 7: 23, 8: 8, 9: 0}
    rates = [{"rate_id": id_, "compound": False, "rate_percent": rate} for id_, rate in percents.items()]
    fields = told(shop, "orders", order(fake, fee_lines=[fee_below_zero("-10.00", **taxes)], tax_lines=rates))
    assert [(each["amount"], each.get("tax_rate")) for each in fields["discounts"]] == parts


def test_a_tax_on_a_tax_counts_as_one_rate(fake: WooCommerce, shop: WooCommerceConnector):
    rates = [
        {"rate_id": 1, "compound": False, "rate_percent": 5},
        {"rate_id": 2, "compound": True, "rate_percent": 9.975},
        {"rate_id": 3, "compound": False},
    ]
    line = item(quantity=1, subtotal="1", subtotal_tax="0", total="1", total_tax="0")
    lines = [line | {"taxes": item(rates=numbers)["taxes"]} for numbers in ([1, 2], [1], [3], [])]
    fields = told(shop, "orders", order(fake, tax_lines=rates, line_items=lines, fee_lines=[]))
    assert [each.get("tax_rate") for each in fields["lines"]] == ["15.47375", "5", None, None]


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({}, "unpaid"),
        ({"date_paid_gmt": "2026-11-01T10:00:00"}, "paid"),
        ({"date_paid_gmt": "2026-11-01T10:00:00", "refunds": [{"id": 1, "reason": "", "total": "-5.00"}]}, "paid"),
        (
            {"refunds": [{"id": 1, "reason": "", "total": "-20.00"}, {"id": 2, "reason": "", "total": "-0.90"}]},
            "refunded",
        ),
        ({"status": "refunded"}, "refunded"),
    ],
)
def test_how_an_order_is_paid(fake: WooCommerce, values: dict[str, Any], state: str):
    payment = told(fake.connect(payment={"bacs": "transfer"}), "orders", order(fake, **values))["payment"]
    assert (payment["method"], payment["state"]) == ("transfer", state)


def numbers(fake: WooCommerce, id_: str) -> list[int]:
    """Return the numbers of an order's lines, its shipping and its fee."""
    values = fake.posts.records[int(id_)].values
    return [each["id"] for part in ("line_items", "shipping_lines", "fee_lines") for each in values[part]]


@pytest.mark.parametrize("lists_refunds", [True, False], ids=["since 9.0", "before"])
def test_what_is_given_back_before_it_is_sent_is_not_sent(
    fake: WooCommerce, shop: WooCommerceConnector, lists_refunds: bool
):
    """An order can not be changed once it is paid: what is not to be had, is given back the money for."""
    fake.lists_refunds = lists_refunds
    id_ = order(fake, date_paid_gmt="2026-11-01T10:00:00")
    line, gone, _, shipping, fee = numbers(fake, id_)
    values = fake.posts.records[int(id_)].values
    values["line_items"][0] |= {
        "quantity": 2,
        "subtotal": "8.66",
        "subtotal_tax": "2.00",
        "total": "6.66",
        "total_tax": "1.54",
    }
    values |= {"total": "25.00", "total_tax": "4.68"}
    fake.give_back(id_, {line: (1, "3.33", "0.77"), fee: (0, "2.00", "0.46")}, "6.56")
    fake.give_back(id_, {gone: (1, "3.33", "0.77"), shipping: (0, "1.00", "0.23")}, "5.33")
    fields = told(shop, "orders", id_)
    assert [(each.get("sku"), each["quantity"], each["unit_price"], each["discount"]) for each in fields["lines"]] == [
        ("00042", "1", "3.33", "1.00"),
        (None, "1", "3.33", "1.00"),
    ]
    assert [each["amount"] for each in fields["shipping"]] == ["4.00"]
    assert fields["totals"] == {"net": "10.66", "tax": "2.45", "gross": "13.11"}
    assert (fields["status"], fields["payment"]["state"]) == ("confirmed", "paid")


def test_what_comes_back_later_has_been_sold(fake: WooCommerce, shop: WooCommerceConnector):
    id_ = order(fake)
    line, other, *_ = numbers(fake, id_)
    fake.give_back(id_, {line: (1, "3.33", "0.77")}, "4.10")
    fake.clock.move(minutes=1)
    fake.complete(id_)
    before = told(shop, "orders", id_)
    fake.clock.move(minutes=1)
    fake.give_back(id_, {other: (1, "3.33", "0.77")}, "4.10")
    after = told(shop, "orders", id_)
    assert after["lines"] == before["lines"]
    assert len(after["lines"]) == 3
    assert after["totals"] == before["totals"] == {"net": "13.66", "tax": "3.14", "gross": "16.80"}


def test_money_that_is_given_back_for_no_piece_makes_the_line_cheaper(fake: WooCommerce, shop: WooCommerceConnector):
    """And what is kept of one that is not sent, is for no product. An amount for no line changes nothing."""
    id_ = order(fake)
    line, other, *_ = numbers(fake, id_)
    fake.give_back(id_, {line: (0, "1.00", "0.23"), other: (1, "3.00", "0.69")}, "4.92")
    fake.give_back(id_, {}, "1.00")
    fields = told(shop, "orders", id_)
    assert [
        (each.get("sku"), each["quantity"], each["unit_price"], each.get("discount")) for each in fields["lines"]
    ] == [
        ("00042", "1", "2.33", "2.00"),
        (None, "1", "0.33", None),
        (None, "1", "3.33", "1.00"),
        (None, "1", "2.00", None),
    ]
    assert fields["totals"]["gross"] == "15.98"


def test_an_order_that_is_given_back_whole_stays_as_it_was(fake: WooCommerce, shop: WooCommerceConnector):
    id_ = order(fake)
    whole = told(shop, "orders", id_)
    fake.give_back(id_, dict.fromkeys(numbers(fake, id_)[:1], (1, "1.00", "0.23")), "20.90")
    fields = told(shop, "orders", id_)
    assert (fields["status"], fields["payment"]["state"]) == ("cancelled", "refunded")
    assert (fields["lines"], fields["totals"]) == (whole["lines"], whole["totals"])


def test_statuses_of_plugins_are_translated_by_the_options_or_say_nothing(fake: WooCommerce):
    id_ = order(fake, status="packing")
    assert told(fake.connect(), "orders", id_).get("status") is None
    assert told(fake.connect(status={"packing": "processing"}), "orders", id_)["status"] == "processing"


def test_parcels_of_the_tracking_plugin_are_read(fake: WooCommerce, shop: WooCommerceConnector):
    told_there = [{"tracking_provider": "dpd", "tracking_number": "00359", "custom_tracking_link": ""}]
    id_ = order(fake, meta_data=[{"id": 1, "key": "_wc_shipment_tracking_items", "value": told_there}])
    assert told(shop, "orders", id_)["tracking"] == [{"number": "00359", "carrier": "dpd"}]


def test_a_vat_id_of_a_plugin_is_read_with_its_country(fake: WooCommerce):
    shop = fake.connect(vat_id_meta="_billing_nip")
    id_ = order(fake, customer_id=0, meta_data=[{"id": 1, "key": "_billing_nip", "value": "526-025-02-74"}])
    assert told(shop, "orders", id_)["vat_id"] == "PL5260250274"
    assert told(shop, "parties", told(shop, "orders", id_)["party"])["vat_id"] == "PL5260250274"


def test_guests_are_known_by_their_latest_order_and_carts_by_nothing(fake: WooCommerce, shop: WooCommerceConnector):
    for name in ("Old", "New"):
        fake.clock.move(minutes=1)
        billing = fake.posts.records[int(order(fake))].values["billing"]
        order(fake, customer_id=0, billing=billing | {"email": "Gast@Example.com", "last_name": name})
    cart, nobody = order(fake, status="checkout-draft"), order(fake, customer_id=0, billing=billing | {"email": ""})
    guest = f"{GUEST}gast@example.com"
    for _ in range(11):  # the search also finds who has the address as a part of theirs
        order(fake, customer_id=0, billing=billing | {"email": "xgast@example.com"})
    assert told(shop, "parties", guest)["name"] == "Jan New"
    assert shop.fetch("parties", [f"{GUEST}nobody@example.com"]) == []
    assert shop.fetch("orders", [cart]) == []
    assert told(shop, "orders", nobody).get("party") is None
    seen = [
        each.id for page in shop.read("orders", None, full=True) if page.entity == "parties" for each in page.documents
    ]
    assert guest in seen


def test_staff_are_no_parties_unless_they_order(fake: WooCommerce, shop: WooCommerceConnector):
    member = fake.add("parties")
    fake.users.records[int(member)].values["role"] = "administrator"

    def listed(connector: WooCommerceConnector) -> list[str]:
        return [each.id for page in connector.read("parties", None, full=True) for each in page.documents]

    assert member not in listed(shop)
    assert member in listed(fake.connect(role="all"))
    assert [each.id for each in shop.fetch("parties", [member])] == [member]


def test_status_parcels_and_invoice_are_told_once(fake: WooCommerce, shop: WooCommerceConnector):
    id_ = order(fake)
    record = {
        "status": "shipped",
        "tracking": [{"number": "00359", "carrier": "DPD"}, {"number": "00360"}],
        "invoice": "7/26",
    }
    for _ in range(2):
        (done,) = shop.write("orders", [Write("k", record, record, id=id_)])
        assert done.outcome == "done"
    assert fake.posts.records[int(id_)].values["status"] == "completed"
    notes = fake.posts.records[int(id_)].values["notes"]
    assert [(each["note"], each["customer_note"]) for each in notes] == [("DPD 00359", True), ("00360", True)]
    fields = told(shop, "orders", id_)
    assert (fields["tracking"], fields["invoice"]) == (record["tracking"], "7/26")


def test_a_note_whose_answer_is_lost_is_not_sent_twice(fake: WooCommerce):
    id_, shop = order(fake), fake.connect(timeout="1s", tell_customers=False)
    write = Write("k", {"tracking": [{"number": "00359"}]}, {}, id=id_)
    fake.server.misbehave(faults.lost_answer, to="POST .*/notes")
    with pytest.raises(Unanswered):
        list(shop.write("orders", [write]))
    list(shop.write("orders", [write]))
    assert [each["customer_note"] for each in fake.posts.records[int(id_)].values["notes"]] == [False]


def test_an_order_that_lies_in_the_trash_is_gone(fake: WooCommerce, shop: WooCommerceConnector):
    id_ = order(fake)
    fake.remove("orders", id_)
    assert outcomes(shop.write("orders", [Write("k", {"status": "cancelled"}, {}, id=id_)])) == {
        "k": ("gone", "refused")
    }


# Webhooks


def test_a_ping_says_nothing_and_other_topics_are_refused(shop: WooCommerceConnector):
    assert shop.hooks
    assert shop.hooks.hints(PING, "s") == ()
    with pytest.raises(Refused, match="coupon"):
        shop.hooks.hints(call("coupon.created", {"id": 1}, "s"), "s")


@pytest.mark.parametrize(
    ("said", "ids"),
    [
        ({"id": 7}, ("7",)),
        ({"id": 7, "type": "simple", "variations": []}, ("7",)),
        ({"id": 7, "type": "variable", "variations": [8, 9]}, ("7-8", "7-9")),
        ({"id": 8, "type": "variation", "parent_id": 7, "variations": []}, ("7-8",)),
    ],
)
def test_a_call_about_an_article_is_about_its_variations(
    shop: WooCommerceConnector, said: dict[str, Any], ids: tuple[str, ...]
):
    assert shop.hooks
    (hint,) = shop.hooks.hints(call("product.updated", said, "s"), "s")
    assert hint.ids == ids


def test_another_secret_is_given_to_a_webhook_and_does_not_switch_on_what_people_have_paused(
    fake: WooCommerce, shop: WooCommerceConnector
):
    assert shop.hooks
    shop.hooks.subscribe("order.created", "https://hub.example/shop", "the first")
    (hook,) = fake.webhooks.there()
    hook.values["status"] = "paused"
    [subscription] = shop.hooks.subscriptions()
    shop.hooks.sign(subscription, "the second")
    assert (hook.values["status"], hook.values["secret"]) == ("paused", "the second")
    [subscription] = shop.hooks.subscriptions()
    shop.hooks.revive(subscription, "the third")
    assert (hook.values["status"], hook.values["secret"]) == ("active", "the third")


def test_an_error_that_the_shop_tells_instead_of_a_record_asks_for_all_that_has_changed(shop: WooCommerceConnector):
    said = {"code": "woocommerce_rest_cannot_view", "message": "Sorry, you cannot ...", "data": {"status": 401}}
    assert shop.hooks
    (hint,) = shop.hooks.hints(call("order.updated", said, "s"), "s")
    assert (hint.stream, hint.ids) == ("orders", ())


def test_what_is_deleted_restored_and_deleted_again_is_told_twice(shop: WooCommerceConnector):
    assert shop.hooks
    events = [shop.hooks.hints(call("product.deleted", {"id": 7}, "s", each), "s")[0].event for each in ("a", "b")]
    assert events == ["a", "b"]


def test_more_webhooks_than_a_page_holds_are_all_seen(fake: WooCommerce, shop: WooCommerceConnector):
    for number in range(101):
        fake.webhooks.add(
            {"name": "", "status": "active", "topic": "order.created", "delivery_url": f"https://a/{number}"}
        )
    assert shop.hooks
    assert len({each.address for each in shop.hooks.subscriptions()}) == 101
