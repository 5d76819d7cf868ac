"""What several ERPs are told alike."""

from collections.abc import Mapping
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator

from adapters.rates import Rates
from hub.config import refuse, within
from hub.config.exchange import ExchangeOptions


class ErpOptions(ExchangeOptions):
    """The keys of an ERP that is spoken to by its models (`adapters.erp.models`)."""

    company: Annotated[int, within(1, 1_000_000)] = 1
    """The ERP's number of the company."""
    price_list: str = "standard"
    """What the hub calls the price list that holds the ERP's own prices."""
    storage: Mapping[str, str] = Field(default_factory=dict[str, str])
    """Codes of the ERP's warehouses, where sales are promised, -> our names; none: all, under their codes."""
    payment_term: str | None = None
    """Of sales, by name; none: the customer's."""
    taxes: Rates = Field(default_factory=dict[str, str])
    """Per cent -> name of the ERP's tax, where several have one rate; otherwise the first in the ERP's order, and of several of
    0 % none."""


class LocalOptions(ExchangeOptions):
    """The keys of a system whose times are local, and do not say so."""

    zone: str
    """The time zone of the server, such as `Europe/Paris`: changes are asked for in it."""

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        if value not in available_timezones():
            refuse('zone is no time zone; write it like "Europe/Paris"')
        return value

    @property
    def place(self) -> ZoneInfo:
        """Where the server's clock is."""
        return ZoneInfo(self.zone)
