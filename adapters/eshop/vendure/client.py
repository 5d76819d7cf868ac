"""The session with a shop. Threads may share it."""

from collections.abc import Sequence
from typing import Any

from adapters.eshop.orders import Raw
from adapters.eshop.vendure.options import VendureOptions
from adapters.eshop.vendure.queries import LOGIN
from adapters.graphql import GraphQl
from adapters.http import Api
from hub.clock import Clock
from hub.config import resolve


class Shop(GraphQl):
    """One shop's Admin API. Of a mutation, each field is carried out as a whole or not at all."""

    def __init__(self, name: str, options: VendureOptions, clock: Clock) -> None:
        self.options, self.clock = options, clock
        self.language = options.language.replace("-", "_")
        headers = {"vendure-token": options.channel_token} if options.channel_token else {}
        pace, timeout, url = options.requests_per_second, options.timeout, resolve(options.url)
        api = Api(name, url, headers=headers, requests_per_second=pace, timeout=timeout, clock=clock)
        login = {"user": options.user, "password": resolve(options.password)}
        super().__init__(api, "admin-api", {"languageCode": self.language}, (LOGIN, login), "vendure-auth-token")

    def rows(self, query: str, **options: object) -> tuple[list[Any], int]:
        """Return a part of a list, and how many there are in all; what amounts of money mean goes with each row."""
        told = self.ask(query, options=options)
        if "money" in told:
            money = told["channel"] | {"precision": told["money"]["serverConfig"]["moneyStrategyPrecision"]}
            for row in told["list"]["items"]:
                row.update(money)
        return told["list"]["items"], told["list"]["totalItems"]

    def by_id(self, query: str, ids: Sequence[str]) -> dict[str, Raw]:
        """Return rows by their identity, as far as they are there."""
        rows = self.rows(query, take=1000, filter={"id": {"in": ids}})[0] if ids else []
        return {row["id"]: row for row in rows}
