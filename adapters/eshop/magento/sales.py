"""Orders and customers: what is asked of the shop, and the documents that are made of its answers."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from adapters.eshop.buyers import guest
from adapters.eshop.magento.lists import CUSTOMERS, any_of, picked
from adapters.eshop.magento.shop import Shop
from adapters.eshop.magento.unsent import FIXED, unsent
from adapters.eshop.notes import parcels_in
from adapters.rows import Row
from hub.connector import GUEST, Document

CUSTOMER = "email firstname lastname taxvat addresses"
ADDRESS = (
    "id firstname lastname company street city postcode region country_id telephone default_billing default_shipping"
)
ORDER = (
    "entity_id increment_id state status created_at order_currency_code grand_total tax_amount shipping_amount "
    "shipping_tax_amount shipping_discount_amount shipping_discount_tax_compensation_amount shipping_description "
    "customer_email customer_taxvat customer_note total_paid total_refunded"
)
CREDIT = "gift_cards_amount customer_balance_amount reward_currency_amount"
"""Of Adobe Commerce: what pays for an order, and is taken off its grand total (page "quote table", `base_grand_total`)."""
ITEM = (
    "item_id parent_item_id sku name qty_ordered row_total row_total_incl_tax tax_amount tax_percent discount_amount "
    "discount_tax_compensation_amount"
)
PAYMENT = "method last_trans_id amount_authorized"
HALF_A_CENT = 0.005


def parties(_: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each customer."""
    for row in rows:
        told = picked(row, CUSTOMER)
        told["addresses"] = [picked(each, ADDRESS) for each in row.get("addresses") or ()]
        yield Document(str(row["id"]), told)


def orders(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each order, with its parcels."""
    sent = shipments(shop, [str(row["entity_id"]) for row in rows])
    for row in rows:
        comments, way = notes(row), shipping(row)
        raw = picked(row, ORDER) | {"buyer": buyer_of(row), "notes": comments}
        raw["billing"] = row.get("billing_address") and picked(row["billing_address"], ADDRESS)
        raw["shipping"] = (to := way.get("address")) and picked(to, ADDRESS)
        raw["shipping_method"] = way.get("method")
        raw["payment"] = row.get("payment") and picked(row["payment"], PAYMENT)
        raw["items"] = [picked(each, ITEM) | fixed_taxes(each) | unsent(each, row) for each in sold(row["items"])]
        raw |= picked(row["extension_attributes"], CREDIT)
        taxes = row["extension_attributes"].get("item_applied_taxes") or ()
        raw["shipping_taxes"] = [
            tax["percent"] for each in taxes if each["type"] == "shipping" for tax in each["applied_taxes"]
        ]
        tracks = [track for each in sent.get(str(row["entity_id"]), ()) for track in each.get("tracks") or ()]
        raw["parcels"] = [{"number": each["track_number"], "carrier": each["title"]} for each in tracks]
        raw["parcels"] += parcels_in(comments)
        yield Document(str(row["entity_id"]), raw)


def sold(items: Sequence[Row]) -> Iterator[Row]:
    """Yield the lines that tell what was paid: what stands below another line is a part of it, and holds no price.

    But a bundle of dynamic price is only the sum of what stands below it: it has neither a rate of tax nor the discounts
    of its parts (source: TaxCalculation, calculateParent; SalesRule, Discount, collect).
    """
    below = defaultdict[Any, list[Row]](list)
    for item in items:
        below[item.get("parent_item_id") or None].append(item)
    for item in below[None]:
        parts = below[item["item_id"]]
        yield from parts if _is_sum(item, parts) else [item]


def _is_sum(item: Row, parts: Sequence[Row]) -> bool:
    """Return whether all of a bundle's price and tax stands below it; of a fixed price, one of both does not."""
    off = [
        abs((item.get(name) or 0) - sum(part.get(name) or 0 for part in parts)) for name in ("row_total", "tax_amount")
    ]
    is_bundle = item.get("product_type") == "bundle" and not item.get("discount_amount")
    return is_bundle and bool(parts) and max(off) < HALF_A_CENT


def fixed_taxes(item: Row) -> dict[str, Any]:
    """Return what stands beside a line's price, such as for the disposal of a device (source: Weee, WeeeTax, collect).

    It is in no sum of the line, but in the order's; with its own tax, if it is taxed.
    """
    told: list[Row] = orjson.loads(item.get("weee_tax_applied") or "[]")
    taxes = [{"title": e["title"], "net": e["row_amount"], "gross": e["row_amount_incl_tax"]} for e in told]
    return {FIXED: taxes} if taxes else {}


def notes(row: Row) -> list[str]:
    """Return an order's comments, the oldest first."""
    told = sorted(row.get("status_histories") or (), key=lambda each: each["entity_id"])
    return [each["comment"] for each in told if each["comment"]]


def shipping(row: Row) -> Row:
    """Return how an order goes, and to which address; what is only downloaded goes nowhere."""
    assigned = row["extension_attributes"].get("shipping_assignments") or ()
    nothing: Row = {}
    return next((each["shipping"] for each in assigned), nothing)


def shipments(shop: Shop, orders: Sequence[str]) -> dict[str, list[Row]]:
    """Return the shipments of orders, the oldest first."""
    found: dict[str, list[Row]] = {}
    for each in any_of("order_id", orders):
        for row in shop.all("shipments", each, by=("entity_id", "entity_id")):
            found.setdefault(str(row["order_id"]), []).append(row)
    return found


def buyer_of(row: Row) -> str | None:
    """Return who ordered: an account, or a guest by the e-mail address."""
    return str(row["customer_id"]) if row.get("customer_id") else guest(row.get("customer_email"))


def buyers(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield those who placed orders, as the list of customers shows them."""
    yield from parties(shop, customers(shop, [str(row["customer_id"]) for row in rows if row.get("customer_id")]))
    yield from parties(shop, [_guest(row) for row in rows if not row.get("customer_id") and row.get("customer_email")])


def customers(shop: Shop, ids: Sequence[str]) -> list[Row]:
    """Return customers by their identities; of guests what their latest order says."""
    found = CUSTOMERS.some(shop, [id_ for id_ in ids if id_.isdigit()])
    for email in (id_.removeprefix(GUEST) for id_ in ids if id_.startswith(GUEST)):
        placed = [("customer_email", "eq", email), ("customer_is_guest", "eq", 1)]
        rows, _ = shop.rows("orders", *placed, down=True, size=1)
        found += map(_guest, rows)
    return found


def _guest(row: Row) -> dict[str, Any]:
    """Return who placed an order without an account, as an account."""
    to, home = shipping(row).get("address"), row.get("billing_address")
    lived = [
        {**each, "id": None, use: True} for use, each in (("default_billing", home), ("default_shipping", to)) if each
    ]
    names = picked(home, "firstname lastname") if home else {}
    told = {"email": row["customer_email"], "taxvat": row.get("customer_taxvat"), "addresses": lived}
    return {"id": buyer_of(row)} | names | told
