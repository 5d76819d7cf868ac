"""What only PrestaShop has: texts in languages, parts and wholes, combinations, references, statuses, its clock."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.asking.http import KeyRefused
from adapters.eshop.prestashop.shop import earlier
from hub.connector import Exchange, Write, Written
from hub.errors import TryLater, Unanswered
from tests.contract.connector_suite import by_id, fields_of, of_stream, only
from tests.contract.picture_server import Pictures, png, serving
from tests.fakes.prestashop import PrestaShop
from tests.fakes.prestashop.images import BROKEN, LARGEST
from tests.fakes.prestashop.shop import KEY, PAYMENT, PREPARATION
from tests.fakes.server import Answer, Asked, Reply


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[PrestaShop]:
    shop = PrestaShop()
    monkeypatch.setenv("PRESTA_KEY", KEY)
    yield shop
    shop.close()


def made(connector: Exchange, sku: str = "A-1", **fields: Any) -> Written:
    told = {"name": "Lamp", "active": True, **fields}
    return only(connector.write("products", [Write(sku, told, {"sku": sku, **told}, reference=f"hub-{sku}")]))


def changed(connector: Exchange, stream: str, id_: str, record: dict[str, Any], **fields: Any) -> Written:
    return only(connector.write(stream, [Write("k", fields, {**record, **fields}, id=id_)]))


@pytest.mark.parametrize("version", ["1.7.8.11", "8.1.7", "9.0.0"])
def test_a_change_leaves_all_else_as_it_is(fake: PrestaShop, version: str):
    fake.version = version
    id_, connector = fake.add("products"), fake.connect()
    product = fake.tables["products"].records[int(id_)]
    before = {**product.values, "name": {1: "Lamp 1", 2: "Latarnia"}}
    assert changed(connector, "products", id_, {"sku": "L-1"}, name="Latarnia").outcome == "done"
    assert product.values == {**before, "date_upd": product.values["date_upd"]}
    assert len(fake.server.seen(r"\APUT " if version.startswith("1.") else r"\APATCH ")) == 1


def test_a_shop_with_one_language_is_understood(fake: PrestaShop):
    fake.languages, fake.version = (2,), "1.7.8.11"
    connector = fake.connect()
    id_ = str(made(connector, description="Świeci", category="Lampy").id)
    assert changed(connector, "products", id_, {"sku": "A-1"}, name="Latarnia").outcome == "done"
    fields = fields_of(connector, "products", id_)
    assert (fields["name"], fields["description"], fields["category"]) == ("Latarnia", "Świeci", "Lampy")


def test_a_new_product_can_be_seen_and_bought_once_it_has_a_price(fake: PrestaShop):
    fake.setting("PS_ORDER_OUT_OF_STOCK").values["value"] = "1"
    connector, unpriced = fake.connect(), {"sku": "A-1", "currency": "PLN"}
    id_ = str(made(connector).id)
    values = fake.tables["products"].records[int(id_)].values
    assert [values[name] for name in ("state", "active", "visibility")] == ["1", "1", "both"]

    def priced(amount: str) -> bool:
        assert changed(connector, "prices", f"{id_}|PLN", unpriced, amount=amount).outcome == "done"
        return fake.sells(id_)

    assert not fake.sells(id_), "it would be sold for nothing"
    assert not priced("0.00")
    assert priced("9.90")
    assert values["show_price"] == "1"
    values["available_for_order"] = "0"
    assert not priced("8.90"), "that is what the shop's staff wants"


def test_a_product_stays_in_its_other_categories(fake: PrestaShop):
    connector = fake.connect()
    id_ = str(made(connector, category="Lamps").id)
    product = fake.tables["products"].records[int(id_)]
    product.values["categories"].append(2)
    changed(connector, "products", id_, {"sku": "A-1"}, category="Candles")
    assert product.values["categories"] == [4, 2]


def test_the_right_that_is_missing_is_named(fake: PrestaShop):
    fake.rights["products"].remove("POST")
    with pytest.raises(KeyRefused, match=r"POST .* resource products .*\[systems\.shop\]"):
        made(fake.connect())


def test_a_part_needs_no_right_for_wholes(fake: PrestaShop):
    id_, connector = fake.add("stock"), fake.connect()
    fake.rights["stock_availables"].discard("PUT")
    write = Write("L-1", {"available": "3"}, {"sku": "L-1", "available": "3"}, id=id_)
    assert only(connector.write("stock", [write])).outcome == "done"


def test_s18_a_refusal_that_comes_as_500_stops_nobody(fake: PrestaShop):
    ids, connector = [fake.add("stock") for _ in range(3)], fake.connect()
    fake.tables["stock_availables"].records[2].values["depends_on_stock"] = "1"
    writes = [Write(id_, {"available": "7"}, {"sku": f"L-{id_}", "available": "7"}, id=id_) for id_ in ids]
    outcomes = [*connector.write("stock", writes)]
    assert [each.outcome for each in outcomes] == ["done", "refused", "done"]
    assert "depends on stock" in outcomes[1].message


def test_s06_a_fault_in_php_says_nothing_about_what_was_carried_out(fake: PrestaShop):
    def noticed(asked: Asked, answer: Answer) -> Reply:
        answer(asked)
        return Reply(500, {"errors": [{"code": 3, "message": "[PHP Warning #2] Undefined array key"}]})

    connector = fake.connect()
    fake.server.misbehave(noticed, to=fake.creates["products"])
    with pytest.raises(Unanswered):
        made(connector)
    assert connector.find("products", [Write("A-1", {}, {"sku": "A-1"})]) == {"A-1": ["1"]}


def test_references_are_told_apart_by_capitals_and_never_asked_for_as_patterns(fake: PrestaShop):
    connector = fake.connect()
    made(connector, "a-1")
    id_ = made(connector, "A-1").id
    wanted = [Write(sku, {}, {"sku": sku}) for sku in ("A-1", 'B"|"', "C[1]")]
    assert connector.find("products", wanted) == {"A-1": [id_], 'B"|"': [], "C[1]": []}
    assert made(connector, "C[1]").outcome == "refused"


def test_a_reference_with_a_comma_is_no_range(fake: PrestaShop):
    connector = fake.connect()
    made(connector, "3")
    id_ = made(connector, "1,5").id
    began = len(fake.server.asked)
    assert connector.find("products", [Write("k", {}, {"sku": "1,5"})]) == {"k": [id_]}
    assert [each.query.get("filter[reference]") for each in fake.server.asked[began:]][:2] == ["[1,5|1,5]"] * 2


def test_a_unit_that_nobody_knows_is_said(fake: PrestaShop):
    id_, connector = fake.add("products"), fake.connect()
    [unit] = [each for each in fake.tables["configurations"].there() if each.values["name"] == "PS_WEIGHT_UNIT"]
    unit.values["value"] = "stone"
    assert fields_of(connector, "products", id_).get("weight") is None
    assert made(connector, weight="1").cause == "unknown-unit"


def combined(fake: PrestaShop) -> str:
    return [fake.add("products") for _ in range(10)][-1]


def test_a_combination_is_a_product_under_its_article(fake: PrestaShop):
    id_, connector = combined(fake), fake.connect()
    fields = fields_of(connector, "products", id_)
    assert (fields["sku"], fields["variant_of"], fields["options"]) == ("L-10-S", "L-10", {"Rozmiar": "S"})
    assert (fields["name"], fields["weight"]) == ("Lampa 10 (S)", "1.25")
    assert connector.find("products", [Write("k", {}, {"sku": "L-10-S"}), Write("l", {}, {"sku": "L-10"})]) == {
        "k": [id_],
        "l": [],
    }
    stock = by_id(of_stream(connector, "stock", connector.read("stock", None, full=True)))
    assert id_ in stock
    assert "10" not in stock


def test_prices_and_weights_of_combinations_are_differences(fake: PrestaShop):
    id_, connector = combined(fake), fake.connect()
    assert float(fields_of(connector, "prices", f"{id_}|PLN")["amount"]) == 11.4
    price = {"sku": "L-10-S", "currency": "PLN", "amount": "9.5"}
    assert changed(connector, "prices", f"{id_}|PLN", price, amount="9.5").id == f"{id_}|PLN"
    assert changed(connector, "products", id_, {"sku": "L-10-S"}, weight="0.5", name="Other").outcome == "done"
    values = fake.tables["combinations"].records[1].values
    assert (values["price"], values["weight"]) == ("-0.400000", "-0.500000")
    assert fields_of(connector, "prices", f"{id_}|PLN")["amount"] == "9.50"
    assert changed(connector, "products", id_, {"sku": "L-10-S"}, active=False).cause == "variant-not-hidden"


def test_tax_rules_go_by_their_rates(fake: PrestaShop):
    connector = fake.connect(tax_rules={"23": "1", "8.0": "2"})
    id_ = str(made(connector, tax_rate="8").id)
    assert fake.tables["products"].records[int(id_)].values["id_tax_rules_group"] == "2"
    assert fields_of(connector, "products", id_)["tax_rate"] == "8"
    assert made(connector, "A-2", tax_rate="5").cause == "unknown-tax-rate"


def test_an_order_says_what_was_ordered(fake: PrestaShop):
    id_, _ = fake.place_order(fake.clock.now())
    fields = fields_of(
        fake.connect(payment={"ps_wirepayment": "transfer"}, shipping={"Kurier": "courier"}), "orders", id_
    )
    line = fields["lines"][0]
    assert (line["net"], line["gross"], line["tax_rate"]) == ("3.33", "4.0959", "23")
    assert [(each.get("code"), each["amount"], each["tax_rate"]) for each in fields["shipping"]] == [
        ("courier", "6.15", "23"),
        (None, "2.46", "23"),
    ]
    assert fields["discounts"] == [{"name": "discount", "amount": "-3.69", "tax_rate": "23"}]
    assert (fields["payment"], fields["rounding"]) == ({"state": "unpaid", "method": "transfer"}, "total")


def two_rates(fake: PrestaShop, id_: str) -> list[dict[str, Any]]:
    """Make an order's lines one of 36.90 at 23 %, one of 10.80 at 8 %, and one that costs nothing."""
    low = fake.tables["taxes"].add({"rate": "8.000"}).id
    lines = [each.values for each in fake.tables["order_details"].there() if each.values["id_order"] == id_]
    for line, net, gross, taxes in zip(
        lines, ("30", "10", "0"), ("36.90", "10.80", "0"), ([1], [low], [1]), strict=True
    ):
        line |= {"total_price_tax_excl": f"{net}.000000", "total_price_tax_incl": gross, "taxes": taxes}
    return lines


