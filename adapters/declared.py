"""A connector as a declaration: what a system has, stream by stream. The rest of the port is done here, for all alike."""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypedDict, TypeVar

from adapters.asking.checks import looked
from adapters.rows import Row, Spot
from adapters.writing.writes import called
from hub.canonical import ENTITIES
from hub.canonical.entity import natural_key
from hub.config.exchange import ExchangeOptions
from hub.connector import Change, Document, Finding, Hooks, Page, Place, Stream, Unreadable, Write, Written
from hub.errors import HubError

System = TypeVar("System")
"""Who speaks to the system: its session."""
Told = TypeVar("Told", bound=ExchangeOptions)
"""What it is told in hub.toml."""

FULL = "full"


@dataclass(frozen=True)
class Way(Generic[System]):
    """One way through a list; `adapters.reading.walks` has those that pages and change marks allow."""

    walk: Callable[[System, Spot | None], Iterable[tuple[Sequence[Row], Spot]]]
    """Yields rows, each time with the place from which to go on."""
    anew: bool = False
    """Each reading makes it from its beginning: the place where one ended is not kept."""


@dataclass(frozen=True)
class Source(Generic[System]):
    """Where a stream's records are."""

    everything: Way[System]
    """In an order that stands still while records change."""
    some: Callable[[System, Sequence[str]], Sequence[Row]]
    """Ids of documents -> the rows that they are in, as far as they are there."""


@dataclass(frozen=True)
class Kind(Generic[System, Told]):
    """A stream, and how its records are asked for, shown, understood, written and found."""

    stream: Stream
    source: Source[System]
    documents: Callable[[System, Sequence[Row]], Iterable[Document]]
    """Rows -> documents, without what moves by itself; what several rows need is asked for once for all."""
    translate: Callable[[Row, Told], dict[str, Any]]
    """What a document says -> canonical fields. Pure."""
    changes: Mapping[str, Way[System]] = field(default_factory=dict[str, Way[System]])
    """Name -> a way through what has changed; none: every reading is a full scan. Their names stand in checkpoints."""
    buyers: Callable[[System, Sequence[Row]], Iterable[Document]] | None = None
    """Rows of orders -> the parties that come with them."""
    write: Callable[[System, Sequence[Write]], Iterable[Written]] | None = None
    find: Callable[[System, Sequence[Write]], Mapping[str, Sequence[str]]] | None = None
    reference: Callable[[Row], str] | None = None
    """A document -> the hub's own reference, where it carries one."""
    born: Callable[[Row], str] | None = None
    """A document -> when the system made the record."""
    look: Callable[[System], object] | None = None
    """Asks for next to nothing, as reading does, to see whether it may."""
    gone: Mapping[str, Way[System]] = field(default_factory=dict[str, Way[System]])
    """Name -> a way through what the system says it has no more: rows with the identity of a document as `id`. Walked
    after what has changed; a full scan needs none."""


class More(TypedDict, Generic[System], total=False):
    """What else a `Kind` may have, for those who make one."""

    buyers: Callable[[System, Sequence[Row]], Iterable[Document]]
    write: Callable[[System, Sequence[Write]], Iterable[Written]]
    find: Callable[[System, Sequence[Write]], Mapping[str, Sequence[str]]]
    reference: Callable[[Row], str]
    look: Callable[[System], object]


