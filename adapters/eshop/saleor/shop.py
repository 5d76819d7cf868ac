"""Asking a Saleor shop. Threads may share it."""

from typing import Any

from adapters.asking.auth.keys import HeaderKey
from adapters.asking.connecting import connected
from adapters.asking.forms import Filled
from adapters.asking.http import KeyRefused
from adapters.asking.keyed import Faults, KeyedGraphQl
from adapters.eshop.saleor import translate
from adapters.eshop.saleor.options import SaleorOptions
from adapters.fields import at
from adapters.reading.connections import Dialect
from adapters.rows import Row
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


class Shop(KeyedGraphQl):
    """One shop, seen as one of its channels."""

    def __init__(self, name: str, options: SaleorOptions, clock: Clock) -> None:
        self.options = options
        key = HeaderKey("authorization", resolve(options.token), "Bearer ")
        super().__init__(connected(name, options, clock, auth=key), "graphql/", FAULTS)

    def shown(self, form: Filled, right: str) -> Any:
        """Return what a list shows; a token without the right would be shown what visitors see, and no error."""
        app, told = self.ask(translate.APP(), form)
        if right not in (at(app, "permissions.code") or ()):
            raise KeyRefused(f"{self.name}: give the app of [systems.{self.name}] the permission {right}", status=403)
        return told

    def terms(self) -> Row:
        """Return what the options name: see `translate.terms`."""
        channel, *others = translate.TERMS
        asked = self.ask(channel(slug=self.options.channel), *(form() for form in others))
        return translate.terms(self.options, *asked)
