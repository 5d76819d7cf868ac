"""Records within a record, where a row has room for one: the parcel of an order, the address of a customer. Pure."""

from collections.abc import Mapping
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from hub.canonical.entity import Check
from hub.canonical.fields import is_boolean, models_in, text_check

BETWEEN = "."
"""Between a field and one of the record within: `tracking.number`."""


@cache
def nested_checks(model: type[BaseModel]) -> Mapping[str, Check | None]:
    """Return `FIELD.INNER` -> the check of one value of a record within; None for what is true or false."""
    return {
        f"{name}{BETWEEN}{inner}": text_check(info)
        for name, within in _within(model).items()
        for inner, info in within.model_fields.items()
        if text_check(info) or is_boolean(info)
    }


@cache
def field_names(model: type[BaseModel]) -> frozenset[str]:
    """Return the names of a record's fields and of all those within."""
    inner = (field_names(within) for within in _within(model).values())
    return frozenset(model.model_fields).union(*inner)


def folded(model: type[BaseModel], flat: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields with the records within made of theirs; of a list, there is one. What says nothing is left out."""
    fields = {name: value for name, value in flat.items() if BETWEEN not in name}
    records: dict[str, dict[str, Any]] = {}
    for name, value in flat.items():
        field, _, inner = name.partition(BETWEEN)
        if inner and value is not None:
            records.setdefault(field, {})[inner] = value
    for field, record in records.items():
        fields[field] = [record] if _is_list(model.model_fields[field].annotation) else record
    return fields


def _within(model: type[BaseModel]) -> Mapping[str, type[BaseModel]]:
    found = {name: next(models_in(info.annotation), None) for name, info in model.model_fields.items()}
    return {name: within for name, within in found.items() if within is not None}


def _is_list(annotation: Any) -> bool:
    return Ellipsis in get_args(annotation) or any(_is_list(part) for part in get_args(annotation))
