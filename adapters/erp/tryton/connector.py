"""The connector `tryton` of an ERP: what Tryton has, how it is read, found and written."""

from collections import defaultdict
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from adapters.erp.tryton import translate
from adapters.erp.tryton.client import EVERY, Row, Tryton
from adapters.erp.tryton.finding import by_nature, by_reference
from adapters.erp.tryton.options import TrytonOptions
from adapters.erp.tryton.writing import Batch
from adapters.windows import by_window
from hub.clock import Clock
from hub.connector import Change, Document, Finding, Page, Place, Stream, Unreadable, Write, Written
from hub.errors import HubError, Refused

PAGE = 500


@dataclass(frozen=True, slots=True)
class Source:
    """A model of Tryton, what is read of it, and whose change marks show that a record has changed."""

    model: str
    fields: str
    marks: Mapping[str, str]
    """The way to a relative (empty: the record itself) -> its model."""
    domain: Sequence[Any] = ()


NAMED = [["code", "!=", None]]
GOODS = [*NAMED, ["type", "in", ["goods", "assets"]]]
VARIANT = {"": "product.product", "template.": "product.template"}
PRICES = {"list_prices.": "product.list_price", "template.list_prices.": "product.list_price"}
SALE = {"": "sale.sale", "lines.": "sale.line", "shipments.": "stock.shipment.out", "invoices.": "account.invoice"}
PARTY = (
    {"": "party.party"}
    | {f"{child}s.": f"party.{child}" for child in ("identifier", "contact_mechanism")}
    | {"addresses.": "party.address"}
)
SOURCES = {
    "products": Source("product.product", translate.PRODUCT, VARIANT | {"identifiers.": "product.identifier"}),
    "prices": Source("product.product", translate.PRICE, VARIANT | PRICES, NAMED),
    "stock": Source("product.product", "id", {"": "stock.move"}, GOODS),
    "moves": Source("stock.move", "product", {"": "stock.move"}),
    "parties": Source("party.party", translate.PARTY, PARTY),
    "orders": Source("sale.sale", translate.SALE, SALE),
}

PARTY_FIELDS = "name vat_id email phone addresses"
ORDER_FIELDS = (
    "channel number placed_at party billing_address shipping_address currency tax_included lines shipping discounts "
    "totals note status"
)
STREAMS = {name: Stream(name) for name in ("products", "prices", "stock")} | {
    "parties": Stream("parties", writes=frozenset(PARTY_FIELDS.split()), create="intent", bulk=100),
    "orders": Stream("orders", writes=frozenset(ORDER_FIELDS.split()), create="intent", bulk=50, late=120.0),
}


