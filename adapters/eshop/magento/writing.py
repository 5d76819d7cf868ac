"""What a Magento shop is told of its catalogue: by its queue, with an outcome for each."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar, cast
from urllib.parse import quote

from adapters.asking.answers import filled
from adapters.asking.http import Rejected, exact
from adapters.eshop.categories import Categories
from adapters.eshop.magento import gallery, levels
from adapters.eshop.magento.families import ALONE, FIELDS, Families
from adapters.eshop.magento.goods import categories, salable
from adapters.eshop.magento.lists import ALL_TYPES, CATALOGUE, STAND_FOR_OTHERS, Listing, any_of
from adapters.eshop.magento.shop import OPEN, Shop
from adapters.eshop.magento.translate import DISABLED, ENABLED, KILOGRAMS
from adapters.eshop.orders import Fields, plain
from adapters.eshop.slugs import slug
from adapters.pictures import left_out
from adapters.rates import theirs_for
from adapters.rows import Row
from adapters.writing.batches import in_batches
from adapters.writing.prices import check_plain, check_priced, check_sort
from adapters.writing.writes import Gone, Unfit, all_or_none, known, one_by_one, product_of
from hub.connector import Write, Written
from hub.errors import TryLater

DONE, RETRY, MEND = 1, 2, 3
OUT_OF_STOCK, IN_STOCK = 0, 1
"""Of what lies in a source (source: SourceItemInterface)."""
PASSING = (
    "Database connection error",
    "Database deadlock found when trying to get lock",
    "Database lock wait timeout exceeded",
)
"""What the queue calls to be mended, although it passes (source: ProductRepository; OperationProcessor)."""
Told = TypeVar("Told")


def there(shop: Shop, skus: Iterable[str], listing: Listing = CATALOGUE) -> dict[str, Row]:
    """Return the products that are there, by their SKU in small letters: the shop does not tell capitals apart."""
    return {row["sku"].lower(): row for row in listing.some(shop, list(skus))}


def find_products(shop: Shop, wanted: Sequence[Write]) -> dict[str, list[str]]:
    """Look for products by their SKU."""
    found = there(shop, [each.record["sku"] for each in wanted])
    return {each.key: [row["sku"]] if (row := found.get(each.record["sku"].lower())) else [] for each in wanted}


def write_products(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Create and change products by the queue, and then their galleries, which it does not do well; and delete them."""
    kept = [each for each in writes if not each.remove]
    if kept:
        old = there(shop, [each.id or each.record["sku"] for each in kept], ALL_TYPES)
        family = Families(shop)
        prepare = partial(_prepared, shop, categories(shop), old, shop.config()["weight_unit"], family)
        yield from in_batches(kept, prepare, partial(_queued, shop), partial(_outcome, shop, old, family))
    yield from one_by_one([each for each in writes if each.remove], partial(_delete, shop))


def _prepared(
    shop: Shop, tree: Categories, old: dict[str, Row], unit: str, family: Families, write: Write
) -> tuple[str, Fields]:
    """Return a product as it is saved: the shop makes one whose SKU it does not know, and changes one whose it does."""
    sku = write.id or write.record["sku"]
    row = known(old, sku.lower()) if write.id else old.get(sku.lower())
    if row and row["type_id"] in STAND_FOR_OTHERS.split(","):
        raise Unfit("sku-taken", f"{sku} is a {row['type_id']} product there, which stands for others")
    body: Fields = {"sku": row["sku"]} if row else _new(shop, write)
    attributes: Fields = {} if row else {"url_key": slug(f"{write.fields.get('name') or ''} {sku}")}
    for name, value in write.fields.items():
        match name:
            case "name":
                body["name"] = value or body["sku"]
            case "active":
                body["status"] = DISABLED if value is False else ENABLED
            case "weight":
                body["weight"] = plain(Decimal(value) / KILOGRAMS[unit]) if value else "0"
            case "category":
                links = [{"category_id": tree.id_of(value), "position": 0}] if value else []
                body["extension_attributes"] = {"category_links": links}
            case "description":
                attributes["description"] = value or ""
            case "tax_rate" if theirs := theirs_for(shop.options.tax_classes, value, "tax class", "tax_classes"):
                attributes["tax_class_id"] = theirs
            case "gtin" if shop.options.gtin_attribute:
                attributes[shop.options.gtin_attribute] = value or ""
            case _:
                pass
    chosen, seen = family.apart(write)
    told = [{"attribute_code": code, "value": value} for code, value in {**attributes, **chosen}.items()]
    return "products", {"product": {**body, **seen, "custom_attributes": told}}


