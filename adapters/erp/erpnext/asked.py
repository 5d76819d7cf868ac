"""Rows of ERPNext's lists -> documents: with what stands in child tables and in documents that refer to them."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from operator import itemgetter
from typing import Any

from adapters.asking.checks import Amiss
from adapters.erp.erpnext.client import ErpNext, Filters
from adapters.erp.erpnext.translate import CLOSED, WHOLE
from adapters.erp.reference import OURS
from adapters.erp.short import short_shipped
from adapters.rows import Row
from hub.connector import Document

ITEM = (
    "item_name description stock_uom item_group brand variant_of disabled is_sales_item end_of_life weight_per_unit "
    "weight_uom image"
)
SOLD = [["has_variants", "=", 0]]
"""A template is no article: its variants are."""
ITEM_PRICE = "item_code price_list currency price_list_rate valid_from valid_upto uom"
BIN = "item_code warehouse actual_qty reserved_qty reserved_qty_for_production reserved_qty_for_sub_contract stock_uom"
CUSTOMER = (
    "customer_name customer_type tax_id email_id mobile_no language default_price_list default_currency disabled "
    "is_frozen customer_details"
)
ADDRESS = "address_title address_type address_line1 address_line2 city state pincode country phone"
ORDER = "po_no status docstatus per_delivered"
BROUGHT = [["po_no", "like", f"%{OURS}%"]]
"""Orders that the hub brought."""
RETURNED = [["returned_qty", ">", 0]]
LINKED = [["parenttype", "=", "Address"], ["link_doctype", "=", "Customer"]]


def grouped(rows: Sequence[Row], key: str) -> dict[str, list[dict[str, Any]]]:
    """Return rows by what they belong to, as they stand, without what moves by itself."""
    groups: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append({name: value for name, value in row.items() if name not in ("id", "modified")})
    return groups


def plain(row: Row, fields: str) -> dict[str, Any]:
    """Return of a row what counts."""
    return {name: row[name] for name in ("name", *fields.split())}


def items(erp: ErpNext, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield items, with their barcodes, attributes and taxes; their groups as paths."""
    names, paths = [row["name"] for row in rows], _group_paths(erp) if rows else {}
    barcodes = grouped(_of_items(erp, "Item Barcode", "parent barcode uom idx", names), "parent")
    attributes = grouped(
        _of_items(erp, "Item Variant Attribute", "parent attribute attribute_value idx", names), "parent"
    )
    taxes = grouped(_of_items(erp, "Item Tax", "parent item_tax_template tax_category idx", names), "parent")
    for row in rows:
        ended = (row["end_of_life"] or "9999-12-31") <= str(erp.today())
        raw = plain(row, ITEM) | {"category": paths.get(row["item_group"]), "ended": ended}
        raw["barcodes"] = [{each: code[each] for each in ("barcode", "uom")} for code in barcodes[row["name"]]]
        raw["attributes"] = [
            {each: told[each] for each in ("attribute", "attribute_value")} for told in attributes[row["name"]]
        ]
        raw["tax_templates"] = [each["item_tax_template"] for each in taxes[row["name"]] if not each["tax_category"]]
        yield Document(row["id"], raw)


def _of_items(erp: ErpNext, doctype: str, fields: str, names: Sequence[str]) -> list[dict[str, Any]]:
    return sorted(erp.some(doctype, fields, "parent", names, parent="Item"), key=itemgetter("idx"))


def _group_paths(erp: ErpNext) -> dict[str, str]:
    """Return each item group's path, without the root that all have in common."""
    above = {row["name"]: row["parent_item_group"] for row in erp.rows("Item Group", "parent_item_group")}

    def path(name: str) -> str:
        over = above.get(name)
        return f"{path(over)} > {name}".removeprefix(" > ") if over else ""

    return {name: path(name) for name in above}


def for_all(erp: ErpNext) -> Filters:
    """Return what holds for prices that are every customer's, and not those of the hub's orders."""
    filters = [["selling", "=", 1], ["customer", "is", "not set"], ["batch_no", "is", "not set"]]
    orders = erp.options.order_price_list
    return [*filters, ["price_list", "!=", orders]] if orders else filters


