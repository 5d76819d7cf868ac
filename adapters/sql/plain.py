"""A database's values as JSON has them, and keys as one text. Pure."""

import struct
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from adapters.asking.http import exact
from adapters.sql.marks import NOT_A_TIME
from hub.canonical.entity import natural_key

LARGEST_SINGLE = 3.4e38
"""No larger number has a column of single precision."""


def plain(value: Any) -> Any:
    """Return a value for a document: numbers as exact text, times in ISO 8601, CHAR columns without blanks at the end.

    A time with an offset is told in UTC; one without keeps none: what it means, its field says.
    """
    match value:
        case str():
            return value.rstrip(" ")  # no tab or the like: a database tells a key by it
        case None | bool():
            return value
        case Decimal() | float():
            return exact(_as_entered(value))
        case datetime():
            return _in_utc(value).isoformat()
        case date() | time():
            return value.isoformat()
        case bytes() | bytearray():
            return value.hex()
        case memoryview():
            return value.tobytes().hex()
        case Mapping():
            return {str(name): plain(each) for name, each in cast("Mapping[Any, Any]", value).items()}
        case list() | tuple():
            return [plain(each) for each in cast("Sequence[Any]", value)]
        case _:
            return str(value)


def _in_utc(when: datetime) -> datetime:
    try:
        return when.astimezone(UTC) if when.tzinfo else when
    except OverflowError:  # the first or last of all days
        return when


def _as_entered(value: float | Decimal) -> float | Decimal:
    """Return what a column of single precision means: 19.99, where a driver says 19.989999771118164."""
    if isinstance(value, Decimal) or abs(value) > LARGEST_SINGLE or value != _single(value):  # also not a number
        return value
    shortest = (float(f"{value:.{digits}g}") for digits in range(6, 10))  # nine digits tell all of them apart
    return next(short for short in shortest if _single(short) == value)


def _single(value: float) -> float:
    [rounded] = struct.unpack("f", struct.pack("f", value))
    return rounded


def packed(value: Any) -> Any:
    """Return a key's or mark's value for a checkpoint, so that `unpacked` gives the very same back."""
    for name, (of, pack, _) in _PACKED.items():
        if type(value) is of:
            return {name: pack(value)}
    return value


def unpacked(value: Any) -> Any:
    """Return what was packed."""
    if not isinstance(value, Mapping):
        return value
    [(name, text)] = cast("Mapping[str, str]", value).items()
    return _PACKED[name][2](text)


_PACKED: Mapping[str, tuple[type, Callable[[Any], str], Callable[[str], Any]]] = {
    "time": (datetime, datetime.isoformat, datetime.fromisoformat),
    "day": (date, date.isoformat, date.fromisoformat),
    "number": (Decimal, str, Decimal),
    "bytes": (bytes, bytes.hex, bytes.fromhex),
    "uuid": (UUID, str, UUID),
}


def identity(values: Iterable[Any]) -> str:
    """Return a key as one text: its values, joined by vertical bars where there are several."""
    return natural_key(str(plain(value)) for value in values)


def folded(values: Iterable[Any]) -> tuple[str, ...]:
    """Return a key as a database may compare it: past case, accents and blanks at the end, numbers by what they come to."""
    return tuple(_folded(value) for value in values)


def _folded(value: Any) -> str:
    if isinstance(value, str):
        letters = unicodedata.normalize("NFKD", value.rstrip(" ").casefold())
        return "".join(each for each in letters if not unicodedata.combining(each))
    if isinstance(value, int | float | Decimal):
        return format(Decimal(str(value)).normalize(), "f")
    return str(plain(value))


def key_values(id_: str, like: Sequence[Any]) -> tuple[Any, ...] | None:
    """Return the values of a key, of the types of another one; None if there can be no such key."""
    parts = _split(id_)
    if len(parts) != len(like):
        return None
    types: list[type[Any]] = [type(each) for each in like]
    read = [_FROM_TEXT.get(of, str) for of in types]
    try:
        return tuple(each(part) for each, part in zip(read, parts, strict=True))
    except (ValueError, ArithmeticError):
        return None


_FROM_TEXT: Mapping[type, Callable[[str], Any]] = {
    int: int,
    float: float,
    Decimal: Decimal,
    UUID: UUID,
    bytes: bytes.fromhex,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
}


def _split(id_: str) -> list[str]:
    """Undo `natural_key`."""
    parts, escaped = [""], False
    for letter in id_:
        if escaped or letter not in "|\\":
            parts[-1] += letter
            escaped = False
        elif letter == "|":
            parts.append("")
        else:
            escaped = True
    return parts


def is_set(flag: Any) -> bool:
    """Tell whether a flag says that a record is gone."""
    if isinstance(flag, str):
        return flag.strip().casefold() not in ("", "0", "f", "n", "false", "no") and not flag.startswith(NOT_A_TIME)
    return bool(flag) if not isinstance(flag, bytes) else any(flag)
