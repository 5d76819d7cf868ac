"""What Shopware's records say, and with it, what is asked for (entity definitions in src/Core). Pure.

A price in an order (CalculatedPrice) holds the tax if the order's `taxStatus` is `gross`; of one that is `tax-free` there
are no taxes at all (AmountCalculator). What has changed is seen by several marks: a variant inherits from its parent, and a
customer's address, an order's delivery or payment are changed without the mark of the customer or order. `updatedAt` is
null until the first change (UpdatedAtFieldSerializer).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from adapters.asking.http import exact
from adapters.eshop import translating
from adapters.eshop.buyers import guest
from adapters.eshop.categories import BELOW
from adapters.eshop.orders import Fields, Raw, charge, plain, rate_of
from adapters.eshop.translating import by_table, in_one, number
from adapters.fields import Field, asked, at, below, fixed, or_none, part, table, told, words

OVER = "cancelled"
SOURCE, INVOICE = "hubwerk_source", "hubwerk_invoice"
"""Our custom fields: of a picture, where it came from; of an order, the number of its invoice."""
TITLE = "translated.name"
MARKS = "createdAt updatedAt"
PRODUCT_MARKS = f"{MARKS} parent.updatedAt"
PARTY_MARKS = f"{MARKS} {below('addresses', MARKS)}"
ORDER_MARKS = f"{MARKS} {below('deliveries', MARKS)} {below('transactions', MARKS)}"
SINGLE = [{"type": "equals", "field": "childCount", "value": count} for count in (None, 0)]
"""What can be bought: of a product with variants, only these. One of both has to hold."""
ACCOUNT = [{"type": "equals", "field": "guest", "value": False}]
"""A guest is another customer with each order."""
ASSOCIATIONS = """
    addresses billingAddress categories country countryState currency customer deliveries group language lineItems locale
    manufacturer media options orderCustomer paymentMethod properties salesChannel shippingMethod
    shippingOrderAddress stateMachineState tags tax transactions visibilities
"""
"""Parts of paths that have to be asked for (page "Search Criteria": `associations`)."""


def _names(rows: Iterable[Raw]) -> dict[str, str] | None:
    """Return options of property groups by the names of these; several of one group are joined."""
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(at(row, f"group.{TITLE}"), []).append(at(row, TITLE))
    return {group: ", ".join(sorted(names)) for group, names in sorted(found.items())} or None


def category(row: Raw) -> str | None:
    """Return a category's path, without the root of its tree."""
    return BELOW.join((row["breadcrumb"] or ())[1:]) or None


def sources(media: Sequence[Raw]) -> list[str]:
    """Return where the pictures of ours came from, in their order."""
    ordered = sorted(media, key=lambda row: row["position"] or 0)
    return [found for row in ordered if (found := at(row, f"media.customFields.{SOURCE}"))]


def in_family(row: Raw, numbers: Mapping[str, str]) -> Raw:
    """Return a product with its parent's number as `family`: no variant is shown with its parent (EntityReader)."""
    return {**row, "family": numbers.get(row["parentId"])}


PRODUCT = table(
    "sku=productNumber active name=translated.name brand=manufacturer.translated.name variant_of=family",
    gtin=Field("ean", or_none),
    description=Field("translated.description", or_none),
    weight=Field("weight", exact),
    tax_rate=Field("tax.taxRate", exact),
    category=Field("categories", lambda rows: min(filter(None, map(category, rows)), default=None), "breadcrumb"),
    tags=Field("tags", lambda rows: sorted(row["name"] for row in rows), "name"),
    attributes=Field("properties", _names, f"{TITLE} group.{TITLE}"),
    options=Field("options", _names, f"{TITLE} group.{TITLE}"),
    images=Field("media", sources, f"position media.customFields.{SOURCE}"),
)
product = by_table(PRODUCT)


def available(row: Raw) -> int:
    """Return what may be sold: from 6.6 on `stock` itself, of which orders take; before, that less open orders."""
    left = row.get("availableStock")
    return row["stock"] if left is None else left


STOCK = table("sku=productNumber", on_hand=Field("", available, "stock availableStock"), reserved=fixed(0))
stock = by_table(STOCK, translating.stock)


def price(raw: Raw, options: Any) -> Fields:
    """Return one of a product's prices; of its two amounts the one that counts."""
    included: bool = options.tax_included
    fields = {name: raw[name] for name in ("sku", "currency")} | {"tax_included": included}
    return translating.price(fields | {"amount": raw["gross" if included else "net"]}, options)


def prices(row: Raw, codes: Mapping[str, str]) -> Iterator[tuple[str, Fields]]:
    """Yield identity and document of each of a product's prices; `codes`: ISO codes by the currencies' identities."""
    for each in row["price"] or ():
        if code := codes.get(each["currencyId"]):
            amounts = {name: each[name] for name in ("net", "gross")}
            yield f"{row['id']}|{code}", {"sku": row["productNumber"], "currency": code, **amounts}


