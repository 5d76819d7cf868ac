"""Products, prices and stock: what is asked of the shop, shown of its answers, and told to it, all or none."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from adapters.eshop.categories import Categories
from adapters.eshop.medusa.shop import Listing, Shop, lasting
from adapters.eshop.medusa.translate import SINGLE
from adapters.eshop.orders import Fields
from adapters.eshop.putting import Pairs
from adapters.eshop.slugs import apart, handle
from adapters.eshop.variants import Set, articles, as_shown, each_variant, parted, with_article
from adapters.fields import Field, given, table
from adapters.rows import Row
from adapters.writing.prices import check_sort
from adapters.writing.writes import Unfit, done, product_of
from hub.connector import Document, Write, Written

PRODUCTS = Listing(
    "products",
    "id,updated_at,title,handle,status,external_id,description,images.id,images.url,images.rank,categories.id,"
    "variants.id,variants.sku,variants.ean,variants.title,variants.options.value,variants.options.option.title",
    "variants[id][]",
)
BY_REFERENCE, BY_SKU = replace(PRODUCTS, ident="external_id[]"), replace(PRODUCTS, ident="variants[sku][]")
PRICES = replace(
    PRODUCTS,
    # A price without its rules looks like everybody's.
    fields="id,variants.id,variants.sku,*variants.prices,variants.prices.price_rules.attribute,"
    "variants.prices.price_rules.value",
)
STOCK = replace(
    PRODUCTS,
    fields="id,variants.id,variants.sku,variants.manage_inventory,variants.inventory_items.required_quantity,"
    "*variants.inventory_items.inventory.location_levels",
)
BATCH = "products/batch"
OPTION, VALUE = "Default option", "Default option value"
"""What Medusa's own pages give a product that has no options."""
NOTHING = Decimal("0.0001")
"""The largest amount that Medusa takes for 0 (source: `MEDUSA_EPSILON`)."""
ARTICLE = table(
    "title=name description",
    status=Field("active", lambda active: "published" if active else "draft"),
    images=Field("images", lambda urls: [{"url": url} for url in urls or ()]),
    thumbnail=Field("images", lambda urls: next(iter(urls or ()), None)),
)
VARIANT = table("ean=gtin title=name")


def categories(shop: Shop) -> Categories:
    """Return the tree of categories: asked for with each product, it makes an answer ten times slower.

    A handle is taken once in the whole tree (IDX_category_handle_unique in Medusa's model), whatever the path.
    """
    fields = "id,name,handle,parent_category_id"
    rows, _ = shop.rows("product-categories", fields=fields, limit=100_000, order="-created_at")
    taken = {row["handle"] for row in rows}

    def make(name: str, path: str, parent: str | None) -> str:
        free = apart(path, taken)
        taken.add(free)
        body = {"name": name, "handle": free, "is_active": True, "parent_category_id": parent}
        return shop.send("product-categories", body)["product_category"]["id"]

    return Categories(rows, "parent_category_id", make)


def products(rows: Sequence[Row], tree: Categories) -> Iterator[Document]:
    """Yield a document for each variant, with what it has from its product."""
    return with_article(rows, lasting, categories=lambda row: tree.known(each["id"] for each in row["categories"]))


def _article(tree: Categories, fields: Row) -> Fields:
    chosen = {"categories": Field("category", lambda path: [{"id": tree.id_of(path)}] if path else [])}
    return given(ARTICLE | chosen, fields)


