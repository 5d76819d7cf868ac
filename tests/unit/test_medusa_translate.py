"""What Medusa's documents say: recorded from a real shop, and changed in one place each."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from adapters.eshop.medusa import catalogue, sales, translate
from adapters.eshop.medusa.options import MedusaOptions
from adapters.eshop.medusa.shop import Shop
from hub.canonical import ENTITIES
from hub.clock import SystemClock
from tests.unit.http_server import Reply, Server

RECORDS: dict[str, Any] = json.loads((Path(__file__).parent / "medusa_records.json").read_text(encoding="utf-8"))
OPTIONS = MedusaOptions.model_validate({"url": "https://shop.example", "key": "env:KEY"})
SOLD = RECORDS["order"] | {"version": 1}
"""An order to which nothing has happened yet, so that nothing else is asked for."""
VARIANT: dict[str, Any] = {"id": "v1", "sku": "A-1", "prices": []}
PRICE: dict[str, Any] = {"amount": 5, "currency_code": "eur", "min_quantity": None, "max_quantity": None, "rules": {}}


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setenv("KEY", "secret")
    return Shop("shop", OPTIONS, SystemClock())


def changed(name: str, path: str, value: Any) -> Any:
    """Return a recorded document with another value at a place such as `product.title`."""
    raw = deepcopy(RECORDS[name])
    *way, last = path.split(".")
    inner = raw
    for step in way:
        inner = inner[int(step) if step.isdigit() else step]
    inner[last] = value
    return raw


def order(raw: Any, options: MedusaOptions = OPTIONS) -> dict[str, Any]:
    """Return an order as the hub takes it."""
    return ENTITIES["orders"].valid({"channel": "shop"} | translate.order(raw, options))


def test_a_product_that_stands_alone_has_its_name_from_the_product():
    assert ENTITIES["products"].valid(translate.product(RECORDS["product"], OPTIONS)) == {
        "sku": "LAMP",
        "gtin": None,
        "name": "Lamp",
        "description": "Cotton",
        "active": True,
        "category": "Wear > Shirts",
        "images": ["https://pictures.example/a.png"],
        "variant_of": None,
        "options": None,
    }


def test_a_variant_has_its_own_name_and_options():
    fields = translate.product(RECORDS["variant"], OPTIONS)
    assert (fields["name"], fields["variant_of"], fields["options"]) == ("Shirt S", "SHIRT", {"Size": "S"})
    assert fields["gtin"] == "5901234123457"


def test_a_draft_is_not_active():
    assert not translate.product(changed("product", "product.status", "draft"), OPTIONS)["active"]


def test_a_price_is_on_the_price_list_that_the_shop_gets():
    given = OPTIONS.model_validate(OPTIONS.model_dump() | {"range": {"price_list": "retail"}})
    fields = ENTITIES["prices"].valid(translate.price(RECORDS["price"], given))
    assert ENTITIES["prices"].key(fields, fields) == "LAMP|retail|EUR"
    assert (fields["amount"], fields["tax_included"]) == ("19.90", False)


@pytest.mark.parametrize("special", [{"rules": {"region_id": "reg_1"}}, {"min_quantity": 10}, {"max_quantity": 9}])
def test_only_prices_for_everybody_are_read(special: dict[str, Any]):
    row = {"variants": [VARIANT | {"prices": [PRICE | special, PRICE]}]}
    (document,) = catalogue.prices([row], tax_included={"EUR": True})
    assert (document.id, document.raw["amount"], document.raw["tax_included"]) == ("v1|EUR", 5, True)


@pytest.mark.parametrize(("stocked", "reserved", "available"), [(7, 0, "7"), (7, 2.5, "4.5"), (1, 3, "0")])
def test_s05_what_is_reserved_is_not_available(stocked: float, reserved: float, available: str):
    raw = {"sku": "A", "stocked_quantity": stocked, "reserved_quantity": reserved}
    assert translate.stock(raw, OPTIONS) == {"sku": "A", "available": available}


@pytest.mark.parametrize(
    "other", [{"manage_inventory": False}, {"inventory_items": []}, {"inventory_items": [{"required_quantity": 2}]}]
)
def test_kits_and_what_has_no_stock_have_no_document(other: dict[str, Any]):
    items = [{"required_quantity": 1, "inventory": {"location_levels": []}}]
    kept = VARIANT | {"manage_inventory": True, "inventory_items": items}
    assert [each.id for each in catalogue.stock([{"variants": [kept, kept | {"id": "v2"} | other]}], "here")] == ["v1"]


def test_s27_an_order_keeps_the_sums_of_the_shop_in_cents():
    fields = order(RECORDS["order"])
    assert fields["totals"] == {"net": "59.00", "tax": "12.98", "gross": "71.98"}
    uneven = order(changed("order", "total", 79.1414) | {"tax_total": 14.2714})
    assert uneven["totals"] == {"net": "64.87", "tax": "14.27", "gross": "79.14"}


def test_a_line_holds_what_is_left_after_the_promotion():
    lines = {line["sku"]: line for line in order(RECORDS["order"])["lines"]}
    assert {name: lines["W001"][name] for name in ("quantity", "unit_price", "net", "tax", "gross", "tax_rate")} == {
        "quantity": "3",
        "unit_price": "9.00",
        "net": "27.00",
        "tax": "5.94",
        "gross": "32.94",
        "tax_rate": "22",
    }


def test_unit_prices_hold_the_tax_where_the_shops_do():
    fields = order(changed("order", "items.0.is_tax_inclusive", True))
    assert fields["tax_included"]
    assert [line["unit_price"] for line in fields["lines"] if line["sku"] == "W001"] == ["10.98"]
    assert [charge["amount"] for charge in fields["shipping"]] == ["6.10"]


def test_the_shops_words_for_shipping_and_payment_are_translated():
    words = {"shipping": {"Parcel": "DPD"}, "payment": {"pp_system_default": "transfer"}}
    fields = order(RECORDS["order"], OPTIONS.model_validate(OPTIONS.model_dump() | words))
    assert (fields["shipping"][0]["code"], fields["payment"]["method"]) == ("DPD", "transfer")
    assert (fields["payment"]["state"], fields["tracking"]) == ("paid", [{"number": "00359"}])


@pytest.mark.parametrize(
    ("status", "packed", "sent", "delivered", "ours"),
    [
        ("pending", (0, 0), (0, 0), (0, 0), "pending"),
        ("pending", (3, 1), (0, 0), (0, 0), "processing"),
        ("pending", (3, 1), (3, 0), (3, 0), "processing"),
        ("pending", (3, 1), (3, 0), (3, 1), "shipped"),
        ("completed", (3, 1), (3, 1), (0, 0), "completed"),
        ("archived", (0, 0), (0, 0), (0, 0), "completed"),
        ("canceled", (0, 0), (0, 0), (0, 0), "cancelled"),
        ("requires_action", (0, 0), (0, 0), (0, 0), "pending"),
    ],
)
def test_two_states_of_the_shop_are_one_of_ours(
    status: str, packed: tuple[int, int], sent: tuple[int, int], delivered: tuple[int, int], ours: str
):
    """What needs no shipping is delivered without having been sent."""
    raw = changed("order", "status", status)
    for item, *numbers in zip(raw["items"], packed, sent, delivered, strict=True):
        names = ("fulfilled_quantity", "shipped_quantity", "delivered_quantity")
        item["detail"] |= dict(zip(names, numbers, strict=True))
    assert order(raw)["status"] == ours


def test_a_line_that_was_taken_out_of_the_order_is_left_out():
    assert len(order(changed("order", "items.0.quantity", 0))["lines"]) == 1


def test_a_party_is_named_by_its_company_else_by_its_address():
    assert translate.party(RECORDS["party"], OPTIONS)["name"] == "Ana Novak"
    company = translate.party(RECORDS["party"] | {"company_name": "Novak d.o.o."}, OPTIONS)
    assert (company["name"], company["company"], company["contacts"]) == ("Novak d.o.o.", True, [{"name": "Ana Novak"}])
    nobody = translate.party(RECORDS["party"] | {"first_name": None, "last_name": None}, OPTIONS)
    assert nobody["name"] == "ana@example.com"


def test_who_buys_without_a_customer_is_known_by_the_address(shop: Shop):
    row = SOLD | {"customer_id": None, "customer": None, "updated_at": "2026-11-22T01:06:33.847Z"}
    (bought,), (guest,) = sales.orders(shop, [row]), sales.buyers(shop, [row])
    assert bought.raw["customer_id"] == guest.id == "guest:ana@example.com"
    assert translate.party(guest.raw, OPTIONS)["name"] == "Ana Novak"


def test_s12_a_document_stands_still_while_nothing_changes(shop: Shop):
    row = SOLD | {"customer": None, "updated_at": "2026-11-22T01:06:33.847Z", "raw_total": {"value": "1"}}
    shuffled = row | {"updated_at": "2026-11-23T01:06:33.847Z", "items": row["items"][::-1]}
    assert next(sales.orders(shop, [row])) == next(sales.orders(shop, [shuffled]))


def test_what_is_given_back_keeps_its_worth_with_tax_and_discount(monkeypatch: pytest.MonkeyPatch):
    """As a real shop showed it: of three pieces one was returned, and is no longer in the line's sums."""
    monkeypatch.setenv("KEY", "secret")
    nothing = {name: [] for name in ("claims", "exchanges", "returns")} | {"count": 0}
    server = Server(lambda _, _asked: Reply(body=json.dumps(nothing).encode()))
    shop = Shop("shop", OPTIONS.model_validate(OPTIONS.model_dump() | {"url": server.url}), SystemClock())
    row: Any = RECORDS["order"] | {"customer": None, "version": 6}
    back = changed("order", "items.0.detail.return_received_quantity", 1) | {"customer": None, "version": 6}
    now = {"subtotal": 20, "total": 21.96, "discount_subtotal": 2, "tax_total": 3.96, "return_received_total": 10.98}
    back |= {"items": [back["items"][0] | now, *back["items"][1:]], "total": 61, "tax_total": 11}
    sold, returned = (order(next(sales.orders(shop, [each])).raw) for each in (row, back))
    server.close()
    assert (returned["lines"], returned["totals"]) == (sold["lines"], sold["totals"])
