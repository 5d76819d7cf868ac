"""Looking for records that may be in a system already: by the surest sign first, then by others."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from hub.connector import Write

System = TypeVar("System")


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


REFERENCE = Sign("reference", "reference", "id", lambda write: write.reference)
SKU = Sign("sku", "sku", "id", lambda write: write.record["sku"])


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


def by_sku(
    rows: Callable[[System, Sequence[str]], Iterable[Mapping[str, object]]], field: str = "sku"
) -> Callable[[System, Sequence[Write]], dict[str, list[str]]]:
    """Make a function that looks for products by their SKU alone, in a system with no place for the hub's reference.

    `rows` asks for those of some SKUs, or of more; `field`: of a row, the one that holds it, beside `id`.
    """
    return lambda system, wanted: by_signs(wanted, [replace(SKU, field=field)], lambda _, skus: rows(system, skus))


def by_reference_or_sku(
    field: str,
    by_reference: Callable[[System, Sequence[str]], Iterable[Mapping[str, object]]],
    by_sku: Callable[[System, Sequence[str]], Iterable[Mapping[str, object]]],
) -> Callable[[System, Sequence[Write]], dict[str, list[str]]]:
    """Make a function that looks for products by the hub's reference, then by SKU.

    `field`: of a row, the one that holds the reference, beside `sku` and `id`.
    """
    signs = {replace(REFERENCE, field=field): by_reference, SKU: by_sku}

    def find(system: System, wanted: Sequence[Write]) -> dict[str, list[str]]:
        return by_signs(wanted, signs, lambda sign, values: signs[sign](system, values))

    return find
