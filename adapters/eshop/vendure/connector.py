"""Vendure 3: what such a shop has, and how it is read and written."""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from operator import itemgetter
from typing import Any, cast

from adapters import pages
from adapters.bulk import in_halves
from adapters.eshop.vendure import queries, translate, writing
from adapters.eshop.vendure.client import Shop
from adapters.eshop.vendure.options import VendureOptions
from adapters.graphql import Declined
from hub.canonical import ENTITIES
from hub.canonical.entity import natural_key
from hub.clock import Clock
from hub.config import resolve
from hub.connector import Change, Document, Finding, Page, Place, Stream, Write, Written
from hub.errors import HubError, TryLater

LATE = timedelta(seconds=5)
"""A change may be seen so long after its mark: Vendure marks it before its transaction ends."""
JUST_BEFORE = pages.before(timedelta(milliseconds=1))
"""`after` leaves the mark itself out, and marks have milliseconds at most."""
ID = itemgetter("id")
RIGHTS = ("CreateProduct", "UpdateProduct", "DeleteProduct", "ReadOrder", "UpdateOrder", "ReadCustomer")
PLACED = {"orderPlacedAt": {"isNull": False}}
SENT = ["Shipped", "PartiallyDelivered", "Delivered", "Cancelled"]
OPEN = "open"
"""The pass over all orders that are not sent yet: each reading makes it anew."""


@dataclass(frozen=True)
class Pass:
    """One way to ask what has changed."""

    query: str
    filter: Mapping[str, Any] = field(default_factory=dict[str, Any])
    mark: str = "updatedAt"


@dataclass(frozen=True)
class Kind:
    """A stream, and how its records are asked for, translated and written."""

    stream: Stream
    query: str
    page: int
    translate: Callable[[Mapping[str, Any], VendureOptions], dict[str, Any]]
    write: Callable[[Shop, VendureOptions, Sequence[Write]], writing.Done]
    passes: Mapping[str, Pass] = field(default_factory=dict[str, Pass])
    filter: Mapping[str, Any] = field(default_factory=dict[str, Any])


PRODUCT = frozenset(["name", "description", "category", "tax_rate", "active"])
KINDS = {
    "products": Kind(
        Stream("products", writes=PRODUCT, create="intent", removes=True),
        queries.VARIANTS,
        500,
        translate.product,
        writing.write_products,
        # A change of an article does not move its variants' mark.
        {"variants": Pass(queries.VARIANTS), "articles": Pass(queries.ARTICLES)},
    ),
    "prices": Kind(
        Stream("prices", writes=frozenset(["amount", "tax_included"]), create="put", bulk=200),
        queries.PRICES,
        1000,
        translate.price,
        writing.put_prices,
        {"variants": Pass(queries.PRICES)},
    ),
    # Orders move the stock and leave no mark.
    "stock": Kind(
        Stream("stock", delta=False, writes=frozenset(["available"]), create="put", bulk=200),
        queries.STOCK,
        1000,
        translate.stock,
        writing.put_stock,
    ),
    # A changed address leaves no mark at its customer: the next order tells it, or the full scan.
    "parties": Kind(
        Stream("parties"),
        queries.CUSTOMERS,
        500,
        translate.party,
        writing.nothing,
        {"customers": Pass(queries.CUSTOMERS)},
    ),
    # Being placed, paid or shipped does not move an order's `updatedAt`; being cancelled does.
    "orders": Kind(
        Stream("orders", writes=frozenset(["status", "tracking", "invoice"])),
        queries.ORDERS,
        100,
        translate.order,
        writing.write_orders,
        {
            "placed": Pass(queries.ORDERS, PLACED, "orderPlacedAt"),
            "changed": Pass(queries.ORDERS, PLACED | {"state": {"in": SENT}}),
            OPEN: Pass(queries.ORDERS, {"state": {"notIn": SENT}}, "orderPlacedAt"),
        },
        PLACED,
    ),
}


