"""Tryton's documents, as its REST interface gave them, to canonical fields; and orders to sales."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from adapters.erp.known import Known, new_address
from adapters.erp.orders import Unwritable, lacking
from adapters.erp.parties import party_values
from adapters.erp.sale_forms import sale_values
from adapters.erp.tryton import translate
from adapters.erp.tryton.client import classed, instant
from adapters.erp.tryton.connector import PARTY_FORMS, SALE_FORMS, TrytonConnector
from adapters.erp.tryton.options import TrytonOptions
from adapters.fields import told
from hub.clock import SystemClock
from hub.connector import Change, Document, Unreadable, Write

PRODUCT: dict[str, Any] = {
    "id": 4,
    "code": "W004",
    "active": 1,
    "description": None,
    "name": "Widget 4",
    "salable": True,
    "categories": [{"id": 3, "rec_name": "Home / Lamps"}, {"id": 2, "rec_name": "Sale"}],
    "identifiers": [{"id": 1, "code": "4006381333931", "type": "ean"}],
    "template": {"id": 4, "code": "W004", "name": "Widget 4", "products": [4], "active": 1},
    "default_uom": {"symbol": "u", "id": 1},
    "account_category": {"id": 1, "customer_taxes": [{"rate": {"__class__": "Decimal", "decimal": "0.20"}, "id": 1}]},
}
ADDRESS: dict[str, Any] = {
    "id": 12,
    "invoice": 1,
    "delivery": 0,
    "active": 1,
    "attn": "Jane Roe",
    "party_name": None,
    "street": "Main 1\nFlat 2",
    "city": "Ljubljana",
    "postal_code": "1000",
    "country": {"id": 1, "code": "SI"},
    "subdivision": None,
}
PARTY: dict[str, Any] = {
    "id": 9,
    "name": "Jane Roe",
    "code": "9",
    "active": 1,
    "lang": None,
    "contact_mechanisms": [
        {"value": "jane@example.com", "id": 8, "active": 1, "type": "email"},
        {"value": "old@example.com", "id": 7, "active": 0, "type": "email"},
        {"value": "+38640123456", "id": 9, "active": 1, "type": "phone"},
    ],
    "addresses": [ADDRESS],
    "identifiers": [
        {"id": 5, "code_compact": "hub:p-1", "active": 1, "code": "hub:p-1", "type": None},
        {"id": 6, "code_compact": "SI50223054", "active": 1, "code": "SI50223054", "type": "eu_vat"},
    ],
}
SALE: dict[str, Any] = {
    "id": 1,
    "description": "hub:o-1",
    "shipment_state": "sent",
    "state": "processing",
    "invoices": [{"id": 2, "number": None}, {"id": 1, "number": "17"}],
    "shipments": [{"id": 1, "reference": "TRACK-1", "state": "done"}, {"id": 2, "reference": "X", "state": "draft"}],
    "lines": [
        {
            "id": 1,
            "product": {"id": 1, "code": "W001"},
            "quantity": 3.0,
            "moves": [{"id": 1, "quantity": 3.0, "state": "done"}],
        },
        {"id": 2, "product": None, "quantity": 1.0, "moves": []},
    ],
}
ORDER: dict[str, Any] = {
    "channel": "shop-a",
    "number": "100001",
    "placed_at": "2026-11-21T10:00:00Z",
    "currency": "EUR",
    "tax_included": True,
    "lines": [
        {"id": "1", "sku": "W001", "name": "Widget 1", "quantity": "3", "unit_price": "9.99", "tax_rate": "20"},
        {"id": "2", "sku": "GONE", "name": "Gone", "quantity": "1", "unit_price": "5.55", "tax_rate": "20.0"},
    ],
    "shipping": [{"name": "Post", "amount": "4.90", "tax_rate": "20"}],
    "discounts": [{"amount": "-2.00"}],
    "totals": {"gross": "38.42"},
}
HAS = {"currency": {"EUR": 1}, "tax": {"20": 7}, "country": {"SI": 1}, "payment-term": {"30 days": 4}}
OPTIONS = TrytonOptions.model_validate({"url": "http://127.0.0.1:9/erp", "key": "env:ERP_KEY", "confirm": "draft"})


@pytest.fixture
def connector(monkeypatch: pytest.MonkeyPatch) -> TrytonConnector:
    """A connector that asks nobody."""
    monkeypatch.setenv("ERP_KEY", "key")
    return TrytonConnector("erp", OPTIONS, SystemClock())


def understood(connector: TrytonConnector, stream: str, raw: dict[str, Any]) -> Change:
    """Return what a document says."""
    change = connector.translate(stream, Document(str(raw["id"]), raw))
    assert isinstance(change, Change)
    return change


def sale_of(order: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a new sale."""
    write = Write("k", order, order, reference="o-1", links={"products": {"W001": "1"}})
    numbers = {"customer": 2, "billing": 3, "shipping": 4, "term": None}
    return sale_values(SALE_FORMS, Known(HAS.__getitem__), write, numbers, {"W001": {"id": 1, "unit": 11}})


