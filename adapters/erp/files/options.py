"""The table [systems.NAME] of an ERP that is reached by files: what comes, and what goes out."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self, cast

from pydantic import AfterValidator, Field, field_validator, model_validator

from adapters.erp.files.order_files import ORDERS, OrderFiles
from adapters.files.format import Format
from adapters.files.options import FolderOptions
from hub.config.exchange import ExchangeOptions
from hub.config.faults import guess_or_list, refuse
from hub.config.schedules import ScheduleSettings

COMES = ("orders", "parties", "prices", "products", "stock")


def _no_address(_: str) -> str:
    refuse("an ERP that exchanges files has no address; its folders lie below source")


class ErpFormat(Format):
    """A table [systems.NAME.formats.STREAM]: files of the ERP, and which of their columns is which field of ours."""

    importable: ClassVar[tuple[str, ...]] = COMES

    @field_validator("policy")
    @classmethod
    def _is_merged(cls, value: str) -> str:
        if value != "upsert":
            refuse("what an ERP delivers is merged field by field; who wins is said by [systems.NAME.owner]")
        return value


def _named(name: str, format_: Any) -> Any:
    if name not in COMES or not isinstance(format_, Mapping):
        return format_
    return {"entity": name, **cast("Mapping[str, Any]", format_)}


class ErpFilesOptions(FolderOptions, ExchangeOptions):
    """The keys of [systems.NAME] with `kind = "erp"` and `connector = "files"`."""

    url: Annotated[str, AfterValidator(_no_address)] = ""
    """There is none: the ERP is reached by folders."""
    formats: dict[str, ErpFormat] = Field(default_factory=dict[str, ErpFormat], max_length=200)  # pyright: ignore[reportIncompatibleVariableOverride]  # frozen, so never written
    orders: OrderFiles | None = None
    words: Mapping[str, Mapping[str, str]] = Field(default_factory=dict[str, Mapping[str, str]])
    """Table -> our word -> the ERP's: what `lookup` finds."""

    def streams(self) -> Mapping[str, ScheduleSettings | None]:
        """Return what comes, each with its schedule, and orders, if they go out."""
        return {**({ORDERS: None} if self.orders else {}), **super().streams()}

    @field_validator("formats", mode="before")
    @classmethod
    def _name_entities(cls, value: Any) -> Any:
        """A format that says nothing else is of the entity that it is called."""
        if not isinstance(value, Mapping):
            return value
        tables = cast("Mapping[str, Any]", value)
        return {name: _named(name, each) for name, each in tables.items()}

    @field_validator("requests_per_second")
    @classmethod
    def _asks_nobody(cls, value: float | None) -> float | None:
        if value is not None:
            refuse("folders are not asked by requests; leave it out")
        return value

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if not self.formats and self.orders is None:
            refuse("nothing comes and nothing goes: write [systems.NAME.formats.STREAM], or [systems.NAME.orders]")
        for name, each in self.formats.items():
            if (each.entity == ORDERS) != (name == ORDERS):
                refuse(
                    f"the format of what became of orders is called {ORDERS}, and no other is{guess_or_list(name, ())}",
                    "formats",
                )
        return self
