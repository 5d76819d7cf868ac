"""What a Medusa shop has."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from adapters.declared import Declared, Kind, Row, Source, Way
from adapters.eshop.medusa import asked, translate, writing
from adapters.eshop.medusa.options import MedusaOptions
from adapters.eshop.medusa.shop import Shop
from adapters.walks import by_mark, by_offset
from adapters.writes import all_or_none, singly
from hub.clock import Clock
from hub.connector import Document, Finding, Stream
from hub.errors import HubError

LATE = timedelta(minutes=1)
"""A change may become visible so long after its mark: Medusa marks it at the beginning of a longer piece of work."""
PAGE = 200
PRODUCT = frozenset(["name", "description", "active", "category", "images", "gtin"])


def page(shop: Shop, path: str, fields: str, more: Mapping[str, Any]) -> tuple[list[Row], int]:
    """Return a part of a list; orders are those of the sales channel, if one is named."""
    chosen: dict[str, Any] = {"fields": fields, **more}
    if path == "orders" and shop.options.sales_channel:
        chosen["sales_channel_id[]"] = shop.channel()["id"]
    return shop.rows(path, chosen)


def listed(stream: str, path: str, ident: str = "id[]") -> Source[Shop]:
    """Return a list's rows, by identity; `ident`: the parameter that chooses some."""

    def ask(shop: Shop, offset: int, size: int) -> tuple[list[Row], int]:
        return page(shop, path, asked.FIELDS[stream], {"order": "id", "offset": offset, "limit": size})

    def some(shop: Shop, ids: Sequence[str]) -> list[Row]:
        return shop.some(path, asked.FIELDS[stream], ident, [each.partition("|")[0] for each in ids])

    return Source(by_offset(ask, PAGE), some)


def changed(stream: str, path: str) -> Mapping[str, Way[Shop]]:
    """Walk through a list by change mark; of one mark, rows come in any order."""

    def ask(shop: Shop, since: str | None, offset: int, size: int) -> list[Row]:
        later = {"updated_at[$gte]": since} if since else {}
        return page(
            shop, path, asked.FIELDS[stream], {"order": "updated_at", "offset": offset, "limit": size, **later}
        )[0]

    return {"changed": by_mark(ask, PAGE, "updated_at", LATE)}


def shown(
    documents: Callable[[Sequence[Row]], Iterable[Document]],
) -> Callable[[Shop, Sequence[Row]], Iterable[Document]]:
    """Return documents for which nothing else has to be asked."""
    return lambda _, rows: documents(rows)


KINDS: Mapping[str, Kind[Shop, MedusaOptions]] = {
    # `updated_at` stays when only a variant is edited: the full scan finds that.
    "products": Kind(
        Stream("products", writes=PRODUCT, create="intent", removes=True),
        listed("products", "products", "variants[id][]"),
        lambda shop, rows: asked.products(rows, shop.category_paths()),
        translate.product,
        changed("products", "products"),
        write=all_or_none(writing.write_products),
        find=writing.find_products,
    ),
    # A changed price or level moves nothing that can be asked for.
    "prices": Kind(
        Stream("prices", delta=False, writes=frozenset(["amount"]), create="put", bulk=100),
        listed("prices", "products", "variants[id][]"),
        lambda shop, rows: asked.prices(rows, shop.tax_included()),
        translate.price,
        write=all_or_none(writing.put_prices),
    ),
    "stock": Kind(
        Stream("stock", delta=False, writes=frozenset(["available"]), create="put", bulk=100),
        listed("stock", "products", "variants[id][]"),
        lambda shop, rows: asked.stock(rows, shop.location()["id"]),
        translate.stock,
        write=all_or_none(writing.put_stock),
    ),
    "parties": Kind(
        Stream("parties"),
        listed("parties", "customers"),
        shown(asked.parties),
        translate.party,
        changed("parties", "customers"),
    ),
    # `updated_at` stays when a payment is captured: the full scan finds that.
    "orders": Kind(
        Stream("orders", writes=frozenset(["status", "tracking", "invoice"])),
        listed("orders", "orders"),
        shown(asked.orders),
        translate.order,
        changed("orders", "orders"),
        shown(asked.buyers),
        singly(writing.write_order),
    ),
}


class MedusaConnector(Declared[Shop, MedusaOptions]):
    """A Medusa shop."""

    def __init__(self, name: str, options: MedusaOptions, clock: Clock) -> None:
        super().__init__(name, options, Shop(name, options, clock), KINDS)

    def check(self) -> list[Finding]:
        """Look whether the shop answers, and has what the options name."""
        shop, mend = self.system, f"see [systems.{self.name}]"
        try:
            channel, place, _ = shop.channel(), shop.location(), shop.shipping_profile()
        except HubError as fault:
            return [Finding(self.name, good=False, message=str(fault), mend=mend)]
        said = f"Medusa sells through {channel['name']}, stock at {place['name']}"
        if channel["id"] not in {each["id"] for each in place["sales_channels"]}:
            mend = f"Settings > Locations > {place['name']}: connect the sales channel"
            return [Finding(self.name, good=False, message=f"{said}, which it cannot sell", mend=mend)]
        return [Finding(self.name, good=True, message=said)]
