"""Pictures as a Vendure shop's assets: each uploaded once, and known again by a tag that says where it came from."""

from collections.abc import Mapping, Sequence

from adapters.asking.graphql import Broken, Declined
from adapters.eshop.orders import Fields
from adapters.eshop.sources import marks
from adapters.eshop.vendure import queries
from adapters.eshop.vendure.client import Shop
from adapters.eshop.vendure.translate import SOURCE, came_from
from adapters.pictures import fetch, tried, unfit
from adapters.rows import Row
from adapters.writing.writes import Unfit
from hub.connector import Write

LONGEST_TAG = 255
"""Letters that every database keeps (Vendure, entity Tag)."""


def uploaded(shop: Shop, writes: Sequence[Write]) -> tuple[dict[str, str], dict[str, Unfit]]:
    """Return the assets of all images that are written: where each came from -> its id. What is not there is uploaded.

    Second, what is left out: where it came from -> why it cannot be had. Raises Unfit for what the shop cannot keep.
    """
    tags = marks((each for write in writes for each in write.fields.get("images") or ()), SOURCE, LONGEST_TAG)
    there = shop.ask(queries.ASSETS, tags=[*tags])["assets"]["items"] if tags else ()
    # Of doubles, the first.
    found = {source: asset["id"] for asset in reversed(there) for source in came_from([asset])}
    made, faults = tried([each for each in tags.values() if each not in found], lambda each: _upload(shop, each))
    return found | made, faults


def _upload(shop: Shop, source: str) -> str:
    given = {"file": None, "tags": [SOURCE + source]}
    picture = fetch(source, shop.clock)
    try:
        (made,) = shop.send_file(queries.CREATE_ASSET, "variables.input.file", picture.part, input=given)["made"]
    except Broken as fault:
        # As it does on a picture of which it can make no small one (AssetService); an asset too many harms nothing.
        raise unfit(source, f"cannot be kept by the shop: {fault}") from fault
    if "errorCode" in made:
        raise Declined(made["message"], made["errorCode"])
    return made["id"]


def given(fields: Row, pictures: Mapping[str, str], held: Sequence[Row]) -> Fields:
    """Return what is set where `held` are the assets so far: ours in their order, and behind them what others added.

    `pictures`: where each came from -> its id; what is not among them cannot be had.
    """
    if "images" not in fields:
        return {}
    others = [each["id"] for each in held if not came_from([each])]
    ids = list(dict.fromkeys([pictures[each] for each in fields["images"] or () if each in pictures] + others))
    return {"assetIds": ids, "featuredAssetId": ids[0] if ids else None}
