"""Ecwid's products and customers -> canonical fields, and what is asked of them (docs.ecwid.com, "REST API"). Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from adapters.eshop import translating
from adapters.eshop.categories import Categories
from adapters.eshop.orders import Fields, Raw, plain
from adapters.eshop.translating import by_table, number
from adapters.eshop.variants import each_variant, full_name
from adapters.eshop.weights import KILOGRAMS
from adapters.fields import Field, asked, below, of_type, or_none, table, told, tree
from adapters.reading.rest_lists import RestListing
from adapters.rows import Row

MARK, LATE = "updateTimestamp", timedelta(minutes=5)
"""When a record was changed last, and after which time that has surely come to the lists."""
WEIGHTS = {
    "KILOGRAM": KILOGRAMS["kg"],
    "GRAM": KILOGRAMS["g"],
    "POUND": KILOGRAMS["lb"],
    "OUNCE": KILOGRAMS["oz"],
    "CARAT": Decimal("0.0002"),
}
"""The store's unit ("Get store profile", formatsAndUnits) -> kilograms."""


def listing(path: str, ident: str, *paths: str) -> RestListing[Any]:
    """Return a list, of which some fields are asked for, in the form of `responseFields`: `total,items(id,options(name))`."""
    fields = f"total,items({_form(tree(' '.join(paths)))})"
    return RestListing[Any](path, fields, ident, size=100, since="updatedFrom")


def _form(below_it: Mapping[str, Any]) -> str:
    return ",".join(f"{name}({_form(rest)})" if rest else name for name, rest in below_it.items())


def shaped(path: str, row: Row) -> Row:
    """Return a row of a list with what the hub wants of it: an identity as text, a mark, variants, what is above it."""
    updated = row.get(MARK) or _timestamp(row.get("updated"))
    row = {**row, "id": str(row["id"]), MARK: updated, "parent": str(row.get("parentId"))}
    return _with_variants(row) if path == "products" else row


def _timestamp(text: str | None) -> int:
    """Return the mark of a customer, who tells it as text only: `2024-08-21 07:52:09 +0000`."""
    return int(datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z").timestamp()) if text else 0


# Products


def _with_variants(row: Row) -> Row:
    """Return a product with its `variants`: the variations with an SKU of their own, or itself, if there is none.

    Price and weight are the product's, where a variation has none ("Update product variation").
    """
    own = [{**each, "id": f"{row['id']}|{each['id']}"} for each in row.get("combinations") or () if each.get("sku")]
    inherited = {name: row.get(name) for name in ("price", "weight")}
    alone = len(own) <= 1
    return {**row, "variants": [{**inherited, **each, "product": row, "alone": alone} for each in own or [row]]}


def placed(categories: Categories, rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the variants of products with the path of their category: of the main one, if there is one."""
    for row in rows:
        main = [row["defaultCategoryId"]] if row.get("defaultCategoryId") else row["categoryIds"]
        path = next(iter(categories.known(map(str, main))), None)
        yield from ({**each, "category": path} for each in row["variants"])


def counted(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the variants of products that can run out."""
    return (each for each in each_variant(rows) if not each.get("unlimited"))


def values(options: Iterable[Raw] | None) -> str:
    """Return what is chosen of a product's options, in one."""
    return ", ".join(each["value"] for each in options or () if each["value"])


def _kilograms(raw: Raw) -> str | None:
    return plain(number(raw["weight"]) * WEIGHTS[raw["product"]["weightUnit"]]) if raw["weight"] else None


def _attribute(of: str, kind: str) -> Field:
    choose = of_type("value", kind)
    return Field(of, lambda rows: choose(rows) or None, "type value")


def _custom(rows: Iterable[Raw]) -> dict[str, str]:
    return {each["name"]: each["value"] for each in rows if each["type"] == "CUSTOM" and each["name"] and each["value"]}


def _images(rows: Iterable[Raw]) -> list[str]:
    return [each["imageOriginalUrl"] for each in sorted(rows, key=lambda each: each["orderBy"])]


PRODUCT = table(
    "sku alone category title=product.name variant_of=product.sku active=product.enabled",
    name=Field(
        "", lambda raw: full_name(raw["product"]["name"], values(raw["options"]), ""), "product.name options.value"
    ),
    description=Field("product.description", or_none),
    gtin=_attribute("attributes", "UPC"),
    brand=_attribute("product.attributes", "BRAND"),
    attributes=Field("product.attributes", _custom, "type name value"),
    images=Field("product.media.images", _images, "imageOriginalUrl orderBy"),
    options=Field("options", lambda rows: {each["name"]: each["value"] for each in rows}, "name value"),
    weight=Field("", _kilograms, "weight product.weightUnit"),
)
"""A variation, or a product without any, with the `product` that it stands under."""
PRICE = table("sku currency=product.currency amount=price tax_included=product.pricesIncludeTax")
STOCK = table("sku on_hand=quantity reserved")
PRODUCTS = listing(
    "products",
    "productId",
    f"id {MARK} sku name description enabled price quantity unlimited weight externalReferenceId categoryIds",
    "defaultCategoryId media.images.imageOriginalUrl media.images.orderBy",
    below("attributes", "id type name value"),
    below("combinations", "id sku price weight quantity unlimited options.name options.value"),
    below("combinations.attributes", "id type value"),
)
BY_SKU, BY_REFERENCE = (replace(PRODUCTS, ident=ident, most=1) for ident in ("sku", "externalReferenceId"))
CATEGORIES = listing("categories?hidden_categories=true", "", "id name parentId")

product = by_table(PRODUCT, translating.product)
price = by_table(PRICE, translating.price)
stock = by_table(STOCK, translating.stock)


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
    return PHONE(raw["contacts"] or ()) or cast("Raw", raw["billingPerson"] or {}).get("phone") or None


def valid(tax_id: str) -> Field:
    """Return the field of a VAT id that Ecwid has found valid: others are whatever the customer wrote."""
    ok = f"{tax_id}Valid"
    return Field("", lambda raw: raw[tax_id] or None if raw[ok] else None, f"{tax_id} {ok}")


PARTY = table(
    "person=name company_name=billingPerson.companyName language=lang",
    email=Field("email", or_none),
    phone=Field("", _phone, "contacts.type contacts.contact billingPerson.phone"),
    vat_id=valid("taxId"),
    consents=Field("acceptMarketing", lambda accepted: {"newsletter": accepted}),
    addresses=Field(
        "", _addresses, " ".join(below(of, asked(PERSON)) for of in ("billingPerson", "shippingAddresses"))
    ),
)
CUSTOMERS = listing("customers", "", "id updated", asked(PARTY))
party = by_table(PARTY, translating.party)
