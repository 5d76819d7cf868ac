"""Asking a Medusa shop."""

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.declared import Row
from adapters.eshop.medusa.options import MedusaOptions
from adapters.http import Api
from hub.clock import Clock
from hub.config import resolve
from hub.errors import Refused

MANY = 50
"""Ids in one address."""


class Shop:
    """A shop's interface for administrators."""

    def __init__(self, name: str, options: MedusaOptions, clock: Clock) -> None:
        self.options, auth = options, (resolve(options.key), "")
        pace, timeout, url = options.requests_per_second, options.timeout, resolve(options.url)
        self._api = Api(name, url, auth=auth, requests_per_second=pace, timeout=timeout, clock=clock)

    def rows(self, path: str, params: Mapping[str, Any]) -> tuple[list[Row], int]:
        """Return a part of a list, and how many there are in all."""
        body = self._api.get(f"/admin/{path}", params).body
        return body[path.replace("-", "_")], body["count"]

    def some(self, path: str, fields: str, name: str, values: Sequence[str]) -> list[Row]:
        """Return the rows that have one of these values."""
        found: dict[str, Row] = {}
        for start in range(0, len(values), MANY):
            part = list(dict.fromkeys(values[start : start + MANY]))
            rows, _ = self.rows(path, {"fields": fields, "limit": 2 * len(part), name: part})
            found |= {row["id"]: row for row in rows}
        return list(found.values())

    def products_of(self, fields: str, variants: Sequence[str]) -> dict[str, Row]:
        """Return variant -> its product."""
        rows = self.some("products", fields, "variants[id][]", variants)
        return {variant["id"]: row for row in rows for variant in row["variants"]}

    def channel(self) -> Row:
        """Return the sales channel."""
        return self._named("sales-channels", self.options.sales_channel)

    def location(self) -> Row:
        """Return where the stock lies."""
        return self._named("stock-locations", self.options.stock_location, "*sales_channels")

    def shipping_profile(self) -> Row:
        """Return how products are shipped."""
        return self._named("shipping-profiles", self.options.shipping_profile)

    def _named(self, path: str, name: str | None, more: str = "id") -> Row:
        chosen = {"name": name} if name else {}
        rows, _ = self.rows(path, {"order": "created_at", "limit": 1, "fields": f"id,name,{more}", **chosen})
        if not rows:
            what = " ".join([path.replace("-", " ").removesuffix("s"), *chosen.values()])
            raise Refused(f"the shop has no {what}; make it under Settings, or mend its name")
        return rows[0]

    def category_paths(self) -> dict[str, str]:
        """Return category -> its path in the tree; of two with one path, the elder comes last.

        Asked for with each product, the tree makes an answer ten times slower.
        """
        fields = "id,name,parent_category_id"
        rows, _ = self.rows("product-categories", {"fields": fields, "limit": 100_000, "order": "-created_at"})
        by_id = {row["id"]: row for row in rows}

        def path(row: Row) -> str:
            above = by_id.get(row["parent_category_id"])
            return f"{path(above)} > {row['name']}" if above else row["name"]

        return {id_: path(row) for id_, row in by_id.items()}

    def tax_included(self) -> dict[str, bool]:
        """Return currency -> whether prices in it hold the tax."""
        rows, _ = self.rows("price-preferences", {"attribute": "currency_code", "limit": 500})
        return {row["value"].upper(): row["is_tax_inclusive"] for row in rows}

    def send(self, path: str, body: object, fields: str = "id", *, repeatable: bool = False) -> Any:
        """Send a record or a command; return the answer."""
        return self._api.send("POST", f"/admin/{path}", body, {"fields": fields}, repeatable=repeatable).body
