"""Orders as customers place them, in no shop's words: what each shop of `crossing_shops` tells in its own.

A shop rounds the tax of each line here; that taxes are rounded once, the fakes' own orders show (`place_order`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hub.canonical.codes import decimals_of

HUNDRED, NOTHING = Decimal(100), Decimal(0)
AT = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
"""When they are placed. In Warsaw and Paris, it is the next day."""
Row = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """A line, the way, or a fee."""

    price: str
    """Of one, with tax or without, as the order's prices are."""
    rate: str = "23"
    quantity: int = 1
    off: str = "0"
    """Taken off all of it."""
    sku: str | None = "A-1"
    name: str = "Lamp"


@dataclass(frozen=True)
class Placed:
    """An order."""

    lines: tuple[Part, ...] = (Part("12.30"),)
    shipping: Part | None = Part("9.99", sku=None, name="Courier")
    fee: Part | None = None
    included: bool = True
    """Whether prices hold the tax."""
    currency: str = "PLN"
    coupon: str = "0"
    """Taken off the sum of the lines."""
    gift_card: str = "0"
    """Paid with one."""
    company: str = ""
    vat_id: str = ""
    country: str = "PL"


@dataclass(frozen=True)
class Sum:
    """What a part comes to."""

    part: Part
    net: Decimal
    tax: Decimal
    gross: Decimal
    full: "Sum | None" = None
    """Before anything was taken off."""


@dataclass(frozen=True)
class Sums:
    """What an order comes to."""

    lines: tuple[Sum, ...]
    """Less their share of the coupon."""
    shipping: Sum | None
    fee: Sum | None
    net: Decimal
    tax: Decimal
    gross: Decimal
    coupon: Mapping[str, Sum]
    """Rate -> what the coupon takes off, above zero."""


ORDERS: Mapping[str, Placed] = {
    "with tax": Placed((Part("12.30", quantity=3), Part("9.99", sku="00042", name="Bulb"))),
    "without tax": Placed((Part("10.55", quantity=3), Part("9.99", sku="00042", name="Bulb")), included=False),
    "off a line": Placed((Part("12.30", quantity=3, off="3.69"), Part("5.00", sku="00042"))),
    "off a line, without tax": Placed(
        (Part("10.55", quantity=3, off="3.33"), Part("5.00", sku="00042")), included=False
    ),
    "coupon": Placed((Part("12.30", quantity=2), Part("5.40", sku="00042")), coupon="3.00"),
    "coupon, without tax": Placed((Part("12.30", quantity=2), Part("5.40")), coupon="3.01", included=False),
    "coupon on two rates": Placed((Part("12.30", quantity=2), Part("5.40", "8", sku="00042")), coupon="3.00"),
    "two rates": Placed((Part("12.30"), Part("5.40", "8", 3, sku="00042"), Part("9.00", "0"))),
    "exempt": Placed((Part("12.30", "0", 2),), Part("9.99", "0", sku=None, name="Courier"), included=False),
    "fee": Placed(fee=Part("4.92", sku=None, name="Gift wrap")),
    "fee at another rate": Placed(fee=Part("5.40", "8", sku=None, name="Gift wrap")),
    "dozens": Placed((Part("9.99", quantity=24), Part("5.00", quantity=100, sku="00042"))),
    "unit price that is no coin": Placed((Part("3.333", quantity=1000),), included=False),
    "dear": Placed((Part("1234567.89", quantity=2),)),
    "no SKU": Placed((Part("12.30"), Part("4.50", sku=None, name="Engraving"))),
    "unknown to the ERP": Placed((Part("12.30"), Part("4.50", sku="GONE", name="Candle"))),
    "gift card": Placed(gift_card="10.00"),
    "nothing for the way": Placed(shipping=Part("0.00", sku=None, name="Courier")),
    "for nothing": Placed((Part("12.30"), Part("0.00", sku="00042", name="Sample"))),
    "company": Placed(company="Kos d.o.o.", vat_id="SI50223054", country="SI"),
    "euros": Placed((Part("12.30", quantity=3),), currency="EUR"),
    "no decimals": Placed((Part("1230", quantity=3),), Part("500", sku=None, name="Courier"), currency="JPY"),
    "three decimals": Placed((Part("12.305", quantity=3),), Part("1.125", sku=None, name="Courier"), currency="KWD"),
}
"""By what is particular about them."""


def sums(order: Placed) -> Sums:
    """Return what an order comes to; a coupon is shared out by the lines' sums, its last coin goes to the last line."""
    coin = Decimal(1).scaleb(-decimals_of(order.currency))

    def rounded(amount: Decimal) -> Decimal:
        return amount.quantize(coin, ROUND_HALF_UP)

    def of(part: Part, off: Decimal = Decimal(0)) -> Sum:
        rate = Decimal(part.rate)
        full = rounded(Decimal(part.price) * part.quantity)
        before = None if not off else of(part)
        amount = full - off
        tax = rounded(amount * rate / (HUNDRED + rate if order.included else HUNDRED))
        net = amount - tax if order.included else amount
        return Sum(part, net, tax, net + tax, before)

    amounts = [rounded(Decimal(each.price) * each.quantity) - Decimal(each.off) for each in order.lines]
    coupon, all_ = Decimal(order.coupon), sum(amounts, Decimal(0))
    shares = [rounded(coupon * each / all_) for each in amounts]
    shares[-1] = coupon - sum(shares[:-1], Decimal(0))
    lines = tuple(of(each, Decimal(each.off) + share) for each, share in zip(order.lines, shares, strict=True))
    shipping, fee = (each and of(each) for each in (order.shipping, order.fee))
    parts = [each for each in (*lines, shipping, fee) if each]
    taken = by_rate((each.rate, share) for each, share in zip(order.lines, shares, strict=True))
    coupons = {rate: of(Part(str(share), rate)) for rate, share in taken.items()}
    net, tax = (sum((getattr(each, name) for each in parts), Decimal(0)) for name in ("net", "tax"))
    return Sums(lines, shipping, fee, net, tax, net + tax, coupons)


def parts(found: Sums) -> list[Sum]:
    return [each for each in (*found.lines, found.shipping, found.fee) if each]


def full(line: Sum) -> Sum:
    return line.full or line


def off(line: Sum, order: Placed) -> Decimal:
    """Return what was taken off a line, as its price is: with tax or without."""
    return full(line).gross - line.gross if order.included else full(line).net - line.net


def taxes(found: Sums) -> dict[str, Decimal]:
    """Return rate -> tax."""
    return by_rate((each.part.rate, each.tax) for each in (*found.lines, found.shipping, found.fee) if each)


def by_rate(parts: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """Add amounts up by their rates; what comes to nothing is left out."""
    added: defaultdict[str, Decimal] = defaultdict(Decimal)
    for rate, amount in parts:
        added[rate] += amount
    return {rate: amount for rate, amount in added.items() if amount}


def slack(order: Placed, rounds: Decimal, rate: str) -> Decimal:
    """Return by so much a tax may differ: it is reckoned anew of prices that were rounded, one by so much as `rounds`."""
    parts = [each for each in (*order.lines, order.shipping, order.fee) if each]
    coin = Decimal(1).scaleb(-min(decimals_of(order.currency), 2))
    return coin * len(parts) / 2 + sum(each.quantity for each in parts) * rounds * Decimal(rate) / 100
