"""What django-oscar's programmed connector and its description in examples/rest do alike: each test runs on both."""

import contextlib
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from hub.connector import Exchange, Unreadable, Write
from hub.errors import Unanswered
from tests.contract.oscar_steps import fields_of, made, price, product, put
from tests.peers import Peer
from tests.peers.faults import Faults, Link
from tests.peers.oscar_shop import ADDRESS, place_order, staff
from tests.sums import Sums, document_sums

Connect = Callable[..., Exchange]


@pytest.fixture
def shop(connect_oscar: Connect) -> Exchange:
    return connect_oscar()


def root_of(oscar: Peer) -> str:
    """Return the address of the shop, below which its interface lies."""
    return oscar.url.removesuffix("/api")


def test_price_and_stock_do_not_undo_each_other(shop: Exchange):
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


def test_s05_what_open_orders_hold_is_not_promised_again(shop: Exchange, oscar: Peer):
    lamp = made(shop)
    put(shop, "prices", lamp, amount="1.00")
    put(shop, "stock", lamp, available="10")
    place_order(oscar, {lamp.key: 3}, "ana@example.com")
    [document] = shop.fetch("stock", [lamp.id or ""])
    assert fields_of(shop, "stock", document)["available"] == "7"
    put(shop, "stock", lamp, available="7")
    assert staff(oscar, f"products/{lamp.id}")["stockrecords"][0]["num_in_stock"] == 10
    assert shop.fetch("stock", [lamp.id or ""]) == [document]


def test_a_price_is_rounded_to_the_cents_that_the_shop_keeps(shop: Exchange):
    """An ERP that has four decimals was refused, price by price."""
    lamp = made(shop)
    for amount, kept in (("12.345", "12.35"), ("8.1301", "8.13")):
        done = put(shop, "prices", lamp, amount=amount)
        assert done.outcome == "done", done.message
        [document] = shop.fetch("prices", [lamp.id or ""])
        assert fields_of(shop, "prices", document)["amount"] == kept
    assert put(shop, "prices", lamp, amount="0.0049").outcome == "refused", "it would be given away"


@pytest.mark.parametrize(
    "special", [{"minimum_quantity": "10"}, {"valid_from": "2026-12-24"}, {"tax_included": True}, {"currency": "PLN"}]
)
def test_a_price_that_would_be_taken_for_another_is_refused(shop: Exchange, special: dict[str, object]):
    """A stock record has one price, in one currency."""
    lamp = made(shop)
    assert put(shop, "prices", lamp, amount="12.50", tax_included=False).outcome == "done"
    assert put(shop, "prices", lamp, amount="9.00", **special).outcome == "refused"
    [document] = shop.fetch("prices", [lamp.id or ""])
    told = fields_of(shop, "prices", document)
    assert (told["amount"], told["currency"]) == ("12.50", "EUR")


def test_a_price_of_a_product_that_is_not_there_is_refused_alone(shop: Exchange):
    [written] = shop.write("prices", [Write("X|shop|EUR", {"amount": "1.00"}, price("X"))])
    assert written.outcome in ("refused", "gone")


def test_an_order_comes_with_its_buyer_lines_and_sums(shop: Exchange, oscar: Peer):
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


def test_s20_a_line_whose_product_is_gone_says_so(shop: Exchange, oscar: Peer):
    lamp = made(shop)
    put(shop, "prices", lamp, amount="12.50")
    put(shop, "stock", lamp, available="5")
    number = place_order(oscar, {lamp.key: 2}, "gone@example.com")
    assert line_of(shop, number) == (lamp.key, None)
    staff(oscar, f"products/{lamp.id}", {"upc": None}, method="PATCH")
    assert line_of(shop, number) == (None, "Lampa stojąca")
    staff(oscar, f"products/{lamp.id}", method="DELETE")
    assert line_of(shop, number) == (None, "A product that is not in the shop any more")


