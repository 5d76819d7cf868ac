"""Telling the shop: many at once, all or none."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from uuid import uuid4

from adapters.eshop import putting
from adapters.eshop.categories import ids_of
from adapters.eshop.forward import check_open, forward
from adapters.eshop.gallery import marked
from adapters.eshop.orders import plain
from adapters.eshop.putting import Pairs
from adapters.eshop.shopware import lists, told
from adapters.eshop.shopware.shop import Shop, delete, upsert
from adapters.eshop.shopware.translate import SOURCE, status
from adapters.eshop.translating import number
from adapters.pictures import fetch, left_out, tried
from adapters.reading.walks import found
from adapters.reading.windows import by_key
from adapters.rows import Row
from adapters.writing.finding import by_reference_or_sku
from adapters.writing.writes import Unfit, by_sort, done, known
from hub.connector import Write, Written


def _made(shop: Shop, entity: str, name: str, **more: str | None) -> str:
    """Make a record that is known by its name; return its identity."""
    id_ = uuid4().hex
    shop.sync(upsert(entity, [{"id": id_, "name": name, **more}]))
    return id_


def _makers(shop: Shop, names: Iterable[str]) -> dict[str, str]:
    """Return manufacturers by their names; those that are missing are made."""
    there = {row["translated"]["name"]: row["id"] for row in lists.MAKERS.some(shop, [*names])}
    return {name: there.get(name) or _made(shop, "product_manufacturer", name) for name in names}


def _categories(shop: Shop, paths: Iterable[str]) -> dict[str, str]:
    """Return categories of the channel's tree by their paths; those that are missing are made."""
    root = next(row["navigationCategoryId"] for row in lists.CHANNELS.some(shop, [shop.options.channel]))
    tree = lists.categories(root)

    def rows() -> Iterator[Row]:
        for page, _ in by_key(partial(tree.behind, shop, None), tree.size, None, lists.KEY):
            yield from ({**row, "name": row["translated"]["name"], "parent": _above(row, root)} for row in page)

    return ids_of(paths, rows, lambda name, above: _made(shop, "category", name, parentId=above or root))


def _above(row: Row, root: str) -> Row | None:
    return None if row["parentId"] == root else {"id": row["parentId"]}


def _pictures(shop: Shop, addresses: Iterable[str]) -> dict[str, Unfit]:
    """Bring pictures to the shop that are not there; return those that cannot be had, and why."""
    ids = {told.identity(each): each for each in addresses}
    there = {row["id"] for row in lists.MEDIA.some(shop, [*ids]) if row["fileName"]} if ids else set[str]()
    missing = [address for id_, address in ids.items() if id_ not in there]
    folders = lists.FOLDERS.some(shop, ["product"]) if missing else ()
    folder = next((row["id"] for row in folders), None)  # by it, thumbnails are made

    def bring(address: str) -> None:
        picture, id_ = marked(fetch(address, shop.clock), address), told.identity(address)
        shop.sync(upsert("media", [{"id": id_, "mediaFolderId": folder, "customFields": {SOURCE: address}}]))
        shop.upload(id_, picture)

    return tried(missing, bring)[1]


def _known(shop: Shop, writes: Sequence[Write]) -> told.Known:
    """Return what the shop has of what products refer to."""
    said = {name: {value for each in writes if (value := each.fields.get(name))} for name in ("brand", "category")}
    images = [image for each in writes for image in each.fields.get("images") or ()]
    taxes = sorted(shop.search("tax", {}), key=lambda row: row["position"], reverse=True)
    return told.Known(
        {plain(number(row["taxRate"])): row["id"] for row in taxes},
        _makers(shop, said["brand"]) if said["brand"] else {},
        _categories(shop, said["category"]) if said["category"] else {},
        _pictures(shop, images),
    )


def _create(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    have = _known(shop, writes)
    made = {each.key: told.new_product(have, each) for each in writes}
    shop.sync(upsert("product", made.values()), repeatable=False)
    return (left_out(Written(each.key, "done", made[each.key]["id"]), each, have.missing) for each in writes)


def _change(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    held = found(lists.HELD)(shop, [each.id or "" for each in writes])
    rows = [known(held, each.id) for each in writes]
    have = _known(shop, writes)
    changed = [told.product(have, row["id"], each.fields, row) for each, row in zip(writes, rows, strict=True)]
    gone = [each for change, row in zip(changed, rows, strict=True) for each in told.taken_away(change, row)]
    shop.sync(*gone, upsert("product", changed))
    return (left_out(each, write, have.missing) for each, write in zip(done(writes), writes, strict=True))


def _remove(shop: Shop, writes: Sequence[Write]) -> Iterator[Written]:
    held = found(lists.HELD)(shop, [each.id or "" for each in writes])
    shop.sync(delete("product", [{"id": known(held, each.id)["id"]} for each in writes]))
    return done(writes)


def _send_prices(shop: Shop, pairs: Pairs) -> None:
    currencies = {row["isoCode"]: row["id"] for row in shop.search("currency", {})}
    rows = {row["id"]: row for _, row in pairs}
    writes = {id_: [write for write, row in pairs if row["id"] == id_] for id_ in rows}
    shop.sync(upsert("product", [told.prices(rows[id_], writes[id_], currencies, shop.options) for id_ in rows]))


def _send_stock(shop: Shop, pairs: Pairs) -> None:
    shop.sync(upsert("product", [told.stock(row, write) for write, row in pairs]))


def _note(shop: Shop, order: Row, write: Write) -> None:
    shop.sync(*told.noted(order, write.fields))


def _bring(shop: Shop, order: Row, write: Write) -> None:
    for entity, id_, transition in told.moves(order, write.fields.get("status")):
        shop.move(entity, id_, transition)


def _by_reference(shop: Shop, references: Sequence[str]) -> list[Row]:
    ids = {told.identity(each): each for each in references}
    return [{**row, "reference": ids[row["id"]]} for row in lists.HELD.some(shop, [*ids])]


def _by_sku(shop: Shop, skus: Sequence[str]) -> list[Row]:
    return [{**row, "sku": row["productNumber"]} for row in lists.HELD.by("productNumber").some(shop, skus)]


find = by_reference_or_sku("reference", _by_reference, _by_sku)
products = by_sort(_create, _change, _remove)
prices = putting.prices(found(lists.PRICES), _send_prices)
stock = putting.stock(found(lists.STOCK), _send_stock)
orders = forward(
    lists.ORDERS,
    dict.fromkeys(told.STEPS, _bring),
    before=(check_open(lambda order: status(order) == "cancelled"), _note),
)
