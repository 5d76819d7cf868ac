"""What Shopware is told: our fields -> its own (page "Product Data"; PriceFieldSerializer, StateMachineRegistry). Pure.

An upsert adds to what belongs to a record, such as its categories, and takes nothing away: that is deleted beside it.
Identities are ours to choose: those that are made of what they stand for make an upsert that is sent twice harmless.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from adapters.asking.http import exact
from adapters.eshop.gallery import arranged
from adapters.eshop.notes import withdrawn
from adapters.eshop.orders import Fields, Raw, plain, with_tax
from adapters.eshop.putting import Pairs, pieces
from adapters.eshop.shopware.options import ShopwareOptions
from adapters.eshop.shopware.shop import Operation
from adapters.eshop.shopware.translate import INVOICE, available, delivery, status
from adapters.fields import Field, at, given, table
from adapters.rates import theirs_for
from adapters.writing.prices import check_sort
from adapters.writing.writes import Unfit
from hub.canonical.statuses import moves_forward
from hub.connector import Write

WRITTEN = frozenset(
    ["sku", "gtin", "name", "description", "category", "brand", "images", "tax_rate", "weight", "active"]
)
DEFAULT_CURRENCY = "b7d2554b0ce847cd82f3ac9bd1c0dfca"
"""In every installation (Defaults::CURRENCY): no product is without a price in it."""
FREE = {"currencyId": DEFAULT_CURRENCY, "net": 0, "gross": 0, "linked": True}
EVERYWHERE = 30
"""Shown in lists and by the search (ProductVisibilityDefinition)."""
HELD = "productNumber price categories.id media.id media.productId media.mediaId media.position media.media.fileName"
PRICED = "productNumber parentId price tax.taxRate visibilities.salesChannelId"
"""What has to be known of a product to be told its fields, and its prices."""


def identity(*parts: str) -> str:
    """Return the identity of what some parts stand for."""
    return hashlib.blake2b("|".join(parts).encode(), digest_size=16).hexdigest()


@dataclass(frozen=True)
class Known:
    """What the shop has of what products refer to, by our words; what was missing has been made."""

    taxes: Mapping[str, str]
    makers: Mapping[str, str]
    categories: Mapping[str, str]
    missing: Mapping[str, Unfit]
    """Pictures that cannot be had, by their addresses, and why."""
    tax_included: bool = True
    """Which of a price's two amounts counts: see the options."""


def product(known: Known, id_: str, fields: Raw, held: Sequence[Raw] = ()) -> Fields:
    """Return what a product is told; `held`: the pictures that it has."""
    told = given(
        table(
            "productNumber=sku name description ean=gtin",
            active=Field("active", lambda active: active is not False),
            weight=Field("weight", lambda weight: weight and float(weight)),
            taxId=Field("tax_rate", lambda rate: theirs_for(known.taxes, rate, "tax", "Settings > Tax")),
            manufacturerId=Field("brand", lambda brand: brand and known.makers[brand]),
            categories=Field("category", lambda path: [{"id": known.categories[path]}] if path else []),
            media=Field("images", lambda images: _media(known, id_, images or (), held)),
        ),
        fields,
    )
    cover = {"coverId": next((each["id"] for each in told["media"]), None)} if "media" in told else {}
    return {"id": id_, **told, **cover}


def _media(known: Known, id_: str, images: Sequence[str], held: Sequence[Raw]) -> list[Fields]:
    """Return a product's pictures, ours in front of those that others have added."""
    wanted = [each for each in images if each not in known.missing]
    found = arranged(wanted, held, lambda row: at(row, "media.fileName") or "")
    ids = [
        {"id": identity(id_, each), "mediaId": identity(each)}
        if isinstance(each, str)
        else {name: each[name] for name in ("id", "mediaId")}
        for each in found
    ]
    return [{**each, "position": position} for position, each in enumerate(ids)]


def new_products(known: Known, writes: Sequence[Write]) -> Operation:
    """Return what makes products; they are in no sales channel until they have a price, for at 0.00 they could be bought."""
    made = [product(known, identity(each.reference), each.fields) for each in writes]
    return Operation("product", [{"price": [FREE], "stock": 0, **each} for each in made], repeatable=False)


def changed_product(known: Known, write: Write, row: Raw) -> Iterator[Operation]:
    """Yield what changes a product, and takes away categories and pictures of ours that it shall not have."""
    own = [each for each in row["media"] or () if each["productId"] == row["id"]]  # not those that a variant inherits
    told = product(known, row["id"], write.fields, own)
    pictures, categories = (
        _not_among(told.get(name), held) for name, held in (("media", own), ("categories", row["categories"]))
    )
    yield Operation("product_media", [{"id": each} for each in pictures], "delete")
    yield Operation("product_category", [{"productId": row["id"], "categoryId": each} for each in categories], "delete")
    yield Operation("product", [{**told, **_taxed_anew(known, write, row)}])