def prices(erp: ErpNext, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield of each item, of these rows of items or prices, the price that holds today in each list and currency.

    A variant that has none there has its template's (stock/get_item_details.py, get_price_list_rate).
    """
    items, preference, used = _priced(erp, rows), _preference(erp.today()), _used_lists(erp) if rows else ()
    names = dict.fromkeys([*items, *(item["variant_of"] for item in items.values() if item["variant_of"])])
    listed = grouped(erp.some("Item Price", ITEM_PRICE, "item_code", [*names], for_all(erp)), "item_code")
    for name, item in items.items():
        there = [*listed[item["variant_of"] or ""], *listed[name]]
        told = [{**row, "item_code": name, "own": row["item_code"] == name} for row in there]
        usable = [row for row in told if row["price_list"] in used]
        fitting = [row for row in usable if row["uom"] in (None, "", item["stock_uom"])]
        best = {(row["price_list"], row["currency"]): row for row in sorted(fitting, key=preference)}
        for (price_list, currency), row in best.items():
            yield Document(f"{name}|{price_list}|{currency}", plain(row, ITEM_PRICE))


def _used_lists(erp: ErpNext) -> set[str]:
    """Return the price lists that are in use: by others nothing is sold any more (price_list.py, get_price_list_details)."""
    return {row["name"] for row in erp.rows("Price List", "", [["enabled", "=", 1]])}


def _priced(erp: ErpNext, rows: Sequence[Row]) -> dict[str, Row]:
    """Return the items that rows of items or prices speak of; a template's price is that of its variants."""
    named = [row.get("item_code") or row["name"] for row in rows]
    above = [row["item_code"] for row in rows if "item_code" in row]
    asked = (("name", named), ("variant_of", above))
    found = (erp.some("Item", "stock_uom variant_of", key, values, SOLD) for key, values in asked)
    return {item["name"]: item for some in found for item in some}


def _preference(today: date) -> Callable[[Row], tuple[bool, bool, int, int, str]]:
    """Return how well a price fits a day, the best last: what holds, the item's own before its template's.

    Of those that do not hold, what will soonest, then what did; of several, the newer one.
    """

    def fits(row: Row) -> tuple[bool, bool, int, int, str]:
        begin, end = _ordinal(row["valid_from"] or "0001-01-01"), _ordinal(row["valid_upto"] or "9999-12-31")
        if begin > today.toordinal():
            return False, row["own"], 1, -begin, row["name"]
        holds = end >= today.toordinal()
        return holds, row["own"], 0, begin, row["name"]

    return fits


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def price_rows(erp: ErpNext, ids: Sequence[str]) -> list[Row]:
    """Return the items that prices belong to."""
    return [*erp.some("Item", "stock_uom", "name", [id_.rsplit("|", 2)[0] for id_ in ids], SOLD)]


def levels(erp: ErpNext, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield what lies in the warehouses that are named, or in all of the company."""
    there = {row["name"] for row in erp.rows("Warehouse", "", [["company", "=", erp.options.company]])}
    if missing := {*erp.options.storage} - there:
        names = ", ".join(sorted(missing))
        raise Amiss(f"there is no warehouse {names}", f"mend storage in [systems.{erp.name}]")
    meant = {*erp.options.storage} or there
    return (Document(row["id"], plain(row, BIN)) for row in rows if row["warehouse"] in meant)


def customers(erp: ErpNext, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield customers, of these rows of customers or of their addresses."""
    known = {row["name"]: row for row in rows if "customer_name" in row}
    moved = [row["name"] for row in rows if "address_title" in row]
    links = erp.some("Dynamic Link", "parent link_name", "parent", moved, LINKED, parent="Address") if moved else []
    others = [row["link_name"] for row in links if row["link_name"] not in known]
    known |= {row["name"]: row for row in erp.some("Customer", CUSTOMER, "name", others)}
    places, codes = addresses_of(erp, [*known]), countries(erp) if known else {}
    for name, row in known.items():
        told = [{**each, "code": codes.get(each["country"])} for each in places[name]]
        yield Document(name, plain(row, CUSTOMER) | {"addresses": told})


def addresses_of(erp: ErpNext, names: Sequence[str]) -> defaultdict[str, list[dict[str, Any]]]:
    """Return the addresses of customers that are in use, by the customer, in the order of their names."""
    links = erp.some("Dynamic Link", "parent link_name", "link_name", names, LINKED, parent="Address")
    found = erp.some("Address", ADDRESS, "name", [link["parent"] for link in links], [["disabled", "=", 0]])
    there, places = {row["name"]: plain(row, ADDRESS) for row in found}, defaultdict[str, list[dict[str, Any]]](list)
    for link in sorted(links, key=itemgetter("parent")):
        if link["parent"] in there:
            places[link["link_name"]].append(there[link["parent"]])
    return places


def countries(erp: ErpNext) -> dict[str, str]:
    """Return the country codes by the names that addresses refer to."""
    return {row["name"]: (row["code"] or "").upper() for row in erp.rows("Country", "code")}


def orders(erp: ErpNext, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield orders, of these rows of orders, delivery notes or shipments, with their parcels and the first invoice."""
    ways = [row["name"] for row in rows if "awb_number" in row]
    sent = erp.some("Shipment Delivery Note", "delivery_note", "parent", ways, parent="Shipment")
    notes = [*(row["name"] for row in rows if "lr_no" in row), *(row["delivery_note"] for row in sent)]
    found = erp.some("Delivery Note Item", "against_sales_order", "parent", notes, parent="Delivery Note")
    known = {row["name"]: row for row in rows if "po_no" in row}
    others = [row["against_sales_order"] for row in found if row["against_sales_order"] not in (None, "", *known)]
    known |= {row["name"]: row for row in erp.some("Sales Order", ORDER, "name", others, BROUGHT)}
    parcels, invoices, sent = _parcels(erp, [*known]), _invoices(erp, [*known]), _sent(erp, [*known.values()])
    short = _short(erp, [*known.values()])
    for name, row in known.items():
        also = {
            "parcels": parcels[name],
            "invoice": invoices.get(name),
            "sent": sent.get(name),
            "short": short.get(name),
        }
        yield Document(name, plain(row, ORDER) | also)


def _sent(erp: ErpNext, orders: Sequence[Row]) -> dict[str, float]:
    """Return the per cent that was sent, of orders of which something has come back.

    That is delivered no longer, to ERPNext (delivery_note.py and sales_invoice.py, status_updater).
    """
    names = [row["name"] for row in orders if float(row["per_delivered"] or 0) < WHOLE]
    returned = erp.some("Sales Order Item", "parent", "parent", names, RETURNED, parent="Sales Order")
    fields = "parent qty delivered_qty returned_qty"
    lines = grouped(
        erp.some("Sales Order Item", fields, "parent", [row["parent"] for row in returned], parent="Sales Order"),
        "parent",
    )
    return {name: _share(rows) for name, rows in lines.items()}


def _short(erp: ErpNext, orders: Sequence[Row]) -> dict[str, list[dict[str, str]] | None]:
    """Return of what closed orders sent less: Close leaves what is not delivered (sales_order.py, update_status).

    What has come back was sent.
    """
    closed = [row["name"] for row in orders if row["status"] == CLOSED]
    fields = "parent item_code qty delivered_qty returned_qty"
    lines = grouped(erp.some("Sales Order Item", fields, "parent", closed, parent="Sales Order"), "parent")
    return {
        name: short_shipped((row["item_code"], row["qty"], _gone(row)) for row in rows) for name, rows in lines.items()
    }


def _gone(line: Row) -> float:
    """Return how many have left, whatever has come back."""
    return float(line["delivered_qty"] or 0) + float(line["returned_qty"] or 0)


def _share(lines: Sequence[Row]) -> float:
    """As ERPNext reckons what is delivered (controllers/status_updater.py, _update_percent_field)."""
    sent = sum(min(_gone(row), float(row["qty"])) for row in lines)
    return round(sent / sum(float(row["qty"]) for row in lines) * WHOLE, 6)


SUBMITTED = [["docstatus", "=", 1]]
KEPT = [*SUBMITTED, ["is_return", "=", 0]]


def _parcels(erp: ErpNext, names: Sequence[str]) -> defaultdict[str, list[dict[str, Any]]]:
    """Return what delivery notes, and shipments of them, say of parcels, by the order."""
    lines = erp.some(
        "Delivery Note Item",
        "parent against_sales_order",
        "against_sales_order",
        names,
        SUBMITTED,
        parent="Delivery Note",
    )
    notes = {line["parent"] for line in lines}
    told: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in erp.some("Delivery Note", "lr_no transporter_name", "name", sorted(notes), KEPT):
        told[row["name"]].append({"number": row["lr_no"], "carrier": row["transporter_name"], "address": None})
    for note, parcel in _shipped(erp, sorted(notes)) if erp.options.shipments else ():
        told[note].append(parcel)
    parcels: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for order, note in sorted({(line["against_sales_order"], line["parent"]) for line in lines}):
        parcels[order] += [each for each in told[note] if each["number"] and each not in parcels[order]]
    return parcels


def _shipped(erp: ErpNext, notes: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what shipments of delivery notes say of parcels."""
    sent = erp.some("Shipment Delivery Note", "parent delivery_note", "delivery_note", notes, parent="Shipment")
    names, fields = [row["parent"] for row in sent], "awb_number carrier tracking_url"
    ways = {row["name"]: row for row in erp.some("Shipment", fields, "name", names, SUBMITTED)}
    for row in sent:
        if way := ways.get(row["parent"]):
            address = way["tracking_url"] or None
            yield row["delivery_note"], {"number": way["awb_number"], "carrier": way["carrier"], "address": address}


def _invoices(erp: ErpNext, names: Sequence[str]) -> dict[str, str]:
    """Return the first invoice of each order."""
    lines = erp.some(
        "Sales Invoice Item", "parent sales_order", "sales_order", names, SUBMITTED, parent="Sales Invoice"
    )
    good = {row["name"] for row in erp.some("Sales Invoice", "", "name", [line["parent"] for line in lines], KEPT)}
    pairs = sorted(((line["sales_order"], line["parent"]) for line in lines if line["parent"] in good), reverse=True)
    return dict(pairs)
