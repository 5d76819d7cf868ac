"""Who placed orders: customers with an account, and guests, who are known by their e-mail address. Pure.

For rows of orders with `email`, `customer_id`, and the `customer` as the list of customers shows it.
"""

from collections.abc import Sequence
from typing import Any

from adapters.reading.stable import Show
from adapters.rows import Row
from hub.connector import GUEST


def buyer_of(order: Row) -> str:
    """Return the identity of who placed an order."""
    return order["customer_id"] or GUEST + order["email"]


def apart(ids: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the identities of customers with an account, and the e-mail addresses of guests."""
    emails = [each.removeprefix(GUEST) for each in ids if each.startswith(GUEST)]
    return [each for each in ids if not each.startswith(GUEST)], emails


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
