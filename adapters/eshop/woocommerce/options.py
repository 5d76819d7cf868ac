"""The table [systems.NAME] of a WooCommerce shop."""

from collections.abc import Mapping

from pydantic import Field

from adapters.rates import Rates
from hub.config.exchange import ExchangeOptions
from hub.config.secrets import Secret

STATUS = {
    "pending": "pending",
    "on-hold": "pending",
    "failed": "pending",
    "processing": "confirmed",
    "completed": "completed",
    "cancelled": "cancelled",
    "refunded": "cancelled",
}
"""Page "Order Statuses": processing means that it is paid and waits to be fulfilled."""
TOLD = {"shipped": "completed", "completed": "completed", "cancelled": "cancelled"}
"""Not processing: whoever sets that says that the order is paid (source: WC_Order, maybe_set_date_paid)."""


class WooCommerceOptions(ExchangeOptions):
    """`url` is that of the shop, e.g. `https://shop.example`, as it stands under Settings > General."""

    key: Secret
    """The consumer key `ck_...`: WooCommerce > Settings > Advanced > REST API."""
    secret: Secret
    """The consumer secret `cs_...`, which is shown only once."""
    signed: bool = False
    """Sign requests over https too, as over http: where the shop's web server takes the `Authorization` header away."""
    status: Mapping[str, str] = Field(default_factory=STATUS.copy)
    """The shop's words for an order's status -> ours; of others nothing is said."""
    told: Mapping[str, str] = Field(default_factory=TOLD.copy)
    """Our status -> the shop's that an order gets; others are not told."""
    tell_customers: bool = True
    """Parcels are told by notes that the shop sends to the customer; false: notes for the shop's staff."""
    keep_stock: bool = True
    """Stock that comes turns on "Track stock quantity" at the product; false: products that do not track it refuse it."""
    tax_classes: Rates = Field(default_factory=dict[str, str])
    """Per cent -> the slug of the shop's tax class (`standard` is the one without); none: taxes are the shop's own."""
    default_category: str = "Uncategorized"
    """The category that the shop gives to products without one (`default_product_cat`); it counts as none."""
    role: str = "customer"
    """Whose accounts are read as parties; `all` are the staff's as well. Buyers are read whatever their role."""
    vat_id_meta: str | None = None
    """The meta key under which a plugin keeps VAT ids, at orders and customers, e.g. `_billing_nip`."""
