"""What is wrong with a record's field, for the operator and for grouping."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic_core import ErrorDetails

from hub.canonical.values import shown
from hub.errors import HubError

_EXPECTED = {
    "string_type": "text",
    "string_sub_type": "text",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}
_KEY = "[key]"
"""What pydantic adds to the place of a key of a table."""


class FieldFault(HubError):
    """A field of a record cannot be taken as it is."""

    def __init__(self, cause: str, message: str, field: str) -> None:
        """`cause`: what quarantine groups by; `field`: its name, within others `lines.2.quantity`, counted from 1."""
        super().__init__(message)
        self.cause = cause
        self.message = message
        self.field = field


def wrong_type(value: object, expected: str, field: str) -> FieldFault:
    """Return the fault of a value that is of another type than it should be."""
    return FieldFault("wrong-type", f"{_named(value)} stands where {expected} belongs", field)


def fault_of(error: ErrorDetails, field: str) -> FieldFault:
    """Return pydantic's finding within a field in our words."""
    place = place_within(field, error["loc"])
    kind = error["type"]
    if kind == "missing":
        return FieldFault("missing-field", f"{place} is missing", place)
    if kind == "extra_forbidden":
        return FieldFault("unknown-field", f"there is no field {place}", place)
    if kind == "literal_error":
        allowed: Mapping[str, Any] = error.get("ctx") or {}
        return FieldFault("unknown-word", f"{_named(error['input'])} is not one of {allowed.get('expected')}", place)
    if kind in _EXPECTED:
        return wrong_type(error["input"], _EXPECTED[kind], place)
    return FieldFault(kind, error["msg"], place)


def place_within(field: str, steps: Iterable[str | int]) -> str:
    """Return the place of a value within a field, e.g. `lines.2.quantity` of the second line."""
    return ".".join([field, *(str(step + 1) if isinstance(step, int) else step for step in steps if step != _KEY)])


def _named(value: object) -> str:
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "nothing"}[value]
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, dict):
        return "a table"
    return "a list" if isinstance(value, list | tuple) else f"a {type(value).__name__}"