def line_of(shop: Exchange, number: str) -> tuple[str | None, str | None]:
    """Return how the only line of an order is called."""
    pages = shop.read("orders", None, full=True)
    [order] = [each for page in pages for each in page.documents if each.raw.get("number") == number]
    [line] = fields_of(shop, "orders", order)["lines"]
    return line.get("sku"), line.get("name")


def test_only_the_orders_near_a_new_one_are_asked_for_their_lines(shop: Exchange, oscar: Peer):
    for _ in range(2):
        place_order(oscar, {"W004": 1}, "bo@example.com")
    *_, last = shop.read("orders", None, full=False)
    assert [page.documents for page in shop.read("orders", last.checkpoint, full=False)] == [()]
    number = place_order(oscar, {"W004": 1}, "bo@example.com")
    shown = [each for page in shop.read("orders", last.checkpoint, full=False) for each in page.documents]
    assert number in [each.raw.get("number") for each in shown]


def test_a_product_without_upc_waits_with_its_reason(shop: Exchange, oscar: Peer):
    new = {"upc": None, "slug": "x", "title": "No code", "product_class": "goods", "structure": "standalone"}
    id_ = str(staff(oscar, "products", new)["id"])
    [document] = shop.fetch("products", [id_])
    told = shop.translate("products", document)
    staff(oscar, f"products/{id_}", method="DELETE")
    assert isinstance(told, Unreadable)
    assert told.cause == "missing-key"


def test_s06_a_creation_whose_answer_is_lost_is_found_and_not_made_twice(connect_oscar: Connect, oscar: Peer):
    record = product(f"T{secrets.token_hex(4)}")
    write = Write(record["sku"], record, record)
    with Link(oscar["port"]) as link:
        link.set(Faults(lose_answers=1, to=b"POST "))
        with pytest.raises(Unanswered):
            list(connect_oscar(link.through(root_of(oscar))).write("products", [write]))
        assert link.lost == 1
    assert len(connect_oscar().find("products", [write])[write.key]) == 1


def test_what_is_taxed_has_its_rate(shop: Exchange, connect_oscar: Connect, oscar: Peer):
    """The shop shows no rates: without them, the ERP would take sums with tax for sums without any."""
    number = place_order(oscar, {"W001": 3}, "taxed@example.com")
    with database_of(oscar) as database:
        (order,) = database.execute("SELECT id FROM order_order WHERE number = ?", (number,)).fetchone()
        sums = {"line_price_incl_tax": "36.90", "line_price_before_discounts_incl_tax": "36.90"}
        sums |= {"line_price_excl_tax": "30.00", "line_price_before_discounts_excl_tax": "30.00"}
        for name, amount in sums.items():
            database.execute(f"UPDATE order_line SET {name} = ? WHERE order_id = ?", (amount, order))
        taxed = "total_incl_tax = 43.05, total_excl_tax = 35, shipping_incl_tax = 6.15, shipping_excl_tax = 5"
        database.execute(f"UPDATE order_order SET {taxed}, shipping_code = 'dpd' WHERE id = ?", (order,))
    (document,) = shop.fetch("orders", [str(order)])
    told = fields_of(shop, "orders", document)
    assert [(each["tax_rate"], each["gross"]) for each in told["lines"]] == [("23", "36.90")]
    assert [(each["tax_rate"], each["amount"]) for each in told["shipping"]] == [("23", "6.15")]
    assert document_sums(told, "line") == Sums(Decimal(35), Decimal("8.05"), Decimal("43.05"))


@contextlib.contextmanager
def database_of(oscar: Peer) -> Iterator[sqlite3.Connection]:
    """Reach into the shop's own database, for what its interface cannot do."""
    with contextlib.closing(sqlite3.connect(oscar.place.data / "oscar.sqlite3", timeout=20)) as database, database:
        yield database


