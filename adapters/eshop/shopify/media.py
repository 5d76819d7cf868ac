"""Pictures of products: brought to the shop's storage, then set with the product; the shop takes its time to process them.

(Pages "Manage media for products", "Sync product data": the latter leaves alone what is not named, options and variants
too; mutation "stagedUploadsCreate", input "FileSetInput", enum "MediaStatus".)
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from adapters.asking.waiting import until
from adapters.eshop.gallery import arranged, marked
from adapters.eshop.shopify import queries
from adapters.eshop.shopify.shop import Shop
from adapters.fields import at
from adapters.pictures import fetch, hand_over, left_out, tried, unfit
from adapters.rows import Row
from adapters.writing.writes import Gone, Unfit
from hub.connector import Write, Written

PATIENCE = 60.0
"""Seconds."""
OPEN, FAILED = ("UPLOADED", "PROCESSING"), "FAILED"
MOST = 250
"""Media of a product (page "Manage media for products")."""


Brought = dict[str, tuple[list[str | None], dict[str, Unfit]]]
"""Key of a write -> where what is new in its product's gallery comes from, place by place (none: it was there before);
and of what cannot be had, address -> why."""


def settled(shop: Shop, variant: str) -> Sequence[Row] | None:
    """Return the media of a variant's product once the shop is done with them; before that they have no names.

    None, if it takes too long.
    """
    found = until(_is_settled, lambda: _look(shop, variant), PATIENCE, shop.clock)
    return found if _is_settled(found) else None


def _look(shop: Shop, variant: str) -> Sequence[Row]:
    node = shop.ask(queries.MEDIA, id=variant)["node"]
    if not node:
        raise Gone
    return node["product"]["media"]["nodes"]


def _is_settled(media: Sequence[Row]) -> bool:
    return not any(each["status"] in OPEN for each in media)


def files(shop: Shop, write: Write, held: Sequence[Row], brought: Brought) -> list[Row]:
    """Return what a product's files are set to, which takes all others off it; what is not `held` yet is brought."""
    kept = [each for each in held if each["status"] != FAILED]
    places = arranged(write.fields["images"] or (), kept, lambda row: at(row, "image.url") or "")
    new, faults = tried([each for each in places if isinstance(each, str)], partial(_bring, shop))
    given = [(each, new.get(each) if isinstance(each, str) else {"id": each["id"]}) for each in places]
    if len(given) > MOST:
        raise Unfit("too-many-pictures", f"the shop keeps {MOST} pictures and films of a product")
    brought[write.key] = [each if isinstance(each, str) else None for each, file in given if file], faults
    return [file for _, file in given if file]


def _bring(shop: Shop, source: str) -> Row:
    """Bring a picture to the shop's storage, which need not reach where it is; return how it is called there."""
    picture = marked(fetch(source, shop.clock), source)
    room = {"resource": "IMAGE", "filename": picture.name, "mimeType": picture.type, "httpMethod": "POST"}
    (target,) = shop.ask(queries.STAGE, input=[room])["done"]["stagedTargets"]
    hand_over(picture, target["url"], {each["name"]: each["value"] for each in target["parameters"]}, shop.clock)
    return {"originalSource": target["resourceUrl"], "contentType": "IMAGE", "filename": picture.name}


def processed(shop: Shop, write: Write, written: Written, brought: Brought) -> Written:
    """Return what became of a product whose images have been set: what was answered at first showed none of them."""
    media = settled(shop, written.id or "")
    if media is None:
        return Written(written.key, "unknown")
    sources, faults = brought[write.key]
    for source, row in zip(sources, media, strict=False):  # in the order in which they were given
        if source and row["status"] == FAILED:
            why = "; ".join(at(row, "mediaErrors.message"))
            faults[source] = unfit(source, f"cannot be processed by the shop: {why}")
    return left_out(replace(written, document=None), write, faults)
