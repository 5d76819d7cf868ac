"""A large catalogue at once: the shop lays it out as a file (page "Perform bulk operations with the GraphQL Admin API").

It costs no points, and nothing has to be paged. What comes to nothing is asked for page by page after all.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any

from adapters.asking import budgets
from adapters.asking.elsewhere import json_lines
from adapters.asking.graphql import Declined
from adapters.asking.http import KeyRefused
from adapters.declared import Way
from adapters.eshop.shopify import queries
from adapters.eshop.shopify.lists import Listing, everything
from adapters.eshop.shopify.shop import Shop
from adapters.rows import Row, Spot
from hub.counting import counted
from hub.errors import TryLater

LARGE = 2500
"""Products; of fewer, the pages are sooner there."""
PAGE = 250
PAUSE = 5.0
"""Seconds between two looks."""
OPEN = ("CREATED", "RUNNING", "CANCELING")
VARIANT = "gid://shopify/ProductVariant/"


def all_at_once(listing: Listing) -> Way[Shop]:
    """Walk through a whole list of products: where there are many, through a file of them all."""
    return Way(partial(_walk, listing))


def _walk(listing: Listing, shop: Shop, spot: Spot | None) -> Generator[tuple[Sequence[Row], Spot], None, None]:
    told = spot or {}
    id_: str | None = told.get("bulk") if told else _started(shop, listing)
    operation = _look(shop, id_) if id_ else None
    while id_ and operation and operation["status"] in OPEN:
        yield [], {"bulk": id_}
        budgets.sleep(PAUSE)
        operation = _look(shop, id_)
    if not operation or operation["status"] != "COMPLETED":  # what an unfinished one has laid out is not everything
        yield from everything(listing).walk(shop, None if id_ else spot)
        return
    done: int = told.get("row", 0)
    left = islice(_rows(shop, operation), done, None)
    while rows := list(islice(left, PAGE)):
        done += len(rows)
        yield rows, {"bulk": id_, "row": done}
    yield [], {}


def _started(shop: Shop, listing: Listing) -> str | None:
    """Have the file made, if there are many products; returns the operation's identity, none if it is not to be."""
    if shop.ask(queries.COUNT, limit=LARGE)["count"]["count"] < LARGE:
        return None
    parts = {name: part.fields for name, part in listing.parts.items()}
    text = queries.in_bulk(listing.name, listing.fields, parts, listing.given(shop))
    try:
        return shop.ask(queries.RUN, query=text)["done"]["bulkOperation"]["id"]
    except (Declined, KeyRefused):  # others are under way, or this key may not
        return None


def _look(shop: Shop, id_: str) -> Row | None:
    return shop.ask(queries.OPERATION, id=id_)["node"]


def _rows(shop: Shop, operation: Row) -> Iterator[Row]:
    """Yield the rows of the file, as the list shows them; of nothing at all there is no file."""
    lines = json_lines(operation["url"], shop.clock) if operation["url"] else ()
    return _grouped(_whole(lines, int(operation["objectCount"]), shop.name))


def _whole(lines: Iterable[dict[str, Any]], expected: int, name: str) -> Iterator[dict[str, Any]]:
    count = 0
    for count, line in enumerate(lines, start=1):  # noqa: B007  # counts
        yield line
    if count < expected:
        raise TryLater(f"{name} has laid out {counted(expected, 'record')}, but its file holds only {count}")


def _grouped(lines: Iterable[dict[str, Any]]) -> Iterator[Row]:
    """Yield each product with its lists: what stands in them comes right behind it."""
    row: dict[str, Any] = {}
    for line in lines:
        if "__parentId" not in line:
            if row:
                yield row
            row = {**line, "variants": [], "media": []}
        elif line.pop("__parentId") != row["id"]:
            raise TryLater("the file of a bulk operation is not in the order of its records")
        else:
            row["variants" if line["id"].startswith(VARIANT) else "media"].append(line)
    if row:
        yield row
