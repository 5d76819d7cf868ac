"""The table [systems.NAME] of a PrestaShop shop."""

from collections.abc import Mapping

from pydantic import Field

from adapters.rates import Rates
from hub.config.exchange import ExchangeOptions
from hub.config.secrets import Secret


class PrestaShopOptions(ExchangeOptions):
    """`url` is that of the shop, e.g. `https://shop.example`; the webservice lies below it, at `/api`."""

    key: Secret
    """The 32 characters of the key: Advanced Parameters > Webservice."""
    replace_images: bool = False
    """The images of products that have some in the shop are replaced when ours change; false: they are left alone."""
    tax_rules: Rates = Field(default_factory=dict[str, str])
    """Per cent -> the number of the shop's tax rules group; none: taxes are the shop's own."""
    status: Mapping[str, str] = Field(default_factory=dict[str, str])
    """Numbers of the shop's order statuses -> ours, for those that the shop's staff has added."""
    told: Mapping[str, str] = Field(default_factory=dict[str, str])
    """Our status -> the number of the one that an order gets, where it is not the shop's usual one."""
    tell_customers: bool = True
    """The shop mails the customer about statuses and parcels, as it does when its staff sets them; false: it does not."""
