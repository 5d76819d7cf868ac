"""What only Shopware has: inherited variants, both amounts of a price, states of deliveries, guests that are customers."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest

from adapters.asking.http import KeyRefused
from hub.canonical import ENTITIES
from hub.connector import Change, Document, Exchange, Write, Written
from hub.errors import Refused
from tests.contract.picture_server import Pictures, png, serving
from tests.fakes.server import Reply
from tests.fakes.shopware.entities import DEFAULT_CURRENCY, by_uuid
from tests.fakes.shopware.orders import DELIVERY, Line, calculated, delivery, moved, transaction
from tests.fakes.shopware.shop import CHANNEL, Shop

LAMP = {"sku": "A-1", "name": "Lampe", "tax_rate": "19"}


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    fake = Shop()
    for name, value in fake.environment.items():
        monkeypatch.setenv(name, value)
    yield fake
    fake.close()


@pytest.fixture
def connector(fake: Shop) -> Exchange:
    return fake.connect()


@pytest.fixture
def pictures() -> Iterator[Pictures]:
    with serving() as served:
        yield served


def read(connector: Exchange, stream: str, since: Any = None) -> tuple[dict[str, Document], Any]:
    """Return what a reading of changes shows, whatever the entity, and where the next goes on."""
    pages = list(connector.read(stream, since, full=False))
    return {each.id: each for page in pages for each in page.documents}, pages[-1].checkpoint


def fields_of(connector: Exchange, stream: str, id_: str) -> Mapping[str, Any]:
    (document,) = connector.fetch(stream, [id_])
    return said(connector, stream, document)


def said(connector: Exchange, stream: str, document: Document) -> Mapping[str, Any]:
    change = connector.translate(stream, document)
    assert isinstance(change, Change), change
    return ENTITIES[stream].valid(change.fields)


def write(connector: Exchange, stream: str, fields: Mapping[str, Any], id_: str | None = None, **told: Any) -> Written:
    record = ENTITIES[stream].valid({**({"number": "1", "channel": "shop"} if stream == "orders" else {}), **fields})
    given = {name: value for name, value in record.items() if name in connector.streams[stream].writes}
    one = Write(str(fields.get("sku")), given, record, id_, f"hub-{fields.get('sku')}", **told)
    (done,) = connector.write(stream, [one])
    return done


def made(connector: Exchange, **fields: Any) -> str:
    done = write(connector, "products", {**LAMP, **fields})
    assert (done.outcome, done.message) == ("done", "")
    return str(done.id)


def product(fake: Shop, id_: str) -> dict[str, Any]:
    record = by_uuid(fake.tables["product"], id_)
    assert record
    return record.values


# Products and their variants


def family(fake: Shop) -> tuple[str, str]:
    """Add a product with one variant, which has a size of its own and inherits the rest."""
    parent = fake.add_product(
        productNumber="L", name="Lampe", categories=[fake.keep("category", name="Licht", parentId=fake.root)]
    )
    nothing = dict.fromkeys(("name", "taxId", "price", "active", "categories", "media"))
    child = fake.add_product(productNumber="L-1", parentId=parent, options=[("Größe", "klein")], **nothing)
    return parent, child


def test_of_a_product_with_variants_only_these_are_shown_with_what_they_inherit(fake: Shop, connector: Exchange):
    _, child = family(fake)
    (shown,) = read(connector, "products")[0]
    assert shown == child
    fields = fields_of(connector, "products", child)
    assert {name: fields[name] for name in ("sku", "name", "tax_rate", "category", "variant_of", "options")} == {
        "sku": "L-1",
        "name": "Lampe",
        "tax_rate": "19",
        "category": "Licht",
        "variant_of": "L",
        "options": {"Größe": "klein"},
    }
    assert fields_of(connector, "prices", f"{child}|EUR")["amount"] == "9.99"


def test_a_change_of_what_a_variant_inherits_is_seen(fake: Shop, connector: Exchange):
    parent, child = family(fake)
    _, since = read(connector, "products")
    fake.clock.move(hours=1)
    fake.change("products", parent)
    assert read(connector, "products", since)[0][child].raw["translated"]["name"] == "Lampe!"


def test_a_variant_gets_a_picture_of_its_own_and_its_parent_keeps_those_it_has(
    fake: Shop, connector: Exchange, pictures: Pictures
):
    parent, child = family(fake)
    medium = fake.keep("media", fileName="family", customFields=None, url="x")
    fake.tables["product"].change(1, {"media": {"1" * 32: {"id": "1" * 32, "mediaId": medium, "position": 0}}})
    address = pictures.put("own.png", png(1))
    assert write(connector, "products", {"sku": "L-1", "images": [address]}, child).outcome == "done"
    assert [*product(fake, parent)["media"]] == ["1" * 32]
    assert len(product(fake, child)["media"]) == 1
    assert fields_of(connector, "products", child)["images"] == [address]


def test_a_category_is_found_below_the_channels_root_or_made_once(fake: Shop, connector: Exchange):
    fake.keep("category", name="Lampen", parentId=fake.keep("category", name="Service", parentId=None))
    there = fake.keep("category", name="Licht", parentId=fake.root)
    before = len(fake.tables["category"].records)
    writes = [
        Write(sku, {**LAMP, "sku": sku, "category": path}, {**LAMP, "sku": sku}, None, f"hub-{sku}")
        for sku, path in (("A", "Lampen > Tisch"), ("B", "Lampen > Tisch"), ("C", "Licht"))
    ]
    ids = [str(each.id) for each in connector.write("products", writes)]
    assert len(fake.tables["category"].records) == before + 2
    assert product(fake, ids[0])["categories"] == product(fake, ids[1])["categories"]
    assert product(fake, ids[2])["categories"] == [there]
    assert fields_of(connector, "products", ids[0])["category"] == "Lampen > Tisch"


def test_a_sales_channel_that_is_not_there_is_named_with_the_mend(fake: Shop):
    with pytest.raises(Refused, match=r"no sales channel 0{32}; make it there, or mend its name in hub.toml"):
        made(fake.connect(channel="0" * 32), category="Lampen")


def test_a_category_takes_the_place_of_all_others(fake: Shop, connector: Exchange):
    id_ = made(connector, category="Lampen")
    product(fake, id_)["categories"].append(fake.keep("category", name="Aktion", parentId=fake.root))
    write(connector, "products", {"sku": "A-1", "category": "Licht"}, id_)
    assert len(product(fake, id_)["categories"]) == 1
    assert fields_of(connector, "products", id_)["category"] == "Licht"
    write(connector, "products", {"sku": "A-1", "category": None}, id_)
    assert product(fake, id_)["categories"] == []


def test_a_maker_is_found_by_the_name_or_made_once(fake: Shop, connector: Exchange):
    there = fake.keep("product_manufacturer", name="Muster")
    assert product(fake, made(connector, brand="Muster"))["manufacturerId"] == there
    both = [made(connector, sku=sku, brand="Neu") for sku in ("B", "C")]
    assert len({product(fake, each)["manufacturerId"] for each in both}) == 1
    assert len(fake.tables["product_manufacturer"].records) == 2


def test_what_the_shop_refuses_is_named_by_its_field_or_its_code(fake: Shop, connector: Exchange):
    fake.add_product(productNumber="a-1")
    done = write(connector, "products", LAMP)
    assert (done.outcome, done.cause) == ("refused", "refused-CONTENT__DUPLICATE_PRODUCT_NUMBER")
    done = write(connector, "products", {"sku": "B", "name": "Lampe"})
    assert (done.outcome, done.cause) == ("refused", "refused-taxId")
    assert done.message == "taxId: This value should not be blank."
    done = write(connector, "products", {"sku": "C", "tax_rate": "23"})
    assert (done.outcome, done.cause) == ("refused", "unknown-tax-rate")


# Pictures


def test_pictures_are_brought_once_and_stand_in_their_order_before_those_of_others(
    fake: Shop, connector: Exchange, pictures: Pictures
):
    one, two = (pictures.put(f"{n}.png", png(n)) for n in (1, 2))
    id_ = made(connector, images=[one, two])
    assert fields_of(connector, "products", id_)["images"] == [one, two]
    others = fake.keep("media", fileName="by-hand", customFields=None, url="x")
    product(fake, id_)["media"]["9" * 32] = {"id": "9" * 32, "mediaId": others, "position": 1}
    write(connector, "products", {"sku": "A-1", "images": [two]}, id_)
    (first, second) = sorted(product(fake, id_)["media"].values(), key=lambda each: each["position"])
    assert (second["mediaId"], product(fake, id_)["coverId"]) == (others, first["id"])
    assert fields_of(connector, "products", id_)["images"] == [two]
    made(connector, sku="B", images=[two])
    assert pictures.asked.total() == len(fake.uploaded) == 2
    assert {
        each.values["mediaFolderId"] for each in fake.tables["media"].records.values() if "mediaFolderId" in each.values
    } == {fake.folder}


def test_a_product_goes_without_a_picture_that_cannot_be_had(connector: Exchange, pictures: Pictures):
    there, gone = pictures.put("1.png", png(1)), f"{pictures.url}/gone.png"
    done = write(connector, "products", {**LAMP, "images": [gone, there]})
    assert (done.outcome, done.cause, done.instead) == ("done", "no-picture", {"images": [there]})
    assert fields_of(connector, "products", str(done.id))["images"] == [there]


def test_a_product_goes_without_a_picture_that_the_shop_does_not_take(
    fake: Shop, connector: Exchange, pictures: Pictures
):
    one, two = (pictures.put(f"{n}.png", png(n)) for n in (1, 2))
    said = {"errors": [{"status": "415", "code": "CONTENT__MEDIA_FILE_TYPE_NOT_SUPPORTED", "detail": "no png here"}]}
    fake.server.misbehave(lambda _asked, _answer: Reply(415, said), to="/upload")
    done = write(connector, "products", {**LAMP, "images": [one, two]})
    assert (done.outcome, done.cause, done.instead) == ("done", "no-picture", {"images": [two]})
    assert done.message.endswith("is not taken by the shop: errors: no png here; mend it, or take it off the product")
    write(connector, "products", {"sku": "A-1", "images": [one, two]}, done.id)
    assert fields_of(connector, "products", str(done.id))["images"] == [one, two]


# Prices and stock


def price(connector: Exchange, id_: str, amount: str, currency: str = "EUR", *, taxed: bool = True) -> Written:
    fields = {"sku": "A-1", "list": "default", "currency": currency, "amount": amount, "tax_included": taxed}
    return write(connector, "prices", fields, links={"products": {"A-1": id_}})


def test_a_new_product_is_shown_with_its_first_price_and_not_before(fake: Shop, connector: Exchange):
    id_ = made(connector)
    assert product(fake, id_)["visibilities"] == {}
    price(connector, id_, "40.00", "PLN")
    assert product(fake, id_)["visibilities"] == {}, "its price in euros is still 0.00"
    assert price(connector, id_, "11.90").outcome == "done"
    (shown,) = product(fake, id_)["visibilities"].values()
    assert (shown["salesChannelId"], shown["visibility"]) == (CHANNEL, 30)
    product(fake, id_)["visibilities"] = {}
    price(connector, id_, "12.90")
    assert product(fake, id_)["visibilities"] == {}, "who took it out of the channel wanted that"


def test_both_amounts_of_a_price_are_told_and_those_of_other_currencies_stay(fake: Shop, connector: Exchange):
    struck = {"currencyId": DEFAULT_CURRENCY, "net": 20, "gross": 23.8, "linked": True}
    old = {"currencyId": DEFAULT_CURRENCY, "net": 10, "gross": 11.9, "linked": False, "listPrice": struck}
    id_ = fake.add_product(productNumber="A-1", price=[old])
    euros, zlotys = (
        Write(
            "k",
            {"amount": amount},
            {"sku": "A-1", "currency": code, "amount": amount, "tax_included": True},
            f"{id_}|{code}",
        )
        for amount, code in (("23.80", "EUR"), ("99.00", "PLN"))
    )
    assert [each.outcome for each in connector.write("prices", [euros, zlotys])] == ["done", "done"]
    by = {each["currencyId"]: each for each in product(fake, id_)["price"]}
    assert (by[DEFAULT_CURRENCY]["gross"], by[DEFAULT_CURRENCY]["net"]) == (23.8, 20.0)
    assert by[DEFAULT_CURRENCY]["listPrice"] == struck
    assert (by[fake.zloty]["gross"], by[fake.zloty]["net"], by[fake.zloty]["linked"]) == (99.0, 83.193277, True)


def test_a_shop_whose_prices_are_those_without_tax(fake: Shop):
    connector = fake.connect(tax_included=False)
    id_ = made(connector)
    assert price(connector, id_, "10.00", taxed=False).outcome == "done"
    (told,) = product(fake, id_)["price"]
    assert (told["net"], told["gross"]) == (10.0, 11.9)
    fields = fields_of(connector, "prices", f"{id_}|EUR")
    assert (fields["amount"], fields["tax_included"]) == ("10.00", False)
    assert price(connector, id_, "11.90").cause == "price-not-possible"
    assert price(connector, id_, "1.00", "CHF", taxed=False).message == "the shop has no currency CHF"


def test_a_price_without_an_amount_or_a_tax_to_reckon_with_is_refused(fake: Shop, connector: Exchange):
    id_ = fake.add_product(productNumber="A-1")
    none = Write("k", {"amount": None}, {"sku": "A-1", "currency": "EUR", "amount": None}, f"{id_}|EUR")
    (done,) = connector.write("prices", [none])
    assert done.cause == "price-not-possible"
    product(fake, id_)["taxId"] = None
    assert price(connector, id_, "11.90").message == "the price has no amount, or its product no tax in the shop"


@pytest.mark.parametrize("handles_stock", [True, False])
def test_what_open_orders_hold_is_taken_off_once(fake: Shop, connector: Exchange, handles_stock: bool):
    fake.handles_stock = handles_stock
    id_ = fake.add_product(productNumber="A-1", stock=10, open=3)
    assert fields_of(connector, "stock", id_)["available"] == "7"
    fields = {"sku": "A-1", "location": "main", "available": "5"}
    assert write(connector, "stock", fields, links={"products": {"A-1": id_}}).outcome == "done"
    assert fields_of(connector, "stock", id_)["available"] == "5"


# What orders say

MIXED = (
    Line("Lampe", "23.80", {"19": "23.80"}, "L", quantity=2),
    Line("Set", "21.40", {"7": "10.70", "19": "10.70"}, type="container"),
    Line("Buch", "10.70", {"7": "10.70"}, "B", under=1),
    Line("Birne", "10.70", {"19": "10.70"}, "G", under=1),
    Line("10 % Rabatt", "-4.52", {"19": "-3.45", "7": "-1.07"}, type="promotion"),
)


def order_of(fake: Shop, lines: Any = MIXED, **told: Any) -> str:
    return fake.order_of(lines, at=fake.clock.now(), **told)


def added(fields: Mapping[str, Any]) -> Decimal:
    held = "gross" if fields["tax_included"] else "net"
    parts = [each[held] for each in fields["lines"]]
    return sum(
        map(Decimal, parts + [each["amount"] for each in (*fields["discounts"], *fields["shipping"])]), Decimal(0)
    )


def test_a_container_is_what_is_in_it_and_a_discount_has_a_part_for_each_rate(fake: Shop, connector: Exchange):
    fields = fields_of(
        connector, "orders", order_of(fake, calculation="horizontal", shipping={"19": "3.00", "7": "1.90"})
    )
    assert [(each["sku"], each["tax_rate"], each["gross"]) for each in fields["lines"]] == [
        ("L", "19", "23.80"),
        ("B", "7", "10.70"),
        ("G", "19", "10.70"),
    ]
    assert fields["lines"][0]["unit_price"] == "11.90"
    assert {(each["amount"], each["tax_rate"]) for each in fields["discounts"]} == {("-3.45", "19"), ("-1.07", "7")}
    assert {(each["amount"], each["tax_rate"]) for each in fields["shipping"]} == {("3.00", "19"), ("1.90", "7")}
    assert fields["rounding"] == "line"
    assert added(fields) == Decimal(fields["totals"]["gross"])


def test_a_charge_that_is_taxed_like_all_that_is_bought_has_a_part_for_each_rate(fake: Shop, connector: Exchange):
    """Plugins charge for payment or packing so (AbsolutePriceCalculator)."""
    lines = (
        Line("Lampe", "23.80", {"19": "23.80"}, "L"),
        Line("Buch", "10.70", {"7": "10.70"}, "B"),
        Line("Zuschlag", "4.52", {"19": "3.45", "7": "1.07"}, type="custom"),
    )
    fields = fields_of(connector, "orders", order_of(fake, lines, calculation="horizontal", shipping={"19": "3.00"}))
    assert [each.get("sku") for each in fields["lines"]] == ["L", "B"]
    assert {(each["name"], each["amount"], each["tax_rate"]) for each in fields["shipping"][1:]} == {
        ("Zuschlag", "3.45", "19"),
        ("Zuschlag", "1.07", "7"),
    }
    assert added(fields) == Decimal(fields["totals"]["gross"])


def test_prices_without_tax_and_orders_free_of_it(fake: Shop, connector: Exchange):
    lines = (Line("Lampe", "20.00", {"19": "20.00"}, "L", quantity=2),)
    fields = fields_of(connector, "orders", order_of(fake, lines, status="net", shipping={"19": "5.00"}))
    assert (fields["tax_included"], fields["lines"][0]["unit_price"]) == (False, "10.00")
    assert (fields["lines"][0]["net"], fields["lines"][0]["gross"]) == ("20.00", "23.80")
    assert fields["totals"] == {"net": "25.00", "tax": "4.75", "gross": "29.75"}
    fields = fields_of(connector, "orders", order_of(fake, lines, status="tax-free", shipping={"19": "5.00"}))
    assert fields["totals"] == {"net": "25.00", "tax": "0.00", "gross": "25.00"}
    assert (fields["tax_included"], fields["lines"][0].get("tax_rate"), fields["shipping"][0]["amount"]) == (
        False,
        None,
        "5.00",
    )


def test_the_rounding_of_cash_is_told_apart(fake: Shop, connector: Exchange):
    lines = (Line("Lampe", "9.98", {"19": "9.98"}, "L"),)
    totals = fields_of(connector, "orders", order_of(fake, lines, cash="0.05", shipping={"19": "0.00"}))["totals"]
    assert (totals["gross"], totals["rounding"]) == ("9.98", "0.02")


def test_an_order_says_who_it_is_for_and_how_it_is_paid_and_shipped(fake: Shop):
    connector = fake.connect(payment={"payment_prepayment": "transfer"}, shipping={"shipping_standard": "parcel"})
    id_ = order_of(fake)
    fields = fields_of(connector, "orders", id_)
    assert fields["billing_address"]["street"] == "Lindenweg 4"
    assert fields["shipping_address"]["street"] == "Packstation 7"
    assert (fields["vat_id"], fields["note"], fields["status"]) == ("DE123456788", "Bitte klingeln", "pending")
    assert fields["payment"] == {"method": "transfer", "state": "unpaid"}
    assert (fields["shipping"][0]["name"], fields["shipping"][0]["code"]) == ("Standard", "parcel")


def test_the_payment_that_counts_is_the_last_that_came_to_something(fake: Shop, connector: Exchange):
    record = fake.record("orders", id_ := order_of(fake))
    first = record.values["transactions"][0]
    later = fake.clock.move(minutes=5)
    record.values["transactions"] = [transaction(fake.uuid(), 1.0, later, "cancelled"), {**first, "stateMachineState": {
        "technicalName": "paid"}}]  # fmt: skip
    assert fields_of(connector, "orders", id_)["payment"]["state"] == "paid"


def test_the_orders_of_a_guest_are_of_one_party(fake: Shop, connector: Exchange):
    orders = [order_of(fake, guest=True), order_of(fake, guest=True)]
    for each in orders:
        fake.record("orders", each).values["orderCustomer"]["email"] = "Gast@example.com"
    documents, _ = read(connector, "orders")
    assert {fields_of(connector, "orders", each)["party"] for each in orders} == {"guest:gast@example.com"}
    told = said(connector, "parties", documents["guest:gast@example.com"])
    assert (told["name"], told["company"], told["email"]) == ("Muster GmbH", True, "gast@example.com")
    assert told["addresses"][0]["use"] == "billing"
    assert read(connector, "parties")[0] == {}


def test_who_placed_an_order_is_shown_as_in_the_list_of_customers(fake: Shop, connector: Exchange):
    order_of(fake)
    with_orders, listed = read(connector, "orders")[0], read(connector, "parties")[0]
    assert {id_: with_orders[id_] for id_ in listed} == listed != {}


# What moves no mark of its own


def test_a_delivery_that_is_shipped_and_a_payment_that_comes_are_seen(fake: Shop, connector: Exchange):
    id_ = order_of(fake)
    values = fake.record("orders", id_).values
    _, since = read(connector, "orders")
    for part, act in (("deliveries", "ship"), ("transactions", "paid")):
        now = fake.clock.move(hours=1).isoformat(timespec="milliseconds")
        (one,) = values[part]
        if act == "ship":
            moved(one, {"ship": ({"open"}, "shipped")}, act)
        else:
            one["stateMachineState"] = {"apiAlias": "state_machine_state", "technicalName": "paid"}
        one["updatedAt"] = now
        found, since = read(connector, "orders", since)
        assert id_ in found
    fields = fields_of(connector, "orders", id_)
    assert (fields["status"], fields["payment"]["state"]) == ("shipped", "paid")


def test_what_comes_back_takes_no_order_back_to_open(fake: Shop, connector: Exchange):
    id_ = order_of(fake)
    (way,) = fake.record("orders", id_).values["deliveries"]
    for act in ("ship", "retour_partially", "retour"):
        moved(way, DELIVERY, act)
        assert fields_of(connector, "orders", id_)["status"] == "shipped"


def test_a_customer_whose_address_changes_is_seen(fake: Shop, connector: Exchange):
    id_ = fake.add_customer()
    _, since = read(connector, "parties")
    now = fake.clock.move(hours=1)
    fake.record("parties", id_).values["addresses"][0] |= {
        "city": "Bonn",
        "updatedAt": now.isoformat(timespec="milliseconds"),
    }
    assert read(connector, "parties", since)[0][id_].raw["addresses"][0]["city"] == "Bonn"


# What orders are told


def tell(connector: Exchange, id_: str, **fields: Any) -> Written:
    return write(connector, "orders", fields, id_)


def test_an_order_is_brought_to_its_end_step_by_step_and_each_step_once(fake: Shop, connector: Exchange):
    id_ = order_of(fake)
    for _ in range(2):
        assert tell(connector, id_, status="shipped").outcome == "done"
    assert fields_of(connector, "orders", id_)["status"] == "shipped"
    assert len(fake.server.seen("/state/")) == 2
    tell(connector, id_, status="completed")
    assert fields_of(connector, "orders", id_)["status"] == "completed"


def test_an_order_that_was_half_brought_forward_is_taken_on(fake: Shop, connector: Exchange):
    """The order was moved, then the run broke off."""
    record = fake.record("orders", id_ := order_of(fake))
    moved(record.values, {"process": ({"open"}, "in_progress")}, "process")
    assert tell(connector, id_, status="shipped").outcome == "done"
    assert fields_of(connector, "orders", id_)["status"] == "shipped"


def test_only_the_delivery_with_the_goods_is_shipped(fake: Shop, connector: Exchange):
    record = fake.record("orders", id_ := order_of(fake))
    less = calculated("-4.99", {"19": "-4.99"}, "gross")
    record.values["deliveries"].insert(0, delivery(fake.uuid(), fake.address(), less, fake.clock.now()))
    tell(connector, id_, status="shipped", tracking=[{"number": "0034", "carrier": "DHL"}])
    other, way = record.values["deliveries"]
    assert (way["stateMachineState"]["technicalName"], way["trackingCodes"]) == ("shipped", ["0034"])
    assert (other["stateMachineState"]["technicalName"], other["trackingCodes"]) == ("open", [])


def test_the_delivery_that_the_shop_calls_its_own_is_taken(fake: Shop, connector: Exchange):
    record = fake.record("orders", id_ := order_of(fake))
    (first,) = record.values["deliveries"]
    record.values["deliveries"] = [{**first, "id": fake.uuid(), "trackingCodes": []} for _ in range(4)]
    record.values["primaryOrderDeliveryId"] = record.values["deliveries"][2]["id"]
    tell(connector, id_, tracking=[{"number": "1"}])
    assert [each["trackingCodes"] for each in record.values["deliveries"]] == [[], [], ["1"], []]


def test_parcels_and_invoice_are_added_to_what_is_there(fake: Shop, connector: Exchange):
    record = fake.record("orders", id_ := order_of(fake))
    record.values["deliveries"][0]["trackingCodes"] = ["1"]
    record.values["customFields"] = {"plugin": "x"}
    tell(connector, id_, tracking=[{"number": "1"}, {"number": "2"}], invoice="R-1")
    assert record.values["deliveries"][0]["trackingCodes"] == ["1", "2"]
    assert record.values["customFields"] == {"plugin": "x", "hubwerk_invoice": "R-1"}
    fields = fields_of(connector, "orders", id_)
    assert ([each["number"] for each in fields["tracking"]], fields["invoice"]) == (["1", "2"], "R-1")


def test_an_order_without_a_delivery_is_completed_all_the_same(fake: Shop, connector: Exchange):
    """What is downloaded is not sent."""
    record = fake.record("orders", id_ := order_of(fake))
    record.values["deliveries"] = []
    assert tell(connector, id_, status="completed").outcome == "done"
    fields = fields_of(connector, "orders", id_)
    assert (fields["status"], fields["shipping"], fields["shipping_address"]) == ("completed", [], None)
    assert tell(connector, id_, tracking=[{"number": "1"}]).cause == "no-delivery"


def test_an_order_that_is_cancelled_in_the_shop_is_not_brought_forward(fake: Shop, connector: Exchange):
    id_ = order_of(fake)
    assert tell(connector, id_, status="cancelled").outcome == "done"
    assert fields_of(connector, "orders", id_)["status"] == "cancelled"
    assert tell(connector, id_, status="shipped").cause == "cancelled"


# The key


def test_a_token_that_has_ended_is_got_anew_and_the_request_repeated(fake: Shop, connector: Exchange):
    id_ = fake.add("products")
    assert connector.fetch("products", [id_])
    fake.clock.move(minutes=10)
    assert connector.fetch("products", [id_])
    assert len(fake.tokens) == 2


def test_s22_a_right_that_is_missing_is_named(fake: Shop, connector: Exchange):
    def refuse(_asked: Any, _answer: Any) -> Reply:
        said = '{"message":"Missing privilege","missingPrivileges":["product:read"]}'
        error = {"status": "403", "code": "FRAMEWORK__MISSING_PRIVILEGE_ERROR", "title": "Forbidden", "detail": said}
        return Reply(403, {"errors": [error]})

    fake.server.misbehave(refuse, to="search/product", times=-1)
    with pytest.raises(KeyRefused, match=r"product:read.*give more rights there to the key in \[systems.shop\]"):
        connector.fetch("products", ["1" * 32])


def test_check_says_which_sales_channels_there_are(fake: Shop):
    (finding,) = fake.connect(channel="0" * 32).check()
    assert not finding.good
    assert finding.mend == f"name one of these: {CHANNEL} Storefront"
