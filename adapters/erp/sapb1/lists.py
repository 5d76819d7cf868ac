"""Lists of the Service Layer: each stands in the order of its key, which is the identity of its rows."""

from collections.abc import Iterable
from typing import Any

from adapters.erp.sapb1.client import ServiceLayer
from adapters.reading.odata_lists import Listing
from adapters.rows import Row

DATED = "UpdateDate,UpdateTime"
MARKS = f"{DATED} CreateDate,CreateTime"
"""Pairs of a date and a time: what was never changed has only the date of its making (OITM and OCRD; documents have both
at once)."""


def listing(name: str, key: str, fields: str, only: str = "", mark: str = MARKS) -> Listing:
    """Return an entity set."""
    return Listing(name, fields, only, key, mark, key)


def there(listing: Listing, sap: ServiceLayer, keys: Iterable[Any]) -> list[Row]:
    """Return the rows of these keys that are chosen: one that is none any more is gone."""
    return listing.having(sap, listing.key, keys, listing.only)
