"""Who speaks to Ecwid, and its lists (docs.ecwid.com, "REST API overview")."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from adapters.asking.answers import rows_in
from adapters.asking.http import Api
from adapters.eshop.categories import Categories
from adapters.eshop.ecwid import translate
from adapters.eshop.ecwid.options import EcwidOptions
from adapters.reading.pages import everything
from adapters.reading.rest_lists import RestListing
from adapters.rows import Row

ORDER = {"products": "ADDED_TIME_ASC", "customers": "REGISTERED_DATE_ASC"}
"""The order of a list that stands still; of orders there is but one, and it does."""


@dataclass(frozen=True)
class Shop:
    """A shop, as its token may see it."""

    api: Api
    options: EcwidOptions

    def rows(self, path: str, *, fields: str, order: str = "", **params: Any) -> tuple[list[Row], int]:
        """Return a part of a list, and how many there are in all; one with any `order` comes in that of the list."""
        given = {name: value if isinstance(value, int | str) else ",".join(value) for name, value in params.items()}
        sort = {"sortBy": ORDER[path]} if order and path in ORDER else {}
        body = self.api.get(path, {"responseFields": fields, **sort, **given}).body
        rows = rows_in(self.api.name, body, "items")
        profile = self.profile() if path in ("products", "orders") else dict[str, Any]()
        return [translate.shaped(path, {**profile, **row}) for row in rows], body["total"]

    def put(self, id_: str, fields: Row) -> None:
        """Set fields of a product, or of a variation, whose number stands behind a bar."""
        if fields:
            self.api.send("PUT", _address(id_), fields, repeatable=True)

    def delete(self, id_: str) -> None:
        """Delete a product or a variation."""
        self.api.send("DELETE", _address(id_))

    def profile(self) -> Row:
        """Return `currency`, `weightUnit` and `pricesIncludeTax` ("Get store profile")."""
        told = self.api.get("profile").body
        return told["formatsAndUnits"] | told["taxSettings"]

    def categories(self) -> Categories:
        """Return all categories; one that is asked for and missing is made."""

        def make(name: str, _path: str, parent: str | None) -> str:
            return str(self.api.send("POST", "categories", {"name": name, "parentId": int(parent or 0)}).body["id"])

        return Categories(
            everything(partial(translate.CATEGORIES.page, self), translate.CATEGORIES.size), "parent", make
        )


def _address(id_: str) -> str:
    return f"products/{id_}".replace("|", "/combinations/")


class Customers(RestListing[Shop]):
    """Customers: the list does not choose by identities."""

    def some(self, system: Shop, ids: Sequence[str]) -> list[Row]:
        """Return customers, as far as they are there."""
        found = (system.api.look_up(f"customers/{id_}") for id_ in ids)
        return [translate.shaped(self.path, row) for row in found if row]


CUSTOMERS = Customers("customers", translate.CUSTOMERS.fields, size=100, since="updatedFrom")
