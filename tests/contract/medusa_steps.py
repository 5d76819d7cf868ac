"""What tests do with either connector of Medusa: the programmed one, and examples/rest/medusa.toml."""

import uuid
from collections.abc import Mapping
from typing import Any

from hub.canonical import ENTITIES
from hub.connector import Change, Document, Exchange, Write, Written

PRODUCT = {
    "description": "It shines",
    "category": "Lamps > Desk",
    "images": ["https://pictures.example/b.png", "https://pictures.example/a.png"],
    "active": True,
}
EUROS = {"currency": "EUR", "list": "default"}


def product(**fields: Any) -> Write:
    sku = f"M-{uuid.uuid4().hex[:8]}"
    record = {"sku": sku, "name": f"Lampa stojąca {sku}", **PRODUCT, **fields}
    return Write(sku, record, record, reference=f"hub-{sku}")


def put(stream: str, made: Written, **fields: Any) -> Write:
    given = {name: fields[name] for name in ("amount", "available") if name in fields}
    return Write(made.key, given, {"sku": made.key, **fields}, links={"products": {made.key: made.id or ""}})


def told(shop: Exchange, stream: str, id_: str | None) -> Mapping[str, Any]:
    (document,) = shop.fetch(stream, [id_ or ""])
    change = shop.translate(stream, document)
    assert isinstance(change, Change)
    return ENTITIES[stream].valid(change.fields)


def read(shop: Exchange, stream: str, since: Any = None) -> tuple[dict[str, Document], Any]:
    found: dict[str, Document] = {}
    for page in shop.read(stream, since, full=False):
        since = page.checkpoint
        found |= {each.id: each for each in page.documents if page.entity == stream}
    return found, since


def for_sale(shop: Exchange) -> Written:
    """Make a product that can be bought, with ten in stock at 33.33."""
    (made,) = shop.write("products", [product()])
    list(shop.write("prices", [put("prices", made, amount="33.33", **EUROS)]))
    list(shop.write("stock", [put("stock", made, available="10")]))
    return made
