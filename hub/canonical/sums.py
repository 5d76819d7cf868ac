"""Sums over records: what may be sold, and amounts in coins. Pure."""

from decimal import ROUND_HALF_UP, Decimal

from hub.canonical.codes import decimals_of
from hub.canonical.values import quantity


def available(on_hand: str | None, reserved: str | None = None, buffer: str | None = None) -> str:
    """Return what may be sold: on hand less reserved less buffer, never below zero. What is not known counts nothing."""
    left = Decimal(on_hand or 0) - Decimal(reserved or 0) - Decimal(buffer or 0)
    return quantity(f"{max(left, Decimal(0)):f}")


def rounded(amount: Decimal, currency: str | None) -> Decimal:
    """Return an amount rounded half up to the smallest coin of a currency; minus a half away from zero too."""
    return amount.quantize(Decimal(1).scaleb(-decimals_of(currency)), ROUND_HALF_UP)
