"""What a django-oscar shop is told, record by record. All but the creation of a product may be repeated."""

from collections.abc import Callable, Sequence

from adapters.eshop.orders import Fields
from adapters.eshop.oscar.shop import Shop, mark, products, record_of, with_record
from adapters.eshop.putting import pieces
from adapters.eshop.slugs import slug
from adapters.eshop.sources import arranged, marks, sources
from adapters.fields import Field, emptied, given, table
from adapters.pictures import fetch, left_out, tried
from adapters.reading.stable import Show
from adapters.rows import Row
from adapters.writing.prices import check_plain, check_sort, in_decimals
from adapters.writing.writes import Unfit, Writing, product_of, singly_with
from hub.connector import Write, Written

PRODUCT = table(
    title=Field("name", emptied),
    description=Field("description", emptied),
    is_public=Field("active", emptied),
    categories=Field("category", lambda path: [path] if path else []),
)
KEPT = ("product_class", "structure", "title", "slug", "upc")
"""What has to be said again when a product is replaced."""
LONGEST_CODE = 255
"""Letters, of an image (django-oscar, AbstractProductImage)."""


def write_product(shop: Shop, product_class: str, write: Write) -> Written:
    """Create, change or remove a product."""
    path = f"admin/products/{write.id}/"
    if write.remove:
        shop.api.send("DELETE", path, repeatable=True)
        return Written(write.key, "done", id=write.id)
    values, faults = given(PRODUCT, write.fields), dict[str, Unfit]()
    if not write.id:
        sku = write.record["sku"]
        new: Fields = {"title": sku, "upc": sku, "slug": slug(sku), "structure": "standalone"}
        new |= {"product_class": product_class, "categories": []}
        row = shop.api.send("POST", "admin/products/", new | values | _images(shop, write, [], faults)).body
    elif "categories" not in values and "images" not in write.fields:
        row = shop.api.send("PATCH", path, values, repeatable=True).body
    else:
        # A PATCH only adds categories and images; a PUT leaves alone what it does not name.
        now = shop.api.get(path).body
        if now["structure"] == "child":  # it has its parent's ("A child product can't have a category assigned")
            values.pop("categories", None)
        values = {name: now[name] for name in KEPT} | values | _images(shop, write, now["images"], faults)
        row = shop.api.send("PUT", path, values, repeatable=True).body
    written = Written(write.key, "done", id=str(row["id"]), document=next(products(shop, [row]), None))
    return left_out(written, write, faults)


def _images(shop: Shop, write: Write, there: Sequence[Row], faults: dict[str, Unfit]) -> Fields:
    """Return the images of a product: the shop fetches those that are new; what others added comes behind.

    What is there is named by where the shop has it. The shop knows an image by its content, and adds none twice. What
    cannot be had is left out, and noted in `faults`: its address -> why.
    """
    if "images" not in write.fields:
        return {}
    begins = mark(write.record["sku"])
    ours = marks(write.fields["images"] or (), begins, LONGEST_CODE)
    places = arranged(ours, there, lambda row: row["code"] if sources([row["code"]], begins) else None)
    # The shop takes whatever it is given, and breaks where nothing answers.
    faults |= tried([each for each in places if isinstance(each, str)], lambda each: fetch(each, shop.clock))[1]
    # A code that is there already is refused, on the image that has it as well.
    told = [
        {"original": each, "code": begins + each} if isinstance(each, str) else {"original": each["original"]}
        for each in places
        if str(each) not in faults
    ]
    return {"images": [each | {"display_order": place} for place, each in enumerate(told)]}


def price(shop: Shop, write: Write, held: Row) -> Fields:
    """Return a price as a stock record has it, which keeps one: everybody's, with tax or without as the options say."""
    check_plain(write)
    currency = None if held.get("price") is None else held["price_currency"]
    check_sort(write, currency=currency, included=shop.options.tax_included)
    return {"price": str(in_decimals(write.record["amount"])), "price_currency": write.record["currency"]}


def stock(_: Shop, write: Write, held: Row) -> Fields:
    """Return the stock as a stock record has it: what may be sold, and what open orders hold already."""
    return {"num_in_stock": pieces(write.record) + (held.get("num_allocated") or 0)}


def putting(values: Callable[[Shop, Write, Row], Fields], show: Show) -> Writing[Shop]:
    """Make a function that sets values of stock records, made of what each holds now, and nothing else in them."""

    def put(shop: Shop, partner: Row, write: Write) -> Written:
        id_, sku = product_of(write), write.record["sku"]
        # The short list: a whole product takes the shop three times as long.
        held = record_of(partner, shop.api.get(f"products/{id_}/stockrecords/").body)
        told, new = values(shop, write, held or {}), {"partner": partner["url"], "partner_sku": sku}
        if held:
            records = [shop.api.send("PATCH", f"admin/stockrecords/{held['id']}/", told, repeatable=True).body]
        else:
            made = {"stockrecords": [new | told]}
            records = shop.api.send("PATCH", f"admin/products/{id_}/", made, repeatable=True).body["stockrecords"]
        row = with_record(shop, partner)({"id": id_, "upc": sku, "stockrecords": records})
        return Written(write.key, "done", id=id_, document=next(show(shop, [row]), None))

    return singly_with(Shop.partner, put)
