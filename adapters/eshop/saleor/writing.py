"""What a Saleor shop is told. Nothing doubles: a new product bears the hub's reference, which is unique there."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal

from adapters.calls import Call, Form
from adapters.declared import Row
from adapters.eshop.categories import Categories
from adapters.eshop.notes import notes_of
from adapters.eshop.saleor.shop import VARIANTS, Shop, categories
from adapters.eshop.saleor.translate import ARTICLE, OWN, documents, notes, sent
from adapters.eshop.variants import as_shown, for_article, named
from adapters.fields import at, given
from adapters.finding import Sign, by_signs
from adapters.writes import Unfit, known, product_of
from hub.connector import Write, Written

_ERRORS = "errors{field message code}"
BY_REFERENCE = Form("productVariant", "externalReference:String!", "id externalReference")
CREATE = Form(
    "productBulkCreate",
    "products:[ProductBulkCreateInput!]!",
    f"results{{product{{variants{{{VARIANTS.selected}}}}} errors{{path message code}}}} errors{{path message code}}",
    "errorPolicy:REJECT_EVERYTHING",
)
MAKE_CATEGORY = Form("categoryCreate", "input:CategoryInput! parent:ID", f"category{{id}} {_ERRORS}")
UPDATE, UPDATE_VARIANT, LIST, REMOVE, REMOVE_VARIANT, PRICE, STOCK, CONFIRM, CANCEL, FULFIL, TRACK, NOTE = (
    Form(name, takes, _ERRORS)
    for name, takes in {
        "productUpdate": "id:ID! input:ProductInput!",
        "productVariantUpdate": "id:ID! input:ProductVariantInput!",
        "productChannelListingUpdate": "id:ID! input:ProductChannelListingUpdateInput!",
        "productDelete": "id:ID!",
        "productVariantDelete": "id:ID!",
        "productVariantChannelListingUpdate": "id:ID! input:[ProductVariantChannelListingAddInput!]!",
        "productVariantStocksUpdate": "variantId:ID! stocks:[StockInput!]!",
        "orderConfirm": "id:ID!",
        "orderCancel": "id:ID!",
        "orderFulfill": "order:ID! input:OrderFulfillInput!",
        "orderFulfillmentUpdateTracking": "id:ID! input:FulfillmentUpdateTrackingInput!",
        "updateMetadata": "id:ID! input:[MetadataInput!]!",
    }.items()
)
SIGNS = (
    Sign("reference", "externalReference", "id", lambda write: write.reference),
    Sign("sku", "sku", "id", lambda write: write.record["sku"]),
)


def find_products(shop: Shop, wanted: Sequence[Write]) -> dict[str, list[str]]:
    """Return variants by the hub's reference, else by SKU; Saleor keeps both unique."""

    def ask(sign: Sign, values: Sequence[str]) -> list[Row]:
        if sign.model == "sku":
            return VARIANTS.where(shop, sku=list(values))
        return [row for row in shop.ask(*(BY_REFERENCE(externalReference=each) for each in values)) if row]

    return by_signs(wanted, SIGNS, ask)


