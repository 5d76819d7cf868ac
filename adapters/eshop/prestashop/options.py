"""The table [systems.NAME] of a PrestaShop shop."""

from collections.abc import Mapping
from decimal import Decimal

from pydantic import Field, field_validator

from hub.config.exchange import ExchangeOptions
from hub.config.faults import refuse, show
from hub.config.secrets import Secret


class PrestaShopOptions(ExchangeOptions):
    """`url` is that of the shop, e.g. `https://shop.example`; the webservice lies below it, at `/api`."""

    key: Secret
    """The 32 characters of the key: Advanced Parameters > Webservice."""
    tax_rules: Mapping[str, str] = Field(default_factory=dict[str, str])
    """Per cent -> the number of the shop's tax rules group; none: taxes are the shop's own."""
    status: Mapping[str, str] = Field(default_factory=dict[str, str])
    """Numbers of the shop's order statuses -> ours, for those that the shop's staff has added."""
    told: Mapping[str, str] = Field(default_factory=dict[str, str])
    """Our status -> the number of the one that an order gets, where it is not the shop's usual one."""
    tell_customers: bool = True
    """The shop mails the customer about statuses and parcels, as it does when its staff sets them; false: it does not."""

    @field_validator("tax_rules")
    @classmethod
    def _check_rates(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        for rate in value:
            if not rate.replace(".", "", 1).isdigit():
                refuse(f'{show(rate)} is not a rate in per cent; write it like "23"')
        return {format(Decimal(rate).normalize(), "f"): group for rate, group in value.items()}
