"""What the table of an SAP Business One system says."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from adapters.erp.options import LocalOptions
from adapters.rates import Rates
from hub.config import Secret, within


class SapB1Options(LocalOptions):
    """The keys of [systems.NAME] with `connector = "sap-business-one"`; `url` is the Service Layer's: https://sap.example:50000."""

    company: str
    """The name of the company's database."""
    user: str
    """The user in whose name the hub acts."""
    password: Secret
    storage: Mapping[str, str] = Field(default_factory=dict[str, str])
    """Codes of the warehouses, where sales are promised, -> our names; none: all, under their codes."""
    price_lists: Mapping[str, str] = Field(default_factory=dict[str, str])
    """Names of the price lists that are read -> our names; none: all, under their names."""
    currencies: Mapping[str, str] = Field(default_factory=dict[str, str])
    """The company's codes of currencies, where they are others -> those of ISO 4217: `{"$" = "USD"}`."""
    taxes: Rates = Field(default_factory=dict[str, str])
    """Per cent -> VAT group of orders, where several have one rate; otherwise the first in the order of their codes."""
    service_item: str | None = None
    """The item, not kept in stock, that stands for shipping, discounts, and lines of products that are not there."""
    warehouse: str | None = None
    """Out of which orders are delivered; none: each item's default warehouse."""
    branch: int | None = None
    """The number of the branch that orders are entered for, which companies with several branches demand."""
    delivery_days: Annotated[int, within(0, 365)] = 0
    """So long after the order is its delivery date, which SAP Business One demands."""
    series: int | None = None
    """The number of the series that gives new customers their codes; none: the hub makes the codes."""
