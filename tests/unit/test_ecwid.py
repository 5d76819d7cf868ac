"""What only Ecwid has: variations that inherit, categories, attributes, sums and statuses of orders."""

from collections.abc import Iterator
from typing import Any

import pytest

from hub.connector import Change, Document, Exchange, Write
from tests.contract.connector_suite import fields_of, only, read_on
from tests.fakes.ecwid import Ecwid


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ecwid]:
    fake = Ecwid()
    for name, value in fake.environment.items():
        monkeypatch.setenv(name, value)
    yield fake
    fake.close()


@pytest.fixture
def connector(fake: Ecwid) -> Exchange:
    return fake.connect()


def order_of(fake: Ecwid, connector: Exchange, **values: Any) -> dict[str, Any]:
    """Return what an order says in which these fields are otherwise."""
    id_, _ = fake.place_order(fake.clock.now())
    fake.orders.change(max(fake.orders.records), values)
    return dict(fields_of(connector, "orders", id_))


# Products


def test_a_variation_with_an_sku_of_its_own_is_a_product(fake: Ecwid, connector: Exchange):
    small, large = fake.add_variations("LAMP-S", "LAMP-L")
    told = fields_of(connector, "products", small)
    assert (told["sku"], told["name"], told["options"]) == ("LAMP-S", "Lamp 1 (1)", {"Size": "1"})
    assert told["variant_of"] == fake.products.records[int(small.partition("|")[0])].values["sku"]
    assert fields_of(connector, "prices", large)["amount"] == "19.99"
    assert fields_of(connector, "stock", large)["available"] == "4"
    assert {*read_on(connector, "products", None)[0]} == {small, large}


def test_variations_that_inherit_the_sku_leave_the_product_as_it_is(fake: Ecwid, connector: Exchange):
    (id_, _) = fake.add_variations("", "")
    product = id_.partition("|")[0]
    assert {*read_on(connector, "products", None)[0]} == {product}
    assert fields_of(connector, "products", product)["variant_of"] is None


def test_a_variation_is_written_where_it_stands(fake: Ecwid, connector: Exchange):
    small, _ = fake.add_variations("LAMP-S", "LAMP-L")
    links = {"products": {"LAMP-S": small}}
    price = {"sku": "LAMP-S", "list": "default", "currency": "PLN", "amount": "9.50", "tax_included": True}
    done = only(connector.write("prices", [Write("p", {"amount": "9.50"}, price, links=links)]))
    assert (done.outcome, done.id) == ("done", small)
    fields = {"weight": "0.5", "description": "<p>New</p>", "gtin": "4006381333931"}
    assert only(connector.write("products", [Write("k", fields, {"sku": "LAMP-S"}, id=small)])).outcome == "done"
    values = fake.products.records[int(small.partition("|")[0])].values
    assert values["description"] == "<p>New</p>"
    assert (values["price"], values["weight"]) == (19.99, 1500)
    assert (values["combinations"][0]["price"], values["combinations"][0]["weight"]) == (9.5, 500)
    assert {name: fields_of(connector, "products", small)[name] for name in fields} == fields


def test_one_of_several_variations_is_not_hidden_and_may_be_removed(fake: Ecwid, connector: Exchange):
    small, large = fake.add_variations("LAMP-S", "LAMP-L")
    hidden = only(connector.write("products", [Write("k", {"active": False}, {"sku": "LAMP-S"}, id=small)]))
    assert (hidden.outcome, hidden.cause) == ("refused", "variant-not-hidden")
    assert only(connector.write("products", [Write("k", {}, {"sku": "x"}, id=small, remove=True)])).outcome == "done"
    assert [each.id for each in connector.fetch("products", [small, large])] == [large]


def test_a_new_product_cannot_be_bought_before_its_stock_comes(fake: Ecwid, connector: Exchange):
    record = {"sku": "N-1", "name": "New", "active": True}
    id_ = only(connector.write("products", [Write("k", record, record, reference="hub-1")])).id
    values = fake.products.records[int(id_ or 0)].values
    assert (values["enabled"], values["unlimited"], values["quantity"]) == (True, False, 0)


def test_other_categories_and_attributes_stay(fake: Ecwid, connector: Exchange):
    sale, lamps = (fake.categories.add({"name": name, "enabled": False}).id for name in ("Sale", "Lamps"))
    brand = [{"id": 902, "name": "Brand", "value": "Lumo", "type": "BRAND", "show": "DESCR"}]
    number = fake.add_product(categoryIds=[sale, lamps], defaultCategoryId=lamps, attributes=brand)
    assert fields_of(connector, "products", str(number))["category"] == "Lamps"
    fields = {"category": "Lamps > Desk", "gtin": "4006381333931"}
    assert only(connector.write("products", [Write("k", fields, {"sku": "x"}, id=str(number))])).outcome == "done"
    told = fields_of(connector, "products", str(number))
    assert (told["category"], told["brand"], told["gtin"]) == ("Lamps > Desk", "Lumo", "4006381333931")
    assert sale in fake.products.records[number].values["categoryIds"]
    assert len(fake.categories.records) == 3


