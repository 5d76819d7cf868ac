"""Sales in an ERP of models: what they are there, declared; and what `bring_sales` does with them, by that."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from adapters.erp.known import Known, known_in, new_address
from adapters.erp.models import Model, Models, having
from adapters.erp.orders import ROUNDING, Fields, SaleLine, Unwritable, sale_lines
from adapters.erp.sales import Standing, bring_sales
from adapters.fields import Table, told, written
from hub.connector import Write, Written


@dataclass(frozen=True, slots=True)
class SaleForms:
    """How an ERP of models keeps sales."""

    sale: Model
    """Tells `id`, `state` and `total`, with tax."""
    customer: Model
    """Tells `id`, `term`, and `addresses` with an `id` each."""
    product: Model
    """Tells `id`, and what a line needs of its product."""
    address: str
    line: str
    """Their models."""
    sale_values: Table
    """Of a new sale. Made of an order; `customer`, `billing`, `shipping`, `term`, `currency` are numbers in the ERP."""
    line_values: Table
    """Of a `SaleLine`'s fields, with `product` as the ERP tells it (none: stands as text), `tax` and `sale` as numbers."""
    address_values: Table
    """Of an address, with `country` and `customer` as numbers."""
    steps: Mapping[str, str]
    """State of a sale -> the button that leads on from it, in their order."""
    names: Mapping[str, Model]
    """Of what it refers to, see `known_in`: `country`, `currency`, `tax`, `payment-term`."""
    lines: Table
    """Of a line that is there: `sale`, `id`, `product`, `quantity`, `text`, and its `amount` without tax."""
    besides: Mapping[str, Mapping[str, int]] = field(default_factory=dict[str, Mapping[str, int]])
    """See `known_in`."""


def bring_orders(forms: SaleForms, erp: Models, writes: Sequence[Write], *, until: str) -> Iterator[Written]:
    """Make sales, and take them on to the state `until`; of those that are there, do what is still to be done."""
    sales = FormedSales(erp, forms, known_in(erp, forms.names, forms.besides), writes)
    return bring_sales(sales, writes, forms.steps, until)


@dataclass
class FormedSales:
    """The `Sales` of an ERP of models."""

    erp: Models
    forms: SaleForms
    known: Known
    writes: Sequence[Write]
    """What is to become of them."""
    _customers: dict[int, Fields] = field(default_factory=dict[int, Fields])

    @cached_property
    def _products(self) -> dict[str, Fields]:
        ids = {sku: int(id_) for each in self.writes for sku, id_ in each.links.get("products", {}).items()}
        there = {each["id"]: each for each in self._told(self.forms.product, {*ids.values()})}
        return {sku: there[id_] for sku, id_ in ids.items() if id_ in there}

    def _told(self, model: Model, ids: Iterable[int]) -> list[dict[str, Any]]:
        return [told(model.table, row) for row in having(self.erp, model, "id", sorted(ids))]

    def create(self, values: Sequence[Any]) -> Sequence[int]:
        """Make sales."""
        return self.erp.create(self.forms.sale.name, values)

    def make_addresses(self, values: Sequence[Any]) -> Sequence[int]:
        """Make addresses."""
        return self.erp.create(self.forms.address, values)

    def press(self, button: str, ids: Sequence[int]) -> Sequence[int]:
        """Take sales a step further."""
        return self.erp.press(self.forms.sale.name, button, ids)

    def addresses(self, customers: Iterable[int]) -> Iterator[tuple[int, Fields, int]]:
        """Yield the addresses that each customer has."""
        for each in self._told(self.forms.customer, customers):
            self._customers[each["id"]] = each
            for address in each["addresses"] or ():
                yield each["id"], address, address["id"]

    def address_values(self, customer: int, place: Fields) -> Fields:
        """Return a new address of a customer."""
        self._customer(customer)
        return new_address(self.forms.address_values, {**place, "customer": customer}, self.known)

    def sale_values(self, write: Write, customer: int, billing: int, shipping: int) -> Fields:
        """Return a new sale."""
        term = self.known.any_number("payment-term", self.erp.options.payment_term)
        term = term or self._customer(customer).get("term")
        numbers = {"customer": customer, "billing": billing, "shipping": shipping, "term": term}
        return sale_values(self.forms, self.known, write, numbers, self._products)

    def _customer(self, id_: int) -> Fields:
        """Return a customer whose addresses were asked for; Unwritable, if there is none any more."""
        if id_ not in self._customers:
            why = "the order's customer was deleted in the ERP, or merged with another"
            raise Unwritable("party-gone", f"{why}; the next full scan of parties finds it: then try again")
        return self._customers[id_]

    def standing(self, ids: Sequence[int]) -> list[Standing]:
        """Look at sales."""
        return [Standing(**each) for each in self._told(self.forms.sale, ids)]

    def goods(self, ids: Sequence[int]) -> list[tuple[int, int, str]]:
        """Look at lines that have a product."""
        return [(each["sale"], each["product"], each["quantity"]) for each in self._lines(ids) if each["product"]]

    def _lines(self, ids: Sequence[int]) -> list[dict[str, Any]]:
        lines = Model(self.forms.line, self.forms.lines)
        return [told(lines.table, row) for row in having(self.erp, lines, self.forms.lines["sale"].path, ids)]

    def add(self, rounding: Sequence[tuple[int, Decimal]]) -> Sequence[int]:
        """Add lines with an amount and no tax."""
        return self.erp.create(self.forms.line, [self._rounding(*each) for each in rounding])

    def rounded(self, ids: Sequence[int]) -> list[tuple[int, int, str]]:
        """Look for such lines."""
        return [(each["sale"], each["id"], each["amount"]) for each in self._lines(ids) if each["text"] == ROUNDING]

    def round_anew(self, sale: int, line: int, amount: Decimal) -> None:
        """Change such a line."""
        self.erp.change(self.forms.line, line, self._rounding(sale, amount))

    def _rounding(self, sale: int, amount: Decimal) -> dict[str, Any]:
        return _line(self.forms, self.known, SaleLine(None, ROUNDING, "1", amount, None), {}, sale=sale)


def sale_values(
    forms: SaleForms, known: Known, write: Write, numbers: Fields, products: Mapping[str, Fields]
) -> dict[str, Any]:
    """Return a new sale. `numbers`: of its customer ...; `products`: those that are there, by SKU. Raises Unwritable."""
    order = write.record
    told_of = {"reference": write.reference, "currency": known.any_number("currency", order.get("currency"))}
    lines = [_line(forms, known, line, products) for line in sale_lines(order)]
    return written(forms.sale_values, {**order, **numbers, **told_of, "lines": lines})


def _line(
    forms: SaleForms, known: Known, line: SaleLine, products: Mapping[str, Fields], *, sale: int | None = None
) -> dict[str, Any]:
    own = {"text": line.text, "quantity": line.quantity, "price": line.price}
    numbers = {"product": products.get(line.sku or ""), "tax": known.any_number("tax", line.rate), "sale": sale}
    return written(forms.line_values, own | numbers)
