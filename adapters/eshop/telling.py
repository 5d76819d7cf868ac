"""Writing to a shop by forms, those of many records in one request."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from adapters.eshop.forward import Step
from adapters.eshop.putting import Send
from adapters.eshop.variants import as_shown
from adapters.pictures import left_out
from adapters.rows import Row
from adapters.writing.writes import Unfit, Writing, by_sort, done, known
from hub.connector import Document, Write, Written


class CarriesOut(Protocol):
    """A system that carries out forms, or requests that are data of another sort."""

    def carry_out(self, *forms: Any) -> list[Any]:
        """Carry forms out, and return what came of each; raises Rejected for the first that is."""
        ...


System = TypeVar("System", bound=CarriesOut)
Given = TypeVar("Given")


def products(
    rows: Callable[[System, Sequence[str]], Mapping[str, Row]],
    prepare: Callable[[System, Sequence[Write]], Given],
    create: Callable[[Given, Sequence[Write]], Any],
    change: Callable[[Given, Write, Row], Iterable[Any]],
    remove: Callable[[Given, Write, Row], Iterable[Any]],
    made: Callable[[System, Any], Iterable[Document]],
    missing: Callable[[Given], Mapping[str, Unfit]] = lambda _: {},
    sku: str = "sku",
) -> Writing[System]:
    """Make a function that writes products.

    `rows` looks up what is there by its identities, `prepare` asks for what is needed once for all; `create` makes new
    ones, all or none, of whose answer `made` makes documents; `change`, `remove`: what is sent for one, and may be
    sent again. `missing`: addresses of pictures that could not be had, and why; `sku`: where a document says it.
    """

    def creating(system: System, writes: Sequence[Write]) -> Iterator[Written]:
        if writes:
            given = prepare(system, writes)
            (answer,) = system.carry_out(create(given, writes))
            yield from without(as_shown(writes, made(system, answer), sku), writes, missing(given))

    return by_sort(creating, _by_forms(rows, prepare, change, missing), _by_forms(rows, prepare, remove, missing))


def _by_forms(
    rows: Callable[[System, Sequence[str]], Mapping[str, Row]],
    prepare: Callable[[System, Sequence[Write]], Given],
    forms: Callable[[Given, Write, Row], Iterable[Any]],
    missing: Callable[[Given], Mapping[str, Unfit]],
) -> Writing[System]:
    def write(system: System, writes: Sequence[Write]) -> Iterator[Written]:
        if writes:
            there = rows(system, [each.id or "" for each in writes])
            pairs = [(each, known(there, each.id)) for each in writes]
            given = prepare(system, writes)
            system.carry_out(*(form for each, row in pairs for form in forms(given, each, row)))
            yield from without(done(writes), writes, missing(given))

    return write


def without(made: Iterable[Written], writes: Sequence[Write], missing: Mapping[str, Unfit]) -> Iterator[Written]:
    """Yield what became of products, of each with the pictures that it went without."""
    return (left_out(each, write, missing) for each, write in zip(made, writes, strict=True))


def step(forms: Callable[[System, Row, Write], Iterable[Any]]) -> Step[System]:
    """Make a step by which an order is brought forward: what is to be done about it is carried out at once."""
    return lambda system, row, write: system.carry_out(*forms(system, row, write))


def put(prepare: Callable[[System], Given], form: Callable[[Given, Write, Row], Any]) -> Send[System]:
    """Make what `adapters.eshop.putting` sends by: a form for each price or stock level."""

    def send(system: System, pairs: Sequence[tuple[Write, Row]]) -> object:
        given = prepare(system)
        return system.carry_out(*(form(given, write, row) for write, row in pairs))

    return send
