"""What every system with records of its own may be told: which records it gets, whose words mean what, who wins."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, ClassVar, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from hub.config.addresses import WebAddress
from hub.config.durations import Duration, within
from hub.config.expressions import Expression
from hub.config.faults import refuse, show
from hub.config.schedules import ScheduleSettings
from hub.config.secrets import Secret
from hub.config.settings import Frozen, Options

Pace = Annotated[float, Field(gt=0, le=10_000)] | None
"""Requests a second; none: as many as there are."""
Timeout = Annotated[Duration, within(timedelta(seconds=1), timedelta(minutes=10))]
"""For one request."""
WEBHOOKS = "webhooks"
"""What the job is called that looks after a system's webhooks: `SYSTEM.webhooks`."""
LOOKED_AFTER = ScheduleSettings(every=timedelta(minutes=15))


def _wins(system: object) -> object:
    if not isinstance(system, str):
        refuse('write each field with the system that wins: "products.name" = "erp"')
    return system


class RangeSettings(Frozen):
    """The table [systems.NAME.range]: what the system gets of what there is."""

    products: Expression | None = None
    """A JMESPath expression over a product's fields that must hold; none: all products."""
    orders: Expression | None = None
    """The same over an order's fields, for an ERP: until it holds, an order that the ERP does not have waits."""
    price_list: str | None = None
    """The price list whose prices it gets; none: every list."""
    zero_prices: bool = False
    """Whether a shop gets prices of 0 as well; otherwise they wait: ERPs have them where no price is entered yet."""
    locations: tuple[str, ...] = ()
    """The stock of these is added up; empty: of all."""
    buffer: Annotated[int, within(0, 1_000_000)] = 0
    """Units of each product that are not offered."""


class ExchangeOptions(Options):
    """The keys that all such systems' tables share; each connector adds its own."""

    carries: ClassVar[tuple[str, ...]] = ("products", "prices", "stock", "parties", "orders")
    """The streams of the connector; one that has others says so."""

    url: WebAddress
    requests_per_second: Pace = None
    timeout: Timeout = timedelta(seconds=30)
    """For one request."""
    range: RangeSettings = RangeSettings()
    payment: Mapping[str, str] = Field(default_factory=dict[str, str])
    """The system's words for ways to pay -> ours."""
    shipping: Mapping[str, str] = Field(default_factory=dict[str, str])
    """The system's words for ways to ship -> ours."""
    owner: Mapping[str, Annotated[str, BeforeValidator(_wins)]] = Field(default_factory=dict[str, str])
    """`ENTITY.FIELD` -> the system that wins when both have changed it."""
    orders_from: date | None = None
    """Orders that were placed there before this day (UTC) are left to it; none: all are taken."""
    delete_brake: Annotated[int, within(0, 1_000_000)] = 50
    """More deletions than this, or than one in twenty, are asked about before they are done."""
    webhook_secret: Secret | None = None
    """What its webhook calls are signed with; none: no call is taken."""
    webhook_secret_before: Secret | None = None
    """What they were signed with before: as long as it stands here, such calls are taken as well."""
    flips: Annotated[int, within(2, 1000)] = 5
    """So often may a system undo what was written to a record before the record is put aside."""

    def streams(self) -> Mapping[str, ScheduleSettings | None]:
        """Return what can be synchronised; when, its jobs say. Its webhooks are looked after by a job of their own."""
        hooks = {WEBHOOKS: LOOKED_AFTER} if self.webhook_secret is not None else {}
        return dict.fromkeys(self.carries) | hooks

    @model_validator(mode="after")
    def _before_what(self) -> Self:
        if self.webhook_secret_before is not None and self.webhook_secret is None:
            refuse(
                "stands beside webhook_secret, which is missing: without it no call is taken", "webhook_secret_before"
            )
        return self

    @field_validator("owner")
    @classmethod
    def _check_owner(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        for name in value:
            if name.count(".") != 1:
                refuse(f'{show(name)} is not a field; write it like "products.description"')
        return value
