"""A large catalogue at Shopify is read from a file that the shop lays out."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from adapters.eshop.shopify import bulk
from adapters.eshop.shopify.connector import ShopifyConnector
from hub.connector import Page
from hub.errors import TryLater
from tests.fakes.server import Answer, Asked, Reply
from tests.fakes.shopify import Shopify

COUNT = 45


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shopify]:
    monkeypatch.setattr("adapters.asking.budgets.sleep", lambda _: None)
    fake = Shopify()
    for name, value in fake.environment.items():
        monkeypatch.setenv(name, value)
    for _ in range(COUNT):
        fake.add("products")
    file = fake.files.add({"name": "staff.png", "content": b"", "turn": 2}).id
    for record in fake.products.there():
        record.values["media"] = [file] * 12
    yield fake
    fake.close()


@pytest.fixture
def shop(fake: Shopify, monkeypatch: pytest.MonkeyPatch) -> ShopifyConnector:
    monkeypatch.setattr(bulk, "LARGE", COUNT)
    monkeypatch.setattr(bulk, "PAGE", 20)
    return fake.connect()


def shown(pages: list[Page]) -> dict[str, Any]:
    return {each.id: each.raw for page in pages for each in page.documents}


@pytest.mark.parametrize("stream", ["products", "prices", "stock"])
def test_a_large_catalogue_shows_the_same_at_once_as_page_by_page(
    fake: Shopify, shop: ShopifyConnector, stream: str, monkeypatch: pytest.MonkeyPatch
):
    at_once = list(shop.read(stream, None, full=True))
    assert not fake.server.seen(r"list:products\(")
    assert at_once[-1].complete
    assert "full" not in at_once[-1].checkpoint or not at_once[-1].checkpoint["full"]
    monkeypatch.setattr(bulk, "LARGE", COUNT + 1)
    paged = list(shop.read(stream, None, full=True))
    assert shown(at_once) == shown(paged)
    assert len(shown(paged)) == fake.count(stream)


def test_it_goes_on_where_it_was_broken_off(fake: Shopify, shop: ShopifyConnector):
    reading = shop.read("products", None, full=True)
    pages = [next(reading)]
    while not pages[-1].documents:
        pages.append(next(reading))
    rest = list(shop.read("products", json.loads(json.dumps(pages[-1].checkpoint)), full=True))
    assert not {*shown(pages)} & {*shown(rest)}
    assert len(shown(pages)) + len(shown(rest)) == fake.count("products")
    assert len(fake.bulks) == 1


@pytest.mark.parametrize("fate", ["FAILED", "CANCELED", "EXPIRED"])
def test_one_that_comes_to_nothing_is_read_page_by_page(fake: Shopify, shop: ShopifyConnector, fate: str):
    fake.bulk_fate = fate
    pages = list(shop.read("products", None, full=True))
    assert len(shown(pages)) == fake.count("products")
    assert pages[-1].complete
    assert not fake.server.seen(r"GET /bulk/"), "a part is not everything"


def test_a_key_that_may_not_have_it_laid_out_reads_page_by_page(fake: Shopify, shop: ShopifyConnector):
    def denied(_asked: Asked, _answer: Answer) -> Reply:
        return Reply(200, {"errors": [{"message": "Access denied", "extensions": {"code": "ACCESS_DENIED"}}]})

    fake.server.misbehave(denied, to="bulkOperationRunQuery")
    assert len(shown(list(shop.read("products", None, full=True)))) == fake.count("products")


def test_where_others_are_under_way_it_is_read_page_by_page(fake: Shopify, shop: ShopifyConnector):
    fake.bulks = [{"lines": [], "turn": 0} for _ in range(5)]
    assert len(shown(list(shop.read("products", None, full=True)))) == fake.count("products")


def test_s16_a_file_that_comes_in_part_is_not_everything(fake: Shopify, shop: ShopifyConnector):
    def without_end(asked: Asked, answer: Answer) -> Reply:
        reply = answer(asked)
        return Reply(200, b"".join(reply.content.splitlines(keepends=True)[:-1]))

    def cut_short(asked: Asked, answer: Answer) -> Reply:
        return Reply(200, answer(asked).content, missing=10)

    for fault in (without_end, cut_short):
        fake.server.misbehave(fault, to=r"GET /bulk/")
        with pytest.raises(TryLater):
            list(shop.read("products", None, full=True))
