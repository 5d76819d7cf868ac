"""Keys and checks of the entities."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.canonical import ENTITIES
from hub.canonical.entity import natural_key

NESTED = {
    "products": {"attributes", "gtins", "images", "options", "tags"},
    "parties": {"addresses", "consents", "contacts"},
    "orders": {
        "billing_address",
        "discounts",
        "lines",
        "payment",
        "shipping",
        "shipping_address",
        "totals",
        "tracking",
        "short_shipped",
    },
    "invoices": {"charges", "lines", "totals"},
    "shipments": {"lines", "tracking"},
    "returns": {"lines"},
}
BOOLEANS = {"active", "blocked", "company", "customer", "supplier", "tax_included"}


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=ENTITIES)
def test_every_field_that_is_one_value_has_a_check_but_the_booleans(entity):
    assert entity.fields - set(entity.checks) == NESTED.get(entity.name, set())
    assert {field for field, check in entity.checks.items() if check is None} == entity.fields & BOOLEANS


def test_what_refers_to_another_record_names_a_field_and_an_entity():
    for entity in ENTITIES.values():
        assert set(entity.references) <= entity.fields
        assert set(entity.references.values()) <= set(ENTITIES)
        assert set(entity.ladder) | set(entity.forward) | set(entity.key_fields) <= entity.fields
    assert ENTITIES["payments"].references == {"party": "parties", "order": "orders", "invoice": "invoices"}


def test_only_some_entities_bring_their_key():
    assert [name for name, entity in ENTITIES.items() if entity.natural] == ["products", "prices", "stock"]
    assert ENTITIES["orders"].key({"channel": "shop", "number": "1"}, ()) == ""


def test_a_key_is_its_values_joined_by_bars():
    stock = ENTITIES["stock"]
    assert stock.key({"sku": "A", "location": "MAG1"}, ()) == "A|MAG1"


def test_a_price_key_grows_only_where_there_is_more_to_tell():
    prices = ENTITIES["prices"]
    base = {"sku": "A", "list": "web", "currency": "PLN"}
    more = prices.more_key_fields
    assert prices.key(base, more) == "A|web|PLN"
    assert prices.key(base | {"minimum_quantity": "1"}, more) == "A|web|PLN"
    assert prices.key(base | {"minimum_quantity": "10"}, more) == "A|web|PLN|10"
    assert prices.key(base | {"valid_from": "2026-12-01"}, more) == "A|web|PLN||2026-12-01"
    assert prices.key(base | {"valid_from": "2026-12-01"}, ("minimum_quantity",)) == "A|web|PLN"


@given(st.lists(st.text(alphabet="a|\\", max_size=4), min_size=2, max_size=3), st.data())
def test_two_keys_are_the_same_only_if_their_values_are(first, data):
    second = data.draw(st.lists(st.text(alphabet="a|\\", max_size=4), min_size=len(first), max_size=len(first)))
    assert (natural_key(first) == natural_key(second)) == (first == second)
