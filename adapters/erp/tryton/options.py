"""What the table of a Tryton system says."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from hub.config import Secret, refuse, within
from hub.config.exchange import ExchangeOptions


class TrytonOptions(ExchangeOptions):
    """The keys of [systems.NAME] with `connector = "tryton"`; `url` ends with the database: https://erp.example/company."""

    key: Secret
    """Of a user application `rest` of the user in whose name the hub acts."""
    user: str | None = None
    password: Secret | None = None
    """Of that user, needed for sales that are to be more than drafts: they are confirmed over JSON-RPC, many at once."""
    company: Annotated[int, within(1, 1_000_000)] = 1
    """Tryton's number of the company."""
    price_list: str = "standard"
    """What the hub calls the price list that holds Tryton's list prices."""
    storage: Mapping[str, str] = Field(default_factory=dict[str, str])
    """Codes of Tryton's warehouses, where sales are promised, -> our names; none: all, under their codes."""
    confirm: Literal["draft", "quotation", "confirmed", "processing"] = "processing"
    """How far a new sale is taken."""
    payment_term: str | None = None
    """Of sales, by name; none: the customer's."""
    taxes: Mapping[str, str] = Field(default_factory=dict[str, str])
    """Per cent -> name of Tryton's tax, where several have one rate; otherwise the first in Tryton's order."""

    @model_validator(mode="after")
    def _user_has_password(self) -> Self:
        if (self.user is None) != (self.password is None):
            refuse("user and password belong together; give both or neither")
        return self
