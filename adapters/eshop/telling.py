"""Changing what a shop has by calls of its API, those of many records in one request."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from adapters.calls import Call
from adapters.declared import Row
from adapters.eshop.forward import Step
from adapters.eshop.putting import Send
from adapters.eshop.variants import as_shown
from adapters.writes import Writing, by_sort, known
from hub.connector import Document, Write, Written


class CarriesOut(Protocol):
    """A system that carries out calls."""

    def carry_out(self, *calls: Call) -> list[Any]:
        """Carry calls out, and return what came of each; raises Declined for the first that is."""
        ...


System = TypeVar("System", bound=CarriesOut)
Given = TypeVar("Given")


def products(
    rows: Callable[[System, Sequence[str]], Mapping[str, Row]],
    prepare: Callable[[System, Sequence[Write]], Given],
    create: Callable[[Given, Sequence[Write]], Call],
    change: Callable[[Given, Write, Row], Iterable[Call]],
    remove: Callable[[Given, Write, Row], Iterable[Call]],
    made: Callable[[object, Any], Iterable[Document]],
) -> Writing[System]:
    """Make a function that writes products.

    `rows` looks up what is there by its identities, `prepare` asks for what is needed once for all; `create` makes new
    ones, all or none, of whose answer `made` makes documents; `change`, `remove`: what is called for one, and may be
    called again.
    """

    def creating(system: System, writes: Sequence[Write]) -> Iterator[Written]:
        if writes:
            (answer,) = system.carry_out(create(prepare(system, writes), writes))
            yield from as_shown(writes, made(system, answer))

    return by_sort(creating, _by_calls(rows, prepare, change), _by_calls(rows, prepare, remove))


def _by_calls(
    rows: Callable[[System, Sequence[str]], Mapping[str, Row]],
    prepare: Callable[[System, Sequence[Write]], Given],
    calls: Callable[[Given, Write, Row], Iterable[Call]],
) -> Writing[System]:
    def write(system: System, writes: Sequence[Write]) -> Iterator[Written]:
        if writes:
            there = rows(system, [each.id or "" for each in writes])
            pairs = [(each, known(there, each.id)) for each in writes]
            given = prepare(system, writes)
            system.carry_out(*(call for each, row in pairs for call in calls(given, each, row)))
        yield from (Written(each.key, "done", each.id) for each in writes)

    return write


def step(calls: Callable[[System, Row, Write], Iterable[Call]]) -> Step[System]:
    """Make a step by which an order is brought forward: what is to be done about it is carried out at once."""
    return lambda system, row, write: system.carry_out(*calls(system, row, write))


def put(prepare: Callable[[System], Given], call: Callable[[Given, Write, Row], Call]) -> Send[System]:
    """Make what `adapters.eshop.putting` sends by: a call for each price or stock level."""

    def send(system: System, pairs: Sequence[tuple[Write, Row]]) -> object:
        given = prepare(system)
        return system.carry_out(*(call(given, write, row) for write, row in pairs))

    return send
