"""Saleor's records -> canonical fields, and back: tables of each, by which the shop is asked as well. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any

from adapters.asking.forms import Form
from adapters.asking.graphql import selection
from adapters.eshop import translating
from adapters.eshop.buyers import guest
from adapters.eshop.categories import BELOW
from adapters.eshop.editorjs import html
from adapters.eshop.named import named
from adapters.eshop.notes import invoice_in, parcels_in
from adapters.eshop.orders import Fields, Raw, plain
from adapters.eshop.saleor import sums
from adapters.eshop.saleor.options import SaleorOptions
from adapters.eshop.saleor.sums import is_over, is_refunded, sent
from adapters.eshop.translating import by_table, in_one, number, use
from adapters.eshop.variants import full_name
from adapters.eshop.weights import KILOGRAMS
from adapters.fields import Field, asked, at, fixed, part, parts, table, told, words
from adapters.reading.stable import documents
from adapters.rows import Row
from hub.connector import Document

Rows = Sequence[Raw]
ARGUMENTS = {
    "ancestors": "(first:20)",
    "attributes": "(variantSelection:VARIANT_SELECTION)",
    "metafield": '(key:"hub")',
}
"""Of the fields that want some. `hub` holds our notes about an order."""
RECORDS = documents("updatedAt")
APP = Form("app", gives="permissions{code}")
TERMS = (
    Form("channel", "slug:String!", "id slug currencyCode"),
    Form("taxConfigurations", "", "edges{node{channel{slug} pricesEnteredWithTax}}", "first:100"),
    Form("warehouses", "", "edges{node{id slug}}", "first:100"),
    Form("productTypes", "", "edges{node{id slug}}", "first:100"),
)
STATUS = words(
    pending="UNCONFIRMED",
    confirmed="UNFULFILLED",
    processing="PARTIALLY_FULFILLED",
    shipped="FULFILLED PARTIALLY_RETURNED",
    completed="RETURNED",
    cancelled="CANCELED EXPIRED",
)
TAKEN = ("FULL", "OVERCHARGED")
AMOUNTS = ("chargedAmount", "authorizedAmount")


def prices(rows: Sequence[Raw], channel: Raw) -> Iterator[Document]:
    """Yield a document for each variant that has a price in the channel."""
    shared = {name: channel[name] for name in ("currencyCode", "tax_included")}
    for row in rows:
        for each in row["channelListings"] or ():
            if each["channel"]["slug"] == channel["slug"] and each["price"]:
                shown = {"sku": row["sku"], "amount": each["price"]["amount"], **shared}
                yield Document(f"{row['id']}|{channel['currencyCode']}", shown)


def buyer(order: Raw) -> str | None:
    """Return who placed an order: an account, or a guest by the e-mail address."""
    return order["user"]["id"] if order["user"] else guest(order["userEmail"])


def placed_by(order: Raw) -> Row:
    """Return who placed an order as a row of customers: a guest, as the order tells of them."""
    if order["user"]:
        return order["user"]
    home: Row = order["billingAddress"] or dict.fromkeys(("firstName", "lastName"))
    lived = {**home, "id": None, "isDefaultBillingAddress": True, "isDefaultShippingAddress": False}
    told_of = {name: home[name] for name in ("firstName", "lastName")} | {"email": order["userEmail"]}
    return {"id": buyer(order), **told_of, "addresses": [lived] if order["billingAddress"] else []}


def buyers(_: object, rows: Sequence[Raw]) -> Iterator[Document]:
    """Yield those who placed orders, as the list of customers shows them."""
    return RECORDS(_, [placed_by(row) for row in rows if buyer(row)])


def made(_: object, answer: Raw) -> Iterator[Document]:
    """Yield the variants of products that were made."""
    return RECORDS(_, [each["product"] for each in answer["results"]])


def _path(category: Raw) -> str:
    """Return where a category is in the tree; its ancestors come in any order."""
    above = sorted(category["ancestors"], key=lambda each: each["level"])
    return BELOW.join(each["name"] for each in (*above, category))


def _weight(raw: Raw) -> str | None:
    weight = raw["weight"] or raw["product"]["weight"]
    return plain(number(weight["value"]) * KILOGRAMS[weight["unit"].lower()]) if weight else None


def _sizes(attributes: Sequence[Raw]) -> Fields:
    return {each["attribute"]["name"]: ", ".join(at(each, "values.name")) for each in attributes}


PERSON = in_one("", "firstName", "lastName")
PRODUCT = table(
    "sku title=product.name variant_of=product.id",
    alone=Field("product.variants", lambda variants: len(variants) == 1, "id"),
    name=Field("", lambda raw: full_name(raw["product"]["name"], raw["name"], raw["sku"]), "name"),
    description=Field("product.description", html),
    category=Field("product.category", _path, "name ancestors.edges.node.name ancestors.edges.node.level"),
    weight=Field("", _weight, "weight.unit weight.value product.weight.unit product.weight.value"),
    options=Field("attributes", _sizes, "attribute.name values.name"),
)
ADDRESS = table(
    "company=companyName street=streetAddress1 street_more=streetAddress2 city postcode=postalCode region=countryArea "
    "country=country.code phone",
    name=PERSON,
)


USE = table("id", use=use("isDefaultBillingAddress", "isDefaultShippingAddress"))
PARTY = table("email", person=PERSON, addresses=parts("addresses", ADDRESS | USE))


def _rate(rate: Any) -> str:
    return plain(number(rate) * 100)


def _bought(line: Raw) -> str:
    """Return what was bought; a variant without a name of its own is called by its SKU, or its identity."""
    return full_name(line["productName"], line["variantName"], line["productSku"] or line["productVariantId"])


LINE = table(
    "id sku=productSku quantity net=totalPrice.net.amount gross=totalPrice.gross.amount "
    "full_net=undiscountedUnitPrice.net.amount full_gross=undiscountedUnitPrice.gross.amount",
    name=Field("", _bought, "productName variantName productVariantId"),
    tax_rate=Field("taxRate", _rate),
)
"""What is taken off the whole order, Saleor has spread over its lines."""


def _charges(raw: Raw) -> list[Fields]:
    name, price = raw["shippingMethodName"] or raw["collectionPointName"], raw["shippingPrice"]
    told = {"name": name, "code": name, "tax_rate": _rate(raw["shippingTaxRate"])}
    return [told | {"net": price["net"]["amount"], "gross": price["gross"]["amount"]}] if name else []


def _paid(raw: Raw) -> str:
    """Return how far an order is paid; older payments count what was given back in part as not charged."""
    if is_refunded(raw):
        return "refunded"
    paid = raw["chargeStatus"] in TAKEN or raw["paymentStatus"] == "PARTIALLY_REFUNDED"
    return "paid" if paid else "authorised" if raw["authorizeStatus"] == "FULL" else "unpaid"


def _payments(raw: Raw) -> list[Fields]:
    """Return the payments of the older interface, and the transactions of payment apps, that came to something."""
    older = [each for each in raw["payments"] if each["isActive"] and each["chargeStatus"] != "NOT_CHARGED"]
    newer = [each for each in raw["transactions"] if any(at(each, f"{name}.amount") for name in AMOUNTS)]
    found = [(each["gateway"], each["pspReference"], each["created"]) for each in older]
    found += [(each["name"], each["pspReference"], each["createdAt"]) for each in newer]
    is_paid = raw["chargeStatus"] in TAKEN
    return [
        {"method": method or None, "reference": reference or None, **({"paid_at": when} if is_paid else {})}
        for method, reference, when in found
    ]


def _status(raw: Raw) -> str | None:
    """Return how far an order has come; with all sent and paid there is nothing left to do in the shop."""
    if is_over(raw):
        return "cancelled"
    ended = raw["status"] == "FULFILLED" and raw["chargeStatus"] in TAKEN
    return "completed" if ended else STATUS.get(raw["status"])


def notes(raw: Raw) -> list[str]:
    """Return what we have noted about an order."""
    told: str = raw["metafield"] or ""
    return told.splitlines()


def _tracking(raw: Raw) -> list[Fields]:
    numbers = [{"number": each["trackingNumber"]} for each in sent(raw) if each["trackingNumber"]]
    return numbers + parcels_in(notes(raw))


ORDER = table(
    "number currency=total.currency net=total.net.amount gross=total.gross.amount placed_at=created "
    "tax_included=displayGrossPrices email=userEmail note=customerNote",
    party=Field("", buyer, "user.id userEmail"),
    name=in_one("user", "firstName", "lastName"),
    billing_address=part("billingAddress", ADDRESS),
    shipping_address=part("shippingAddress", ADDRESS),
    lines=parts("lines", LINE),
    shipping=Field(
        "",
        _charges,
        "shippingMethodName collectionPointName shippingTaxRate shippingPrice.net.amount shippingPrice.gross.amount",
    ),
    paid=Field("", _paid, "paymentStatus chargeStatus authorizeStatus"),
    payments=Field(
        "",
        _payments,
        "payments.gateway payments.pspReference payments.created payments.isActive "
        "payments.chargeStatus transactions.name transactions.pspReference transactions.createdAt "
        "transactions.chargedAmount.amount transactions.authorizedAmount.amount",
    ),
    status=Field("", _status, "status"),
    tracking=Field("", _tracking, "fulfillments.id fulfillments.status fulfillments.trackingNumber metafield"),
    invoice=Field("", lambda raw: invoice_in(notes(raw))),
    rounding=fixed("line"),
)


def _selected(*paths: str) -> str:
    return selection(" ".join(["id updatedAt", *paths]), ARGUMENTS)


OF_VARIANT = _selected(asked(PRODUCT), "product.channelListings.channel.slug product.channelListings.isPublished")
"""What is asked for of each record."""
OF_ARTICLE = f"id updatedAt variants{{{OF_VARIANT}}}"
OF_PRICE = _selected("sku channelListings.channel.slug channelListings.price.amount")
OF_STOCK = _selected("sku stocks.warehouse.id stocks.warehouse.slug stocks.quantity stocks.quantityAllocated")
OF_PARTY = _selected(asked(PARTY))
OF_SENDING = "lines.quantityToFulfill lines.allocations.quantity lines.allocations.warehouse.id"
OF_ORDER = f"{_selected(asked(ORDER), sums.ASKED, OF_SENDING)} user{{{OF_PARTY}}}"
party, _order = by_table(PARTY, translating.party), by_table(ORDER, translating.order)
price = by_table(table("sku currency=currencyCode amount tax_included"), translating.price)


def order(raw: Raw, options: SaleorOptions) -> Fields:
    """Return an order, without what was given back before it was sent."""
    return _order(sums.left(raw), options)


def product(raw: Raw, options: SaleorOptions) -> Fields:
    """Return a variant, with what it has from its article; it is active if it is published in our channel."""
    published = [each["channel"]["slug"] for each in at(raw, "product.channelListings") or () if each["isPublished"]]
    return translating.product(told(PRODUCT, raw), options) | {"active": options.channel in published}


def stock(raw: Raw, options: SaleorOptions) -> Fields:
    """Return what can be had in our warehouse: what lies there, less what orders hold."""
    here = [each for each in raw["stocks"] or () if each["warehouse"]["slug"] == options.warehouse]
    on_hand, reserved = sum(each["quantity"] for each in here), sum(each["quantityAllocated"] for each in here)
    return translating.stock({"sku": raw["sku"], "on_hand": on_hand, "reserved": reserved}, options)


def terms(o: SaleorOptions, channel: Raw | None, taxes: Rows, warehouses: Rows, types: Rows) -> Fields:
    """Return our channel, with its currency and whether its prices hold the tax; warehouse and product type by id."""
    of_channels = [{**each, **each["channel"]} for each in taxes]
    return {
        **named([channel] if channel else [], "channel", o.channel, "slug"),
        "tax_included": named(of_channels, "tax configuration of the channel", o.channel, "slug")[
            "pricesEnteredWithTax"
        ],
        "warehouse": named(warehouses, "warehouse", o.warehouse, "slug")["id"],
        "type": named(types, "product type", o.product_type, "slug")["id"],
    }
