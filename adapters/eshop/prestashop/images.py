"""Pictures of products. The shop keeps nothing by which one could be known again: no name, no legend can be given.

So a gallery is filled as a whole, in its order, which cannot be changed afterwards (page "Image management"; code:
`WebserviceSpecificManagementImages`, `Image`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from adapters.asking.http import Rejected
from adapters.eshop.prestashop.shop import Shop
from adapters.fields import at
from adapters.pictures import fetch, left_out, unfit
from adapters.rows import Row
from adapters.writing.writes import Unfit, known
from hub.connector import Write, Written
from hub.errors import TryLater, Unanswered

KEPT = "the product has images already, and PrestaShop cannot say whose: delete them there, or set replace_images"


def ids_of(row: Row) -> list[str]:
    """Return the numbers of a product's or a combination's images, in their order."""
    found: Sequence[Row] = at(row, "associations.images") or ()
    return [str(each["id"]) for each in found]


def address(url: str, id_: str) -> str:
    """Return where everybody gets an image (code: `Image::getImgFolder`)."""
    return f"{url}/img/p/{'/'.join(id_)}/{id_}.jpg"


def put(shop: Shop, write: Write, written: Written, language: str) -> Written:
    """Fill a product's gallery; one in which there is something already is left alone, or replaced as a whole."""
    product = written.id or ""
    row, wanted = _read(shop, product), list(dict.fromkeys(write.fields["images"] or ()))
    agreed: list[str] = list(write.agreed.get("images") or ())
    if (before := ids_of(row)) and not shop.options.replace_images:
        if not wanted:
            return written
        return replace(written, cause="images-kept", message=KEPT, instead={"images": []})
    # Otherwise one picture that cannot be had would have all others sent again whenever it is tried.
    if agreed and len(before) == len(agreed) and [each for each in wanted if each in agreed] == agreed:
        _, faults = _add(shop, product, [each for each in wanted if each not in agreed], before)
        if [each for each in wanted if each not in faults][: len(agreed)] == agreed:
            return left_out(written, write, faults)
        row = _read(shop, product)
    return left_out(written, write, _fill(shop, row, wanted, language))


def _fill(shop: Shop, row: Row, wanted: Sequence[str], language: str) -> Mapping[str, Unfit]:
    """Fill a gallery anew; returns what is left out: its address -> why."""
    product, before = row["id"], ids_of(row)
    added, faults = _add(shop, product, wanted, before)
    if before and added:  # of several, the first stays the cover, and nothing takes its place
        shop.change("products", row, {"id_default_image": added[0]}, language)
    for each in before if added or not wanted else ():  # where none can be had, what is there is better than nothing
        shop.delete(f"images/products/{product}", each)
    return faults


def _read(shop: Shop, product: str) -> Row:
    return known({row["id"]: row for row in shop.some("products", [product])}, product)


def _add(
    shop: Shop, product: str, wanted: Sequence[str], before: Sequence[str]
) -> tuple[list[str], Mapping[str, Unfit]]:
    """Add pictures, one behind the other; returns their numbers, and what is left out: its address -> why."""
    added, faults = list[str](), dict[str, Unfit]()
    for source in wanted:
        try:
            added += _add_one(shop, product, source, {*before, *added})
        except Unfit as fault:
            faults[source] = fault
    return added, faults


def _add_one(shop: Shop, product: str, source: str, there: set[str]) -> list[str]:
    """Add a picture; whatever was answered, the product says whether it has it."""
    picture, refused = fetch(source, shop.clock), ""
    lost: Unanswered | None = None
    try:
        shop.add_picture(product, picture)
    except Unanswered as fault:
        lost = fault
    except Rejected as fault:
        refused = str(fault)
    new = [each for each in ids_of(_read(shop, product)) if each not in there]
    if refused:
        for each in new:  # it has got its number before the shop has looked at it
            shop.delete(f"images/products/{product}", each)
        raise unfit(source, f"is refused by the shop: {refused}")
    if lost and not new:
        raise TryLater(f"{lost}; the picture is not there", after=lost.after) from lost
    return new
