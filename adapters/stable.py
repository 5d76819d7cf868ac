"""Leaving out of an answer what moves by itself, so that a record that stands still looks the same each time. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, cast


def stable(value: Any, moves: Callable[[str], bool], *, ordered: bool = True) -> Any:
    """Return JSON without the keys that move; not `ordered`: lists of records come in any order, and get one."""
    if isinstance(value, Mapping):
        table = cast("Mapping[str, Any]", value)
        return {name: stable(part, moves, ordered=ordered) for name, part in table.items() if not moves(name)}
    if not isinstance(value, list):
        return value
    parts = [stable(part, moves, ordered=ordered) for part in cast("list[Any]", value)]
    return parts if ordered or not parts or not isinstance(parts[0], Mapping) else sorted(parts, key=_place)


def _place(part: Mapping[str, Any]) -> tuple[str, str]:
    return str(part.get("id")), repr(sorted(part.items()))
