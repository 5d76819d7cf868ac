"""GraphQL requests made of data: forms that are filled in, any number of them in one request."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.asking.edges import flat


@dataclass(frozen=True, slots=True)
class Form:
    """One of the schema's queries or mutations."""

    name: str
    takes: str = ""
    """Its arguments with their types, parted by blanks: `id:ID! input:ProductInput!`."""
    gives: str = ""
    """What is selected of its answer."""
    fixed: str = ""
    """Arguments that are always the same, as they are written: `first:100`."""

    def __call__(self, **values: object) -> "Filled":
        """Fill it in with these arguments; those left out are not sent."""
        return Filled(self, values)


@dataclass(frozen=True, slots=True)
class Filled:
    """A form, with what it is given."""

    form: Form
    values: Mapping[str, object]


def request(kind: str, forms: Sequence[Filled]) -> tuple[str, dict[str, object]]:
    """Return the text and the variables of a request that sends several forms, whose answers are `c0`, `c1` ...

    `kind`: query or mutation; mutations are carried out one after the other, each as a whole or not at all.
    """
    declared, fields, variables = list[str](), list[str](), dict[str, object]()
    for number, each in enumerate(forms):
        types = dict(taken.split(":", 1) for taken in each.form.takes.split())
        given = [each.form.fixed] if each.form.fixed else []
        for name in (known for known in types if known in each.values):
            declared.append(f"${name}{number}:{types[name]}")
            given.append(f"{name}:${name}{number}")
            variables[f"{name}{number}"] = each.values[name]
        within = f"({','.join(given)})" if given else ""
        gives = f"{{{each.form.gives}}}" if each.form.gives else ""
        fields.append(f"c{number}:{each.form.name}{within}{gives}")
    head = f"({','.join(declared)})" if declared else ""
    return f"{kind}{head}{{{' '.join(fields)}}}", variables


def answers(data: Mapping[str, Any], forms: Sequence[Filled]) -> list[Any]:
    """Return what came of each form."""
    return [flat(data[f"c{number}"]) for number in range(len(forms))]


def send(ask: Callable[..., Any], kind: str, forms: Sequence[Filled]) -> list[Any]:
    """Return what came of forms that `ask` sends, a function of a request's text and variables that gives its data."""
    text, variables = request(kind, forms)
    return answers(ask(text, **variables), forms)