def _new(shop: Shop, write: Write) -> Fields:
    """Return what a new product must have. It has no stock yet, so that nobody can buy it at this price."""
    sku = write.record["sku"]
    told = {"sku": sku, "name": sku, "attribute_set_id": shop.options.attribute_set, "price": 0}
    return told | {"type_id": "simple", "status": ENABLED, "visibility": ALONE}


def _queued(shop: Shop, path: str, parts: Sequence[tuple[Write, Fields]]) -> Iterator[Row]:
    """Yield what each came to; those that the shop asks to send again are for another time."""
    rows = [_passing(row) for row in _taken([body for _, body in parts], partial(shop.bulk, path), _mended)]
    yield from ({**row, "product": body["product"]} for row, (_, body) in zip(rows, parts, strict=True))
    again = [row for row in rows if row["status"] == RETRY]
    if again:
        raise TryLater(f"{shop.name}: {again[0]['result_message'] or 'the queue asks to send it again'}")


def _passing(row: Row) -> Row:
    return {**row, "status": RETRY} if row["result_message"] in PASSING else row


def _mended(fault: Rejected) -> Row:
    return {"status": MEND, "result_message": str(fault)}


def _taken(
    items: Sequence[Fields], send: Callable[[Sequence[Fields]], list[Told]], refused: Callable[[Rejected], Told]
) -> list[Told]:
    """Send many; where the shop refuses to look at them at all, it is one that it cannot read, or they are too many.

    An operator may limit how many it takes (page "API security": input limiting).
    """
    try:
        return send(items)
    except Rejected as fault:
        if len(items) == 1:
            return [refused(fault)]
        middle = len(items) // 2
        return _taken(items[:middle], send, refused) + _taken(items[middle:], send, refused)


def _outcome(shop: Shop, old: Mapping[str, Row], family: Families, write: Write, _: str, row: Row) -> Written:
    if row["status"] == DONE:
        return _completed(shop, old, family, write, row["product"])
    if row["status"] in (OPEN, RETRY):
        return Written(write.key, "unknown")
    raise Unfit("refused", row["result_message"] or "the shop rejected it without a reason")


def _completed(shop: Shop, old: Mapping[str, Row], family: Families, write: Write, body: Row) -> Written:
    """Return what became of a product that is saved, once it has its gallery and stands in its family."""
    sku, before = body["sku"], old.get(body["sku"].lower())
    written = Written(write.key, "done", sku)
    if "images" in write.fields:
        there: Sequence[Row] = (before or {}).get("media_gallery_entries") or ()
        written = left_out(written, write, gallery.put(shop, sku, write.fields["images"] or (), there))
    if {*FIELDS} & {*write.fields}:
        family.tie(write, sku, body, before)
    return family.outcome(write, written)


def _delete(shop: Shop, write: Write) -> Written:
    shop.send("DELETE", f"products/{quote(write.id or '', safe='')}", repeatable=True)
    return Written(write.key, "done", write.id)


