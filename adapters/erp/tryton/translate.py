"""What Tryton's fields mean: tables of our fields and the ways to Tryton's; of what is written, the other way. Pure."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from operator import itemgetter

from stdnum.eu.vat import MEMBER_STATES

from adapters.asking.http import exact
from adapters.erp.orders import plain, visible_number
from adapters.erp.reference import OURS
from adapters.erp.short import short_shipped
from adapters.erp.tryton.client import classed
from adapters.fields import Field, at, backwards, first, fixed, in_use, of_type, parts, parts_in_use, table
from adapters.rows import Row
from hub.canonical.contacts import vat_id_in

UNITS = {"u": "H87", "d": "DAY", "kW⋅h": "KWH"}
"""Tryton's symbols -> codes of Recommendation 20; the usual ones the canonical model knows itself."""
STATUS = {"draft": "pending", "quotation": "pending", "done": "completed"}
IN_USE = "active salable template.active"
"""All of it has to hold: the variants of a template that is no longer in use still say that they are."""
SENT = ("packed", "shipped", "done")
"""Of a shipment: it has left."""


def rate(taxes: Sequence[Row]) -> str | None:
    """Return the per cent of a tax, if it is the only one."""
    return plain(Decimal(taxes[0]["rate"]["decimal"]) * 100) if len(taxes) == 1 and taxes[0]["rate"] else None


def vat_id(identifier: Row) -> str | None:
    """Return the VAT id that a party's identifier is, if it is one."""
    type_ = identifier["type"] or ""
    return vat_id_in(identifier["code_compact"], type_[:2].upper()) if type_.endswith("_vat") else None


def identifier(code: str) -> dict[str, str]:
    """Return a VAT id as a party's identifier."""
    country = code[:2].lower()
    return {"type": "eu_vat" if country in {*MEMBER_STATES, "el"} else f"{country}_vat", "code": code}


def _status(sale: Row) -> str:
    shipped = sale["state"] == "processing" and sale["shipment_state"] == "sent"
    return "shipped" if shipped else STATUS.get(sale["state"], sale["state"])


def _short(sale: Row) -> list[dict[str, str]] | None:
    """Return what was sent less: of a sale that is sent, by the moves that somebody cancelled and then ignored.

    Those count as sent for its state (sale: sale.py, get_moves_progress, HandleShipmentException). What never moves, such
    as a service, has none.
    """
    moved = [
        (line, sum(move["quantity"] for move in line["moves"] if move["state"] == "done"))
        for line in sale["lines"]
        if line["moves"]
    ]
    return short_shipped(((at(line, "product.code"), line["quantity"], sent) for line, sent in moved), _status(sale))


def _family(template: Row) -> str | None:
    return (template["code"] or template["name"]) if len(template["products"]) > 1 else None


UNIT = Field("default_uom.symbol", lambda symbol: UNITS.get(symbol, symbol))
PRODUCT = table(
    "sku=code name description",
    unit=UNIT,
    category=Field("categories.rec_name", lambda names: min(names, default="").replace(" / ", " > ")),
    gtin=Field("identifiers", of_type("code", "ean"), "type code"),
    brand=Field("identifiers", of_type("code", "brand"), "type code"),
    tax_rate=Field("account_category.customer_taxes", rate, "rate"),
    variant_of=Field("template", _family, "code name products"),
    active=Field("", lambda it: all(at(it, way) for way in IN_USE.split()), IN_USE),
)
PRICE = table("sku=code", amount=Field("list_price_used", itemgetter("decimal")))
STOCK = table("sku=code", on_hand=Field("quantity", lambda quantity: exact(max(quantity, 0.0))), unit=UNIT)
PENDING = table("product quantity=internal_quantity")
ADDRESS = table(
    "name=attn company=party_name city postcode=postal_code region=subdivision.name country=country.code",
    street=Field("street", lambda lines: lines.partition("\n")[0]),
    street_more=Field("street", lambda lines: lines.partition("\n")[2].replace("\n", " ")),
    use=Field(
        "", lambda at: "billing" if at["invoice"] else "shipping" if at["delivery"] else None, "invoice delivery"
    ),
)
PARTY = table(
    "number=code name",
    vat_id=in_use("identifiers", first(vat_id), "type code_compact"),
    email=in_use("contact_mechanisms", of_type("value", "email"), "type value"),
    phone=in_use("contact_mechanisms", of_type("value", "phone", "mobile"), "type value"),
    addresses=parts_in_use("addresses", ADDRESS),
    language=Field("lang.code", lambda code: code[:2]),
    blocked=Field("active", lambda is_active: not is_active),
)
STANDS = "state shipment_state"
ORDER = table(
    status=Field("", _status, STANDS),
    tracking=parts(
        "shipments", table("number=reference"), "state", where=lambda it: it["reference"] and it["state"] in SENT
    ),
    invoice=Field("invoices.number", first(str)),
    short_shipped=Field(
        "", _short, f"{STANDS} lines.product.code lines.quantity lines.moves.quantity lines.moves.state"
    ),
)
"""What becomes of a sale; its content is the channel's."""

# The other way

TAX = table("name company", rate=Field("", lambda tax: rate([tax]) or "0", "rate"))
STANDING = table("id state", total=Field("total_amount", itemgetter("decimal")))
LINE = table("sale id product quantity text=description", amount=Field("amount", itemgetter("decimal")))
CUSTOMER = table("id term=customer_payment_term", addresses=parts_in_use("addresses", table("id") | ADDRESS))
NEW_ADDRESS = backwards(ADDRESS) | table(  # Tryton keeps no phone there, and regions only as records of a country.
    "party=customer country",
    street=Field("", lambda place: "\n".join(filter(None, [place.get("street"), place.get("street_more")]))),
    invoice=Field("", lambda place: place.get("use") == "billing"),
    delivery=Field("", lambda place: place.get("use") == "shipping"),
)
NEW_SALE = table(
    "party=customer invoice_address=billing shipment_address=shipping payment_term=term currency comment=note",
    reference=Field("", visible_number),
    description=Field("reference", lambda reference: OURS + reference),
    sale_date=Field("placed_at", lambda at: classed(date.fromisoformat(at[:10]))),
    lines=Field("lines", lambda lines: [["create", lines]]),
)
NEW_LINE = table(
    "sale product=product.id unit=product.unit",
    type=fixed("line"),
    description=Field("", lambda line: None if line["product"] else line["text"]),
    quantity=Field("quantity", float),
    unit_price=Field("price", classed),
    taxes=Field("", lambda line: [["add", [line["tax"]]]] if line["tax"] else []),
)
