"""Medusa 2: what such a shop has, and how it is read and found."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from adapters import pages
from adapters.eshop.medusa import asked, translate
from adapters.eshop.medusa.options import MedusaOptions
from adapters.eshop.medusa.orders import write_order
from adapters.eshop.medusa.products import write_products
from adapters.eshop.medusa.puts import put_prices, put_stock
from adapters.eshop.medusa.shop import Shop
from hub.canonical import ENTITIES
from hub.clock import Clock
from hub.connector import Change, Document, Finding, Page, Place, Stream, Unreadable, Write, Written
from hub.errors import HubError

LATE = timedelta(minutes=1)
"""A change may become visible so long after its mark: Medusa marks it at the beginning of a longer piece of work."""
PAGE = 200


@dataclass(frozen=True)
class Kind:
    """A stream: where its records are, and how they are translated and written."""

    stream: Stream
    path: str
    translate: Callable[[Mapping[str, Any], MedusaOptions, str], dict[str, Any]]
    write: Callable[[Shop, Sequence[Write]], Iterator[Written]] | None = None


PRODUCT = "name description active category tags images attributes gtin weight variant_of options"
KINDS = {
    # `updated_at` stays when only a variant is edited: the full scan finds that.
    "products": Kind(
        Stream("products", writes=frozenset(PRODUCT.split()), create="intent", removes=True),
        "products",
        translate.product,
        write_products,
    ),
    # A changed price or level moves nothing that can be asked for.
    "prices": Kind(
        Stream("prices", delta=False, writes=frozenset(["amount"]), create="put", bulk=100),
        "products",
        translate.price,
        put_prices,
    ),
    "stock": Kind(
        Stream("stock", delta=False, writes=frozenset(["available"]), create="put", bulk=100),
        "products",
        translate.stock,
        put_stock,
    ),
    "parties": Kind(Stream("parties"), "customers", translate.party),
    # `updated_at` stays when a payment is captured: the full scan finds that.
    "orders": Kind(
        Stream("orders", writes=frozenset(["status", "tracking", "invoice"])), "orders", translate.order, write_order
    ),
}


class MedusaConnector:
    """A Medusa shop."""

    def __init__(self, name: str, options: MedusaOptions, clock: Clock) -> None:
        self._name, self._options = name, options
        self._shop = Shop(name, options, clock)

    @property
    def streams(self) -> Mapping[str, Stream]:
        """What the shop has."""
        return {name: kind.stream for name, kind in KINDS.items()}

    def check(self) -> list[Finding]:
        """Look whether the shop answers, and has what the options name."""
        shop, mend = self._shop, f"see [systems.{self._name}]"
        try:
            said = f"Medusa, {shop.rows('stores', {})[0]['name']}, sells through {shop.channel()['name']}"
            shop.shipping_profile()
            place = shop.location()
        except (HubError, LookupError) as fault:
            return [Finding(self._name, good=False, message=str(fault), mend=mend)]
        if shop.channel()["id"] not in {channel["id"] for channel in place["sales_channels"]}:
            mend = f"Settings > Locations > {place['name']}: connect the sales channel"
            message = f"{said}, which cannot sell what lies at {place['name']}"
            return [Finding(self._name, good=False, message=message, mend=mend)]
        return [Finding(self._name, good=True, message=f"{said}, stock at {place['name']}")]

    def read(self, stream: str, since: Mapping[str, Any] | None, *, full: bool) -> Generator[Page, None, None]:
        """Yield pages; see the port."""
        kind, way = KINDS[stream], "full" if full or not KINDS[stream].stream.delta else "changed"
        spot: Mapping[str, Any] = {way: since[way]} if since and way in since else {}
        documents = self._documents_of(stream)
        for rows, next_ in self._rows(stream, spot.get(way), complete=way == "full"):
            if stream == "orders":
                buyers = {each.id: each for row in rows for each in asked.buyers(row)}
                yield Page("parties", (), (), spot, documents=list(buyers.values()))
            spot = {way: next_}
            yield Page(kind.stream.entity, (), (), spot, documents=[each for row in rows for each in documents(row)])
        if way == "full":
            yield Page(kind.stream.entity, (), (), spot, complete=True)

    def _rows(
        self, stream: str, spot: pages.Spot | None, *, complete: bool
    ) -> Iterable[tuple[list[asked.Row], pages.Spot]]:
        ask = partial(self._shop.page, KINDS[stream].path, asked.FIELDS[stream], stream == "orders")
        if complete:
            return pages.by_offset(partial(ask, "id"), PAGE, key=_id, since=spot)
        return pages.by_mark(
            lambda mark, offset, size: ask("updated_at", offset, size, mark)[0],
            PAGE,
            since=spot,
            key=_id,
            mark=lambda row: row["updated_at"],
            earlier=pages.before(LATE),
        )

    def _documents_of(self, stream: str) -> Callable[[asked.Row], Iterator[Document]]:
        if stream == "prices":
            return partial(asked.prices, tax_included=self._shop.tax_included(), only=self._options.currency)
        if stream == "stock":
            return partial(asked.stock, location=self._shop.location()["id"])
        if stream == "products":
            return partial(asked.products, paths=self._shop.category_paths())
        return {"orders": asked.orders, "parties": asked.parties}[stream]

    def fetch(self, stream: str, ids: Sequence[str]) -> list[Document]:
        """Return these records as they are now."""
        documents, path = self._documents_of(stream), KINDS[stream].path
        name = "variants[id][]" if path == "products" else "id[]"
        rows = self._shop.some(path, asked.FIELDS[stream], name, [id_.partition("|")[0] for id_ in ids])
        return [each for row in rows for each in documents(row) if each.id in set(ids)]

    def translate(self, stream: str, document: Document) -> Change | Unreadable:
        """Return what a document says."""
        place = Place(f"{self._name} {stream} {document.id}")
        fields = KINDS[stream].translate(document.raw, self._options, self._name)
        if "sku" in fields and not fields["sku"]:
            return Unreadable("missing-key", "the variant has no SKU in the shop; give it one", place)
        # A shop's stock is one number for each product, wherever it lies.
        key = fields["sku"] if stream == "stock" else ENTITIES[KINDS[stream].stream.entity].key(fields, fields)
        return Change(key, fields, place)

    def write(self, stream: str, writes: Sequence[Write]) -> Iterable[Written]:
        """Carry writes out."""
        carry_out = KINDS[stream].write
        return carry_out(self._shop, writes) if carry_out else ()

    def find(self, stream: str, wanted: Sequence[Write]) -> Mapping[str, Sequence[str]]:
        """Look for products by the hub's reference, then by SKU, which Medusa keeps unique."""
        if stream != "products":
            return {each.key: () for each in wanted}
        fields = "id,external_id,variants.id,variants.sku"
        by_reference = self._shop.some("products", fields, "external_id[]", [each.reference for each in wanted])
        by_sku = self._shop.some("products", fields, "variants[sku][]", [each.record["sku"] for each in wanted])
        skus = {variant["sku"]: variant["id"] for row in by_sku for variant in row["variants"]}
        found: dict[str, list[str]] = {}
        for row in by_reference:
            found.setdefault(row["external_id"], []).extend(variant["id"] for variant in row["variants"])
        return {
            each.key: found.get(each.reference) or [skus[sku] for sku in [each.record["sku"]] if sku in skus]
            for each in wanted
        }


def _id(row: asked.Row) -> str:
    return row["id"]
