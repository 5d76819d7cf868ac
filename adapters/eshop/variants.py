"""Products of which several may stand under one article: its variants, each with a SKU of its own. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from adapters.fields import at
from adapters.reading.walks import Listing
from adapters.rows import Row
from adapters.writing.finding import by_reference_or_sku
from adapters.writing.writes import Unfit, known
from hub.connector import Document, Write, Written

System = TypeVar("System")
Find = Callable[[System, Sequence[Write]], Mapping[str, Sequence[str]]]
"""Key -> the identities that are found."""
Set = Callable[[Row], dict[str, Any]]
"""Our fields -> what is set in the shop."""


def each_variant(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the `variants` of all articles."""
    return (variant for row in rows for variant in row["variants"])


def articles(listing: Listing[System], system: System, ids: Iterable[str | None]) -> dict[str, Row]:
    """Return the articles of some variants, by the ids of all their variants."""
    rows = listing.some(system, list(dict.fromkeys(id_.partition("|")[0] for id_ in ids if id_)))
    return {variant["id"]: row for row in rows for variant in row["variants"]}


def find(field: str, by_reference: Listing[System], by_sku: Listing[System]) -> Find[System]:
    """Make a function that looks for products by the hub's reference, then by SKU.

    `field`: of an article, the one that holds the reference; the lists choose by it, and by their variants' SKUs.
    """

    def within(listing: Listing[System]) -> Callable[[System, Sequence[str]], list[Row]]:
        return lambda system, values: [
            {**row, **variant} for row in listing.some(system, values) for variant in row["variants"]
        ]

    return by_reference_or_sku(field, within(by_reference), within(by_sku))


def for_article(fields: Row, *, alone: bool) -> dict[str, Any]:
    """Return what a product's fields say of its article: of one among several neither its name nor that it is hidden."""
    hides = fields.get("active") is False
    own = () if alone else ("name", "active") if hides else ("name",)
    return {name: value for name, value in fields.items() if name not in own}


def check_shown(fields: Row, *, alone: bool) -> None:
    """Refuse to hide one of several variants, where the shop can only hide their article."""
    if not alone and fields.get("active") is False:
        raise Unfit("variant-not-hidden", "the shop cannot hide one of several variants; take it out of the range")


def parted(
    there: Mapping[str, Row], writes: Sequence[Write], article: Set, variant: Set
) -> tuple[defaultdict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
    """Return what changes set at articles and at variants, by their ids, where one of several cannot be hidden.

    `there`: articles by the ids of their variants; `article`, `variant`: our fields -> what is set. Raises Gone and Unfit.
    """
    articles, variants = defaultdict[str, dict[str, Any]](dict), dict[str, dict[str, Any]]()
    for each in writes:
        row = known(there, each.id)
        alone = len(row["variants"]) == 1
        check_shown(each.fields, alone=alone)
        articles[row["id"]] |= article(for_article(each.fields, alone=alone))
        own = {name: value for name, value in each.fields.items() if name != "name" or not alone}
        variants[each.id or ""] = variant(own)
    return articles, variants


def with_article(
    rows: Iterable[Row], lasting: Callable[[Any], Any], **more: Callable[[Row], Any]
) -> Iterator[Document]:
    """Yield a document for each variant: `variant`, and the `product` it stands under, with `alone` if no other does.

    `lasting` leaves out what moves by itself; `more`: what else is to be said of the product, by name.
    """
    for row in rows:
        shared = lasting({name: value for name, value in row.items() if name != "variants"})
        shared |= {name: make(row) for name, make in more.items()} | {"alone": len(row["variants"]) == 1}
        for variant in row["variants"]:
            yield Document(variant["id"], {"product": shared, "variant": lasting(variant)})


def full_name(title: str, variant: str | None, nameless: str) -> str:
    """Return what a variant is called in an order; `nameless`: what the shop calls one that has no name of its own."""
    return f"{title} ({variant})" if variant and variant not in (nameless, title) else title


def as_shown(writes: Sequence[Write], documents: Iterable[Document], sku: str = "sku") -> Iterator[Written]:
    """Yield that products are made or changed, each with what the shop shows of it now; `sku`: where that says it."""
    shown = list(documents)
    by_id, by_sku = {each.id: each for each in shown}, {at(each.raw, sku): each for each in shown}
    for write in writes:
        document = by_id.get(write.id) if write.id else by_sku.get(write.record["sku"])
        yield Written(write.key, "done", write.id or (document and document.id), document)
