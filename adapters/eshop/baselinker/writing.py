"""Carrying out in BaseLinker what `told` says."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from adapters.asking.http import Rejected
from adapters.eshop.baselinker import asked, told
from adapters.eshop.baselinker.options import BaseLinkerOptions
from adapters.eshop.baselinker.shop import Shop
from adapters.eshop.categories import Categories
from adapters.rows import Row
from adapters.writing.writes import Unfit, Writing, all_or_none, known, saving, whole_product_of
from hub.canonical.statuses import moves_forward
from hub.connector import Write, Written

Trees = Mapping[str, tuple[str, Callable[[], Categories]]]
"""BaseLinker's field -> ours, and the tree in which it is looked up, or made."""
OF_A_VARIANT = "of a variant, only the name, SKU, GTIN, price and stock can be set"


def _trees(shop: Shop) -> Trees:
    return {
        "category_id": ("category", cache(lambda: asked.categories(shop))),
        "manufacturer_id": ("brand", cache(lambda: asked.brands(shop))),
    }


def _save(shop: Shop, trees: Trees, _row: Row | None, write: Write) -> str:
    """Make or change a product; a category or brand that is missing is made."""
    parent, _, variant = (write.id or "").partition("|")
    if variant and write.fields.keys() - told.VARIANT:
        raise Unfit("variant", OF_A_VARIANT)
    fields = told.product(write)
    for field, (name, tree) in trees.items():
        if name in write.fields:
            fields[field] = int(tree().id_of(write.fields[name])) if write.fields[name] else 0
    which = {"parent_id": parent, "product_id": variant} if variant else {"product_id": parent} if parent else {}
    made = shop.of_catalogue("addInventoryProduct", repeatable=bool(which), **fields, **which)
    return write.id or str(made["product_id"])


def _remove(shop: Shop, id_: str) -> None:
    if "|" in id_:
        raise Unfit("variant", OF_A_VARIANT)
    shop.call("deleteInventoryProduct", product_id=int(id_))


products = saving(asked.there, _trees, _save, _remove)


def put(method: str, value: Callable[[Write, BaseLinkerOptions], Mapping[str, Any]]) -> Writing[Shop]:
    """Make what sets prices or stock levels, all at once: what one warning is about is found by halves."""

    def carry_out(shop: Shop, writes: Sequence[Write]) -> list[Written]:
        ids = {each.key: whole_product_of(each) for each in writes}
        there = asked.there(shop, [*ids.values()])
        for id_ in ids.values():
            known(there, id_)
        values = {ids[each.key].rpartition("|")[2]: value(each, shop.options) for each in writes}
        if warnings := shop.of_catalogue(method, products=values)["warnings"]:
            raise Rejected("; ".join(map(str, dict(warnings).values())), status=422)
        return [Written(each.key, "done", ids[each.key]) for each in writes]

    return all_or_none(carry_out)


def set_status(shop: Shop, order: Row, write: Write) -> None:
    """Give an order a status that is further than its own (page "setOrderStatus")."""
    if "status" not in write.fields:
        return
    number, now = told.status(write, shop.options), shop.options.statuses.get(str(order["order_status_id"]))
    if now == "cancelled" != write.fields["status"]:
        raise Unfit("cancelled", "it is cancelled in BaseLinker")
    if moves_forward(now, write.fields["status"]):
        shop.call("setOrderStatus", order_id=int(order["id"]), status_id=number)


def send_parcels(shop: Shop, order: Row, write: Write) -> None:
    """Tell the parcels that an order does not have yet (pages "getOrderPackages", "createPackageManual")."""
    if "tracking" not in write.fields:
        return
    number = int(order["id"])
    there = {each["courier_package_nr"] for each in shop.call("getOrderPackages", order_id=number)["packages"]}
    for parcel, package in told.packages(write).items():
        if parcel not in there:
            sent = int(shop.clock.now().timestamp())
            shop.call("createPackageManual", repeatable=False, order_id=number, pickup_date=sent, **package)
