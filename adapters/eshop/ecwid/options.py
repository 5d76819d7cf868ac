"""What the table of an Ecwid shop in hub.toml may say."""

from collections.abc import Mapping

from pydantic import Field

from hub.canonical.field_types import OrderStatus
from hub.config.exchange import ExchangeOptions, Pace
from hub.config.secrets import Secret


class EcwidOptions(ExchangeOptions):
    """`url` is the interface's, with the store's number at its end."""

    key: Secret
    """The secret token: the public one shows what visitors see."""
    requests_per_second: Pace = 10
    """A token may ask 600 times a minute ("REST API overview"); one that goes on is kept out for longer."""
    status: Mapping[str, OrderStatus] = Field(default_factory=dict[str, OrderStatus])
    """Fulfillment statuses of the shop's own (`CUSTOM_FULFILLMENT_STATUS_1` to 3) -> ours."""
