"""Vendure's records -> canonical fields: a table of each, which is asked for by it, too. Pure. Amounts come in coins."""

import re
from collections.abc import Iterator, Sequence
from operator import itemgetter, not_

from adapters.asking.http import exact
from adapters.eshop import translating
from adapters.eshop.forward import left
from adapters.eshop.notes import invoice_in, parcels_in
from adapters.eshop.orders import Fields, Raw
from adapters.eshop.sources import sources
from adapters.eshop.translating import by_table, in_one, use
from adapters.eshop.variants import full_name
from adapters.eshop.vendure.options import VendureOptions
from adapters.fields import Field, asked, at, below, fixed, part, parts, table, told, words
from adapters.reading.stable import documents
from hub.connector import Document

STATUS = words(
    confirmed="PaymentAuthorized PaymentSettled",
    processing="PartiallyShipped",
    shipped="Shipped",
    completed="Delivered",
    cancelled="Cancelled",
)
"""Other states (being modified, or a shop's own) say nothing about how far the order has come."""
NOTES = "history.items.data.note"
SOURCE = "hub "
"""Begins the tag of an asset that says where it came from."""
MARK = "updatedAt"
RECORDS = documents(MARK)


def came_from(assets: Sequence[Raw]) -> list[str]:
    """Return where assets of ours came from."""
    return sources((tag["value"] for asset in assets for tag in asset["tags"]), SOURCE)


def prices(_: object, rows: Sequence[Raw]) -> Iterator[Document]:
    """Yield a document for each variant and currency."""
    for row in rows:
        shared = {name: row[name] for name in ("sku", "tax_included", "precision")}
        for each in row["prices"]:
            yield Document(f"{row['id']}|{each['currency']}", shared | each)


def fulfilments(raw: Raw) -> list[Raw]:
    """Return what was sent of an order."""
    return [each for each in raw["fulfillments"] or () if each["state"] != "Cancelled"]


def unsent(raw: Raw) -> dict[str, float]:
    """Return how much of each line is in no fulfilment yet."""
    return left(
        ((line["id"], line["quantity"]) for line in raw["lines"]),
        ((line["orderLineId"], line["quantity"]) for each in fulfilments(raw) for line in each["lines"]),
    )


def _status(raw: Raw) -> str | None:
    if raw["state"] == "PartiallyDelivered":  # of several parcels one may have arrived before the next is packed
        return "processing" if unsent(raw) else "shipped"
    return STATUS.get(raw["state"])


def _tracking(raw: Raw) -> list[Fields]:
    sent = [each for each in fulfilments(raw) if each["trackingCode"]]
    return [{"number": each["trackingCode"], "carrier": each["method"]} for each in sent] + parcels_in(at(raw, NOTES))


