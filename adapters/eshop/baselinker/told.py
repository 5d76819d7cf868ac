"""What BaseLinker is told: its fields, made of ours. Pure."""

from collections.abc import Mapping
from typing import Any

from adapters.eshop.baselinker.options import BaseLinkerOptions
from adapters.eshop.baselinker.translate import EXEMPT
from adapters.eshop.putting import pieces
from adapters.fields import Field, emptied, given
from adapters.writing.prices import check_plain, check_sort
from adapters.writing.writes import Unfit
from hub.connector import Write

LONGEST = {"sku": 50, "gtin": 32, "name": 200}
"""Letters of our fields, beyond which they would be cut (page "addInventoryProduct")."""
LONGEST_COURIER = 20
"""Letters (page "createPackageManual")."""
_FIELDS = {
    "sku": Field("sku", emptied),
    "ean": Field("gtin", emptied),
    "tax_rate": Field("tax_rate", lambda rate: float(rate or 0)),
    "weight": Field("weight", lambda weight: float(weight or 0)),
    "tags": Field("tags", lambda tags: list(tags or ())),
}
_TEXTS = {
    "name": Field("name", emptied),
    "description": Field("description", emptied),
    "features": Field("attributes", lambda attributes: attributes or {}),
}
PRODUCT = frozenset({field.path for field in (*_FIELDS.values(), *_TEXTS.values())} | {"category", "brand"})
VARIANT = frozenset({"sku", "gtin", "name"})


def product(write: Write) -> dict[str, Any]:
    """Return the fields of a product that are to be set, but its category and brand; Unfit for what would be cut."""
    for name, most in LONGEST.items():
        if len(write.fields.get(name) or "") > most:
            raise Unfit(f"{name}-too-long", f"BaseLinker keeps no more than {most} letters of the {name}")
    theirs = given(_FIELDS, write.fields) | {"text_fields": given(_TEXTS, write.fields)}
    category = write.record.get("tax_category")
    return theirs | ({"tax_rate": EXEMPT[category]} if "tax_rate" in theirs and category in EXEMPT else {})


def price(write: Write, options: BaseLinkerOptions) -> Mapping[str, Any]:
    """Return a price by its group; Unfit for one that is not everybody's, or of another sort than the group's."""
    check_plain(write)
    check_sort(write, currency=options.currency, included=True)
    return {str(options.price_group): float(write.record["amount"])}


def stock(write: Write, options: BaseLinkerOptions) -> Mapping[str, Any]:
    """Return what can be had, by the warehouse, in whole units."""
    return {options.warehouse: pieces(write.record)}


def status(write: Write, options: BaseLinkerOptions) -> int:
    """Return the number of the status that an order shall have; Unfit, if none is named for it."""
    wanted = write.fields["status"]
    for number, ours in options.statuses.items():
        if ours == wanted:
            return int(number)
    raise Unfit("status-not-named", f"no status of BaseLinker is named for {wanted}; see statuses in hub.toml")


def packages(write: Write) -> dict[str, dict[str, str]]:
    """Return the parcels of an order, by their numbers."""
    parcels = {each["number"]: (each.get("carrier") or "")[:LONGEST_COURIER] for each in write.fields["tracking"] or ()}
    return {number: {"package_number": number, "courier_code": carrier} for number, carrier in parcels.items()}
