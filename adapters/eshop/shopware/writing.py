"""What has to be looked up, or made, before products are told."""

from collections.abc import Iterator, Sequence
from uuid import uuid4

from adapters.asking.http import Rejected
from adapters.eshop.categories import ids_of
from adapters.eshop.gallery import marked
from adapters.eshop.named import named
from adapters.eshop.orders import plain
from adapters.eshop.shopware.lists import Listing
from adapters.eshop.shopware.shop import Operation, Shop
from adapters.eshop.shopware.told import Known, identity
from adapters.eshop.shopware.translate import SOURCE, TITLE
from adapters.eshop.translating import number
from adapters.fields import at
from adapters.pictures import fetch, tried, unfit
from adapters.rows import Row
from adapters.writing.writes import Unfit
from hub.connector import Write

MAKERS = Listing("product_manufacturer", TITLE, ident="name")
MEDIA = Listing("media", "fileName")
CHANNELS = Listing("sales_channel", "navigationCategoryId")
FOLDERS = Listing("media_folder", "id", ident="defaultFolder.entity")


def known(shop: Shop, writes: Sequence[Write]) -> Known:
    """Return what the shop has of what products refer to; what is missing is made."""
    brands, paths = ({value for each in writes if (value := each.fields.get(name))} for name in ("brand", "category"))
    makers = {at(row, TITLE): row["id"] for row in MAKERS.some(shop, [*brands])}
    makers |= {name: _make(shop, "product_manufacturer", name) for name in brands - {*makers}}
    taxes = sorted(shop.search("tax")["data"], key=lambda row: -(row["position"] or 0))
    rates = {plain(number(row["taxRate"])): row["id"] for row in taxes}
    categories = _categories(shop, paths) if paths else {}
    images = [image for each in writes for image in each.fields.get("images") or ()]
    return Known(rates, makers, categories, _missing(shop, images), shop.options.tax_included)


def _make(shop: Shop, entity: str, name: str, **more: str) -> str:
    shop.carry_out(Operation(entity, [{"id": (id_ := uuid4().hex), "name": name, **more}]))
    return id_


def _categories(shop: Shop, paths: set[str]) -> dict[str, str]:
    """Return categories of the channel's tree by their paths."""
    channels = CHANNELS.some(shop, [shop.options.channel])
    root = named(channels, "sales channel", shop.options.channel, "id")["navigationCategoryId"]
    tree = Listing("category", f"parentId {TITLE}", chosen=[{"type": "contains", "field": "path", "value": root}])

    def rows() -> Iterator[Row]:
        for row in tree.all(shop):
            parent = None if row["parentId"] == root else {"id": row["parentId"]}
            yield {"id": row["id"], "name": at(row, TITLE), "parent": parent}

    return ids_of(paths, rows, lambda name, above: _make(shop, "category", name, parentId=above or root))


def _missing(shop: Shop, addresses: Sequence[str]) -> dict[str, Unfit]:
    """Bring pictures to the shop that it does not have; return those that cannot be had, and why."""
    there = {row["id"] for row in MEDIA.some(shop, [identity(each) for each in addresses]) if row["fileName"]}
    left = [each for each in dict.fromkeys(addresses) if identity(each) not in there]
    folder = next((row["id"] for row in FOLDERS.some(shop, ["product"] if left else [])), None)  # it makes thumbnails

    def bring(address: str) -> None:
        picture, id_ = marked(fetch(address, shop.clock), address), identity(address)
        shop.carry_out(Operation("media", [{"id": id_, "mediaFolderId": folder, "customFields": {SOURCE: address}}]))
        name, _, extension = picture.name.rpartition(".")
        told, headers = {"extension": extension, "fileName": name}, {"content-type": picture.type}
        path = f"_action/media/{id_}/upload"
        try:
            shop.api.send("POST", path, picture.content, told, repeatable=True, headers=headers)
        except Rejected as fault:
            raise unfit(address, f"is not taken by the shop: {fault}") from fault

    return tried(left, bring)[1]
