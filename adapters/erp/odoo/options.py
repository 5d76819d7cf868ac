"""What the table of an Odoo system says."""

from typing import Literal

from adapters.erp.options import ErpOptions
from hub.config import Secret


class OdooOptions(ErpOptions):
    """The keys of [systems.NAME] with `connector = "odoo"`; `url` is what people open in the browser, without a path."""

    database: str
    """On odoo.com the part of the address before `.odoo.com`."""
    user: str | None = None
    """The login of the key's user; Odoo 19 and later does without."""
    key: Secret
    """An API key of that user."""
    interface: Literal["auto", "jsonrpc", "json2"] = "auto"
    """`auto`: JSON-2 where Odoo has it (from 19 on), JSON-RPC otherwise."""
    language: str | None = None
    """Of names and descriptions, as Odoo writes it (`pl_PL`); none: the user's."""
    confirm: Literal["draft", "sale"] = "sale"
    """How far a new sale is taken: a quotation, or an order."""
    charge_product: str | None = None
    """The internal reference of a service that stands for shipping, discounts, and what Odoo does not have."""