def test_shipping_and_wrapping_are_taxed_as_their_sums_say_not_as_the_carrier_does(fake: PrestaShop):
    """Wrapping has a rate of its own; where taxes go by the products (PS_ATCP_SHIPWRAP), the carrier has none."""
    id_, _ = fake.place_order(fake.clock.now())
    order = fake.tables["orders"].records[int(id_)].values

    def charges() -> list[tuple[str, str | None]]:
        return [(each["amount"], each.get("tax_rate")) for each in fields_of(fake.connect(), "orders", id_)["shipping"]]

    order |= {"total_wrapping_tax_incl": "2.100000", "total_wrapping_tax_excl": "2.000000"}
    assert charges() == [("6.15", "23"), ("2.10", "5")]
    two_rates(fake, id_)
    order |= {"total_shipping_tax_incl": "10.00", "total_shipping_tax_excl": "8.39", "carrier_tax_rate": "0.000"}
    assert charges() == [("7.735849", "23"), ("2.264151", "8"), ("2.10", "5")]
    fake.refund(id_, 1, 1)
    assert charges() == [("7.735849", "23"), ("2.264151", "8"), ("2.10", "5")], "what was charged stays"


def test_a_discount_takes_off_tax_as_well(fake: PrestaShop):
    """Of each line its part, with that line's tax: 10 of 36.90 at 23 %, and of 10.80 at 8 %."""
    id_, _ = fake.place_order(fake.clock.now())
    lines = two_rates(fake, id_)
    order = fake.tables["orders"].records[int(id_)].values

    def discounts(gross: str, net: str) -> list[tuple[str, str | None]]:
        order.update(total_discounts_tax_incl=gross, total_discounts_tax_excl=net)
        told = fields_of(fake.connect(), "orders", id_)["discounts"]
        return [(each["amount"], each.get("tax_rate")) for each in told]

    assert discounts("10.00", "8.386000") == [("-7.735849", "23"), ("-2.264151", "8")]
    assert discounts("3.24", "3.00") == [("-3.24", "8")]
    assert discounts("0.000000", "0.000000") == []
    order["carrier_tax_rate"] = "0.000"
    for line in lines:
        line["taxes"] = []
    assert discounts("5.00", "5.00") == [("-5.00", "0")]


