"""Tryton's documents to canonical fields and back: pure. The strings of fields say what a document holds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from adapters.erp.orders import Unwritable, places_of, plain, sale_lines, same_place, visible_number
from hub.canonical import ENTITIES
from hub.connector import Change, Place, Unreadable, Write

Raw = Mapping[str, Any]
Spot = tuple[int, str]
"""A party and a place of it."""

OURS = "hub:"
"""Before the hub's reference: in a sale's description, which ends with the draft, and in an identifier without type of
a party, as its code is often numbered by Tryton."""


def _of(relation: str, fields: str) -> str:
    return " ".join(f"{relation}.{field}" for field in fields.split())


ADDRESS = "attn party_name street city postal_code country.code subdivision.name invoice delivery active"
PRODUCT = (
    "code name description active salable default_uom.symbol categories.rec_name identifiers.type identifiers.code "
    "template.code template.name template.products account_category.customer_taxes.rate"
)
PRICE = "code list_price_used"
STOCK = "code default_uom.symbol quantity"
PARTY = (
    "code name active lang.code identifiers.type identifiers.code identifiers.code_compact identifiers.active "
    f"contact_mechanisms.type contact_mechanisms.value contact_mechanisms.active {_of('addresses', ADDRESS)}"
)
SALE = (
    "number description state create_date currency.code party comment untaxed_amount tax_amount total_amount "
    "shipment_state shipments.state shipments.reference invoices.number lines.type lines.quantity lines.unit.symbol "
    "lines.unit_price lines.amount lines.description lines.product.code lines.product.name lines.taxes.rate "
    f"{_of('invoice_address', ADDRESS)} {_of('shipment_address', ADDRESS)}"
)
CUSTOMER = f"customer_payment_term {_of('addresses', ADDRESS)}"

_UNITS = {"u": "H87", "d": "DAY", "kW⋅h": "KWH"}
_STATUS = {"draft": "pending", "quotation": "pending", "done": "completed"}
_EUROPEAN = "AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI"
"""Beginnings of VAT ids that Tryton knows as `eu_vat`."""


def product(raw: Raw, place: Place) -> Change | Unreadable:
    """Return a variant with what its template says of it."""
    if not raw["code"]:
        message = f'the product "{raw["name"]}" has no code; give it one in Tryton'
        return Unreadable("missing-key", message, place)
    template = raw["template"]
    codes = {each["type"]: each["code"] for each in reversed(raw["identifiers"])}
    category = min((each["rec_name"] for each in raw["categories"]), default=None)
    fields = {
        "sku": raw["code"],
        "name": raw["name"],
        "description": raw["description"],
        "unit": _unit(raw["default_uom"]),
        "category": category and category.replace(" / ", " > "),
        "gtin": codes.get("ean"),
        "brand": codes.get("brand"),
        "tax_rate": _rate(raw["account_category"]["customer_taxes"]) if raw["account_category"] else None,
        "variant_of": (template["code"] or template["name"]) if len(template["products"]) > 1 else None,
        "active": bool(raw["active"] and raw["salable"]),
    }
    return _natural("products", fields, place)


def price(raw: Raw, place: Place, price_list: str) -> Change:
    """Return the list price of a variant, which Tryton keeps without tax in the company's currency."""
    fields = {"sku": raw["code"], "list": price_list, "currency": raw["currency"]}
    return _natural("prices", fields | {"amount": raw["list_price_used"], "tax_included": False}, place)


def stock(raw: Raw, place: Place, storage: Mapping[str, str]) -> Change:
    """Return how much lies at a location, and how much of it is to go out; below zero is none."""
    fields = {"sku": raw["code"], "location": storage.get(raw["location"], raw["location"])}
    on_hand = format(max(Decimal(raw["quantity"]), Decimal()), "f")
    shown = {"on_hand": on_hand, "reserved": raw["reserved"], "unit": _unit(raw["default_uom"])}
    return _natural("stock", fields | shown, place)


def party(raw: Raw, place: Place) -> Change:
    """Return somebody Tryton knows."""
    contacts = {each["type"]: each["value"] for each in reversed(active(raw["contact_mechanisms"]))}
    fields = {
        "number": raw["code"],
        "name": raw["name"],
        "vat_id": next((_vat_id(each) for each in active(raw["identifiers"]) if _is_vat(each)), None),
        "email": contacts.get("email"),
        "phone": contacts.get("phone") or contacts.get("mobile"),
        "addresses": [canonical for each in active(raw["addresses"]) if (canonical := address(each))],
        "blocked": not raw["active"],
    }
    codes = (each["code"] or "" for each in active(raw["identifiers"]))
    reference = next((code.removeprefix(OURS) for code in codes if code.startswith(OURS)), "")
    language = {"language": raw["lang"]["code"][:2]} if raw["lang"] else {}
    return Change("", fields | language, place, reference)


