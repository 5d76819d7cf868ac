"""A system whose records are tables in memory, and a hub that is kept in step with it run by run."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hub.canonical import ENTITIES
from hub.config.exchange import ExchangeOptions
from hub.connector import Change, Document, Finding, Page, Place, Stream, Unreadable, Write, Written
from hub.errors import Refused, TryLater, Unanswered
from hub.handler import Done, Outcome, PageReport, Work
from hub.store import Store, bindings, history, quarantine, records
from hub.sync import System, exchanger

PRODUCTS = frozenset(["sku", "name", "description", "weight"])
PARTIES = frozenset(["name", "email", "phone", "vat_id"])
CATALOGUE = ("products", "prices", "stock")

ERP = {
    "products": Stream("products"),
    "prices": Stream("prices"),
    "stock": Stream("stock"),
    "parties": Stream("parties", writes=PARTIES, create="intent"),
    "orders": Stream(
        "orders", writes=frozenset(["channel", "number", "party", "currency", "lines", "totals"]), create="intent"
    ),
}
SHOP = {
    "products": Stream("products", writes=PRODUCTS, create="intent", removes=True),
    "prices": Stream("prices", writes=frozenset(["amount"]), create="put"),
    "stock": Stream("stock", writes=frozenset(["available"]), create="put"),
    "parties": Stream("parties", writes=PARTIES),
    "orders": Stream("orders", writes=frozenset(["status"])),
}


@dataclass
class Tables:
    """A system: stream -> identity -> fields. Each change moves the mark on; tests may make it lie."""

    streams: Mapping[str, Stream]
    rows: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    marks: dict[tuple[str, str], int] = field(default_factory=dict)
    writes: list[tuple[str, Write]] = field(default_factory=list)
    mark: int = 0
    size: int = 1000
    """Documents of a page."""
    normalise: Callable[[dict[str, Any]], dict[str, Any]] = dict
    """What becomes of what is written."""
    lost_answers: int = 0
    """So many of the next creates are carried out and not answered."""
    poison: set[str] = field(default_factory=set)
    """Keys whose write ends in an error of the system, every time."""
    refuses: dict[str, str] = field(default_factory=dict)
    """Key -> why a write of it is refused."""
    unfit: set[str] = field(default_factory=set)
    """Pictures that cannot be had."""
    hidden: set[str] = field(default_factory=set)
    """Identities that a full scan passes by."""
    gone: list[str] = field(default_factory=list)
    """Identities that a reading of what has changed says are gone."""
    breaks_off: bool = False
    """A full scan ends without having come to its end."""
    answers_with_document: bool = True
    sizes: list[int] = field(default_factory=list)
    """How many were written together, each time."""
    today: str = ""
    """When new records are made, as the system says it; empty: it does not say so."""
    born: dict[tuple[str, str], str] = field(default_factory=dict)
    hooks = None

    def __post_init__(self):
        self.rows = {name: {} for name in self.streams}

    def put(self, stream: str, identity: str, *, silently: bool = False, **fields: Any) -> None:
        """Change a record, as a user of the system would; silently: its change mark does not move."""
        self.mark += 1
        if identity not in self.rows[stream] and self.today:
            self.born[stream, identity] = self.today
        row = self.rows[stream].setdefault(identity, {})
        row.update(fields)
        if not silently or (stream, identity) not in self.marks:
            self.marks[stream, identity] = self.mark

    def check(self):
        return [Finding("it", good=False, message="an option names a list that is not there: no reason to stop")]

    def document(self, stream: str, identity: str) -> Document:
        born = {"born": self.born[stream, identity]} if (stream, identity) in self.born else {}
        return Document(identity, self.rows[stream][identity] | born)

    def read(self, stream: str, since: Mapping[str, Any] | None, *, full: bool):
        known = (since or {}).get("mark", -1)
        if full:
            found = [each for each in self.rows[stream] if each not in self.hidden][known + 1 :]
            marks = list(range(known + 1, known + 1 + len(found)))
        else:
            found = sorted(self.rows[stream], key=lambda each: self.marks[stream, each])
            found = [each for each in found if self.marks[stream, each] >= known]
            marks = [self.marks[stream, each] for each in found]
        entity = self.streams[stream].entity
        for start in range(0, len(found) or 1, self.size):
            part = found[start : start + self.size]
            last = start + self.size >= len(found)
            at = {"mark": marks[start + len(part) - 1]} if part else dict(since or {})
            documents = [self.document(stream, each) for each in part if each in self.rows[stream]]
            complete = full and last and not self.breaks_off
            if full and self.breaks_off and last:
                return
            gone = () if full or not last else self.gone
            yield Page(entity, (), (), at, documents=documents, gone=gone, complete=complete)

    def fetch(self, stream: str, ids: Sequence[str]) -> list[Document]:
        return [self.document(stream, each) for each in ids if each in self.rows[stream]]

    def translate(self, stream: str, document: Document) -> Change | Unreadable:
        fields = {name: value for name, value in document.raw.items() if name not in ("reference", "born")}
        adds_up = stream == "stock" and "location" not in fields
        place = Place(f"{stream} {document.id}")
        own = (document.raw.get("reference", ""), document.raw.get("born", ""))
        return Change(fields["sku"] if adds_up else "", fields, place, *own)

    def write(self, stream: str, writes: Sequence[Write]) -> Iterable[Written]:
        self.sizes.append(len(writes))
        for each in writes:
            if each.key in self.poison:
                raise Unanswered("500") if each.id is None else TryLater("500")
            self.writes.append((stream, each))
            if each.key in self.refuses:
                yield Written(each.key, "refused", cause="no", message=self.refuses[each.key])
            elif each.remove:
                self.rows[stream].pop(each.id or "", None)
                yield Written(each.key, "done", each.id)
            elif each.id is not None and each.id not in self.rows[stream]:
                yield Written(each.key, "gone", each.id)
            else:
                yield self._written(stream, each)

    def _written(self, stream: str, each: Write) -> Written:
        identity = each.id or self._new_identity(stream, each)
        had = [image for image in each.fields.get("images") or () if image not in self.unfit]
        instead = {"images": had} if len(had) < len(each.fields.get("images") or ()) else {}
        fields = {**each.fields, **instead}
        if "party" in fields:
            fields["party"] = each.links["parties"][fields["party"]]
        key_fields = {name: each.record[name] for name in ENTITIES[stream].key_fields if name in each.record}
        mark: dict[str, Any] = {"reference": each.reference} if each.id is None else {}
        self.put(stream, identity, **key_fields, **mark)
        self.put(stream, identity, **self.normalise(fields))
        if each.id is None and self.lost_answers:
            self.lost_answers -= 1
            raise Unanswered
        document = self.document(stream, identity) if self.answers_with_document else None
        why = {"cause": "no-picture", "message": "it cannot be had", "instead": instead} if instead else {}
        return Written(each.key, "done", identity, document, **why)

    def _new_identity(self, stream: str, each: Write) -> str:
        if self.streams[stream].create == "put":
            return each.links["products"][each.record["sku"]]
        return f"{stream}-{self.mark + 1}"

    def find(self, stream: str, wanted: Sequence[Write]) -> Mapping[str, Sequence[str]]:
        return {each.key: self._like(stream, each) for each in wanted}

    def _like(self, stream: str, each: Write) -> list[str]:
        rows = self.rows[stream].items()
        marked = [identity for identity, row in rows if row.get("reference") == each.reference]
        name = {"products": "sku", "parties": "email"}.get(stream, "")
        value = each.record.get(name)
        return marked or [identity for identity, row in rows if value and row.get(name) == value]


class Held:
    """The hold of a run, without a worker: pages are transactions of the store."""

    def __init__(self, store: Store):
        self.store = store
        self.lines: list[str] = []
        self.reports: list[PageReport] = []
        self.pages_left: int | None = None
        """After so many pages the slice is over; none: never."""

    @contextmanager
    def page(self):
        report = PageReport()
        with self.store.write() as tx:
            yield tx, report
        self.reports.append(report)
        if self.pages_left is not None:
            self.pages_left -= 1

    def reading(self):
        return self.store.read()

    def over(self) -> bool:
        return self.pages_left is not None and self.pages_left <= 0

    def tell(self, text: str, level: str = "info") -> None:
        self.lines.append(text)

    @property
    def counts(self) -> Counter[str]:
        total: Counter[str] = Counter()
        for report in self.reports:
            total.update(report.counts)
        return total


class Hub:
    """The store, and the systems that are kept in step by it."""

    def __init__(self, store: Store, full_every: timedelta = timedelta(days=365)):
        self.store = store
        self.full_every = full_every
        self.systems: dict[str, System] = {}
        self.takes_orders: dict[str, bool] = {}
        """As `hub.app` finds it in the jobs; shared by all systems."""
        self.runs = 0
        self.held = Held(store)

    def add(
        self, name: str, kind: str, tables: Tables, *, owners: Mapping[str, str] | None = None, **options: Any
    ) -> Tables:
        told = ExchangeOptions.model_validate({"url": "http://localhost", **options})
        self.systems[name] = System(name, kind, tables, told, owners or {}, self.takes_orders)
        return tables

    def tables(self, system: str) -> Tables:
        """Return the records of a system."""
        connector = self.systems[system].connector
        assert isinstance(connector, Tables)
        return connector

    def run(
        self,
        system: str,
        *streams: str,
        scope: Sequence[str] | None = None,
        full: bool = False,
        pages: int | None = None,
    ) -> Outcome:
        """Carry out a run of some streams, to the end or for a slice of so many pages."""
        self.runs += 1
        self.held = Held(self.store)
        self.held.pages_left = pages
        every = timedelta(0) if full else self.full_every
        work = Work(self.runs, 1, f"{system}.test", system, "manual", None, scope)
        return exchanger(lambda: self.systems[system], streams, every)(work, self.held)

    def run_all(self, *streams: str) -> None:
        """Run every system's streams once."""
        for name, each in self.systems.items():
            self.run(name, *(stream for stream in streams if stream in each.connector.streams))

    def in_step(self, *streams: str, others: bool = False) -> None:
        """Run every system's streams until nothing is done any more; `others`: records of another hub are passed over."""
        rests = {"identical", "skipped"} if others else {"identical"}
        for _ in range(10):
            outcomes = [
                self.run(name, *(s for s in streams if s in each.connector.streams))
                for name, each in self.systems.items()
            ]
            if all(isinstance(each, Done) and set(self._words(each)) <= rests for each in outcomes):
                return
        raise AssertionError(f"it does not come to rest: {outcomes}")

    @staticmethod
    def _words(done: Outcome) -> list[str]:
        message = done.message if isinstance(done, Done) and done.message else ""
        return [] if message.startswith("there was nothing") else [part.split(" ")[1] for part in message.split(", ")]

    def record(self, entity: str, key: str) -> records.Record:
        with self.store.read() as tx:
            return records.by_keys(tx, entity, [key])[key]

    def keys(self, entity: str) -> list[str]:
        with self.store.read() as tx:
            return [each.key for each in records.find(tx, entity) if each.deleted_at is None]

    def waiting(self) -> list[quarantine.Entry]:
        with self.store.read() as tx:
            return quarantine.find(tx)

    def conflicts(self, entity: str, key: str) -> list[history.Conflict]:
        with self.store.read() as tx:
            return history.conflicts_of(tx, entity, key)

    def events(self, entity: str, key: str) -> list[history.Event]:
        with self.store.read() as tx:
            return history.of_record(tx, entity, key)

    def binding(self, system: str, entity: str, key: str) -> bindings.Binding:
        with self.store.read() as tx:
            return bindings.by_keys(tx, system, entity, [key])[key]


