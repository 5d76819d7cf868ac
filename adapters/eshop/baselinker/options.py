"""What hub.toml tells of a BaseLinker account. `hub check` shows the numbers that there are."""

from collections.abc import Mapping

from pydantic import Field

from adapters.rates import Rate
from hub.canonical.field_types import OrderStatus
from hub.config import Secret
from hub.config.addresses import WebAddress
from hub.config.exchange import ExchangeOptions, Pace


class BaseLinkerOptions(ExchangeOptions):
    """The keys of a BaseLinker system."""

    url: WebAddress = "https://api.baselinker.com"
    key: Secret
    """The API token, which may do everything in the account."""
    requests_per_second: Pace = 1.6
    """A token that asks more than 100 times a minute is blocked; other programs that use it count as well."""
    catalogue: int
    """The catalogue's number: the products of others are left alone."""
    price_group: int
    """The number of the price group whose prices are read and set."""
    currency: str
    """That of the price group: prices in others are refused."""
    warehouse: str
    """The warehouse, such as `bl_205`, whose stock is read and set."""
    statuses: Mapping[str, OrderStatus] = Field(default_factory=dict[str, OrderStatus])
    """The number of an order status -> ours. Of several for one of ours, orders are given the first."""
    delivery_tax_rate: Rate | None = None
    """Of what delivery costs, in per cent: orders tell the gross price alone (page "getOrders"); none: it is untaxed."""
