"""Carrying out in Ecwid what the hub wants: it takes one record at a time."""

from collections.abc import Callable
from functools import partial

from adapters.eshop.categories import Categories
from adapters.eshop.ecwid import translate
from adapters.eshop.ecwid.shop import Shop
from adapters.eshop.variants import parted
from adapters.rows import Row
from adapters.writing.writes import Writing, putting
from hub.canonical.statuses import moves_forward
from hub.connector import Write


def needed(shop: Shop) -> tuple[str, Categories]:
    """Return what products are written with: the unit of weights, and the categories."""
    return shop.profile()["weightUnit"], shop.categories()


def save(shop: Shop, given: tuple[str, Categories], row: Row | None, write: Write) -> str:
    """Make a product, or change what is there; a category that is missing is made. Returns its identity."""
    unit, tree = given
    if row is None:
        return str(shop.api.send("POST", "products", translate.new(write, tree, unit)).body["id"])
    id_ = write.id or ""
    one = next(each for each in row["variants"] if each["id"] == id_)
    shared, own = parted(
        {id_: row}, [write], partial(translate.article, row, tree), partial(translate.variant, one, unit)
    )
    for each, fields in (*shared.items(), *own.items()):
        shop.put(_address(each), fields)
    return id_


def remove(shop: Shop, id_: str) -> None:
    """Delete a product, or one of its variations."""
    shop.api.send("DELETE", _address(id_))


def put(told: Callable[[Write, Row], Row]) -> Writing[Shop]:
    """Make what sets prices or stock levels; `told`: what is set, as the shop's profile allows."""
    return putting(Shop.profile, lambda shop, profile, id_, write: shop.put(_address(id_), told(write, profile)))


def _address(id_: str) -> str:
    return f"products/{id_}".replace("|", "/combinations/")


def tell(shop: Shop, order: Row, write: Write) -> None:
    """Tell an order's parcels, invoice and status at once: the mail about the one names the others."""
    wanted = write.fields.get("status")
    ahead = moves_forward(translate.status(order, shop.options.status), wanted)
    shop.put(f"orders/{order['id']}", translate.told_to(order, write.fields, wanted if ahead else None))
