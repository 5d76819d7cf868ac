"""Buyers of a shop that has no list of them, or not of all: they are known by their orders. Pure.

An order is a row with its `id` and its `buyer`, who may be nobody.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from adapters.rows import Row
from hub.connector import GUEST, Document

System = TypeVar("System")
LATEST = "latest"
"""What the latest order of the same buyer says of them."""


def guest(email: str | None) -> str | None:
    """Return the identity of somebody without an account, if they can be told from others."""
    return GUEST + email.lower() if email else None


def brought(
    show: Callable[[System, Sequence[Row]], Iterator[Document]],
    some: Callable[[System, Sequence[str]], Sequence[Row]],
    buyer: Callable[[Row], str | None],
    guest_of: Callable[[Row], Row],
) -> Callable[[System, Sequence[Row]], Iterator[Document]]:
    """Return what yields who placed orders, where the list of customers shows all but guests and those deleted since.

    `show`: rows of customers -> documents; `some`: identities -> rows; `buyer`: of an order, the identity, or nobody's;
    `guest_of`: an order -> who placed it, as a row of customers.
    """

    def buyers(system: System, orders: Sequence[Row]) -> Iterator[Document]:
        placed = {id_: order for order in orders if (id_ := buyer(order))}
        there = some(system, [id_ for id_ in placed if not id_.startswith(GUEST)])
        others = placed.keys() - {str(row["id"]) for row in there}
        return show(system, [*there, *(guest_of(order) for id_, order in placed.items() if id_ in others)])

    return buyers


def with_latest(orders: Sequence[Row], told: Sequence[str]) -> list[dict[str, Any]]:
    """Return orders in the order of their numbers, with what is `told` of the buyer by the latest of them."""
    found = sorted(orders, key=lambda order: int(order["id"]))
    latest = {order["buyer"]: {name: order[name] for name in told} for order in found}
    return [{**order, LATEST: latest[order["buyer"]]} for order in found]


def one_each(orders: Sequence[Row]) -> list[dict[str, Any]]:
    """Return one of the orders for each buyer, with the buyer's id."""
    return [{**order, "id": id_} for id_, order in {order["buyer"]: order for order in orders}.items() if id_]


def own(order: Row) -> dict[str, Any]:
    """Return what an order itself says."""
    return {name: value for name, value in order.items() if name != LATEST}


def orders(_: object, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each order."""
    return (Document(order["id"], own(order)) for order in rows)


def buyers(_: object, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for who placed each order."""
    return (Document(order["buyer"], order[LATEST]) for order in rows if order["buyer"])
