"""What the table of a Business Central system says."""

from adapters.erp.options import LocalOptions
from adapters.rates import Rates
from hub.config import Secret, WebAddress


class BusinessCentralOptions(LocalOptions):
    """The keys of [systems.NAME] with `connector = "business-central"`.

    `url` is the environment's: https://api.businesscentral.dynamics.com/v2.0/TENANT/production; `zone`: in which orders
    have their day, changes are asked for in UTC.
    """

    login: WebAddress | None = None
    """Where the application's tokens come from: https://login.microsoftonline.com/TENANT; none: an own server, which knows
    `user` and `key` itself."""
    user: str
    """The application's client ID; of an own server, the user's name."""
    key: Secret
    """The application's client secret; of an own server, the user's web service access key."""
    company: str
    """The company's name, as `hub check` lists them."""
    price_list: str = "standard"
    """What the hub calls the price list that holds the items' own prices."""
    location: str = "main"
    """What the hub calls the place of all stock, which the interface does not tell apart."""
    taxes: Rates
    """Per cent -> VAT product posting group (or tax group) of orders' lines: the interface shows none, so orders with a
    rate that is not named wait."""
    service_item: str | None = None
    """The number of the item, of type Service, that stands for shipping, discounts, rounding, and products that are not
    there; without it, orders with such lines wait."""