def test_what_is_refunded_before_it_is_sent_is_not_sent(fake: PrestaShop):
    """The shop counts it apart from what is returned later, and keeps the line and the totals."""
    id_, _ = fake.place_order(fake.clock.now())
    line = next(each.values for each in fake.tables["order_details"].there() if each.values["id_order"] == id_)
    line |= {"product_quantity": "3", "total_price_tax_incl": "12.287700", "total_price_tax_excl": "9.990000"}
    order = fake.tables["orders"].records[int(id_)].values
    order |= {"total_paid_tax_incl": "25.400000", "total_paid_tax_excl": "20.650000"}

    def told() -> tuple[list[tuple[str, str]], str]:
        fields = fields_of(fake.connect(), "orders", id_)
        return [(each["name"], each["quantity"]) for each in fields["lines"]], fields["totals"]["gross"]

    assert told() == ([("Lamp & Shade", "3"), ("Bulb", "1"), ("Candle", "1")], "25.40")
    fake.refund(id_, 0, 1)
    fake.refund(id_, 1, 1)
    left = ([("Lamp & Shade", "2"), ("Candle", "1")], "17.21")
    assert told() == left
    fake.complete(id_)
    fake.refund(id_, 0, 2)
    assert told() == left


def test_without_returns_what_is_refunded_after_delivery_counts_alike_and_the_check_says_so(fake: PrestaShop):
    id_, _ = fake.place_order(fake.clock.now())
    fake.complete(id_)
    [finding] = fake.connect().check()
    assert "Merchandise Returns" not in finding.message
    fake.setting("PS_ORDER_RETURN").values["value"] = "0"
    fake.refund(id_, 0, 1)
    assert len(fields_of(fake.connect(), "orders", id_)["lines"]) == 2
    [finding] = fake.connect().check()
    assert finding.good
    assert "Merchandise Returns" in finding.message


