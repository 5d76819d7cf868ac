"""An order as any ERP takes it: lines without tax, where its invoice and goods go, what it must come to. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from adapters.writing.writes import Unfit
from hub.canonical.codes import decimals_of
from hub.errors import Refused

Fields = Mapping[str, Any]

NOTHING = "0"
"""The rate of what is exempt, reverse charged or exported: accountants tell that apart from what has no tax."""
UNIT_PRICE = Decimal("0.0001")
"""To so many decimals a price without tax is rounded."""
ROUNDING = "Rounding"
"""The text of the line that makes a sale come to its order's total."""

DISCARD = "then: hub quarantine discard"
"""What ends a message of what people have to do."""
HAS_LEFT = (
    "it is cancelled in the shop, but some of it has been delivered or invoiced in the ERP: enter there by hand what came "
    f"back, and the credit note, and cancel it, where it still can be; {DISCARD}"
)
"""Why a sale is not cancelled (`delivered`), and the mend."""


class Unwritable(Refused):
    """The ERP cannot take this record as it is."""

    def __init__(self, cause: str, message: str) -> None:
        """`cause`: a short fixed word to group by."""
        super().__init__(message)
        self.cause = cause


@dataclass(frozen=True, slots=True)
class SaleLine:
    """A line, a charge or an allowance."""

    sku: str | None
    text: str
    quantity: str
    price: Decimal
    """Of one, without tax."""
    rate: str | None
    """Per cent, plain; none: no tax, which is another thing than `NOTHING` per cent."""

    @property
    def amounts(self) -> tuple[float, float]:
        """Quantity and price for an ERP whose prices are never below zero: what is, is taken back."""
        return float(self.quantity) * (-1 if self.price < 0 else 1), float(abs(self.price))


def sale_lines(order: Fields) -> Iterator[SaleLine]:
    """Return a new sale's lines, then shipping and discounts. Raises Unfit, if it has a tax, and no rate of it is told."""
    totals: Fields = order.get("totals") or {}
    tax: str = totals.get("tax") or NOTHING
    if Decimal(tax) and not any(_rates(order)):
        why = f"the order's tax is {tax}, and no line of it says at which rate: the sale would have none, at the same total"
        raise Unfit("tax-unknown", f"{why}; let {order['channel']} tell rates (tax_rate), then try again")
    return _lines(order)


def _lines(order: Fields) -> Iterator[SaleLine]:
    for line in order.get("lines") or ():
        text = " ".join(part for part in (line.get("name"), line.get("sku")) if part)
        price, rate = _net(order, line["unit_price"], line.get("tax_rate"))
        yield SaleLine(line.get("sku"), text or line["id"], line["quantity"], price, rate)
    for sort in ("shipping", "discounts"):
        for charge in order.get(sort) or ():
            price, rate = _net(order, charge["amount"], charge.get("tax_rate"))
            yield SaleLine(None, charge.get("name") or charge.get("code") or sort.capitalize(), "1", price, rate)


def _rates(order: Fields) -> Iterator[Decimal]:
    for sort in ("lines", "shipping", "discounts"):
        for each in order.get(sort) or ():
            yield Decimal(each.get("tax_rate") or 0)


def _net(order: Fields, amount: str, rate: str | None) -> tuple[Decimal, str | None]:
    per_cent = Decimal(rate or 0)
    net = Decimal(amount) / (1 + per_cent / 100) if order.get("tax_included") else Decimal(amount)
    return net.quantize(UNIT_PRICE), None if rate is None else plain(per_cent)


def no_customer(order: Fields) -> str:
    """Return why an order has no customer in the ERP, and the mend."""
    if order.get("party"):
        return "the order's customer is not there"
    return f"the order names no customer; enter one at the order in {order['channel']}, with an e-mail address"


def lacking(order: Fields, total: str, unit: Decimal = UNIT_PRICE) -> Decimal:
    """Return what a sale lacks to the order's total, below zero if it is too much; Unwritable if that is no rounding.

    Each line, the sum, and each unit's price without tax may have been rounded, the last by so much as `unit`, which its tax
    follows.
    """
    totals: Fields = order.get("totals") or {}
    gross: str | None = totals.get("gross")
    if gross is None:
        return Decimal()
    difference = Decimal(gross) - Decimal(total)
    lines = list(_lines(order))
    units = sum(abs(Decimal(line.quantity)) * (1 + Decimal(line.rate or 0) / 100) for line in lines)
    cent = Decimal(1).scaleb(-decimals_of(order.get("currency")))
    if abs(difference) > cent * (len(lines) + 1) + units * unit:
        why = f"the sale comes to {total}, the order to {gross}; if that comes of many units, give the ERP's prices four decimals"
        raise Unwritable("total-differs", f"{why}; then change it, or delete its draft, and try again")
    return difference


def places_of(order: Fields) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return where an order's invoice and goods go; each stands in for the other."""
    billing: Fields = order.get("billing_address") or {}
    shipping: Fields = order.get("shipping_address") or {}
    return {**(billing or shipping), "use": "billing"}, {**(shipping or billing), "use": "shipping"}


def main_address(party: Fields) -> Fields:
    """Return the address of a party's invoices, or the first there is: for ERPs that keep one."""
    addresses: list[Fields] = party.get("addresses") or [{}]
    return next((each for each in addresses if each.get("use") == "billing"), addresses[0])


def same_place(address: Fields) -> str:
    """Return what two addresses have in common that are one, however capitals and blanks are written."""
    names = ("name", "company", "street", "street_more", "city", "postcode", "country")
    return "|".join(" ".join((address.get(name) or "").casefold().split()) for name in names)


def visible_number(order: Fields) -> str:
    """Return the order's number as people search for it: the channel, and what the customer knows."""
    return f"{order['channel']} {order['number']}"


def plain(number: Decimal) -> str:
    """Return a number without needless zeros: 20 for 20.00."""
    return format(number.normalize(), "f")
