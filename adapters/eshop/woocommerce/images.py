"""Images: the shop makes a copy of what is given by address, each time anew; so it is noted which copy is of which.

What the shop's staff has added stays, behind ours.
"""

from collections.abc import Callable, Mapping, Sequence
from html import unescape
from typing import Any, NamedTuple

from adapters.eshop.woocommerce.asked import IMAGES, VARIATION, articles, identity, meta_of, noted, with_variations
from adapters.eshop.woocommerce.shop import Shop
from adapters.fields import at
from adapters.pictures import fetch, tried, unfit
from adapters.rows import Row
from adapters.writing.writes import Unfit
from hub.connector import Write

REFUSED = ("woocommerce_product_image_upload_error", "woocommerce_product_invalid_image_id")
"""Of a product that was not saved, because the shop could not have one of its images."""
FAULTS = "faults"
"""What a row is given: address -> why the product went without this image."""


class Held(NamedTuple):
    """A product's images that are there already."""

    ours: dict[str, int]
    """Address -> the shop's number."""
    others: Sequence[int]
    """Those that the shop's staff has added."""

    def body(self, wanted: Sequence[str]) -> dict[str, Any]:
        """Return what sets images, and which they are: it has to be known, even if the answer is lost."""
        images = [{"id": self.ours[each]} if each in self.ours else {"src": each} for each in wanted]
        note = [{"src": each, "id": self.ours.get(each, 0)} for each in wanted]
        return {
            "images": [*images, *({"id": each} for each in self.others)],
            "meta_data": [{"key": IMAGES, "value": note}],
        }


NOTHING = Held({}, ())


def there(shop: Shop, writes: Sequence[Write]) -> dict[str, Held]:
    """Return of products whose images are written those that are there already."""
    ids = [each.id for each in writes if each.id and "images" in each.fields]
    return {
        identity(article, variation): _held(variation or article)
        for article, variation in with_variations(shop, articles(shop, ids), VARIATION)
    }


def _held(row: Row) -> Held:
    """Return a product's images; a variation has one of its own, or shows its article's."""
    images = _images(row)
    ours, ids = noted(row, images), [each["id"] for each in images]
    others = [id_ for id_ in ids if id_ not in ours.values()] if "images" in row else ()
    return Held({source: id_ for source, id_ in ours.items() if id_ in ids}, others)


def _images(row: Row) -> Sequence[Row]:
    return row["images"] if "images" in row else [row["image"]] if row["image"] else []


def without_faulty(shop: Shop, body: Row, row: Row, send: Callable[[Row], Row]) -> Row:
    """Return what a write came to, sent again without the images that the shop could not have, each with its fault.

    The shop does not always say which it was: then it is what the hub cannot fetch either, or else all that are new.
    """
    faults = dict[str, Unfit]()
    while at(row, "error.code") in REFUSED and (new := _new(body)):
        message = unescape(row["error"]["message"])
        _, found = tried(new, lambda address: fetch(address, shop.clock))
        faults |= found or {each: unfit(each, f"is not taken by the shop: {message}") for each in new}
        body = _without(body, faults)
        row = send(body)
    return {**row, FAULTS: faults}


def _new(body: Row) -> list[str]:
    images: Sequence[Row] = body.get("images") or [body["image"]]
    return [each["src"] for each in images if "src" in each]


def _without(body: Row, addresses: Mapping[str, Unfit]) -> Row:
    """Return what is set, less images by their addresses; of a variation's only one, nothing is said any more."""

    def others(told: Sequence[Row]) -> list[Row]:
        return [each for each in told if each.get("src") not in addresses]

    notes = [{**each, "value": others(each["value"])} if each["key"] == IMAGES else each for each in body["meta_data"]]
    told = {"images": others(body["images"])} if "images" in body else {}
    return {name: value for name, value in body.items() if name != "image"} | told | {"meta_data": notes}


def note(shop: Shop, path: str, told: Sequence[tuple[Write, Row]]) -> None:
    """Note under which numbers the shop keeps the images that it was given: it copies what comes by address, each time."""
    notes: list[dict[str, Any]] = []
    for each, row in told:
        images = _images(row)
        wanted = [source for source in each.fields.get("images") or () if source not in row[FAULTS]]
        given = wanted[: len(images)]
        value = [{"src": source, "id": image["id"]} for source, image in zip(given, images, strict=False)]
        if value and value != meta_of(row).get(IMAGES):
            notes.append({"id": row["id"], "meta_data": [{"key": IMAGES, "value": value}]})
    if notes:
        shop.batch(path, [], notes)
