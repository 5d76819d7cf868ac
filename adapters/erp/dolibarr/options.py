"""What the table of a Dolibarr system says."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator

from adapters.erp.options import ErpOptions
from hub.config import Secret, refuse


class DolibarrOptions(ErpOptions):
    """The keys of [systems.NAME] with `connector = "dolibarr"`; `url` is what people open, with `/htdocs` if it has that."""

    key: Secret
    """The API key of a user of the hub's own."""
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    """Of the company: of all prices and orders."""
    zone: str
    """The time zone of the server, such as `Europe/Paris`: changes are asked for in it."""
    confirm: Literal["draft", "validated"] = "validated"
    """How far a new order is taken."""

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
