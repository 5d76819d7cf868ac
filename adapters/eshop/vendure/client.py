"""Asking a Vendure shop. Threads may share the session."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from adapters.asking.connecting import connected
from adapters.asking.graphql import GraphQl, selection
from adapters.eshop.named import named
from adapters.eshop.vendure.options import VendureOptions
from adapters.eshop.vendure.queries import LOGIN, PLACE
from adapters.reading.pages import before
from adapters.rows import Row
from hub.clock import Clock
from hub.config import resolve

JUST_BEFORE = before(timedelta(milliseconds=1))
"""`after` leaves the mark itself out, and marks have milliseconds at most."""
MONEY = (
    "channel:activeChannel{tax_included:pricesIncludeTax} money:globalSettings{serverConfig{moneyStrategyPrecision}}"
)
NOTES_ONLY = {"history": '(options:{filter:{type:{eq:"ORDER_NOTE"}}})'}


class Shop(GraphQl):
    """One shop's Admin API. Of a mutation, each field is carried out as a whole or not at all."""

    def __init__(self, name: str, options: VendureOptions, clock: Clock) -> None:
        self.options, self.clock = options, clock
        self.language = options.language.replace("-", "_")
        headers = {"vendure-token": options.channel_token} if options.channel_token else {}
        api = connected(name, options, clock, headers=headers)
        login = {"user": options.user, "password": resolve(options.password)}
        super().__init__(api, "admin-api", {"languageCode": self.language}, (LOGIN, login), "vendure-auth-token")

    def stock_location(self) -> str:
        """Return the place at which the stock is set."""
        name = self.options.stock_location
        rows = self.ask(PLACE, filter={"name": {"eq": name}} if name else {})["stockLocations"]["items"]
        return named(rows, "stock location", name)["id"]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of the shop's."""

    name: str
    asked: str
    """What is asked for of each record: paths, parted by blanks."""
    size: int = 500
    chosen: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The part of the list that is meant, as a filter."""
    at_home: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What has to hold besides in the default channel, which shows what belongs to all others, too."""
    money: bool = False
    """Whether there are amounts: what they mean goes with each row."""

    @property
    def query(self) -> str:
        """What is sent; the type of a list's options is called after its records."""
        items = selection(self.asked, NOTES_ONLY)
        told = f"list:{self.name}(options:$options){{totalItems items{{{items}}}}} {MONEY if self.money else ''}"
        return f"query($options:{self.name[0].upper()}{self.name[1:-1]}ListOptions){{{told}}}"

    def page(
        self, shop: Shop, offset: int, size: int, mark: str | None = None, since: str | None = None
    ) -> tuple[list[Row], int]:
        """Return rows, and how many there are in all."""
        later = {mark: {"after": JUST_BEFORE(since)}} if mark and since else {}
        chosen = self.chosen if shop.options.channel_token else {**self.chosen, **self.at_home}
        # One key only to sort by: GraphQL does not keep their order.
        return self._asked(shop, skip=offset, take=size, sort={mark or "id": "ASC"}, filter={**chosen, **later})

    def some(self, shop: Shop, ids: Sequence[str]) -> list[Row]:
        """Return rows by their identity."""
        return self._asked(shop, take=1000, filter={"id": {"in": ids}})[0] if ids else []

    def _asked(self, shop: Shop, **options: object) -> tuple[list[Row], int]:
        told = shop.ask(self.query, options=options)
        if self.money:
            money = told["channel"] | {"precision": told["money"]["serverConfig"]["moneyStrategyPrecision"]}
            for row in told["list"]["items"]:
                row.update(money)
        return told["list"]["items"], told["list"]["totalItems"]
