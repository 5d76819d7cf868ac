"""The table [systems.NAME.orders]: in which form, and where, an ERP is handed orders."""

import codecs
import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import Annotated, Any, Literal, Self, cast

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from adapters.erp.files import xml_form
from adapters.erp.files.expressions import CHECK, ORDERS, Expression, roots
from adapters.files.format import below
from adapters.files.nested import field_names
from hub.canonical import ENTITIES
from hub.config.durations import Duration, within
from hub.config.faults import guess_or_list, refuse, show
from hub.config.settings import Frozen

SEEN = frozenset({"reference", "customer", "position", "order"})
"""What expressions see beside the order's fields and those of its lines."""
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,10}", re.ASCII)


def _check_template(value: Any) -> Any:
    """Return the template of a JSON file: a table or list of expressions, or one; raises pydantic's error."""
    if isinstance(value, Mapping):
        return {name: _check_template(each) for name, each in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list):
        return [_check_template(each) for each in cast("list[Any]", value)]
    if not isinstance(value, str):
        refuse(f"{show(value)} is no expression; a constant is written in quotes within the quotes, as in \"'web'\"")
    return CHECK(value)


Below = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(below)]
"""A folder below the source."""


class OrderFiles(Frozen):
    """The table [systems.NAME.orders]: how an order is handed to the ERP."""

    type: Literal["xml", "csv", "json"]
    folder: Below = ORDERS
    """Where the ERP looks for orders."""
    name: Expression = "reference"
    """What an order is called there: its file's name without the ending, and the `id` of the files that say what became
    of it. No two orders may have one."""
    ending: str | None = None
    """Of the file's name; none: that of its type."""
    template: Annotated[Any, Field(validate_default=True)] = None
    """Of XML: a text. Of JSON: a table or list of expressions."""
    columns: Mapping[str, Expression] = Field(default_factory=dict[str, Expression])
    """Of CSV: title -> expression, in the order of the columns."""
    each: Expression | None = None
    """Of CSV: what each row is of, such as `lines`; none: one row an order."""
    header: bool = True
    """Whether the titles stand in the first row."""
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ";"
    encoding: str = "utf-8"
    decimal: Literal[".", ","] = "."
    """What the function `decimal` writes."""
    archive: Below | None = None
    """Where the ERP puts what it has taken; none: it keeps nothing."""
    errors: Below | None = None
    """Where the ERP puts what it refuses, with its words in a text file of the same name; none: nowhere."""
    changes: Literal["tell", "version"] = "tell"
    """What happens when an order changes after it was handed out: it waits in quarantine for somebody to see to it in the
    ERP, or another file is handed out, whose name ends in `_v2`."""
    taken_within: Annotated[Duration, within(timedelta(minutes=1), timedelta(days=30))] = timedelta(hours=1)
    """A file that lies there longer is told by `hub check`."""

    @property
    def suffix(self) -> str:
        """The ending of the files' names."""
        return self.ending or f".{self.type}"

    @cached_property
    def told(self) -> frozenset[str]:
        """The names with which the expressions begin that say what stands in the file."""
        if self.type == "xml":
            found = xml_form.names(self.template)
        else:
            found = frozenset[str]().union(
                *map(roots, [*self._expressions(self.template or {}), *self.columns.values()])
            )
        each = roots(self.each) if self.each else frozenset[str]()
        return found | each

    @property
    def untold(self) -> list[str]:
        """What an order comes to beside its lines, where the file tells the prices of these, and not that."""
        priced = "unit_price" in str(self.template or self.columns)
        return [each for each in ("shipping", "discounts") if priced and each not in self.told]

    @property
    def writes(self) -> frozenset[str]:
        """The fields of an order that are handed out, and told again when they change.

        Where nothing is told again, the ERP's word on the status is not compared with what it was once handed.
        """
        once = {"status"} if self.changes == "tell" else frozenset[str]()
        return self.told & ENTITIES[ORDERS].fields - once

    @classmethod
    def _expressions(cls, template: "str | Mapping[str, Any] | list[Any]") -> list[str]:
        if isinstance(template, str):
            return [template]
        inner = template.values() if isinstance(template, Mapping) else template
        return [expression for each in inner for expression in cls._expressions(each)]

    @field_validator("template")
    @classmethod
    def _can_be_filled(cls, value: Any, known: ValidationInfo) -> Any:
        type_ = known.data.get("type")
        if type_ == "xml":
            if not isinstance(value, str):
                refuse("write the ERP's sample of an order as a text, with expressions in braces")
            return xml_form.check(value)
        if type_ == "json":
            if not isinstance(value, Mapping | list):
                refuse("is a table (or list) of expressions")
            return _check_template(value)
        return value

    @field_validator("ending")
    @classmethod
    def _check_ending(cls, value: str | None) -> str | None:
        if value is not None and not _ENDING.fullmatch(value):
            refuse(f'{show(value)} is no ending of a file; one looks like ".xml"')
        return value

    @field_validator("encoding")
    @classmethod
    def _check_encoding(cls, value: str) -> str:
        try:
            return codecs.lookup(value).name
        except (LookupError, ValueError):
            refuse(f'{show(value)} is not an encoding; "utf-8" and "cp1250" are')

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.type == "csv" and not self.columns:
            refuse("name the columns of the file, each with an expression", "columns")
        if self.type != "csv" and (self.columns or self.each):
            refuse(f"belongs to CSV; of {self.type.upper()} the template says everything", "columns")
        _check_names(self.told, "columns" if self.type == "csv" else "template")
        _check_names(roots(self.name), "name")
        return self


def _check_names(names: frozenset[str], key: str) -> None:
    """Refuse a name that neither an order nor anything in one has: what it says would be nothing, in every file."""
    known = field_names(ENTITIES[ORDERS].model) | SEEN
    for name in sorted(names - known):
        refuse(f"{show(name)} is nothing that an order has{guess_or_list(name, sorted(known))}", key)
