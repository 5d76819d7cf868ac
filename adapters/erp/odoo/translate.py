"""What Odoo's fields mean: tables of our fields and the ways to Odoo's; of what is written, the other way. Pure.

Sources: the models in odoo/odoo, addons product, stock, sale, account, delivery, and odoo/addons/base; versions 14 to 19.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from html import escape
from operator import itemgetter
from typing import Any

from adapters.asking.http import exact
from adapters.erp.orders import Unwritable, plain, same_place, visible_number
from adapters.erp.reference import OURS, reference_in
from adapters.erp.short import short_shipped
from adapters.fields import Field, active, asked, at, fixed, in_use, parts, table, told, words
from adapters.rows import Row
from hub.canonical.contacts import vat_id_in

UNITS = words(H87="Units Unit", HUR="Hours", DAY="Days", SMI="mi", LBR="lb lbs", ONZ="oz oz(s)", DZN="Dozens")
"""Odoo's own names -> codes of Recommendation 20; the usual ones the canonical model knows itself."""
GTIN_LENGTHS = (8, 12, 13, 14)
USE = {"invoice": "billing", "delivery": "shipping", "other": "other"}
"""Types of the contacts of a contact that are addresses; `contact` is a person, whose address follows the company's."""
TYPE = {use: type_ for type_, use in USE.items()}
LATER = "reserved_later"
"""Of a product in a warehouse: whether that reserves goods later than when a sale is confirmed."""
POUND = 0.45359237
RATED = "amount amount_type children_tax_ids.amount children_tax_ids.amount_type children_tax_ids.include_base_amount"
"""What the rate of a tax is made of."""
FEW = 6
"""Decimals that a float of Odoo's is good for."""


def rate(taxes: Sequence[Row]) -> str | None:
    """Return the per cent of a product's taxes on sales, if it is one tax of that kind."""
    sale = [tax for tax in taxes if tax["type_tax_use"] == "sale"]
    return per_cent(sale[0]) if len(sale) == 1 else None


def per_cent(tax: Row) -> str | None:
    """Return the rate of a tax, or of a group of taxes on one price, if it is in per cent."""
    if tax["amount_type"] != "group":
        return decimal(tax["amount"]) if tax["amount_type"] == "percent" else None
    own: Sequence[Row] = tax["children_tax_ids"]
    alike = all(each["amount_type"] == "percent" and not each["include_base_amount"] for each in own)
    return decimal(sum(each["amount"] for each in own)) if alike else None


def decimal(value: float) -> str:
    """Return a float of Odoo's as plain text, without what computing has left behind."""
    return plain(Decimal(exact(round(value, FEW))))


def _kilograms(product: Row) -> str | None:
    """An installation has its weights in kilograms or in pounds (product_template.py, product.weight_in_lbs)."""
    in_pounds = (product.get("weight_uom_name") or "").startswith("lb")
    return decimal(product["weight"] * (POUND if in_pounds else 1)) if product["weight"] else None


def _gtin(barcode: str) -> str | None:
    """A barcode may be anything that is scanned in the warehouse."""
    return barcode if barcode.isdigit() and len(barcode) in GTIN_LENGTHS else None


def _family(template: Row) -> str | None:
    """Articles have no number of their own, and names that are not unique."""
    return f"T{template['id']}" if template["product_variant_count"] > 1 else None


def _options(values: Sequence[Row]) -> dict[str, str]:
    return {value["attribute_id"]["name"]: value["name"] for value in values}


def _vat_id(partner: Row) -> str | None:
    """Return a VAT id; people write a slash for "none", as Odoo tells them."""
    number, country = partner["vat"], partner["country_id"]
    return vat_id_in(number, country and country["code"]) if number and number != "/" else None


def _goes_out(picking: Row) -> bool:
    """What comes back from the customer belongs to the same sale (addons/stock/wizard/stock_picking_return.py)."""
    source = picking.get("location_id")
    return not source or source["usage"] != "customer"


