"""Carrying out in Ecwid what the hub wants: it takes one record at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from adapters.eshop.ecwid import translate
from adapters.eshop.ecwid.asked import PRODUCTS
from adapters.eshop.ecwid.shop import Shop
from adapters.eshop.variants import articles, named, parted
from adapters.rows import Row
from adapters.writing.writes import Writing, known, one_by_one, singly_with, whole_product_of
from hub.canonical.statuses import moves_forward
from hub.connector import Write, Written


def products(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Make, change and remove products; a category that is missing is made."""
    there = articles(PRODUCTS, shop, (each.id and each.id.partition("|")[0] for each in writes))
    unit, tree = shop.profile()["weightUnit"], shop.categories()
    return one_by_one(writes, lambda each: _product(shop, there, tree.id_of, unit, each))


def _product(shop: Shop, there: Mapping[str, Row], category: Callable[[str], str], unit: str, write: Write) -> Written:
    if write.id is None:
        fields = translate.article({}, category, named(write)) | translate.variant({}, unit, write.fields)
        made = shop.api.send("POST", "products", translate.new(write) | fields)
        return Written(write.key, "done", str(made.body["id"]))
    row = known(there, write.id)
    if write.remove:
        shop.api.send("DELETE", _address(write.id))
        return Written(write.key, "done", write.id)
    one = next(each for each in row["variants"] if each["id"] == write.id)
    shared, own = parted(
        there, [write], partial(translate.article, row, category), partial(translate.variant, one, unit)
    )
    for id_, fields in (*shared.items(), *own.items()):
        shop.put(_address(id_), fields)
    return Written(write.key, "done", write.id)


def put(told: Callable[[Write, Row], Row]) -> Writing[Shop]:
    """Make what sets prices or stock levels; `told`: what is set, as the shop's profile allows."""

    def carry_out(shop: Shop, profile: Row, write: Write) -> Written:
        id_ = whole_product_of(write)
        shop.put(_address(id_), told(write, profile))
        return Written(write.key, "done", id_)

    return singly_with(Shop.profile, carry_out)


def _address(id_: str) -> str:
    return f"products/{id_}".replace("|", "/combinations/")


def tell(shop: Shop, order: Row, write: Write) -> None:
    """Tell an order's parcels, invoice and status at once: the mail about the one names the others."""
    wanted = write.fields.get("status")
    ahead = moves_forward(translate.status(order, shop.options.status), wanted)
    shop.put(f"orders/{order['id']}", translate.told_to(order, write.fields, wanted if ahead else None))
