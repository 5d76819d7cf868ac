"""Keys and checks of the entities."""

from hypothesis import given
from hypothesis import strategies as st

from hub.canonical import ENTITIES
from hub.canonical.entity import natural_key


def test_every_field_but_the_booleans_has_a_check():
    unchecked = {
        (name, field) for name, entity in ENTITIES.items() for field, check in entity.checks.items() if not check
    }
    assert unchecked == {("products", "active"), ("prices", "tax_included")}


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
