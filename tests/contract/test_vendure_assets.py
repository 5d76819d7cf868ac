"""Pictures as assets of a real Vendure: uploaded once, in their order, and read as they were sent."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.eshop.vendure.connector import VendureConnector
from adapters.eshop.vendure.options import VendureOptions
from hub.canonical import ENTITIES
from hub.clock import SystemClock
from hub.connector import Write, Written
from hub.errors import TryLater
from tests.contract.picture_server import Pictures, png, serving
from tests.peers import Peer
from tests.peers.faults import Faults, Link
from tests.peers.install import NODE
from tests.peers.peer import lay_out
from tests.peers.vendure.system import HERE, VENDURE

PRELOADED = Path(__file__).parent / "vendure_assets.cjs"
SHOWN = """query($sku:String!){productVariants(options:{filter:{sku:{eq:$sku}}}){items{
  assets{id name} featuredAsset{id} product{assets{id} featuredAsset{id}}}}}"""
ALL = "{assets{totalItems}}"


@pytest.fixture(scope="module")
def vendure() -> Iterator[Peer]:
    """A shop that has a place for assets."""
    command = [NODE, "--require", PRELOADED, HERE / "server.js"]
    with lay_out(replace(VENDURE, command=lambda _: command)) as peer:
        peer.start()
        yield peer


@pytest.fixture
def pictures() -> Iterator[Pictures]:
    with serving() as found:
        yield found


@pytest.fixture
def shop(vendure: Peer, monkeypatch: pytest.MonkeyPatch) -> VendureConnector:
    return connected(vendure, vendure.url, monkeypatch)


def connected(vendure: Peer, url: str, monkeypatch: pytest.MonkeyPatch) -> VendureConnector:
    monkeypatch.setenv("SHOP_PASSWORD", vendure["password"])
    options = {"url": url, "user": vendure["user"], "password": "env:SHOP_PASSWORD"}
    return VendureConnector("shop", VendureOptions.model_validate(options), SystemClock())


def lamp(*images: str) -> Write:
    sku = uuid.uuid4().hex[:8]
    fields = {"sku": sku, "name": "Lamp", "images": list(images)}
    return Write(sku, fields, fields, reference=f"hub-{sku}")


def changed(write: Write, id_: str | None, *images: str) -> Write:
    return Write(write.key, {"images": list(images)}, {**write.record, "images": list(images)}, id=id_)


def images_of(shop: VendureConnector, written: Written) -> list[str]:
    assert written.document is not None, written
    assert shop.fetch("products", [written.id or ""]) == [written.document]
    told: Any = shop.translate("products", written.document)
    return list(ENTITIES["products"].valid(told.fields)["images"])


def shown(shop: VendureConnector, write: Write) -> Mapping[str, Any]:
    (row,) = shop.system.ask(SHOWN, sku=write.key)["productVariants"]["items"]
    return row


def test_images_are_uploaded_once_and_read_as_they_were_sent(shop: VendureConnector, pictures: Pictures):
    first, second, third = (pictures.put(f"{name}.png", png(number)) for number, name in enumerate("abc"))
    write = lamp(first, second)
    (made,) = shop.write("products", [write])
    assert images_of(shop, made) == [first, second]
    row = shown(shop, write)
    assert [each["name"] for each in row["assets"]] == ["a.png", "b.png"]
    assert row["featuredAsset"]["id"] == row["assets"][0]["id"] == row["product"]["featuredAsset"]["id"]
    assert [each["id"] for each in row["product"]["assets"]] == [each["id"] for each in row["assets"]]
    (told,) = shop.write("products", [changed(write, made.id, third, first)])
    assert images_of(shop, told) == [third, first]
    other = lamp(first)
    (made_too,) = shop.write("products", [other])
    assert images_of(shop, made_too) == [first]
    assert pictures.asked == {"/a.png": 1, "/b.png": 1, "/c.png": 1}
    assert shown(shop, other)["assets"][0]["id"] == row["assets"][0]["id"]


def test_an_upload_whose_answer_is_lost_is_not_repeated(
    vendure: Peer, shop: VendureConnector, pictures: Pictures, monkeypatch: pytest.MonkeyPatch
):
    write, before = lamp(pictures.put("lost.png", png(4))), shop.system.ask(ALL)["assets"]["totalItems"]
    with Link(vendure["port"]) as link:
        through = connected(vendure, link.through(vendure.url), monkeypatch)
        link.set(Faults(lose_answers=1, to=b"createAssets"))
        with pytest.raises(TryLater):
            list(through.write("products", [write]))
        (made,) = through.write("products", [write])
    assert len(images_of(shop, made)) == 1
    assert shop.system.ask(ALL)["assets"]["totalItems"] == before + 1


def test_assets_that_others_added_stay_behind_ours(shop: VendureConnector, pictures: Pictures):
    write = lamp()
    (made,) = shop.write("products", [write])
    mine = lamp(pictures.put("others.png", png(5)))
    shop.write("products", [mine])
    list(shop.write("products", [mine]))
    (asset,) = shown(shop, mine)["assets"]
    shop.system.ask("mutation($id:ID!){updateAsset(input:{id:$id,tags:[]}){id}}", id=asset["id"])
    shop.system.ask(
        "mutation($v:ID!,$a:ID!){updateProductVariants(input:[{id:$v,assetIds:[$a]}]){id}}", v=made.id, a=asset["id"]
    )
    ours = pictures.put("ours.png", png(6))
    (told,) = shop.write("products", [changed(write, made.id, ours)])
    assert images_of(shop, told) == [ours]
    assert [each["name"] for each in shown(shop, write)["assets"]] == ["ours.png", "others.png"]
    (emptied,) = shop.write("products", [changed(write, made.id)])
    assert images_of(shop, emptied) == []
    assert [each["name"] for each in shown(shop, write)["assets"]] == ["others.png"]


def test_s18_a_product_goes_without_a_picture_that_is_none(shop: VendureConnector, pictures: Pictures):
    good, page = pictures.put("good.png", png(3)), pictures.put("page.png", b"<html>")
    writes = [lamp(good), lamp(page, good)]
    (whole, made) = shop.write("products", writes)
    assert (whole.outcome, whole.cause, whole.instead) == ("done", "", {})
    assert (made.outcome, made.cause, made.instead) == ("done", "no-picture", {"images": [good]})
    assert page in made.message
    assert images_of(shop, made) == [good]
    pictures.put("page.png", png(4))
    (told,) = shop.write("products", [changed(writes[1], made.id, page, good)])
    assert (told.outcome, told.cause, told.instead) == ("done", "", {})
    assert images_of(shop, told) == [page, good]