PERSON = in_one("", "firstName", "lastName")
ADDRESS = table(
    "id city postcode=zipcode street country=country.iso region=countryState.name phone=phoneNumber company",
    name=PERSON,
    street_more=in_one("", "additionalAddressLine1", "additionalAddressLine2"),
)
_PLACE = asked(ADDRESS)
_OF_ORDER = {name: field for name, field in ADDRESS.items() if name != "id"}


def _addresses(row: Raw) -> list[Fields]:
    uses = {row["defaultShippingAddressId"]: "shipping", row["defaultBillingAddressId"]: "billing"}
    return [{**told(ADDRESS, each), "use": uses.get(each["id"], "other")} for each in row["addresses"] or ()]


_DEFAULTS = "defaultBillingAddressId defaultShippingAddressId"
PARTY = table(
    "email company_name=company",
    person=PERSON,
    vat_id=Field("vatIds", lambda ids: next(iter(ids), None)),
    language=Field("language.locale.code", lambda code: code.partition("-")[0]),
    addresses=Field("", _addresses, f"{below('addresses', _PLACE)} {_DEFAULTS}"),
)
party = by_table(PARTY, translating.party)

STATUSES = words(pending="open", processing="in_progress", shipped="shipped", completed="completed") | {OVER: OVER}
PAID = words(paid="paid refunded_partially", authorised="authorized", refunded="refunded")
SENT = ("shipped", "returned_partially", "returned")
"""States of a delivery that has left: what comes back was sent (OrderDeliveryStates)."""
_STATE = "stateMachineState.technicalName"


def delivery(order: Raw) -> Any:
    """Return an order's delivery; a promotion on the shipping is another one, with costs below zero.

    Which one it is, Shopware itself says from 6.7 on (`primaryOrderDeliveryId`).
    """
    rows, primary = order["deliveries"] or (), order.get("primaryOrderDeliveryId")
    return max(
        rows, key=lambda row: (row["id"] == primary, row["shippingCosts"]["totalPrice"], row["id"]), default=None
    )


def status(order: Raw) -> str | None:
    """Return how far an order has come: it is shipped when its delivery is, unless it has ended."""
    state = at(order, _STATE)
    is_open = state in ("open", "in_progress")
    return STATUSES.get("shipped" if is_open and at(delivery(order), _STATE) in SENT else state)


def placed_by(order: Raw) -> Raw | None:
    """Return who placed an order as a row of customers, with their identity; a guest as the order tells of them."""
    told_of, id_ = order["orderCustomer"], buyer(order)
    if id_ and id_ == at(told_of, "customer.id"):
        return told_of["customer"]
    return {**told_of, "id": id_, "addresses": [{**(order["billingAddress"] or {}), "id": None}]} if id_ else None


def buyer(order: Raw) -> str | None:
    """Return who placed an order: a guest is another customer with each order, and known by the e-mail address."""
    customer = at(order, "orderCustomer.customer")
    return customer["id"] if customer and not customer["guest"] else guest(at(order, "orderCustomer.email"))


def _both(amount: Any, tax: Decimal, status: str) -> Fields:
    total = number(amount)
    return {"net": total - tax if status == "gross" else total, "gross": total + tax if status == "net" else total}


def _parts(price: Raw, status: str) -> Iterator[Fields]:
    """Yield a price's parts, one for each rate of tax."""
    taxes: Sequence[Raw] = price["calculatedTaxes"] or [{"price": price["totalPrice"], "tax": 0, "taxRate": None}]
    for tax in taxes:
        rate = None if tax["taxRate"] is None else exact(tax["taxRate"])
        yield {"tax_rate": rate, **_both(tax["price"], number(tax["tax"]), status)}


def _leaves(order: Raw) -> list[Raw]:
    """Return the lines that no other stands under: the price of a container is the sum of what is in it."""
    above = {line["parentId"] for line in order["lineItems"]}
    return sorted((line for line in order["lineItems"] if line["id"] not in above), key=lambda line: line["position"])


def _is_discount(line: Raw) -> bool:
    return line["type"] != "product" and line["price"]["totalPrice"] < 0


def _is_charge(line: Raw) -> bool:
    """Return whether a line is what plugins charge in proportion to all that is bought: taxed by the rates of that.

    Source: AbsolutePriceCalculator, PercentagePriceCalculator; PercentageTaxRuleBuilder.
    """
    return line["type"] != "product" and len(line["price"]["calculatedTaxes"]) > 1