def test_an_order_that_is_refunded_whole_stays_as_it_was(fake: PrestaShop):
    id_, _ = fake.place_order(fake.clock.now())
    for line in range(3):
        fake.refund(id_, line, 1)
    assert fields_of(fake.connect(), "orders", id_)["lines"] == []
    settings = {each.values["name"]: each.values["value"] for each in fake.tables["configurations"].there()}
    fake.tables["orders"].change(int(id_), {"current_state": settings["PS_OS_REFUND"]})
    fields = fields_of(fake.connect(), "orders", id_)
    assert (fields["status"], len(fields["lines"]), fields["totals"]["gross"]) == ("cancelled", 3, "17.21")


def test_orders_of_one_checkout_have_numbers_of_their_own(fake: PrestaShop):
    first, second = (fake.place_order(fake.clock.now())[0] for _ in range(2))
    fake.tables["orders"].records[int(second)].values["reference"] = "XKBKN0001"
    connector = fake.connect()
    assert [fields_of(connector, "orders", id_)["number"] for id_ in (first, second)] == ["XKBKN0001", "XKBKN0001#2"]


def test_what_was_paid_in_parts_is_paid_when_it_is_enough(fake: PrestaShop):
    id_, _ = fake.place_order(fake.clock.now())
    connector, add = fake.connect(), fake.tables["order_payments"].add
    payment = {"order_reference": "XKBKN0001", "payment_method": "Przelew", "date_add": "2026-11-02 08:30:00"}
    add({**payment, "amount": "10.000000", "transaction_id": "T1"})
    assert fields_of(connector, "orders", id_)["payment"]["state"] == "unpaid"
    add({**payment, "amount": "7.210000", "transaction_id": "T2"})
    told = {"state": "paid", "method": "ps_wirepayment", "reference": "T2", "paid_at": "2026-11-02T07:30:00Z"}
    assert fields_of(connector, "orders", id_)["payment"] == told