PERSON = in_one("", "firstName", "lastName")
PRODUCT = table(
    "sku name description=article:product.description variant_of=article:product.id",
    # Its page has the article's name, its basket the variant's: what differs in either is seen.
    title=Field("", lambda raw: full_name(raw["article"]["name"], raw["name"], ""), "name article:product.name"),
    alone=Field("options", not_),
    options=Field("options", lambda each: {one["group"]["name"]: one["name"] for one in each}, "name group.name"),
    tax_rate=Field("tax:taxRateApplied.value", exact),
    active=Field("", lambda raw: raw["enabled"] and raw["article"]["enabled"], "enabled article:product.enabled"),
    images=Field("assets", came_from, "id tags.value"),
    facets=Field("article:product.facetValues", asks="id name facet.code"),
)
VARIANT = f"id updatedAt {asked(PRODUCT)}"
PRICE = "id sku updatedAt tax:taxRateApplied.value prices.currency:currencyCode prices.price"
STOCK = table(
    "sku",
    on_hand=Field("levels:stockLevels.stockOnHand", sum),
    reserved=Field("levels:stockLevels.stockAllocated", sum),
)
"""Orders that are not shipped hold theirs."""
ADDRESS = table(
    "name:fullName company street:streetLine1 street_more:streetLine2 city postcode:postalCode region:province "
    "phone:phoneNumber"
)
OF_CUSTOMER = table("id country=country.code", use=use("defaultBillingAddress", "defaultShippingAddress"))
PARTY = table(
    "email:emailAddress phone:phoneNumber",
    person=PERSON,
    addresses=parts("addresses", ADDRESS | OF_CUSTOMER),
)
CUSTOMER = f"id updatedAt {asked(PARTY)}"
LINE = table(
    "id quantity sku=productVariant.sku name=productVariant.name net=sum:proratedLinePrice "
    "gross=sumWithTax:proratedLinePriceWithTax full_net=full:unitPrice full_gross=fullWithTax:unitPriceWithTax",
    tax_rate=Field("taxRate", exact),
)
"""What is taken off the whole order, Vendure has spread over its lines to the last coin."""
SHIPPING = table(
    "name=method:shippingMethod.name code=method:shippingMethod.code net=sum:discountedPrice gross=sumWithTax:discountedPriceWithTax"
)
SURCHARGE = table("name:description net=sum:price gross=sumWithTax:priceWithTax", tax_rate=Field("taxRate", exact))
PAYMENT = table(
    "method amount reference:transactionId",
    state=Field("state", words(paid="Settled", authorised="Authorized").get),
    back=Field(
        "refunds", lambda some: sum(each["total"] for each in some if each["state"] == "Settled"), "total state"
    ),
)
ORDER = table(
    "number:code currency:currencyCode net=sum:total gross=sumWithTax:totalWithTax placed_at=orderPlacedAt "
    "party=customer.id email=customer.email:emailAddress phone=customer.phone:phoneNumber",
    name=in_one("customer", "firstName", "lastName"),
    billing_address=part("billing_address:billingAddress", ADDRESS | table("country:countryCode")),
    shipping_address=part("shipping_address:shippingAddress", ADDRESS | table("country:countryCode")),
    lines=parts("lines", LINE, where=itemgetter("quantity")),  # the others were cancelled
    shipping=parts("shippingLines", SHIPPING),
    surcharges=parts("surcharges", SURCHARGE),
    rates=Field("taxSummary.taxRate", lambda rates: [exact(each) for each in rates]),
    payments=parts("payments", PAYMENT),
    rounding=fixed("line"),
    status=Field(
        "", _status, "state lines.id lines.quantity fulfillments.lines.orderLineId fulfillments.lines.quantity"
    ),
    tracking=Field(
        "", _tracking, "fulfillments.state fulfillments.method fulfillments.trackingCode history.items.data"
    ),
    invoice=Field("history.items.data", lambda data: invoice_in([each["note"] for each in data])),
)
PLACED_ORDER = f"id updatedAt {asked(ORDER)} {below('customer', CUSTOMER)} fulfillments.id history.items.id"
MONEY = table("tax_included precision")
"""What is asked for with a list, and is the same for all of its rows."""
price = by_table(MONEY | table("sku currency amount=price"), translating.price)
stock, party = by_table(STOCK, translating.stock), by_table(PARTY, translating.party)


def product(raw: Raw, options: VendureOptions) -> Fields:
    """Return a variant, with what it has from its article; its category is a value of the facet in the options."""
    fields = translating.product(told(PRODUCT, raw), options)
    categories = alike(fields.pop("facets"), options.category_facet, "facet.code")
    return fields | {"category": next((each["name"] for each in categories), None)}


def alike(rows: Sequence[Raw], code: str, path: str) -> list[Raw]:
    """Return the rows of a facet, the one with this very code first: where another channel has it, ours got a number."""
    called = re.compile(rf"{re.escape(code)}(-\d+)?")
    found = [each for each in rows if called.fullmatch(at(each, path))]
    return sorted(found, key=lambda each: (len(at(each, path)), at(each, path)))


def order(raw: Raw, options: VendureOptions) -> Fields:
    """Return a placed order; of a cancelled one all quantities and sums are nothing, and so left out."""
    if raw["state"] == "Cancelled":
        return {"number": raw["number"], "status": STATUS[raw["state"]]}
    return translating.order(told(ORDER | MONEY, raw), options)
