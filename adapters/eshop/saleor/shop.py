"""Asking a Saleor shop. Threads may share it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from adapters.auth.keys import HeaderKey
from adapters.bulk import portions
from adapters.calls import Form, selection
from adapters.connecting import connected
from adapters.connections import PAGE
from adapters.declared import Row
from adapters.eshop.named import named
from adapters.eshop.saleor.options import SaleorOptions
from adapters.eshop.saleor.translate import ARGUMENTS, OF_ORDER, OF_PARTY, OF_PRICE, OF_STOCK, OF_VARIANT
from adapters.fields import at
from adapters.http import KeyRefused
from adapters.keyed import Faults, KeyedGraphQl
from hub.clock import Clock
from hub.config import resolve

MOST = 100
"""Rows of a page, and identities that can be asked for at once (page "Pagination")."""
FAULTS = Faults(
    lambda error: error["extensions"]["exception"]["code"],
    frozenset(
        ["PermissionDenied", "InvalidTokenError", "InvalidSignatureError", "ExpiredSignatureError", "DecodeError"]
    ),
    frozenset(["GraphQLError", "ReadOnlyException", "ValidationError"]),
)
"""The class of the exception (source: graphql/utils, `format_error`)."""
APP = Form("app", "", "permissions{code} webhooks{id targetUrl isActive asyncEvents{eventType}}")
CATEGORIES = Form("categories", "after:String", f"edges{{node{{id name parent{{id}}}}}} {PAGE}", f"first:{MOST}")
TERMS = (
    Form("channel", "slug:String!", "id slug currencyCode"),
    Form("taxConfigurations", "", "edges{node{channel{slug} pricesEnteredWithTax}}", f"first:{MOST}"),
    Form("warehouses", "", "edges{node{id slug}}", f"first:{MOST}"),
    Form("productTypes", "", "edges{node{id slug}}", f"first:{MOST}"),
)


class Shop(KeyedGraphQl):
    """One shop, seen as one of its channels."""

    def __init__(self, name: str, options: SaleorOptions, clock: Clock) -> None:
        self.options = options
        key = HeaderKey("authorization", resolve(options.token), "Bearer ")
        super().__init__(connected(name, options, clock, auth=key), "graphql/", FAULTS)

    def allow(self, app: Row, right: str) -> None:
        """Refuse a token without a right: it would be shown what visitors see, and no error."""
        if right not in at(app, "permissions.code"):
            raise KeyRefused(f"{self.name}: give the app of [systems.{self.name}] the permission {right}", status=403)

    def terms(self) -> tuple[Row, Row, Row]:
        """Return what the options name: the channel, with whether its prices hold the tax, the warehouse, the type."""
        o, (channel_form, *others) = self.options, TERMS
        channel, taxes, warehouses, types = self.ask(channel_form(slug=o.channel), *(each() for each in others))
        held = {each["channel"]["slug"]: each["pricesEnteredWithTax"] for each in taxes}
        found = named([channel] if channel else [], "channel", o.channel, "slug")
        return (
            {**found, "tax_included": held[o.channel]},
            named(warehouses, "warehouse", o.warehouse, "slug"),
            named(types, "product type", o.product_type, "slug"),
        )


@dataclass(frozen=True)
class Listing:
    """A list of the shop's, in the order of its change mark."""

    name: str
    filter: str
    """The type of its filter, less `FilterInput`."""
    right: str
    paths: str
    """What is asked for, beside `id` and the mark."""
    takes: str = ""
    """Its arguments beside those that all lists take."""
    size: int = MOST

    @property
    def selected(self) -> str:
        """What is selected of each row."""
        return selection(f"id updatedAt {self.paths}", ARGUMENTS)

    def ask(self, shop: Shop, first: int, after: str | None, since: str | None, *, last: bool = False) -> Any:
        """Return a connection."""
        chosen = {"filter": {"updatedAt": {"gte": since}}} if since else {}
        return self._asked(shop, last=last, first=first, **({"after": after} if after else {}), **chosen)

    def some(self, shop: Shop, ids: Sequence[str]) -> list[Row]:
        """Return rows by their identity."""
        return [row for each in portions(ids, MOST) for row in self.where(shop, ids=each)]

    def where(self, shop: Shop, **chosen: object) -> list[Row]:
        """Return the rows that are left of a page by a filter, or by `ids` where the list takes them apart."""
        values = chosen if "ids" in self.takes and "ids" in chosen else {"filter": chosen}
        return [edge["node"] for edge in self._asked(shop, first=MOST, **values)["edges"]]

    def _asked(self, shop: Shop, *, last: bool = False, **values: object) -> Any:
        takes = f"first:Int! after:String filter:{self.filter}FilterInput {self.takes}"
        fixed = f"sortBy:{{field:LAST_MODIFIED_AT,direction:{'DESC' if last else 'ASC'}}}"
        form = Form(self.name, takes, f"edges{{node{{{self.selected}}}}} {PAGE}", fixed)
        channel = {"channel": shop.options.channel} if "channel" in self.takes else {}
        app, told = shop.ask(APP(), form(**channel, **values))
        shop.allow(app, self.right)
        return told


VARIANTS = Listing("productVariants", "ProductVariant", "MANAGE_PRODUCTS", OF_VARIANT, "ids:[ID!]")
ARTICLES = Listing(
    "products",
    "Product",
    "MANAGE_PRODUCTS",
    "\n".join(f"variants.{path}" for path in f"id updatedAt {OF_VARIANT}".split()),
)
PRICES = replace(VARIANTS, paths=OF_PRICE)
STOCK = replace(VARIANTS, paths=OF_STOCK)
CUSTOMERS = Listing("customers", "Customer", "MANAGE_USERS", OF_PARTY)
ORDERS = Listing("orders", "Order", "MANAGE_ORDERS", OF_ORDER, "channel:String!", 50)


def categories(shop: Shop) -> list[Row]:
    """Return all categories."""
    rows, after = list[Row](), None
    while True:
        (told,) = shop.ask(CATEGORIES(**({"after": after} if after else {})))
        rows += [edge["node"] for edge in told["edges"]]
        after = told["pageInfo"]["endCursor"]
        if not told["pageInfo"]["hasNextPage"]:
            return rows
