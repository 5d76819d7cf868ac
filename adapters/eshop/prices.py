"""Which prices a shop can be told."""

from adapters.writing.writes import Unfit
from hub.connector import Write

WRITTEN = frozenset(["amount", "tax_included"])
"""What is written of a price: the same amount means another price once it holds the tax, and has to be looked at again."""
_LATER = ("minimum_quantity", "valid_from", "valid_to")


def check_plain(write: Write) -> None:
    """Refuse a price that is not everybody's, from the first unit on and always: it would take the place of that one."""
    if any(write.record.get(name) not in (None, "1") for name in _LATER):
        raise Unfit("price-not-possible", "a price from some quantity or some day on cannot be brought to this shop")


def check_tax(write: Write, *, included: bool) -> None:
    """Refuse a price that differs from the shop's own in whether it holds the tax."""
    if write.record.get("tax_included") not in (None, included):
        held = "with" if included else "without"
        mend = "name the list that is like them under range.price_list of the shop in hub.toml"
        raise Unfit(
            "price-not-possible", f"the shop's prices in {write.record['currency']} are those {held} tax; {mend}"
        )


def check_currency(write: Write, currency: str) -> None:
    """Refuse a price in another currency than the only one in which the shop's prices are set."""
    if write.record["currency"] != currency:
        raise Unfit("price-not-possible", f"the shop sells in {currency} only")
