"""What a django-oscar shop is told, record by record. All but the creation of a product may be repeated."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from adapters.eshop.orders import Fields
from adapters.eshop.oscar.shop import Shop, levels, mark, prices, products, record_of
from adapters.eshop.putting import pieces
from adapters.eshop.slugs import slug
from adapters.eshop.sources import marks, sources
from adapters.fields import Field, emptied, given, table
from adapters.pictures import fetch, left_out, tried
from adapters.rows import Row
from adapters.writing.prices import check_currency, check_plain, check_tax
from adapters.writing.writes import Unfit
from hub.connector import Document, Write, Written

Show = Callable[[Shop, Sequence[Row]], Iterator[Document]]
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


def _images(shop: Shop, write: Write, there: Sequence[Row], faults: dict[str, Unfit]) -> dict[str, Any]:
    """Return the images of a product: the shop fetches those that are new; what others added comes behind.

    What is there is named by where the shop has it. The shop knows an image by its content, and adds none twice. What
    cannot be had is left out, and noted in `faults`: its address -> why.
    """
    if "images" not in write.fields:
        return {}
    ours = marks(write.fields["images"] or (), mark(write.record["sku"]), LONGEST_CODE)
    known = {each["code"]: each["original"] for each in there}
    # The shop takes whatever it is given, and breaks where nothing answers.
    new = [source for code, source in ours.items() if code not in known]
    faults |= tried(new, lambda source: fetch(source, shop.clock))[1]
    # A code that is there already is refused, on the image that has it as well.
    had = {code: source for code, source in ours.items() if source not in faults}
    told = [{"original": known[c]} if c in known else {"original": source, "code": c} for c, source in had.items()]
    others = [each for each in there if not sources([each["code"]], mark(write.record["sku"]))]
    told += [{"original": each["original"]} for each in others]
    return {"images": [each | {"display_order": place} for place, each in enumerate(told)]}


def put_price(shop: Shop, partner: Row, write: Write) -> Written:
    """Set the price in the product's stock record: it keeps one, everybody's, with tax or without as the options say."""
    check_plain(write)
    check_tax(write, included=shop.options.tax_included)
    return _put(shop, partner, write, partial(_priced, write), prices)


def _priced(write: Write, held: Row) -> Fields:
    """Return a price as a stock record has it: of each partner's there is one, in one currency."""
    if held.get("price") is not None:
        check_currency(write, held["price_currency"])
    return {"price": write.record.get("amount"), "price_currency": write.record["currency"]}


def put_stock(shop: Shop, partner: Row, write: Write) -> Written:
    """Set the stock in the product's stock record: what may be sold, and what open orders hold already."""
    available = pieces(write.record)
    return _put(
        shop, partner, write, lambda held: {"num_in_stock": available + (held.get("num_allocated") or 0)}, levels
    )


def _put(shop: Shop, partner: Row, write: Write, values: Callable[[Row], Row], show: Show) -> Written:
    """Set values of a stock record, made of what it holds now, and nothing else in it."""
    sku = write.record["sku"]
    product = write.id or write.links.get("products", {}).get(sku)
    if product is None:
        raise Unfit("no-product", "the product is not in the shop")
    # The short list: a whole product takes the shop three times as long.
    record = record_of(partner, shop.api.get(f"products/{product}/stockrecords/").body)
    if record:
        path, told = f"admin/stockrecords/{record['id']}/", values(record)
        record = shop.api.send("PATCH", path, told, repeatable=True).body
    else:
        new = {"partner": partner["url"], "partner_sku": sku, **values({})}
        path, told = f"admin/products/{product}/", {"stockrecords": [new]}
        record = record_of(partner, shop.api.send("PATCH", path, told, repeatable=True).body["stockrecords"])
    row = {"id": product, "upc": sku, "record": record}
    return Written(write.key, "done", id=product, document=next(show(shop, [row]), None))
