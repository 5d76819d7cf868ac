"""Tryton's documents, as its REST interface gave them, to canonical fields; and orders to sales."""

from decimal import Decimal
from typing import Any

import pytest

from adapters.erp.orders import Unwritable, lacking
from adapters.erp.tryton import translate
from adapters.erp.tryton.client import decoded, encoded
from adapters.erp.tryton.translate import Known
from hub.connector import Change, Place, Unreadable, Write

PLACE = Place("erp")
PRODUCT: dict[str, Any] = {
    "id": 4,
    "code": "W004",
    "active": 1,
    "description": None,
    "name": "Widget 4",
    "salable": True,
    "categories": [{"id": 3, "rec_name": "Home / Lamps"}, {"id": 2, "rec_name": "Sale"}],
    "identifiers": [{"id": 1, "code": "4006381333931", "type": "ean"}],
    "template": {"id": 4, "code": "W004", "name": "Widget 4", "products": [4]},
    "default_uom": {"symbol": "u", "id": 1},
    "account_category": {"id": 1, "customer_taxes": [{"rate": "0.20", "id": 1}]},
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
    "party": 2,
    "description": None,
    "shipment_state": "sent",
    "state": "processing",
    "create_date": "2026-11-22T00:09:32.520673+00:00",
    "number": "1",
    "comment": None,
    "tax_amount": "4.00",
    "total_amount": "24.00",
    "untaxed_amount": "20.00",
    "invoices": [{"id": 2, "number": None}, {"id": 1, "number": "17"}],
    "invoice_address": ADDRESS,
    "shipment_address": None,
    "currency": {"id": 1, "code": "EUR"},
    "shipments": [{"id": 1, "reference": "TRACK-1", "state": "done"}, {"id": 2, "reference": "X", "state": "draft"}],
    "lines": [
        {
            "id": 1,
            "type": "line",
            "unit_price": "10.0000",
            "quantity": "2",
            "description": None,
            "amount": "20.00",
            "product": {"id": 1, "code": "W001", "name": "Widget 1"},
            "taxes": [{"rate": "0.20", "id": 1}],
            "unit": {"symbol": "u", "id": 1},
        }
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
KNOWN = Known(places={}, terms={}, units={1: 11}, currencies={"EUR": 1}, taxes={"20": 7})


def sale_of(order: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a new sale of customer 2."""
    links = {"products": {"W001": "1"}}
    return translate.sale_values(Write("k", order, order, reference="o-1", links=links), 2, KNOWN)


def lines_of(order: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the lines of a new sale."""
    [[_, lines]] = sale_of(order)["lines"]
    return lines


def test_a_product_says_what_variant_and_template_know() -> None:
    """Everything that has a place in both is there; what Tryton left empty is empty."""
    change = translate.product(PRODUCT, PLACE)
    assert isinstance(change, Change)
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


def test_variants_of_one_template_belong_together() -> None:
    """The template's code is what they have in common; what may not be sold is not active."""
    template = PRODUCT["template"] | {"products": [4, 5]}
    change = translate.product(PRODUCT | {"template": template, "salable": False}, PLACE)
    assert isinstance(change, Change)
    assert (change.fields["variant_of"], change.fields["active"]) == ("W004", False)


def test_a_product_without_code_waits_with_its_name() -> None:
    """Nobody can say which one it is, so a person has to."""
    refusal = translate.product(PRODUCT | {"code": None}, PLACE)
    assert isinstance(refusal, Unreadable)
    assert refusal.cause == "missing-key"
    assert "Widget 4" in refusal.message


def test_s05_what_is_promised_is_reserved_and_minus_is_nothing() -> None:
    """Tryton lets stock fall below zero; nobody can sell that."""
    raw = {"code": "W001", "location": "WH", "quantity": "-3", "reserved": "4", "default_uom": {"symbol": "kg"}}
    change = translate.stock(raw, PLACE, {"WH": "main"})
    assert change.key == "W001|main"
    assert (change.fields["on_hand"], change.fields["reserved"]) == ("0", "4")


def test_a_party_is_what_was_not_hidden() -> None:
    """The hub's own reference is no VAT id, an e-mail address that was hidden is none."""
    fields = translate.party(PARTY, PLACE).fields
    assert (fields["vat_id"], fields["email"], fields["phone"]) == ("SI50223054", "jane@example.com", "+38640123456")
    assert fields["addresses"] == [
        {
            "name": "Jane Roe",
            "street": "Main 1",
            "street_more": "Flat 2",
            "city": "Ljubljana",
            "postcode": "1000",
            "country": "SI",
            "use": "billing",
        }
    ]


def test_an_address_goes_there_and_back_unchanged() -> None:
    """Otherwise every write would look like a change of theirs."""
    there = translate.address(ADDRESS)
    values = translate.address_values(there, {"SI": 1})
    raw = values | {"country": {"code": "SI"}, "subdivision": None, "active": True}
    assert translate.address(raw) == there


def test_only_what_differs_of_a_party_is_written() -> None:
    """A known child is changed in place, an address that is no longer wanted is hidden, not deleted."""
    moved = {"street": "Other 5", "city": "Bled", "country": "SI"}
    values = translate.party_values(
        {"email": "new@example.com", "vat_id": None, "addresses": [moved]}, PARTY, {"SI": 1}
    )
    assert "name" not in values
    assert values["contact_mechanisms"] == [["write", [8], {"type": "email", "value": "new@example.com"}]]
    assert values["identifiers"] == [["delete", [6]]]
    assert [command[0] for command in values["addresses"]] == ["create", "write"]
    assert values["addresses"][1] == ["write", [12], {"active": False}]


def test_s06_a_new_party_bears_the_hubs_reference() -> None:
    """So that it is found when the answer to its create was lost."""
    values = translate.new_party({"email": "jane@example.com", "vat_id": "SI50223054"}, {}, "p-1")
    assert values["name"] == "jane@example.com"
    assert values["identifiers"] == [
        ["create", [{"code": "hub:p-1"}]],
        ["create", [{"type": "eu_vat", "code": "SI50223054"}]],
    ]


def test_a_sale_of_theirs_is_an_order_of_their_own() -> None:
    """With lines, totals as they stand there, parcels that have left, and the number of the invoice."""
    fields = translate.order(SALE, PLACE, "erp").fields
    assert (fields["status"], fields["tracking"], fields["invoice"]) == ("shipped", [{"number": "TRACK-1"}], "17")
    assert (fields["channel"], fields["number"], fields["party"]) == ("erp", "1", "2")
    assert fields["totals"] == {"net": "20.00", "tax": "4.00", "gross": "24.00"}
    assert fields["lines"][0]["unit_price"] == "10.0000"


def test_s09_of_a_sale_of_ours_only_what_became_of_it_comes_back() -> None:
    """Its content is the channel's: our own lines are no news."""
    fields = translate.order(SALE | {"description": "hub:o-1"}, PLACE, "erp").fields
    assert set(fields) == {"status", "tracking", "invoice"}


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
def test_every_state_has_a_status(state: str, status: str) -> None:
    """None is lost."""
    assert translate.order(SALE | {"state": state, "shipment_state": "none"}, PLACE, "erp").fields["status"] == status


def test_s20_a_line_stands_without_its_product() -> None:
    """As text, with its price and tax."""
    goods, gone, *_ = lines_of(ORDER)
    assert (goods["product"], goods["unit"]) == (1, 11)
    assert "product" not in gone
    assert (gone["description"], gone["taxes"]) == ("Gone GONE", [["add", [7]]])


def test_prices_with_tax_become_prices_without() -> None:
    """Four decimals; shipping and discounts are lines; what has no rate has no tax."""
    prices = [line["unit_price"] for line in lines_of(ORDER)]
    assert prices == [Decimal("8.3250"), Decimal("4.6250"), Decimal("4.0833"), Decimal("-2.0000")]
    assert lines_of(ORDER)[3]["taxes"] == []
    assert lines_of(ORDER | {"tax_included": False})[0]["unit_price"] == Decimal("9.9900")


def test_a_sale_says_to_people_which_order_it_is() -> None:
    """And to the hub."""
    sale = sale_of(ORDER)
    assert (sale["reference"], sale["description"]) == ("shop-a 100001", "hub:o-1")


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


def test_json_types_lose_nothing() -> None:
    """Decimals and floats are texts, instants carry their offset, and go back as Tryton's classes."""
    at = {"__class__": "datetime", "year": 2026, "month": 11, "day": 22, "hour": 0, "minute": 9, "second": 29}
    raw = {
        "__name__": "x",
        "price": {"__class__": "Decimal", "decimal": "10.0000"},
        "quantity": 0.1,
        "day": {"__class__": "date", "year": 2026, "month": 1, "day": 2},
        "at": at | {"microsecond": 5},
    }
    assert decoded(raw) == {
        "price": "10.0000",
        "quantity": "0.1",
        "day": "2026-01-02",
        "at": "2026-11-22T00:09:29.000005+00:00",
    }
    assert encoded([Decimal("1E+2")]) == [{"__class__": "Decimal", "decimal": "100"}]