class Declared(Generic[System, Told]):
    """An `Exchange` by declaration."""

    def __init__(
        self,
        name: str,
        options: Told,
        system: System,
        kinds: Mapping[str, Kind[System, Told]],
        look: Callable[[System], str] | None = None,
        mend: str | None = None,
        helps: type[HubError] = HubError,
        hooks: Callable[[System], Hooks] | None = None,
    ) -> None:
        """`name`: the system's in hub.toml; `kinds`: by the word that stands there under `sync`.

        `look` says what the system has, or raises what is wrong with it; none: every kind's own. `mend`: what is to be
        done about a fault that it `helps`. `hooks` gives how the system calls, if it does.
        """
        self.name, self.options, self.system, self.kinds = name, options, system, kinds
        self._look, self._mend, self._helps = look or self._look_at_kinds, mend, helps
        self._hooks = hooks

    def check(self) -> list[Finding]:
        """Look whether the system answers, and has what the options name."""
        mend = self._mend or f"see [systems.{self.name}]"
        return looked(self.name, lambda: self._look(self.system), mend, self._helps)

    def _look_at_kinds(self, system: System) -> str:
        looks = {name: kind.look for name, kind in self.kinds.items() if kind.look}
        for look in looks.values():
            look(system)
        return f"{', '.join(looks)} can be read"

    @property
    def hooks(self) -> Hooks | None:
        """How the system calls when something happens, if it does."""
        return self._hooks(self.system) if self._hooks else None

    @property
    def streams(self) -> Mapping[str, Stream]:
        """What the system has."""
        return {name: kind.stream for name, kind in self.kinds.items()}

    def read(self, stream: str, since: Mapping[str, Any] | None, *, full: bool) -> Generator[Page, None, None]:
        """Yield pages of everything, or of what has changed: one way after the other; see the port."""
        kind = self.kinds[stream]
        complete = full or not kind.changes
        ways = {FULL: kind.source.everything} if complete else {**kind.changes, **kind.gone}
        spots = {name: spot for name, spot in (since or {}).items() if name in ways}
        for name, way in ways.items():
            for rows, spot in way.walk(self.system, spots.get(name)):
                after = {**spots, name: spot}
                if name in kind.gone:
                    yield Page(kind.stream.entity, (), (), after, gone=[row["id"] for row in rows])
                else:
                    yield from self._pages(kind, rows, spots, after)
                spots = after
        spots = {name: spot for name, spot in spots.items() if not ways[name].anew}
        yield Page(kind.stream.entity, (), (), spots, complete=complete)

    def _pages(
        self, kind: Kind[System, Told], rows: Sequence[Row], before: Spot, after: Spot
    ) -> Generator[Page, None, None]:
        """Yield a page of these rows; those who placed orders come in front of them, with the checkpoint before it."""
        if kind.buyers:
            buyers = {each.id: each for each in kind.buyers(self.system, rows)}
            yield Page("parties", (), (), before, documents=list(buyers.values()))
        yield Page(kind.stream.entity, (), (), after, documents=list(kind.documents(self.system, rows)))

    def fetch(self, stream: str, ids: Sequence[str]) -> list[Document]:
        """Return records as they are now."""
        kind, wanted = self.kinds[stream], {*ids}
        found = kind.documents(self.system, kind.source.some(self.system, ids))
        return [each for each in found if each.id in wanted]

    def translate(self, stream: str, document: Document) -> Change | Unreadable:
        """Return what a document says, canonically; an order's channel is the system's name, where none is written."""
        kind, place = self.kinds[stream], Place(f"{self.name} {stream} {document.id}")
        fields = kind.translate(document.raw, self.options)
        reference = kind.reference(document.raw) if kind.reference else ""
        born = kind.born(document.raw) if kind.born else ""
        if "sku" in fields and not fields["sku"]:
            return Unreadable("missing-key", "the product has no SKU there; give it one", place)
        entity = kind.stream.entity
        if entity == "orders" and "channel" not in kind.stream.writes:
            fields["channel"] = self.name
        if entity == "stock" and "location" not in fields:  # one number for each product, wherever it lies
            return Change(natural_key([fields["sku"]]), fields, place, reference, born)
        if fault := _key_fault(entity, fields):
            return Unreadable(*fault, place)
        return Change(ENTITIES[entity].key(fields, fields), fields, place, reference, born)

    def write(self, stream: str, writes: Sequence[Write]) -> Iterable[Written]:
        """Carry writes out."""
        kind = self.kinds[stream]
        if kind.stream.entity == "products" and "name" in kind.stream.writes:
            writes = [called(each) for each in writes]
        return kind.write(self.system, writes) if kind.write else ()

    def find(self, stream: str, wanted: Sequence[Write]) -> Mapping[str, Sequence[str]]:
        """Look for records that are made, not put."""
        find = self.kinds[stream].find
        return find(self.system, wanted) if find else {each.key: () for each in wanted}


def _key_fault(entity: str, fields: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return what is wrong with the fields by which records are told apart: cause and sentence."""
    for name in ENTITIES[entity].key_fields:
        value = fields.get(name)
        if value in (None, ""):
            return "missing-key", f"{name} is empty, and without it {entity} cannot be told from others"
        if not isinstance(value, str):
            return (
                "wrong-type",
                f"{name}: {'a list' if isinstance(value, list) else 'something else'} stands where text belongs",
            )
    return None
