"""Lists of the shop, in the order in which it counts its records: identities come in none.

What has changed is asked for by the marks of a record and of what belongs to it: a customer's address, an order's delivery
and payment are changed without the mark of the customer or order (StateMachineRegistry); a variant inherits what its parent
says. `updatedAt` is null until the first change (UpdatedAtFieldSerializer).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from adapters.eshop.shopware import translate
from adapters.eshop.shopware.shop import Shop
from adapters.fields import asked, below, tree
from adapters.rows import Row
from adapters.writing.bulk import portions
from hub.connector import GUEST

KEY = "autoIncrement"

MARKS = ("createdAt", "updatedAt")
ALIASES: Mapping[str, str] = {
    "addresses": "customer_address",
    "billingAddress": "order_address",
    "categories": "category",
    "country": "country",
    "countryState": "country_state",
    "currency": "currency",
    "customer": "customer",
    "deliveries": "order_delivery",
    "group": "property_group",
    "language": "language",
    "lineItems": "order_line_item",
    "locale": "locale",
    "manufacturer": "product_manufacturer",
    "media": "product_media",
    "options": "property_group_option",
    "orderCustomer": "order_customer",
    "parent": "product",
    "paymentMethod": "payment_method",
    "properties": "property_group_option",
    "salesChannel": "sales_channel",
    "shippingMethod": "shipping_method",
    "shippingOrderAddress": "order_address",
    "stateMachineState": "state_machine_state",
    "tags": "tag",
    "tax": "tax",
    "transactions": "order_transaction",
}
"""Association -> the entity that it leads to, which `includes` goes by."""


@dataclass(frozen=True)
class Listing:
    """A list for `walks.by_key` and `walks.by_window`, by `KEY`."""

    entity: str
    paths: str
    """What is asked for of a record."""
    marks: Sequence[str] = MARKS
    chosen: Sequence[Mapping[str, Any]] = ()
    """Filters that make the list a part of a longer one."""
    ident: str = "id"
    """The field by which `some` chooses."""
    size: ClassVar[int] = 200

    def behind(self, shop: Shop, since: datetime | None, after: int) -> list[Row]:
        """Return the first rows behind a key; `since`: of those that have changed then or later."""
        # Times as the database has them: it compares them as they are given, and need not know offsets.
        from_then = {"gte": since and since.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")}
        changed = [{"type": "range", "field": mark, "parameters": from_then} for mark in self.marks if since]
        later = [{"type": "multi", "operator": "or", "queries": changed}] if changed else []
        behind = {"type": "range", "field": KEY, "parameters": {"gt": after}}
        return self._rows(shop, behind, *later, limit=self.size, sort=[{"field": KEY}])

    def latest(self, shop: Shop) -> str | None:
        """Return the latest change mark that there is."""
        wanted = [{"name": mark, "type": "max", "field": mark} for mark in self.marks]
        answer = shop.ask(self.entity, {"limit": 1, "aggregations": wanted, "includes": {self.entity: ["id"]}})
        found = [each["max"] for each in answer["aggregations"].values() if each["max"]]
        return f"{max(found).replace(' ', 'T')}+00:00" if found else None

    def some(self, shop: Shop, ids: Sequence[str]) -> list[Row]:
        """Return the rows that have one of these ids, or of other values of `ident`."""
        asked = [each for each in ids if not each.startswith(GUEST)]
        chosen = [{"type": "equalsAny", "field": self.ident, "value": part} for part in portions(asked, self.size)]
        return [row for each in chosen for row in self._rows(shop, each)]

    def by(self, ident: str) -> "Listing":
        """Return the same list, chosen from by another field."""
        return replace(self, ident=ident)

    def _rows(self, shop: Shop, *filters: Mapping[str, Any], **more: Any) -> list[Row]:
        return shop.search(self.entity, {"filter": [*self.chosen, *filters], **wanted(self.entity, self.paths), **more})


def wanted(entity: str, paths: str) -> dict[str, Any]:
    """Return the criteria that ask for what paths lead to, and nothing else."""
    includes: dict[str, list[str]] = {}

    def within(entity: str, below: Mapping[str, Any]) -> dict[str, Any]:
        includes.setdefault(entity, []).extend(below)
        found = {name: ALIASES[name] for name in below if name in ALIASES}
        found |= {"media": "media"} if entity == "product_media" else {}
        return {"associations": {name: within(alias, below[name]) for name, alias in found.items()}}

    return within(entity, tree(f"id {KEY} {paths}")) | {"includes": includes}


SINGLE = [{"type": "equals", "field": "childCount", "value": count} for count in (None, 0)]


def products(paths: str) -> Listing:
    """Return the list of what can be bought: of a product with variants, only these."""
    of_parent = [f"parent.{mark}" for mark in MARKS]
    return Listing("product", paths, (*MARKS, *of_parent), [{"type": "multi", "operator": "or", "queries": SINGLE}])


PRODUCTS = products(asked(translate.PRODUCT))
HELD = products(
    "categories.id media.productId media.mediaId media.position media.media.fileName media.id productNumber"
)
PRICES = products("productNumber parentId price tax.taxRate visibilities.salesChannelId")
STOCK = products("productNumber stock availableStock")
"""What can be bought, with what its fields, its prices and its stock are, and are told, by."""
PARTIES = Listing(
    "customer",
    asked(translate.PARTY),
    (*MARKS, *(f"addresses.{mark}" for mark in MARKS)),
    [{"type": "equals", "field": "guest", "value": False}],
)
ORDERS = Listing(
    "order",
    f"{asked(translate.ORDER)} {below('orderCustomer.customer', asked(translate.PARTY))} orderCustomer.company",
    (*MARKS, *(f"{part}.{mark}" for part in ("deliveries", "transactions") for mark in MARKS)),
)
MAKERS = Listing("product_manufacturer", "translated.name", ident="name")
CHANNELS = Listing("sales_channel", "navigationCategoryId translated.name")
MEDIA = Listing("media", "fileName")
FOLDERS = Listing("media_folder", "id", ident="defaultFolder.entity")


def categories(root: str) -> Listing:
    """Return the list of the categories below one."""
    return Listing(
        "category", "parentId translated.name", chosen=[{"type": "contains", "field": "path", "value": root}]
    )