def test_what_never_runs_out_has_no_stock_until_it_is_told(fake: Ecwid, connector: Exchange):
    number = str(fake.add_product(unlimited=True))
    assert connector.fetch("stock", [number]) == []
    assert only(connector.write("stock", [Write("k", {}, {"sku": "x", "available": "3"}, id=number)])).outcome == "done"
    assert fields_of(connector, "stock", number)["available"] == "3"


def test_a_reference_that_is_taken_is_refused(fake: Ecwid, connector: Exchange):
    fake.add_product(externalReferenceId="hub-1")
    record = {"sku": "N-2", "name": "New"}
    refused = only(connector.write("products", [Write("k", record, record, reference="hub-1")]))
    assert (refused.outcome, "EXTERNAL_ID_ALREADY_USED" in refused.message) == ("refused", True)


# Orders


def test_lines_are_told_after_their_parts_of_discounts(fake: Ecwid, connector: Exchange):
    tax = {"name": "VAT", "value": 23, "total": 3.74, "taxOnDiscountedSubtotal": 3.74, "taxOnShipping": 0}
    item = {"id": 1, "sku": "A", "name": "Lampa", "price": 12.3, "quantity": 2, "couponAmount": 2.46, "taxes": [tax]}
    chosen = [{"name": "Size", "value": "L"}]
    told = order_of(
        fake,
        connector,
        items=[{**item, "discounts": [{"total": 2.14}], "selectedOptions": chosen}],
        couponDiscount=2.46,
        discount=3.14,
        discountCoupon={"name": "Winter", "code": "W5"},
    )
    (line,) = told["lines"]
    assert (line["name"], line["unit_price"], line["discount"]) == ("Lampa (L)", "10.00", "2.30")
    assert (line["net"], line["tax"], line["gross"], line["tax_rate"]) == ("16.26", "3.74", "20.00", "23")
    assert [(each["name"], each["code"], each["amount"]) for each in told["discounts"]] == [("Winter", "W5", "-1.00")]


def test_prices_without_tax_get_theirs_added(fake: Ecwid, connector: Exchange):
    tax = {"name": "VAT", "value": 20, "total": 5, "taxOnDiscountedSubtotal": 4, "taxOnShipping": 1}
    item = {"id": 1, "sku": "A", "name": "Lamp", "price": 10, "quantity": 2, "taxes": [tax], "discounts": []}
    fee = {"name": "Wrapping", "value": 3, "valueWithoutTax": 2.5, "taxes": [{"value": 20, "total": 0.5}]}
    told = order_of(
        fake,
        connector,
        pricesIncludeTax=False,
        items=[item],
        handlingFee=fee,
        shippingOption={"shippingMethodName": "Post", "shippingRate": 5, "shippingRateWithoutTax": 5},
        taxesOnShipping=[{"name": "VAT", "value": 20, "total": 1}],
        totalBeforeGiftCardRedemption=33,
        total=13,
        tax=5.5,
    )
    assert (told["tax_included"], told["lines"][0]["unit_price"], told["lines"][0]["gross"]) == (
        False,
        "10.00",
        "24.00",
    )
    assert [(each["name"], each["amount"], each["tax_rate"]) for each in told["shipping"]] == [
        ("Post", "5.00", "20"),
        ("Wrapping", "2.50", "20"),
    ]
    assert told["totals"] == {"net": "27.50", "tax": "5.50", "gross": "33.00"}, "a gift card is a way to pay"


@pytest.mark.parametrize(
    ("fulfillment", "payment", "ours"),
    [
        ("AWAITING_PROCESSING", "AWAITING_PAYMENT", "pending"),
        ("AWAITING_PROCESSING", "PAID", "confirmed"),
        ("PROCESSING", "AWAITING_PAYMENT", "processing"),
        ("SHIPPED", "CANCELLED", "cancelled"),
        ("AWAITING_PROCESSING", "REFUNDED", "cancelled"),
        ("CUSTOM_FULFILLMENT_STATUS_1", "REFUNDED", "cancelled"),
        ("RETURNED", "REFUNDED", "completed"),
        ("PROCESSING", "PARTIALLY_REFUNDED", "processing"),
        ("CUSTOM_FULFILLMENT_STATUS_1", "PAID", "processing"),
        ("CUSTOM_FULFILLMENT_STATUS_2", "PAID", None),
    ],
)
def test_a_status_is_of_the_way_and_of_the_money(fake: Ecwid, fulfillment: str, payment: str, ours: str | None):
    connector = fake.connect(status={"CUSTOM_FULFILLMENT_STATUS_1": "processing"})
    told = order_of(fake, connector, fulfillmentStatus=fulfillment, paymentStatus=payment)
    assert told.get("status") == ours


