"""The connector `tryton` of an ERP: what Tryton has, and how it is read, found and written."""

from collections import defaultdict
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property, partial
from typing import Any

from adapters.checks import looked
from adapters.erp import sales
from adapters.erp.tryton import translate
from adapters.erp.tryton.client import Row, Tryton, classed, instant
from adapters.erp.tryton.options import TrytonOptions
from adapters.erp.tryton.translate import OURS
from adapters.erp.tryton.writing import TrytonSales, write_parties
from adapters.fields import Field, Table, asked, told
from adapters.finding import Sign, by_signs
from adapters.http import exact
from adapters.windows import window_pages
from hub.canonical import ENTITIES
from hub.clock import Clock
from hub.connector import Change, Document, Finding, Page, Place, Stream, Write, Written
from hub.errors import Refused

PAGE = 500


@dataclass(frozen=True, slots=True)
class Source:
    """Where a stream is read."""

    model: str
    table: Table
    relatives: Mapping[str, str]
    """Whose change marks show that a record has changed: the way to them -> their model."""
    domain: Sequence[Any] = ()


CODED = ["code", "!=", None]
VARIANT = {"": "product.product", "template.": "product.template"}
PRICES = {"list_prices.": "product.list_price", "template.list_prices.": "product.list_price"}
PARTY = {"": "party.party", "addresses.": "party.address", "identifiers.": "party.identifier"}
SALE = {"": "sale.sale", "shipments.": "stock.shipment.out", "invoices.": "account.invoice"}
GOODS = Source("product.product", translate.STOCK, {"": "stock.move"}, [CODED, ["type", "in", ["goods", "assets"]]])
MOVES = Source("stock.move", {"product": Field("product")}, {"": "stock.move"})
"""What has been moved, whose stock has changed."""
SOURCES = {
    "products": Source("product.product", translate.PRODUCT, VARIANT | {"identifiers.": "product.identifier"}),
    "prices": Source("product.product", translate.PRICE, VARIANT | PRICES, [CODED]),
    "stock": GOODS,
    "parties": Source("party.party", translate.PARTY, PARTY | {"contact_mechanisms.": "party.contact_mechanism"}),
    "orders": Source("sale.sale", translate.ORDER, SALE, [["description", "like", f"{OURS}%"]]),
}
PARTY_FIELDS = "name vat_id email phone addresses"
STREAMS = {name: Stream(name) for name in ("products", "prices", "stock")} | {
    "parties": Stream("parties", writes=frozenset(PARTY_FIELDS.split()), create="intent", bulk=100),
    "orders": Stream("orders", writes=frozenset(sales.FIELDS.split()), create="intent", late=120.0),
}
BUTTONS = {"draft": "quote", "quotation": "confirm", "confirmed": "process"}
"""What leads on from each state of a sale."""
SIGNS = {
    "orders": [Sign("sale.sale", "description", "id", lambda write: OURS + write.reference)],
    "parties": [
        Sign("party.identifier", "code", "party", lambda write: OURS + write.reference),
        Sign("party.identifier", "code_compact", "party", lambda write: write.record.get("vat_id")),
        Sign("party.contact_mechanism", "value", "party", lambda write: write.record.get("email")),
    ],
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
    def _warehouses(self) -> list[Row]:
        storage = self.options.storage
        found = self._tryton.search("stock.location", "code", [["type", "=", "warehouse"]])
        if missing := {*storage} - {row["code"] for row in found}:
            raise Refused(f"Tryton has no warehouse {', '.join(missing)}; mend storage in [systems.{self.name}]")
        return [row for row in found if not storage or row["code"] in storage]

    def check(self) -> list[Finding]:
        """Look whether the key is accepted and every stream can be read."""
        mend = "let the key's user be of the company, and have access; activate the module, if it is missing"
        return looked(self.name, self._look, mend)

    def _look(self) -> str:
        for source in SOURCES.values():
            self._tryton.search(source.model, asked(source.table), source.domain, limit=1)
        places = ", ".join(row["code"] for row in self._warehouses)
        return f"Tryton; {', '.join(SOURCES)} can be read; stock of {places}"

    def read(self, stream: str, since: Mapping[str, Any] | None, *, full: bool) -> Generator[Page, None, None]:
        """Yield pages of documents in the order of their numbers, within a window of change marks."""
        moved = stream == "stock" and not full and bool(since and since.get("since"))
        source = MOVES if moved else SOURCES[stream]

        def fetch(mark: datetime | None, key: int) -> list[Row]:
            at = classed(mark) if mark else None
            changed = [["OR", *[[f"{way}last_modified_at", ">=", at] for way in source.relatives]]] if at else []
            domain = [*source.domain, *changed, ["id", ">", key]]
            return self._tryton.search(source.model, asked(source.table), domain, limit=PAGE, active_test=False)

        def latest() -> str | None:
            models, last = {*source.relatives.values()}, "last_modified_at DESC"
            found = [self._tryton.search(model, "last_modified_at", order=last, limit=1) for model in models]
            return max((instant(row["last_modified_at"]) for rows in found for row in rows), default=None)

        return window_pages(stream, since, fetch, latest, partial(self._documents, stream), full=full, size=PAGE)

    def _documents(self, stream: str, rows: Sequence[Row]) -> Iterator[Document]:
        """Yield rows as documents, with what else is to be said of them, canonically."""
        if stream == "stock":
            ids = sorted({row.get("product") or row["id"] for row in rows})
            for warehouse in self._warehouses:
                yield from self._levels(ids, warehouse)
            return
        for row in rows:
            if stream != "prices":
                yield Document(str(row["id"]), row)
            elif row["list_price_used"] is not None:
                also = {"list": self.options.price_list, "currency": self._currency, "tax_included": False}
                yield Document(str(row["id"]), {**row, "also": also})

    def _levels(self, ids: Sequence[int], warehouse: Row) -> Iterator[Document]:
        """Yield how much of some products lies in a warehouse, and how much is to leave it."""
        place, code = warehouse["id"], warehouse["code"]
        within = [[place], "parent"]
        pending = [["from_location", "child_of", *within], ["to_location", "not child_of", *within]]
        pending += [["state", "in", ["draft", "assigned"]]]
        leaving: defaultdict[int, Decimal] = defaultdict(Decimal)
        for move in self._tryton.having("stock.move", "product internal_quantity", "product", ids, pending):
            leaving[move["product"]] += Decimal(exact(move["internal_quantity"]))
        for row in self._tryton.having(GOODS.model, asked(GOODS.table), "id", ids, GOODS.domain, locations=[place]):
            also = {"location": self.options.storage.get(code, code), "reserved": str(leaving[row["id"]])}
            yield Document(f"{row['id']}|{place}", {**row, "also": also})

    def fetch(self, stream: str, ids: Sequence[str]) -> list[Document]:
        """Return records as they are now."""
        source, numbers = SOURCES[stream], sorted({int(id_.partition("|")[0]) for id_ in ids})
        rows = self._tryton.having(source.model, asked(source.table), "id", numbers, source.domain)
        return [document for document in self._documents(stream, rows) if document.id in ids]

    def translate(self, stream: str, document: Document) -> Change:
        """Return what a document says."""
        fields = told(SOURCES[stream].table, document.raw) | document.raw.get("also", {})
        reference = fields.pop("reference", None) or ""
        key = ENTITIES[stream].key(fields, fields) if fields.get("sku") else ""
        return Change(key, fields, Place(f"{self.name} {SOURCES[stream].model} {document.id}"), reference)

    def write(self, stream: str, writes: Sequence[Write]) -> Iterator[Written]:
        """Write parties or sales; of a sale that is there already, what is still to be done."""
        if stream == "parties":
            return write_parties(self._tryton, self.options, writes)
        if self.options.confirm != "draft" and not self.options.password:
            mend = f'give user and password in [systems.{self.name}], or leave them drafts: confirm = "draft"'
            raise Refused(f"sales are confirmed with a login: {mend}")
        erp = TrytonSales(self._tryton, self.options, writes)
        return sales.bring_sales(erp, writes, BUTTONS, until=self.options.confirm)

    def find(self, stream: str, wanted: Sequence[Write]) -> Mapping[str, Sequence[str]]:
        """Look by the hub's reference, parties then by VAT id and e-mail address."""

        def ask(sign: Sign, values: Sequence[str]) -> list[Row]:
            return self._tryton.having(sign.model, f"{sign.field} {sign.id}", sign.field, values, active_test=True)

        return by_signs(wanted, SIGNS[stream], ask)