@pytest.mark.parametrize(("mails", "count"), [(True, 2), (False, 0)])
def test_an_order_is_brought_forward_once(fake: PrestaShop, mails: bool, count: int):
    id_, _ = fake.place_order(fake.clock.now())
    connector = fake.connect(tell_customers=mails)
    parcels = [{"number": "PL1", "carrier": None}, {"number": "PL2", "carrier": None}]
    for _ in range(2):
        assert changed(connector, "orders", id_, {}, status="shipped", tracking=parcels).outcome == "done"
    fields = fields_of(connector, "orders", id_)
    assert fields["status"] == "shipped"
    assert [each["number"] for each in fields["tracking"]] == ["PL1", "PL2"]
    assert len(fake.tables["order_histories"].there()) == 1
    assert len(fake.server.seen("sendemail=1")) == count
    parcels = [{"number": "X" * 40, "carrier": None}, {"number": "Y" * 40, "carrier": None}]
    assert changed(connector, "orders", id_, {}, tracking=parcels).cause == "tracking-too-long"


def test_what_was_saved_although_its_mail_failed_is_done(fake: PrestaShop):
    """The shop then says that it could not save it."""
    fake.mail_fails = True
    id_, _ = fake.place_order(fake.clock.now())
    parcels = [{"number": "PL1", "carrier": None}]
    assert changed(fake.connect(), "orders", id_, {}, status="shipped", tracking=parcels).outcome == "done"
    assert len(fake.tables["order_histories"].there()) == 1


def test_statuses_of_the_shops_own_mean_what_they_are_ticked_for_or_what_is_said(fake: PrestaShop):
    id_, _ = fake.place_order(fake.clock.now())
    states = fake.tables["order_states"]
    own = states.add({"shipped": "0", "delivery": "1", "paid": "1"}).id
    fake.tables["orders"].records[int(id_)].values["current_state"] = str(own)
    assert fields_of(fake.connect(), "orders", id_)["status"] == "processing"
    assert fields_of(fake.connect(status={str(own): "shipped"}), "orders", id_)["status"] == "shipped"
    fake.tables["orders"].records[int(id_)].values["current_state"] = str(PAYMENT)
    changed(fake.connect(told={"processing": str(own)}), "orders", id_, {}, status="processing")
    assert fake.tables["order_histories"].there()[-1].values["id_order_state"] == str(own) != str(PREPARATION)


def test_s20_a_customer_who_was_deleted_still_comes_with_the_order(fake: PrestaShop):
    id_, _ = fake.place_order(fake.clock.now())
    fake.remove("parties", "1")
    pages = list(fake.connect().read("orders", None, full=True))
    assert [document.id for page in pages if page.entity == "parties" for document in page.documents] == ["1"]
    assert id_ in by_id(of_stream(fake.connect(), "orders", pages))


def test_s11_the_hour_that_comes_twice_is_read_twice():
    zone = ZoneInfo("Europe/Warsaw")
    assert earlier("2026-10-25 02:50:00", zone) == "2026-10-25 01:48:00"
    assert earlier("2026-10-25 03:10:00", zone) == "2026-10-25 03:08:00"
    assert earlier("2026-03-29 03:10:00", zone) == "2026-03-29 03:08:00"


def test_s11_what_changes_in_the_hour_that_comes_twice_is_not_lost(fake: PrestaShop):
    fake.clock.instant = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)  # 02:50, summer time
    connector = fake.connect()
    fake.add("parties")
    pages = list(connector.read("parties", None, full=False))
    fake.clock.move(minutes=20)  # 02:10, winter time
    id_ = fake.add("parties")
    later = list(connector.read("parties", pages[-1].checkpoint, full=False))
    assert id_ in by_id(of_stream(connector, "parties", later))


def test_the_key_is_not_shown_although_it_is_sent_as_the_user(fake: PrestaShop):
    def telling(_asked: Asked, _answer: Answer) -> Reply:
        return Reply(400, {"errors": [{"code": 1, "message": f"bad key {KEY}"}]})

    fake.server.misbehave(telling)
    [finding] = fake.connect().check()
    assert not finding.good
    assert KEY not in finding.message
    assert "***" in finding.message


