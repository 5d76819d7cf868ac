"""What a WooCommerce shop is told of its catalogue: in batches, with an outcome for each."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from html import unescape

from adapters.eshop.orders import Fields
from adapters.eshop.putting import pieces
from adapters.eshop.woocommerce import images
from adapters.eshop.woocommerce.asked import REFERENCE, meta_of, taxes_included
from adapters.eshop.woocommerce.shop import Shop
from adapters.eshop.woocommerce.words import Words
from adapters.pictures import left_out
from adapters.rows import Row
from adapters.writing.batches import in_batches
from adapters.writing.bulk import portions
from adapters.writing.prices import check_plain, check_sort
from adapters.writing.writes import Gone, Unfit, one_by_one, product_of
from hub.connector import Write, Written

MANY = 50
"""SKUs in one address."""


def find_products(shop: Shop, wanted: Sequence[Write]) -> dict[str, list[str]]:
    """Look for products by SKU, then for the one among them that has the hub's reference.

    The shop compares SKUs as its database does, without regard to capitals; one with a comma it takes for several.
    """
    skus = list(dict.fromkeys(each.record["sku"] for each in wanted))
    plain_ones = [sku for sku in skus if "," not in sku]
    asked = [",".join(part) for part in portions(plain_ones, MANY)] + [sku for sku in skus if "," in sku]
    names = "id,sku,type,parent_id,meta_data"
    rows = [row for sku in asked for row in shop.rows("products", sku=sku, per_page=100, _fields=names)[0]]
    found: dict[str, list[str]] = {}
    for each in wanted:
        named = [row for row in rows if row["sku"] == each.record["sku"] and not row["type"].startswith("variable")]
        ours = [row for row in named if meta_of(row).get(REFERENCE) == each.reference]
        found[each.key] = list(dict.fromkeys(map(_identity, ours or named)))
    return found


def _identity(row: Row) -> str:
    return f"{row['parent_id']}-{row['id']}" if row["type"] == "variation" else str(row["id"])


def write_products(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Create, change and trash products."""
    kept = [each for each in writes if not each.remove]
    words = Words(shop, images.there(shop, kept))
    yield from _put(shop, kept, lambda each: each.id, words.product)
    yield from one_by_one([each for each in writes if each.remove], lambda each: _trash(shop, each))


def put_prices(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Set regular prices; sales are the shop's own."""
    included, currency = taxes_included(shop), shop.setting("general", "currency")

    def body(write: Write) -> Fields:
        check_plain(write)
        check_sort(write, currency=currency, included=included)
        return {"regular_price": write.record["amount"]}

    return _put(shop, writes, product_of, body, _check_priced)


def _check_priced(row: Row) -> None:
    """Refuse the price of a product that has none of its own: the shop leaves it out without a word.

    Source: WC_REST_Products_Controller, prepare_object_for_database.
    """
    if not row["regular_price"]:
        raise Unfit(
            "price-not-possible", "the shop keeps no price of such a product; those that it stands for have one"
        )


def put_stock(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Set what may be sold, in whole units. The shop itself takes off what it sells."""
    tracked = {"manage_stock": True} if shop.options.keep_stock else {}

    def body(write: Write) -> Fields:
        return {**tracked, "stock_quantity": pieces(write.record)}

    return _put(shop, writes, product_of, body, _check_tracked)


def _check_tracked(row: Row) -> None:
    if row["manage_stock"] is not True:
        why = "the shop tracks no stock of this product; see its tab Inventory, and Settings > Products > Inventory"
        raise Unfit("stock-not-kept", why)


def _put(
    shop: Shop,
    writes: Sequence[Write],
    known_as: Callable[[Write], str | None],
    body: Callable[[Write], Fields],
    check: Callable[[Row], None] = lambda _: None,
) -> Iterator[Written]:
    """Create or change products in one batch, and variations in one for each article; `check` refuses what came of it."""

    def prepare(write: Write) -> tuple[str, Fields]:
        article, _, variation = (known_as(write) or "").partition("-")
        if variation:
            return f"products/{article}/variations", {"id": int(variation)} | _of_variation(body(write))
        return "products", ({"id": int(article)} if article else {}) | body(write)

    def outcome(write: Write, path: str, row: Row) -> Written:
        _check(row)
        check(row)
        _, _, article = path.removesuffix("/variations").partition("/")
        written = Written(write.key, "done", f"{article}-{row['id']}" if article else str(row["id"]))
        return left_out(written, write, row[images.FAULTS])

    return in_batches(writes, prepare, partial(_carry_out, shop), outcome)


def _carry_out(shop: Shop, path: str, parts: Sequence[tuple[Write, Fields]]) -> Iterator[Row]:
    """Yield what each came to, and then note of the new images what the shop calls them."""
    told, known = _sent(shop, path, [body for _, body in parts]), list[tuple[Write, Row]]()
    for (write, body), first in zip(parts, told, strict=True):
        row = images.without_faulty(shop, body, first, lambda body: _sent(shop, path, [body])[0])
        known += [] if "error" in row else [(write, row)]
        yield row
    images.note(shop, path, known)


def _sent(shop: Shop, path: str, bodies: Sequence[Row]) -> list[Row]:
    """Create those that have no number yet, and change the others; return what each came to."""
    new, old = ([body for body in bodies if ("id" in body) is known] for known in (False, True))
    told = shop.batch(path, new, old)
    created, updated = iter(told[: len(new)]), iter(told[len(new) :])
    return [next(updated if "id" in body else created) for body in bodies]


def _check(row: Row) -> None:
    """Raise what was wrong with one of a batch. Changing what lies in the trash succeeds, and leaves it there."""
    fault: Row | None = row.get("error")
    status: Row = (fault and fault.get("data")) or {}
    if (fault is None and row["status"] == "trash") or status.get("status") in (404, 410):
        raise Gone
    if fault:
        code = str(fault["code"])
        if code.endswith("_invalid_id"):
            raise Gone
        raise Unfit(code.removeprefix("woocommerce_rest_").replace("_", "-"), unescape(fault["message"]))


def _trash(shop: Shop, write: Write) -> Written:
    """Put a product into the trash, from where the shop's staff can take it again; a batch would delete it for good."""
    article, _, variation = (write.id or "").partition("-")
    path = f"products/{article}/variations/{variation}" if variation else f"products/{article}"
    shop.send("DELETE", path, repeatable=True)
    return Written(write.key, "done", write.id)


def _of_variation(body: Fields) -> Fields:
    """Return what of a product's change can be set at a variation; the rest is its article's."""
    own = {name: body[name] for name in body if name not in ("name", "categories", "tags", "tax_class", "images")}
    if "status" in own:
        own["status"] = "publish" if own["status"] == "publish" else "private"
    if images_given := body.get("images"):
        return own | {"image": images_given[0]}
    return own | ({"image": {}} if "images" in body else {})
