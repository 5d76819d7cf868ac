"""What Tryton's fields mean: a table for each stream, of our fields and the ways to Tryton's. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from adapters.erp.orders import plain
from adapters.fields import Field, of_type, parts
from adapters.http import exact
from hub.canonical.contacts import vat_id_in

Raw = Mapping[str, Any]

OURS = "hub:"
"""Before the hub's reference: in a sale's description, which ends with the draft, and in an identifier without type of
a party, as its code is often numbered by Tryton."""
UNITS = {"u": "H87", "d": "DAY", "kW⋅h": "KWH"}
"""Tryton's symbols -> codes of Recommendation 20; the usual ones the canonical model knows itself."""
STATUS = {"draft": "pending", "quotation": "pending", "done": "completed"}
SENT = ("packed", "shipped", "done")


def rate(taxes: Sequence[Raw]) -> str | None:
    """Return the per cent of a tax, if it is the only one."""
    return plain(Decimal(taxes[0]["rate"]["decimal"]) * 100) if len(taxes) == 1 and taxes[0]["rate"] else None


def vat_id(identifier: Raw) -> str | None:
    """Return the VAT id that a party's identifier is, if it is one."""
    type_ = identifier["type"] or ""
    return vat_id_in(identifier["code_compact"], type_[:2].upper()) if type_.endswith("_vat") else None


def _first_vat_id(identifiers: Iterable[Raw]) -> str | None:
    return next((found for each in identifiers if (found := vat_id(each))), None)


def active(children: Iterable[Raw]) -> list[Raw]:
    """Return those that were not hidden."""
    return [each for each in children if each["active"]]


def _shown(make: Callable[[list[Raw]], Any]) -> Callable[[Iterable[Raw]], Any]:
    return lambda children: make(active(children))


def _reference(texts: Iterable[str | None]) -> str | None:
    return next((text.removeprefix(OURS) for text in texts if text and text.startswith(OURS)), None)


def _family(template: Raw) -> str | None:
    return (template["code"] or template["name"]) if len(template["products"]) > 1 else None


def _use(address: Raw) -> str | None:
    return "billing" if address["invoice"] else "shipping" if address["delivery"] else None


def _status(sale: Raw) -> str:
    shipped = sale["state"] == "processing" and sale["shipment_state"] == "sent"
    return "shipped" if shipped else STATUS.get(sale["state"], sale["state"])


def _tracking(shipments: Iterable[Raw]) -> list[dict[str, str]]:
    return [{"number": each["reference"]} for each in shipments if each["reference"] and each["state"] in SENT]


UNIT = Field("default_uom.symbol", lambda symbol: UNITS.get(symbol, symbol))
PRODUCT = {
    "sku": Field("code"),
    "name": Field("name"),
    "description": Field("description"),
    "unit": UNIT,
    "category": Field("categories.rec_name", lambda names: min(names, default="").replace(" / ", " > ")),
    "gtin": Field("identifiers", of_type("code", "ean"), "type code"),
    "brand": Field("identifiers", of_type("code", "brand"), "type code"),
    "tax_rate": Field("account_category.customer_taxes", rate, "rate"),
    "variant_of": Field("template", _family, "code name products"),
    "active": Field("", lambda variant: bool(variant["active"] and variant["salable"]), "active salable"),
}
PRICE = {"sku": Field("code"), "amount": Field("list_price_used", lambda price: price["decimal"])}
STOCK = {
    "sku": Field("code"),
    "on_hand": Field("quantity", lambda quantity: exact(max(quantity, 0.0))),
    "unit": UNIT,
}
ADDRESS = {
    "name": Field("attn"),
    "company": Field("party_name"),
    "street": Field("street", lambda lines: lines.partition("\n")[0]),
    "street_more": Field("street", lambda lines: lines.partition("\n")[2].replace("\n", " ")),
    "city": Field("city"),
    "postcode": Field("postal_code"),
    "region": Field("subdivision.name"),
    "country": Field("country.code"),
    "use": Field("", _use, "invoice delivery"),
}
PARTY = {
    "reference": Field("identifiers.code", _reference),
    "number": Field("code"),
    "name": Field("name"),
    "vat_id": Field("identifiers", _shown(_first_vat_id), "type code_compact active"),
    "email": Field("contact_mechanisms", _shown(of_type("value", "email")), "type value active"),
    "phone": Field("contact_mechanisms", _shown(of_type("value", "phone", "mobile")), "type value active"),
    "addresses": parts("addresses", ADDRESS, "active", where=lambda row: row["active"]),
    "language": Field("lang.code", lambda code: code[:2]),
    "blocked": Field("active", lambda is_active: not is_active),
}
CUSTOMER = {"term": Field("customer_payment_term"), "addresses": PARTY["addresses"]}
ORDER = {
    "reference": Field("description", lambda text: _reference([text])),
    "status": Field("", _status, "state shipment_state"),
    "tracking": Field("shipments", _tracking, "reference state"),
    "invoice": Field("invoices.number", lambda numbers: next(iter(numbers), None)),
}
"""What becomes of a sale; its content is the channel's."""
