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
from adapters.eshop.orders import Fields, Raw, plain, with_tax
from adapters.eshop.prices import check_tax
from adapters.eshop.putting import pieces
from adapters.eshop.shopware.options import ShopwareOptions
from adapters.eshop.shopware.shop import Operation, delete, upsert
from adapters.eshop.shopware.translate import INVOICE, available, delivery, status
from adapters.eshop.variants import named
from adapters.fields import Field, at, given, table
from adapters.rates import theirs_for
from adapters.writing.writes import Unfit
from hub.canonical.statuses import moves_forward
from hub.connector import Write

DEFAULT_CURRENCY = "b7d2554b0ce847cd82f3ac9bd1c0dfca"
"""In every installation (Defaults::CURRENCY): no product is without a price in it."""
SHOWN_EVERYWHERE = 30
"""In lists and in the search (ProductVisibilityDefinition)."""


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

    def tax(self, rate: str | None) -> str | None:
        """Return the tax of a rate; Unfit, if there is none."""
        return theirs_for(self.taxes, rate, "tax", "Settings > Shop > Tax")


def product(known: Known, id_: str, fields: Raw, held: Raw | None = None) -> Fields:
    """Return what a product is told; `held`: what the shop has of it."""
    told = given(
        table(
            "productNumber=sku description ean=gtin name",
            active=Field("active", lambda active: active is not False),
            weight=Field("weight", lambda weight: weight and float(weight)),
            taxId=Field("tax_rate", known.tax),
            manufacturerId=Field("brand", lambda brand: brand and known.makers[brand]),
            categories=Field("category", lambda path: [{"id": known.categories[path]}] if path else []),
            media=Field("images", lambda images: _media(known, id_, images or (), held)),
        ),
        fields,
    )
    cover = {"coverId": next((each["id"] for each in told["media"]), None)} if "media" in told else {}
    return {"id": id_, **told, **cover}


def new_product(known: Known, write: Write) -> Fields:
    """Return a new product; it is in no sales channel until it has a price, for at 0.00 it could be bought."""
    free = {"currencyId": DEFAULT_CURRENCY, "net": 0, "gross": 0, "linked": True}
    return {"price": [free], "stock": 0, **product(known, identity(write.reference), named(write))}


def taken_away(told: Fields, held: Raw) -> list[Operation]:
    """Return what deletes a product's categories and pictures of ours that are not among what it is told."""
    kept = {name: {each["id"] for each in told[name]} for name in ("categories", "media") if name in told}
    gone = {name: [each["id"] for each in _own(name, held) if each["id"] not in ids] for name, ids in kept.items()}
    mapped = [{"productId": told["id"], "categoryId": each} for each in gone.get("categories", ())]
    return [delete("product_category", mapped), delete("product_media", [{"id": e} for e in gone.get("media", ())])]


def _own(name: str, held: Raw) -> list[Raw]:
    """Return what belongs to a product itself; pictures of its parent's are shown of a variant, too."""
    return [each for each in held[name] or () if each.get("productId", held["id"]) == held["id"]]


def _media(known: Known, id_: str, images: Sequence[str], held: Raw | None) -> list[Fields]:
    """Return a product's pictures, ours in front of those that others have added."""
    there = _own("media", held) if held else ()
    found = arranged(
        [each for each in images if each not in known.missing], there, lambda row: row["media"]["fileName"] or ""
    )
    return [_picture(id_, each) | {"position": position} for position, each in enumerate(found)]


def _picture(id_: str, each: str | Raw) -> Fields:
    if isinstance(each, str):
        return {"id": identity(id_, each), "mediaId": identity(each)}
    return {"id": each["id"], "mediaId": each["mediaId"]}


def prices(row: Raw, writes: Sequence[Write], currencies: Mapping[str, str], options: ShopwareOptions) -> Fields:
    """Return a product's prices, which are told as a whole; with its first one it is shown. `currencies`: by ISO code."""
    there: dict[str, Fields] = {each["currencyId"]: _without_nothing(each) for each in row["price"] or ()}
    free = not there.get(DEFAULT_CURRENCY, {}).get("gross")
    for write in writes:
        id_ = currencies.get(write.record["currency"])
        if id_ is None:
            raise Unfit("price-not-possible", f"the shop has no currency {write.record['currency']}")
        there[id_] = there.get(id_, {}) | {"currencyId": id_, "linked": True} | _amounts(row, write, options)
    hidden = not row["parentId"] and not row["visibilities"]
    shown = {
        "id": identity(row["id"], options.channel),
        "salesChannelId": options.channel,
        "visibility": SHOWN_EVERYWHERE,
    }
    appears = free and hidden and there.get(DEFAULT_CURRENCY, {}).get("gross")
    return {"id": row["id"], "price": [*there.values()]} | ({"visibilities": [shown]} if appears else {})


def _without_nothing(price: Raw) -> Fields:
    return {name: value for name, value in price.items() if value is not None}


def _amounts(row: Raw, write: Write, options: ShopwareOptions) -> Fields:
    check_tax(write, included=options.tax_included)
    amount, rate = Decimal(write.record["amount"]), exact(row["tax"]["taxRate"])
    wanted = {"gross": True, "net": False}
    made = {name: with_tax(amount, rate, held=options.tax_included, wanted=taxed) for name, taxed in wanted.items()}
    return {name: float(plain(value)) for name, value in made.items()}


def stock(row: Raw, write: Write) -> Fields:
    """Return a product's stock: what may be sold, and on top of it what the shop itself takes off for open orders."""
    return {"id": row["id"], "stock": pieces(write.record) + row["stock"] - available(row)}


STEPS = {
    "processing": ("process",),
    "shipped": ("process",),
    "completed": ("process", "complete"),
    "cancelled": ("cancel",),
}
"""Our status -> transitions of the order."""


def moves(order: Raw, wanted: str | None) -> Iterator[tuple[str, str, str]]:
    """Yield the transitions that bring an order forward; those that are done already do nothing."""
    if not moves_forward(status(order), wanted) or wanted is None:
        return
    way = delivery(order)
    for transition in STEPS[wanted]:
        yield "order", order["id"], transition
        is_left = at(way, "stateMachineState.technicalName") in ("open", "shipped_partially")
        if transition == "process" and wanted in ("shipped", "completed") and is_left:
            yield "order_delivery", way["id"], "ship"


def noted(order: Raw, fields: Raw) -> Iterator[Operation]:
    """Yield what tells an order its invoice and its parcels."""
    if fields.get("invoice"):
        yield upsert("order", [{"id": order["id"], "customFields": {INVOICE: fields["invoice"]}}])
    if codes := [each["number"] for each in fields.get("tracking") or ()]:
        way = delivery(order)
        if way is None:
            raise Unfit("no-delivery", "the order has no delivery there that could have a parcel")
        yield upsert(
            "order_delivery", [{"id": way["id"], "trackingCodes": [*dict.fromkeys([*way["trackingCodes"], *codes])]}]
        )
