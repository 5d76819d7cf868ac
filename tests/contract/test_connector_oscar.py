"""The connector for django-oscar, with a real one."""

import contextlib
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from adapters.eshop.oscar.connector import OscarConnector
from adapters.eshop.oscar.options import OscarOptions
from hub.canonical import ENTITIES
from hub.clock import SystemClock
from hub.connector import Document, Write, Written
from hub.errors import Unanswered
from tests.contract.connector_suite import Sample
from tests.contract.fronted_suite import FrontedContract
from tests.contract.picture_server import Pictures, png, serving
from tests.fronts.oscar import CANNOT_HAPPEN, Oscar
from tests.peers import Peer
from tests.peers.faults import Faults, Link
from tests.peers.oscar_shop import ADDRESS, place_order, staff
from tests.sums import Sums, document_sums

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


def product(token: str) -> dict[str, Any]:
    told = {"description": "Świeci.\nJasno.", "category": f"All > Lamps {token}", "active": True}
    return {"sku": token, "name": "Lampa stojąca", **told}


def price(token: str) -> dict[str, Any]:
    return {"sku": token, "list": "shop", "currency": "EUR", "amount": "119.90"}


def stock(token: str) -> dict[str, Any]:
    return {"sku": token, "available": "12"}


class TestOscar(FrontedContract):
    fronts = Oscar
    streams = ("products", "prices", "stock", "parties", "orders")
    samples: ClassVar = {
        "products": Sample(product, {"name": "Lantern", "category": "All > Lanterns"}, refused={"name": "x" * 300}),
        "prices": Sample(price, {"amount": "99.00"}, refused={"amount": "1.005"}),
        "stock": Sample(stock, {"available": "0"}, refused={"available": "9999999999999999999"}),
    }
    untidy: ClassVar = {"products": {"description": None, "category": None, "images": None}}
    excused: ClassVar = CANNOT_HAPPEN


def fields_of(shop: OscarConnector, stream: str, document: Document) -> Mapping[str, Any]:
    return ENTITIES[stream].valid(shop.translate(stream, document).fields)


def made(shop: OscarConnector) -> Written:
    record = product(f"T{secrets.token_hex(4)}")
    [written] = shop.write("products", [Write(record["sku"], record, record)])
    return written


def put(shop: OscarConnector, stream: str, product: Written, **fields: Any) -> Written:
    record = {"sku": product.key, "currency": "EUR", "list": "shop", **fields}
    [written] = shop.write(
        stream, [Write(product.key, fields, record, links={"products": {product.key: product.id or ""}})]
    )
    return written


def test_price_and_stock_do_not_undo_each_other(shop: OscarConnector):
    lamp = made(shop)
    put(shop, "stock", lamp, available="5")
    put(shop, "prices", lamp, amount="12.50")
    put(shop, "stock", lamp, available="4")
    [amount] = shop.fetch("prices", [lamp.id or ""])
    [available] = shop.fetch("stock", [lamp.id or ""])
    assert (fields_of(shop, "prices", amount)["amount"], fields_of(shop, "stock", available)["available"]) == (
        "12.50",
        "4",
    )


def test_s05_what_open_orders_hold_is_not_promised_again(shop: OscarConnector, oscar: Peer):
    lamp = made(shop)
    put(shop, "prices", lamp, amount="1.00")
    put(shop, "stock", lamp, available="10")
    place_order(oscar, {lamp.key: 3}, "ana@example.com")
    [document] = shop.fetch("stock", [lamp.id or ""])
    assert fields_of(shop, "stock", document)["available"] == "7"
    put(shop, "stock", lamp, available="7")
    assert staff(oscar, f"products/{lamp.id}")["stockrecords"][0]["num_in_stock"] == 10
    assert shop.fetch("stock", [lamp.id or ""]) == [document]


def test_a_price_of_a_product_that_is_not_there_is_refused_alone(shop: OscarConnector):
    [written] = shop.write("prices", [Write("X|shop|EUR", {"amount": "1.00"}, price("X"))])
    assert (written.outcome, written.cause) == ("refused", "no-product")


def test_an_order_comes_with_its_buyer_lines_and_sums(shop: OscarConnector, oscar: Peer):
    email = f"{secrets.token_hex(4)}@Example.com"
    address = {**ADDRESS, "first_name": "Ana", "last_name": "Novak", "notes": "Please ring twice"}
    number = place_order(oscar, {"W001": 3, "W002": 1}, email, address=address)
    pages = list(shop.read("orders", None, full=False))
    documents = {page.entity: page.documents for page in pages if page.documents}
    [order] = [each for each in documents["orders"] if each.raw["number"] == number]
    fields = fields_of(shop, "orders", order)
    [party] = [each for each in documents["parties"] if each.id == fields["party"]]
    assert fields_of(shop, "parties", party)["email"].lower() == email.lower()
    assert fields_of(shop, "parties", party)["name"] == "Ana Novak"
    lines = [(each["sku"], each["quantity"], each["unit_price"]) for each in fields["lines"]]
    assert lines[0][:2] == ("W001", "3")
    sums = sum(float(each["gross"]) for each in fields["lines"]) + sum(
        float(each["amount"]) for each in fields["shipping"]
    )
    assert round(sums, 2) == float(fields["totals"]["gross"])
    assert (fields["channel"], fields["status"], fields["currency"]) == ("shop", "pending", "EUR")
    assert fields["shipping_address"]["country"] == "SI"
    assert fields["note"] == "Please ring twice"


