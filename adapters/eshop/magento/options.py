"""The table [systems.NAME] of a Magento shop."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from hub.config.durations import Duration, within
from hub.config.exchange import ExchangeOptions
from hub.config.faults import refuse, show
from hub.config.secrets import Secret


class MagentoOptions(ExchangeOptions):
    """`url` is the shop's base URL, e.g. `https://shop.example`, without `/rest`."""

    token: Secret
    """The integration's access token: System > Integrations."""
    consumer_key: Secret | None = None
    """With the next two: requests are signed by OAuth 1.0a; without them, the token is sent as bearer."""
    consumer_secret: Secret | None = None
    token_secret: Secret | None = None
    store: str = "all"
    """The store view in the address; `all`: values of the default scope are read and written."""
    website: str = "base"
    """The code of the website whose stock may be sold."""
    source: str = "default"
    """The code of the inventory source whose quantities are set."""
    stock_items: bool = False
    """The shop's Inventory (MSI) is switched off: quantities are those of the products themselves."""
    attribute_set: int = 4
    """The number of the attribute set of new products; 4 is the one called Default."""
    root_category: int = 2
    """The number of the root category below which categories count; 2 is the one called Default Category."""
    prices_include_tax: bool = False
    """As set under Stores > Configuration > Sales > Tax > Calculation Settings > Catalog Prices: the API does not say it."""
    tax_classes: Mapping[str, str] = Field(default_factory=dict[str, str])
    """Per cent -> the number of the product tax class; none: taxes are the shop's own."""
    gtin_attribute: str | None = None
    """The code of the product attribute that holds the GTIN, e.g. `ean`; none: it is neither read nor written."""
    families: bool = False
    """Variants of one article are put below a configurable product, which is made where it is missing."""
    capture: bool = False
    """Completing an order also captures the payment at the provider; false: the invoice is only marked as paid."""
    tell_customers: bool = True
    """The shop mails the customer when an order is shipped."""
    patience: Annotated[Duration, within(timedelta(seconds=1), timedelta(minutes=10))] = timedelta(seconds=60)
    """So long is waited for the shop's queue to carry out what was handed over."""

    @field_validator("tax_classes")
    @classmethod
    def _check_rates(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        for rate in value:
            if not rate.replace(".", "", 1).isdigit():
                refuse(f'{show(rate)} is not a rate in per cent; write it like "23"')
        return {format(Decimal(rate).normalize(), "f"): number for rate, number in value.items()}

    @model_validator(mode="after")
    def _check_keys(self) -> "MagentoOptions":
        if len({each is None for each in (self.consumer_key, self.consumer_secret, self.token_secret)}) > 1:
            refuse("consumer_key, consumer_secret and token_secret go together: give all three, or none")
        return self