def _status(sale: Row) -> str:
    if sale["state"] not in ("sale", "done"):  # `done` is a locked order, up to version 16
        return {"cancel": "cancelled"}.get(sale["state"], "pending")
    out = [picking["state"] for picking in sale.get("picking_ids") or () if _goes_out(picking)]
    going = [state for state in out if state != "cancel"]
    if {*going} - {"done"}:
        return "processing"
    return "completed" if sale["invoice_status"] == "invoiced" else "shipped" if going else "confirmed"


def _short(sale: Row) -> list[dict[str, str]] | None:
    """Return what was sent less, where nothing is to go any more: of lines of which something was cancelled.

    That is what "No Backorder", or cancelling the backorder, leaves behind (stock: stock_move.py, _action_done, and
    sale_stock: sale_order_line.py, move_ids). What only came back, has left; it is delivered no longer, either.
    """
    lines = [line for line in sale.get("order_line") or () if "cancel" in (at(line, "move_ids.state") or ())]
    sent = ((at(each, "product_id.default_code"), each["product_uom_qty"], each["qty_delivered"]) for each in lines)
    return short_shipped(sent, _status(sale))


def _arrived(picking: Row) -> bool:
    target = picking["location_dest_id"]
    return picking["state"] == "done" and bool(target) and target["usage"] == "customer"


def _standing(sale: Row) -> str:
    """Odoo cancels what has left, too (sale_stock: sale_order.py, _action_cancel), which then is not invoiced any more.

    Of invoices it cancels drafts alone (sale: sale_order.py, _action_cancel).
    """
    if sale["state"] == "cancel":
        return "cancelled"
    done = any(map(_arrived, sale.get("picking_ids") or ())) or any(map(_owed, sale.get("invoice_ids") or ()))
    return "delivered" if done else sale["state"]


def _owed(invoice: Row) -> bool:
    """Tell whether an invoice stands: no credit note has taken all of it back."""
    kind = (invoice["state"], invoice["move_type"])
    return kind == ("posted", "out_invoice") and invoice["payment_state"] != "reversed"


def _invoice(invoices: Sequence[Row]) -> str | None:
    """Return the first one's number; drafts have none yet. The newest comes first (account_move.py, _order)."""
    posted = [row for row in invoices if (row["state"], row["move_type"]) == ("posted", "out_invoice")]
    return min(posted, key=itemgetter("id"))["name"] if posted else None


def reserved(product: Row) -> str:
    """Return what is held for others: what is reserved, or, where that is done later, all that is to leave."""
    held = product["qty_available"] - product["free_qty"]
    return decimal(max(held, product["outgoing_qty"] if product[LATER] else held, 0.0))


def storable(product: Row) -> bool:
    """Return whether Odoo counts a product: a type of its own up to version 17, a mark on goods since."""
    counted = product.get("is_storable")
    return product["type"] == "product" if counted is None else counted


# With what is archived, a product is shown its archived taxes too (odoo/fields.py, _RelationalMulti.convert_to_record).
PRODUCT = {
    "sku": Field("default_code"),
    "name": Field("name"),
    "description": Field("description_sale"),
    "unit": Field("uom_id.name", lambda name: UNITS.get(name, name)),
    "category": Field("categ_id.complete_name", lambda path: path.removeprefix("All / ").replace(" / ", " > ")),
    "gtin": Field("barcode", _gtin),
    "tax_rate": in_use("taxes_id", rate, f"type_tax_use {RATED}"),
    "weight": Field("", _kilograms, "weight weight_uom_name"),
    "variant_of": Field("product_tmpl_id", _family, "product_variant_count"),
    "options": Field("product_template_attribute_value_ids", _options, "name attribute_id.name"),
    "active": Field("", lambda row: bool(row["active"] and row["sale_ok"]), "active sale_ok"),
}
PRICE = {
    "sku": Field("default_code"),
    "amount": Field("lst_price", decimal),
    # Of the product's company, or of the main one where it has none (product_template.py, _compute_currency_id).
    "currency": Field("currency_id.name"),
    "tax_included": in_use("taxes_id", lambda taxes: any(tax["price_include"] for tax in taxes), "price_include"),
}
STOCK = {
    "sku": Field("default_code"),
    "on_hand": Field("", lambda row: decimal(max(row["qty_available"], 0.0)), "qty_available type is_storable"),
    "reserved": Field("", reserved, "qty_available free_qty outgoing_qty"),
    "unit": PRODUCT["unit"],
}
PLACE = {
    "street": Field("street"),
    "street_more": Field("street2"),
    "city": Field("city"),
    "postcode": Field("zip"),
    "region": Field("state_id.name"),
    "country": Field("country_id.code"),
}
ADDRESS = PLACE | {
    "name": Field("name"),
    "company": Field("company_name"),
    "phone": Field("phone"),
    "use": Field("type", USE.get),
}
PERSON = {"name": Field("name"), "role": Field("function"), "email": Field("email"), "phone": Field("phone")}