def put_prices(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Set base prices in the default scope (page "Manage prices for multiple products"); the others are the shop's own."""
    included, currency = shop.options.prices_include_tax, shop.currency()

    def prepare(write: Write) -> tuple[str, Fields]:
        check_plain(write)
        check_sort(write, currency=currency, included=included)
        # The shop takes a JSON number.
        return "products/base-prices", {"sku": product_of(write), "store_id": 0, "price": float(write.record["amount"])}

    return in_batches(writes, prepare, partial(_priced, shop), _put)


def _priced(shop: Shop, path: str, parts: Sequence[tuple[Write, Fields]]) -> list[str | None]:
    """Return what is wrong with each, None of one that is not there.

    The shop answers with those alone that it refused, and says of an unknown SKU the same as of one that has no base
    price; of a wrong price it does not say whose it is (source: BasePriceStorage).
    """
    skus = [body["sku"] for _, body in parts]

    def send(items: Sequence[Fields]) -> list[str]:
        faults, told = shop.send("POST", path, {"prices": items}, repeatable=True), dict[str, str]()
        for each in faults:
            message = filled(each["message"], each["parameters"])
            named = [sku for sku in skus if sku in _values(each["parameters"])]
            if not named:
                raise Rejected(message, status=400)  # the shop is asked again about fewer, until there is one
            told |= dict.fromkeys(named, message)
        return [told.get(item["sku"], "") for item in items]

    faults = _taken([body for _, body in parts], send, str)
    known_there = there(shop, [sku for sku, fault in zip(skus, faults, strict=True) if fault], ALL_TYPES)
    return [
        None if fault and sku.lower() not in known_there else fault for sku, fault in zip(skus, faults, strict=True)
    ]


def _values(parameters: Any) -> list[str]:
    told = cast("Row", parameters).values() if isinstance(parameters, Mapping) else cast("Sequence[Any]", parameters)
    return [str(each) for each in told]


def _put(write: Write, _: str, fault: str | None) -> Written:
    if fault is None:
        raise Gone
    if fault:
        raise Unfit("refused", fault)
    return Written(write.key, "done", product_of(write))


def _levelled(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Set what may be sold: of what lies in our source, so much more or less as the shop sells too little or too much.

    A source that has nothing left stays in stock, if it is: so it is with what may be sold beyond that (Backorders), and
    of all else the quantity alone keeps it from being sold (source: IsAnySourceItemInStockCondition,
    SourceDeductionService, getSourceStockStatus).
    """
    found = there(shop, [product_of(each) for each in writes])
    rows = {each.key: known(found, product_of(each).lower()) for each in writes}
    sold, held = (
        salable(shop, [row["id"] for row in rows.values()]),
        _held(shop, [row["sku"] for row in rows.values()]),
    )
    items: list[Fields] = []
    for each in writes:
        check_priced(each, rows[each.key]["price"])
        sku = rows[each.key]["sku"]
        wanted = Decimal(each.record["available"])
        if sku in sold:
            wanted += Decimal(exact(held[sku]["quantity"] if sku in held else 0)) - Decimal(exact(sold[sku]))
        level = max(wanted, Decimal(0))
        status = IN_STOCK if level else held[sku]["status"] if sku in held else OUT_OF_STOCK
        items.append({"sku": sku, "source_code": shop.options.source, "quantity": float(level), "status": status})
    shop.send("POST", "inventory/source-items", {"sourceItems": items}, repeatable=True)
    return (Written(each.key, "done", rows[each.key]["sku"]) for each in writes)


def _held(shop: Shop, skus: Sequence[str]) -> dict[str, Row]:
    """Return what lies in our source, by its SKU."""
    here = ("source_code", "eq", shop.options.source)
    rows = [row for each in any_of("sku", skus) for row in shop.page("inventory/source-items", here, each, order="sku")]
    return {row["sku"]: row for row in rows}


_put_sources = all_or_none(_levelled)


def _put_levels(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    found = there(shop, [product_of(each) for each in writes])

    def put(write: Write) -> Written:
        check_priced(write, known(found, product_of(write).lower())["price"])
        return levels.put(shop, write)

    return one_by_one(writes, put)


def put_stock(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Set what may be sold."""
    return (_put_levels if shop.options.stock_items else _put_sources)(shop, writes)
