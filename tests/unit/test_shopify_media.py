"""Pictures to Shopify: brought once, processed in the shop's own time, known again by their names."""

from collections.abc import Iterator

import pytest

from adapters.eshop import gallery
from adapters.eshop.shopify import media
from adapters.eshop.shopify.connector import ShopifyConnector
from hub.connector import Write, Written
from hub.errors import TryLater
from tests.contract.connector_suite import fields_of, only
from tests.contract.picture_server import Pictures, png, serving
from tests.fakes.server import Reply
from tests.fakes.shopify import Shopify
from tests.fakes.shopify.asking import number
from tests.fakes.shopify.media import BROKEN


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shopify]:
    fake = Shopify()
    for name, value in fake.environment.items():
        monkeypatch.setenv(name, value)
    yield fake
    fake.close()


@pytest.fixture
def shop(fake: Shopify, monkeypatch: pytest.MonkeyPatch) -> ShopifyConnector:
    monkeypatch.setattr("adapters.asking.budgets.sleep", lambda _: None)
    return fake.connect()


@pytest.fixture
def pictures() -> Iterator[Pictures]:
    with serving() as served:
        yield served


def put(shop: ShopifyConnector, *images: str, sku: str = "A", id_: str | None = None) -> Written:
    fields = {"images": [*images]} if id_ else {"name": "Lamp", "images": [*images]}
    return only(shop.write("products", [Write(sku, fields, {"sku": sku, **fields}, id=id_, reference=f"hub-{sku}")]))


def names(fake: Shopify, written: Written) -> list[str]:
    product = fake.products.records[fake.variants.records[number(written.id or "")].values["product"]]
    return [fake.files.records[each].values["name"] for each in product.values["media"]]


def test_images_are_brought_once_in_their_order(fake: Shopify, shop: ShopifyConnector, pictures: Pictures):
    first, second, third = (pictures.put(f"{n}.png", png(n)) for n in (1, 2, 3))
    made = put(shop, first, second)
    assert (made.outcome, made.document) == ("done", None)
    assert names(fake, made) == [f"{gallery.mark(each)}.png" for each in (first, second)]
    shown = fields_of(shop, "products", made.id or "")["images"]
    assert [gallery.mark(each) in url for each, url in zip((first, second), shown, strict=True)] == [True, True]
    assert put(shop, third, first, id_=made.id).outcome == "done"
    assert names(fake, made) == [f"{gallery.mark(each)}.png" for each in (third, first)]
    assert set(pictures.asked.values()) == {1}
    assert len(fake.files.there()) == 3
    assert put(shop, id_=made.id).outcome == "done"
    assert fields_of(shop, "products", made.id or "")["images"] == []


def test_a_create_that_is_repeated_doubles_no_image(fake: Shopify, shop: ShopifyConnector, pictures: Pictures):
    address = pictures.put("a.png", png(1))
    made, again = put(shop, address), put(shop, address)
    assert made.id == again.id
    assert len(names(fake, made)) == 1


def test_products_may_share_an_image(fake: Shopify, shop: ShopifyConnector, pictures: Pictures):
    address = pictures.put("a.png", png(1))
    one, other = put(shop, address), put(shop, address, sku="B")
    assert names(fake, one) != names(fake, other)
    assert all(gallery.mark(address) in each for made in (one, other) for each in names(fake, made))
    assert put(shop, address, id_=other.id).outcome == "done"
    assert len(fake.files.there()) == 2, "a name that the shop has lengthened is known again"


def test_images_that_the_shops_staff_added_stay_behind_ours(fake: Shopify, shop: ShopifyConnector, pictures: Pictures):
    made = put(shop, pictures.put("a.png", png(1)))
    product = fake.products.records[fake.variants.records[number(made.id or "")].values["product"]]
    own = fake.files.add({"name": "staff.png", "content": b"", "turn": 2}).id
    product.values["media"].insert(0, own)
    assert put(shop, pictures.put("b.png", png(2)), id_=made.id).outcome == "done"
    assert names(fake, made) == [f"{gallery.mark(f'{pictures.url}/b.png')}.png", "staff.png"]


