"""What a described system shows: records of its lists -> documents, with all that belongs to them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from adapters.asking.http import Rejected, exact
from adapters.reading.stable import stable
from adapters.rest.expressions import canonical, filled, said
from adapters.rest.functions import RestFunctions
from adapters.rest.lists import Fetch, Listed, More
from adapters.rest.options import StreamSettings
from adapters.rest.pages import Sized
from adapters.rest.session import Row, Session, rows_of, truth
from adapters.writing.bulk import portions
from hub.connector import Document
from hub.errors import Refused

MOST_SHOWN = 20
"""Names of a record's fields that a message lists."""
_BUYER = "(buyer)"
"""Under this key a record of a list that comes whole holds its buyer, on its way to becoming a document."""


def documents(
    session: Session, told: StreamSettings, rows: Sequence[Row], functions: RestFunctions
) -> Iterator[Document]:
    """Yield the documents in some rows."""
    for row in rows:
        own = {name: value for name, value in row.items() if name != _BUYER}
        for name, each in told.more.items():
            own[name] = _more(session, told, each, own, functions)
        for item in _items(told, own):
            if told.where is None or truth(said(told.where, item, functions)):
                yield document(session, told, lasting(session, told, item), functions)


def document(session: Session, told: StreamSettings, raw: Row, functions: RestFunctions) -> Document:
    """Return a document under its identity; raises Refused, if it has none."""
    return Document(_text(said(told.id, raw, functions), f"{session.name}: {told.path}: id ({told.id})", raw), raw)


def fields(told: StreamSettings, raw: Row, functions: RestFunctions) -> dict[str, Any]:
    """Return what a document says by our names; raises Unmapped."""
    found = {name: canonical(filled(each, raw, functions, name)) for name, each in told.fields.items()}
    return {name: value for name, value in found.items() if value is not None or name not in told.optional}


def lasting(session: Session, told: Listed, raw: Row) -> dict[str, Any]:
    """Return a record without what moves by itself; the system's own address is taken off those that it names."""
    kept = stable(raw, {*told.leave_out, _BUYER}.__contains__, ordered=not told.unordered)
    return session.without_address(kept)


def _items(told: Listed, row: Row) -> Iterator[Row]:
    if told.each is None:
        yield row
        return
    items = rows_of(row.get(told.each), told.each)
    parent = {name: value for name, value in row.items() if name != told.each}
    for item in items:
        yield {**item, "parent": parent, "siblings": len(items)}


def _more(session: Session, told: StreamSettings, more: More, row: Row, functions: RestFunctions) -> Any:
    """Return what a record has elsewhere."""
    data = (
        row if more.value is not None else {**row, "id": _first(_text(said(told.row, row, functions), told.row, row))}
    )
    return asked(session, more, data, functions)


def asked(session: Session, more: More, data: Row, functions: RestFunctions) -> Any:
    """Return what there is elsewhere, by what is known already; none, where it is not to be asked for."""
    if more.where is not None and not truth(said(more.where, data, functions)):
        return None
    if more.value is not None:
        return said(more.value, data, functions)
    return said(more.list, session.ask(more, {}, data, functions).body, functions)


def whole(session: Session, told: Listed, rows: Sequence[Row]) -> list[Row]:
    """Return the whole of records of which the list shows the beginning, less what has gone meanwhile."""
    functions = session.functions()
    ids = [_text(said(told.row, row, functions), told.row, row) for row in rows]
    return fetched(session, told, ids, functions)


def fetched(session: Session, told: Listed, ids: Sequence[str], functions: RestFunctions) -> list[Row]:
    """Return the rows that these records are in, as far as they are there."""
    wanted, found = list(dict.fromkeys(_first(each) for each in ids)), list[Row]()
    for fetch in told.fetches:
        values = [value for each in wanted if (value := said(fetch.value, {"id": each}, functions))]
        for some in portions(values, fetch.many):
            found += _fetched(session, told, fetch, some, functions)
    return found


def _fetched(session: Session, told: Listed, fetch: Fetch, ids: Sequence[str], functions: RestFunctions) -> list[Row]:
    own = bool(fetch.path or fetch.query)
    request, shown = (fetch, fetch.list) if own else (told, told.list)
    more: dict[str, Any] = {fetch.param: list(ids) if fetch.many > 1 else ids[0]} if fetch.param else {}
    try:
        answer = session.ask(request, more if own else {**sized(told), **more}, {"id": ids[0]}, functions)
    except Rejected as fault:
        if fault.is_gone:
            return []
        raise
    return rows_of(said(shown, answer.body, functions), f"{session.name}: {request.path}")


def sized(told: Listed) -> dict[str, int]:
    """Return how many records are asked for at once, where a list can be told that."""
    return {told.pages.size_param: told.pages.size} if isinstance(told.pages, Sized) and told.pages.size_param else {}


# Buyers


def with_buyers(session: Session, told: Listed, rows: Iterable[Row]) -> list[Row]:
    """Return orders that hold their buyer, as the latest order of each shows him: else he would change with each."""
    known = [*rows]
    if told.buyers is None or told.details:
        return known
    functions = session.functions()
    shown = [said(told.buyers.document, row, functions) for row in known]
    latest = {_buyer_id(told, each, functions): each for each in shown if each}
    return [
        {**row, _BUYER: latest[_buyer_id(told, each, functions)] if each else None}
        for row, each in zip(known, shown, strict=True)
    ]


def buyers(session: Session, told: Listed, rows: Iterable[Row]) -> Iterator[Document]:
    """Yield those who placed some orders."""
    functions = session.functions()
    for row in rows:
        held = _BUYER in row
        shown = row[_BUYER] if held else told.buyers and said(told.buyers.document, row, functions)
        if shown:
            raw = lasting(session, told, cast("Row", shown))
            yield Document(_buyer_id(told, raw, functions), raw)


def _buyer_id(told: Listed, raw: Row, functions: RestFunctions) -> str:
    where = told.buyers.id if told.buyers else ""
    return _text(said(where, raw, functions), f"buyers: id ({where}), over what document makes,", raw)


def names_in(row: Any) -> str:
    """Return which names there are in a record, or an answer."""
    names = [*cast("Row", row)][:MOST_SHOWN] if isinstance(row, Mapping) else []
    return f"It has: {', '.join(names) or 'no names'}"


def _first(ident: str) -> str:
    return ident.partition("|")[0]


def _text(value: Any, where: str, raw: Row) -> str:
    if not truth(value) or isinstance(value, Mapping | list):
        raise Refused(f"{where} does not say what a record is known by. {names_in(raw)}")
    return value if isinstance(value, str) else exact(value)