@dataclass(frozen=True)
class TrytonConnector:
    """Speaks to one company in one Tryton database."""

    name: str
    """The system's."""
    options: TrytonOptions
    clock: Clock

    @property
    def streams(self) -> Mapping[str, Stream]:
        """What Tryton has."""
        return STREAMS

    @cached_property
    def _tryton(self) -> Tryton:
        return Tryton(self.name, self.options, self.clock)

    @cached_property
    def _currency(self) -> str:
        ours = [["id", "=", self.options.company]]
        return self._tryton.search("company.company", "currency.code", ours)[0]["currency"]["code"]

    @cached_property
    def _locations(self) -> list[Row]:
        storage = self.options.storage
        domain = [["code", "in", [*storage]]] if storage else [["type", "=", "warehouse"]]
        found = self._tryton.search("stock.location", "code", domain)
        if missing := {*storage} - {row["code"] for row in found}:
            raise Refused(f"Tryton has no location {', '.join(sorted(missing))}; mend storage in [systems.{self.name}]")
        return found

    def check(self) -> list[Finding]:
        """Look whether the key is accepted and every stream can be read, up to the first that cannot."""
        try:
            for stream in STREAMS:
                source = SOURCES[stream]
                self._tryton.search(source.model, source.fields, source.domain, limit=1)
            places = ", ".join(row["code"] for row in self._locations)
        except HubError as fault:
            mend = "let the key's user be of the company, and have access; activate the module, if it is missing"
            return [Finding(self.name, good=False, message=str(fault), mend=mend)]
        return [Finding(self.name, good=True, message=f"Tryton; {', '.join(STREAMS)} can be read; stock at {places}")]

    def read(self, stream: str, since: Mapping[str, Any] | None, *, full: bool) -> Generator[Page, None, None]:
        """Yield pages of documents in the order of their numbers, within a window of change marks."""
        since = None if full and since and "after" not in since else since
        moved = stream == "stock" and bool(since and since.get("since"))
        source = SOURCES["moves" if moved else stream]

        def fetch(mark: datetime | None, key: int) -> list[Row]:
            changed = [["OR", *[[f"{way}last_modified_at", ">=", mark] for way in source.marks]]] if mark else []
            domain = [*source.domain, *changed, ["id", ">", key]]
            return self._tryton.search(source.model, source.fields, domain, limit=PAGE, context=EVERY)

        for rows, spot, last in by_window(fetch, lambda: self._latest(source), PAGE, since):
            documents = self._documents(stream, [{"id": row["product"]} for row in rows] if moved else rows)
            yield Page(stream, (), (), spot, documents=documents, complete=full and last)

    def _latest(self, source: Source) -> str | None:
        """Return the latest change mark of a source; of several relatives, the latest of all."""
        found = [
            self._tryton.search(model, "last_modified_at", order="-last_modified_at", limit=1)
            for model in {*source.marks.values()}
        ]
        return max((row["last_modified_at"] for rows in found for row in rows), default=None)

    def _documents(self, stream: str, rows: Sequence[Mapping[str, Any]]) -> list[Document]:
        if stream == "stock":
            return [document for location in self._locations for document in self._levels(rows, location)]
        if stream == "prices":
            rows = [{**row, "currency": self._currency} for row in rows if row["list_price_used"] is not None]
        return [Document(str(row["id"]), row) for row in rows]

    def _levels(self, rows: Sequence[Mapping[str, Any]], location: Row) -> list[Document]:
        """Return how much of some products lies at a location, and what is to leave it."""
        ids = sorted({row["id"] for row in rows})
        within = [[location["id"]], "parent"]
        pending = [["state", "in", ["draft", "assigned"]]]
        pending += [["from_location", "child_of", *within], ["to_location", "not child_of", *within]]
        leaving: defaultdict[int, Decimal] = defaultdict(Decimal)
        for move in self._tryton.having("stock.move", "product internal_quantity", "product", ids, pending):
            leaving[move["product"]] += Decimal(move["internal_quantity"])
        there = self._tryton.having("product.product", translate.STOCK, "id", ids, GOODS, locations=[location["id"]])
        shown = [row | {"location": location["code"], "reserved": str(leaving[row["id"]])} for row in there]
        return [Document(f"{row['id']}|{location['id']}", row) for row in shown]

    def fetch(self, stream: str, ids: Sequence[str]) -> list[Document]:
        """Return records as they are now."""
        numbers = sorted({int(id_.partition("|")[0]) for id_ in ids})
        source = SOURCES[stream]
        found = self._documents(stream, self._tryton.having(source.model, source.fields, "id", numbers, source.domain))
        return [document for document in found if document.id in ids]

    def translate(self, stream: str, document: Document) -> Change | Unreadable:
        """Return what a document says."""
        place = Place(f"{self.name} {SOURCES[stream].model} {document.id}")
        match stream:
            case "products":
                return translate.product(document.raw, place)
            case "prices":
                return translate.price(document.raw, place, self.options.price_list)
            case "stock":
                return translate.stock(document.raw, place, self.options.storage)
            case "parties":
                return translate.party(document.raw, place)
            case _:
                return translate.order(document.raw, place, self.name)

    def write(self, stream: str, writes: Sequence[Write]) -> Iterator[Written]:
        """Write parties or sales; a create whose record is there already, by our reference, takes it on from there."""
        found = by_reference(self._tryton, stream, [write for write in writes if not write.id])
        there = {key: int(ids[0]) for key, ids in found.items()}
        batch = Batch(
            self._tryton, self.options, writes, there | {each.key: int(each.id) for each in writes if each.id}
        )
        (batch.parties if stream == "parties" else batch.sales)()
        shown = {document.id: document for document in self.fetch(stream, [str(id_) for id_ in batch.ids.values()])}
        for write in writes:
            id_ = str(batch.ids[write.key]) if write.key in batch.ids else None
            if refusal := batch.refused.get(write.key):
                cause = getattr(refusal, "cause", "refused")
                yield Written(write.key, "refused", id_, cause=cause, message=str(refusal))
            elif id_ in shown:
                yield Written(write.key, "done", id_, shown[id_])
            else:
                yield Written(write.key, "gone", id_)

    def find(self, stream: str, wanted: Sequence[Write]) -> Mapping[str, Sequence[str]]:
        """Look by the hub's reference, then sales by channel and number, parties by VAT id and e-mail address."""
        ours = by_reference(self._tryton, stream, wanted)
        others = by_nature(self._tryton, stream, [write for write in wanted if write.key not in ours])
        return {write.key: ours.get(write.key) or others.get(write.key, ()) for write in wanted}
