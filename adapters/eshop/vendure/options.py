"""The table [systems.NAME] of a Vendure shop."""

from datetime import timedelta
from typing import Annotated

from hub.config.durations import Duration, within
from hub.config.exchange import ExchangeOptions
from hub.config.secrets import Secret


class VendureOptions(ExchangeOptions):
    """A shop, and who we are there."""

    user: str
    password: Secret
    channel_token: str | None = None
    """Of the channel, if it is not the default one. No secret: every visitor's browser sends it."""
    stock_location: str | None = None
    """Name of the stock location at which the stock is set; none: the channel's first. What lies at others counts, too."""
    language: str = "en"
    """Of the texts that are read and written: two letters, with a country behind a hyphen if the shop has it so."""
    category_facet: str = "category"
    """The code of the facet whose value is a product's category; the shop's collections can be filled by it."""
    open_orders: Annotated[Duration, within(timedelta(0), timedelta(days=366))] = timedelta(days=30)
    """So long are orders looked at in every run until they are shipped: Vendure does not tell when they are paid."""
