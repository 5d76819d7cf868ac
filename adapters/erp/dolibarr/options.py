"""What the table of a Dolibarr system says."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from adapters.erp.options import LocalOptions
from adapters.rates import Rates
from hub.config import Secret


class DolibarrOptions(LocalOptions):
    """The keys of [systems.NAME] with `connector = "dolibarr"`; `url` is what people open, with `/htdocs` if it has that."""

    key: Secret
    """The API key of a user of the hub's own."""
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    """Of the company: of all prices and orders."""
    price_list: str = "standard"
    """What the hub calls the list of Dolibarr's own prices."""
    storage: Mapping[str, str] = Field(default_factory=dict[str, str])
    """References of the warehouses that are sold from -> our names; none: all, under their references."""
    taxes: Rates = Field(default_factory=dict[str, str])
    """Per cent -> code of the VAT rate, where several have one."""
    warehouse: str | None = None
    """Reference of the one out of which validating an order takes its goods, where it does; none: the first of `storage`,
    or of all."""
    confirm: Literal["draft", "validated"] = "validated"
    """How far a new order is taken."""
    shipments: bool = False
    """Ask for the shipments of each order that is delivered, so that one which was closed short is known; the key's user
    needs the right to read them."""