def order(raw: Raw, place: Place, channel: str) -> Change:
    """Return what became of a sale; of one that the hub did not write, all that it says."""
    sent = [each for each in raw["shipments"] if each["reference"] and each["state"] in ("packed", "shipped", "done")]
    shipped = raw["state"] == "processing" and raw["shipment_state"] == "sent"
    fields = {
        "status": "shipped" if shipped else _STATUS.get(raw["state"], raw["state"]),
        "tracking": [{"number": each["reference"]} for each in sent],
        "invoice": next((each["number"] for each in raw["invoices"] if each["number"]), None),
    }
    description = raw["description"] or ""
    if description.startswith(OURS):
        return Change("", fields, place, description.removeprefix(OURS))
    return Change("", fields | _content(raw, channel), place)


def _content(raw: Raw, channel: str) -> dict[str, Any]:
    return {
        "channel": channel,
        "number": raw["number"] or f"({raw['id']})",
        "placed_at": raw["create_date"],
        "party": str(raw["party"]),
        "billing_address": address(raw["invoice_address"] or {}) or None,
        "shipping_address": address(raw["shipment_address"] or {}) or None,
        "currency": raw["currency"]["code"],
        "tax_included": False,
        "lines": [_line(each) for each in raw["lines"] if each["type"] == "line"],
        "totals": {"net": raw["untaxed_amount"], "tax": raw["tax_amount"], "gross": raw["total_amount"]},
        "note": raw["comment"],
    }


def _line(raw: Raw) -> dict[str, Any]:
    item: Raw = raw["product"] or {}
    fields = {
        "id": str(raw["id"]),
        "sku": item.get("code"),
        "name": raw["description"] or item.get("name"),
        "quantity": raw["quantity"],
        "unit": _unit(raw["unit"]),
        "unit_price": raw["unit_price"],
        "tax_rate": _rate(raw["taxes"]),
        "net": raw["amount"],
    }
    return {name: value for name, value in fields.items() if value is not None}


def address(raw: Raw) -> dict[str, Any]:
    """Return what an address says; without Tryton's number, so that it is the same as anybody else's."""
    street, _, more = (raw.get("street") or "").partition("\n")
    fields = {
        "name": raw.get("attn"),
        "company": raw.get("party_name"),
        "street": street,
        "street_more": more.replace("\n", " "),
        "city": raw.get("city"),
        "postcode": raw.get("postal_code"),
        "region": raw["subdivision"]["name"] if raw.get("subdivision") else None,
        "country": raw["country"]["code"] if raw.get("country") else None,
    }
    use = "billing" if raw.get("invoice") else "shipping" if raw.get("delivery") else None
    return {name: value for name, value in (fields | {"use": any(fields.values()) and use}).items() if value}


def address_values(fields: Raw, countries: Mapping[str, int]) -> dict[str, Any]:
    """Return an address for Tryton, which keeps no phone with it and regions only as records of a country."""
    street = [fields[part] for part in ("street", "street_more") if fields.get(part)]
    return {
        "attn": fields.get("name"),
        "party_name": fields.get("company"),
        "street": "\n".join(street) or None,
        "city": fields.get("city"),
        "postal_code": fields.get("postcode"),
        "country": countries.get(fields.get("country") or ""),
        "invoice": fields.get("use") == "billing",
        "delivery": fields.get("use") == "shipping",
    }


def new_party(fields: Raw, countries: Mapping[str, int], reference: str) -> dict[str, Any]:
    """Return a new party's values."""
    nobody = {"identifiers": (), "contact_mechanisms": (), "addresses": ()}
    values = party_values(fields, nobody, countries)
    ours = ["create", [{"code": OURS + reference}]]
    name = fields.get("name") or fields.get("email") or fields.get("phone") or "-"
    return values | {"name": name, "identifiers": [ours, *values.get("identifiers", ())]}


