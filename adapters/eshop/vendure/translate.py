"""Vendure's records -> canonical fields: a table of each. Pure. Its amounts are whole numbers of the smallest coin."""

from collections.abc import Iterator, Sequence
from operator import itemgetter, not_

from adapters.eshop import translating
from adapters.eshop.notes import invoice_in, parcels_in
from adapters.eshop.orders import Fields, Raw, joined
from adapters.eshop.translating import by_table
from adapters.eshop.vendure.options import VendureOptions
from adapters.fields import Field, at, fixed, part, parts, table, told, words
from adapters.http import exact
from adapters.stable import stable
from hub.connector import Document

STATUS = words(
    confirmed="PaymentAuthorized PaymentSettled",
    processing="PartiallyShipped",
    shipped="Shipped PartiallyDelivered",
    completed="Delivered",
    cancelled="Cancelled",
)
"""Other states (being modified, or a shop's own) say nothing about how far the order has come."""
NOTES = "history.items.data.note"


SOURCE = "hub "
"""Begins the tag of an asset that says where it came from."""


def sources(assets: Sequence[Raw]) -> list[str]:
    """Return where assets of ours came from, in their order; those that others added are not ours."""
    tags = [tag["value"] for asset in assets for tag in asset["tags"]]
    return [tag.removeprefix(SOURCE) for tag in tags if tag.startswith(SOURCE)]


def documents(_: object, rows: Sequence[Raw]) -> Iterator[Document]:
    """Yield a document for each row; an article stands for its variants."""
    for row in rows:
        for each in row.get("variants", [row]):
            yield Document(each["id"], stable(each, frozenset(["updatedAt"]).__contains__))


def prices(_: object, rows: Sequence[Raw]) -> Iterator[Document]:
    """Yield a document for each variant and currency."""
    for row in rows:
        shared = {name: row[name] for name in ("sku", "tax_included", "precision")}
        for each in row["prices"]:
            yield Document(f"{row['id']}|{each['currency']}", shared | each)


def buyers(_: object, rows: Sequence[Raw]) -> Iterator[Document]:
    """Yield the customers of orders, as the list of customers shows them."""
    return documents(_, [row["customer"] for row in rows if row["customer"]])


def _use(address: Raw) -> str:
    return (
        "billing" if address["defaultBillingAddress"] else "shipping" if address["defaultShippingAddress"] else "other"
    )


def fulfilments(raw: Raw) -> list[Raw]:
    """Return what was sent of an order."""
    return [each for each in raw["fulfillments"] or () if each["state"] != "Cancelled"]


def _tracking(raw: Raw) -> list[Fields]:
    sent = [each for each in fulfilments(raw) if each["trackingCode"]]
    return [{"number": each["trackingCode"], "carrier": each["method"]} for each in sent] + parcels_in(at(raw, NOTES))


PERSON = Field("", lambda raw: joined(raw["firstName"], raw["lastName"]))
PRODUCT = table(
    "sku name title=name description=article.description variant_of=article.id",
    alone=Field("options", not_),
    options=Field("options", lambda options: {each["group"]["name"]: each["name"] for each in options}),
    tax_rate=Field("tax.value", exact),
    active=Field("", lambda raw: raw["enabled"] and raw["article"]["enabled"]),
    images=Field("assets", sources),
)
STOCK = table("sku", on_hand=Field("levels.stockOnHand", sum), reserved=Field("levels.stockAllocated", sum))
"""Orders that are not shipped hold theirs."""
ADDRESS = table("name company street street_more city postcode region phone country")
PARTY = table(
    "email phone",
    person=PERSON,
    addresses=parts("addresses", ADDRESS | table("id country=country.code", use=Field("", _use))),
)
LINE = table(
    "id sku=productVariant.sku name=productVariant.name quantity net=sum gross=sumWithTax full_net=full "
    "full_gross=fullWithTax",
    tax_rate=Field("taxRate", exact),
)
"""What is taken off the whole order, Vendure has spread over its lines to the last coin."""
PAYMENT = table(
    "method reference amount",
    state=Field("state", words(paid="Settled", authorised="Authorized").get),
    back=Field("refunds", lambda refunds: sum(each["total"] for each in refunds if each["state"] == "Settled")),
)
ORDER = table(
    "number currency tax_included precision net=sum gross=sumWithTax placed_at=orderPlacedAt party=customer.id "
    "email=customer.email phone=customer.phone",
    name=Field("customer", PERSON.make),
    billing_address=part("billing_address", ADDRESS),
    shipping_address=part("shipping_address", ADDRESS),
    lines=parts("lines", LINE, where=itemgetter("quantity")),  # the others were cancelled
    shipping=parts("shippingLines", table("name=method.name code=method.code net=sum gross=sumWithTax")),
    surcharges=parts("surcharges", table("name net=sum gross=sumWithTax")),
    rates=Field("taxSummary.taxRate", lambda rates: [exact(each) for each in rates]),
    payments=parts("payments", PAYMENT),
    rounding=fixed("line"),
    status=Field("state", STATUS.get),
    tracking=Field("", _tracking),
    invoice=Field(NOTES, invoice_in),
)
price = by_table(table("sku currency tax_included precision amount=price"), translating.price)
stock, party = by_table(STOCK, translating.stock), by_table(PARTY, translating.party)


def product(raw: Raw, options: VendureOptions) -> Fields:
    """Return a variant, with what it has from its article; its category is a value of the facet in the options."""
    facets = raw["article"]["facetValues"]
    categories = [each["name"] for each in facets if each["facet"]["code"] == options.category_facet]
    return translating.product(told(PRODUCT, raw), options) | {"category": next(iter(categories), None)}


def order(raw: Raw, options: VendureOptions) -> Fields:
    """Return a placed order; of a cancelled one all quantities and sums are nothing, and so left out."""
    if raw["state"] == "Cancelled":
        return {"number": raw["number"], "status": STATUS[raw["state"]]}
    return translating.order(told(ORDER, raw), options)
