"""A record's values as people read them, in as many characters as there is room for."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

LONGEST = 48
"""Characters of a value that stands in a line among others."""
NAMING = ("name", "sku", "number", "street", "email", "id", "gross", "amount")
"""The fields by which one of many nested values is named, the first that it has."""


def in_line(value: object, longest: int | None = LONGEST) -> str:
    """Return a value as a part of a line: nested ones by what they are called, long ones cut off."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "-"
    return _cut(_nested(value), longest)


def quoted(value: object, longest: int | None = LONGEST) -> str:
    """Return a value as a part of a line, text in quotation marks."""
    text = in_line(value, longest)
    return f'"{text}"' if isinstance(value, str) else text


def _nested(value: object) -> str:
    if isinstance(value, Mapping):
        inner = cast("Mapping[str, object]", value)
        return ", ".join(f"{name} {_nested(each)}" for name, each in inner.items() if each not in (None, "", []))
    if isinstance(value, list | tuple):
        many = cast("Sequence[object]", value)
        if all(isinstance(each, str) for each in many):
            return ", ".join(map(str, many)) or "none"
        return f"{len(many)}: " + "; ".join(_called(each) for each in many) if many else "none"
    return str(value)


def _called(value: object) -> str:
    if not isinstance(value, Mapping):
        return _nested(value)
    inner = cast("Mapping[str, Any]", value)
    name = next((str(inner[each]) for each in NAMING if inner.get(each)), None)
    quantity = inner.get("quantity")
    return _nested(inner) if name is None else f"{quantity} x {name}" if quantity else name


def _cut(text: str, longest: int | None) -> str:
    line = " ".join(text.split())
    return line if longest is None or len(line) <= longest else line[: longest - 3] + "..."
