"""Ecwid's fields and ours ("Search products", "Search orders", "Search customers" at docs.ecwid.com). Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from adapters.eshop import translating
from adapters.eshop.buyers import guest
from adapters.eshop.categories import Categories
from adapters.eshop.ecwid.options import EcwidOptions
from adapters.eshop.notes import invoice_in, notes_of, parcels_in
from adapters.eshop.orders import Fields, Raw, charge, plain, rate_of
from adapters.eshop.prices import check_currency, check_plain, check_tax
from adapters.eshop.putting import pieces
from adapters.eshop.translating import by_table, number
from adapters.eshop.variants import each_variant, full_name, named
from adapters.eshop.weights import KILOGRAMS
from adapters.fields import Field, Table, asked, below, emptied, given, of_type, or_none, part, table, told, tree
from adapters.reading.rest_lists import RestListing
from adapters.rows import Row
from hub.connector import Write

WEIGHTS = {
    "KILOGRAM": KILOGRAMS["kg"],
    "GRAM": KILOGRAMS["g"],
    "POUND": KILOGRAMS["lb"],
    "OUNCE": KILOGRAMS["oz"],
    "CARAT": Decimal("0.0002"),
}
"""The store's unit ("Get store profile", formatsAndUnits) -> kilograms."""
FULFILLMENT = {
    "AWAITING_PROCESSING": "confirmed",
    "PROCESSING": "processing",
    "READY_FOR_PICKUP": "processing",
    "SHIPPED": "shipped",
    "OUT_FOR_DELIVERY": "shipped",
    "DELIVERED": "completed",
    "RETURNED": "completed",
    "WILL_NOT_DELIVER": "cancelled",
}
"""Ecwid's status -> ours."""
PAYMENT = {"PAID": "paid", "PARTIALLY_REFUNDED": "paid", "REFUNDED": "refunded"}
"""Ecwid's payment status -> ours; nothing has come by the others."""
TOLD = {"processing": "PROCESSING", "shipped": "SHIPPED", "completed": "DELIVERED", "cancelled": "WILL_NOT_DELIVER"}
"""Our status -> Ecwid's; the others are not told."""


def listed(*paths: str) -> str:
    """Return what is asked of the rows of a list, as `responseFields` has it: `total,items(id,options(name))`."""
    return f"total,items({_fields(tree(' '.join(paths)))})"


def _fields(below: Mapping[str, Any]) -> str:
    return ",".join(f"{name}({_fields(rest)})" if rest else name for name, rest in below.items())


# Products


def _with_variants(row: Row) -> Row:
    """Return a product with its `variants`: the variations with an SKU of their own, or itself, if there is none.

    Price and weight are the product's, where a variation has none ("Update product variation").
    """
    own = [{**each, "id": f"{row['id']}|{each['id']}"} for each in row.get("combinations") or () if each.get("sku")]
    inherited = {name: row.get(name) for name in ("price", "weight")}
    alone = len(own) <= 1
    return {**row, "variants": [{**inherited, **each, "product": row, "alone": alone} for each in own or [row]]}


CATEGORIES = RestListing[Any]("categories?hidden_categories=true", "total,items(id,name,parentId)", size=100)
MARK, LATE = "updateTimestamp", timedelta(minutes=5)
"""When a record was changed last (customers tell it as text only), and when that has surely come to the lists."""


def shaped(path: str, row: Row) -> Row:
    """Return a row of a list with what the hub wants of it: an identity as text, a mark, variants, what is above."""
    updated = row.get(MARK) or _timestamp(row.get("updated"))
    row = {**row, "id": str(row["id"]), MARK: updated, "parent": str(row.get("parentId"))}
    return _with_variants(row) if path == "products" else row


