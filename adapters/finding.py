"""Looking for records that may be in a system already: by the surest sign first, then by others."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.connector import Write


@dataclass(frozen=True, slots=True)
class Sign:
    """What a record is known by: a value, and the system's field that holds it."""

    model: str
    """What is searched in the system."""
    field: str
    id: str
    """The field there that says which record is meant."""
    value: Callable[[Write], str | None]
    """What is looked for; none: this record is not known by that."""
    only: Sequence[Any] = ()
    """What the records are chosen by, besides, in the system's own form."""


def by_signs(
    wanted: Sequence[Write], signs: Iterable[Sign], ask: Callable[[Sign, Sequence[str]], Iterable[Mapping[str, object]]]
) -> dict[str, list[str]]:
    """Return the identities found for each key, by the first sign that finds any; `ask` gives rows with both fields."""
    found: dict[str, list[str]] = {write.key: [] for write in wanted}
    for sign in signs:
        values = {write.key: value for write in wanted if not found[write.key] and (value := sign.value(write))}
        rows = list(ask(sign, list(values.values()))) if values else []
        for key, value in values.items():
            found[key] = list(dict.fromkeys(str(row[sign.id]) for row in rows if row[sign.field] == value))
    return found
