"""A product's gallery (page "Manage product media"; code: GalleryManagement, MediaGalleryProcessor, ImageContentValidator)."""

import base64
import binascii
import re
from typing import TYPE_CHECKING

from tests.fakes.magento.criteria import Row
from tests.fakes.magento.keys import error
from tests.fakes.records import Record
from tests.fakes.server import Asked, Reply

if TYPE_CHECKING:
    from tests.fakes.magento.shop import Magento

FIELDS = {"id", "media_type", "label", "position", "disabled", "types", "file", "content", "extension_attributes"}
TYPES = ("image/jpg", "image/jpeg", "image/gif", "image/png")
MAGIC = (b"\xff\xd8\xff", b"GIF8", b"\x89PNG")
NOT_IN_NAMES = re.compile(r"[/\\?*:\";<>()|{}]")
GONE = "No image with the provided ID was found. Verify the ID and try again."


def entry(shop: "Magento", file: str, *, id_: int = 0, **values: object) -> Row:
    """Return an entry with what it has from the beginning."""
    shop.entries += 0 if id_ else 1
    usual = {"media_type": "image", "label": None, "position": 1, "disabled": False, "types": []}
    return {"id": id_ or shop.entries, **usual, "file": file, **values}


def add(shop: "Magento", asked: Asked, sku: str) -> Reply:
    """Answer with the number of the new entry; the types that it takes, others lose."""
    record, given = shop.product(sku), asked.json["entry"]
    if record is None:
        return error(404, "The product that was requested doesn't exist. Verify the product and try again.")
    if refused := _refusal(given):
        return refused
    _take_types(record, given)
    new = _stored(shop, record, given)
    return Reply(200, str(new["id"]))


def change(shop: "Magento", asked: Asked, sku: str, id_: str) -> Reply:
    """Replace an entry by what is sent; one that is sent with a file or a content counts as a new one."""
    record, given = shop.product(sku), asked.json["entry"]
    there = [each for each in record.values["media"] if str(each["id"]) == id_] if record else []
    if record is None or not there or str(given.get("id")) != id_:
        return error(404, GONE)
    if given.get("file") or given.get("content"):
        if refused := _refusal(given):
            return refused
        record.values["media"].remove(there[0])
        _stored(shop, record, given)
        return Reply(200, body=True)
    _take_types(record, given)
    there[0].update({name: value for name, value in given.items() if name not in ("id", "content", "file")})
    shop.products.touch(record.id)
    return Reply(200, body=True)


def remove(shop: "Magento", _asked: Asked, sku: str, id_: str) -> Reply:
    """Take an entry away."""
    record = shop.product(sku)
    there = [each for each in record.values["media"] if str(each["id"]) == id_] if record else []
    if record is None or not there:
        return error(404, GONE)
    record.values["media"].remove(there[0])
    shop.products.touch(record.id)
    return Reply(200, body=True)


def _refusal(given: Row) -> Reply | None:
    if unknown := {*given} - FIELDS:
        return error(400, f'"{unknown.pop()}" is not supported. Correct the field name and try again.')
    told = given.get("content")
    if not told:
        return error(400, "The image content is invalid. Verify the content and try again.")
    try:
        content = base64.b64decode(told["base64_encoded_data"], validate=True)
    except binascii.Error:
        content = b""
    if not content.startswith(MAGIC):
        return error(400, "The image content must be valid base64 encoded data.")
    if told["type"] not in TYPES:
        return error(400, "The image MIME type is not valid or not supported.")
    if not told["name"] or NOT_IN_NAMES.search(told["name"]):
        return error(400, "Provided image name contains forbidden characters.")
    return None


def _take_types(record: Record, given: Row) -> None:
    for each in record.values["media"]:
        each["types"] = [kind for kind in each["types"] if kind not in (given.get("types") or ())]


def _stored(shop: "Magento", record: Record, given: Row) -> Row:
    """Keep a file in a folder by its first letters; a name that is taken gets a number (code: Uploader)."""
    name = re.sub(r"[^a-z0-9_.-]", "_", given["content"]["name"].lower())
    stem, _, kind = name.rpartition(".")
    taken = {each["file"] for other in shop.products.there() for each in other.values["media"]}
    number, file = 0, f"/{name[0]}/{name[1]}/{name}"
    while file in taken:
        number += 1
        file = f"/{name[0]}/{name[1]}/{stem}_{number}.{kind}"
    told = {name: value for name, value in given.items() if name not in ("id", "content", "file")}
    new = entry(shop, file, **told)
    record.values["media"] = [*record.values["media"], new]
    shop.products.touch(record.id)
    return new
