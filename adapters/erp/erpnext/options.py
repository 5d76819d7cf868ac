"""What the table of an ERPNext system says."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from adapters.rates import Rates
from hub.config import Secret, within
from hub.config.exchange import ExchangeOptions


class ErpNextOptions(ExchangeOptions):
    """The keys of [systems.NAME] with `connector = "erpnext"`; `url` is that of the site: https://erp.example."""

    key: Secret
    """The API key of the user in whose name the hub acts."""
    secret: Secret
    """The API secret, which is shown only once."""
    company: str
    """By its name, as it stands in the list of companies."""
    tax_included: bool = False
    """Whether the price lists' prices hold the tax; ERPNext itself does not say."""
    tax_templates: Mapping[str, str] = Field(default_factory=dict[str, str])
    """Item tax template -> per cent, so that products tell their rate."""
    storage: Mapping[str, str] = Field(default_factory=dict[str, str])
    """Names of warehouses, where sales are promised, -> our names; none: all of the company, under their names."""
    taxes: Rates = Field(default_factory=dict[str, str])
    """Per cent -> account to which an order's tax goes; none: that of the first sales tax template with the rate; of 0 %,
    no tax."""
    warehouse: str | None = None
    """Out of which orders are delivered; none: each item's default warehouse, which ERPNext then demands."""
    service_item: str | None = None
    """The item, not kept in stock, that stands for shipping and for lines of products that are not there."""
    order_price_list: str | None = None
    """The selling price list that orders are entered on, which is then not read; none: the customer's, or the default one,
    into which ERPNext writes what the orders' items cost."""
    rounding_account: str | None = None
    """Takes what rounding makes an order differ; none: the company's round off account."""
    delivery_days: Annotated[int, within(0, 365)] = 0
    """So long after the order is its delivery date, which ERPNext demands."""
    confirm: Literal["draft", "submitted"] = "submitted"
    """How far a new order is taken."""
    customer_groups: Mapping[Literal["company", "person"], str] = Field(
        default_factory=lambda: {"company": "Commercial", "person": "Individual"}
    )
    """Of new customers."""
    shipments: bool = False
    """Read parcels from documents of the type Shipment too, for which the key's user needs a right of its own."""
    deletions: bool = False
    """Read the list of deleted documents, for which the key's user must be a System Manager."""
    territory: str = "All Territories"
    """Of new customers."""
