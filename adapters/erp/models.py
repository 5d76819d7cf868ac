"""An ERP that keeps its records in models, each asked for by field and condition: streams by model and table of fields.

Change marks of relatives tell of a change as well as a record's own: see `adapters.reading.windows`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any, Protocol

from adapters.asking.answers import rows_in
from adapters.asking.http import KeyRefused
from adapters.declared import Kind, Source, Way
from adapters.erp.options import ErpOptions
from adapters.fields import Field, Table, asked, missing, told, tree, value_of
from adapters.reading.windows import by_key, by_window
from adapters.rows import Row, Spot
from adapters.writing.bulk import portions
from adapters.writing.finding import Sign, by_signs
from hub.connector import Document, Stream, Write, Written

PAGE = 500
MOST = 100
"""Values in one condition, so that an address stays below the 8 kB that a proxy may allow."""
ALSO = "also"
"""Holds what else is to be said of a row than its model knows, canonically."""
Conditions = Sequence[Any]
"""Each is a field, an operator (=, in, >) and a value, or the ERP's own; all have to hold."""


@dataclass(frozen=True, slots=True)
class Model:
    """One sort of an ERP's records."""

    name: str
    table: Table
    """Our fields, and the ways to theirs."""
    relatives: Mapping[str, str] = field(default_factory=dict[str, str])
    """Whose change marks, besides its own, show that a record has changed: the way to them -> their model."""
    only: Conditions = ()
    """What the records are chosen by."""
    reference: Field | None = None
    """Where they carry the hub's reference."""
    born: Field | None = None
    """When the ERP made them: it numbers records one after the other, and once more after a backup was put back."""
    order: str = "id ASC"
    marked: Conditions = ()
    """What the records are chosen by besides, where a field that people may change shows which are the hub's: one whose
    number is known is shown without it."""

    @property
    def fields(self) -> str:
        """All that is asked for, parted by blanks."""
        own = {"": self.reference, " ": self.born}
        return asked({**self.table, **{name: field for name, field in own.items() if field}})


class Models(Protocol):
    """How such an ERP is spoken to. It numbers its records, in `id`."""

    @property
    def name(self) -> str:
        """The system's in hub.toml."""
        ...

    @property
    def options(self) -> ErpOptions:
        """What the ERP is told in hub.toml."""
        ...

    def search(
        self, model: Model, only: Conditions = (), *, limit: int = 0, hidden: bool = False, **context: Any
    ) -> Sequence[Row]:
        """Return a model's records of which this holds too; `hidden`: those that are out of use as well."""
        ...

    def since(self, mark: datetime, relatives: Iterable[str]) -> Conditions:
        """Return what holds for records that have changed then or later, themselves or what these ways lead to."""
        ...

    def latest(self, models: Iterable[str]) -> str | None:
        """Return the latest change mark that there is in these models, as RFC 3339 text."""
        ...

    def create(self, model: str, values: Sequence[Any]) -> Sequence[int]:
        """Create records, all or none; returns their numbers."""
        ...

    def change(self, model: str, id_: int, values: Any) -> None:
        """Change one record."""
        ...

    def press(self, model: str, button: str, ids: Sequence[int]) -> Sequence[int]:
        """Press a button of all these records, or of none; returns their numbers."""
        ...


def kept(
    stream: Stream,
    model: Model,
    documents: Callable[[Any, Sequence[Row]], Iterable[Document]] | None = None,
    *,
    moved: Model | None = None,
    write: Callable[[Any, Sequence[Write]], Iterable[Written]] | None = None,
    signs: Sequence[Sign] = (),
) -> Kind[Any, Any]:
    """Return a stream whose records are those of a model. `moved`: the model whose records show which have changed."""
    show = documents or as_they_are
    return Kind(
        stream,
        Source(Way(partial(_everything, model)), partial(_some, model)),
        show,
        lambda raw, _: told(model.table, raw) | raw.get(ALSO, {}),
        {"changed": Way(partial(_changed, model, moved or model))},
        write=write,
        find=partial(_found, signs) if signs else None,
        reference=lambda raw: (value_of(model.reference, raw) if model.reference else None) or "",
        born=lambda raw: (value_of(model.born, raw) if model.born else None) or "",
        look=lambda erp: list(show(erp, page(erp, model, None, 0, 1))),
    )


def having(
    erp: Models,
    model: Model,
    key: str,
    values: Sequence[Any],
    only: Conditions = (),
    *,
    hidden: bool = True,
    **context: Any,
) -> list[Row]:
    """Return all of a model's records that have one of these values in the field `key`."""
    groups = [[[key, "in", some], *only] for some in portions(values, MOST)]
    return [row for group in groups for row in erp.search(model, group, hidden=hidden, **context)]


def page(erp: Models, model: Model, since: datetime | None, after: int, size: int) -> Sequence[Row]:
    """Return the first records with a higher number than `after`; `since`: of those that have changed then or later."""
    changed = erp.since(since, model.relatives) if since else ()
    return erp.search(model, [*model.marked, *changed, ["id", ">", after]], limit=size, hidden=True)


def _everything(model: Model, erp: Models, spot: Spot | None) -> Iterable[tuple[Sequence[Row], Spot]]:
    return by_key(lambda after: page(erp, model, None, after, PAGE), PAGE, spot)


def _changed(model: Model, moved: Model, erp: Models, spot: Spot | None) -> Iterable[tuple[Sequence[Row], Spot]]:
    """The first time, everything."""

    def fetch(since: datetime | None, after: int) -> Sequence[Row]:
        return page(erp, moved if since else model, since, after, PAGE)

    return by_window(fetch, lambda: erp.latest([moved.name, *moved.relatives.values()]), PAGE, spot)


def _some(model: Model, erp: Models, ids: Sequence[str]) -> Sequence[Row]:
    return having(erp, model, "id", sorted({int(id_.partition("|")[0]) for id_ in ids}))


def _found(signs: Sequence[Sign], erp: Models, wanted: Sequence[Write]) -> Mapping[str, Sequence[str]]:
    """Look by the first sign that finds any, among what is not hidden."""

    def ask(sign: Sign, values: Sequence[str]) -> Sequence[Row]:
        model = Model(sign.model, {each: Field(each) for each in (sign.field, sign.id)}, only=sign.only)
        return having(erp, model, sign.field, values, hidden=False)

    return by_signs(wanted, signs, ask)


def wholly_shown(name: str, model: Model, body: Any) -> list[Row]:
    """Return the rows that an ERP has answered which leaves out what its user may not read.

    Raises KeyRefused, if that is a field that was asked for, and TryLater, if these are no rows at all.
    """
    rows = rows_in(name, body)
    if absent := missing(rows, tree(model.fields)):
        said = f"{name} does not show {absent} of {model.name}; give the key's user read access to it"
        raise KeyRefused(said, status=HTTPStatus.FORBIDDEN)
    return rows


def in_currency_of(company: Model, erp: Models, rows: Sequence[Row], **more: Any) -> Iterator[Document]:
    """Yield a document for each row of prices: in the company's currency, on the ERP's own list; `more` is said, too."""
    [ours] = having(erp, company, "id", [erp.options.company])
    also = {**told(company.table, ours), "list": erp.options.price_list, **more}
    return (Document(str(row["id"]), {**row, ALSO: also}) for row in rows)


def as_they_are(_: object, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each row."""
    return (Document(str(row["id"]), row) for row in rows)
