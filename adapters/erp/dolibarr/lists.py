"""Dolibarr's lists, and what is asked of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from adapters.erp.dolibarr.client import PAGE, Dolibarr
from adapters.erp.dolibarr.translate import OURS
from adapters.rows import Row


@dataclass(frozen=True, slots=True)
class Listing:
    """One of Dolibarr's lists; `adapters.reading.keyed` makes a stream of it."""

    path: str
    only: tuple[str, ...] = ()
    """The conditions by which its rows are chosen."""
    params: Mapping[str, Any] | None = None
    size: ClassVar[int] = PAGE
    """The rows of a page."""
    key: str = "id"

    def behind(self, erp: Dolibarr, since: datetime | None, after: int) -> Sequence[Row]:
        """Return the first rows with a higher number; `since`: of those that have changed then or later."""
        changed = [erp.since(since)] if since else []
        return erp.rows(self.path, [*self.only, *changed, f"(t.rowid:>:{after})"], **(self.params or {}))

    def first(self, erp: Dolibarr) -> Sequence[Row]:
        """Return the first row, if there is any."""
        return erp.rows(self.path, self.only, limit=1, **(self.params or {}))

    def some(self, erp: Dolibarr, ids: Sequence[str]) -> Sequence[Row]:
        """Return the rows of these numbers, as far as they are there."""
        return erp.having(self.path, "rowid", sorted(map(int, ids)), **(self.params or {}))

    def latest(self, erp: Dolibarr) -> str | None:
        """Return the latest change mark that there is, as RFC 3339 text."""
        return erp.latest(self.path, self.only)


PRODUCTS = Listing("products")
GOODS = Listing("products", params={"mode": 1, "includestockdata": 1})
SALES = Listing("orders")
ORDERS = Listing("orders", (f"(t.ref_ext:like:'{OURS}%')",))
"""Those that the hub brought."""
DRAFTS = Listing("orders", (*ORDERS.only, "(t.fk_statut:=:0)"))
