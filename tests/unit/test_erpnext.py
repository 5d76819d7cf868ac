"""ERPNext: what only it has, on the fake of it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.asking.http import KeyRefused
from adapters.erp.erpnext.connector import ErpNextConnector
from adapters.erp.erpnext.options import ErpNextOptions
from adapters.erp.erpnext.translate import status
from adapters.erp.erpnext.walks import earlier
from hub.canonical import ENTITIES
from hub.connector import Change, Page, Write, Written
from hub.errors import Refused, TryLater
from tests.contract.connector_suite import read_on
from tests.fakes.erpnext import ErpNext, selling
from tests.fakes.erpnext.errors import error
from tests.fakes.erpnext.site import BUYER, COMPANY, ORDER_PRICES, ROUND_OFF, SERVICE, STORE, VAT


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[ErpNext]:
    fake = ErpNext()
    for name, value in fake.environment.items():
        monkeypatch.setenv(name, value)
    yield fake
    fake.close()


@pytest.fixture
def erp(fake: ErpNext) -> ErpNextConnector:
    return fake.connect()


def told(erp: ErpNextConnector, stream: str, id_: str) -> dict[str, Any]:
    """Return what a record says, valid."""
    (document,) = erp.fetch(stream, [id_])
    change = erp.translate(stream, document)
    assert isinstance(change, Change), change
    return ENTITIES[stream].valid(change.fields)


def new_order(**more: Any) -> Write:
    """Return an order of two lamps, tax not included."""
    line = {"id": "1", "sku": "A-1", "name": "Lamp", "quantity": "2", "unit_price": "10.00", "tax_rate": "23"}
    record = {
        "channel": "shop-a",
        "number": "1042",
        "placed_at": "2026-11-21T23:30:00Z",
        "party": "p",
        "currency": "PLN",
        "tax_included": False,
        "lines": [line],
        "totals": {"net": "20.00", "tax": "4.60", "gross": "24.60"},
        **more,
    }
    links = {"parties": {"p": BUYER}, "products": {"A-1": "A-1"}}
    return Write("shop-a|1042", record, record, reference="o-1042", links=links)


def bring(erp: ErpNextConnector, write: Write) -> Written:
    (written,) = erp.write("orders", [write])
    return written


def order_of(fake: ErpNext, written: Written) -> dict[str, Any]:
    assert written.outcome == "done", written
    return fake.store.docs["Sales Order"][written.id or ""]


# Orders


def test_an_order_is_submitted_with_its_own_taxes_and_dates(fake: ErpNext, erp: ErpNextConnector):
    fake.item("A-1", stock_uom="Box")
    order = order_of(fake, bring(erp, new_order(note="Please ring twice")))
    assert (order["docstatus"], order["grand_total"]) == (1, 24.6)
    assert order["po_no"] == "shop-a 1042 hub:o-1042"
    assert (order["transaction_date"], order["delivery_date"]) == ("2026-11-22", "2026-11-22")  # the day it was there
    (line,) = order["items"]
    assert (line["item_code"], line["uom"], line["qty"], line["rate"]) == ("A-1", "Box", 2.0, 10.0)
    assert line["additional_notes"] == "Please ring twice"
    (tax,) = order["taxes"]
    assert (tax["charge_type"], tax["account_head"], tax["tax_amount"]) == ("Actual", VAT, 4.6)


def test_s27_an_orders_prices_do_not_become_those_of_the_erp(fake: ErpNext):
    """ERPNext keeps what an order costs in its price list, where it has none, or where it is to follow orders."""
    fake.store.updates_prices, erp = True, fake.connect(order_price_list=ORDER_PRICES)
    for item in ("A-1", "B-2"):
        fake.item(item)
    fake.price("A-1", price_list_rate=12.5)
    line = {"id": "2", "sku": "B-2", "name": "Lamp", "quantity": "1", "unit_price": "7.00", "tax_rate": "23"}
    order = new_order(lines=[*new_order().record["lines"], line], totals={"gross": "33.21"})
    links = {**order.links, "products": {"A-1": "A-1", "B-2": "B-2"}}
    assert bring(erp, replace(order, links=links)).outcome == "done"
    prices = {document.id for page in erp.read("prices", None, full=True) for document in page.documents}
    assert prices == {"A-1|Standard Selling|PLN"}
    assert told(erp, "prices", "A-1|Standard Selling|PLN")["amount"] == "12.50"


def test_s27_what_rounding_makes_an_order_differ_is_a_row_of_its_own(fake: ErpNext, erp: ErpNextConnector):
    fake.item("A-1")
    line = {"id": "1", "sku": "A-1", "name": "Lamp", "quantity": "3", "unit_price": "9.99", "tax_rate": "23"}
    written = bring(erp, new_order(tax_included=True, lines=[line], totals={"gross": "29.97"}))
    order = order_of(fake, written)
    assert order["grand_total"] == 29.97
    assert [row["account_head"] for row in order["taxes"]] == [VAT, ROUND_OFF]
    again = replace(new_order(tax_included=True, lines=[line], totals={"gross": "29.97"}), id=written.id)
    assert bring(erp, again).outcome == "done"
    assert order_of(fake, written)["grand_total"] == 29.97


def test_an_order_that_comes_to_something_else_stays_a_draft(fake: ErpNext, erp: ErpNextConnector):
    fake.item("A-1")
    written = bring(erp, new_order(totals={"gross": "99.00"}))
    assert (written.outcome, written.cause) == ("refused", "total-differs")
    (order,) = fake.store.docs["Sales Order"].values()
    assert order["docstatus"] == 0


def test_shipping_and_what_is_not_there_stand_as_the_service_item_discounts_on_the_order(
    fake: ErpNext, erp: ErpNextConnector
):
    gone = {"id": "1", "sku": "GONE", "name": "Gone", "quantity": "1", "unit_price": "10.00", "tax_rate": "23"}
    off = [{"name": "Spring", "amount": "-1.00", "tax_rate": "23"}]
    post = [{"name": "Post", "amount": "5.00", "tax_rate": "23"}]
    totals = {"net": "14.00", "tax": "3.22", "gross": "17.22"}
    order = order_of(fake, bring(erp, new_order(lines=[gone], shipping=post, discounts=off, totals=totals)))
    assert [(row["item_code"], row["item_name"]) for row in order["items"]] == [
        (SERVICE, "Gone GONE"),
        (SERVICE, "Post"),
    ]
    assert (order["discount_amount"], order["apply_discount_on"]) == (1.0, "Net Total")
    assert order["grand_total"] == 17.22


def test_an_order_without_tax_does_not_get_that_of_the_default_template(fake: ErpNext, erp: ErpNextConnector):
    fake.item("A-1")
    line = {"id": "1", "sku": "A-1", "name": "Lamp", "quantity": "1", "unit_price": "10.00"}
    order = order_of(fake, bring(erp, new_order(lines=[line], totals={"gross": "10.00"})))
    assert (order["grand_total"], order["total_taxes_and_charges"]) == (10.0, 0.0)


def test_an_order_without_tax_does_not_get_that_of_its_items_templates(fake: ErpNext, erp: ErpNextConnector):
    rates = [{"tax_type": VAT, "tax_rate": 23.0}]
    fake.put("Item Tax Template", "VAT 23% - H", title="VAT 23%", company=COMPANY, taxes=rates)
    fake.item("A-1", taxes=[{"item_tax_template": "VAT 23% - H"}])
    line = {"id": "1", "sku": "A-1", "name": "Lamp", "quantity": "1", "unit_price": "10.00"}
    order = order_of(fake, bring(erp, new_order(lines=[line], totals={"gross": "10.00"})))
    assert (order["docstatus"], order["grand_total"]) == (1, 10.0)


def test_what_is_taxed_at_nothing_stands_on_the_account_that_is_named_for_it(fake: ErpNext):
    """No tax is another return than 0 %; which account an export has, no template says."""
    fake.item("A-1")
    fake.put("Account", "Export - H", company=COMPANY)
    line = {"id": "1", "sku": "A-1", "name": "Lamp", "quantity": "1", "unit_price": "10.00", "tax_rate": "0"}
    for taxes, account in (({}, ROUND_OFF), ({"0": "Export - H"}, "Export - H")):
        number = "1" if taxes else "2"
        wanted = replace(
            new_order(number=number, lines=[line], totals={"tax": "0.00", "gross": "10.00"}), reference=number
        )
        order = order_of(fake, bring(fake.connect(taxes=taxes), wanted))
        assert [(row["account_head"], row["tax_amount"]) for row in order["taxes"]] == [(account, 0)]
        assert (order["grand_total"], order["docstatus"]) == (10.0, 1)


def test_a_tax_that_its_lines_do_not_bear_out_is_refused(fake: ErpNext, erp: ErpNextConnector):
    fake.item("A-1")
    written = bring(erp, new_order(totals={"net": "20.00", "tax": "9.60", "gross": "29.60"}))
    assert (written.outcome, written.cause) == ("refused", "total-differs")


def test_a_gift_costs_nothing_although_the_price_list_has_a_price(fake: ErpNext, erp: ErpNextConnector):
    fake.item("A-1")
    gift = {"id": "1", "sku": "A-1", "name": "Gift", "quantity": "1", "unit_price": "0.00"}
    assert order_of(fake, bring(erp, new_order(lines=[gift], totals={"gross": "0.00"})))["grand_total"] == 0


@pytest.mark.parametrize(
    ("more", "cause"),
    [
        ({"party": "nobody"}, "party-missing"),
        ({"lines": [{"id": "1", "name": "x", "quantity": "1", "unit_price": "1", "tax_rate": "7"}]}, "tax-unknown"),
        ({"billing_address": {"street": "A 1", "city": "B", "country": "FR"}}, "country-unknown"),
        ({"billing_address": {"street": "A 1", "country": "PL"}}, "address-incomplete"),
    ],
)
def test_s18_what_an_order_lacks_is_named(fake: ErpNext, erp: ErpNextConnector, more: dict[str, Any], cause: str):
    fake.item("A-1")
    written = bring(erp, new_order(**more))
    assert (written.outcome, written.cause) == ("refused", cause)
    assert not fake.store.docs["Sales Order"]


def test_a_refusal_is_in_the_systems_own_words_without_its_traceback(fake: ErpNext):
    fake.item("A-1")
    written = bring(fake.connect(warehouse=None), new_order())
    assert (written.cause, written.message) == ("warehouse-required", "Delivery warehouse required for stock item A-1")


def test_s18_an_order_that_is_kept_from_the_user_stops_no_other(fake: ErpNext, erp: ErpNextConnector):
    fake.item("A-1")
    fake.store.permitted["Sales Order"] = lambda doc: "1043" not in doc["po_no"]
    other = new_order(number="1043")
    other = replace(other, key="shop-a|1043", reference="o-1043")
    outcomes = {each.key: each for each in erp.write("orders", [other, new_order()])}
    assert {key: each.outcome for key, each in outcomes.items()} == {"shop-a|1043": "refused", "shop-a|1042": "done"}
    refused = outcomes["shop-a|1043"]
    assert refused.cause == "not-allowed"
    assert "give more rights there to the key in [systems.erp]" in refused.message


@pytest.mark.parametrize("right", ["create", "submit"])
def test_rights_that_the_user_lacks_on_all_orders_are_the_keys(fake: ErpNext, erp: ErpNextConnector, right: str):
    fake.item("A-1")
    fake.store.no_rights.add(("Sales Order", right))
    with pytest.raises(KeyRefused, match=r"\[systems\.erp\]"):
        bring(erp, new_order())


@pytest.mark.parametrize("kind", ["TimestampMismatchError", "DocumentLockedError"])
def test_an_order_that_somebody_else_works_on_is_tried_later_and_not_refused(
    fake: ErpNext, erp: ErpNextConnector, kind: str
):
    fake.item("A-1")
    fake.server.misbehave(lambda _asked, _answer: error(kind, "Held"), to=r"\APUT /api/resource/Sales")
    with pytest.raises(TryLater, match="Held"):
        bring(erp, new_order())
    [[made]] = erp.find("orders", [new_order()]).values()
    assert order_of(fake, bring(erp, replace(new_order(), id=made)))["docstatus"] == 1


def test_an_order_that_was_cancelled_meanwhile_is_cancelled(fake: ErpNext, erp: ErpNextConnector):
    fake.item("A-1")
    written = bring(fake.connect(confirm="draft"), new_order())
    assert order_of(fake, written)["docstatus"] == 0
    stopped = replace(new_order(status="cancelled"), id=written.id)
    assert bring(erp, stopped).outcome == "done"
    assert told(erp, "orders", written.id or "")["status"] == "cancelled"
    assert bring(erp, stopped).outcome == "done"


def test_an_order_that_was_closed_there_undelivered_is_not_cancelled_again(fake: ErpNext, erp: ErpNextConnector):
    fake.item("A-1")
    written = bring(erp, new_order())
    order_of(fake, written)["status"] = "Closed"
    assert bring(erp, replace(new_order(status="cancelled"), id=written.id)).outcome == "done"
    order_of(fake, written)["per_delivered"] = 50.0
    refused = bring(erp, replace(new_order(status="cancelled"), id=written.id))
    assert (refused.outcome, refused.cause) == ("refused", "delivered")


def test_s20_what_was_delivered_is_not_cancelled_and_what_came_back_is_done_with(fake: ErpNext, erp: ErpNextConnector):
    """ERPNext says in its own words that it is linked, and not what to do; it is so when all has been taken back, too."""
    fake.item("A-1")
    written, stopped = bring(erp, new_order()), new_order(status="cancelled")
    selling.deliver(order_of(fake, written))
    refused = bring(erp, replace(stopped, id=written.id))
    assert (refused.cause, order_of(fake, written)["docstatus"]) == ("delivered", 1)
    assert "credit note" in refused.message
    selling.deliver(order_of(fake, written), back=True)
    assert bring(erp, replace(stopped, id=written.id)).outcome == "done"
    assert order_of(fake, written)["docstatus"] == 1


def test_s06_an_order_that_was_cancelled_and_amended_is_found_as_what_it_became(fake: ErpNext, erp: ErpNextConnector):
    fake.item("A-1")
    first = order_of(fake, bring(erp, new_order()))
    first |= {"docstatus": 2, "status": "Cancelled"}
    fake.put(
        "Sales Order",
        f"{first['name']}-1",
        **{name: first[name] for name in first if name not in ("name", "docstatus")},
    )
    assert erp.find("orders", [new_order()]) == {"shop-a|1042": [f"{first['name']}-1"]}


def test_a_customers_address_is_made_once(fake: ErpNext, erp: ErpNextConnector):
    fake.item("A-1")
    place = {"name": "Jan Żak", "street": "Prosta 1", "city": "Warszawa", "postcode": "00-950", "country": "PL"}
    for number in ("1", "2"):
        bring(erp, replace(new_order(shipping_address=place), reference=f"o-{number}"))
    assert len(fake.store.docs["Address"]) == 2  # one to be billed, one to be sent to


def test_what_becomes_of_an_order_shows_though_its_mark_stays(fake: ErpNext, erp: ErpNextConnector):
    id_ = fake.add("orders")
    fake.clock.move(hours=1)
    fake.add("orders")
    since = list(erp.read("orders", None, full=False))[-1].checkpoint
    fake.clock.move(hours=1)
    line = {"item_code": SERVICE, "against_sales_order": id_}
    note = fake.put("Delivery Note", "DN-1", lr_no="", transporter_name="DPD", items=[line])
    note["docstatus"] = 1
    fake.store.update("Delivery Note", "DN-1", {"lr_no": "PL123"})
    way = {"carrier": "GLS", "awb_number": "G-9", "tracking_url": "https://gls.example/G-9"}
    fake.put("Shipment", "SHIP-1", **way, shipment_delivery_note=[{"delivery_note": "DN-1"}])["docstatus"] = 1
    fake.put("Sales Invoice", "INV-1", items=[{"item_code": SERVICE, "sales_order": id_}])["docstatus"] = 1
    credit = fake.put("Sales Invoice", "INV-0", is_return=1, items=[{"item_code": SERVICE, "sales_order": id_}])
    credit["docstatus"] = 1
    assert id_ in shown(erp.read("orders", since, full=False))
    assert [each["number"] for each in told(erp, "orders", id_)["tracking"]] == ["PL123"]
    fields = told(fake.connect(shipments=True), "orders", id_)
    assert [each["number"] for each in fields["tracking"]] == ["PL123", "G-9"]
    assert fields["tracking"][1]["address"] == "https://gls.example/G-9"
    assert fields["invoice"] == "INV-1"


def test_a_number_that_only_its_shipment_has_shows_at_its_order(fake: ErpNext):
    """Nothing of the order and of its delivery note changes (erpnext: shipment.py)."""
    erp = fake.connect(shipments=True)
    id_ = fake.add("orders")
    note = fake.put("Delivery Note", "DN-1", lr_no="", items=[{"item_code": SERVICE, "against_sales_order": id_}])
    note["docstatus"] = 1
    way = fake.put("Shipment", "SHIP-1", carrier="GLS", shipment_delivery_note=[{"delivery_note": "DN-1"}])
    way["docstatus"] = 1
    fake.clock.move(hours=1)
    fake.add("orders")
    since = list(erp.read("orders", None, full=False))[-1].checkpoint
    fake.clock.move(hours=1)
    fake.store.update("Shipment", "SHIP-1", {"awb_number": "G-9"})
    assert id_ in shown(erp.read("orders", since, full=False))
    assert [each["number"] for each in told(erp, "orders", id_)["tracking"]] == ["G-9"]


def shown(pages: Iterator[Page]) -> set[str]:
    return {document.id for page in pages for document in page.documents}


@pytest.mark.parametrize(
    ("state", "delivered", "ours"),
    [
        ("Draft", 0, "pending"),
        ("On Hold", 0, "confirmed"),
        ("To Deliver and Bill", 50, "processing"),
        ("To Bill", 100, "shipped"),
        ("To Pay", 0, "confirmed"),
        ("To Pay", 50, "processing"),
        ("To Pay", 100, "shipped"),
        ("Completed", 100, "completed"),
        ("Closed", 0, "cancelled"),
        ("Closed", 50, "completed"),
        ("Cancelled", 0, "cancelled"),
        ("A status of a plugin", 0, "confirmed"),
    ],
)
def test_statuses(state: str, delivered: float, ours: str):
    assert status({"status": state, "per_delivered": delivered}) == ours


@pytest.mark.parametrize(("billed", "shipped"), [(0.0, "shipped"), (100.0, "completed")])
def test_what_comes_back_takes_no_order_back_to_processing(
    fake: ErpNext, erp: ErpNextConnector, billed: float, shipped: str
):
    """What is returned is no longer delivered, to ERPNext; the customer has had it all the same."""
    id_ = fake.add("orders")
    order = fake.store.docs["Sales Order"][id_]
    order["per_billed"] = billed
    selling.deliver(order, 0.5)
    assert told(erp, "orders", id_)["status"] == "processing"
    selling.deliver(order, 0.5)
    assert told(erp, "orders", id_)["status"] == shipped
    selling.deliver(order, back=True)
    assert (order["per_delivered"], told(erp, "orders", id_)["status"]) == (0.0, shipped)
    order["status"] = "Closed"
    closed = told(erp, "orders", id_)
    assert (closed["status"], closed["short_shipped"]) == ("completed", None)


# Customers


def test_an_address_that_changes_shows_at_its_customer(fake: ErpNext, erp: ErpNextConnector):
    id_ = fake.add("parties")
    fake.clock.move(hours=1)
    fake.add("parties")
    since = list(erp.read("parties", None, full=False))[-1].checkpoint
    fake.clock.move(hours=1)
    fake.store.update("Address", f"{id_}-Billing", {"city": "Gdynia"})
    assert id_ in shown(erp.read("parties", since, full=False))
    assert told(erp, "parties", id_)["addresses"][0]["city"] == "Gdynia"


@pytest.mark.parametrize("none", [[], None])
def test_addresses_that_are_no_longer_wanted_are_put_out_of_use(
    fake: ErpNext, erp: ErpNextConnector, none: list[Any] | None
):
    id_ = fake.add("parties")
    fields: dict[str, Any] = {"addresses": none}
    (written,) = erp.write("parties", [Write("k", fields, fields, id=id_)])
    assert written.outcome == "done"
    assert fake.store.docs["Address"][f"{id_}-Billing"]["disabled"] == 1


def test_a_company_is_one_and_its_country_stands_before_its_tax_number(fake: ErpNext, erp: ErpNextConnector):
    home = {"company": "Hub", "name": "Jan Żak", "street": "A 1", "city": "B", "country": "PL", "use": "billing"}
    record = {"name": "Hub", "vat_id": "PL5260250274", "addresses": [home]}
    (written,) = erp.write("parties", [Write("k", record, record, reference="r-1")])
    stored = fake.store.docs["Customer"][written.id or ""]
    assert (stored["customer_type"], stored["customer_group"]) == ("Company", "Commercial")
    stored["tax_id"] = "526-025-02-74"
    fields = told(erp, "parties", written.id or "")
    assert (fields["vat_id"], fields["company"]) == ("PL5260250274", True)
    assert fields["addresses"][0]["name"] == "Hub, Jan Żak"


@pytest.mark.parametrize(
    ("name", "phone"),
    [
        ("Hub " + "spółka z ograniczoną odpowiedzialnością" * 2, "+48601234567"),
        ("x" * 100, "tel. 601/234/567"),
        ("Jan <b>Żak</b>", "(0048) 601 - 234 - 567"),
        (None, None),
    ],
)
def test_a_customer_is_made_with_whatever_name_and_number(
    fake: ErpNext, erp: ErpNextConnector, name: str | None, phone: str | None
):
    place = {"street": "A 1", "city": "B", "country": "PL", "name": name and name * 2}
    record = {"name": name, "email": "jan@example.com", "phone": phone, "addresses": [place]}
    (written,) = erp.write("parties", [Write("k", record, record, reference="r-1")])
    fields = told(erp, "parties", written.id or "")
    assert fields["email"] == "jan@example.com"
    assert len(fields["addresses"]) == 1
    changed = {"email": "zak@example.com", "phone": None}
    (written,) = erp.write("parties", [Write("k", changed, {**record, **changed}, id=written.id)])
    assert written.outcome == "done", written
    assert (told(erp, "parties", written.id or "")["email"], len(fake.store.docs["Contact"])) == ("zak@example.com", 1)


def test_s18_a_name_of_which_no_contact_can_be_made_is_told(erp: ErpNextConnector):
    record = {"name": "x" * 140, "email": "jan@example.com"}
    (written,) = erp.write("parties", [Write("k", record, record, reference="r-1")])
    assert (written.outcome, written.cause) == ("refused", "name-too-long")


# The catalogue


def test_an_item_tells_its_path_barcode_and_what_tells_it_from_others(fake: ErpNext):
    erp = fake.connect(tax_templates={"VAT 8% - H": "8"})
    codes = [
        {"barcode": "5901234123457", "uom": "Box"},
        {"barcode": "own-1", "uom": ""},
        {"barcode": "4006381333931", "uom": None},
    ]
    fake.item("LAMP", has_variants=1)
    sizes = [{"attribute": "Size", "attribute_value": "L"}]
    taxes = [{"item_tax_template": "VAT 8% - H", "tax_category": ""}]
    more = {"variant_of": "LAMP", "attributes": sizes, "taxes": taxes, "image": "/files/lamp.png"}
    fake.item("LAMP-L", barcodes=codes, weight_per_unit=1500.0, weight_uom="Gram", **more)
    fields = told(erp, "products", "LAMP-L")
    assert (fields["gtin"], fields["weight"], fields["unit"]) == ("4006381333931", "1.5", "H87")
    assert (fields["category"], fields["options"], fields["tax_rate"]) == ("Lamps > Standing", {"Size": "L"}, "8")
    assert fields["images"] == [f"{fake.server.url}/files/lamp.png"]
    assert "LAMP" not in shown(erp.read("products", None, full=True))


def test_of_several_prices_in_a_list_the_one_that_holds_today_counts(fake: ErpNext, erp: ErpNextConnector):
    fake.item("A-1")
    fake.price("A-1", price_list_rate=1.0, valid_from="2020-01-01")
    fake.price("A-1", price_list_rate=2.0, valid_from="2021-01-01")
    fake.price("A-1", price_list_rate=3.0, valid_from="2020-01-01", valid_upto="2020-12-31")
    fake.price("A-1", price_list_rate=4.0, valid_from="9000-01-01")
    fake.price("A-1", price_list_rate=5.0, customer=BUYER, valid_from="2022-01-01")
    fake.price("A-1", price_list_rate=6.0, uom="Box", valid_from="2022-01-01")
    fake.price("A-1", price_list_rate=7.0, selling=0, buying=1, valid_from="2022-01-01")
    assert told(erp, "prices", "A-1|Standard Selling|PLN")["amount"] == "2.00"
    assert shown(erp.read("prices", None, full=True)) == {"A-1|Standard Selling|PLN"}


def test_a_price_list_that_is_switched_off_has_no_prices(fake: ErpNext, erp: ErpNextConnector):
    """Nothing is sold by it any more."""
    fake.item("A-1")
    fake.price("A-1")
    fake.put("Price List", "Old", currency="PLN", enabled=0, selling=1)
    fake.price("A-1", price_list="Old")
    assert shown(erp.read("prices", None, full=True)) == {"A-1|Standard Selling|PLN"}


def test_stock_is_that_of_the_company_or_of_the_warehouses_that_are_named(fake: ErpNext, erp: ErpNextConnector):
    fake.item("A-1")
    for number, place in enumerate((STORE, "Elsewhere - O")):
        fake.put(
            "Bin", f"b{number}", item_code="A-1", warehouse=place, actual_qty=-2.0, reserved_qty=1.0, stock_uom="Nos"
        )
    assert shown(erp.read("stock", None, full=True)) == {"b0"}
    assert told(erp, "stock", "b0")["on_hand"] == "0"
    assert told(fake.connect(storage={STORE: "main"}), "stock", "b0")["location"] == "main"
    with pytest.raises(Refused, match="there is no warehouse Moon"):
        list(fake.connect(storage={"Moon": "moon"}).read("stock", None, full=True))


def test_long_names_go_in_several_requests(fake: ErpNext, erp: ErpNextConnector):
    codes = [f"Łódź/{'ß' * 60}/{number}" for number in range(30)]
    for code in codes:
        fake.item(code)
    assert {each.id for each in erp.fetch("products", codes)} == {*codes}
    orders = [replace(new_order(), key=str(number), reference=f"{number:040}") for number in range(60)]
    assert not any(erp.find("orders", orders).values())


# Marks, checks, webhooks


@pytest.mark.parametrize("stream", ["products", "parties", "orders"])
def test_s15_what_was_deleted_is_told_if_the_key_may_read_that(fake: ErpNext, erp: ErpNextConnector, stream: str):
    gone, _ = fake.add(stream), fake.add(stream)
    for connector, told_of in ((fake.connect(deletions=True), [gone]), (erp, [])):
        since = list(connector.read(stream, None, full=False))[-1].checkpoint
        fake.clock.move(hours=1)
        if told_of:
            fake.remove(stream, gone)
        assert [id_ for page in connector.read(stream, since, full=False) for id_ in page.gone] == told_of


@pytest.mark.parametrize(
    ("mark", "from_"),
    [
        ("2026-11-26 12:00:00.000001", "2026-11-26 11:58:00.000001"),
        ("2026-10-25 02:30:00", "2026-10-25 01:28:00"),  # an hour that came twice
        ("2026-03-29 03:30:00", "2026-03-29 03:28:00"),
    ],
)
def test_s11_an_hour_that_comes_twice_is_read_again(mark: str, from_: str):
    assert earlier(mark, ZoneInfo("Europe/Warsaw")) == from_


def test_a_variant_without_a_price_has_its_templates(fake: ErpNext, erp: ErpNextConnector):
    """erpnext: stock/get_item_details.py, get_price_list_rate."""
    fake.item("SHIRT", has_variants=1)
    for code in ("SHIRT-S", "SHIRT-M", "SHIRT-L"):
        fake.item(code, variant_of="SHIRT")
    usual = fake.price("SHIRT")
    fake.price("SHIRT-M", price_list_rate=12.0)
    fake.price("SHIRT-L", price_list_rate=12.0, valid_upto="2026-01-31")
    small, medium, large = (f"SHIRT-{size}|Standard Selling|PLN" for size in "SML")
    found, since = read_on(erp, "prices", None)
    assert {id_: told(erp, "prices", id_)["amount"] for id_ in found} == {small: "9.90", medium: "12.00", large: "9.90"}
    fake.clock.move(hours=1)
    fake.store.update("Item Price", usual["name"], {"price_list_rate": 8.0})
    assert {*read_on(erp, "prices", since)[0]} == {small, medium, large}
    assert told(erp, "prices", small)["amount"] == "8.00"


def test_what_production_and_subcontractors_hold_is_reserved_as_well(fake: ErpNext, erp: ErpNextConnector):
    id_ = fake.add("stock")
    held = {"reserved_qty_for_production": 2.0, "reserved_qty_for_sub_contract": 0.5}
    fake.store.update("Bin", id_, held)
    assert told(erp, "stock", id_)["reserved"] == "3.5"


@pytest.mark.parametrize(("end", "active"), [(None, True), ("2099-12-31", True), ("2026-11-01", False)])
def test_s20_an_item_whose_life_has_ended_is_not_sold(
    fake: ErpNext, erp: ErpNextConnector, end: str | None, *, active: bool
):
    """ERPNext refuses an order of it."""
    fake.item("A-1", end_of_life=end)
    assert told(erp, "products", "A-1")["active"] == active
    assert bring(erp, new_order()).outcome == ("done" if active else "refused")


def test_s11_a_site_whose_zone_is_not_set_goes_by_that_of_india(fake: ErpNext, erp: ErpNextConnector):
    fake.store.zone = None
    fake.item("A-1")
    order = order_of(fake, bring(erp, new_order(placed_at="2026-11-21T19:00:00Z")))
    assert order["transaction_date"] == "2026-11-22"


@pytest.mark.parametrize(
    "wrong",
    [
        {"company": "Nobody"},
        {"service_item": "NONE"},
        {"warehouse": "Moon"},
        {"territory": "Sea"},
        {"order_price_list": "X"},
    ],
)
def test_a_check_names_the_option_that_is_wrong(fake: ErpNext, wrong: dict[str, str]):
    (finding,) = fake.connect(**wrong).check()
    assert not finding.good
    assert finding.mend == f"mend {next(iter(wrong))} in [systems.erp]"


def test_rates_are_per_cent():
    given = {"url": "https://erp.example", "key": "env:A", "secret": "env:B", "company": COMPANY}
    with pytest.raises(ValueError, match="rate in per cent"):
        ErpNextOptions.model_validate({**given, "taxes": {"VAT": "x"}})
    assert ErpNextOptions.model_validate({**given, "taxes": {"23.00": "VAT"}}).taxes == {"23": "VAT"}


def test_s08_a_webhook_is_registered_signed_and_with_a_body_that_is_another_each_time(
    fake: ErpNext, erp: ErpNextConnector
):
    assert erp.hooks
    erp.hooks.subscribe("Item Price on_trash", "https://hub.example/erp", "between us")
    (hook,) = erp.hooks.subscriptions()
    assert (hook.topic, hook.address, hook.active) == ("Item Price on_trash", "https://hub.example/erp", True)
    stored = fake.store.docs["Webhook"][hook.id]
    assert (stored["enable_security"], stored["webhook_secret"]) == (1, "between us")
    assert "doc.price_list" in stored["webhook_json"]
    assert "doc.modified" in stored["webhook_json"]
    erp.hooks.sign(hook, "another")
    assert fake.store.docs["Webhook"][hook.id]["webhook_secret"] == "another"


@pytest.mark.parametrize("new", [True, False])
def test_s08_what_is_new_calls_as_what_changes_does(fake: ErpNext, erp: ErpNextConnector, *, new: bool):
    assert erp.hooks
    for topic in erp.hooks.topics:
        erp.hooks.subscribe(topic, "https://hub.example/erp", "between us")
    assert all(fake.called(doctype, new=new) for doctype in ("Item", "Item Price", "Customer", "Sales Order"))