def test_s20_a_line_whose_product_is_gone_says_so(shop: OscarConnector, oscar: Peer):
    lamp = made(shop)
    put(shop, "prices", lamp, amount="12.50")
    put(shop, "stock", lamp, available="5")
    number = place_order(oscar, {lamp.key: 2}, "gone@example.com")
    assert line_of(shop, number) == (lamp.key, None)
    staff(oscar, f"products/{lamp.id}", {"upc": None}, method="PATCH")
    assert line_of(shop, number) == (None, "Lampa stojąca")
    staff(oscar, f"products/{lamp.id}", method="DELETE")
    assert line_of(shop, number) == (None, "A product that is not in the shop any more")


def line_of(shop: OscarConnector, number: str) -> tuple[str | None, str | None]:
    """Return how the only line of an order is called."""
    pages = shop.read("orders", None, full=True)
    [order] = [each for page in pages for each in page.documents if each.raw.get("number") == number]
    [line] = fields_of(shop, "orders", order)["lines"]
    return line.get("sku"), line.get("name")


def test_only_the_orders_near_a_new_one_are_asked_for_their_lines(shop: OscarConnector, oscar: Peer):
    for _ in range(2):
        place_order(oscar, {"W004": 1}, "bo@example.com")
    *_, last = shop.read("orders", None, full=False)
    assert [page.documents for page in shop.read("orders", last.checkpoint, full=False)] == [()]
    number = place_order(oscar, {"W004": 1}, "bo@example.com")
    shown = [each for page in shop.read("orders", last.checkpoint, full=False) for each in page.documents]
    assert number in [each.raw.get("number") for each in shown]


def test_nothing_read_holds_the_shops_address(shop: OscarConnector, oscar: Peer):
    place_order(oscar, {"W001": 1}, "ana@example.com")
    port = str(oscar["port"])
    for stream in shop.streams:
        for page in shop.read(stream, None, full=True):
            assert not [each for each in page.documents if f":{port}" in str(each.raw)]


def test_a_product_without_upc_waits_with_its_reason(shop: OscarConnector, oscar: Peer):
    new = {"upc": None, "slug": "x", "title": "No code", "product_class": "goods", "structure": "standalone"}
    id_ = str(staff(oscar, "products", new)["id"])
    [document] = shop.fetch("products", [id_])
    told = shop.translate("products", document)
    staff(oscar, f"products/{id_}", method="DELETE")
    assert told.cause == "missing-key"


def test_s06_a_creation_whose_answer_is_lost_is_found_and_not_made_twice(connect: Connect, oscar: Peer):
    record = product(f"T{secrets.token_hex(4)}")
    write = Write(record["sku"], record, record)
    with Link(oscar["port"]) as link:
        link.set(Faults(lose_answers=1, to=b"POST "))
        with pytest.raises(Unanswered):
            list(connect(url=link.through(oscar.url)).write("products", [write]))
        assert link.lost == 1
    assert len(connect().find("products", [write])[write.key]) == 1


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


def test_what_is_taxed_has_its_rate(shop: OscarConnector, connect: Connect, oscar: Peer):
    """The shop shows no rates: without them, the ERP would take sums with tax for sums without any."""
    number = place_order(oscar, {"W001": 3}, "taxed@example.com")
    with contextlib.closing(sqlite3.connect(oscar.place.data / "oscar.sqlite3", timeout=20)) as database, database:
        (order,) = database.execute("SELECT id FROM order_order WHERE number = ?", (number,)).fetchone()
        sums = {"line_price_incl_tax": "36.90", "line_price_before_discounts_incl_tax": "36.90"}
        sums |= {"line_price_excl_tax": "30.00", "line_price_before_discounts_excl_tax": "30.00"}
        for name, amount in sums.items():
            database.execute(f"UPDATE order_line SET {name} = ? WHERE order_id = ?", (amount, order))
        taxed = "total_incl_tax = 43.05, total_excl_tax = 35, shipping_incl_tax = 6.15, shipping_excl_tax = 5"
        database.execute(f"UPDATE order_order SET {taxed}, shipping_code = 'dpd' WHERE id = ?", (order,))
    (document,) = shop.fetch("orders", [str(order)])
    for through in (shop, connect(tax_rates=["8", "23"])):
        told = fields_of(through, "orders", document)
        assert [(each["tax_rate"], each["gross"]) for each in told["lines"]] == [("23", "36.90")]
        assert [(each["tax_rate"], each["amount"]) for each in told["shipping"]] == [("23", "6.15")]
        assert document_sums(told, "line") == Sums(Decimal(35), Decimal("8.05"), Decimal("43.05"))
