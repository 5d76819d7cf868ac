"""Who placed orders: customers with an account, and guests, who are known by their e-mail address. Pure.

For rows of orders with `email`, `customer_id`, and the `customer` as the list of customers shows it.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from adapters.rows import Row
from hub.connector import GUEST, Document

Show = Callable[[object, Sequence[Row]], Iterator[Document]]
"""Rows of customers -> documents."""


def buyer_of(order: Row) -> str:
    """Return the identity of who placed an order."""
    return order["customer_id"] or GUEST + order["email"]


def placed_by(show: Show) -> Show:
    """Return what yields the customers of orders, as the list of customers shows them."""
    return lambda _, orders: show(_, [each["customer"] for each in orders if each["customer"]])


def customers_of(orders: Sequence[Row], guest: str, names: Sequence[str] = ()) -> list[Row]:
    """Return who placed orders, as rows of customers; `guest`: the part of an order that tells of one, an address.

    `names`: the fields that a list of customers shows, where orders, or addresses, show others.
    """

    def told(order: Row) -> dict[str, Any]:
        return {**(order[guest] or {}), "id": buyer_of(order), "email": order["email"]}

    rows: list[Row] = [each.get("customer") or told(each) for each in orders]
    return [{name: row.get(name) for name in names or row} for row in rows]