def _timestamp(text: str | None) -> int:
    return int(datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z").timestamp()) if text else 0


def placed(tree_: Categories, rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the variants of products with the path of their category: of the main one, if there is one."""
    for row in rows:
        main = [row["defaultCategoryId"]] if row.get("defaultCategoryId") else row["categoryIds"]
        path = next(iter(tree_.known(map(str, main))), None)
        yield from ({**each, "category": path} for each in row["variants"])


def counted(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the variants of products that can run out."""
    return (each for each in each_variant(rows) if not each.get("unlimited"))


def _kilograms(raw: Raw) -> str | None:
    return plain(number(raw["weight"]) * WEIGHTS[raw["product"]["weightUnit"]]) if raw["weight"] else None


def _values(options: Iterable[Raw] | None) -> str:
    return ", ".join(each["value"] for each in options or () if each["value"])


def _attribute(kind: str) -> Field:
    choose = of_type("value", kind)
    return Field("attributes", lambda rows: choose(rows) or None, "type value")


def _custom(rows: Iterable[Raw]) -> dict[str, str]:
    return {each["name"]: each["value"] for each in rows if each["type"] == "CUSTOM" and each["name"] and each["value"]}


def _images(rows: Iterable[Raw]) -> list[str]:
    return [each["imageOriginalUrl"] for each in sorted(rows, key=lambda each: each["orderBy"])]


ARTICLE = table(
    "name sku",
    description=Field("description", or_none),
    active=Field("enabled"),
    brand=_attribute("BRAND"),
    attributes=Field("attributes", _custom, "type name value"),
    images=Field("media.images", _images, "imageOriginalUrl orderBy"),
)
"""What a product says of all its variations."""
VARIANT = table("sku", gtin=_attribute("UPC"), weight=Field("", _kilograms, "weight product.weightUnit"))
PRODUCT = VARIANT | {
    "alone": Field("alone"),
    "title": Field("product.name"),
    "name": Field(
        "", lambda raw: full_name(raw["product"]["name"], _values(raw["options"]), ""), "product.name options.value"
    ),
    "variant_of": Field("product.sku"),
    "options": Field("options", lambda rows: {each["name"]: each["value"] for each in rows}, "name value"),
    "category": Field("category"),
    **{
        ours: Field(f"product.{each.path}", each.make, each.asks)
        for ours, each in ARTICLE.items()
        if ours not in ("name", "sku")
    },
}
"""A variation, or a product without any, with the `product` that it stands under."""
PRICE = table("sku currency=product.currency amount=price tax_included=product.pricesIncludeTax")
STOCK = table("sku on_hand=quantity reserved")
PRODUCT_FIELDS = listed(
    asked(ARTICLE),
    MARK,
    "id price quantity unlimited weight externalReferenceId categoryIds defaultCategoryId attributes.id",
    "combinations.id combinations.sku combinations.price combinations.weight combinations.quantity combinations.unlimited",
    "combinations.options.name combinations.options.value combinations.attributes.type combinations.attributes.value",
)
PRODUCTS = RestListing[Any]("products", PRODUCT_FIELDS, "productId", size=100, since="updatedFrom")
BY_SKU, BY_REFERENCE = (replace(PRODUCTS, ident=ident, most=1) for ident in ("sku", "externalReferenceId"))

product = by_table(PRODUCT, translating.product)
price = by_table(PRICE, translating.price)
stock = by_table(STOCK, translating.stock)

ARTICLE_TOLD: Table = {"name": Field("name"), "description": Field("description", emptied), "enabled": Field("active")}
"""What is set of a product: its fields, of ours."""


PRODUCT_WRITTEN = frozenset(["name", "description", "active", "category", "gtin", "weight"])
AMOUNT, AVAILABLE = frozenset(["amount"]), frozenset(["available"])
ORDER_WRITTEN = frozenset(["status", "tracking", "invoice"])
"""Our fields that are written, stream by stream."""


def new(write: Write, tree_: Categories, profile: Raw) -> Fields:
    """Return a new product: until its stock comes, nobody can buy it for nothing."""
    start = {"sku": write.record["sku"], "externalReferenceId": write.reference, "enabled": True}
    return (
        start
        | {"unlimited": False, "quantity": 0}
        | article({}, tree_, named(write))
        | variant({"product": profile}, write.fields)
    )


def article(raw: Raw, tree_: Categories, fields: Raw) -> Fields:
    """Return what is set of a product; the categories beside the main one stay."""
    theirs = given(ARTICLE_TOLD, fields)
    if "category" in fields:
        main = int(tree_.id_of(fields["category"])) if fields["category"] else 0
        others = [each for each in raw.get("categoryIds") or () if each != raw.get("defaultCategoryId")]
        theirs |= {"categoryIds": [main, *others] if main else others, "defaultCategoryId": main}
    return theirs


def variant(raw: Raw, fields: Raw) -> Fields:
    """Return what is set of a variation, or of a product without any; attributes are set as a whole."""
    theirs = (
        {"weight": float(number(fields["weight"] or 0) / WEIGHTS[raw["product"]["weightUnit"]])}
        if "weight" in fields
        else dict[str, Any]()
    )
    if "gtin" in fields:
        others = [
            {"id": each["id"], "value": each["value"]} for each in raw.get("attributes") or () if each["type"] != "UPC"
        ]
        theirs["attributes"] = [*others, {"alias": "UPC", "value": fields["gtin"] or ""}]
    return theirs


def price_told(write: Write, profile: Raw) -> Fields:
    """Return what is set of a price; Unfit, if the shop would take it for another."""
    check_plain(write)
    check_currency(write, profile["currency"])
    check_tax(write, included=profile["pricesIncludeTax"])
    return {"price": float(write.record["amount"])}


def stock_told(write: Write, _: Raw) -> Fields:
    """Return what is set of a stock level: from then on the product is counted."""
    return {"quantity": pieces(write.record), "unlimited": False}


# Customers and addresses


def _first_line(street: str) -> str:
    return street.partition("\n")[0]


def _second_line(street: str) -> str:
    return ", ".join(street.split("\n")[1:])


PERSON = table(
    "name company=companyName city postcode=postalCode region=stateOrProvinceCode country=countryCode phone",
    street=Field("street", _first_line),
    street_more=Field("street", _second_line),
)
"""An address; its lines are parted by line breaks."""
PHONE = of_type("contact", "PHONE")


def _addresses(raw: Raw) -> list[Fields]:
    """Return those of a customer that say where they are."""
    rows = [("billing", raw["billingPerson"]), *(("shipping", each) for each in raw["shippingAddresses"] or ())]
    return [{"use": use, **told(PERSON, row)} for use, row in rows if row and (row["street"] or row["city"])]


def _phone(raw: Raw) -> str | None:
    return PHONE(raw["contacts"] or ()) or (raw["billingPerson"] or {}).get("phone") or None


def _valid(tax_id: str) -> Field:
    """Return the field of a VAT id that Ecwid has found valid: others are whatever the customer wrote."""
    valid = f"{tax_id}Valid"
    return Field("", lambda raw: raw[tax_id] or None if raw[valid] else None, f"{tax_id} {valid}")


PARTY = table(
    "person=name company_name=billingPerson.companyName language=lang",
    email=Field("email", or_none),
    phone=Field("", _phone, "contacts.type contacts.contact billingPerson.phone"),
    vat_id=_valid("taxId"),
    consents=Field("acceptMarketing", lambda accepted: {"newsletter": accepted}),
    addresses=Field(
        "", _addresses, f"{below('billingPerson', asked(PERSON))} {below('shippingAddresses', asked(PERSON))}"
    ),
)
CUSTOMERS = listed(asked(PARTY), "id updated")
party = by_table(PARTY, translating.party)


# Orders


def _total(rows: Iterable[Raw] | None, name: str) -> Decimal:
    return sum((number(each[name] or 0) for each in rows or ()), Decimal(0))


def _sums(amount: Decimal, tax: Decimal, raw: Raw) -> Fields:
    """Return both sums of a part of an order; whether the amount holds the tax is one thing for the whole order."""
    return {"net": amount - tax, "gross": amount} if raw["pricesIncludeTax"] else {"net": amount, "gross": amount + tax}


def _off(item: Raw) -> Decimal:
    """Return what is taken off a line: its parts of the coupon and of promotions."""
    return number(item["couponAmount"] or 0) + _total(item["discounts"], "total")


def _line(item: Raw, raw: Raw) -> Fields:
    full, quantity = number(item["price"]), number(item["quantity"])
    return {
        "id": str(item["id"]),
        "sku": item["sku"] or None,
        "name": full_name(item["name"], _values(item["selectedOptions"]), ""),
        "quantity": quantity,
        "full_net": full,
        "full_gross": full,
        "tax_rate": _rate(item["taxes"]),
        **_sums(full * quantity - _off(item), _total(item["taxes"], "taxOnDiscountedSubtotal"), raw),
    }


def _rate(taxes: Iterable[Raw] | None) -> str | None:
    return rate_of([each["value"] for each in taxes or ()])


def _charge(raw: Raw, part_: Raw, amount: str, name: str, tax: Decimal, taxes: Iterable[Raw] | None) -> Fields:
    """Return a charge; where prices come without tax, its amount is the one that is said to be without."""
    without = None if raw["pricesIncludeTax"] else part_[f"{amount}WithoutTax"]
    worth = number(part_[amount] if without is None else without)
    return {"name": name, "tax_rate": _rate(taxes), **_sums(worth, tax, raw)}


def _shipping(raw: Raw) -> list[Fields]:
    option, taxes = raw["shippingOption"], [tax for item in raw["items"] for tax in item["taxes"] or ()]
    if not option:
        return []
    name, tax = option["shippingMethodName"], _total(taxes, "taxOnShipping")
    return [{**_charge(raw, option, "shippingRate", name, tax, raw["taxesOnShipping"]), "code": name}]


def _surcharges(raw: Raw) -> list[Fields]:
    fee, told_ = raw["handlingFee"] or {"value": 0}, list[Fields]()
    if fee["value"]:
        told_.append(
            _charge(raw, fee, "value", fee["name"] or "Handling fee", _total(fee["taxes"], "total"), fee["taxes"])
        )
    for each in raw["customSurcharges"] or ():
        name = each["description"] or each["id"]
        told_.append(_charge(raw, each, "total", name, _total(each["taxes"], "total"), each["taxes"]))
    return told_


def _discounts(raw: Raw) -> list[Fields]:
    """Return what is taken off besides the lines' own parts ("Search orders": all is `couponDiscount` and `discount`)."""
    rest = number(raw["couponDiscount"] or 0) + number(raw["discount"] or 0) - sum(map(_off, raw["items"]), Decimal(0))
    coupon = raw["discountCoupon"] or {"name": "Discount", "code": None}
    return [charge(coupon["name"], coupon["code"], {}, -rest, None)] if rest > 0 else []


def status(raw: Raw, own: Mapping[str, str]) -> str | None:
    """Return how far an order is; `own`: what the options say of its fulfillment statuses."""
    theirs = raw["fulfillmentStatus"]
    if raw["paymentStatus"] == "CANCELLED":
        return "cancelled"
    waits = theirs == "AWAITING_PROCESSING" and raw["paymentStatus"] == "AWAITING_PAYMENT"
    return own.get(theirs) or ("pending" if waits else FULFILLMENT.get(theirs))


def is_cancelled(raw: Raw) -> bool:
    """Return whether an order is cancelled."""
    return status(raw, {}) == "cancelled"


def notes(raw: Raw) -> list[str]:
    """Return the notes that the staff sees at an order, one a line."""
    return (raw.get("privateAdminNotes") or "").splitlines()


def told_to(raw: Raw, fields: Raw, status_: str | None) -> Fields:
    """Return what is set of an order; `status_`: ours that it gets, if any."""
    held, wanted = notes(raw), notes_of(fields.get("tracking") or (), fields.get("invoice"))
    theirs = {"fulfillmentStatus": TOLD[status_]} if status_ in TOLD else dict[str, Any]()
    if status_ == "cancelled" and raw["paymentStatus"] == "AWAITING_PAYMENT":
        theirs["paymentStatus"] = "CANCELLED"
    if fields.get("tracking"):
        theirs["trackingNumber"] = ", ".join(each["number"] for each in fields["tracking"])
    if missing := [each for each in wanted if each not in held]:
        theirs["privateAdminNotes"] = "\n".join([*held, *missing])
    return theirs


def _labels(raw: Raw) -> list[Fields]:
    """Return the parcels of labels that were bought in Ecwid, and those that notes tell of."""
    rows = [(each["tracking"] or {}, each["shippingService"] or {}) for each in raw["shipments"] or ()]
    bought = [(way.get("trackingNumber"), by.get("carrierName"), way.get("trackingUrl")) for way, by in rows]
    parcels = [{"number": number, "carrier": carrier, "address": url} for number, carrier, url in bought if number]
    return [*parcels_in(notes(raw)), *parcels]


def _instant(timestamp: int) -> str:
    return datetime.fromtimestamp(timestamp, UTC).isoformat().replace("+00:00", "Z")


def _gross(raw: Raw) -> Any:
    """Return what the order is worth: a gift card is a way to pay."""
    return raw["totalBeforeGiftCardRedemption"] or raw["total"]


def _payments(raw: Raw) -> list[Fields]:
    method = raw["paymentMethod"]
    return [{"method": method, "reference": raw["externalTransactionId"]}] if method else []


def buyer(raw: Raw) -> str | None:
    """Return who placed an order: somebody in the list of customers, or a guest."""
    return str(raw["customerId"]) if raw.get("customerId") else guest(raw.get("email"))


def guest_of(raw: Raw) -> Fields:
    """Return a guest as the list of customers would show one."""
    billing = raw.get("billingPerson") or {}
    return {"id": buyer(raw), "name": billing.get("name"), "email": raw["email"], "billingPerson": billing}


SUMS = (
    "pricesIncludeTax items.id items.sku items.name items.price items.quantity items.couponAmount items.discounts.total "
    "items.selectedOptions.value items.taxes.value items.taxes.taxOnDiscountedSubtotal items.taxes.taxOnShipping"
)
ORDER = table(
    "number=id currency tax_included=pricesIncludeTax tax",
    party=Field("", buyer, "customerId email"),
    placed_at=Field("createTimestamp", _instant),
    email=Field("email", or_none),
    note=Field("orderComments", or_none),
    vat_id=_valid("customerTaxId"),
    billing_address=part("billingPerson", PERSON),
    shipping_address=part("shippingPerson", PERSON),
    lines=Field("", lambda raw: [_line(each, raw) for each in raw["items"]], SUMS),
    shipping=Field(
        "",
        _shipping,
        "shippingOption.shippingMethodName shippingOption.shippingRate shippingOption.shippingRateWithoutTax "
        "taxesOnShipping.value",
    ),
    surcharges=Field(
        "",
        _surcharges,
        "handlingFee.name handlingFee.value handlingFee.valueWithoutTax handlingFee.taxes.value handlingFee.taxes.total "
        "customSurcharges.id customSurcharges.description customSurcharges.total customSurcharges.totalWithoutTax "
        "customSurcharges.taxes.value customSurcharges.taxes.total",
    ),
    discounts=Field("", _discounts, "couponDiscount discount discountCoupon.name discountCoupon.code"),
    gross=Field("", _gross, "totalBeforeGiftCardRedemption total"),
    payments=Field("", _payments, "paymentMethod externalTransactionId"),
    paid=Field("paymentStatus", lambda theirs: PAYMENT.get(theirs, "unpaid")),
    status=Field("", dict, "fulfillmentStatus paymentStatus"),
    tracking=Field(
        "",
        _labels,
        "privateAdminNotes shipments.tracking.trackingNumber shipments.tracking.trackingUrl "
        "shipments.shippingService.carrierName",
    ),
    labels=Field("trackingNumber", lambda numbers: numbers.replace(",", " ").split()),
    invoice=Field("", lambda raw: invoice_in(notes(raw)), "privateAdminNotes"),
)
ORDER_FIELDS = listed(asked({ours: each for ours, each in ORDER.items() if ours != "currency"}), MARK)
ORDERS = RestListing[Any]("orders", ORDER_FIELDS, "ids", size=100, since="updatedFrom")


def _order(fields: Fields, options: EcwidOptions) -> Fields:
    return translating.order(fields | {"status": status(fields["status"], options.status)}, options)


order = by_table(ORDER, _order)
