"""What tests do with either connector of django-oscar: the programmed one, and examples/rest/oscar.toml."""

import secrets
from collections.abc import Mapping
from typing import Any

from hub.canonical import ENTITIES
from hub.connector import Change, Document, Exchange, Write, Written


def product(token: str) -> dict[str, Any]:
    told = {"description": "Świeci.\nJasno.", "category": f"All > Lamps {token}", "active": True}
    return {"sku": token, "name": "Lampa stojąca", **told}


def price(token: str) -> dict[str, Any]:
    return {"sku": token, "list": "shop", "currency": "EUR", "amount": "119.90"}


def stock(token: str) -> dict[str, Any]:
    return {"sku": token, "available": "12"}


def fields_of(shop: Exchange, stream: str, document: Document) -> Mapping[str, Any]:
    change = shop.translate(stream, document)
    assert isinstance(change, Change)
    return ENTITIES[stream].valid(change.fields)


def made(shop: Exchange) -> Written:
    record = product(f"T{secrets.token_hex(4)}")
    [written] = shop.write("products", [Write(record["sku"], record, record)])
    return written


def put(shop: Exchange, stream: str, product: Written, **fields: Any) -> Written:
    record = {"sku": product.key, "currency": "EUR", "list": "shop", **fields}
    [written] = shop.write(
        stream, [Write(product.key, fields, record, links={"products": {product.key: product.id or ""}})]
    )
    return written
