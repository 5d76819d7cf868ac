"""Asking a Saleor shop. Threads may share it."""

from typing import Any

from adapters.auth.keys import HeaderKey
from adapters.calls import Call, Form
from adapters.connecting import connected
from adapters.connections import PAGE, Dialect
from adapters.declared import Row
from adapters.eshop.named import named
from adapters.eshop.saleor.options import SaleorOptions
from adapters.fields import at
from adapters.http import KeyRefused
from adapters.keyed import Faults, KeyedGraphQl
from hub.clock import Clock
from hub.config import resolve

KEY = "PermissionDenied InvalidTokenError InvalidSignatureError ExpiredSignatureError DecodeError"
FAULTS = Faults(
    lambda error: at(error, "extensions.exception.code") or "",  # its class (source: graphql/utils, `format_error`)
    frozenset(KEY.split()),
    frozenset(["GraphQLError", "ValidationError", "ReadOnlyException"]),
)
LISTS = Dialect(
    "updatedAt",
    "sortBy:{{field:LAST_MODIFIED_AT,direction:{}}}".format,
    lambda mark: {"filter": {"updatedAt": {"gte": mark}}},
    lambda ids: {"filter": {"ids": ids}},
    "filter:{}FilterInput",
)
APP = Form("app", gives="permissions{code}")
CHANNEL = Form("channel", "slug:String!", "id slug currencyCode")
TAXES = Form("taxConfigurations", "", "edges{node{channel{slug} pricesEnteredWithTax}}", "first:100")
WAREHOUSES, TYPES = (Form(name, "", "edges{node{id slug}}", "first:100") for name in ("warehouses", "productTypes"))
CATEGORIES = Form("categories", "after:String", f"edges{{node{{id name parent{{id}}}}}} {PAGE}", "first:100")


class Shop(KeyedGraphQl):
    """One shop, seen as one of its channels."""

    def __init__(self, name: str, options: SaleorOptions, clock: Clock) -> None:
        self.options = options
        key = HeaderKey("authorization", resolve(options.token), "Bearer ")
        super().__init__(connected(name, options, clock, auth=key), "graphql/", FAULTS)

    def shown(self, call: Call, right: str) -> Any:
        """Return what a list shows; a token without the right would be shown what visitors see, and no error."""
        app, told = self.ask(APP(), call)
        if right not in (at(app, "permissions.code") or ()):
            raise KeyRefused(f"{self.name}: give the app of [systems.{self.name}] the permission {right}", status=403)
        return told

    def terms(self) -> Row:
        """Return our channel, with its currency and whether its prices hold the tax; warehouse and product type by id."""
        o = self.options
        channel, taxes, warehouses, types = self.ask(CHANNEL(slug=o.channel), TAXES(), WAREHOUSES(), TYPES())
        ours = named([channel] if channel else [], "channel", o.channel, "slug")
        held = {each["channel"]["slug"]: each["pricesEnteredWithTax"] for each in taxes}.get(o.channel)
        warehouse = named(warehouses, "warehouse", o.warehouse, "slug")["id"]
        type_ = named(types, "product type", o.product_type, "slug")["id"]
        return {**ours, "tax_included": held, "warehouse": warehouse, "type": type_}
