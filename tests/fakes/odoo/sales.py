"""What the apps do with sales, stock and contacts (addons sale, sale_stock, stock, base_vat)."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hub.canonical.codes import decimals_of
from tests.fakes.odoo.orm import OdooError, Orm, invalid
from tests.fakes.records import Record

CENT = Decimal("0.01")


class Sales:
    """What happens to records when they are made, read and confirmed."""

    def __init__(self, orm: Orm, version: int) -> None:
        self.orm, self.version = orm, version
        self.held = False
        """Whether somebody else holds the sales, from version 19 on (odoo/exceptions.py, LockError)."""
        self.pounds = False
        """product: product_template.py, the system parameter product.weight_in_lbs."""
        orm.created |= {
            "sale.order.line": self._new_line,
            "sale.order": self._new_sale,
            "res.partner": self._new_contact,
        }
        orm.computed |= {
            ("sale.order", "amount_total"): self._total,
            ("sale.order.line", "price_subtotal"): lambda record, _: float(self._amount(record)),
            ("product.product", "lst_price"): lambda record, context: orm.value(
                "product.product", record, "list_price", context
            ),
            ("product.product", "qty_available"): lambda record, context: self._there(record, context, "quantity"),
            ("product.product", "free_qty"): lambda record, context: (
                self._there(record, context, "quantity") - self._there(record, context, "reserved_quantity")
            ),
            ("product.product", "outgoing_qty"): self._outgoing,
            ("product.template", "currency_id"): self._currency,
            ("product.template", "weight_uom_name"): lambda _record, _: "lb" if self.pounds else "kg",
            ("res.partner", "email_normalized"): lambda record, _: (record.values.get("email") or "").lower() or False,
        }

    def _there(self, product: Record, context: Mapping[str, Any], what: str) -> float:
        """stock: product.py, quantities of the context's location."""
        quants = [each.values for each in self.orm.tables["stock.quant"].there()]
        here = [each for each in quants if context.get("location") in (None, each["location_id"])]
        return sum(each[what] for each in here if each["product_id"] == product.id)

    def _outgoing(self, product: Record, context: Mapping[str, Any]) -> float:
        """stock: product.py, _compute_quantities_dict: what leaves the context's location, reserved or not."""
        moves = [each.values for each in self.orm.tables["stock.move"].there()]
        open_ = [each for each in moves if each["state"] in ("waiting", "confirmed", "assigned", "partially_available")]
        mine = [each for each in open_ if each["product_id"] == product.id]
        return sum(each["product_qty"] for each in mine if each["location_id"] == context.get("location"))

    def _currency(self, template: Record, _context: Mapping[str, Any]) -> int:
        """product: product_template.py, _compute_currency_id: of what belongs to no company, the main company's."""
        company = template.values.get("company_id") or 1
        return self.orm.tables["res.company"].records[company].values["currency_id"]

    def _new_contact(self, partner: Record) -> None:
        values = partner.values
        values.setdefault("type", "contact")
        if values["type"] == "contact" and not values.get("name"):
            raise invalid("Contacts require a name")
        if values.get("vat") and not values["vat"][:2].isalpha():
            raise invalid(f"The VAT number [{values['vat']}] for partner [{values['name']}] does not seem to be valid.")

    def _new_line(self, line: Record) -> None:
        """sale: sale_order_line_accountable_required_fields, up to version 18, as prices keep two decimals (`digits`)."""
        if not line.values.get("product_id") and self.version < 19:
            raise invalid("The operation cannot be completed: Missing required fields on accountable sale order line.")
        if self.version < 19:
            price = Decimal(str(line.values.get("price_unit", 0)))
            line.values["price_unit"] = float(price.quantize(CENT, ROUND_HALF_UP))

    def _new_sale(self, sale: Record) -> None:
        needed = ["partner_id", "partner_invoice_id", "partner_shipping_id"]
        for name in [*needed, *(["pricelist_id"] if self.version < 17 else [])]:
            if not sale.values.get(name):
                raise invalid(
                    f"The operation cannot be completed: - Create/update: a mandatory field is not set. {name}"
                )
        sale.values |= {"name": f"S{sale.id:05}", "state": "draft", "invoice_status": "no"}
        sale.values.setdefault("warehouse_id", 1)  # sale_stock: sale_order.py, that of the salesperson, or the first

    def _total(self, sale: Record, context: Mapping[str, Any]) -> float:
        lines = [
            self.orm.tables["sale.order.line"].records[id_]
            for id_ in self.orm.value("sale.order", sale, "order_line", context)
        ]
        return float(sum((self._gross(line) for line in lines), Decimal()))

    def _gross(self, line: Record) -> Decimal:
        added = [tax for _, tax, included in self._taxed(line) if not included]
        return self._amount(line) + sum(added, Decimal())

    def _amount(self, line: Record) -> Decimal:
        amount = Decimal(str(line.values["price_unit"])) * Decimal(str(line.values.get("product_uom_qty", 1)))
        return amount.quantize(self._coin(line), ROUND_HALF_UP)

    def _coin(self, line: Record) -> Decimal:
        """base: res_currency.py, rounding."""
        tables = self.orm.tables
        prices = tables["sale.order"].records[line.values["order_id"]].values.get("pricelist_id")
        currency = tables["product.pricelist"].records[prices].values["currency_id"] if prices else None
        name = tables["res.currency"].records[currency].values["name"] if currency else "PLN"
        return Decimal(1).scaleb(-decimals_of(name))

    def _taxed(self, line: Record) -> Iterator[tuple[Decimal, Decimal, bool]]:
        """Yield rate, tax and whether the price holds it (account: account_tax.py; rounded per line, as at first)."""
        field, amount = "tax_ids" if self.version >= 19 else "tax_id", self._amount(line)
        taxes = self.orm.tables["account.tax"].records
        told = [taxes[id_].values for id_ in line.values.get(field, [])]
        parts = [taxes[id_].values for each in told for id_ in each.get("children_tax_ids") or ()]
        for values in parts or told:
            rate, included = Decimal(str(values["amount"])), bool(values.get("price_include"))
            tax = amount * rate / (100 + rate if included else 100)
            yield rate, tax.quantize(self._coin(line), ROUND_HALF_UP), included

    def taxes(self, line: Record) -> Iterator[tuple[str, Decimal]]:
        """Yield the rate and amount of each tax of a line."""
        return ((f"{rate.normalize():f}", tax) for rate, tax, _ in self._taxed(line))

    def action_confirm(self, ids: Sequence[int]) -> bool:
        """sale: sale_order.py, action_confirm; sale_stock makes the delivery."""
        table = self.orm.tables["sale.order"]
        if self.held:
            raise OdooError("odoo.exceptions.LockError", "Cannot grab a lock on records")
        if any(table.records[id_].values["state"] not in ("draft", "sent") for id_ in ids):
            message = "Some orders are not in a state requiring confirmation."
            raise OdooError("odoo.exceptions.UserError", message)
        for id_ in ids:
            table.change(id_, {"state": "sale", "invoice_status": "to invoice"})
            self._pick(id_, "OUT", "internal", "customer")
        return True

    def take_back(self, sale: int, **more: Any) -> int:
        """Return what was delivered: a transfer of the same sale (stock: wizard/stock_picking_return.py)."""
        return self._pick(sale, "IN", "customer", "internal", **more)

    def _pick(self, sale: int, kind: str, source: str, target: str, **more: Any) -> int:
        places = {each.values["usage"]: each.id for each in self.orm.tables["stock.location"].there()}
        named = {"name": f"WH/{kind}/{sale:05}", "state": "assigned", "sale_id": sale}
        way = {"location_id": places[source], "location_dest_id": places[target]}
        return self.orm.create("stock.picking", [{**named, **way, **more}])[0]

    def action_cancel(self, ids: Sequence[int]) -> bool:
        """sale: sale_order.py, a locked order cannot be cancelled, from 17 on; sale_stock: nor leaves what has not left."""
        sales = self.orm.tables["sale.order"]
        if self.version >= 17 and any(sales.records[id_].values.get("locked") for id_ in ids):
            raise OdooError("odoo.exceptions.UserError", "You cannot cancel a locked order. Please unlock it first.")
        for picking in self.orm.tables["stock.picking"].there():
            if picking.values["sale_id"] in ids and picking.values["state"] != "done":
                self.orm.tables["stock.picking"].change(picking.id, {"state": "cancel"})
        for id_ in ids:
            sales.change(id_, {"state": "cancel"})
        return True
