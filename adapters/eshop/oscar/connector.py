"""What a django-oscar shop has."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from adapters.eshop.oscar import shop, translate
from adapters.eshop.oscar.options import OscarOptions
from adapters.eshop.oscar.shop import Place, Row, id_of
from adapters.http import Api, Rejected
from adapters.lists import changed_blocks, in_pages
from adapters.writes import one_by_one
from hub.canonical import ENTITIES
from hub.clock import Clock
from hub.config.secrets import resolve
from hub.connector import Change, Document, Finding, Page, Stream, Unreadable, Write, Written
from hub.connector import Place as Source
from hub.errors import HubError, Refused


@dataclass(frozen=True)
class Kind:
    """A stream, and how its records are shown, translated and written; those without `show` are in the orders' list."""

    stream: Stream
    translate: Callable[[Mapping[str, Any], str, OscarOptions], dict[str, Any]]
    show: Callable[[Place, Row], Document | None] | None = None
    write: Callable[[Place, Write], Row | None] | None = None


PRODUCT = frozenset(["name", "description", "category", "active"])
PRODUCTS = Stream("products", delta=False, writes=PRODUCT, create="intent", removes=True)
PRICES = Stream("prices", delta=False, writes=frozenset(["amount"]), create="put")
STOCK = Stream("stock", delta=False, writes=frozenset(["available"]), create="put")
KINDS = {
    "products": Kind(PRODUCTS, translate.product, Place.product, Place.write_product),
    "prices": Kind(PRICES, translate.price, Place.price, Place.put_price),
    "stock": Kind(STOCK, translate.stock, Place.stock, Place.put_stock),
    "parties": Kind(Stream("parties", delta=False), translate.party),
    # The list of orders shows all but their lines, so that what has changed is known without a mark.
    "orders": Kind(Stream("orders"), translate.order),
}


class OscarConnector:
    """A django-oscar shop."""

    def __init__(self, name: str, options: OscarOptions, clock: Clock) -> None:
        key = options.user, resolve(options.password)
        rate, timeout = options.requests_per_second, options.timeout
        self._name, self._options = name, options
        self._api = Api(name, resolve(options.url), auth=key, requests_per_second=rate, timeout=timeout, clock=clock)
        self.streams: Mapping[str, Stream] = {name: kind.stream for name, kind in KINDS.items()}

    def close(self) -> None:
        """Give the connections back."""
        self._api.close()

    def check(self) -> list[Finding]:
        """Look whether the admin API answers, and where new products would belong."""
        try:
            message = f"django-oscar; new products get the class {self._place().product_class}"
        except HubError as fault:
            mend = "set OSCARAPI_BLOCK_ADMIN_API_ACCESS = False in the shop" if isinstance(fault, Rejected) else None
            return [Finding(self._name, good=False, message=str(fault), mend=mend)]
        return [Finding(self._name, good=True, message=message)]

    def read(self, stream: str, since: Mapping[str, Any] | None, *, full: bool) -> Generator[Page, None, None]:
        """Yield pages of everything; of orders, unless `full`, of the blocks in which something has changed."""
        if stream == "orders":
            return self._orders(since, full=full)
        return in_pages(stream, self._all(stream), since)

    def _all(self, stream: str) -> Iterable[Document]:
        if stream == "parties":
            return shop.buyers(self._order_rows()).values()
        return self._shown(stream, self._api.get("admin/products/").body)

    def _shown(self, stream: str, rows: Iterable[Row]) -> Iterator[Document]:
        show, place = KINDS[stream].show, self._place()
        return (found for row in rows if show and (found := show(place, row)))

    def _orders(self, since: Mapping[str, Any] | None, *, full: bool) -> Generator[Page, None, None]:
        """Yield the orders by blocks of their ids, those who placed them in front."""
        rows, skus = self._order_rows(), cache(self._skus)
        buyers = shop.buyers(rows)
        for block, before, after in changed_blocks(rows, shop.number_of, shop.stable, since, full=full):
            parties = {id_: buyers[id_] for row in block if (id_ := shop.buyer_of(row))}
            yield Page("parties", (), (), before, documents=list(parties.values()))
            orders = [shop.order(row, self._lines(row), skus()) for row in block]
            yield Page("orders", (), (), after, documents=orders, total=len(rows))
        if full:
            yield Page("orders", (), (), {}, complete=True)

    def _order_rows(self) -> list[Row]:
        return sorted(self._api.get("admin/orders/").body, key=shop.number_of)

    def _lines(self, row: Row) -> list[Row]:
        return self._api.get(f"admin/orders/{id_of(row['url'])}/lines/").body

    def _skus(self) -> dict[str, str]:
        """Return the UPC of each product by its id, from the short list: 5,000 take less than half a second."""
        return {str(row["id"]): row["upc"] for row in self._api.get("products/").body if row["upc"]}

    def fetch(self, stream: str, ids: Sequence[str]) -> list[Document]:
        """Return records as they are now."""
        if stream == "parties":
            return [each for each in self._all(stream) if each.id in ids]
        path = "orders" if stream == "orders" else "products"
        rows = (row for id_ in ids if (row := self._api.look_up(f"admin/{path}/{id_}/")))
        if stream != "orders":
            return list(self._shown(stream, rows))
        skus = cache(self._skus)
        return [shop.order(row, self._lines(row), skus()) for row in rows]

    def translate(self, stream: str, document: Document) -> Change | Unreadable:
        """Return what a document says, canonically."""
        source = Source(f"{self._name} {stream} {document.id}")
        if not document.raw.get("upc", True):
            return Unreadable("missing-key", "the product has no UPC; enter its SKU there", source)
        fields = KINDS[stream].translate(document.raw, self._name, self._options)
        # The shop's stock is one number, not one of each location.
        key = fields["sku"] if stream == "stock" else ENTITIES[stream].key(fields, fields)
        return Change(key, fields, source)

    def write(self, stream: str, writes: Sequence[Write]) -> Iterable[Written]:
        """Carry writes out, one by one."""
        return one_by_one(writes, partial(self._write, KINDS[stream], self._place()))

    def _write(self, kind: Kind, place: Place, write: Write) -> Written:
        row = kind.write(place, write) if kind.write else None
        if row and kind.show:
            return Written(write.key, "done", id=str(row["id"]), document=kind.show(place, row))
        if write.remove:
            return Written(write.key, "done", id=write.id)
        return Written(write.key, "refused", cause="no-product", message="the product is not in the shop")

    def find(self, stream: str, wanted: Sequence[Write]) -> Mapping[str, Sequence[str]]:
        """Look for products by their UPC, which is unique: the shop has no place for the hub's reference."""
        ids = {upc: id_ for id_, upc in self._skus().items()} if KINDS[stream].write else {}
        return {each.key: [ids[sku]] if (sku := each.record.get("sku")) in ids else [] for each in wanted}

    def _place(self) -> Place:
        partner = self._chosen("partners", "code", self._options.partner)
        product_class = self._chosen("productclasses", "slug", self._options.product_class)
        return Place(self._api, partner["url"], product_class["slug"])

    def _chosen(self, what: str, key: str, wanted: str | None) -> Row:
        for row in self._api.get(f"admin/{what}/").body:
            if wanted in (None, row[key]):
                return row
        raise Refused(f"{self._name}: of {what} there is none{f' called {wanted}' if wanted else ', make one'}")
