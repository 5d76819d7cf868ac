"""A system that is described in hub.toml, as an `Exchange`."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from adapters.declared import Declared, Kind, Source, Way
from adapters.rest.expressions import Unmapped, said
from adapters.rest.lists import Request
from adapters.rest.options import RestOptions, StreamSettings, written_fields
from adapters.rest.records import buyers, documents, fetched, fields
from adapters.rest.session import Session
from adapters.rest.tables import looked_up
from adapters.rest.ways import PORTION, changed, everything, gone, look
from adapters.rest.writing import find, write
from adapters.rows import Row, Spot
from adapters.writing.bulk import portions
from hub.clock import Clock
from hub.connector import Change, Document, Place, Stream, Unreadable
from hub.tokens import Vault


class RestConnector(Declared[Session, RestOptions]):
    """A system that is described in hub.toml."""

    def __init__(self, name: str, options: RestOptions, clock: Clock, vault: Vault) -> None:
        """Raises Misconfigured for a secret that is not to be had."""
        session = Session(name, options, vault, clock)
        kinds = {stream: kind(told, options, session) for stream, told in options.described.items()}
        super().__init__(name, options, session, kinds, self._seen)

    def close(self) -> None:
        """Give the connections back."""
        self.system.close()

    def _seen(self, session: Session) -> str:
        """Return what is to be seen where `check` says, or of the first list."""
        if self.options.check is not None:
            session.ask(Request(path=self.options.check), {}, {}, session.functions())
            return f"answers {self.options.check}"
        read = {name: told for name, told in self.options.described.items() if told.fields and not told.of}
        shown = [look(name, told, session) for name, told in read.items()]
        return f"answers, and shows at first {', '.join(shown) or 'nothing'}"

    def translate(self, stream: str, document: Document) -> Change | Unreadable:
        """Return what a document says, canonically."""
        try:
            return super().translate(stream, document)
        except Unmapped as fault:
            place = Place(f"{self.name} {stream} {document.id}", column=fault.field or None)
            return Unreadable("not-mapped", str(fault), place)


def kind(told: StreamSettings, options: RestOptions, session: Session) -> Kind[Session, RestOptions]:
    """Return a stream as `Declared` has it."""
    pure = session.functions()
    writing = told.write
    return Kind(
        _stream(told, options),
        _source(told, options),
        _known_documents if told.of else partial(_documents, told),
        lambda raw, _: fields(told, raw, pure),
        changed(told) if not told.of else {},
        partial(_buyers, told) if told.buyers else None,
        partial(write, told) if writing else None,
        partial(find, told) if writing and writing.find else None,
        (lambda raw: str(said(told.reference or "", raw, pure) or "")) if told.reference else None,
        gone=gone(told),
    )


def _stream(told: StreamSettings, options: RestOptions) -> Stream:
    writing = told.write
    create = "never" if writing is None else "put" if writing.put else "intent" if writing.create else "never"
    actions = [each for name in ("create", "update", "put") for each in writing.actions(name)] if writing else []
    return Stream(
        told.entity,
        reads=bool(told.fields),
        delta=bool(changed(told)) and not told.of,
        writes=written_fields(told),
        create=create,
        removes=bool(writing and writing.remove),
        bulk=max([each.bulk or 0 for each in actions], default=0) or 50,
        late=max(60.0, 2 * options.timeout.total_seconds()),
    )


def _source(told: StreamSettings, options: RestOptions) -> Source[Session]:
    if told.of:
        orders = options.described[told.of]
        return Source(Way(partial(_all_buyers, orders)), partial(_some_buyers, orders))
    return Source(everything(told, told.row), lambda session, ids: fetched(session, told, ids, looked_up(session)))


def _documents(told: StreamSettings, session: Session, rows: Sequence[Row]) -> Iterable[Document]:
    return documents(session, told, rows, looked_up(session))


def _buyers(told: StreamSettings, session: Session, rows: Sequence[Row]) -> Iterable[Document]:
    return buyers(session, told, rows)


def _known_documents(_: Session, rows: Sequence[Row]) -> Iterable[Document]:
    return [Document(row["id"], row["raw"]) for row in rows]


def _all_buyers(orders: StreamSettings, session: Session, spot: Spot | None) -> Iterable[tuple[Sequence[Row], Spot]]:
    """Walk through the buyers of all orders, each as the latest order shows him."""
    found = _known(orders, session)
    rest = [id_ for id_ in sorted(found) if id_ > (spot or {}).get("after", "")]
    return (([{"id": id_, "raw": found[id_]} for id_ in some], {"after": some[-1]}) for some in portions(rest, PORTION))


def _some_buyers(orders: StreamSettings, session: Session, ids: Sequence[str]) -> list[Row]:
    found = _known(orders, session)
    return [{"id": id_, "raw": found[id_]} for id_ in ids if id_ in found]


def _known(orders: StreamSettings, session: Session) -> Mapping[str, Mapping[str, Any]]:
    rows = (row for some, _ in everything(orders, orders.row).walk(session, None) for row in some)
    return {each.id: each.raw for each in buyers(session, orders, rows)}
