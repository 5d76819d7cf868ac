"""Shopify's records -> canonical fields: a table of each. Pure. Amounts are those of the shop's own currency."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from operator import itemgetter
from typing import Any

from adapters.eshop import translating
from adapters.eshop.orders import Fields, Raw, plain, rate_of
from adapters.eshop.shopify.options import ShopifyOptions
from adapters.eshop.shopify.returns import as_sent, with_refunds
from adapters.eshop.shopify.shop import Shop
from adapters.eshop.translating import by_table, in_one, number
from adapters.eshop.variants import each_variant, full_name, with_article
from adapters.fields import Field, at, fixed, or_none, part, parts, table, told, words
from adapters.reading.stable import id_of, shown, stable
from hub.connector import Document

SINGLE = "Default Title"
"""What Shopify calls the only variant of a product without options."""
KILOGRAMS: Mapping[str, Decimal] = {
    "KILOGRAMS": Decimal(1),
    "GRAMS": Decimal("0.001"),
    "POUNDS": Decimal("0.45359237"),
    "OUNCES": Decimal("0.028349523125"),
}
SOLD = ("ACTIVE", "UNLISTED")
"""What is not listed is active, and found by its address alone (enum "ProductStatus")."""
FULFILLED = words(shipped="FULFILLED", processing="PARTIALLY_FULFILLED IN_PROGRESS PENDING_FULFILLMENT")
UNPAID = frozenset(["PENDING", "EXPIRED", "VOIDED"])
PAID = words(paid="PAID PARTIALLY_REFUNDED", authorised="AUTHORIZED", refunded="REFUNDED")
BACK = frozenset(["REFUNDED", "VOIDED"])
TAKEN = frozenset(["SALE", "CAPTURE"])


def lasting(value: Any) -> Any:
    """Leave out what moves by itself."""
    return stable(value, lambda name: name == "updatedAt")


def products(_: object, rows: Sequence[Raw]) -> Iterator[Document]:
    """Yield a document for each variant, with what it has from its article."""
    return with_article(rows, lasting)


def prices(rows: Sequence[Raw], terms: Raw) -> Iterator[Document]:
    """Yield a document for each variant: its price in the shop's currency."""
    for each in each_variant(rows):
        yield Document(f"{each['id']}|{terms['currencyCode']}", {**terms, "sku": each["sku"], "price": each["price"]})


def stock(_: object, rows: Sequence[Raw]) -> Iterator[Document]:
    """Yield a document for each variant whose stock the shop keeps: what can be had at the location."""
    for each in each_variant(rows):
        if each["inventoryItem"]["tracked"]:
            level = each["inventoryItem"]["inventoryLevel"]
            available = level["quantities"][0]["quantity"] if level else 0
            yield Document(each["id"], {"sku": each["sku"], "available": available})


records = shown(lasting)
"""Yields a document for each customer, as it stands there or in an order."""


def orders(shop: Shop, rows: Sequence[Raw]) -> Iterator[Document]:
    """Yield a document for each order."""
    return records(shop, list(with_refunds(shop, rows)))


def _weight(weight: Raw) -> str | None:
    return plain(number(weight["value"]) * KILOGRAMS[weight["unit"]]) if weight["value"] else None


PRODUCT = table(
    "alone=product.alone title=product.title sku=variant.sku description=product.descriptionHtml",
    name=Field("", lambda raw: full_name(raw["product"]["title"], raw["variant"]["title"], SINGLE)),
    brand=Field("product.vendor", or_none),
    category=Field("product.productType", or_none),
    tags=Field("product.tags", sorted),
    images=Field("product.media", lambda media: at(media, "image.url")),
    active=Field("product.status", lambda status: status in SOLD),
    gtin=Field("variant.barcode", or_none),
    weight=Field("variant.inventoryItem.measurement.weight", _weight),
    variant_of=Field("product.id", id_of),
    options=Field("variant.selectedOptions", lambda options: {each["name"]: each["value"] for each in options}),
)
ADDRESS = table("name company street street_more city postcode region country phone")
PARTY = table(
    "email=email.emailAddress phone=phone.phoneNumber",
    person=in_one("", "firstName", "lastName"),
    addresses=parts(
        "addresses", ADDRESS | table(id=Field("id", lambda gid: id_of(gid.partition("?")[0])), use=fixed("other"))
    ),
)


def _amount(raw: Any, path: str = "price") -> Decimal:
    return number(at(raw, f"{path}.shopMoney.amount"))


def _tax(raw: Raw) -> Decimal:
    return sum((_amount(each, "priceSet") for each in raw["taxLines"]), Decimal(0))


def _rate(raw: Raw) -> str | None:
    return rate_of([each["ratePercentage"] for each in raw["taxLines"] if each["ratePercentage"] is not None])


def _both(amount: Decimal, tax: Decimal, *, included: bool) -> dict[str, str]:
    """Return net and gross of an amount that holds its tax, or does not."""
    return {"net": str(amount - tax if included else amount), "gross": str(amount if included else amount + tax)}


def _line(raw: Raw, *, included: bool) -> Fields:
    """Return a line as far as it is left: what was removed or refunded is in its sums until they are shared out."""
    quantity, full = number(raw["currentQuantity"]), _amount(raw)
    share = quantity / number(raw["quantity"])
    taken_off = sum((_amount(each, "allocatedAmountSet") for each in raw["discountAllocations"]), Decimal(0))
    return {
        "id": id_of(raw["id"]),
        "sku": raw["sku"] or None,
        "name": full_name(raw["title"], raw["variantTitle"], SINGLE),
        "quantity": str(quantity),
        "full_net": str(full),
        "full_gross": str(full),
        "tax_rate": _rate(raw),
        **_both(full * quantity - taken_off * share, _tax(raw) * share, included=included),
    }


