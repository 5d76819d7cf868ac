"""A product's gallery: one entry after the other (page "Manage product media"; code: GalleryManagement)."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from adapters.asking.http import Rejected
from adapters.eshop.gallery import arranged, marked
from adapters.eshop.magento.shop import Shop
from adapters.pictures import NO_PICTURE, Picture, fetch, unfit
from adapters.rows import Row
from adapters.writing.writes import Unfit

MAIN = ("image", "small_image", "thumbnail")
"""The types of the picture that stands for the product on its page, in lists and in the cart."""
TYPES = ("image/jpeg", "image/png", "image/gif")
"""What the shop takes (code: ImageContentValidator)."""


def put(shop: Shop, sku: str, wanted: Sequence[str], entries: Sequence[Row]) -> Mapping[str, Unfit]:
    """Bring a product's gallery to what is wanted: one request for each picture that is new, moves or goes.

    `entries`: as the shop shows them. What is new comes before what goes, so that the product is never without. Returns
    what is left out: its address -> why.
    """
    held = sorted((each for each in entries if each["media_type"] == "image"), key=lambda each: each["position"] or 0)
    places, path = arranged(wanted, held, lambda row: row["file"]), f"products/{quote(sku, safe='')}/media"
    faults, number = dict[str, Unfit](), 1
    for each in places:
        try:
            _put(shop, path, each, number)
        except Unfit as fault:
            faults[str(each)] = fault
        else:
            number += 1
    kept = {each["id"] for each in places if not isinstance(each, str)}
    for id_ in (each["id"] for each in held if each["id"] not in kept):
        shop.send("DELETE", f"{path}/{id_}", repeatable=True)
    return faults


def _put(shop: Shop, path: str, picture: str | Row, number: int) -> None:
    if not isinstance(picture, str):
        if (picture["position"], {*picture["types"]}) != (number, {*_types(picture, number)}):
            # Without its file: with it, the shop takes the entry for a new one.
            shop.send("PUT", f"{path}/{picture['id']}", {"entry": _entry(picture, number)}, repeatable=True)
        return
    content = _content(marked(fetch(picture, shop.clock), picture))
    try:
        shop.send("POST", path, {"entry": {**_entry({"types": ()}, number), "content": content}})
    except Rejected as fault:
        if fault.is_gone:
            raise
        raise unfit(picture, f"is refused by the shop: {fault}") from fault


def _entry(row: Row, number: int) -> dict[str, Any]:
    known = {"id": row["id"]} if "id" in row else {}
    told = {"media_type": "image", "label": row.get("label"), "disabled": row.get("disabled", False)}
    return {**known, **told, "position": number, "types": _types(row, number)}


def _types(row: Row, number: int) -> list[str]:
    others = [each for each in row["types"] if each not in MAIN]
    return [*MAIN, *others] if number == 1 else others


def _content(picture: Picture) -> Row:
    if picture.type not in TYPES:
        raise Unfit(NO_PICTURE, f"the shop takes JPEG, PNG and GIF, and {picture.name} is none of these")
    data = base64.b64encode(picture.content).decode()
    return {"base64_encoded_data": data, "type": picture.type, "name": picture.name}
