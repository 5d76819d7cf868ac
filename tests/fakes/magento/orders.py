"""Orders, their shipments, invoices and comments, and customers."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.fakes.magento.criteria import Row, listed, written
from tests.fakes.magento.keys import error
from tests.fakes.records import Record
from tests.fakes.server import Asked, Reply

if TYPE_CHECKING:
    from tests.fakes.magento.shop import Magento


def address(**told: Any) -> Row:
    """Return the address of somebody in Warsaw, as an order shows it: the region is a text."""
    home = {
        "firstname": "Jan",
        "lastname": "Żak",
        "street": ["Prosta 1", "m. 2"],
        "city": "Warszawa",
        "postcode": "00-950",
    }
    more = {"country_id": "PL", "telephone": "+48 22 555 01 23", "region": "mazowieckie", "region_code": "PL-MZ"}
    return {**home, **more, "region_id": 844, **told}


def placed(shop: "Magento", at: datetime, customer: int | None, email: str) -> tuple[Record, Mapping[str, str]]:
    """Add an order of three articles at 4.33 less 1.00 (one with the SKU 00042), with shipping; its tax is rounded once.

    The first is of a configurable product: below its line stands what was bought, at no price.
    """
    told = {
        "qty_ordered": 1,
        "qty_shipped": 0,
        "qty_invoiced": 0,
        "qty_canceled": 0,
        "qty_refunded": 0,
        "is_virtual": 0,
    }
    told |= {"price": 4.33, "row_total": 4.33, "row_total_incl_tax": 5.33, "discount_amount": 1, "tax_percent": 23}
    told |= {"tax_amount": 0.77, "discount_tax_compensation_amount": 0}
    first = len(shop.orders.records) * 10 + 1
    items = [{"item_id": first + number, "product_id": 1, "product_type": "simple", "sku": sku, "name": name, **told}
             for number, (sku, name) in enumerate([("00042", "Lamp"), ("A-1", "Bulb"), ("GONE", "Candle")])]  # fmt: skip
    items[0]["product_type"] = "configurable"
    nothing = dict.fromkeys(("price", "row_total", "row_total_incl_tax", "tax_amount", "discount_amount"), 0)
    items.append({**items[0], **nothing, "item_id": first + 5, "parent_item_id": first, "product_type": "simple"})
    ours: Row = {
        "state": "processing", "status": "processing", "order_currency_code": "PLN", "base_currency_code": "PLN",
        "grand_total": 18.44, "tax_amount": 3.45, "subtotal": 12.99, "discount_amount": -3, "shipping_amount": 5,
        "shipping_tax_amount": 1.15, "shipping_incl_tax": 6.15, "shipping_discount_amount": 0,
        "shipping_discount_tax_compensation_amount": 0, "shipping_description": "Flat Rate - Fixed",
        "total_due": 18.44, "customer_email": email, "customer_id": customer, "customer_is_guest": int(customer is None),
        "customer_note": None, "billing_address": address(email=email), "items": items, "status_histories": [],
        "payment": {"method": "banktransfer", "last_trans_id": None, "additional_information": []},
    }  # fmt: skip
    taxes = [{"code": "VAT", "title": "VAT", "percent": 23, "amount": 1.15}]
    ours["extension_attributes"] = {
        "shipping_assignments": [{"shipping": {"address": address(email=email), "method": "flatrate_flatrate"}}],
        "item_applied_taxes": [{"type": "shipping", "applied_taxes": taxes}],
    }
    record = shop.orders.add(ours)
    record.created = at
    return record, {"net": "14.99", "tax": "3.45", "gross": "18.44"}


def bundle(record: Record, *, dynamic: bool) -> None:
    """Add a bundle of two parts at 10 and 20, less a tenth, to an order.

    Where its price is dynamic, both parts hold theirs, with tax and discount; the bundle's own line has the sums of price
    and tax, no rate, and no discount (code: TaxCalculation, calculateParent; SalesRule, Quote\\Discount, collect; issue
    11957). Otherwise all is the bundle's, with one rate; what its parts cost is shown since 2.4.8 (issue 38687).
    """
    first = 100 * record.id
    common: Row = {"product_id": 1, "qty_ordered": 2, "discount_tax_compensation_amount": 0}
    nothing: Row = dict.fromkeys(("row_total", "row_total_incl_tax", "tax_amount", "discount_amount"), 0)
    held = [
        {"row_total": 10, "row_total_incl_tax": 12.3, "tax_amount": 2.07, "discount_amount": 1, "tax_percent": 23},
        {"row_total": 20, "row_total_incl_tax": 21.6, "tax_amount": 1.44, "discount_amount": 2, "tax_percent": 8},
    ]
    summed: Row = {"row_total": 30, "row_total_incl_tax": 33.9, "tax_amount": 3.51, "discount_amount": 0}
    whole: Row = {"row_total": 30, "row_total_incl_tax": 36.9, "tax_amount": 6.21, "discount_amount": 3}
    own = summed if dynamic else whole | {"tax_percent": 23}
    parts: list[Row] = held if dynamic else [{**nothing, "row_total": each["row_total"]} for each in held]
    lines: list[Row] = [
        {**common, **own, "item_id": first, "product_type": "bundle", "sku": "SET-P-1-P-2", "name": "Set"}
    ]
    for number, part in enumerate(parts, 1):
        known_as = {"item_id": first + number, "parent_item_id": first, "sku": f"P-{number}", "name": f"Part {number}"}
        lines.append({**common, **part, **known_as, "product_type": "simple"})
    record.values["items"] = [*record.values["items"], *lines]


def fix_tax(record: Record, net: float, gross: float) -> None:
    """Put a fixed product tax on an order's first line: it stands beside the line's sums (code: Weee, WeeeTax, collect)."""
    told = {"title": "Recycling", "row_amount": net, "row_amount_incl_tax": gross, "amount": net}
    record.values["items"][0]["weee_tax_applied"] = json.dumps([told])
    for name, more in (("grand_total", gross), ("tax_amount", gross - net)):
        record.values[name] = round(record.values[name] + more, 2)


def shown(record: Record) -> Row:
    """Return an order; what is empty is left out (code: ServiceOutputProcessor)."""
    row = {name: value for name, value in record.values.items() if value is not None}
    return {**row, **written(record), "increment_id": f"{record.id:09}"}


def list_orders(shop: "Magento", asked: Asked) -> Reply:
    """code: OrderRepository, getList."""
    return listed(asked, shop.orders.there(), shown)


def list_shipments(shop: "Magento", asked: Asked) -> Reply:
    """code: ShipmentRepository, getList."""
    return listed(asked, shop.shipments.there(), lambda each: {**each.values, **written(each)})


def ship(shop: "Magento", asked: Asked, id_: str) -> Reply:
    """Page "Create a shipment"; code: ShipOrder, with its validators."""
    record, told = shop.orders.records.get(int(id_)), asked.json
    if record is None:
        return error(404, "The entity that was requested doesn't exist. Verify the entity and try again.")
    if (
        not shop.msi and "arguments" in told
    ):  # framework: ServiceInputProcessor: only Inventory's modules have the attribute
        return error(400, 'Property "SourceCode" does not have accessor method "setSourceCode" in class "%1".')
    source = told.get("arguments", {}).get("extension_attributes", {}).get("source_code")
    if (source or "default") != shop.source:  # code: AssignSourceCodeToShipmentPlugin, for a stock of several sources
        return error(400, "Could not save a shipment, see error log for details")
    items = {item["item_id"]: item for item in record.values["items"]}
    for each in told["items"]:
        item = items.get(each["order_item_id"])
        if item is None or each["qty"] > item["qty_ordered"] - item["qty_shipped"]:
            return error(400, "Shipment Document Validation Error(s):\nYou can't create a shipment without products.")
    for each in told["items"]:
        items[each["order_item_id"]]["qty_shipped"] += each["qty"]
    tracks = [{**each, "order_id": int(id_)} for each in told.get("tracks", ())]
    made = shop.shipments.add({"order_id": int(id_), "tracks": tracks, "items": told["items"]})
    _move(shop, record)
    return Reply(200, str(made.id))


def invoice(shop: "Magento", asked: Asked, id_: str) -> Reply:
    """Page "Create an invoice"; code: InvoiceOrder."""
    record = shop.orders.records[int(id_)]
    items = {item["item_id"]: item for item in record.values["items"]}
    for each in asked.json["items"]:
        if each["qty"] > items[each["order_item_id"]]["qty_ordered"] - items[each["order_item_id"]]["qty_invoiced"]:
            return error(400, "The order does not allow an invoice to be created.")
        items[each["order_item_id"]]["qty_invoiced"] += each["qty"]
    record.values["total_paid"] = record.values["grand_total"]
    _move(shop, record)
    return Reply(200, "1")


def _move(shop: "Magento", record: Record) -> None:
    """code: Order\\StateResolver: what is shipped and invoiced is complete."""
    lines = [item for item in record.values["items"] if "parent_item_id" not in item]
    whole = all(item["qty_ordered"] == item["qty_shipped"] == item["qty_invoiced"] for item in lines)
    state = "complete" if whole else "processing"
    shop.orders.change(record.id, {"state": state, "status": state})


def cancel(shop: "Magento", _asked: Asked, id_: str) -> Reply:
    """code: OrderService, cancel: false for one that cannot be."""
    record = shop.orders.records[int(id_)]
    if record.values["state"] != "new":
        return Reply(200, body=False)
    shop.orders.change(record.id, {"state": "canceled", "status": "canceled"})
    return Reply(200, body=True)


def give_back(record: Record, back: Mapping[int, float]) -> None:
    """Give back what was paid for lines, by their places (code: Creditmemo\\Item, register): shipped or not.

    What is refunded does not get into a shipment any more (code: Order\\Item, getSimpleQtyToShip); all else of the order
    stays as it was.
    """
    for place, quantity in back.items():
        item = record.values["items"][place]
        assert quantity <= item["qty_invoiced"] - item["qty_refunded"], "code: getQtyToRefund"
        item["qty_refunded"] += quantity
        each = (item["row_total"] + item["tax_amount"] - item["discount_amount"]) / item["qty_ordered"]
        record.values["total_refunded"] = record.values.get("total_refunded", 0) + each * quantity


def cancel_rest(record: Record) -> None:
    """Cancel what is neither invoiced nor shipped (code: Order, registerCancellation; Order\\Item, getQtyToCancel)."""
    for item in record.values["items"]:
        if "parent_item_id" not in item:
            item["qty_canceled"] = item["qty_ordered"] - max(item["qty_invoiced"], item["qty_shipped"])


def comment(shop: "Magento", asked: Asked, id_: str) -> Reply:
    """code: OrderService, addComment: the order takes the comment's status, or none."""
    record, told = shop.orders.records[int(id_)], asked.json["statusHistory"]
    if told["status"] != record.values["status"]:
        return error(
            400, 'Unable to add comment: The status "%1" is not part of the order status history.', told["status"]
        )
    row = {**told, "entity_id": len(record.values["status_histories"]) + 1}
    shop.orders.change(record.id, {"status_histories": [row, *record.values["status_histories"]]})
    return Reply(200, body=True)


def list_customers(shop: "Magento", asked: Asked) -> Reply:
    """code: CustomerRepository, getList; the region of an address is a record."""

    def row(record: Record) -> Row:
        dates = {name: value for name, value in written(record).items() if name != "entity_id"}
        return {"id": record.id, **record.values, **dates}

    return listed(asked, shop.users.there(), row)
