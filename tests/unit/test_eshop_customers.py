"""Who placed orders, and what a shop's options name."""

import pytest

from adapters.eshop.customers import apart, buyer_of, customers_of, placed_by
from adapters.eshop.named import named
from hub.connector import Document
from hub.errors import Refused

ACCOUNT = {"customer_id": "7", "email": "a@example.com", "customer": {"id": "7", "email": "old@example.com"}}
GUEST = {"customer_id": None, "email": "b@example.com", "customer": None, "address": {"id": "x", "city": "Ptuj"}}


def test_a_guest_is_known_by_the_email_address():
    assert [buyer_of(each) for each in (ACCOUNT, GUEST)] == ["7", "guest:b@example.com"]
    assert customers_of([ACCOUNT, GUEST], "address") == [
        {"id": "7", "email": "old@example.com"},
        {"id": "guest:b@example.com", "email": "b@example.com", "city": "Ptuj"},
    ]


def test_a_guest_without_an_address_is_known_as_well():
    assert customers_of([GUEST | {"address": None}], "address") == [
        {"id": "guest:b@example.com", "email": "b@example.com"}
    ]


def test_an_option_names_one_or_means_the_first():
    rows = [{"name": "web"}, {"name": "shop"}]
    assert (named(rows, "channel", None), named(rows, "channel", "shop")) == (rows[0], rows[1])
    with pytest.raises(Refused, match="the shop has no channel pos; make it there"):
        named(rows, "channel", "pos")
    with pytest.raises(Refused, match="the shop has no channel; make it there"):
        named([], "channel", None)


def test_a_customer_of_an_order_is_shown_as_the_list_of_customers_shows_one():
    buyers = placed_by(lambda _, rows: (Document(row["id"], row) for row in rows))
    assert [each.id for each in buyers(None, [ACCOUNT, GUEST])] == ["7"]


def test_of_who_placed_an_order_only_what_the_list_of_customers_shows_counts():
    (shown,) = customers_of([GUEST], "address", ("id", "email", "phone"))
    assert shown == {"id": "guest:b@example.com", "email": "b@example.com", "phone": None}


def test_customers_and_guests_are_asked_for_apart():
    assert apart(["7", "guest:ana@example.com", "8"]) == (["7", "8"], ["ana@example.com"])
