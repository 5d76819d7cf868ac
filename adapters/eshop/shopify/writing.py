"""What a Shopify shop is told of its catalogue."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from uuid import uuid4

from adapters.asking.forms import send
from adapters.eshop.orders import Fields
from adapters.eshop.putting import Pairs, pieces
from adapters.eshop.shopify import media, queries
from adapters.eshop.shopify.lists import Listing, Part
from adapters.eshop.shopify.shop import Shop
from adapters.eshop.shopify.translate import SINGLE, products
from adapters.eshop.variants import articles, as_shown, parted
from adapters.fields import Field, given, table
from adapters.rows import Row
from adapters.writing.bulk import portions
from adapters.writing.finding import REFERENCE, SKU, Sign, by_signs
from adapters.writing.prices import check_priced, check_sort
from adapters.writing.writes import known, one_by_one, product_of
from hub.connector import Write, Written

PARTS = {"variants": Part(queries.VARIANT), "media": Part(queries.IMAGE, 10)}
PRODUCTS = Listing("products", "Product", queries.PRODUCT, PARTS, owners=queries.OWNERS)
MADE = replace(PRODUCTS, parts={**PARTS, "variants": Part(queries.VARIANT, 1)})
OPTION = "Title"
"""What Shopify calls the only option of a product without options."""
MANY = 25
"""Products that are looked for at once."""
ARTICLE = table(
    "title=name",
    descriptionHtml=Field("description", lambda text: text or ""),
    vendor=Field("brand", lambda brand: brand or ""),
    productType=Field("category", lambda category: category or ""),
    tags=Field("tags", lambda tags: list(tags or ())),
    status=Field("active", lambda active: "DRAFT" if active is False else "ACTIVE"),
)
ITEM = table(measurement=Field("weight", lambda weight: {"weight": {"unit": "KILOGRAMS", "value": float(weight or 0)}}))
VARIANT = table("barcode=gtin")


def find_products(shop: Shop, wanted: Sequence[Write]) -> dict[str, list[str]]:
    """Look for variants by the hub's reference at their product, then by SKU, of which Shopify allows doubles.

    The reference is unique and found at once; the search by SKU lags behind.
    """
    references = {write.reference: write.record["sku"] for write in wanted}

    def ask(sign: Sign, values: Sequence[str]) -> list[Row]:
        look = _by_reference if sign is REFERENCE else _by_sku
        return [row for some in portions(values, MANY) for row in look(shop, some, references)]

    return by_signs(wanted, [REFERENCE, SKU], ask)


def _by_reference(shop: Shop, references: Sequence[str], skus: Mapping[str, str]) -> Iterator[Row]:
    """Yield the variants of products; where people have added some, the one with our SKU is meant."""
    asked = [queries.BY_REFERENCE(identifier={"customId": {**queries.MARK, "value": each}}) for each in references]
    for reference, product in zip(references, send(shop.ask_by_reference, "query", asked), strict=True):
        variants: list[Row] = product["variants"] if product else []
        ours = [each for each in variants if each["sku"] == skus[reference]] or variants
        yield from ({"id": each["id"], "reference": reference} for each in ours)


def _by_sku(shop: Shop, skus: Sequence[str], _: object) -> list[Row]:
    return shop.all(queries.SKUS, query=" OR ".join(f"sku:'{_quoted(sku)}'" for sku in skus))


def _quoted(text: str) -> str:
    """Return a text as it stands between quotes in a search (page "Shopify API search syntax", special characters)."""
    return text.replace("\\", "\\\\").replace("'", "\\'")


def create(shop: Shop, write: Write, brought: media.Brought) -> Written:
    """Make a product of one variant; one that has our reference already is set to this instead, never doubled."""
    fields = write.fields
    option = {"optionName": OPTION, "name": SINGLE}
    item = {"sku": write.record["sku"], "tracked": True, **given(ITEM, fields)}
    variant: Fields = {"optionValues": [option], "inventoryItem": item, **given(VARIANT, fields)}
    body = given(ARTICLE, fields) | {
        "productOptions": [{"name": OPTION, "values": [{"name": SINGLE}]}],
        "variants": [variant],
        # What is made is not given the identifier that it was looked for by (page "Working with custom IDs", step 5).
        "metafields": [{**queries.MARK, "type": queries.ID, "value": write.reference}],
    }
    if fields.get("images"):
        body["files"] = media.files(shop, write, (), brought)
    text = queries.create(MADE.all_fields)
    made = shop.ask_by_reference(text, reference=write.reference, input=body)["done"]["product"]
    if shop.channels:
        shop.ask(queries.PUBLISH, id=made["id"], input=[{"publicationId": each} for each in shop.channels])
    (written,) = as_shown([write], products(shop, MADE.whole(shop, [made])), "variant.sku")
    return written


def change(shop: Shop, write: Write, brought: media.Brought) -> Written:
    """Change a product. Of one among several variants, name and images are the article's; it cannot be hidden alone."""
    there = articles(PRODUCTS, shop, [write.id])
    shared, own = parted(there, [write], partial(given, ARTICLE), _of_variant)
    ((id_, article),), (variant,) = shared.items(), own.values()
    pictured = "images" in write.fields and len(known(there, write.id)["variants"]) == 1
    held = media.settled(shop, write.id or "") if pictured else ()
    if held is None:
        return Written(write.key, "unknown")
    files = media.files(shop, write, held, brought) if pictured else []
    shop.ask(
        queries.CHANGE,
        product={"id": id_, **article},
        article=bool(article),
        id=id_,
        variants=[{"id": write.id, **variant}],
        variant=bool(variant),
        files=files,
        pictures=pictured,
    )
    return Written(write.key, "done", write.id)


