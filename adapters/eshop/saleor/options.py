"""The table [systems.NAME] of a Saleor shop."""

from hub.config.exchange import ExchangeOptions
from hub.config.secrets import Secret


class SaleorOptions(ExchangeOptions):
    """One channel of a shop; `url` is that of its API, without `/graphql/`."""

    token: Secret
    """Of the app: 30 letters and digits."""
    channel: str
    """The slug of the channel whose prices and orders are meant, and in which products are published."""
    warehouse: str
    """The slug of the warehouse whose stock is read and set."""
    product_type: str | None = None
    """The slug of the product type that new products are of. None: the first one, by its name."""
    tell_customers: bool = False
    """Let the shop mail customers when their parcels are on their way."""
