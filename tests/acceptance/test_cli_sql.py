"""The worked example of an ERP's database, and a shop in another one, kept in step by the hub's commands."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.acceptance.hubs import Home

EXAMPLE = Path(__file__).parents[2] / "examples" / "sql"
SHOP = """
[systems.shop]
kind = "eshop"
connector = "sql"
url = "sqlite:///shop.db"

[systems.shop.streams.parties]
table = "customer"
key = "id"
fields = { name = "name", email = "email" }

[systems.shop.streams.orders]
table = "sale"
key = "id"
children = { lines = { table = "line", parent = "sale", order = "position" } }

[systems.shop.streams.orders.fields]
number = "number"
placed_at = "placed"
party = "customer"
currency = "'PLN'"
status = "'pending'"
totals = "{gross: gross}"
lines = "lines[].{id: position, sku: sku, name: name, quantity: quantity, unit_price: price, tax_rate: '23'}"

[jobs."shop.orders"]
sync = ["parties", "orders"]
every = "1h"
"""
SHOP_TABLES = """
CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT, email TEXT);
CREATE TABLE sale (id INTEGER PRIMARY KEY, number TEXT, placed TEXT, customer INTEGER, gross TEXT);
CREATE TABLE line (sale INTEGER, position INTEGER, sku TEXT, name TEXT, quantity TEXT, price TEXT);
INSERT INTO customer VALUES (7, 'Ana Novak', 'ana@example.com');
INSERT INTO sale VALUES (1, '1001', '2026-11-20 10:00:00', 7, '246.00'), (2, '1002', '2026-11-20 11:00:00', 7, '-1.00');
INSERT INTO line VALUES (1, 1, 'LAMPA-01', 'Lampa', '2', '100.00'), (2, 1, 'GONE', 'x', '1', '1.00');
"""


@dataclass
class Optima:
    """The ERP's database."""

    engine: sa.Engine

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self.engine.begin() as connection:
            result = connection.exec_driver_sql(statement)
            return [tuple(row) for row in result] if result.returns_rows else []


def database(server: Any, kind: str, script: str) -> Iterator[Optima]:
    """Yield an ERP's database as an example's script makes it."""
    url = server.new_database()
    # Whoever works in the ERP has the company's clock, as the hub has it there.
    clock = {"options": "-c timezone=Europe/Warsaw"} if kind == "postgres" else {}
    engine = sa.create_engine(url, connect_args=clock)
    with engine.begin() as connection:
        text = "\n".join(line for line in (EXAMPLE / script).read_text("utf-8").splitlines() if line[:2] != "--")
        for statement in filter(str.strip, text.split(";")):
            connection.exec_driver_sql(statement)
    yield Optima(engine)
    engine.dispose()
    if kind == "mariadb":
        server.execute("DROP SCHEMA CDN")
    server.drop_database(url)


def hub_with(erp: Optima, text: str, example_address: str, folder: Path, shop_script: str = "") -> Home:
    """Return a hub that has run once: with the ERP that `text` describes, and a shop with two orders."""
    with closing(sqlite3.connect(folder / "shop.db")) as shop:
        shop.executescript(SHOP_TABLES + shop_script)
    password = str(erp.engine.url.password)
    address = erp.engine.url.render_as_string(hide_password=False).replace(f":{password}@", "@")
    assert example_address in text
    home = Home(folder, {"ERP_PASSWORD": password})
    home.file.write_text(text.replace(example_address, address) + SHOP, "utf-8")
    home.ok("up", "--until-idle")
    # All jobs began at once: the ERP's may have been through before the shop's orders had come.
    home.ok("jobs", "run", "erp.orders")
    home.ok("up", "--until-idle")
    return home


@pytest.fixture(scope="module", params=["postgres", "mariadb"])
def optima(request: pytest.FixtureRequest) -> Iterator[Optima]:
    yield from database(request.getfixturevalue(request.param), request.param, "optima.sql")


@pytest.fixture(scope="module")
def home(optima: Optima, tmp_path_factory: pytest.TempPathFactory) -> Home:
    text = (EXAMPLE / "optima.toml").read_text("utf-8")
    return hub_with(optima, text, "mssql+pymssql://hub@erp.example/CDN_Kowalski", tmp_path_factory.mktemp("hub"))


@pytest.fixture
def field(home: Home) -> Callable[[str, str, str], Any]:
    def value(entity: str, key: str, name: str) -> Any:
        return home.json("records", "show", entity, key)["record"]["fields"].get(name)

    return value


def test_the_check_sees_every_stream(home: Home) -> None:
    said = home.ok("check", "erp")
    for stream in ("products", "prices", "stock", "parties", "orders"):
        assert f"erp.{stream}" in said


def test_products_prices_and_stock_have_come(field: Callable[[str, str, str], Any]) -> None:
    assert field("products", "LAMPA-01", "gtin") == "5901234123457"
    assert field("products", "ZAROWKA", "name") == "Żarówka LED 8 W"
    assert field("products", "STARA", "active") is False
    assert field("prices", "LAMPA-01|hurtowa|PLN", "amount") == "81.3008"
    assert field("prices", "LAMPA-01|detaliczna|PLN", "tax_included") is True
    assert field("stock", "LAMPA-01|MAGAZYN", "reserved") == "2"


@pytest.mark.usefixtures("home")
def test_an_order_went_in_with_its_customer_and_lines(optima: Optima) -> None:
    [(id_, number, party)] = optima.rows("SELECT TrN_TrNId, TrN_NumerPelny, TrN_PodId FROM CDN.TraNag")
    assert number == "shop 1001"
    assert optima.rows(f"SELECT Knt_Email FROM CDN.Kontrahenci WHERE Knt_KntId = {party}") == [("ana@example.com",)]
    lines = optima.rows(f"SELECT TrE_TwrId, TrE_Ilosc, TrE_Cena FROM CDN.TraElem WHERE TrE_TrNId = {id_}")
    assert [tuple(map(float, line)) for line in lines] == [(1.0, 2.0, 100.0)]


def test_s18_an_order_that_the_database_refuses_waits_with_its_words(home: Home) -> None:
    [entry] = [each for each in home.json("quarantine", "list") if each["system"] == "erp"]
    assert "razembrutto" in entry["message"].casefold()


def test_s06_running_again_makes_nothing_twice_and_a_step_on_comes_back(
    home: Home, optima: Optima, field: Callable[[str, str, str], Any]
) -> None:
    optima.rows("UPDATE CDN.TraNag SET TrN_Bufor = 0, TrN_TS_Mod = CURRENT_TIMESTAMP")
    optima.rows("UPDATE CDN.Towary SET Twr_Nazwa = 'Lampion', Twr_TS_Mod = CURRENT_TIMESTAMP WHERE Twr_TwrId = 2")
    for job in ("erp.catalogue", "erp.orders"):
        home.ok("jobs", "run", job)
    home.ok("up", "--until-idle")
    assert field("products", "LAMPA-02", "name") == "Lampion"
    assert field("orders", "shop|1001", "status") == "confirmed"
    assert optima.rows("SELECT count(*) FROM CDN.TraNag") == [(1,)]
    assert len(optima.rows("SELECT * FROM CDN.Kontrahenci")) == 2