def _charge(raw: Raw, share: Decimal = Decimal(1), *, included: bool) -> Fields:
    """Return a charge, or the share of it that is left."""
    told = {"name": raw["title"], "code": raw.get("code") or raw["title"], "tax_rate": _rate(raw)}
    return told | _both(_amount(raw) * share, _tax(raw) * share, included=included)


def _shipping(raw: Raw, *, included: bool) -> Fields:
    """Return what is left of a charge for shipping; its taxes are told as they were before refunds."""
    full = _amount(raw)
    return _charge(raw, _amount(raw, "left") / full if full else Decimal(1), included=included)


def _surcharges(raw: Raw, told: Sequence[Fields], *, included: bool) -> list[Fields]:
    """Return the fees and duties that the total holds beside what is told of it; a duty may be told as a fee as well."""
    missing = _amount(raw, "gross") - sum((number(each["gross"]) for each in told), Decimal(0))
    duties = [{"title": "Duties", "price": raw["duties"], "taxLines": ()}] if raw["duties"] else []
    found = list[Fields]()
    for each in (*raw["additionalFees"], *duties):
        charge = _charge(each, included=included)
        if (gross := number(charge["gross"])) / 2 < missing:  # cents may be off, which are the rounding of taxes
            found.append(charge)
            missing -= gross
    return found


def _is_over(raw: Raw) -> bool:
    """Return whether an order was cancelled, or all of it taken off and given back before anything was sent."""
    is_back = raw["displayFinancialStatus"] in BACK and raw["displayFulfillmentStatus"] not in FULFILLED
    return bool(raw["cancelledAt"]) or (is_back and not any(each["currentQuantity"] for each in raw["lineItems"]))


def _status(raw: Raw) -> str:
    status = FULFILLED.get(raw["displayFulfillmentStatus"])
    if raw["closedAt"] and (status == "shipped" or raw["displayFulfillmentStatus"] == "FULFILLMENT_NOT_REQUIRED"):
        return "completed"
    return status or ("pending" if raw["displayFinancialStatus"] in UNPAID else "confirmed")


def _payments(raw: Raw) -> list[Fields]:
    """Return the payments that were taken, else those that are only authorised, or due in another way."""
    good = [each for each in raw["transactions"] if each["status"] == "SUCCESS"]
    taken = [each for each in good if each["kind"] in TAKEN]
    if taken:
        return [
            {"method": each["gateway"], "reference": each["paymentId"], "paid_at": each["processedAt"]}
            for each in taken
        ]
    others = [each for each in raw["transactions"] if each["kind"] in {"AUTHORIZATION", *TAKEN}]
    return [{"method": each["gateway"], "reference": each["paymentId"]} for each in others]


def _tracking(raw: Raw) -> list[Fields]:
    sent = [each for each in raw["fulfillments"] if each["status"] not in ("CANCELLED", "ERROR", "FAILURE")]
    infos = [info for each in sent for info in each["trackingInfo"] if info["number"]]
    return [{"number": each["number"], "carrier": each["company"], "address": each["url"]} for each in infos]


ORDER = table(
    "number currency=currencyCode tax_included=taxesIncluded placed_at=processedAt party=customer.id email phone "
    "invoice=invoice.value note",
    name=in_one("customer", "firstName", "lastName"),
    billing_address=part("billingAddress", ADDRESS | table(use=fixed("billing"))),
    shipping_address=part("shippingAddress", ADDRESS | table(use=fixed("shipping"))),
    paid=Field("", lambda raw: PAID.get(raw["displayFinancialStatus"], "unpaid")),
    payments=Field("", _payments),
    status=Field("", _status),
    tracking=Field("", _tracking),
    rounding=fixed("line"),
)
product, party = by_table(PRODUCT, translating.product), by_table(PARTY, translating.party)
price = by_table(table("sku currency=currencyCode amount=price tax_included=taxesIncluded"), translating.price)


def stock_level(raw: Raw, _: ShopifyOptions) -> Fields:
    """Return what can be had of a variant; oversold, the shop counts it below zero."""
    return {"sku": raw["sku"], "available": str(max(raw["available"], 0))}


def order(raw: Raw, options: ShopifyOptions) -> Fields:
    """Return an order as it was sent, or is to be; of one that is over nothing is left but its number."""
    if _is_over(raw):
        return {"number": raw["number"], "status": "cancelled"}
    included, (lines, shipping) = raw["taxesIncluded"], _parts(as_sent(raw))
    surcharges = _surcharges(raw, [*chain(*_parts(raw))], included=included)
    back = {name: _sum([*lines, *shipping], name) - _sum(chain(*_parts(raw)), name) for name in ("net", "gross")}
    totals = {
        "gross": str(_amount(raw, "gross") + back["gross"]),
        "tax": str(_amount(raw, "tax") + back["gross"] - back["net"]),
    }
    parts = {"lines": lines, "shipping": shipping, "surcharges": surcharges}
    return translating.order(told(ORDER, raw) | totals | parts, options)


def _parts(raw: Raw) -> tuple[list[Fields], list[Fields]]:
    """Return the lines, and the charges for shipping, as far as they are left."""
    included, left = raw["taxesIncluded"], filter(itemgetter("currentQuantity"), raw["lineItems"])
    lines = [_line(each, included=included) for each in left]
    return lines, [_shipping(each, included=included) for each in raw["shippingLines"]]


def _sum(parts: Iterable[Fields], name: str) -> Decimal:
    return sum((number(each[name]) for each in parts), Decimal(0))
