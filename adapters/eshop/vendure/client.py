"""Asking a Vendure shop. Threads may share the session."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from adapters.connecting import connected
from adapters.declared import Row
from adapters.eshop.vendure.options import VendureOptions
from adapters.eshop.vendure.queries import LOGIN
from adapters.graphql import GraphQl
from adapters.pages import before
from hub.clock import Clock
from hub.config import resolve

JUST_BEFORE = before(timedelta(milliseconds=1))
"""`after` leaves the mark itself out, and marks have milliseconds at most."""


class Shop(GraphQl):
    """One shop's Admin API. Of a mutation, each field is carried out as a whole or not at all."""

    def __init__(self, name: str, options: VendureOptions, clock: Clock) -> None:
        self.options, self.clock = options, clock
        self.language = options.language.replace("-", "_")
        headers = {"vendure-token": options.channel_token} if options.channel_token else {}
        api = connected(name, options, clock, headers=headers)
        login = {"user": options.user, "password": resolve(options.password)}
        super().__init__(api, "admin-api", {"languageCode": self.language}, (LOGIN, login), "vendure-auth-token")


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of the shop's."""

    query: str
    size: int
    chosen: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The part of the list that is meant, as a filter."""

    def page(
        self, shop: Shop, offset: int, size: int, mark: str | None = None, since: str | None = None
    ) -> tuple[list[Row], int]:
        """Return rows, and how many there are in all."""
        later = {mark: {"after": JUST_BEFORE(since)}} if mark and since else {}
        # One key only to sort by: GraphQL does not keep their order.
        return self._asked(shop, skip=offset, take=size, sort={mark or "id": "ASC"}, filter={**self.chosen, **later})

    def some(self, shop: Shop, ids: Sequence[str]) -> list[Row]:
        """Return rows by their identity."""
        return self._asked(shop, take=1000, filter={"id": {"in": ids}})[0] if ids else []

    def _asked(self, shop: Shop, **options: object) -> tuple[list[Row], int]:
        """Ask for rows; what amounts of money mean goes with each."""
        told = shop.ask(self.query, options=options)
        if "money" in told:
            money = told["channel"] | {"precision": told["money"]["serverConfig"]["moneyStrategyPrecision"]}
            for row in told["list"]["items"]:
                row.update(money)
        return told["list"]["items"], told["list"]["totalItems"]