def party_values(fields: Raw, raw: Raw, countries: Mapping[str, int]) -> dict[str, Any]:
    """Return what changes of a party, its children as Tryton's commands; `raw`: as it stands there."""
    values: dict[str, Any] = {"name": fields["name"]} if "name" in fields else {}
    if "vat_id" in fields:
        old = [each["id"] for each in active(raw["identifiers"]) if _is_vat(each)]
        values["identifiers"] = _only(old, fields["vat_id"] and _identifier(fields["vat_id"]))
    for kind in sorted({"email", "phone"} & {*fields}):
        old = [each["id"] for each in active(raw["contact_mechanisms"]) if each["type"] == kind]
        commands = _only(old, fields[kind] and {"type": kind, "value": fields[kind]})
        values["contact_mechanisms"] = values.get("contact_mechanisms", []) + commands
    if "addresses" in fields:
        values["addresses"] = _addresses(active(raw["addresses"]), fields["addresses"] or (), countries)
    return values


def _addresses(old: Iterable[Raw], wanted: Iterable[Raw], countries: Mapping[str, int]) -> list[Any]:
    """Make what is new; hide what is no longer, as documents may refer to it."""
    there = {same_place(address(each)): each["id"] for each in old}
    new = {same_place(each): address_values(each, countries) for each in wanted}
    made = [values for place, values in new.items() if place not in there]
    hidden = [id_ for place, id_ in there.items() if place not in new]
    return [["create", made]] * bool(made) + [["write", hidden, {"active": False}]] * bool(hidden)


def _only(old: Sequence[int], values: Any) -> list[Any]:
    """Let there be one child of a sort, or none."""
    if not values:
        return [["delete", list(old)]] if old else []
    return [["write", [old[0]], values]] if old else [["create", [values]]]


def active(children: Iterable[Raw]) -> list[Raw]:
    """Return those that were not hidden."""
    return [each for each in children if each["active"]]


def _is_vat(identifier: Raw) -> bool:
    return (identifier["type"] or "").endswith("_vat")


def _vat_id(identifier: Raw) -> str:
    country, code = identifier["type"].removesuffix("_vat").upper(), identifier["code_compact"]
    return code if country == "EU" or code.startswith(country) else country + code


def _identifier(vat_id: str) -> dict[str, str]:
    return {"type": "eu_vat" if vat_id[:2] in _EUROPEAN.split() else f"{vat_id[:2].lower()}_vat", "code": vat_id}


@dataclass(frozen=True)
class Known:
    """What new sales refer to, by Tryton's numbers."""

    places: Mapping[Spot, int]
    terms: Mapping[int, int | None]
    """Party -> payment term."""
    units: Mapping[int, int]
    """Product -> unit."""
    currencies: Mapping[str, int]
    taxes: Mapping[str, int]
    """Per cent -> tax."""


def sale_values(write: Write, customer: int, known: Known) -> dict[str, Any]:
    """Return a new sale with its lines, those without a product as text; Unwritable if Tryton lacks what it needs."""
    record = write.record
    if (currency := record.get("currency")) and currency not in known.currencies:
        raise Unwritable("currency-unknown", f"Tryton does not have the currency {currency}; make it there")
    lines: list[dict[str, Any]] = []
    for line in sale_lines(record):
        if line.rate and line.rate not in known.taxes:
            raise Unwritable("tax-unknown", f"Tryton has no customer tax of {line.rate} %; make one there")
        item = int(write.links.get("products", {}).get(line.sku or "", 0))
        values = {"type": "line", "quantity": float(line.quantity), "unit_price": line.price}
        values |= {"product": item, "unit": known.units[item]} if item in known.units else {"description": line.text}
        lines.append(values | {"taxes": [["add", [known.taxes[line.rate]]]] if line.rate else []})
    billing, shipping = [known.places.get((customer, same_place(place))) for place in places_of(record)]
    return {
        "party": customer,
        "reference": visible_number(record),
        "description": OURS + write.reference,
        "sale_date": date.fromisoformat(record["placed_at"][:10]) if record.get("placed_at") else None,
        "payment_term": known.terms.get(customer),
        "invoice_address": billing,
        "shipment_address": shipping,
        "comment": record.get("note"),
        "lines": [["create", lines]],
    } | ({"currency": known.currencies[currency]} if currency else {})


def _unit(raw: Raw | None) -> str | None:
    """Return a code of Recommendation 20, or Tryton's symbol, of which the canonical model knows the usual."""
    return _UNITS.get(raw["symbol"], raw["symbol"]) if raw else None


def _natural(entity: str, fields: Mapping[str, Any], place: Place) -> Change:
    return Change(ENTITIES[entity].key(fields, fields), fields, place)


def _rate(taxes: Sequence[Raw]) -> str | None:
    return plain(Decimal(taxes[0]["rate"]) * 100) if len(taxes) == 1 and taxes[0]["rate"] else None
