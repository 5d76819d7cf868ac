"""Asking a Shopify shop. Threads may share it."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from http import HTTPStatus
from typing import Any, cast

from adapters.asking.connecting import connected
from adapters.asking.cursors import rows_of
from adapters.asking.edges import page_of
from adapters.asking.graphql import Declined, declined, told_in
from adapters.asking.http import Answer, KeyRefused, Rejected
from adapters.asking.sessions import Session
from adapters.eshop.named import named
from adapters.eshop.shopify import queries
from adapters.eshop.shopify.options import ShopifyOptions
from adapters.rows import Row
from hub.clock import Clock
from hub.config import resolve
from hub.errors import Refused, TryLater, Unanswered

ATTEMPTS = 5
"""So often is a request sent that the shop throttles, each time after as long as it needs."""
HEADER = "x-shopify-access-token"
SERVED = "x-shopify-api-version"
"""Says by which version a request was answered (page "About Shopify API versioning")."""
SHUT = (HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.NOT_FOUND, HTTPStatus.LOCKED, 430)
"""Of the endpoint, whatever it is asked: the shop is frozen or locked, is elsewhere, or takes us for an attack.

Source: page "Shopify API response status and error codes"; with status 200 it says so by a code.
"""
INACTIVE = "SHOP_INACTIVE"
_OWN_FAULT = ("INTERNAL_SERVER_ERROR", "TIMEOUT")
_ERRORS = ("userErrors", "orderCancelUserErrors")


class Shop:
    """One shop's GraphQL Admin API. Of a mutation, each field is carried out as a whole or not at all."""

    def __init__(self, name: str, options: ShopifyOptions, clock: Clock) -> None:
        self.name, self.options, self.clock = name, options, clock
        self._api = connected(name, options, clock)
        self._path = f"admin/api/{options.version}/graphql.json"
        self._session = Session(self._log_in)
        self._defined = False
        self.served: str | None = None
        """The version of the API by which the shop has answered last."""
        self.fits = dict[str, int]()
        """Query -> the rows that it may ask for at once, where they are fewer than its list's size."""

    def ask(self, query: str, /, **variables: object) -> Any:
        """Return the data of a query or mutation.

        Raises TryLater, KeyRefused, Declined, and of a mutation Unanswered.
        """
        if self.options.token:
            return self._ask(query, variables, resolve(self.options.token))
        return self._session.carry_out(lambda token: self._ask(query, variables, token))

    def all(self, query: str, /, **variables: object) -> list[Row]:
        """Return all rows of what a query calls `list`, page by page: it takes `after`."""
        return list(rows_of(lambda after: page_of(self.ask(query, after=after, **variables)["list"])))

    def terms(self) -> Row:
        """Return the shop's currency, and whether its prices hold the tax."""
        return self.ask(queries.TERMS)["shop"]

    @cached_property
    def location(self) -> str:
        """The identity of the location that counts."""
        return named(self.ask(queries.LOCATIONS)["locations"]["nodes"], "location", self.options.location)["id"]

    @cached_property
    def channels(self) -> Sequence[str]:
        """The identities of the sales channels on which new products are published."""
        if not self.options.channels:
            return ()
        there = self.ask(queries.CHANNELS)["publications"]["nodes"]
        return [named(there, "sales channel", each)["id"] for each in self.options.channels]

    def ask_by_reference(self, query: str, /, **variables: object) -> Any:
        """Ask as `ask` does, by the hub's reference of products: what makes that unique is made, where it is missing.

        Raises Refused as well, if there is another definition of it than the hub's.
        """
        if not self._defined:
            self._define()
            self._defined = True
        return self.ask(query, **variables)

    def _define(self) -> None:
        there = self.ask(queries.DEFINITION)["metafieldDefinition"]
        definition = there or self.ask(queries.DEFINE)["done"]["createdDefinition"]
        if definition["type"]["name"] != queries.ID:
            name = f"{queries.NAMESPACE}.{queries.REFERENCE}"
            raise Refused(
                f"the metafield {name} of products is not of the type ID; delete it in Settings > Custom data"
            )

    def _log_in(self) -> str:
        """Get a token (page "Using the client credentials grant"). It ends after a day."""
        client, secret = self.options.client_id or "", self.options.client_secret
        form = {
            "grant_type": "client_credentials",
            "client_id": client,
            "client_secret": resolve(secret) if secret else "",
        }
        try:
            return self._api.send_form("admin/oauth/access_token", form).body["access_token"]
        except Rejected as fault:  # its words may hold what was sent
            if fault.status in SHUT:
                raise TryLater(f"{self.name} is shut: it answered {fault.status}") from None
            said = f"{self.name} gives no token for this client_id and client_secret (status {fault.status})"
            raise KeyRefused(f"{said}; check both in [systems.{self.name}]", status=401) from None

    def _ask(self, query: str, variables: Mapping[str, object], token: str) -> Any:
        asks, wait = not query.startswith("mutation"), 0.0
        for _ in range(ATTEMPTS):
            answer = self._sent({"query": query, "variables": variables}, token, asks=asks)
            self.served, body = answer.header(SERVED), told_in(self.name, answer.body, asks=asks)
            throttled = _is_throttled(body)
            wait = max(pause(body), 1.0 if throttled else 0.0)
            self._api.hold(wait)
            if not throttled:
                return self._data_of(body, asks=asks)
        raise TryLater(f"{self.name} is throttled: others ask it too much", after=wait)

    def _sent(self, told: Row, token: str, *, asks: bool) -> Answer:
        try:
            return self._api.send("POST", self._path, told, repeatable=asks, headers={HEADER: token})
        except Rejected as fault:
            if fault.status not in SHUT:
                raise
            raise TryLater(f"{self.name} is shut: it answered {fault.status}: {fault}") from fault

    def _data_of(self, body: Row, *, asks: bool) -> Any:
        for error in body.get("errors") or ():
            code = error.get("extensions", {}).get("code", "")
            if code == "ACCESS_DENIED":
                mend = f"give the app of [systems.{self.name}] this access scope, and install it anew"
                raise KeyRefused(f"{self.name}: {error['message']}; {mend}", status=403)
            if code == INACTIVE:
                raise TryLater(f"{self.name} is shut: {error['message']}")
            if code in _OWN_FAULT:
                raise (TryLater if asks else Unanswered)(f"{self.name}: {error['message']}")
            raise Declined(error["message"], code)
        for result in body["data"].values():
            check(result)
        return body["data"]


def check(result: object) -> None:
    """Raise Declined for what a mutation says against what it was given."""
    if not isinstance(result, dict):
        return
    told = cast("Row", result)
    for error in (each for name in _ERRORS for each in told.get(name) or ()):
        raise declined(error)


def pause(body: Row) -> float:
    """Return the seconds until the shop has room for a request like this one (page "GraphQL Admin API rate limits")."""
    cost = body.get("extensions", {}).get("cost")
    if not cost:
        return 0.0
    status = cost["throttleStatus"]
    return max(0.0, (cost["requestedQueryCost"] - status["currentlyAvailable"]) / status["restoreRate"])


def _is_throttled(body: Row) -> bool:
    return any(error.get("extensions", {}).get("code") == "THROTTLED" for error in body.get("errors") or ())