def test_rates_need_not_be_whole(shop: Exchange, oscar: Peer):
    number = place_order(oscar, {"W001": 1}, "reduced@example.com")
    with database_of(oscar) as database:
        (order,) = database.execute("SELECT id FROM order_order WHERE number = ?", (number,)).fetchone()
        taxed = "line_price_incl_tax = '21.10', line_price_excl_tax = '20.00', quantity = 2"
        database.execute(f"UPDATE order_line SET {taxed} WHERE order_id = ?", (order,))
    (document,) = shop.fetch("orders", [str(order)])
    assert [each["tax_rate"] for each in fields_of(shop, "orders", document)["lines"]] == ["5.5"]


def test_s02_orders_of_nobody_are_not_one_customers(shop: Exchange, oscar: Peer):
    """Without an account and an e-mail address they can be told from nobody."""
    number = place_order(oscar, {"W001": 1}, "nobody@example.com")
    with database_of(oscar) as database:
        database.execute("UPDATE order_order SET guest_email = '' WHERE number = ?", (number,))
        (order,) = database.execute("SELECT id FROM order_order WHERE number = ?", (number,)).fetchone()
    (document,) = shop.fetch("orders", [str(order)])
    assert fields_of(shop, "orders", document).get("party") is None
    assert "guest:" not in [each.id for page in shop.read("parties", None, full=True) for each in page.documents]


def test_s12_a_buyer_is_as_the_latest_order_shows_him(shop: Exchange, oscar: Peer):
    """The shop lists the newest order first."""
    email = f"{secrets.token_hex(4)}@example.com"
    for city in ("Celje", "Kranj"):
        place_order(oscar, {"W001": 1}, email, address={**ADDRESS, "line4": city})
    for stream in ("parties", "orders"):
        pages = shop.read(stream, None, full=True)
        shown = [each for page in pages if page.entity == "parties" for each in page.documents]
        (party,) = {each.id: each for each in shown if each.id == f"guest:{email}"}.values()
        assert [each["city"] for each in fields_of(shop, "parties", party)["addresses"]] == ["Kranj"]


def test_a_category_takes_the_place_of_the_one_before(shop: Exchange):
    lamp = made(shop)
    before = fields_of(shop, "products", *shop.fetch("products", [lamp.id or ""]))
    for category in ("All > Lanterns", None):
        new = {"category": category, "name": "Lantern"}
        (done,) = shop.write("products", [Write(lamp.key, new, {**before, **new}, id=lamp.id)])
        assert done.outcome == "done"
        assert fields_of(shop, "products", *shop.fetch("products", [lamp.id or ""])) == {**before, **new}


def test_a_variant_without_a_title_has_no_name_of_its_own(shop: Exchange, oscar: Peer):
    sku = f"T{secrets.token_hex(4)}"
    parent = {"title": "Shirt", "upc": sku, "slug": sku.lower(), "product_class": "goods", "structure": "parent"}
    above = staff(oscar, "products", parent)
    child = {"upc": f"{sku}-S", "slug": f"{sku.lower()}-s", "structure": "child", "parent": above["id"], "title": ""}
    id_ = str(staff(oscar, "products", child | {"product_class": None})["id"])
    fields = fields_of(shop, "products", *shop.fetch("products", [id_]))
    assert (fields.get("name", "left out"), fields["variant_of"]) == ("left out", str(above["id"]))


def test_a_variant_is_in_no_category_of_its_own(shop: Exchange, oscar: Peer):
    """django-oscar has them at the parent alone: with one of its own, the staff could not save the variant any more."""
    lamp = made(shop)
    staff(oscar, f"products/{lamp.id}", {"structure": "parent"}, method="PATCH")
    sku = f"T{secrets.token_hex(4)}"
    child = {"structure": "child", "parent": int(lamp.id or 0), "product_class": None, "upc": sku, "title": sku}
    id_ = str(staff(oscar, "products", child | {"slug": sku.lower(), "categories": []})["id"])
    fields = {"name": "Lamp, red", "category": "All > Lamps"}
    [told] = shop.write("products", [Write(sku, fields, {"sku": sku, **fields}, id=id_)])
    assert told.outcome == "done", told.message
    row = staff(oscar, f"products/{id_}")
    assert (row["title"], row["categories"]) == ("Lamp, red", [])
