"""What BaseLinker is told: its fields, made of ours, and the calls that set them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters.declared import Row
from adapters.eshop.baselinker import asked
from adapters.eshop.baselinker.shop import Shop
from adapters.eshop.baselinker.translate import EXEMPT
from adapters.eshop.categories import ids_of
from adapters.eshop.prices import check_currency, check_plain, check_tax
from adapters.fields import Field, emptied, given
from adapters.finding import Sign, by_signs
from adapters.http import Rejected
from adapters.writes import Unfit, Writing, all_or_none, known, one_by_one
from hub.canonical.statuses import moves_forward
from hub.connector import Write, Written

LONGEST = {"sku": 50, "gtin": 32, "name": 200}
"""Letters of our fields, beyond which they would be cut (page "addInventoryProduct")."""
_FIELDS = {
    "sku": Field("sku", emptied),
    "ean": Field("gtin", emptied),
    "tax_rate": Field("tax_rate", lambda rate: float(rate or 0)),
    "weight": Field("weight", lambda weight: float(weight or 0)),
    "tags": Field("tags", lambda tags: list(tags or ())),
}
_TEXTS = {
    "name": Field("name", emptied),
    "description": Field("description", emptied),
    "features": Field("attributes", lambda attributes: attributes or {}),
}
PRODUCT = frozenset("sku gtin name description category brand tags attributes tax_rate weight".split())
_OF_VARIANT = frozenset({"sku", "gtin", "name"})


def product(write: Write, categories: Mapping[str, str], brands: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a product that are to be set; Unfit, if BaseLinker would cut one of them."""
    for name, most in LONGEST.items():
        if len(write.fields.get(name) or "") > most:
            raise Unfit(f"{name}-too-long", f"BaseLinker keeps no more than {most} letters of the {name}")
    theirs = given(_FIELDS, write.fields) | {"text_fields": given(_TEXTS, write.fields)}
    for name, field, ids in (("category", "category_id", categories), ("brand", "manufacturer_id", brands)):
        if name in write.fields:
            theirs[field] = int(ids[write.fields[name]]) if write.fields[name] else 0
    category = write.record.get("tax_category")
    return theirs | ({"tax_rate": EXEMPT[category]} if "tax_rate" in theirs and category in EXEMPT else {})


def products(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Make, change and remove products, one by one; their categories and brands first."""
    there = _there(shop, [each.id for each in writes if each.id])
    categories = ids_of((each.fields.get("category") for each in writes), lambda: _tree(shop), _making_category(shop))
    brands = ids_of((each.fields.get("brand") for each in writes), lambda: _brands(shop), _making_brand(shop))

    def carry_out(write: Write) -> Written:
        if write.id:
            known(there, write.id)
        parent, _, variant = (write.id or "").partition("|")
        if variant and (write.remove or write.fields.keys() - _OF_VARIANT):
            raise Unfit("variant", "of a variant, only the name, SKU, GTIN, price and stock can be set")
        if write.remove:
            shop.call("deleteInventoryProduct", product_id=int(parent))
            return Written(write.key, "done", write.id)
        which = {"parent_id": parent, "product_id": variant} if variant else {"product_id": parent} if parent else {}
        told = product(write, categories, brands) | which
        made = shop.of_catalogue("addInventoryProduct", repeatable=bool(which), **told)
        return Written(write.key, "done", write.id or str(made["product_id"]))

    return one_by_one(writes, carry_out)


def find(shop: Shop, wanted: Sequence[Write]) -> dict[str, list[str]]:
    """Look for products by their SKU: there is no place for a reference."""

    def ask(_: Sign, skus: Sequence[str]) -> Iterator[Row]:
        for sku in skus:
            yield from dict(shop.of_catalogue("getInventoryProductsList", filter_sku=sku)["products"]).values()

    return by_signs(wanted, [Sign("product", "sku", "id", lambda write: write.record["sku"])], ask)


def _there(shop: Shop, ids: Sequence[str]) -> dict[str, Row]:
    return dict(asked.details(shop, asked.rows_of(shop, {id_.partition("|")[0] for id_ in ids})))


def _tree(shop: Shop) -> list[dict[str, Any]]:
    rows = {row["id"]: row for row in asked.categories(shop)}
    return [{**row, "parent": rows.get(row["above"])} for row in rows.values()]


def _brands(shop: Shop) -> list[dict[str, Any]]:
    return [{**row, "parent": None} for row in asked.manufacturers(shop)]


def _making_category(shop: Shop) -> Any:
    def make(name: str, above: str | None) -> str:
        told = {"name": name, "parent_id": int(above or 0)}
        return shop.of_catalogue("addInventoryCategory", repeatable=False, **told)["category_id"]

    return make


def _making_brand(shop: Shop) -> Any:
    return lambda name, _: shop.call("addInventoryManufacturer", repeatable=False, name=name)["manufacturer_id"]


def _amount(shop: Shop, write: Write) -> dict[str, float]:
    check_plain(write)
    check_tax(write, included=True)
    check_currency(write, shop.options.currency)
    return {str(shop.options.price_group): float(write.record["amount"])}


def _level(shop: Shop, write: Write) -> dict[str, int]:
    """Return what can be had, in whole units."""
    return {shop.options.warehouse: int(float(write.record["available"]))}


def _put(method: str, value: Any) -> Writing[Shop]:
    def carry_out(shop: Shop, writes: Sequence[Write]) -> list[Written]:
        ids = {each.key: each.id or each.links.get("products", {}).get(each.record["sku"], "") for each in writes}
        there = _there(shop, [id_ for id_ in ids.values() if id_])
        for each in writes:
            known(there, ids[each.key])
        told = {ids[each.key].rpartition("|")[2]: value(shop, each) for each in writes}
        if warnings := shop.of_catalogue(method, products=told)["warnings"]:
            raise Rejected("; ".join(map(str, dict(warnings).values())), status=422)
        return [Written(each.key, "done", ids[each.key]) for each in writes]

    return all_or_none(carry_out)


prices = _put("updateInventoryProductsPrices", _amount)
"""Sets prices: all at once; a warning is found to be about one of them by halves, since they may be set again."""
stock = _put("updateInventoryProductsStock", _level)
"""Sets stock levels, likewise."""


def status(shop: Shop, order: Row, write: Write) -> None:
    """Give an order a status that is further than its own (page "setOrderStatus")."""
    ours = shop.options.statuses
    number = next((number for number, each in ours.items() if each == write.fields["status"]), None)
    if number is None:
        raise Unfit("status-not-named", f"no status of BaseLinker is named for {write.fields['status']}; see statuses")
    now = ours.get(str(order["order_status_id"]))
    if now == "cancelled" != write.fields["status"]:
        raise Unfit("cancelled", "it is cancelled in BaseLinker")
    if moves_forward(now, write.fields["status"]):
        shop.call("setOrderStatus", order_id=int(order["id"]), status_id=int(number))


def parcels(shop: Shop, order: Row, write: Write) -> None:
    """Tell the parcels that an order does not have yet (pages "getOrderPackages", "createPackageManual")."""
    wanted = {each["number"]: each.get("carrier") for each in write.fields.get("tracking") or ()}
    packages = shop.call("getOrderPackages", order_id=int(order["id"]))["packages"] if wanted else ()
    for number in [*wanted.keys() - {each["courier_package_nr"] for each in packages}]:
        parcel = {"package_number": number, "courier_code": (wanted[number] or "")[:20]}
        sent = {"order_id": int(order["id"]), "pickup_date": int(shop.clock.now().timestamp())}
        shop.call("createPackageManual", repeatable=False, **sent, **parcel)