class VendureConnector:
    """A Vendure shop."""

    def __init__(self, name: str, options: VendureOptions, clock: Clock) -> None:
        self._name, self._options, self._clock = name, options, clock
        self._shop = Shop(name, options, clock)
        self._host = resolve(options.url).rstrip("/")
        self.streams: Mapping[str, Stream] = {name: kind.stream for name, kind in KINDS.items()}

    def check(self) -> list[Finding]:
        """Look whether we may do what the jobs need; what an API key may write, Vendure does not tell."""
        try:
            told = self._shop.ask(f"{{{queries.LOOK} {queries.RIGHTS if self._options.user else ''}}}")
        except HubError as fault:
            return [Finding(self._name, good=False, message=str(fault))]
        held = {right for channel in told.get("me", {}).get("channels", ()) for right in channel["permissions"]}
        missing = [right for right in RIGHTS if held and not held & {right, right.replace("Product", "Catalog")}]
        if missing:
            mend = f"give the role of {self._options.user} these rights"
            return [Finding(self._name, good=False, message=f"Vendure: no right to {', '.join(missing)}", mend=mend)]
        return [Finding(self._name, good=True, message="Vendure answers, and gives what the jobs need")]

    def read(self, stream: str, since: Mapping[str, Any] | None, *, full: bool) -> Generator[Page, None, None]:
        """Yield pages of what has changed, or of everything; see the port."""
        kind, spots = KINDS[stream], dict(since or {})
        if full:
            for items, spot in pages.by_offset(partial(self._at, kind), kind.page, key=ID, since=spots.get("full")):
                yield from self._pages(stream, items, spots, {"full": spot})
                spots = {"full": spot}
        for name in () if full else kind.passes:
            for items, spot in self._changed(kind, kind.passes[name], spots.get(name) or self._start(name)):
                yield from self._pages(stream, items, spots, spots | {name: spot})
                spots |= {name: spot}
        spots.pop(OPEN, None)
        yield Page(kind.stream.entity, (), (), spots, complete=full)

    def _start(self, name: str) -> pages.Spot | None:
        return {"mark": (self._clock.now() - self._options.open_orders).isoformat()} if name == OPEN else None

    def _changed(self, kind: Kind, way: Pass, spot: pages.Spot | None) -> Iterable[tuple[list[Any], pages.Spot]]:
        def after(mark: str | None, offset: int, size: int) -> list[Any]:
            later = {way.mark: {"after": JUST_BEFORE(mark)}} if mark else {}
            # One key only to sort by: GraphQL does not keep their order.
            asked = {"skip": offset, "take": size, "sort": {way.mark: "ASC"}, "filter": {**way.filter, **later}}
            return self._list(way.query, asked)["items"]

        shown, late = itemgetter(way.mark), pages.before(LATE)
        return pages.by_mark(after, kind.page, since=spot, key=ID, mark=shown, earlier=late, moment=pages.instant)

    def _at(self, kind: Kind, offset: int, size: int) -> tuple[list[Any], int]:
        told = self._list(kind.query, {"skip": offset, "take": size, "sort": {"id": "ASC"}, "filter": kind.filter})
        return told["items"], told["totalItems"]

    def _list(self, query: str, options: Mapping[str, Any]) -> Any:
        """Ask for a part of a list; what amounts of money mean goes with each of its records."""
        told = self._shop.ask(query, options=options)
        if "money" in told:
            money = told["channel"] | {"precision": told["money"]["serverConfig"]["moneyStrategyPrecision"]}
            for each in told["list"]["items"]:
                each.update(money)
        return told["list"]

    def _pages(
        self, stream: str, items: Iterable[Any], before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> Generator[Page, None, None]:
        """Yield a page of these records; the customers of orders go in front of them."""
        items = [variant for each in items for variant in each.get("variants", [each])]
        if customers := {each["customer"]["id"]: each["customer"] for each in items if each.get("customer")}:
            yield Page("parties", (), (), before, documents=self._documents("parties", customers.values()))
        yield Page(KINDS[stream].stream.entity, (), (), after, documents=self._documents(stream, items))

    def _documents(self, stream: str, items: Iterable[Any]) -> list[Document]:
        stable = (_stable(each, self._host) for each in items)
        if stream != "prices":
            return [Document(each["id"], each) for each in stable]
        return [
            Document(f"{each['id']}|{price['currency']}", {**each, "prices": None, **price})
            for each in stable
            for price in each["prices"]
        ]

    def fetch(self, stream: str, ids: Sequence[str]) -> list[Document]:
        """Return records as they are now."""
        asked = {"take": 1000, "filter": {"id": {"in": [each.partition("|")[0] for each in ids]}}}
        found = self._documents(stream, self._list(KINDS[stream].query, asked)["items"])
        return [each for each in found if each.id in ids]

    def translate(self, stream: str, document: Document) -> Change:
        """Return what a document says, canonically."""
        fields = KINDS[stream].translate(document.raw, self._options)
        if stream == "orders":
            fields = {"channel": self._name} | fields
        key = natural_key([fields["sku"]]) if stream == "stock" else ENTITIES[stream].key(fields, fields)
        return Change(key, fields, Place(f"{self._name} {stream} {document.id}"))

    def write(self, stream: str, writes: Sequence[Write]) -> Iterable[Written]:
        """Carry writes out, many by one request; where that is refused, by halves."""
        done: list[Written] = []

        def carry_out(some: Sequence[Write]) -> None:
            for each, id_, raw in list(KINDS[stream].write(self._shop, self._options, some)):
                document = self._documents(stream, [raw])[0] if raw else None
                done.append(Written(each.key, "done", id=id_, document=document))

        try:
            for each, fault in in_halves(writes, carry_out):
                code = fault.code if isinstance(fault, Declined) else ""
                outcome, cause = "gone" if code == writing.GONE else "refused", code.lower().replace("_", "-")
                yield Written(each.key, outcome, cause=cause or "declined", message=str(fault))
        except TryLater:
            yield from done
            raise
        yield from done

    def find(self, stream: str, wanted: Sequence[Write]) -> Mapping[str, Sequence[str]]:
        """Look for products that we made, else for those with the same SKU."""
        return writing.search(self._shop, wanted)[0] if stream == "products" else {each.key: () for each in wanted}


def _stable(raw: Any, host: str) -> Any:
    """Return a record without what moves by itself: the time of its change, and the host in its images' addresses."""
    if isinstance(raw, dict):
        table = cast("dict[str, Any]", raw)
        return {name: _stable(value, host) for name, value in table.items() if name != "updatedAt"}
    if isinstance(raw, list):
        return [_stable(value, host) for value in cast("list[Any]", raw)]
    return raw.removeprefix(host) if isinstance(raw, str) else raw
