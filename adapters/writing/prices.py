"""Which prices a shop can be told."""

from collections.abc import Collection, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from adapters.writing.writes import Unfit
from hub.canonical import ENTITIES
from hub.config.expressions import constants
from hub.connector import Write

WRITTEN = frozenset(["amount", "tax_included"])
"""What is written of a price: the same amount means another price once it holds the tax, and has to be looked at again."""
_LATER = ("minimum_quantity", "valid_from", "valid_to")


def check_plain(write: Write) -> None:
    """Refuse a price that is not everybody's, from the first unit on and always: it would take the place of that one."""
    if any(write.record.get(name) not in (None, "1") for name in _LATER):
        raise Unfit("price-not-possible", "a price from some quantity or some day on cannot be brought to this shop")


def check_sort(write: Write, *, currency: str | None = None, included: bool | None = None) -> None:
    """Refuse a price of another sort than all of the shop's are: in this currency, with the tax or without; None: of any."""
    if currency is not None and write.record["currency"] != currency:
        raise Unfit("price-not-possible", f"the shop sells in {currency} only")
    if included is not None and write.record.get("tax_included") not in (None, included):
        held = "with" if included else "without"
        mend = "name the list that is like them under range.price_list of the shop in hub.toml"
        raise Unfit(
            "price-not-possible", f"the shop's prices in {write.record['currency']} are those {held} tax; {mend}"
        )


def in_decimals(amount: Decimal | str, decimals: int = 2) -> Decimal:
    """Return a price as a shop keeps it that has so many decimals. Refuses one of which nothing would be left."""
    kept = Decimal(amount).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    if not kept and Decimal(amount):
        raise Unfit("price-not-possible", f"the shop keeps {decimals} decimals: at {amount}, it would be given away")
    return kept


def check_priced(stock: Write, price: object) -> None:
    """Refuse stock of a product that costs nothing in the shop, as a new one does until its price comes: it would be given away.

    What is meant to cost nothing is stocked.
    """
    if not stock.free and not Decimal(str(price)) and Decimal(stock.record.get("available") or 0) > 0:
        mend = "look why its price has not come; what is to cost nothing has a price of 0 in the ERP, and zero_prices = true "
        mend += "under range of the shop in hub.toml"
        raise Unfit("not-priced", f"it costs nothing in the shop, and would be given away; {mend}")


def written(entity: str, told: frozenset[str], shown: Collection[str]) -> frozenset[str]:
    """Return what a described system is told: of a price also whether it holds the tax, where the system shows that."""
    return told | (WRITTEN & {*shown}) if entity == "prices" and "amount" in told else told


def check_described(write: Write, fields: Mapping[str, Any], told: Collection[str]) -> None:
    """Refuse a price that a system which is described in hub.toml would take for another.

    `fields`: our fields -> the expressions of which the description makes them: what these say of every price holds for
    this one, too. `told`: those of our fields that the system is told.
    """
    always = ENTITIES["prices"].valid(constants(fields))
    if not {*_LATER} & {*fields, *told}:
        check_plain(write)
    check_sort(write, currency=always.get("currency"), included=always.get("tax_included"))