def lamp(erp: Tables, **more: Any) -> None:
    """Put a product into the ERP."""
    erp.put("products", "1", **{"sku": "A", "name": "Lamp", **more})


def order(shop: Tables, number: str = "1001", party: str = "c1", **more: Any) -> None:
    """Have two lamps ordered in the shop."""
    lines = [{"id": "1", "sku": "A", "quantity": "2", "unit_price": "10.00"}]
    given = {"channel": "shop", "number": number, "party": party, "currency": "EUR", "lines": lines}
    shop.put("orders", f"o{number}", **{**given, "status": "pending", "totals": {"gross": "20.00"}, **more})


def meanwhile(tables: Tables, do: Callable[[], object]) -> None:
    """Have something happen while the next record is written."""

    def once(fields):
        tables.normalise = dict
        do()
        return dict(fields)

    tables.normalise = once


def parties(erp: Tables, count: int = 9) -> list[str]:
    for number in range(count):
        erp.put("parties", str(number), name=f"Party {number}", email=f"p{number}@example.com")
    return [str(number) for number in range(count)]


def break_on(system: Tables, *names: str, fault: Exception | None = None) -> None:
    """Have the system break where it is asked for one of these, by identity or by our key."""
    fetch, find = system.fetch, system.find

    def judge(asked: Sequence[str]) -> None:
        if {*names} & {*asked}:
            raise fault or Refused("500 characters at most")

    def fetched(stream, ids):
        judge(ids)
        return fetch(stream, ids)

    def found(stream, wanted):
        judge([each.key for each in wanted])
        return find(stream, wanted)

    system.fetch, system.find = fetched, found
