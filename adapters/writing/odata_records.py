"""Records in a service of OData (`adapters.asking.odata`): looked for, made, changed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from adapters.asking.odata import Service
from adapters.rows import Row
from adapters.writing.finding import Sign, by_signs
from adapters.writing.writes import Writing, singly
from hub.connector import Write, Written


def finding(key: str, signs: Sequence[Sign]) -> Callable[[Service, Sequence[Write]], Mapping[str, Sequence[str]]]:
    """Make a function that looks by the first sign that finds any; capitals do not count.

    `key`: the field by which lists are ordered.
    """

    def find(service: Service, wanted: Sequence[Write]) -> Mapping[str, Sequence[str]]:
        def ask(sign: Sign, values: Sequence[str]) -> Iterator[Row]:
            called, fields = {value.lower(): value for value in values}, f"{sign.id} {sign.field}"
            for row in service.having(sign.model, fields, f"tolower({sign.field})", called, *sign.only, key=key):
                yield {**row, sign.field: called.get(row[sign.field].lower())}

        return by_signs(wanted, signs, ask)

    return find


def saving(
    name: str, new: Callable[[Write], Mapping[str, Any]], changed: Callable[[Write], Mapping[str, Any]]
) -> Writing[Service]:
    """Make a function that makes and changes entities of a set one by one, by their `id`."""

    def carry_out(service: Service, write: Write) -> Written:
        if write.id:
            service.change(name, write.id, changed(write))
            return Written(write.key, "done", write.id)
        return Written(write.key, "done", service.create(name, new(write))["id"])

    return singly(carry_out)
