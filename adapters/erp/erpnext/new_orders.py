"""An order as a new Sales Order of ERPNext: its lines, taxes, addresses and dates."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from adapters.erp.erpnext.client import ErpNext
from adapters.erp.erpnext.customers import Places
from adapters.erp.orders import (
    NOTHING,
    ROUNDING,
    Fields,
    SaleLine,
    no_customer,
    places_of,
    plain,
    sale_lines,
    visible_number,
)
from adapters.erp.reference import OURS
from adapters.writing.writes import Unfit
from hub.canonical.codes import decimals_of
from hub.connector import Write

Values = dict[str, Any]
NO_TAX = {"item_tax_template": ""}
"""Of a line, to which nothing else than the order's own taxes is to come: what is not told would be that of its item, whose
accounts the order gets rows for (erpnext/controllers/accounts_controller.py, append_taxes_from_item_tax_template)."""
LONGEST = 90
"""Letters of the visible number, so that the reference fits behind it."""


@dataclass
class NewOrders:
    """Orders for one site, and what they refer to there."""

    erp: ErpNext
    writes: Sequence[Write]

    @cached_property
    def _units(self) -> Mapping[str, str]:
        """Item -> its unit, of all that the orders name."""
        ids = [id_ for each in self.writes for id_ in each.links.get("products", {}).values()]
        service = self.erp.options.service_item
        rows = self.erp.some("Item", "stock_uom", "name", [*ids, *([service] if service else [])])
        return {row["name"]: row["stock_uom"] for row in rows}

    @cached_property
    def _places(self) -> Places:
        customers = [each.links.get("parties", {}).get(each.record.get("party") or "") for each in self.writes]
        return Places(self.erp, [each for each in customers if each])

    @cached_property
    def _accounts(self) -> Mapping[str, str]:
        """Per cent -> account: of the options, otherwise of the company's sales tax templates."""
        ours = [["company", "=", self.erp.options.company], ["disabled", "=", 0]]
        template = "Sales Taxes and Charges Template"
        names = [row["name"] for row in self.erp.rows(template, "", ours)]
        rows = self.erp.some("Sales Taxes and Charges", "rate account_head", "parent", names, parent=template)
        found = {plain(Decimal(str(row["rate"]))): row["account_head"] for row in reversed(rows) if row["rate"]}
        return {**found, **self.erp.options.taxes}

    def values(self, write: Write) -> Values:
        """Return a new order. Raises Unfit, or Unwritable."""
        order, options = write.record, self.erp.options
        customer = write.links.get("parties", {}).get(order.get("party") or "")
        if not customer:
            raise Unfit("party-missing", no_customer(order))
        lines = list(sale_lines(order))
        values: Values = self._dated(order) | {
            "customer": customer,
            "company": options.company,
            "po_no": f"{visible_number(order)[:LONGEST]} {OURS}{write.reference}",
            "order_type": "Sales",
            "ignore_pricing_rule": 1,
            "disable_rounded_total": 1,
            "items": [self._line(write, line) for line in lines if not _is_discount(line)],
            "taxes": self._taxes(order, lines),
            **_discount(order, lines),
        }
        values |= {"set_warehouse": options.warehouse} if options.warehouse else {}
        # Into it ERPNext writes what items cost here that have no price there (stock/get_item_details.py, insert_item_price).
        values |= {"selling_price_list": options.order_price_list} if options.order_price_list else {}
        values |= {"currency": order["currency"]} if order.get("currency") else {}
        if order.get("note") and values["items"]:
            values["items"][0]["additional_notes"] = order["note"]
        return values | self._addresses(customer, order)

    def _dated(self, order: Fields) -> Values:
        placed = order.get("placed_at")
        day = self.erp.day_of(placed) if placed else self.erp.today()
        return {
            "transaction_date": str(day),
            "delivery_date": str(day + timedelta(days=self.erp.options.delivery_days)),
        }

    def _addresses(self, customer: str, order: Fields) -> Values:
        billing, shipping = (
            place if any(place.get(name) for name in ("street", "city", "postcode")) else None
            for place in places_of(order)
        )
        found = {"customer_address": billing, "shipping_address_name": shipping}
        ready = {name: self._places.values(place) for name, place in found.items() if place}
        return {name: self._places.put(customer, values) for name, values in ready.items()}

    def _line(self, write: Write, line: SaleLine) -> Values:
        """Return a line. Its unit is that of the stock: an item's own for sales may be another."""
        item = write.links.get("products", {}).get(line.sku or "")
        if item not in self._units:
            item = self.erp.options.service_item
        if not item or item not in self._units:
            why = f"there is no item for {line.text}; name one as service_item in [systems.{self.erp.name}]"
            raise Unfit("item-missing", why)
        named = (
            {"item_name": line.text[:140], "description": line.text} if item == self.erp.options.service_item else {}
        )
        free = {"discount_percentage": 100} if not line.price else {}  # otherwise the price list's price is taken
        amounts = {"qty": float(line.quantity), "rate": float(line.price), "uom": self._units[item]}
        return {"item_code": item, "conversion_factor": 1, **amounts, **NO_TAX, **named, **free}

    def _taxes(self, order: Fields, lines: Sequence[SaleLine]) -> list[Values]:
        """Return the tax of each rate as an amount; the last makes their sum that of the order.

        One of 0 % only where its account is named: templates have such rows for what items' own templates fill.
        """
        cent = Decimal(1).scaleb(-decimals_of(order.get("currency")))
        sums: defaultdict[str, Decimal] = defaultdict(Decimal)
        for line in lines:
            if line.rate and (line.rate != NOTHING or line.rate in self._accounts):
                sums[line.rate] += line.price * Decimal(line.quantity) * Decimal(line.rate) / 100
        amounts = {rate: amount.quantize(cent) for rate, amount in sorted(sums.items())}
        totals: Fields = order.get("totals") or {}
        rest = Decimal(totals.get("tax") or 0) - sum(amounts.values())
        if any(amounts.values()) and totals.get("tax") is not None and abs(rest) <= cent * (len(lines) + 1):
            amounts[[*amounts][-1]] += rest
        return [self._tax(rate, amount) for rate, amount in amounts.items()] or [self.rounding(Decimal())]

    def rounding(self, amount: Decimal) -> Values:
        """Return a row without tax. An order without any row would get those of the company's default template."""
        return _row(self._rounding_account, ROUNDING, amount)

    @cached_property
    def _rounding_account(self) -> str:
        named = self.erp.options.rounding_account
        account = named or self.erp.document("Company", self.erp.options.company).get("round_off_account")
        if not account:
            raise Unfit("rounding-account-missing", "the company has no round off account; set it there")
        return account

    def _tax(self, rate: str, amount: Decimal) -> Values:
        if rate not in self._accounts:
            why = f"there is no account for a tax of {rate} %; name it under taxes in [systems.{self.erp.name}]"
            raise Unfit("tax-unknown", why)
        return _row(self._accounts[rate], f"{rate} %", amount)


def _row(account: str, description: str, amount: Decimal) -> Values:
    named = {"account_head": account, "description": description}
    return {"charge_type": "Actual", **named, "tax_amount": float(amount)}


def _is_discount(line: SaleLine) -> bool:
    return line.sku is None and line.price < 0


def _discount(order: Fields, lines: Sequence[SaleLine]) -> Values:
    """Return what is taken off the whole order: ERPNext refuses lines below zero unless it is told to bear them."""
    cent = Decimal(1).scaleb(-decimals_of(order.get("currency")))
    total = -sum((line.price * Decimal(line.quantity) for line in lines if _is_discount(line)), Decimal())
    return {"apply_discount_on": "Net Total", "discount_amount": float(total.quantize(cent))} if total else {}
