"""Orders and their states (AmountCalculator, StateMachineRegistry; page "Using the State Machine").

A price in an order is a CalculatedPrice: with gross prices `totalPrice` holds the tax, with net ones it does not, without
tax there are no `calculatedTaxes`. `price.totalPrice` is what is to be paid, after the rounding of cash, `price.rawTotal`
before it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.fakes.shopware.criteria import Wrong
from tests.fakes.shopware.entities import time

ORDER = {
    "process": ({"open"}, "in_progress"),
    "complete": ({"in_progress"}, "completed"),
    "cancel": ({"open", "in_progress"}, "cancelled"),
    "reopen": ({"completed", "cancelled"}, "open"),
}
DELIVERY = {
    "ship": ({"open", "shipped_partially"}, "shipped"),
    "ship_partially": ({"open"}, "shipped_partially"),
    "retour_partially": ({"shipped", "shipped_partially"}, "returned_partially"),
    "retour": ({"shipped", "shipped_partially", "returned_partially"}, "returned"),
    "cancel": ({"open"}, "cancelled"),
    "reopen": ({"cancelled"}, "open"),
}
"""Transition -> from where, and whereto."""


@dataclass
class Line:
    """A line as a test orders it: `total` as the tax status says, at these rates (rate -> its part of the total)."""

    label: str
    total: str
    rates: Mapping[str, str]
    sku: str | None = None
    quantity: int = 1
    type: str = "product"
    under: int | None = None
    """The position of the line that it stands under."""
    gone: bool = False
    """The product has been deleted since: the line keeps what it says of it."""


def rounded(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def tax_of(amount: Decimal, rate: Decimal, status: str) -> Decimal:
    return rounded(amount * rate / (100 + rate if status == "gross" else 100))


def taxes(parts: Mapping[str, Decimal], status: str) -> list[dict[str, Any]]:
    """Return calculated taxes; none, if the order is free of tax."""
    return [
        {"tax": float(tax_of(part, Decimal(rate), status)), "taxRate": float(rate), "price": float(part)}
        for rate, part in parts.items()
        if status != "tax-free"
    ]


def calculated(total: str, rates: Mapping[str, str], status: str, quantity: int = 1) -> dict[str, Any]:
    """Return a CalculatedPrice."""
    parts = {rate: Decimal(part) for rate, part in rates.items()}
    return {
        "apiAlias": "calculated_price",
        "unitPrice": float(Decimal(total) / quantity),
        "quantity": quantity,
        "totalPrice": float(total),
        "calculatedTaxes": taxes(parts, status),
        "taxRules": [{"taxRate": float(rate), "percentage": 100.0} for rate in rates],
    }


def cart_price(prices: Sequence[Mapping[str, Any]], status: str, calculation: str, cash: str | None) -> dict[str, Any]:
    """Return an order's price. `calculation`: `horizontal` adds the taxes of all lines, `vertical` taxes their sum."""
    total = sum((Decimal(str(each["totalPrice"])) for each in prices), Decimal(0))
    parts: dict[str, Decimal] = {}
    added: dict[str, Decimal] = {}
    for each in [tax for price in prices for tax in price["calculatedTaxes"]]:
        rate = str(each["taxRate"])
        parts[rate] = parts.get(rate, Decimal(0)) + Decimal(str(each["price"]))
        added[rate] = added.get(rate, Decimal(0)) + Decimal(str(each["tax"]))
    made = taxes(parts, status)
    for each in made if calculation == "horizontal" else ():
        each["tax"] = float(added[str(each["taxRate"])])
    tax = sum((Decimal(str(each["tax"])) for each in made), Decimal(0))
    raw = total + (tax if status == "net" else 0)
    step = Decimal(cash or "0.01")
    return {
        "apiAlias": "cart_price",
        "netPrice": float(total - tax if status == "gross" else total),
        "totalPrice": float((raw / step).quantize(Decimal(1), ROUND_HALF_UP) * step),
        "rawTotal": float(raw),
        "calculatedTaxes": made,
        "taxStatus": status,
    }


def state(name: str) -> dict[str, Any]:
    """Return a state of a state machine; its name is translated, its technical name is not."""
    return {"apiAlias": "state_machine_state", "technicalName": name, "name": name.title(), "translated": {}}


def lines_of(wanted: Sequence[Line], ids: Sequence[str], status: str) -> list[dict[str, Any]]:
    """Return the lines of an order, with those that stand under others beside them."""
    return [
        {
            "apiAlias": "order_line_item",
            "id": id_,
            "parentId": None if line.under is None else ids[line.under],
            "productId": None if line.gone or not line.sku else ids[0],
            "type": line.type,
            "label": line.label,
            "quantity": line.quantity,
            "position": position,
            "payload": {"productNumber": line.sku, "options": []} if line.sku else [],
            "unitPrice": float(Decimal(line.total) / line.quantity),
            "totalPrice": float(line.total),
            "price": calculated(line.total, line.rates, status, line.quantity),
        }
        for position, (id_, line) in enumerate(zip(ids, wanted, strict=True), 1)
    ]


def delivery(id_: str, address: Mapping[str, Any], costs: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Return a delivery. A promotion on the shipping makes another one, with costs below zero and no positions."""
    return {
        "apiAlias": "order_delivery",
        "id": id_,
        "createdAt": time(at),
        "updatedAt": None,
        "stateMachineState": state("open"),
        "shippingOrderAddress": address,
        "shippingCosts": costs,
        "trackingCodes": [],
        "shippingMethod": {
            "apiAlias": "shipping_method",
            "technicalName": "shipping_standard",
            "name": "Standard",
            "translated": {"name": "Standard"},
        },
    }


def transaction(id_: str, amount: float, at: datetime, is_in: str = "open") -> dict[str, Any]:
    """Return a payment. When a customer chooses another way to pay, one more comes, and the first is cancelled."""
    return {
        "apiAlias": "order_transaction",
        "id": id_,
        "createdAt": time(at),
        "updatedAt": None,
        "stateMachineState": state(is_in),
        "amount": {"apiAlias": "calculated_price", "totalPrice": amount},
        "paymentMethod": {
            "apiAlias": "payment_method",
            "technicalName": "payment_prepayment",
            "name": "Vorkasse",
            "translated": {"name": "Vorkasse"},
        },
    }


def moved(record: dict[str, Any], machine: Mapping[str, tuple[set[str], str]], transition: str) -> bool:
    """Carry a transition out; false: it was not needed, as the state is that one already, and nothing happens."""
    now = record["stateMachineState"]["technicalName"]
    begins, ends = machine.get(transition, (set[str](), ""))
    if now == ends:
        return False
    if now not in begins:
        known = ", ".join(name for name, (begins, _) in machine.items() if now in begins)
        raise Wrong(
            "SYSTEM__ILLEGAL_STATE_TRANSITION",
            f'Illegal transition "{transition}" from state "{now}". Possible transitions are: {known}',
        )
    record["stateMachineState"] = state(ends)
    return True