def create(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Make products of one variant each."""
    tree, channel, profile = categories(shop), shop.the("sales_channel"), shop.the("shipping_profile")
    always = {"sales_channels": [{"id": channel["id"]}], "shipping_profile_id": profile["id"]}
    always |= {"options": [{"title": OPTION, "values": [VALUE]}]}
    body = [_new(each, tree) | always for each in writes]
    made = shop.send(BATCH, {"create": body}, PRODUCTS.fields)["created"]
    return as_shown(writes, products(made, tree), "variant.sku")


def _new(write: Write, tree: Categories) -> Fields:
    fields, sku = write.fields, write.record["sku"]
    variant: Fields = {**given(VARIANT, fields), "sku": sku, "title": SINGLE, "prices": [], "options": {OPTION: VALUE}}
    known_by = {"external_id": write.reference, "handle": handle(f"{fields['name']} {sku}")}
    return _article(tree, fields) | known_by | {"variants": [variant]}


def change(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Change products, and nothing that is not named."""
    there, tree = articles(PRODUCTS, shop, [each.id for each in writes]), categories(shop)
    shared, own = parted(there, writes, partial(_article, tree), partial(given, VARIANT))
    for row in there.values():
        _keep_images(row, shared[row["id"]])
    body = [row | shared[row["id"]] for row in _bodies(shop, there.values(), lambda each: own.get(each["id"], {}))]
    changed = shop.send(BATCH, {"update": body}, PRODUCTS.fields, repeatable=True)["updated"]
    return as_shown(writes, products(changed, tree), "variant.sku")


def _bodies(shop: Shop, rows: Iterable[Row], own: Set) -> Iterator[Fields]:
    """Yield articles, each with its only variant if that is changed; what is changed of several is sent by itself.

    Medusa deletes the variants that an article's update does not name, if it names any: those that somebody adds right
    now, too (source: `updateProductsWorkflow`). But it takes as long for one by itself as for twenty together.
    """
    for id_, row in {row["id"]: row for row in rows}.items():
        changed = [{"id": each["id"], **fields} for each in row["variants"] if (fields := own(each))]
        if changed and len(row["variants"]) > 1:
            shop.send(f"products/{id_}/variants/batch", {"update": changed}, repeatable=True)
            changed = []
        yield {"id": id_, "variants": changed} if changed else {"id": id_}


def _keep_images(row: Row, told: Fields) -> None:
    """Name the images that are there already: as new ones, they would not be any variant's any more."""
    there = {each["url"]: each["id"] for each in row["images"]}
    for image in told.get("images", ()):
        if image["url"] in there:
            image["id"] = there[image["url"]]


def remove(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Delete variants; a product that has no others goes with them.

    What is only left out of its product leaves its inventory item behind, whose SKU nothing new can have then (source:
    `updateProductsWorkflow`, beside `deleteProductVariantsWorkflow`).
    """
    gone = {each.id for each in writes}
    rows = {row["id"]: {each["id"] for each in row["variants"]} for row in articles(PRODUCTS, shop, gone).values()}
    for id_, variants in rows.items():
        if variants - gone:
            shop.send(f"products/{id_}/variants/batch", {"delete": [*variants & gone]}, repeatable=True)
    shop.send(BATCH, {"delete": [id_ for id_, variants in rows.items() if variants <= gone]}, repeatable=True)
    return done(writes)


def is_plain(price: Row) -> bool:
    """Return whether a price is for everybody, from the first unit."""
    return not price["rules"] and (price["min_quantity"] or 0) <= 1 and price["max_quantity"] is None


def prices(rows: Sequence[Row], tax_included: Mapping[str, bool]) -> Iterator[Document]:
    """Yield a document for each variant and currency: its price for everybody, from the first unit."""
    for variant in each_variant(rows):
        for price in filter(is_plain, variant["prices"]):
            currency = price["currency_code"].upper()
            raw = {"sku": variant["sku"], "amount": price["amount"], "currency": currency}
            yield Document(f"{variant['id']}|{currency}", raw | {"tax_included": tax_included.get(currency, False)})


def put_prices(shop: Shop, pairs: Pairs) -> None:
    """Set prices. The shop replaces all of a variant's prices at once: the others are sent along as they are now."""
    held, wanted = shop.tax_included(), defaultdict[str, dict[str, float]](dict)
    for write, _ in pairs:
        currency = write.record["currency"]
        check_sort(write, included=held.get(currency, False))
        amount = Decimal(write.record["amount"])
        if 0 < amount <= NOTHING:
            raise Unfit("price-not-possible", f"Medusa takes {amount} for 0: at that, it would be given away")
        # The shop takes JSON numbers, exact to 15 digits.
        wanted[product_of(write)][currency.lower()] = float(amount)
    rows = _bodies(shop, (row for _, row in pairs), lambda each: _priced(each, wanted.get(each["id"], {})))
    shop.send(BATCH, {"update": [each for each in rows if "variants" in each]}, repeatable=True)


def _priced(variant: Row, new: Mapping[str, float]) -> Fields:
    """Return all of a variant's prices as they shall be, if any is new."""
    kept = [price for price in variant["prices"] if not (is_plain(price) and price["currency_code"] in new)]
    names = ("amount", "currency_code", "min_quantity", "max_quantity", "rules")
    stay = [{name: price[name] for name in names} for price in kept]
    made = [{"currency_code": code, "amount": amount} for code, amount in new.items()]
    return {"prices": stay + made} if made else {}


def item_of(variant: Row) -> Row | None:
    """Return the one thing that lies on the shelf for a variant; none for kits, and where no stock is kept."""
    items = variant["inventory_items"] if variant["manage_inventory"] else ()
    return items[0]["inventory"] if len(items) == 1 and items[0]["required_quantity"] == 1 else None


def level_at(item: Row, location: str) -> Row | None:
    """Return how much of a thing lies at a location."""
    return next((level for level in item["location_levels"] if level["location_id"] == location), None)


def stock(rows: Sequence[Row], location: str) -> Iterator[Document]:
    """Yield a document for each variant whose stock the shop keeps."""
    for variant in each_variant(rows):
        if item := item_of(variant):
            level = level_at(item, location) or {}
            raw = {name: level.get(name, 0) for name in ("stocked_quantity", "reserved_quantity")}
            yield Document(variant["id"], {"sku": variant["sku"]} | raw)


def put_stock(shop: Shop, pairs: Pairs) -> None:
    """Set what may be sold. The shop keeps what lies there, and what its open orders have reserved of it."""
    location, body = shop.the("stock_location")["id"], {"create": list[Fields](), "update": list[Fields]()}
    for write, row in pairs:
        item = item_of(next(each for each in row["variants"] if each["id"] == product_of(write)))
        if item is None:
            why = "the shop keeps no stock of this variant, or it is made of several: see Manage inventory there"
            raise Unfit("stock-not-kept", why)
        level = level_at(item, location)
        amount = float(write.record["available"]) + (level["reserved_quantity"] if level else 0)
        put = {"inventory_item_id": item["id"], "location_id": location, "stocked_quantity": amount}
        body["update" if level else "create"].append(put)
    shop.send("inventory-items/location-levels/batch", body, repeatable=not body["create"])
