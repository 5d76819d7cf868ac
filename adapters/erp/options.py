"""What every ERP is told."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from hub.config import within
from hub.config.exchange import ExchangeOptions


class ErpOptions(ExchangeOptions):
    """The keys that ERPs' tables share."""

    company: Annotated[int, within(1, 1_000_000)] = 1
    """The ERP's number of the company."""
    price_list: str = "standard"
    """What the hub calls the price list that holds the ERP's own prices."""
    storage: Mapping[str, str] = Field(default_factory=dict[str, str])
    """Codes of the ERP's warehouses, where sales are promised, -> our names; none: all, under their codes."""
    payment_term: str | None = None
    """Of sales, by name; none: the customer's."""
    taxes: Mapping[str, str] = Field(default_factory=dict[str, str])
    """Per cent -> name of the ERP's tax, where several have one rate; otherwise the first in the ERP's order."""
