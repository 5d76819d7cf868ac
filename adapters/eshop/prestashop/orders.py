"""What is asked of the shop about orders, and the documents that are made of its answers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from adapters.eshop.prestashop.asked import associated, currencies, located, parties, picked
from adapters.eshop.prestashop.shop import Shop, utc
from adapters.rows import Row
from hub.connector import Document

ORDER = (
    "id id_customer module payment total_paid_tax_incl total_paid_tax_excl total_shipping_tax_incl total_shipping_tax_excl "
    "total_wrapping_tax_incl total_wrapping_tax_excl total_discounts_tax_incl total_discounts_tax_excl carrier_tax_rate "
    "round_type"
)
LINE = "id product_name product_reference product_quantity product_quantity_refunded total_price_tax_incl total_price_tax_excl"
STATES = {
    "PS_OS_PAYMENT": "confirmed",
    "PS_OS_WS_PAYMENT": "confirmed",
    "PS_OS_OUTOFSTOCK_PAID": "confirmed",
    "PS_OS_PREPARATION": "processing",
    "PS_OS_SHIPPING": "shipped",
    "PS_OS_DELIVERED": "completed",
    "PS_OS_CANCELED": "cancelled",
    "PS_OS_REFUND": "cancelled",
}
"""The settings that name the shop's usual statuses -> ours; of others it counts what they are ticked for."""
TICKED = {"shipped": "shipped", "delivery": "processing", "paid": "confirmed"}
"""What a status is ticked for -> ours, the furthest first (page "Resource order_states")."""


def states(shop: Shop) -> list[Row]:
    """Return the shop's statuses, with what they are ticked for."""
    return list(shop.all("order_states", "[id,shipped,delivery,paid]"))


def meanings(shop: Shop, settings: Mapping[str, str], found: Sequence[Row]) -> dict[str, str]:
    """Return each of the shop's statuses by its number -> ours."""
    words = {row["id"]: _ticked(row) for row in found}
    words |= {settings[name]: ours for name, ours in STATES.items() if name in settings}
    return words | dict(shop.options.status)


def _ticked(state: Row) -> str:
    return next((ours for name, ours in TICKED.items() if str(state[name]) == "1"), "pending")


def orders(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each order; what they need is asked for once for all."""
    settings, known = shop.configuration(), states(shop)
    zone, status = ZoneInfo(settings["PS_TIMEZONE"]), meanings(shop, settings, known)
    paid = {row["id"] for row in known if str(row["paid"]) == "1"}
    ids = [row["id"] for row in rows]
    lines, parcels = (_by_order(shop.some(name, ids, by="id_order")) for name in ("order_details", "order_carriers"))
    payments, numbers = _payments(shop, rows), _numbers(shop, rows)
    codes = currencies(shop, [row["id_currency"] for row in rows])
    carriers = _names(shop, "carriers", [row["id_carrier"] for row in rows])
    addresses, rates = _addresses(shop, rows), _rates(shop, [each for some in lines.values() for each in some])
    for row in rows:
        money = payments.get(row["reference"], [])
        state = str(row["current_state"])
        raw = picked(row, ORDER) | {"number": numbers[row["id"]], "currency": codes.get(str(row["id_currency"]))}
        raw |= {"placed_at": utc(row["date_add"], zone), "status": status.get(state, "pending")}
        raw |= {"refunded": state == settings.get("PS_OS_REFUND"), "paid": state in paid or _covers(money, row)}
        raw["payments"] = [_payment(each, zone) for each in money] or [{}]  # the method is known before
        raw["lines"] = [picked(each, LINE) | {"rates": rates[each["id"]]} for each in lines.get(row["id"], ())]
        raw["carrier"] = carriers.get(str(row["id_carrier"]))
        raw["tracking"] = [each["tracking_number"] for each in parcels.get(row["id"], ()) if each["tracking_number"]]
        raw |= {use: addresses.get(str(row[f"id_address_{use}"])) for use in ("invoice", "delivery")}
        yield Document(row["id"], raw)


def buyers(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield those who placed orders, also if they were deleted since."""
    return parties(shop, shop.some("customers", [row["id_customer"] for row in rows]))


def _by_order(rows: Iterable[Row]) -> Mapping[str, list[Row]]:
    found: Mapping[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[str(row["id_order"])].append(row)
    return found


def _payments(shop: Shop, rows: Sequence[Row]) -> Mapping[str, list[Row]]:
    """Return reference -> payments: they belong to all orders of one checkout."""
    found: Mapping[str, list[Row]] = defaultdict(list)
    for row in shop.some("order_payments", [row["reference"] for row in rows], by="order_reference"):
        found[row["order_reference"]].append(row)
    return found


def _payment(payment: Row, zone: ZoneInfo) -> dict[str, Any]:
    return {"reference": payment["transaction_id"], "paid_at": utc(payment["date_add"], zone)}


def _covers(payments: Sequence[Row], order: Row) -> bool:
    return bool(payments) and sum(Decimal(str(each["amount"])) for each in payments) >= Decimal(
        str(order["total_paid_tax_incl"])
    )


def _numbers(shop: Shop, rows: Sequence[Row]) -> Mapping[str, str]:
    """Return order -> its number: a checkout may make several orders of one reference (`Order::getUniqReference`)."""
    references = [row["reference"] for row in rows]
    siblings: Mapping[str, list[str]] = defaultdict(list)
    for row in shop.some("orders", references, by="reference", display="[id,reference]"):
        siblings[row["reference"]].append(row["id"])
    found = {row["id"]: row["reference"] for row in rows}
    for reference, ids in siblings.items():
        found |= {id_: f"{reference}#{place}" for place, id_ in enumerate(ids, 1) if place > 1}
    return found


def _names(shop: Shop, resource: str, ids: Iterable[Any]) -> Mapping[str, str]:
    return {row["id"]: row["name"] for row in shop.some(resource, ids, display="[id,name]")}


def _addresses(shop: Shop, rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """Return address -> what it says; what an order has it keeps, although its customer has deleted it since."""
    ids = [row[f"id_address_{use}"] for row in rows for use in ("invoice", "delivery")]
    found = shop.some("addresses", ids)
    return {row["id"]: shown for row, shown in zip(found, located(shop, found), strict=True)}


def _rates(shop: Shop, lines: Sequence[Row]) -> dict[str, list[str]]:
    """Return line -> the per cent of each of its taxes."""
    ids = {line["id"]: associated(line, "taxes") for line in lines}
    taxes = shop.some("taxes", [each for own in ids.values() for each in own], display="[id,rate]")
    rates = {row["id"]: row["rate"] for row in taxes}
    return {line: [rates[each] for each in own if each in rates] for line, own in ids.items()}
