"""What a real Vendure 3.6 answered (`vendure_records.json`), in canonical fields."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adapters.eshop.vendure import translate
from adapters.eshop.vendure.options import VendureOptions
from hub.canonical import ENTITIES

RECORDS = json.loads((Path(__file__).parent / "vendure_records.json").read_text(encoding="utf-8"))
OPTIONS = VendureOptions.model_validate(
    {
        "url": "https://shop.example",
        "user": "hub",
        "password": "env:SHOP_PASSWORD",
        "range": {"price_list": "retail"},
        "payment": {"dummy": "card"},
        "shipping": {"flat": "parcel"},
    }
)
FULL_ORDERS = ["order_discounted", "order_tax_included", "order_authorised", "order_surcharge", "order_sent"]


def order(name: str) -> Any:
    fields = {"channel": "shop"} | translate.order(RECORDS[name], OPTIONS)
    return ENTITIES["orders"].valid(fields)


def test_a_product_has_its_articles_fields():
    fields = ENTITIES["products"].valid(translate.product(RECORDS["product_variant"], OPTIONS))
    assert fields == {
        "sku": "SHIRT-L",
        "name": "Shirt L",
        "description": "<p>Cotton</p>",
        "category": "Lamps > Desk",
        "variant_of": RECORDS["product_variant"]["article"]["id"],
        "options": {"Size": "L"},
        "tax_rate": "20",
        "active": True,
        "images": [],
    }


def test_the_images_of_a_product_are_those_that_came_from_us():
    ours, staffs = {"id": "1", "tags": [{"value": "hub https://a.example/1.png"}]}, {"id": "2", "tags": []}
    fields = translate.product({**RECORDS["product"], "assets": [staffs, ours]}, OPTIONS)
    assert fields["images"] == ["https://a.example/1.png"]


def test_a_product_without_options_stands_for_itself():
    fields = translate.product(RECORDS["product"], OPTIONS)
    assert (fields["name"], fields["variant_of"], fields["options"]) == ("W one", None, None)


def test_a_name_that_only_the_article_or_only_its_variant_has_is_seen():
    raw = RECORDS["product"]
    fields = translate.product(raw | {"article": raw["article"] | {"name": "W 1"}}, OPTIONS)
    assert fields["name"] == "W 1 (W one)"


def test_a_disabled_article_makes_its_variants_inactive():
    raw = RECORDS["product_variant"]
    fields = translate.product(raw | {"article": raw["article"] | {"enabled": False}}, OPTIONS)
    assert fields["active"] is False


def test_a_price_is_of_the_shops_list():
    assert translate.price(RECORDS["price"], OPTIONS) == {
        "sku": "W003",
        "list": "retail",
        "currency": "EUR",
        "amount": "33.33",
        "tax_included": False,
    }
    assert translate.price(RECORDS["price_tax_included"], OPTIONS)["tax_included"] is True


def test_s05_what_open_orders_hold_is_not_available():
    raw = {"sku": "A", "levels": [{"stockOnHand": 10, "stockAllocated": 3}, {"stockOnHand": 2, "stockAllocated": 0}]}
    assert translate.stock(raw, OPTIONS) == {"sku": "A", "available": "9"}
    assert (
        translate.stock({"sku": "A", "levels": [{"stockOnHand": 1, "stockAllocated": 3}]}, OPTIONS)["available"] == "0"
    )


def test_a_customer_comes_with_addresses():
    fields = ENTITIES["parties"].valid(translate.party(RECORDS["party"], OPTIONS))
    assert (fields["name"], fields["email"]) == ("Bo Kos", "bo@example.com")
    assert [(each["id"], each["use"], each["country"]) for each in fields["addresses"]] == [
        ("1", "billing", "SI"),
        ("2", "other", "SI"),
    ]


@pytest.mark.parametrize("name", FULL_ORDERS)
def test_s27_lines_and_shipping_add_up_to_the_shops_totals(name: str):
    fields = order(name)
    with_tax = fields["tax_included"]
    shipping = sum(Decimal(each["amount"]) for each in fields["shipping"])
    for part in ("net", "gross"):
        lines = sum(Decimal(each[part]) for each in fields["lines"])
        rate = 1 + Decimal(fields["shipping"][0]["tax_rate"]) / 100
        whole = shipping if (part == "gross") == with_tax else shipping / rate if with_tax else shipping * rate
        assert lines + whole == Decimal(fields["totals"][part])


@pytest.mark.parametrize("name", FULL_ORDERS)
def test_s27_price_times_quantity_is_the_lines_sum(name: str):
    fields = order(name)
    for line in fields["lines"]:
        product = (Decimal(line["unit_price"]) * Decimal(line["quantity"])).quantize(Decimal("0.01"))
        assert product == Decimal(line["gross" if fields["tax_included"] else "net"])


def test_a_promotion_on_the_whole_order_is_in_its_lines():
    fields = order("order_discounted")
    assert [each["discount"] for each in fields["lines"]] == ["1.998571", "3.333333"]
    assert fields["totals"] == {"net": "220.93", "tax": "44.19", "gross": "265.12"}


def test_a_surcharge_is_a_charge():
    _, charge = order("order_surcharge")["shipping"]
    assert charge == {"name": "Gift wrap", "amount": "2.50", "tax_rate": "20"}


def test_payment_and_shipping_are_in_our_words():
    fields = order("order_sent")
    assert fields["payment"] == {"method": "card", "state": "paid", "reference": fields["payment"]["reference"]}
    assert fields["shipping"][0]["code"] == "parcel"
    assert order("order_authorised")["payment"]["state"] == "authorised"


def test_a_refunded_payment_and_none_at_all():
    raw = RECORDS["order_sent"]
    (payment,) = raw["payments"]
    back = payment | {"refunds": [{"state": "Settled", "total": payment["amount"]}]}
    assert translate.order(raw | {"payments": [back]}, OPTIONS)["payment"]["state"] == "refunded"
    assert translate.order(raw | {"payments": []}, OPTIONS)["payment"] == {"state": "unpaid"}
    part = payment | {"amount": payment["amount"] - 1}
    assert translate.order(raw | {"payments": [part]}, OPTIONS)["payment"]["state"] == "unpaid"


def test_what_was_sent_comes_back_from_fulfilment_and_notes():
    fields = order("order_sent")
    assert fields["status"] == "shipped"
    assert fields["tracking"] == [{"number": "00359", "carrier": "DPD"}, {"number": "00360", "carrier": "DPD"}]
    assert fields["invoice"] == "2026/17"


def test_a_cancelled_order_keeps_its_lines_here():
    assert order("order_cancelled") == {
        "channel": "shop",
        "number": RECORDS["order_cancelled"]["number"],
        "status": "cancelled",
    }


def test_an_order_that_is_being_modified_has_no_status():
    assert RECORDS["order_surcharge"]["state"] not in translate.STATUS
    assert "status" not in order("order_surcharge")
