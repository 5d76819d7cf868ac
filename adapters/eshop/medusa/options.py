"""The table [systems.NAME] of a Medusa shop."""

from hub.config.exchange import ExchangeOptions
from hub.config.secrets import Secret


class MedusaOptions(ExchangeOptions):
    """Where the shop is, and which of its parts count. What is named here goes by its name in the shop."""

    key: Secret
    """A secret API key: Settings > Secret API keys."""
    sales_channel: str | None = None
    """New products are sold there, and orders come from there. None: the first one, and all orders."""
    stock_location: str | None = None
    """The stock is set there. None: the first one."""
    shipping_profile: str | None = None
    """New products are shipped by it: without one nobody can order them. None: the first one."""