def places(partner: Row) -> list[dict[str, Any]]:
    """Return the addresses of a contact, with their numbers: what stands with itself, and its children in use."""
    children = [child for child in active(partner["child_ids"]) if child["type"] in USE]
    own = {"id": partner["id"], **told(PLACE, partner)}
    return [own, *({"id": child["id"], **told(ADDRESS, child)} for child in children)]


def _addresses(partner: Row) -> list[dict[str, Any]]:
    """A country alone is no address."""
    told_of = [{name: value for name, value in place.items() if name != "id"} for place in places(partner)]
    return [place for place in told_of if any(place[name] for name in ("street", "city", "postcode"))]


def own_places(partner: Row) -> set[str]:
    """Return what stands with a contact itself, as an order may have it: with the name, or without."""
    own = told(PLACE, partner)
    return {same_place(own), same_place({**own, "name": partner["name"]})}


def _sale_places(partner: Row) -> list[dict[str, Any]]:
    """As goods are sent to the contact itself by its name; where it has no address, that is what an order without gets."""
    own, *children = places(partner)
    named = {**own, "name": partner["name"]} if any(own[name] for name in ("street", "city", "postcode")) else own
    return [named, *children]


def _people(children: Sequence[Row]) -> list[dict[str, Any]]:
    return [told(PERSON, child) for child in active(children) if child["type"] == "contact"]


PLACES = f"name {asked(PLACE)} {asked({'': Field('child_ids', asks=f'type active {asked(ADDRESS)}')})}"
PARTY = {
    "number": Field("ref", lambda ref: None if reference_in([ref]) else ref),
    "name": Field("name"),
    "company": Field("is_company"),
    "customer": Field("customer_rank", bool),
    "supplier": Field("supplier_rank", bool),
    "vat_id": Field("", _vat_id, "vat country_id.code"),
    "email": Field("email"),
    "phone": Field("", lambda row: row["phone"] or row.get("mobile"), "phone mobile"),
    "language": Field("lang", lambda code: code[:2]),
    "addresses": Field("", _addresses, PLACES),
    "contacts": Field("child_ids", _people, f"type active {asked(PERSON)}"),
    "blocked": Field("active", lambda is_active: not is_active),
}
ORDER = {
    "status": Field("", _status, "state invoice_status picking_ids.state picking_ids.location_id.usage"),
    "tracking": parts(
        "picking_ids",
        {"carrier": Field("carrier_id.name"), "number": Field("carrier_tracking_ref")},
        "state location_id.usage",
        where=lambda picking: (
            picking["state"] == "done" and bool(picking.get("carrier_tracking_ref")) and _goes_out(picking)
        ),
    ),
    "invoice": Field("invoice_ids", _invoice, "name state move_type"),
    "short_shipped": Field(
        "",
        _short,
        "state invoice_status picking_ids.state picking_ids.location_id.usage order_line.product_id.default_code "
        "order_line.product_uom_qty order_line.qty_delivered order_line.move_ids.state",
    ),
}
"""What becomes of a sale; its content is the channel's."""

# The other way

