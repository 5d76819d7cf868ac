"""GraphQL requests made of data: which fields of the schema are called, and with what. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast


@dataclass(frozen=True, slots=True)
class Form:
    """A field of the schema's queries or mutations."""

    name: str
    takes: str = ""
    """Its arguments with their types, parted by blanks: `id:ID! input:ProductInput!`."""
    gives: str = ""
    """What is selected of its answer."""
    fixed: str = ""
    """Arguments that are always the same, as they are written: `first:100`."""

    def __call__(self, **values: object) -> "Call":
        """Return a call with these arguments; those left out are not sent."""
        return Call(self, values)


@dataclass(frozen=True, slots=True)
class Call:
    """A field, with what it is given."""

    form: Form
    values: Mapping[str, object]


def request(kind: str, calls: Sequence[Call]) -> tuple[str, dict[str, object]]:
    """Return the text and the variables of a request that makes several calls, whose answers are `c0`, `c1` ...

    `kind`: query or mutation; a mutation's calls are carried out one after the other, each as a whole or not at all.
    """
    declared, fields, variables = list[str](), list[str](), dict[str, object]()
    for number, call in enumerate(calls):
        types = dict(each.split(":", 1) for each in call.form.takes.split())
        given = [call.form.fixed] if call.form.fixed else []
        for name in (each for each in types if each in call.values):
            declared.append(f"${name}{number}:{types[name]}")
            given.append(f"{name}:${name}{number}")
            variables[f"{name}{number}"] = call.values[name]
        within = f"({','.join(given)})" if given else ""
        gives = f"{{{call.form.gives}}}" if call.form.gives else ""
        fields.append(f"c{number}:{call.form.name}{within}{gives}")
    head = f"({','.join(declared)})" if declared else ""
    return f"{kind}{head}{{{' '.join(fields)}}}", variables


def answers(data: Mapping[str, Any], calls: Sequence[Call]) -> list[Any]:
    """Return what came of each call."""
    return [flat(data[f"c{number}"]) for number in range(len(calls))]


def flat(value: Any) -> Any:
    """Return JSON in which a list within a record is a list, and not the connection that it came in."""
    if isinstance(value, list):
        return [flat(each) for each in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    table = cast("dict[str, Any]", value)
    if "edges" in table and "pageInfo" not in table:
        return [flat(edge["node"]) for edge in table["edges"]]
    return {name: flat(part) for name, part in table.items()}