def _of_variant(fields: Row) -> Fields:
    item = given(ITEM, fields)
    return given(VARIANT, fields) | ({"inventoryItem": item} if item else {})


def remove(shop: Shop, write: Write) -> Written:
    """Delete a variant; a product that has no others goes with it."""
    row = known(articles(PRODUCTS, shop, [write.id]), write.id)
    if len(row["variants"]) == 1:
        shop.ask(queries.REMOVE, id=row["id"])
    else:
        shop.ask(queries.REMOVE_VARIANT, id=row["id"], variants=[write.id])
    return Written(write.key, "done", write.id)


def write_products(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Create, change or delete products; those with new images are done when the shop has processed these."""
    brought: media.Brought = {}
    waiting = dict[str, Written]()
    for written in one_by_one(writes, lambda each: _write(shop, each, brought)):
        if written.outcome == "done" and written.key in brought:
            waiting[written.key] = written
        else:
            yield written
    left = [each for each in writes if each.key in waiting]
    yield from one_by_one(left, lambda each: media.processed(shop, each, waiting[each.key], brought))


def _write(shop: Shop, write: Write, brought: media.Brought) -> Written:
    if write.remove:
        return remove(shop, write)
    return (change if write.id else create)(shop, write, brought)


def _price(write: Write, terms: Row) -> Fields:
    """Return a variant's price as the shop is told it; refuse one that it cannot hold."""
    check_sort(write, currency=terms["currencyCode"], included=terms["taxesIncluded"])
    return {"id": product_of(write), "price": write.record["amount"]}


def put_prices(shop: Shop, pairs: Pairs) -> None:
    """Set prices, those of one article together."""
    variants, terms = defaultdict[str, list[Fields]](list), shop.terms()
    for write, row in pairs:
        variants[row["id"]].append(_price(write, terms))
    for id_, some in variants.items():
        shop.ask(queries.PRICES, id=id_, variants=some)


def put_stock(shop: Shop, pairs: Pairs) -> None:
    """Set what can be had at the location; what is not kept there yet, is from now on.

    Since 2026-04 each quantity says what it was (`changeFromQuantity`), and null that this does not matter.
    """
    quantities = [_quantity(shop, write, row) for write, row in pairs]
    told = {"name": "available", "reason": "correction", "quantities": quantities}
    shop.ask(queries.SET_STOCK, input=told, key=str(uuid4()))


def _quantity(shop: Shop, write: Write, row: Row) -> Fields:
    variant = next(each for each in row["variants"] if each["id"] == product_of(write))
    check_priced(write, variant["price"])
    item = variant["inventoryItem"]
    if not item["tracked"]:
        shop.ask(queries.TRACK, id=item["id"])
    if not item["inventoryLevel"]:
        shop.ask(queries.ACTIVATE, id=item["id"], location=shop.location, key=str(uuid4()))
    known_as = {"inventoryItemId": item["id"], "locationId": shop.location}
    return {**known_as, "quantity": pieces(write.record), "changeFromQuantity": None}
