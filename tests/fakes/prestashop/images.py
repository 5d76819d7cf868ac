"""Pictures of products (docs: Image management; code: `WebserviceSpecificManagementImages`, `Image`)."""

from typing import TYPE_CHECKING

from tests.fakes.forms import parts_of
from tests.fakes.prestashop.lists import Wrong
from tests.fakes.server import Asked, Reply

if TYPE_CHECKING:
    from tests.fakes.prestashop.shop import PrestaShop

LARGEST = 3_000_000
"""Bytes (code: `$imgMaxUploadSize`)."""
MAGIC = (b"\xff\xd8\xff", b"GIF8", b"\x89PNG")
BROKEN = b"broken"
"""Content with it is found to be none when the picture has its number already."""


def carry_out(shop: "PrestaShop", asked: Asked, product: str, image: str = "") -> Reply:
    """Add a picture, or take one away."""
    headers = {"PSWS-Version": shop.version}
    try:
        shop.check_right(asked.method, "images")
        told = _add(shop, asked, product) if asked.method == "POST" else _delete(shop, product, image)
    except Wrong as wrong:
        return Reply(wrong.reply().status, wrong.reply().body, headers)
    return Reply(200, told, headers)


def _add(shop: "PrestaShop", asked: Asked, product: str) -> object:
    content = dict(parts_of(asked)).get("image")
    if not content:
        raise Wrong(400, 'Please set an "image" parameter with image data for value', 76)
    if len(content) > LARGEST:
        raise Wrong(400, "The image size is too large (maximum allowed is 3000 KB)", 72)
    if not content.startswith(MAGIC):
        raise Wrong(400, "Image upload error : Image format not recognized, allowed formats are: .gif, .jpg, .png", 76)
    record = shop.tables["products"].records.get(int(product))
    if record is None:
        raise Wrong(400, f"Product {product} does not exist", 76)
    shop.images += 1
    record.values["images"] = [*record.values["images"], shop.images]
    record.values["id_default_image"] = record.values["id_default_image"] or str(shop.images)
    if BROKEN in content:
        raise Wrong(400, "An error occurred while copying image", 76)
    return {"image": {"id": shop.images, "id_product": product, "position": str(len(record.values["images"]))}}


def _delete(shop: "PrestaShop", product: str, image: str) -> bytes:
    """Take a picture away; no other becomes the cover in its place."""
    record = shop.tables["products"].records.get(int(product))
    if record is None or int(image) not in record.values["images"]:
        raise Wrong(400, "This image id does not exist", 57)
    record.values["images"] = [each for each in record.values["images"] if each != int(image)]
    if record.values["id_default_image"] == image:
        record.values["id_default_image"] = ""
    return b""
