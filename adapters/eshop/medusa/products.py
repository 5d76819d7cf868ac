"""Writing products: many that stand alone in one request, variants of one article each by itself."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from adapters.answers import Rejected
from adapters.bulk import in_halves
from adapters.eshop.medusa.asked import FIELDS, Row, article_of, noted, products
from adapters.eshop.medusa.shop import Shop, refusal
from adapters.eshop.medusa.words import Words
from hub.connector import Document, Write, Written
from hub.errors import Refused

Body = dict[str, Any]
OPTION, VALUE, SINGLE = "Default option", "Default option value", "Default variant"
"""What Medusa's own pages give a product that has no options, and its variant."""
_GAP = re.compile(r"[\W_]+")

_OF_ARTICLE: Mapping[str, Callable[[Any, Words], Body]] = {
    "description": lambda text, _: {"description": text},
    "active": lambda on, _: {"status": "published" if on else "draft"},
    "images": lambda images, _: {"images": [{"url": url} for url in images or ()], "thumbnail": (images or [None])[0]},
    "category": lambda path, words: {"categories": [{"id": words.category(path)}] if path else []},
    "tags": lambda tags, words: {"tags": [{"id": words.tag(tag)} for tag in tags or ()]},
}
_OF_VARIANT: Mapping[str, Callable[[Any, Words], Body]] = {
    "gtin": lambda gtin, _: {"ean": gtin, "upc": None},
    "weight": lambda weight, words: {"weight": weight and round(float(weight) * words.shop.options.per_kilogram, 3)},
}
_OF_OWNER: Mapping[str, Callable[[Any, Words], Body]] = {
    "name": lambda name, _: {"title": name} if name else {},
    "attributes": lambda attributes, _: {"metadata": {"attributes": attributes or {}}},
}
"""Of the product that stands alone; of the variant, where a product has several."""


def _body(words: Words, fields: Row, *tables: Mapping[str, Callable[[Any, Words], Body]]) -> Body:
    made: Body = {}
    for table in tables:
        for name in table.keys() & fields.keys():
            made |= table[name](fields[name], words)
    return made


def write_products(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    """Create, change and remove variants together with their products."""
    there = shop.of_variants("products", [each.id for each in writes if each.id])
    alone: dict[str, Write] = {}
    for each in writes:
        row = there.get(each.id or "")
        if each.id and row is None:
            yield Written(each.key, "done", each.id) if each.remove else Written(each.key, "gone")
        elif row and article_of(row) and len(row["variants"]) > 1 and each.fields.get("active") is False:
            why = Refused("Medusa cannot hide one of several variants; take it out of the shop's range")
            yield refusal(each, why, "variant-not-hidden")
        elif article_of(row) if row else each.record.get("variant_of"):
            try:
                yield Written(each.key, "done", _write_variant(shop, each, row))
            except Rejected as why:
                yield refusal(each, why)
        else:
            alone[each.key] = each
    shown: dict[str, Document] = {}
    refused = dict(in_halves(list(alone), partial(_send_alone, shop, there, alone, shown)))
    for key, each in alone.items():
        document = shown.get(each.record["sku"])
        identity = each.id or (document.id if document else None)
        yield refusal(each, refused[key]) if key in refused else Written(key, "done", identity, document)


def _send_alone(
    shop: Shop, there: Mapping[str, Row], writes: Mapping[str, Write], shown: dict[str, Document], keys: Sequence[str]
) -> None:
    """Send all in one request, which the shop takes or refuses whole, and answers in another order."""
    words, body = Words(shop), dict[str, list[Any]](create=[], update=[], delete=[])
    for each in (writes[key] for key in keys):
        if each.remove:
            body["delete"].append(there[each.id or ""]["id"])
        elif each.id:
            # The list of variants replaces the product's: it has this one alone.
            own = {"id": each.id} | _body(words, each.fields, _OF_VARIANT)
            rest = _body(words, each.fields, _OF_ARTICLE, _OF_OWNER)
            body["update"].append(rest | {"id": there[each.id]["id"], "variants": [own]})
        else:
            rest = {"external_id": each.reference, "options": [{"title": OPTION, "values": [VALUE]}]}
            rest |= _body(words, each.fields, _OF_OWNER)
            body["create"].append(_new(words, each, {"title": SINGLE, "options": {OPTION: VALUE}}) | rest)
    answer = shop.send("products/batch", body, FIELDS["products"], repeatable=not body["create"])
    for row in answer["created"] + answer["updated"]:
        shown.update({document.raw["variant"]["sku"]: document for document in products(row, words.paths)})


def _new(words: Words, write: Write, variant: Body) -> Body:
    """Return a product with its first variant."""
    sku, name = write.record["sku"], write.fields.get("name") or write.record["sku"]
    return _body(words, write.fields, _OF_ARTICLE) | {
        "title": name,
        "handle": _GAP.sub("-", f"{name} {sku}".lower()).strip("-"),
        "sales_channels": [{"id": words.channel}],
        "shipping_profile_id": words.shipping_profile,
        "variants": [{"sku": sku, "prices": []} | _body(words, write.fields, _OF_VARIANT) | variant],
    }


def _write_variant(shop: Shop, write: Write, row: Row | None) -> str | None:
    """Write a variant of an article that has, or will have, several; returns its identity."""
    words, fields, sku = Words(shop), write.fields, write.record["sku"]
    options: Body = fields.get("options") or {}
    own = _body(words, fields, _OF_VARIANT, _OF_OWNER) | ({"options": options} if options else {})
    if row is None:
        first: Body = {"title": sku, "sku": sku, "prices": []}
        own = first | own
        article = write.record["variant_of"]
        row = next(iter(shop.some("products", FIELDS["products"], "external_id[]", [article])), None)
        if row is None:
            rest = {"external_id": article, "metadata": {"variant_of": article}}
            rest["options"] = [{"title": title, "values": [value]} for title, value in options.items()]
            answer = shop.send("products", _new(words, write, own) | rest, FIELDS["products"])
            return _identity(answer, sku)
    path = f"products/{row['id']}"
    if write.remove:
        single = len(row["variants"]) == 1
        shop.api.send("DELETE", f"/admin/{path}" if single else f"/admin/{path}/variants/{write.id}")
        return write.id
    titles = {option["title"]: option["id"] for option in row["options"]}
    added = [
        {"product_option_id": titles[title], "add": [{"value": value}]}
        for title, value in options.items()
        if title in titles
    ]
    if added:
        shop.send(f"{path}/options/batch", {"update": added}, repeatable=True)
    if shared := _body(words, fields, _OF_ARTICLE):
        shop.send(path, shared, repeatable=True)
    if not write.id:
        return _identity(shop.send(f"{path}/variants", own, FIELDS["products"]), sku)
    if "metadata" in own:  # of a variant, unlike a product, it is replaced as a whole
        old = next(each for each in row["variants"] if each["id"] == write.id)
        own["metadata"] = {**noted(old), **own["metadata"]}
    shop.send(f"{path}/variants/{write.id}", own, repeatable=True)
    return write.id


def _identity(answer: Any, sku: str) -> str:
    return next(each["id"] for each in answer["product"]["variants"] if each["sku"] == sku)
