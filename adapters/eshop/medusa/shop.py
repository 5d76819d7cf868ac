"""Asking a Medusa shop."""

from collections.abc import Sequence
from typing import Any

from adapters.eshop.medusa.asked import FIELDS, Row, category_paths
from adapters.eshop.medusa.options import MedusaOptions
from adapters.http import Api
from hub.clock import Clock
from hub.config.secrets import resolve
from hub.connector import Write, Written
from hub.errors import Refused

MANY = 50
"""Ids in one address."""


class Shop:
    """A shop's interface for administrators."""

    def __init__(self, name: str, options: MedusaOptions, clock: Clock) -> None:
        self.name, self.options = name, options
        self.api = Api(
            name,
            resolve(options.url),
            auth=(resolve(options.key), ""),
            requests_per_second=options.requests_per_second,
            timeout=options.timeout,
            clock=clock,
        )

    def rows(self, path: str, params: dict[str, Any]) -> list[Row]:
        """Return what a list shows."""
        body = self.api.get(f"/admin/{path}", params).body
        return body[path.replace("-", "_")]

    def page(
        self, path: str, fields: str, channel: bool, order: str, offset: int, size: int, mark: str | None = None
    ) -> tuple[list[Row], int]:
        """Return a part of a list, and how many there are in all. Ordered by a mark, ties come in any order."""
        params: dict[str, Any] = {"fields": fields, "order": order, "offset": offset, "limit": size}
        if mark:
            params[f"{order}[$gte]"] = mark
        if channel and self.options.sales_channel:
            params["sales_channel_id[]"] = self.channel()["id"]
        body = self.api.get(f"/admin/{path}", params).body
        return body[path], body["count"]

    def some(self, path: str, fields: str, name: str, values: Sequence[str]) -> list[Row]:
        """Return the rows that have one of these values."""
        found: dict[str, Row] = {}
        for start in range(0, len(values), MANY):
            part = list(dict.fromkeys(values[start : start + MANY]))
            rows = self.rows(path, {"fields": fields, "limit": 2 * len(part), name: part})
            found |= {row["id"]: row for row in rows}
        return list(found.values())

    def of_variants(self, stream: str, ids: Sequence[str]) -> dict[str, Row]:
        """Return variant -> its product, with what a stream asks of it."""
        rows = self.some("products", FIELDS[stream], "variants[id][]", ids)
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
        rows = self.rows(
            path, {"order": "created_at", "limit": 1, "fields": f"id,name,{more}"} | ({"name": name} if name else {})
        )
        if not rows:
            what = path.replace("-", " ").removesuffix("s")
            raise Refused(
                f"the shop has no {what} {name or ''}".rstrip() + "; make it under Settings, or mend its name"
            )
        return rows[0]

    def category_paths(self) -> dict[str, str]:
        """Return category -> its path; of two with one path, the elder comes last."""
        params = {"fields": "id,name,parent_category_id", "limit": 100_000, "order": "-created_at"}
        return category_paths(self.rows("product-categories", params))

    def tax_included(self) -> dict[str, bool]:
        """Return currency -> whether prices in it hold the tax."""
        rows = self.rows("price-preferences", {"attribute": "currency_code", "limit": 500})
        return {row["value"].upper(): row["is_tax_inclusive"] for row in rows}

    def send(self, path: str, body: object, fields: str = "id", *, repeatable: bool = False) -> Any:
        """Send a record or a command; return the answer."""
        return self.api.send("POST", f"/admin/{path}", body, {"fields": fields}, repeatable=repeatable).body


def refusal(write: Write, why: Exception, cause: str = "refused-by-shop") -> Written:
    """Return what became of a write that the shop did not take."""
    return Written(write.key, "refused", cause=cause, message=str(why))
