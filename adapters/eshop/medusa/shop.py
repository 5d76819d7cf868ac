"""Asking a Medusa shop: its Admin API."""

from typing import Any, Literal

from adapters.asking.answers import rows_in
from adapters.asking.connecting import connected
from adapters.eshop.medusa.options import MedusaOptions
from adapters.eshop.named import named
from adapters.reading.rest_lists import RestListing
from adapters.reading.stable import stable
from adapters.rows import Row
from hub.clock import Clock
from hub.config import resolve


def lasting(value: Any) -> Any:
    """Leave out what moves by itself, or stands there twice; the shop shows parts in any order."""
    return stable(value, lambda name: name in ("updated_at", "customer") or name.startswith("raw_"), ordered=False)


class Shop:
    """A shop, as its administrators see it."""

    def __init__(self, name: str, options: MedusaOptions, clock: Clock) -> None:
        self.options = options
        self._api = connected(name, options, clock, auth=(resolve(options.key), ""))

    def rows(self, path: str, /, **params: Any) -> tuple[list[Row], int]:
        """Return a part of a list, and how many there are in all."""
        body = self._api.get(f"/admin/{path}", params).body
        return rows_in(self._api.name, body, path.replace("-", "_")), body["count"]

    def send(self, path: str, body: object, fields: str = "id", *, repeatable: bool = False) -> Any:
        """Send a record or a command; return the answer."""
        return self._api.send("POST", f"/admin/{path}", body, {"fields": fields}, repeatable=repeatable).body

    def the(self, what: Literal["sales_channel", "stock_location", "shipping_profile"], more: str = "id") -> Row:
        """Return what this option names; `more`: further fields."""
        path, name = f"{what.replace('_', '-')}s", getattr(self.options, what)
        chosen = {"name": name} if name else {}
        rows, _ = self.rows(path, order="created_at", limit=1, fields=f"id,name,{more}", **chosen)
        return named(rows, what.replace("_", " "), name)

    def tax_included(self) -> dict[str, bool]:
        """Return currency -> whether prices in it hold the tax."""
        rows, _ = self.rows("price-preferences", attribute="currency_code", limit=500)
        return {row["value"].upper(): row["is_tax_inclusive"] for row in rows}


Listing = RestListing[Shop]