def test_parcels_invoice_and_status_are_told_at_once_and_once(fake: Ecwid, connector: Exchange):
    id_, _ = fake.place_order(fake.clock.now())
    fake.orders.change(max(fake.orders.records), {"privateAdminNotes": "Call first"})
    parcels = [{"number": "630012345", "carrier": "InPost"}]
    fields = {"status": "shipped", "tracking": parcels, "invoice": "FV 7/2026"}
    for _ in range(2):
        assert only(connector.write("orders", [Write("k", fields, fields, id=id_)])).outcome == "done"
    told = fields_of(connector, "orders", id_)
    assert (told["status"], told["invoice"]) == ("shipped", "FV 7/2026")
    assert [(each["number"], each["carrier"]) for each in told["tracking"]] == [("630012345", "InPost")]
    assert fake.mails == [f"{id_} SHIPPED 630012345"]
    notes = fake.orders.records[max(fake.orders.records)].values["privateAdminNotes"]
    assert notes.splitlines() == ["Call first", "Parcel: 630012345 (InPost)", "Invoice: FV 7/2026"]


def test_an_order_that_waits_for_its_money_is_cancelled_with_it(fake: Ecwid, connector: Exchange):
    id_, _ = fake.place_order(fake.clock.now())
    number = max(fake.orders.records)
    fake.orders.change(number, {"paymentStatus": "AWAITING_PAYMENT"})
    cancelled = Write("k", {"status": "cancelled"}, {"status": "cancelled"}, id=id_)
    assert only(connector.write("orders", [cancelled])).outcome == "done"
    values = fake.orders.records[number].values
    assert (values["fulfillmentStatus"], values["paymentStatus"]) == ("WILL_NOT_DELIVER", "CANCELLED")
    again = only(connector.write("orders", [Write("k", {"status": "shipped"}, {"status": "shipped"}, id=id_)]))
    assert (again.outcome, again.cause) == ("refused", "cancelled")


def test_s02_a_customer_who_was_deleted_comes_with_the_order(fake: Ecwid, connector: Exchange):
    """Ecwid goes on naming the number, under which there is nobody: an ERP would wait for the customer for ever."""
    id_, _ = fake.place_order(fake.clock.now())
    number = fake.orders.records[max(fake.orders.records)].values["customerId"]
    del fake.customers.records[number]
    pages = list(connector.read("orders", None, full=True))
    parties = [each for page in pages if page.entity == "parties" for each in page.documents if each.id == str(number)]
    told = connector.translate("parties", parties[0])
    assert isinstance(told, Change)
    order = fields_of(connector, "orders", id_)
    assert (order["party"], told.fields["email"]) == (str(number), order["email"])


def test_a_guest_of_old_comes_with_the_order(fake: Ecwid, connector: Exchange):
    from tests.fakes.ecwid import orders  # noqa: PLC0415

    id_ = orders.placed(fake, fake.clock.now(), None).values["id"]
    pages = list(connector.read("orders", None, full=True))
    (guest,) = [each for page in pages if page.entity == "parties" for each in page.documents]
    assert guest.id == "guest:guest@shop.example"
    told = connector.translate("parties", guest)
    assert told.fields["name"] == "Jan Kowalski"  # type: ignore[union-attr]
    assert fields_of(connector, "orders", id_)["party"] == guest.id


def test_a_vat_id_counts_if_ecwid_has_found_it_valid(fake: Ecwid, connector: Exchange):
    id_ = fake.add("parties")
    for valid, wanted in ((False, None), (True, "PL5260250274")):
        fake.customers.change(int(id_), {"taxId": "PL5260250274", "taxIdValid": valid})
        assert fields_of(connector, "parties", id_).get("vat_id") == wanted


def test_only_what_is_used_is_asked_for(fake: Ecwid, connector: Exchange):
    fake.place_order(fake.clock.now())
    (document,) = connector.fetch("orders", [fake.place_order(fake.clock.now())[0]])
    assert isinstance(document, Document)
    assert "usdTotal" not in document.raw
    assert all("responseFields=" in each.target for each in fake.server.seen(r"GET [^ ]*/(products|orders)\?"))
