"""The table [systems.NAME] of a Shopify shop."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import StringConstraints, model_validator

from hub.config.exchange import ExchangeOptions
from hub.config.faults import refuse
from hub.config.secrets import Secret


class ShopifyOptions(ExchangeOptions):
    """`url` is `https://SHOP.myshopify.com`, whatever domain the customers see."""

    client_id: str | None = None
    """Of the app, from the Dev Dashboard: the hub itself gets tokens with it, each of which lasts for a day."""
    client_secret: Secret | None = None
    """Of the app; its webhooks are signed with it as well, so that `webhook_secret` is the same."""
    token: Secret | None = None
    """Instead of both: the lasting token `shpat_...` of an app that was made in the shop's admin before 2026."""
    version: Annotated[str, StringConstraints(pattern=r"\d{4}-\d{2}")] = "2026-10"
    """Of the API, 2026-01 or later; Shopify keeps each for a year."""
    location: str | None = None
    """The name of the location whose stock is read and set. None: the first one."""
    channels: Sequence[str] = ()
    """The names of the sales channels on which new products are published, e.g. `Online Store`."""
    tell_customers: bool = False
    """Let the shop mail customers when parcels are on their way, or the order is cancelled."""
    refund: bool = False
    """Give the money back when the hub cancels an order, by the ways in which it was paid."""

    @model_validator(mode="after")
    def _check_key(self) -> Self:
        whole = self.client_id is not None and self.client_secret is not None
        if whole == (self.token is not None):
            refuse("give client_id and client_secret of the app, or its token")
        return self