def test_texts_hold_whatever_people_write(fake: PrestaShop):
    connector, text = fake.connect(), "<p>5 &lt; 6 ]]&gt; \"ż\" '&amp;'</p>"
    id_ = str(made(connector, description=text + "\x0b").id)
    assert fields_of(connector, "products", id_)["description"] == text
    assert replace(made(connector, "A-2"), id=None, key="") == Written("", "done")


# Images


@pytest.fixture
def pictures() -> Iterator[Pictures]:
    with serving() as served:
        yield served


def gallery(fake: PrestaShop, id_: str | None) -> tuple[list[int], str]:
    values = fake.tables["products"].records[int(id_ or 0)].values
    return values["images"], values["id_default_image"]


def test_a_new_product_gets_its_images_in_their_order(fake: PrestaShop, pictures: Pictures):
    connector, sources = fake.connect(), [pictures.put(f"{n}.png", png(n)) for n in (1, 2)]
    written = made(connector, images=sources)
    assert gallery(fake, written.id) == ([101, 102], "101")
    shown = fields_of(connector, "products", written.id or "")["images"]
    assert shown == [f"{fake.server.url}/img/p/1/0/{n}/10{n}.jpg" for n in (1, 2)]
    sent = [each.body for each in fake.server.seen(r"\APOST /api/images/products/1\?")]
    assert [png(n) in body for n, body in zip((1, 2), sent, strict=True)] == [True, True]


def test_images_that_are_there_are_left_alone_and_that_is_said(fake: PrestaShop, pictures: Pictures):
    connector, source = fake.connect(), pictures.put("a.png", png(1))
    id_ = str(made(connector, images=[source]).id)
    told = changed(connector, "products", id_, {"sku": "A-1"}, images=[pictures.put("b.png", png(2))])
    assert (told.outcome, told.cause, told.instead) == ("done", "images-kept", {"images": []})
    assert gallery(fake, id_) == ([101], "101")
    assert changed(connector, "products", id_, {"sku": "A-1"}, images=[]).instead == {}
    assert gallery(fake, id_) == ([101], "101")


@pytest.mark.parametrize("version", ["1.7.8.11", "9.0.0"])
def test_images_that_are_there_are_replaced_where_that_is_wanted(fake: PrestaShop, pictures: Pictures, version: str):
    fake.version = version
    connector, sources = fake.connect(replace_images=True), [pictures.put(f"{n}.png", png(n)) for n in (1, 2, 3)]
    id_ = str(made(connector, images=sources[:1]).id)
    assert changed(connector, "products", id_, {"sku": "A-1"}, images=sources[1:]).cause == ""
    assert gallery(fake, id_) == ([102, 103], "102")
    none = changed(connector, "products", id_, {"sku": "A-1"}, images=[f"{pictures.url}/none.png"])
    assert (none.cause, none.instead) == ("no-picture", {"images": []})
    assert gallery(fake, id_) == ([102, 103], "102"), "what is there is better than nothing"
    assert changed(connector, "products", id_, {"sku": "A-1"}, images=None).outcome == "done"
    assert gallery(fake, id_) == ([], "")


def test_what_is_agreed_on_stays_and_only_what_is_new_is_added(fake: PrestaShop, pictures: Pictures):
    connector, (a, b, c) = fake.connect(replace_images=True), [pictures.put(f"{n}.png", png(n)) for n in (1, 2, 3)]
    broken, large = pictures.put("b.png", png(8) + BROKEN), f"{pictures.url}/none.png"
    id_ = str(made(connector, images=[a, b]).id)

    def tell(agreed: list[str] | None, *images: str) -> Written:
        fields = {"images": list(images)}
        agreed_on = {"images": agreed}
        return only(
            connector.write("products", [Write("k", fields, {"sku": "A-1", **fields}, id=id_, agreed=agreed_on)])
        )

    for _ in range(2):
        told = tell([a, b], broken, a, large, b)
        assert (told.cause, told.instead, gallery(fake, id_)) == ("no-picture", {"images": [a, b]}, ([101, 102], "101"))
    assert tell([a, b], a, large, b, c).instead == {"images": [a, b, c]}
    shown, cover = gallery(fake, id_)
    assert (shown[:2], len(shown), cover) == ([101, 102], 3, "101"), "what is new comes behind"
    tell([a, b, c], c, a, b)
    assert not {*gallery(fake, id_)[0]} & {*shown}, "in another order"
    for agreed in ([a], [b, a], None):
        shown, _ = gallery(fake, id_)
        tell(agreed, a, b)
        assert (len(gallery(fake, id_)[0]), {*gallery(fake, id_)[0]} & {*shown}) == (2, set()), (
            "nobody knows what is there"
        )


