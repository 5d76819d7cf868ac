"""The connector for django-oscar, with a real one."""

import contextlib
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest

from adapters.eshop.oscar.connector import OscarConnector
from adapters.eshop.oscar.options import OscarOptions
from hub.clock import SystemClock
from hub.connector import Write
from tests.contract.connector_suite import Sample
from tests.contract.fronted_suite import FrontedContract
from tests.contract.oscar_steps import fields_of, made, price, product, stock
from tests.contract.picture_server import Pictures, png, serving
from tests.fronts.oscar import CANNOT_HAPPEN, Oscar
from tests.peers import Peer
from tests.peers.oscar_shop import place_order, staff

Connect = Callable[..., OscarConnector]


@pytest.fixture
def connect(oscar: Peer, monkeypatch: pytest.MonkeyPatch) -> Connect:
    """Opens a connector; options may be given."""
    monkeypatch.setenv("SHOP_PASSWORD", oscar["password"])
    monkeypatch.setenv("WRONG_PASSWORD", "not-the-password")

    def opened(**options: Any) -> OscarConnector:
        given = {"url": oscar.url, "user": oscar["user"], "password": "env:SHOP_PASSWORD", **options}
        return OscarConnector("shop", OscarOptions.model_validate(given), SystemClock())

    return opened


@pytest.fixture
def shop(connect: Connect) -> OscarConnector:
    return connect()


class TestOscar(FrontedContract):
    fronts = Oscar
    streams = ("products", "prices", "stock", "parties", "orders")
    samples: ClassVar = {
        "products": Sample(product, {"name": "Lantern", "category": "All > Lanterns"}, refused={"name": "x" * 300}),
        "prices": Sample(price, {"amount": "99.00"}, refused={"amount": "12345678901.00"}),
        "stock": Sample(stock, {"available": "0"}, refused={"available": "9999999999999999999"}),
    }
    untidy: ClassVar = {"products": {"description": None, "category": None, "images": None}}
    excused: ClassVar = CANNOT_HAPPEN


def test_nothing_read_holds_the_shops_address(shop: OscarConnector, oscar: Peer):
    place_order(oscar, {"W001": 1}, "ana@example.com")
    port = str(oscar["port"])
    for stream in shop.streams:
        for page in shop.read(stream, None, full=True):
            assert not [each for each in page.documents if f":{port}" in str(each.raw)]


@pytest.fixture
def pictures() -> Iterator[Pictures]:
    with serving() as found:
        yield found


def test_images_go_out_once_in_their_order_and_are_read_as_they_were_sent(
    shop: OscarConnector, oscar: Peer, pictures: Pictures
):
    first, second, third = (pictures.put(f"{name}.png", png(number)) for number, name in enumerate("abc"))
    token = f"T{secrets.token_hex(4)}"
    record = {**product(token), "images": [first, second]}
    [lamp] = shop.write("products", [Write(token, record, record)])
    assert lamp.document is not None
    assert fields_of(shop, "products", lamp.document)["images"] == [first, second]
    assert shop.fetch("products", [lamp.id or ""]) == [lamp.document]
    pictures.asked.clear()
    changed = {**record, "images": [third, first]}
    [told] = shop.write("products", [Write(token, {"images": changed["images"]}, changed, id=lamp.id)])
    assert told.document is not None
    assert fields_of(shop, "products", told.document)["images"] == [third, first]
    assert set(pictures.asked) == {"/c.png"}
    images = staff(oscar, f"products/{lamp.id}")["images"]
    assert [each["display_order"] for each in images] == [0, 1]
    [emptied] = shop.write("products", [Write(token, {"images": None}, product(token), id=lamp.id)])
    assert emptied.document is not None
    assert not fields_of(shop, "products", emptied.document)["images"]


def test_products_may_share_an_image(shop: OscarConnector, pictures: Pictures):
    source = pictures.put("shared.png", png(7))
    for _ in range(2):
        token = f"T{secrets.token_hex(4)}"
        record = {**product(token), "images": [source]}
        [written] = shop.write("products", [Write(token, record, record)])
        assert written.document is not None
        assert fields_of(shop, "products", written.document)["images"] == [source]


def test_images_that_the_shops_staff_added_stay(shop: OscarConnector, oscar: Peer, pictures: Pictures):
    lamp = made(shop)
    own = {"images": [{"original": pictures.put("own.png", png(8))}]}
    staff(oscar, f"products/{lamp.id}", own, method="PATCH")
    source = pictures.put("ours.png", png(9))
    record = {**product(lamp.key), "images": [source]}
    for _ in range(2):
        [told] = shop.write("products", [Write(lamp.key, {"images": [source]}, record, id=lamp.id)])
        assert told.document is not None
        assert fields_of(shop, "products", told.document)["images"] == [source]
        assert len(staff(oscar, f"products/{lamp.id}")["images"]) == 2


def test_s18_a_product_goes_without_a_picture_that_is_none(shop: OscarConnector, pictures: Pictures):
    good, page = pictures.put("good.png", png(3)), pictures.put("page.png", b"<html>")
    record = {**product(f"T{secrets.token_hex(4)}"), "images": [page, good]}
    [made] = shop.write("products", [Write(record["sku"], record, record)])
    assert (made.outcome, made.cause, made.instead) == ("done", "no-picture", {"images": [good]})
    assert page in made.message
    assert made.document is not None
    assert fields_of(shop, "products", made.document)["images"] == [good]
    [told] = shop.write("products", [Write(record["sku"], {"images": [f"{page}?gone"]}, record, id=made.id)])
    assert (told.outcome, told.cause, told.instead) == ("done", "no-picture", {"images": []})
    pictures.put("page.png", png(4))
    [told] = shop.write("products", [Write(record["sku"], {"images": record["images"]}, record, id=made.id)])
    assert (told.outcome, told.cause, told.instead) == ("done", "", {})
    assert told.document is not None
    assert fields_of(shop, "products", told.document)["images"] == [page, good]


def test_rates_are_those_that_are_named(connect: Connect, oscar: Peer):
    """The shop shows no rates, and a coin blurs the sums by which they are found."""
    place_order(oscar, {"W001": 1}, "named@example.com")
    with contextlib.closing(sqlite3.connect(oscar.place.data / "oscar.sqlite3", timeout=20)) as database, database:
        (order,) = database.execute("SELECT max(id) FROM order_order").fetchone()
        taxed = "line_price_incl_tax = '0.11', line_price_excl_tax = '0.10'"
        database.execute(f"UPDATE order_line SET {taxed} WHERE order_id = ?", (order,))
    for named, rate in (((), "10"), (("8", "23"), "8")):
        shop = connect(tax_rates=named)
        (document,) = shop.fetch("orders", [str(order)])
        assert [each["tax_rate"] for each in fields_of(shop, "orders", document)["lines"]] == [rate]
