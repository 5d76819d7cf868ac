"""Leaving out of an answer what moves by itself, so that a record that stands still looks the same each time. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, cast

from adapters.fields import Table, asked, picked, tree
from hub.connector import Document

Show = Callable[[object, Iterable[Mapping[str, Any]]], Iterator[Document]]
"""Yields the documents of rows."""


def stable(
    value: Any, moves: Callable[[str], bool], *, ordered: bool = True, leaf: Callable[[Any], Any] = lambda value: value
) -> Any:
    """Return JSON without the keys that move.

    Not `ordered`: lists of records come in any order, and get one. `leaf`: what texts and numbers become.
    """
    if isinstance(value, Mapping):
        table = cast("Mapping[str, Any]", value)
        told = {name: part for name, part in table.items() if not moves(name)}
        return {name: stable(part, moves, ordered=ordered, leaf=leaf) for name, part in told.items()}
    if not isinstance(value, list):
        return leaf(value)
    parts = [stable(part, moves, ordered=ordered, leaf=leaf) for part in cast("list[Any]", value)]
    return parts if ordered or not parts or not isinstance(parts[0], Mapping) else sorted(parts, key=_place)


def shown(lasting: Callable[[Any], Any]) -> Show:
    """Return what yields a document for each row, by its `id`; `lasting` leaves out what moves by itself."""
    return lambda _, rows: (Document(str(row["id"]), lasting(row)) for row in rows)


def documents(mark: str) -> Show:
    """Return what yields a document for each row, less its change mark; of an owner's row, for each of its `variants`."""
    show = shown(lambda row: stable(row, mark.__eq__))
    return lambda system, rows: show(system, (each for row in rows for each in row.get("variants", [row])))


def by_table(table: Table, within: Callable[[Iterable[Mapping[str, Any]]], Iterable[Mapping[str, Any]]] = iter) -> Show:
    """Return what yields a document for each row, by its `id`, of nothing but what a table is made of.

    `within`: rows -> the records within them, if each is a document of its own, as the variants of products are.
    """
    wanted = tree(asked(table))
    documents = shown(lambda row: stable(picked(row, wanted), lambda _: False, ordered=False))
    return lambda system, rows: documents(system, within(rows))


def id_of(address: str) -> str:
    """Return the id at the end of an address."""
    return address.rstrip("/").rpartition("/")[2]


def without_host(api: str) -> Callable[[Any], Any]:
    """Return a `leaf` for records that refer to others by address: below this one, only the id is left."""
    return lambda value: id_of(value) if isinstance(value, str) and value.startswith(api) else value


def _place(part: Mapping[str, Any]) -> tuple[str, str]:
    return str(part.get("id")), repr(sorted(part.items()))
