"""Buyers who are known by their orders only."""

from typing import Any

from adapters.eshop.buyers import buyers, guest, one_each, orders, own, with_latest


def order(id_: str, buyer: str | None, email: str) -> dict[str, Any]:
    return {"id": id_, "buyer": buyer, "email": email, "total": "1.00"}


ORDERS = [order("10", "7", "new@example.com"), order("9", "7", "old@example.com"), order("11", None, "")]


def test_a_buyer_is_shown_as_the_latest_order_does_whichever_order_is_read():
    found = with_latest(ORDERS, ["email"])
    assert [each["id"] for each in found] == ["9", "10", "11"]
    assert [(each.id, each.raw) for each in buyers(None, found[:1])] == [("7", {"email": "new@example.com"})]


def test_who_cannot_be_told_from_others_is_no_buyer():
    found = with_latest(ORDERS, ["email"])
    assert [each["id"] for each in one_each(found)] == ["7"]
    assert [*buyers(None, found[2:])] == []
    assert guest("Ana@Example.com") == "guest:ana@example.com"
    assert guest("") is None


def test_a_later_order_of_the_buyer_does_not_change_the_ones_before():
    before, after = with_latest(ORDERS[1:], ["email"]), with_latest(ORDERS, ["email"])
    assert own(before[0]) == own(after[0])
    assert [*orders(None, before[:1])] == [*orders(None, after[:1])]
