"""`valid`: the fields of a record in canonical form, or what is wrong with the first that cannot be taken."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.canonical import ENTITIES, FieldFault

ORDER = {
    "channel": "shop-pl",
    "number": "1001",
    "placed_at": "2026-11-21T21:16:00.799000+01:00",
    "email": " Jan@Example.COM",
    "vat_id": "PL 526-025-02-74",
    "billing_address": {"city": "Kraków", "country": "pol", "region": None, "street_more": "  "},
    "currency": "pln",
    "tax_included": True,
    "lines": [{"id": "1", "sku": "A", "quantity": "3.0", "unit_price": "0.333", "tax_rate": "23.0", "name": ""}],
    "tracking": ({"number": "0035"},),
    "totals": {"gross": "1.23"},
    "status": "pending",
    "note": "",
}


def fault_of(entity, **fields):
    with pytest.raises(FieldFault) as caught:
        ENTITIES[entity].valid(fields)
    fault = caught.value
    assert str(fault) == fault.message
    return fault.cause, fault.field


def test_fields_come_back_in_one_form_and_plain():
    taken = ENTITIES["orders"].valid(ORDER)
    assert taken == {
        "channel": "shop-pl",
        "number": "1001",
        "placed_at": "2026-11-21T20:16:00.799Z",
        "email": "jan@example.com",
        "vat_id": "PL5260250274",
        "billing_address": {"city": "Kraków", "country": "PL"},
        "currency": "PLN",
        "tax_included": True,
        "lines": [{"id": "1", "sku": "A", "quantity": "3", "unit_price": "0.333", "tax_rate": "23"}],
        "tracking": [{"number": "0035"}],
        "totals": {"gross": "1.23"},
        "status": "pending",
        "note": None,
    }
    assert json.loads(json.dumps(taken)) == taken
    assert ENTITIES["orders"].valid(taken) == taken


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_nothing_is_always_none_where_a_field_may_be_empty(nothing):
    assert ENTITIES["parties"].valid({"email": nothing, "phone": nothing, "addresses": nothing}) == {
        "email": None,
        "phone": None,
        "addresses": None,
    }


@pytest.mark.parametrize(
    ("entity", "fields", "cause", "place"),
    [
        ("products", {"colour": "red"}, "unknown-field", "colour"),
        ("products", {"sku": None}, "missing-field", "sku"),
        ("products", {"sku": " "}, "missing-key", "sku"),
        ("products", {"gtin": "5,90123E+12"}, "gtin-ruined", "gtin"),
        ("products", {"weight": 2.5}, "wrong-type", "weight"),
        ("products", {"active": "yes"}, "wrong-type", "active"),
        ("products", {"tags": "web"}, "wrong-type", "tags"),
        ("products", {"tags": ["web", None]}, "wrong-type", "tags.2"),
        ("products", {"attributes": {"Size": "a\0"}}, "control-character", "attributes.Size"),
        ("products", {"gtins": [{"gtin": "5901234123457"}]}, "missing-field", "gtins.1.factor"),
        ("prices", {"amount": "-1"}, "negative", "amount"),
        ("parties", {"consents": {"newsletter": "yes"}}, "wrong-type", "consents.newsletter"),
        ("parties", {"vat_id": "PL5260250275"}, "bad-vat-id", "vat_id"),
        (
            "orders",
            {"lines": [ORDER["lines"][0], {**ORDER["lines"][0], "quantity": "x"}]},
            "not-a-number",
            "lines.2.quantity",
        ),
        ("orders", {"lines": [{**ORDER["lines"][0], "quantity": 1}]}, "wrong-type", "lines.1.quantity"),
        ("orders", {"lines": [{**ORDER["lines"][0], "colour": "red"}]}, "unknown-field", "lines.1.colour"),
        ("orders", {"lines": [{**ORDER["lines"][0], "id": ""}]}, "missing-key", "lines.1.id"),
        ("orders", {"billing_address": {"use": "home"}}, "unknown-word", "billing_address.use"),
        ("orders", {"totals": ["1.00"]}, "wrong-type", "totals"),
        ("orders", {"status": "dispatched"}, "unknown-word", "status"),
        ("orders", {"placed_at": "2026-11-21T20:16:00"}, "bad-instant", "placed_at"),
    ],
)
def test_a_fault_carries_cause_and_place(entity, fields, cause, place):
    assert fault_of(entity, **fields) == (cause, place)


def test_valid_and_the_model_agree():
    entity = ENTITIES["orders"]
    made = entity.model(**ORDER).model_dump(mode="json", exclude_none=True)
    assert made == {name: value for name, value in entity.valid(ORDER).items() if value is not None}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from([(e, f) for e in ENTITIES.values() for f in sorted(e.fields)]), JSON)
def test_any_value_is_taken_once_and_for_all_or_refused_with_its_place(which, value):
    entity, field = which
    try:
        taken = entity.valid({field: value})
    except FieldFault as fault:
        place, cause = fault.field, fault.cause
    else:
        assert entity.valid(taken) == taken
        json.dumps(taken)
        return
    assert place.split(".")[0] == field
    assert cause


def test_a_record_of_simple_fields_takes_microseconds():
    product = {"sku": "A1", "gtin": "5901234123457", "name": "Lampa", "unit": "H87", "tax_rate": "23", "active": True}
    entity = ENTITIES["products"]
    entity.valid(product)
    began = time.process_time()
    for _ in range(10_000):
        entity.valid(product)
    assert time.process_time() - began < 2  # about 0.1; models would take several times as long
