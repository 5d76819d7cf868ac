"""The connector `sql`: what hub.toml describes, read, found and written."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from adapters.rows import Row
from adapters.sql.checking import findings
from adapters.sql.database import Database
from adapters.sql.finding import find
from adapters.sql.options import PUT, SqlOptions, StreamOptions
from adapters.sql.paths import found
from adapters.sql.plain import identity, plain
from adapters.sql.reading import Source
from adapters.sql.shape import converted, reading
from adapters.sql.writing import Writer
from adapters.writing.prices import written
from hub.canonical import ENTITIES
from hub.clock import Clock
from hub.config.expressions import constants
from hub.connector import Change, Document, Finding, Page, Place, Stream, Unreadable, Write, Written

OURS = "hub-"
"""Begins each of the hub's references; what else stands in the column is somebody else's."""
CHANNEL = "orders"
"""An order's channel is the system's name, where the rows do not say another."""


class SqlConnector:
    """Speaks to one database. Threads share it."""

    hooks = None
    """Databases call nobody."""

    def __init__(self, name: str, options: SqlOptions, folder: Path, clock: Clock) -> None:
        """`folder`: from which an SQLite file's path counts. Nothing is opened yet."""
        self.name, self.options = name, options
        database = Database(name, options, folder)
        self._sources = {stream: Source(database, stream, each, clock) for stream, each in options.described.items()}
        self._converters = reading(ZoneInfo(options.timezone))
        self._database = database
        self.streams: Mapping[str, Stream] = {
            name: _stream(options.entity_of(name), each, late=2 * options.timeout.total_seconds())
            for name, each in options.described.items()
        }
        """What is described."""

    def check(self) -> list[Finding]:
        """Look whether the database answers, and has what is named."""
        return findings(self._database, self._sources)

    def read(self, stream: str, since: Mapping[str, Any] | None, *, full: bool) -> Generator[Page, None, None]:
        """Yield pages of documents; see `adapters.sql.reading`."""
        source, entity = self._sources[stream], self.options.entity_of(stream)
        complete = full or source.options.changed is None
        for rows, spot, last in source.walk(since, full=complete):
            there = [self._document(source, row) for row in rows if not source.is_deleted(row)]
            gone = () if complete else [identity(source.key_of(row)) for row in rows if source.is_deleted(row)]
            yield Page(entity, (), (), spot, documents=there, gone=gone, complete=complete and last)

    def fetch(self, stream: str, ids: Sequence[str]) -> list[Document]:
        """Return records as they are now."""
        source = self._sources[stream]
        return [self._document(source, row) for row in source.some(ids)]

    @staticmethod
    def _document(source: Source, row: Row) -> Document:
        unsaid = {source.options.changed, source.options.deleted} - source.used
        return Document(
            identity(source.key_of(row)), {name: plain(each) for name, each in row.items() if name not in unsaid}
        )

    def translate(self, stream: str, document: Document) -> Change | Unreadable:
        """Return what a row says."""
        options, entity = self.options.described[stream], ENTITIES[self.options.entity_of(stream)]
        place = Place(f"{self.name} {stream} {document.id}")
        try:
            fields = {ours: found(path, document.raw) for ours, path in options.fields.items()}
        except ValueError as fault:
            return Unreadable("not-understood", f"an expression of its fields cannot be worked out: {fault}", place)
        fields = converted(entity.model, fields, self._converters)
        if entity.name == CHANNEL:
            fields["channel"] = fields.get("channel") or self.name
        lacking = [name for name in entity.key_fields if name in fields and not fields[name]]
        if lacking:
            return Unreadable("missing-key", f"there is no {lacking[0]} in the row; enter it there", place)
        told = str(document.raw.get(options.reference or "") or "").strip().lower()
        return Change(_key(entity.name, fields), fields, place, told if told.startswith(OURS) else "")

    def write(self, stream: str, writes: Sequence[Write]) -> Iterable[Written]:
        """Carry writes out, all that are handed over in one transaction; see `adapters.sql.writing`."""
        return Writer(self._sources[stream], ENTITIES[self.options.entity_of(stream)]).write(writes)

    def find(self, stream: str, wanted: Sequence[Write]) -> Mapping[str, Sequence[str]]:
        """Look by the hub's reference, then by what the stream's `find` names."""
        entity = ENTITIES[self.options.entity_of(stream)]
        return {each.key: () for each in wanted} if entity.name in PUT else find(self._sources[stream], entity, wanted)


def _stream(entity: str, options: StreamOptions, late: float) -> Stream:
    return Stream(
        entity,
        delta=options.changed is not None,
        writes=written(entity, frozenset(options.writes), constants(options.fields)),
        create=_create(entity, options),
        removes=bool(options.remove),
        late=late,
    )


def _create(entity: str, options: StreamOptions) -> Any:
    return "never" if not options.create else "put" if entity in PUT else "intent"


def _key(entity: str, fields: Mapping[str, Any]) -> str:
    """Return the natural key; a shop's stock is one number for each product, wherever it lies."""
    if entity == "stock" and "location" not in fields:
        return ENTITIES["products"].key(fields, fields)
    return ENTITIES[entity].key(fields, fields)
