"""What hub.toml says of a shop that runs on Shopware 6."""

from hub.config.exchange import ExchangeOptions
from hub.config.secrets import Secret


class ShopwareOptions(ExchangeOptions):
    """The table [systems.NAME] with `connector = "shopware"`."""

    key: Secret
    """The integration's access key ID."""
    secret: Secret
    """Its secret access key."""
    channel: str
    """The identity of the sales channel in which new products are shown, and whose category tree is theirs."""
    tax_included: bool = True
    """Which of a price's two amounts counts, the one with tax or the one without; the other is calculated from it."""