NO_PRICE_LIST = 0
"""A sale without one is in the company's currency, from version 17 on (addons/sale/models/sale_order.py, currency_id)."""
ID = {"id": Field("id")}
TAX = {"name": Field("name"), "rate": Field("", per_cent, RATED), "company": Field("company_id")}
STANDING = ID | {
    "state": Field(
        "",
        _standing,
        "state picking_ids.state picking_ids.location_dest_id.usage invoice_ids.state invoice_ids.move_type "
        "invoice_ids.payment_state",
    ),
    "total": Field("amount_total", decimal),
}
LINE = table(
    "sale=order_id id product=product_id quantity=product_uom_qty text=name", amount=Field("price_subtotal", decimal)
)
CUSTOMER = ID | {"term": Field("property_payment_term_id"), "addresses": Field("", _sale_places, PLACES)}
NEW_PARTY = {
    "name": Field("name"),
    "vat": Field("vat_id"),
    "email": Field("email"),
    "phone": Field("phone"),
    "is_company": Field("company", bool),
    "ref": Field("reference", lambda reference: OURS + reference),
    "customer_rank": Field("reference", lambda _: 1),  # with the reference: only of a new one
}
NEW_ADDRESS = {
    "parent_id": Field("customer"),
    "type": Field("", lambda place: TYPE.get(place.get("use"), "other")),
    "name": Field("name"),
    "company_name": Field("company"),
    "street": Field("street"),
    "street2": Field("street_more"),
    "city": Field("city"),
    "zip": Field("postcode"),
    "country_id": Field("country"),
    "phone": Field("phone"),
}


def new_sale(company: int, warehouse: int | None, *, html: bool) -> dict[str, Field]:
    """Return the table of a new sale.

    `warehouse`: out of which it goes; none: Odoo's choice. `html`: its note is HTML, as from version 15 on.
    """
    return {
        "company_id": fixed(company),
        **({"warehouse_id": fixed(warehouse)} if warehouse else {}),
        "partner_id": Field("customer"),
        "partner_invoice_id": Field("billing"),
        "partner_shipping_id": Field("shipping"),
        "payment_term_id": Field("term"),
        "pricelist_id": Field("currency", lambda price_list: price_list or False),
        "client_order_ref": Field("", visible_number),
        "origin": Field("reference", lambda reference: OURS + reference),
        "date_order": Field("placed_at", moment),
        "note": Field("note", lambda note: escape(note).replace("\n", "<br>") if html else note),
        "order_line": Field("lines", lambda lines: [[0, 0, line] for line in lines]),
    }


def new_line(taxes: str, stand_in: int | None, included: Mapping[int, Decimal]) -> dict[str, Field]:
    """Return the table of a new line.

    `taxes`: what the field is called in this version; `stand_in`: the product of lines that have none of Odoo's;
    `included`: taxes whose prices hold the tax, and their per cent.
    """

    def product(line: Row) -> int:
        known: int | None = line["product"]["id"] if line["product"] else stand_in
        if known is None:
            mend = "name the internal reference of a service as charge_product in the system's table"
            raise Unwritable("product-missing", f"there is no product in the ERP for {line['text']}; {mend}")
        return known

    return {
        "order_id": Field("sale"),
        "product_id": Field("", product),
        "name": Field("text"),
        "product_uom_qty": Field("quantity", float),
        "price_unit": Field("", lambda line: price(line["price"], included.get(line["tax"]))),
        "discount": fixed(0.0),  # otherwise that of the price list
        taxes: Field("", lambda line: [[6, 0, [line["tax"]] if line["tax"] else []]]),
    }


def price(net: Decimal, included: Decimal | None) -> float:
    """Return a price as a line has it; of a tax that is in the price, with it: as the channel had it, to a tenth of a cent."""
    return float(net if included is None else (net * (1 + included / 100)).quantize(Decimal("0.001")))


def moment(at: str) -> str:
    """Return an RFC 3339 text as Odoo takes it, in UTC."""
    return datetime.fromisoformat(at).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