def test_s18_a_product_goes_without_a_picture_that_cannot_be_had(
    fake: Shopify, shop: ShopifyConnector, pictures: Pictures
):
    good, none = pictures.put("a.png", png(1)), f"{pictures.url}/none.png"
    made = put(shop, none, good)
    assert (made.outcome, made.cause, made.instead) == ("done", "no-picture", {"images": [good]})
    assert none in made.message
    pictures.put("none.png", png(2))
    told = put(shop, none, good, id_=made.id)
    assert (told.outcome, told.cause, told.instead) == ("done", "", {})
    assert names(fake, made) == [f"{gallery.mark(each)}.png" for each in (none, good)]


def test_s18_what_the_shop_cannot_process_is_left_out_in_its_words(
    fake: Shopify, shop: ShopifyConnector, pictures: Pictures
):
    good, broken = pictures.put("a.png", png(1)), pictures.put("b.png", png(2) + BROKEN)
    made = put(shop, broken, good)
    assert (made.outcome, made.cause, made.instead) == ("done", "no-picture", {"images": [good]})
    assert "could not be processed" in made.message
    assert len(fields_of(shop, "products", made.id or "")["images"]) == 1
    pictures.put("b.png", png(2))
    assert put(shop, broken, good, id_=made.id).instead == {}
    assert len(names(fake, made)) == len(fields_of(shop, "products", made.id or "")["images"]) == 2


def test_s18_what_the_storage_does_not_take_is_left_out(fake: Shopify, shop: ShopifyConnector, pictures: Pictures):
    too_large = Reply(400, b"<Error><Code>EntityTooLarge</Code></Error>", {"content-type": "application/xml"})
    fake.server.misbehave(lambda _asked, _answer: too_large, to="POST /staged/")
    assert put(shop, pictures.put("a.png", png(1))).instead == {"images": []}
    fake.server.misbehave(lambda _asked, _answer: Reply(503, b""), to="POST /staged/")
    with pytest.raises(TryLater, match="503"):
        put(shop, pictures.put("a.png", png(1)))


def test_what_takes_the_shop_too_long_is_looked_at_later(
    fake: Shopify, shop: ShopifyConnector, pictures: Pictures, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(media, "PATIENCE", 0.0)
    fake.busy = True
    address = pictures.put("a.png", png(1))
    assert put(shop, address).outcome == "unknown"
    [id_] = shop.find("products", [Write("A", {}, {"sku": "A"}, reference="hub-A")])["A"]
    assert put(shop, address, id_=id_).outcome == "unknown"
    fake.busy = False
    monkeypatch.undo()
    monkeypatch.setenv("SHOPIFY_SECRET", fake.secret)
    assert put(shop, address, id_=id_).outcome == "done"
    assert len(fake.files.there()) == 1


def test_one_of_several_variants_leaves_its_articles_images_alone(
    fake: Shopify, shop: ShopifyConnector, pictures: Pictures
):
    made = put(shop, pictures.put("a.png", png(1)))
    values = fake.variants.records[number(made.id or "")].values
    fake.variants.add({**values, "sku": "A-L", "title": "L", "option": "Size"})
    before = names(fake, made)
    assert put(shop, pictures.put("b.png", png(2)), id_=made.id).outcome == "done"
    assert names(fake, made) == before


def test_of_many_images_all_are_read_and_none_is_lost(fake: Shopify, shop: ShopifyConnector, pictures: Pictures):
    sources = [pictures.put(f"{n}.png", png(n)) for n in range(64)]
    made = put(shop, *sources)
    shown = fields_of(shop, "products", made.id or "")["images"]
    assert [gallery.mark(each) in url for each, url in zip(sources, shown, strict=True)] == [True] * 64
    assert put(shop, *reversed(sources), id_=made.id).outcome == "done"
    assert names(fake, made) == [f"{gallery.mark(each)}.png" for each in reversed(sources)]
    assert set(pictures.asked.values()) == {1}