def _taxed_anew(known: Known, write: Write, row: Raw) -> Fields:
    """Return prices at a new rate: the amount that counts stays, and the shop itself does not reckon the other one."""
    rate, counts = write.fields.get("tax_rate"), "gross" if known.tax_included else "net"
    if rate is None or not row["price"]:
        return {}
    return {
        "price": [
            {**_without_nothing(each), **_both(exact(each[counts]), rate, held=known.tax_included)}
            for each in row["price"]
        ]
    }


def _not_among(told: Sequence[Raw] | None, held: Sequence[Raw] | None) -> list[str]:
    kept = None if told is None else {each["id"] for each in told}
    return [each["id"] for each in held or () if kept is not None and each["id"] not in kept]


def removed_product(_known: Known, _write: Write, row: Raw) -> Iterator[Operation]:
    """Yield what deletes a product."""
    yield Operation("product", [{"id": row["id"]}], "delete")


def prices(currencies: Mapping[str, str], options: ShopwareOptions, pairs: Pairs) -> Operation:
    """Return what sets prices; those of a product are told as a whole. `currencies`: their identities by ISO code."""
    rows = {row["id"]: row for _, row in pairs}
    told = {
        id_: {each["currencyId"]: _without_nothing(each) for each in row["price"] or ()} for id_, row in rows.items()
    }
    for write, row in pairs:
        code = write.record["currency"]
        if code not in currencies:
            raise Unfit("price-not-possible", f"the shop has no currency {code}")
        price = told[row["id"]].setdefault(currencies[code], {"currencyId": currencies[code], "linked": True})
        price |= _amounts(row, write, options)
    return Operation(
        "product",
        [{"id": id_, "price": [*told[id_].values()], **_shown(row, told[id_], options)} for id_, row in rows.items()],
    )


def _without_nothing(price: Raw) -> Fields:
    return {name: value for name, value in price.items() if value is not None}


def _amounts(row: Raw, write: Write, options: ShopwareOptions) -> Fields:
    held = options.tax_included
    check_sort(write, included=held)
    amount, rate = write.record.get("amount"), at(row, "tax.taxRate")
    if amount is None or rate is None:
        raise Unfit("price-not-possible", "the price has no amount, or its product no tax in the shop")
    return _both(amount, exact(rate), held=held)


def _both(amount: str, rate: str, *, held: bool) -> Fields:
    """Return a price's two amounts; `held`: whether the one that is known holds the tax."""
    wanted = {"gross": True, "net": False}
    both = {name: with_tax(Decimal(amount), rate, held=held, wanted=each) for name, each in wanted.items()}
    return {name: float(plain(value)) for name, value in both.items()}


def _shown(row: Raw, prices: Mapping[str, Raw], options: ShopwareOptions) -> Fields:
    """Return what shows a product in the sales channel with its first price, unless it is shown in one."""
    free = all(not each["gross"] for each in row["price"] or () if each["currencyId"] == DEFAULT_CURRENCY)
    has_price = prices.get(DEFAULT_CURRENCY, FREE)["gross"]
    if not free or not has_price or row["parentId"] or row["visibilities"]:
        return {}
    id_ = identity(row["id"], options.channel)
    return {"visibilities": [{"id": id_, "salesChannelId": options.channel, "visibility": EVERYWHERE}]}


def stock(_: object, write: Write, row: Raw) -> Operation:
    """Return what sets a stock: what may be sold, and on top of it what the shop takes off for open orders."""
    return Operation("product", [{"id": row["id"], "stock": pieces(write.record) + row["stock"] - available(row)}])


STEPS = {
    "processing": ("process",),
    "shipped": ("process", "ship"),
    "completed": ("process", "ship", "complete"),
    "cancelled": ("cancel",),
}
"""Our status -> transitions; what is done already does nothing (StateMachineRegistry)."""


def moves(_: object, order: Raw, write: Write) -> Iterator[str]:
    """Yield the actions that bring an order forward."""
    wanted, way = write.fields.get("status"), delivery(order)
    left = at(way, "stateMachineState.technicalName") in ("open", "shipped_partially")
    for transition in STEPS[str(wanted)] if moves_forward(status(order), wanted) else ():
        if transition != "ship":
            yield f"order/{order['id']}/state/{transition}"
        elif left:
            yield f"order_delivery/{way['id']}/state/{transition}"


def noted(_: object, order: Raw, write: Write) -> Iterator[Operation]:
    """Yield what tells an order its invoice and its parcels."""
    if invoice := write.fields.get("invoice"):
        yield Operation("order", [{"id": order["id"], "customFields": {INVOICE: invoice}}])
    codes = [each["number"] for each in write.fields.get("tracking") or ()]
    if codes or withdrawn(write):
        way = delivery(order)
        if way is None:
            raise Unfit("no-delivery", "the order has no delivery there that could have a parcel")
        old = {each["number"] for each in withdrawn(write)}
        kept = [each for each in way["trackingCodes"] if each not in old]
        told = {"id": way["id"], "trackingCodes": [*dict.fromkeys([*kept, *codes])]}
        yield Operation("order_delivery", [told])
