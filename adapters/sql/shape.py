"""What sort of value each canonical field holds, fields within fields too, and how values of a sort are converted. Pure."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import cache
from typing import Any, cast

from pydantic import BaseModel

from adapters.sql.paths import columns_in
from hub.canonical import values
from hub.canonical.fields import is_boolean, models_in, text_check

NUMBERS = (values.quantity, values.signed_quantity, values.amount, values.signed_amount, values.rate)
SORTS: Mapping[Any, str] = dict.fromkeys(NUMBERS, "number") | {values.instant: "instant", values.day: "day"}
TRUE, FALSE = frozenset(["1", "true", "t", "y", "yes", "01"]), frozenset(["0", "false", "f", "n", "no", "", "00"])
"""Two digits: MySQL's BIT(1), whose driver hands over a byte."""

Converters = Mapping[str, Callable[[Any], Any]]
"""Sort of value -> what is done with it."""


@cache
def sorts(model: type[BaseModel]) -> Mapping[str, str | type[BaseModel]]:
    """Return each field's sort (number, instant, day, boolean, text), or the model of the records in it."""
    return {
        name: inner
        if (inner := next(models_in(info.annotation), None))
        else "boolean"
        if is_boolean(info)
        else SORTS.get(text_check(info), "text")
        for name, info in model.model_fields.items()
    }


def nested_model(model: type[BaseModel], field: str) -> type[BaseModel] | None:
    """Return the model of the records within a field, if it holds some."""
    sort = sorts(model).get(field)
    return None if sort is None or isinstance(sort, str) else sort


def item_fields(model: type[BaseModel], path: str) -> frozenset[str]:
    """Return the fields that the items of lists have which an expression names: of `[lines, shipping][]`, of both."""
    inner = (nested_model(model, field) for field in columns_in(path))
    return frozenset[str]().union(*(each.model_fields for each in inner if each))


def converted(model: type[BaseModel], record: Mapping[str, Any], by: Converters) -> dict[str, Any]:
    """Return a record with its values converted by their sorts; what has no converter, or is none, stays."""
    known = sorts(model)
    return {name: _converted(known.get(name, "text"), value, by) for name, value in record.items()}


def _converted(sort: str | type[BaseModel], value: Any, by: Converters) -> Any:
    if value is None:
        return None
    if isinstance(sort, str):
        return by[sort](value) if sort in by else value
    if isinstance(value, Mapping):
        return converted(sort, cast("Mapping[str, Any]", value), by)
    if isinstance(value, list | tuple):
        return [_converted(sort, each, by) for each in cast("list[Any]", value)]
    return value


def reading(zone: tzinfo) -> Converters:
    """Return how a row's values become ours; what cannot is left, to be refused with its reason."""

    def instant(value: Any) -> Any:
        when = _time(value)
        try:
            return value if when is None else _in(zone, when).astimezone(UTC).isoformat()
        except OverflowError:  # the first or last of all days, by which some programs mean that there is none
            return value

    def day(value: Any) -> Any:
        when = _time(value)
        return value if when is None else (when.astimezone(zone) if when.tzinfo else when).date().isoformat()

    return {"instant": instant, "day": day, "boolean": _truth}


def writing(zone: tzinfo, *, naive: bool) -> Converters:
    """Return how our values are given to a database. `naive`: its times have no offset, and mean those of the zone."""

    def instant(value: Any) -> datetime:
        when = datetime.fromisoformat(str(value)).astimezone(zone)
        return when.replace(tzinfo=None) if naive else when

    return {"number": Decimal, "instant": instant, "day": date.fromisoformat}


def _time(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
    except ValueError:
        return None


def _in(zone: tzinfo, when: datetime) -> datetime:
    return when if when.tzinfo else when.replace(tzinfo=zone)


def _truth(value: Any) -> Any:
    word = value.strip().casefold() if isinstance(value, str) else value
    return True if word in TRUE else False if word in FALSE else value