def create(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Make articles of one variant each, listed in our channel: all or none."""
    if not writes:
        return
    channel, _, kind = shop.terms()
    tree = _categories(shop, writes)
    told = [_new(named(each), each, channel, tree) | {"productType": kind["id"]} for each in writes]
    (made,) = shop.carry_out(CREATE(products=told))
    yield from as_shown(writes, documents(shop, [each["product"] for each in made["results"]]))


def _new(fields: Row, write: Write, channel: Row, tree: Mapping[str, str]) -> Row:
    reference = {"externalReference": write.reference}
    variant = {"sku": write.record["sku"], "attributes": [], "trackInventory": True, **given(OWN, fields), **reference}
    listing = _listing(channel, active=fields.get("active") is not False) | {"visibleInListings": True}
    article = given(ARTICLE, fields) | _category(fields, tree)
    return {**article, **reference, "channelListings": [listing], "variants": [variant]}


def _listing(channel: Row, *, active: bool) -> Row:
    return {"channelId": channel["id"], "isPublished": active, "isAvailableForPurchase": active}


def _category(fields: Row, tree: Mapping[str, str]) -> Row:
    return {"category": fields["category"] and tree[fields["category"]]} if "category" in fields else {}


def _categories(shop: Shop, writes: Sequence[Write]) -> dict[str, str]:
    """Return the categories that are written: path -> identity. What is not there is made."""
    paths = {each.fields["category"] for each in writes if each.fields.get("category")}
    if not paths:
        return {}

    def make(name: str, _: str, above: str | None) -> str:
        return shop.carry_out(MAKE_CATEGORY(input={"name": name}, parent=above))[0]["category"]["id"]

    rows = [{**each, "above": at(each, "parent.id")} for each in categories(shop)]
    tree = Categories(rows, "above", make)
    return {path: tree.id_of(path) for path in sorted(paths)}


def change(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Change variants, and the articles they stand under."""
    if not writes:
        return
    there = {row["id"]: row for row in VARIANTS.some(shop, [each.id or "" for each in writes])}
    pairs = [(each, known(there, each.id)) for each in writes]
    channel, tree = shop.terms()[0], _categories(shop, writes)
    shop.carry_out(*(call for write, row in pairs for call in _changes(write.fields, row, channel, tree)))
    yield from (Written(each.key, "done", each.id) for each in writes)


def _changes(fields: Row, row: Row, channel: Row, tree: Mapping[str, str]) -> Iterator[Call]:
    alone = len(row["product"]["variants"]) == 1
    if not alone and fields.get("active") is False:
        raise Unfit("variant-not-hidden", "Saleor cannot hide one of several variants; take it out of the range")
    shared, id_ = for_article(fields, alone=alone), row["product"]["id"]
    if article := given(ARTICLE, shared) | _category(shared, tree):
        yield UPDATE(id=id_, input=article)
    if own := given(OWN, fields):
        yield UPDATE_VARIANT(id=row["id"], input=own)
    if shared.get("active") is not None:
        yield LIST(id=id_, input={"updateChannels": [_listing(channel, active=shared["active"])]})


def remove(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Delete variants; an article that has no others goes with it."""
    there = {row["id"]: row["product"] for row in VARIANTS.some(shop, [each.id or "" for each in writes])}
    articles = [(each.id, known(there, each.id)) for each in writes]
    shop.carry_out(
        *(
            REMOVE(id=article["id"]) if len(article["variants"]) == 1 else REMOVE_VARIANT(id=id_)
            for id_, article in articles
        )
    )
    yield from (Written(each.key, "done", each.id) for each in writes)


def put_prices(shop: Shop, pairs: Sequence[tuple[Write, Row]]) -> None:
    """Set prices in our channel."""
    channel = shop.terms()[0]
    shop.carry_out(*(PRICE(id=product_of(write), input=[_price(write.record, channel)]) for write, _ in pairs))


def _price(price: Row, channel: Row) -> Row:
    if price["currency"] != channel["currencyCode"]:
        raise Unfit("price-not-possible", f"the channel sells in {channel['currencyCode']} only")
    if price.get("tax_included") not in (None, channel["tax_included"]):
        raise Unfit("price-not-possible", "the channel's prices differ in whether they hold the tax")
    return {"channelId": channel["id"], "price": price["amount"]}


def put_stock(shop: Shop, pairs: Sequence[tuple[Write, Row]]) -> None:
    """Set what can be had in our warehouse. Saleor takes off what orders hold, so that has to lie there as well."""
    warehouse = shop.terms()[1]["id"]
    shop.carry_out(*(STOCK(variantId=row["id"], stocks=[_level(write, row, warehouse)]) for write, row in pairs))


def _level(write: Write, row: Row, warehouse: str) -> Row:
    held = sum(each["quantityAllocated"] for each in row["stocks"] or () if each["warehouse"]["id"] == warehouse)
    available = int(Decimal(write.record["available"]).to_integral_value(ROUND_FLOOR))
    return {"warehouse": warehouse, "quantity": available + held}


def check_open(_: Shop, row: Row, write: Write) -> None:
    """Refuse to bring an order forward that is cancelled in the shop."""
    if row["status"] in ("CANCELED", "EXPIRED") and write.fields.get("status") != "cancelled":
        raise Unfit("cancelled", "it is cancelled in the shop")


def cancel(shop: Shop, row: Row, _: Write) -> None:
    """Cancel an order."""
    if row["status"] not in ("CANCELED", "EXPIRED"):
        shop.carry_out(CANCEL(id=row["id"]))


def confirm(shop: Shop, row: Row, _: Write) -> None:
    """Confirm an order that waits for it."""
    if row["status"] == "UNCONFIRMED":
        shop.carry_out(CONFIRM(id=row["id"]))


def ship(shop: Shop, row: Row, write: Write) -> None:
    """Send all that is not sent yet, from where it is held for the order."""
    confirm(shop, row, write)
    left = [each for each in row["lines"] if each["quantityToFulfill"] > 0]
    if not left:
        return
    ours, number = shop.terms()[1]["id"], _numbers(write)[:1]
    lines = [{"orderLineId": each["id"], "stocks": _places(each, ours)} for each in left]
    told = {"notifyCustomer": shop.options.tell_customers, "allowStockToBeExceeded": True}
    tracked = {"trackingNumber": number[0]} if number else {}
    shop.carry_out(FULFIL(order=row["id"], input={"lines": lines, **told, **tracked}))


def _places(line: Row, ours: str) -> list[Row]:
    """Return where a line is sent from: where it is held, the rest from our warehouse."""
    places, left = dict[str, int](), line["quantityToFulfill"]
    for each in line["allocations"] or ():
        taken = min(left, each["quantity"])
        places[each["warehouse"]["id"]], left = taken, left - taken
    places[ours] = places.get(ours, 0) + left
    return [{"warehouse": id_, "quantity": quantity} for id_, quantity in places.items() if quantity]


def _numbers(write: Write) -> list[str]:
    return [each["number"] for each in write.record.get("tracking") or ()]


def tell(shop: Shop, row: Row, write: Write) -> None:
    """Note all parcels and the invoice; a fulfilment that was made before, without a number, is given the first."""
    numbers, bare = _numbers(write), [each for each in sent(row) if not each["trackingNumber"]]
    if numbers and bare:
        told = {"trackingNumber": numbers[0], "notifyCustomer": shop.options.tell_customers}
        shop.carry_out(TRACK(id=bare[-1]["id"], input=told))
    wanted = notes_of(write.record.get("tracking") or (), write.record.get("invoice"))
    if wanted != notes(row):
        shop.carry_out(NOTE(id=row["id"], input=[{"key": "hub", "value": "\n".join(wanted)}]))
