"""Setting prices and stock levels of products that are there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import TypeVar

from adapters.rows import Row
from adapters.writing.prices import check_plain
from adapters.writing.writes import Writing, all_or_none, known, product_of
from hub.connector import Write, Written

System = TypeVar("System")
Rows = Callable[[System, Sequence[str]], Mapping[str, Row]]
"""Ids of products -> what the shop has under them, as far as they are there."""
Pairs = Sequence[tuple[Write, Row]]
Send = Callable[[System, Pairs], object]
"""Sets all, or none; each with what the shop has, read right before."""


def prices(rows: Rows[System], send: Send[System]) -> Writing[System]:
    """Make a function that sets prices: everybody's, from the first unit on and always. A price is `PRODUCT|CURRENCY`."""

    def checked(system: System, pairs: Pairs) -> object:
        for write, _ in pairs:
            check_plain(write)
        return send(system, pairs)

    return _put(rows, checked, lambda write: f"{product_of(write)}|{write.record['currency']}")


def stock(rows: Rows[System], send: Send[System]) -> Writing[System]:
    """Make a function that sets what can be had of products."""
    return _put(rows, send, product_of)


def pieces(stock: Row) -> int:
    """Return how many whole pieces can be had, for a shop that counts no parts of one: none, where nothing is said."""
    return int(Decimal(stock.get("available") or 0).to_integral_value(ROUND_FLOOR))


def _put(rows: Rows[System], send: Send[System], identity: Callable[[Write], str]) -> Writing[System]:
    def carry_out(system: System, writes: Sequence[Write]) -> Iterator[Written]:
        there = rows(system, [product_of(each) for each in writes])
        send(system, [(each, known(there, product_of(each))) for each in writes])
        return (Written(each.key, "done", identity(each)) for each in writes)

    return all_or_none(carry_out)