def _line(line: Raw, status: str) -> Fields:
    taxes = line["price"]["calculatedTaxes"]
    tax = sum((number(each["tax"]) for each in taxes), Decimal(0))
    return {
        "id": line["id"],
        "sku": at(line, "payload.productNumber") or None,
        "name": line["label"],
        "quantity": line["quantity"],
        "tax_rate": rate_of([taxes[0]["taxRate"]]) if len(taxes) == 1 else None,
        **_both(line["price"]["totalPrice"], tax, status),
    }


def _lines(order: Raw) -> list[Fields]:
    left = [line for line in _leaves(order) if not _is_discount(line) and not _is_charge(line)]
    return [_line(line, order["taxStatus"]) for line in left]


def _by_rate(order: Raw, lines: Iterable[Raw]) -> list[Fields]:
    return [{"name": line["label"], **part} for line in lines for part in _parts(line["price"], order["taxStatus"])]


def _surcharges(order: Raw) -> list[Fields]:
    return _by_rate(order, (line for line in _leaves(order) if _is_charge(line) and not _is_discount(line)))


def _discounts(order: Raw) -> list[Fields]:
    counts = "gross" if order["taxStatus"] == "gross" else "net"
    parts = _by_rate(order, filter(_is_discount, _leaves(order)))
    return [charge(part["name"], None, {}, part[counts], part["tax_rate"]) for part in parts]


def method(row: Raw) -> str | None:
    """Return the word for a way to pay or to ship: the technical name, which there is from 6.5.7 on, or the name."""
    return row.get("technicalName") or row["name"]


def _shipping(order: Raw) -> list[Fields]:
    way = at(delivery(order), "shippingMethod")
    named = {"name": at(way, TITLE) or way["name"], "code": method(way)} if way else {}
    return [{**named, **part} for part in _parts(order["shippingCosts"], order["taxStatus"])] if way else []


def _payment(order: Raw) -> Raw | None:
    rows = sorted(
        order["transactions"] or (), key=lambda row: (at(row, _STATE) not in (OVER, "failed"), row["createdAt"])
    )
    return rows[-1] if rows else None


_WAY = f"technicalName name {TITLE}"
_PRICE = "totalPrice calculatedTaxes"
_LINE = f"id parentId position type label quantity payload.productNumber {below('price', _PRICE)}"
_DELIVERY = f"{_STATE} shippingCosts.totalPrice trackingCodes {below('shippingMethod', _WAY)}"
_ASKED = " ".join(
    below(*each)
    for each in {
        "": f"taxStatus primaryOrderDeliveryId {_STATE}",
        "lineItems": _LINE,
        "shippingCosts": _PRICE,
        "deliveries": f"id {_DELIVERY} {below('shippingOrderAddress', _PLACE)}",
        "transactions": f"createdAt {_STATE} {below('paymentMethod', _WAY)}",
        "orderCustomer": "email customer.id customer.guest",
        "price": "totalPrice rawTotal",
    }.items()
)
ORDER = table(
    "number=orderNumber placed_at=orderDateTime currency=currency.isoCode email=orderCustomer.email note=customerComment "
    "net=price.netPrice",
    party=Field("", buyer, _ASKED),
    name=in_one("orderCustomer", "firstName", "lastName"),
    vat_id=Field("orderCustomer.vatIds", lambda ids: next(iter(ids), None)),
    billing_address=part("billingAddress", _OF_ORDER),
    shipping_address=Field(
        "", lambda row: told(_OF_ORDER, way["shippingOrderAddress"]) if (way := delivery(row)) else None
    ),
    tax_included=Field("taxStatus", "gross".__eq__),
    lines=Field("", _lines),
    discounts=Field("", _discounts),
    surcharges=Field("", _surcharges),
    shipping=Field("", _shipping),
    payments=Field("", lambda row: [{"method": method(paid["paymentMethod"])}] if (paid := _payment(row)) else []),
    paid=Field("", lambda row: PAID.get(at(_payment(row), _STATE), "unpaid")),
    gross=Field("price", lambda price: price["totalPrice"] if price["rawTotal"] is None else price["rawTotal"]),
    rounding=Field("salesChannel.taxCalculationType", words(line="horizontal", total="vertical").get),
    status=Field("", status),
    tracking=Field("deliveries.trackingCodes", lambda codes: [{"number": code} for code in codes]),
    invoice=Field(f"customFields.{INVOICE}", or_none),
)


def order(raw: Raw, options: Any) -> Fields:
    """Return an order; what was rounded of it to be paid in cash is told apart (`totalRounding`)."""
    fields = translating.order(told(ORDER, raw), options)
    cash = number(raw["price"]["totalPrice"]) - Decimal(fields["totals"]["gross"])
    return fields | ({"totals": fields["totals"] | {"rounding": plain(cash)}} if plain(cash) != "0" else {})
