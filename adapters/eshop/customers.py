"""Who placed orders: customers with an account, and guests, who are known by their e-mail address. Pure.

For rows of orders with `email`, `customer_id`, and the `customer` as the list of customers shows it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from hub.connector import GUEST

Row = Mapping[str, Any]


def buyer_of(order: Row) -> str:
    """Return the identity of who placed an order."""
    return order["customer_id"] or GUEST + order["email"]


def customers_of(orders: Sequence[Row], guest: str) -> list[Row]:
    """Return who placed orders, as rows of customers; `guest`: the part of an order that tells of one, an address."""
    return [
        each["customer"] or {**(each[guest] or {}), "id": buyer_of(each), "email": each["email"]} for each in orders
    ]