def test_a_picture_that_can_be_had_at_last_takes_its_place(fake: PrestaShop, pictures: Pictures):
    connector, last = fake.connect(replace_images=True), pictures.put("2.png", png(2))
    first = f"{pictures.url}/1.png"
    written = made(connector, images=[first, last])
    assert written.instead == {"images": [last]}
    pictures.put("1.png", png(1))
    fields = {"images": [first, last]}
    write = Write("k", fields, {"sku": "A-1", **fields}, id=written.id, agreed=written.instead)
    assert only(connector.write("products", [write])).cause == ""
    shown, cover = gallery(fake, written.id)
    sent = [each.body for each in fake.server.seen(r"\APOST /api/images/products/1\?")][-2:]
    assert [png(n) in body for n, body in zip((1, 2), sent, strict=True)] == [True, True]
    assert (len(shown), cover) == (2, str(shown[0]))


def test_s18_a_product_goes_without_a_picture_that_cannot_be_had(fake: PrestaShop, pictures: Pictures):
    good, none = pictures.put("a.png", png(1)), f"{pictures.url}/none.png"
    broken, large = pictures.put("b.png", png(2) + BROKEN), pictures.put("c.png", png(3) + bytes(LARGEST))
    written = made(fake.connect(), images=[none, broken, good, large])
    assert (written.outcome, written.cause, written.instead) == ("done", "no-picture", {"images": [good]})
    for said in (none, "while copying image", "maximum allowed is 3000 KB"):
        assert said in written.message
    assert len(gallery(fake, written.id)[0]) == 1, "what was refused after it had got its number is taken away"


@pytest.mark.parametrize("carried_out", [True, False])
def test_s06_an_image_whose_answer_was_lost_is_not_doubled(fake: PrestaShop, pictures: Pictures, carried_out: bool):
    def lost(asked: Asked, answer: Answer) -> Reply:
        if carried_out:
            answer(asked)
        return Reply(200, b"<?xml version='1.0'?><prestashop/>", {"content-type": "text/xml"})

    fake.server.misbehave(lost, to=r"\APOST /api/images/")
    connector, sources = fake.connect(), [pictures.put(f"{n}.png", png(n)) for n in (1, 2)]
    if carried_out:
        assert len(gallery(fake, made(connector, images=sources).id)[0]) == 2
    else:
        with pytest.raises(TryLater):
            made(connector, images=sources)
        assert changed(connector, "products", "1", {"sku": "A-1"}, images=sources).outcome == "done"
        assert len(gallery(fake, "1")[0]) == 2


def test_a_combination_shows_its_own_images_and_is_given_none(fake: PrestaShop, pictures: Pictures):
    id_, connector = combined(fake), fake.connect()
    fake.tables["products"].records[10].values["images"] = [7, 8]
    assert fields_of(connector, "products", id_)["images"] == [f"{fake.server.url}/img/p/{n}/{n}.jpg" for n in (7, 8)]
    fake.tables["combinations"].records[1].values["images"] = [8]
    assert fields_of(connector, "products", id_)["images"] == [f"{fake.server.url}/img/p/8/8.jpg"]
    source = pictures.put("a.png", png(1))
    assert changed(connector, "products", id_, {"sku": "L-10-S"}, images=[source]).outcome == "done"
    assert not pictures.asked


def test_the_right_to_add_images_is_named(fake: PrestaShop, pictures: Pictures):
    fake.rights["images"].remove("POST")
    with pytest.raises(KeyRefused, match=r"POST .* resource images .*\[systems\.shop\]"):
        made(fake.connect(), images=[pictures.put("a.png", png(1))])
