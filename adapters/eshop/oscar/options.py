"""The table [systems.NAME] of a django-oscar shop."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from pydantic import Field

from adapters.rates import Rate
from hub.config.exchange import ExchangeOptions, Timeout
from hub.config.secrets import Secret

STATUSES = {
    "new": "pending",
    "Pending": "pending",
    "Being processed": "processing",
    "Processed": "completed",
    "Shipped": "shipped",
    "Complete": "completed",
    "Cancelled": "cancelled",
}


class OscarOptions(ExchangeOptions):
    """`url` is the address of the API, e.g. `https://shop.example/api`."""

    user: str
    """A member of the staff: the admin API is used."""
    password: Secret
    timeout: Timeout = timedelta(minutes=5)
    """For one request. Lists come whole: 5,000 products after twenty seconds of silence."""
    product_class: str | None = None
    """Slug of the class that new products get; none: the first there is."""
    partner: str | None = None
    """Code of the partner whose prices and stock are meant; none: the first there is."""
    tax_included: bool = False
    """Whether the prices of the stock records hold the tax."""
    tax_rates: Sequence[Rate] = ()
    """Per cent of the taxes that customers pay, such as ["23", "8"]: the shop tells sums alone, which a coin blurs."""
    status: Mapping[str, str] = Field(default_factory=STATUSES.copy)
    """The shop's words for an order's status -> ours."""
