"""Images: the shop makes a copy of what is given by address, each time anew; so it is noted which copy is of which."""

from collections.abc import Sequence
from typing import Any

from adapters.eshop.woocommerce.asked import IMAGES, VARIATION, articles, identity, meta_of, with_variations
from adapters.eshop.woocommerce.shop import Shop
from adapters.rows import Row
from hub.connector import Write


def there(shop: Shop, writes: Sequence[Write]) -> dict[str, dict[str, int]]:
    """Return of products whose images are written those that are there already: our address -> the shop's number."""
    ids = [each.id for each in writes if each.id and each.fields.get("images")]
    found: dict[str, dict[str, int]] = {}
    for article, variation in with_variations(shop, articles(shop, ids), VARIATION):
        found[identity(article, variation)] = _numbers(variation or article)
    return found


def _numbers(row: Row) -> dict[str, int]:
    images = row["images"] if "images" in row else filter(None, [row["image"]])
    ids = {each["id"] for each in images}
    return {each["src"]: each["id"] for each in meta_of(row).get(IMAGES) or () if each["id"] in ids}


def note(shop: Shop, path: str, told: Sequence[tuple[Write, Row]]) -> None:
    """Note under which numbers the shop keeps the images that it was given: it copies what comes by address, each time."""
    notes: list[dict[str, Any]] = []
    for each, row in told:
        images = row["images"] if "images" in row else [row["image"]] if row["image"] else []
        given = (each.fields.get("images") or ())[: len(images)]
        value = [{"src": source, "id": image["id"]} for source, image in zip(given, images, strict=False)]
        if value and value != meta_of(row).get(IMAGES):
            notes.append({"id": row["id"], "meta_data": [{"key": IMAGES, "value": value}]})
    if notes:
        shop.batch(path, [], notes)
