"""The worked example of an OpenCart shop's database, and an ERP in another one, kept in step by the hub's commands."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.acceptance.hubs import Home
from tests.servers.mariadb import MariaServer
from tests.sums import document_sums

CHARGES = {"Kurier": "5.00", "Pakowanie": "3.00"}
EXAMPLE = Path(__file__).parents[2] / "examples" / "sql"
ERP = """
[systems.erp]
kind = "erp"
connector = "sql"
url = "sqlite:///erp.db"

[systems.erp.streams.products]
table = "item"
key = "id"
fields = { sku = "sku", name = "name", active = "active" }

[systems.erp.streams.prices]
table = "item"
key = "id"
fields = { sku = "sku", list = "'default'", currency = "'PLN'", amount = "price", tax_included = "`false`" }

[systems.erp.streams.stock]
table = "item"
key = "id"
fields = { sku = "sku", location = "'MAIN'", on_hand = "stock", reserved = "'0'" }

[systems.erp.streams.orders]
table = "sale"
key = "id"
reference = "reference"
fields = { number = "number", status = "status" }
writes = ["channel", "number", "lines", "totals"]
create = "INSERT INTO sale (reference, number, gross, status) VALUES (:reference, :number, :gross, 'confirmed')"
returning = "SELECT last_insert_rowid()"
values = { gross = "totals.gross" }

[jobs."erp.all"]
sync = ["products", "prices", "stock", "orders"]
every = "1h"
"""
ERP_TABLES = """
CREATE TABLE item (id INTEGER PRIMARY KEY, sku TEXT, name TEXT, active INTEGER, price TEXT, stock TEXT);
CREATE TABLE sale (id INTEGER PRIMARY KEY, reference TEXT, number TEXT, gross TEXT, status TEXT);
INSERT INTO item VALUES (1, 'LAMPA-01', 'Lampa', 1, '89.9', '12'), (2, 'LAMPA-02', 'Lampa', 1, '99', '3');
"""


@pytest.fixture(scope="module")
def shop(mariadb: MariaServer) -> Iterator[sa.Engine]:
    url = mariadb.new_database()
    engine = sa.create_engine(url)
    script = "\n".join(line for line in (EXAMPLE / "opencart.sql").read_text("utf-8").splitlines() if line[:2] != "--")
    with engine.begin() as connection:
        for statement in filter(str.strip, script.split(";\n")):
            connection.exec_driver_sql(statement)
    yield engine
    engine.dispose()
    mariadb.drop_database(url)


def rows(engine: sa.Engine, statement: str) -> list[tuple[Any, ...]]:
    with engine.begin() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(statement)]


@pytest.fixture(scope="module")
def home(shop: sa.Engine, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A hub with an ERP, to which then the shop of the example was connected; each job has run since."""
    folder = tmp_path_factory.mktemp("hub")
    with closing(sqlite3.connect(folder / "erp.db")) as erp:
        erp.executescript(ERP_TABLES)
    password = str(shop.url.password)
    address = shop.url.render_as_string(hide_password=False).replace(f":{password}@", "@")
    example = (EXAMPLE / "opencart.toml").read_text("utf-8")
    text = example.replace("mariadb+pymysql://hub@shop.example/opencart", address)
    assert text != example
    home = Home(folder, {"SHOP_PASSWORD": password})
    head, _, _ = text.partition("[systems.shop]")
    home.file.write_text(head + ERP, "utf-8")
    home.ok("up", "--until-idle")
    home.file.write_text(text + ERP, "utf-8")
    home.ok("up", "--until-idle")
    run(home, "erp.all")
    return home


def run(home: Home, *jobs: str) -> None:
    for job in jobs:
        home.ok("jobs", "run", job)
        home.ok("up", "--until-idle")


@pytest.fixture
def field(home: Home) -> Callable[[str, str, str], Any]:
    def value(entity: str, key: str, name: str) -> Any:
        return home.json("records", "show", entity, key)["record"]["fields"].get(name)

    return value


def test_the_check_sees_every_stream(home: Home) -> None:
    said = home.ok("check", "shop")
    for stream in ("products", "prices", "stock", "parties", "orders"):
        assert f"shop.{stream}" in said


def test_an_order_has_come_and_is_in_the_erp(home: Home, field: Callable[[str, str, str], Any]) -> None:
    assert field("orders", "shop|1", "placed_at") == "2026-11-20T09:00:00Z"
    [line] = field("orders", "shop|1", "lines")
    assert (line["sku"], line["name"], line["quantity"], line["tax_rate"]) == ("LAMPA-01", "Lampa & abażur", "2", "23")
    charges = [{"name": name, "amount": amount, "tax_rate": "23"} for name, amount in CHARGES.items()]
    assert field("orders", "shop|1", "shipping") == charges
    assert field("orders", "shop|1", "discounts") == [{"name": "Środki na koncie", "amount": "-3.00"}]
    assert field("orders", "shop|1", "totals") == {"gross": "206.84", "tax": "39.2384"}
    billing, shipping = (field("orders", "shop|1", f"{use}_address") for use in ("billing", "shipping"))
    assert (billing["name"], billing["company"], shipping["name"]) == ("Ewa Novak", "Novak & Syn", "Ana Novak")
    assert [billing[name] for name in ("street_more", "postcode", "region")] == ["m. 5", "00-950", "Mazowieckie"]
    assert field("orders", "shop|1", "note") == 'Proszę "dzwonić"'
    with closing(sqlite3.connect(home.folder / "erp.db")) as erp:
        assert erp.execute("SELECT number, gross FROM sale").fetchall() == [
            ("1", "206.84"),
            ("3", "220.20"),
        ]  # not the unfinished one


def test_s27_what_is_charged_and_taken_off_comes_to_the_orders_tax(field: Callable[[str, str, str], Any]) -> None:
    """OpenCart keeps no rate of delivery, and takes tax off where a coupon takes off the price."""
    shown = {name: field("orders", "shop|3", name) for name in ("lines", "shipping", "discounts", "tax_included")}
    assert [(each["amount"], each["tax_rate"]) for each in shown["shipping"]] == [("10.00", "23")]
    assert [(each["amount"], each["tax_rate"]) for each in shown["discounts"]] == [("-10.00", "23"), ("-10.00", "8")]
    sums = document_sums(shown, "line")
    assert (sums.tax, sums.gross) == (Decimal("30.20"), Decimal("220.20"))


def test_prices_stock_and_the_status_go_to_the_shop(home: Home, shop: sa.Engine) -> None:
    with closing(sqlite3.connect(home.folder / "erp.db")) as erp, erp:
        erp.execute("UPDATE sale SET status = 'shipped'")
    run(home, "erp.all", "shop.catalogue", "shop.orders")
    [(price, quantity)] = rows(shop, "SELECT price, quantity FROM oc_product WHERE model = 'LAMPA-01'")
    assert (float(price), quantity) == (89.9, 12)
    assert rows(shop, "SELECT status, quantity FROM oc_product WHERE model = 'LAMPA-02'") == [(1, 3)]
    assert rows(shop, "SELECT order_status_id FROM oc_order WHERE order_id = 1") == [(3,)]
    assert rows(shop, "SELECT order_id, order_status_id, notify FROM oc_order_history") == [(1, 3, 0), (3, 3, 0)]
