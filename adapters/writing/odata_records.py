"""Records in a service of OData (`adapters.asking.odata`): looked for, made, changed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from adapters.asking.odata import Guid, Service
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
            called, fields = {value.casefold(): value for value in values}, f"{sign.id} {sign.field}"
            for row in service.alike(sign.model, fields, sign.field, values, *sign.only, key=key):
                yield {**row, sign.field: called.get(row[sign.field].casefold())}

        return by_signs(wanted, signs, ask)

    return find


def saving(
    name: str,
    new: Callable[[Mapping[str, Any], str], Mapping[str, Any]],
    changed: Callable[[Mapping[str, Any]], Mapping[str, Any]],
) -> Writing[Service]:
    """Make a function that makes and changes entities of a set one by one, by their `id`, a GUID.

    `new`: a whole record and the hub's reference -> values; `changed`: the fields to be set -> values.
    """

    def carry_out(service: Service, write: Write) -> Written:
        if write.id:
            service.change(name, Guid(write.id), changed(write.fields))
            return Written(write.key, "done", write.id)
        return Written(write.key, "done", service.create(name, new(write.record, write.reference))["id"])

    return singly(carry_out)