def lines_of(order: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the lines of a new sale."""
    [[_, lines]] = sale_of(order)["lines"]
    return lines


def test_a_product_says_what_variant_and_template_know(connector: TrytonConnector) -> None:
    """Everything that has a place in both is there; what Tryton left empty is empty."""
    change = understood(connector, "products", PRODUCT)
    assert change.key == "W004"
    assert change.fields == {
        "sku": "W004",
        "name": "Widget 4",
        "description": None,
        "unit": "H87",
        "category": "Home > Lamps",
        "gtin": "4006381333931",
        "brand": None,
        "tax_rate": "20",
        "variant_of": None,
        "active": True,
    }


def test_variants_of_one_template_belong_together(connector: TrytonConnector) -> None:
    """The template's code is what they have in common; what may not be sold is not active."""
    template = PRODUCT["template"] | {"products": [4, 5]}
    fields = understood(connector, "products", PRODUCT | {"template": template, "salable": False}).fields
    assert (fields["variant_of"], fields["active"]) == ("W004", False)


def test_a_product_without_code_says_so(connector: TrytonConnector) -> None:
    """Nobody can say which one it is: it waits, with what has to be mended."""
    unreadable = connector.translate("products", Document("4", PRODUCT | {"code": None}))
    assert isinstance(unreadable, Unreadable)
    assert unreadable.cause == "missing-key"


def test_s05_what_is_promised_is_reserved_and_minus_is_nothing(connector: TrytonConnector) -> None:
    """Tryton lets stock fall below zero; nobody can sell that."""
    also = {"location": "main", "reserved": "4"}
    raw = {"id": 1, "code": "W001", "quantity": -3.0, "default_uom": {"symbol": "kg"}, "also": also}
    change = understood(connector, "stock", raw)
    assert change.key == "W001|main"
    assert (change.fields["on_hand"], change.fields["reserved"]) == ("0", "4")
    assert understood(connector, "stock", raw | {"quantity": 0.1}).fields["on_hand"] == "0.1"


def test_a_party_is_what_was_not_hidden(connector: TrytonConnector) -> None:
    """The hub's own reference is no VAT id, an e-mail address that was hidden is none."""
    change = understood(connector, "parties", PARTY)
    fields = change.fields
    assert change.reference == "p-1"
    assert (fields["vat_id"], fields["email"], fields["phone"]) == ("SI50223054", "jane@example.com", "+38640123456")
    [address] = fields["addresses"]
    assert {name: value for name, value in address.items() if value} == {
        "name": "Jane Roe",
        "street": "Main 1",
        "street_more": "Flat 2",
        "city": "Ljubljana",
        "postcode": "1000",
        "country": "SI",
        "use": "billing",
    }


def test_an_address_goes_there_and_back_unchanged() -> None:
    """Otherwise every write would look like a change of theirs."""
    there = told(translate.ADDRESS, ADDRESS)
    values = new_address(translate.NEW_ADDRESS, there, Known(HAS.__getitem__))
    raw = values | {"country": {"code": "SI"}, "subdivision": None, "active": True}
    assert told(translate.ADDRESS, raw) == there


def party(fields: dict[str, Any], there: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return what is to be set of a party."""
    return party_values(PARTY_FORMS, Known(HAS.__getitem__), Write("k", fields, fields, reference="p-1"), there)


def test_only_what_differs_of_a_party_is_written() -> None:
    """Who has a new e-mail address keeps the others; an address that is no longer wanted is hidden, not deleted."""
    moved = {"street": "Other 5", "city": "Bled", "country": "SI"}
    values = party({"email": "new@example.com", "vat_id": None, "addresses": [moved]}, PARTY)
    assert "name" not in values
    new = {"type": "email", "value": "new@example.com"}
    assert values["contact_mechanisms"] == [["write", [8], new]]
    assert values["identifiers"] == [["write", [6], {"active": False}]]
    assert [command[0] for command in values["addresses"]] == ["create", "write"]
    assert values["addresses"][1] == ["write", [12], {"active": False}]
    assert party({"email": "jane@example.com"}, PARTY) == {"contact_mechanisms": []}


def test_s06_a_new_party_bears_the_hubs_reference() -> None:
    """So that it is found when the answer to its create was lost."""
    values = party({"email": "jane@example.com", "vat_id": "SI50223054"})
    assert values["name"] == "jane@example.com"
    assert values["identifiers"] == [
        ["create", [{"code": "hub:p-1"}]],
        ["create", [{"type": "eu_vat", "code": "SI50223054"}]],
    ]
    with pytest.raises(Unwritable, match="no country DE"):
        party({"addresses": [{"country": "DE"}]})


def test_s09_of_a_sale_only_what_became_of_it_comes_back(connector: TrytonConnector) -> None:
    """Its content is the channel's; parcels that have left, and the number of the invoice, are Tryton's."""
    change = understood(connector, "orders", SALE)
    assert change.reference == "o-1"
    parcels = [{"number": "TRACK-1"}]
    assert change.fields == {"status": "shipped", "tracking": parcels, "invoice": "17", "short_shipped": None}


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("draft", "pending"),
        ("quotation", "pending"),
        ("confirmed", "confirmed"),
        ("processing", "processing"),
        ("done", "completed"),
        ("cancelled", "cancelled"),
    ],
)
def test_every_state_has_a_status(connector: TrytonConnector, state: str, status: str) -> None:
    """None is lost."""
    sale = SALE | {"state": state, "shipment_state": "none"}
    assert understood(connector, "orders", sale).fields["status"] == status


def test_s20_a_line_stands_without_its_product() -> None:
    """As text, with its price and tax."""
    goods, gone, *_ = lines_of(ORDER)
    assert (goods["product"], goods["unit"]) == (1, 11)
    assert "product" not in gone
    assert (gone["description"], gone["taxes"]) == ("Gone GONE", [["add", [7]]])


def test_prices_with_tax_become_prices_without() -> None:
    """Four decimals; shipping and discounts are lines; what has no rate has no tax."""
    prices = [line["unit_price"]["decimal"] for line in lines_of(ORDER)]
    assert prices == ["8.3250", "4.6250", "4.0833", "-2.0000"]
    assert lines_of(ORDER)[3]["taxes"] == []
    assert lines_of(ORDER | {"tax_included": False})[0]["unit_price"] == classed(Decimal("9.9900"))


def test_a_sale_says_to_people_which_order_it_is() -> None:
    """And to the hub."""
    sale = sale_of(ORDER)
    assert (sale["reference"], sale["description"]) == ("shop-a 100001", "hub:o-1")
    assert sale["sale_date"] == {"__class__": "date", "year": 2026, "month": 11, "day": 21}


@pytest.mark.parametrize(
    ("change", "cause"),
    [({"currency": "USD"}, "currency-unknown"), ({"shipping": [{"amount": "1", "tax_rate": "7"}]}, "tax-unknown")],
)
def test_what_tryton_lacks_is_said(change: dict[str, Any], cause: str) -> None:
    """One order waits, with what has to be made there."""
    with pytest.raises(Unwritable) as refusal:
        sale_of(ORDER | change)
    assert refusal.value.cause == cause


def test_s27_a_difference_by_rounding_is_told_from_a_wrong_sum() -> None:
    """Cents become a line; more than rounding explains is nobody's to add."""
    assert lacking(ORDER, "38.41") == Decimal("0.01")
    assert lacking(ORDER, "38.45") == Decimal("-0.03")
    assert lacking(ORDER | {"totals": None}, "1.00") == 0
    with pytest.raises(Unwritable, match=r"38\.92.*38\.42"):
        lacking(ORDER, "38.92")


def test_what_json_has_not_goes_as_trytons_classes() -> None:
    """And instants come back with their offset."""
    at = classed(datetime(2026, 11, 22, 0, 9, 29, 5, tzinfo=UTC))
    assert at["__class__"] == "datetime"
    assert instant(at) == "2026-11-22T00:09:29.000005+00:00"
    assert classed(Decimal("1E+2")) == {"__class__": "Decimal", "decimal": "100"}
