"""The worked example of an ERP that exchanges files, and a shop in a database, kept in step by the hub's commands."""

import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import parse

from tests.acceptance.hubs import Home

EXAMPLE = Path(__file__).parents[2] / "examples" / "exchange"
NAMESPACE = "{http://www.cdn.com.pl/optima/dokument}"
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
writes = ["status"]
update = "UPDATE sale SET status = :status WHERE id = :id"

[systems.shop.streams.orders.fields]
number = "number"
placed_at = "placed"
party = "customer"
name = "buyer"
currency = "'PLN'"
tax_included = "`true`"
status = "status"
note = "note"
lines = "lines[].{id: position, sku: sku, name: name, quantity: quantity, unit_price: price, tax_rate: '23'}"

[jobs."shop.orders"]
sync = ["parties", "orders"]
every = "1h"
"""
SHOP_TABLES = """
CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT, email TEXT);
CREATE TABLE sale (id INTEGER PRIMARY KEY, number TEXT, placed TEXT, customer INTEGER, buyer TEXT, status TEXT, note TEXT);
CREATE TABLE line (sale INTEGER, position INTEGER, sku TEXT, name TEXT, quantity TEXT, price TEXT);
INSERT INTO customer VALUES (7, 'Ana Novak', 'ana@example.com'), (8, 'Jan', 'jan@example.com');
INSERT INTO sale VALUES
  (1, '1001', '2026-11-20 23:30:00', 7, 'Ana Novak', 'pending', 'Proszę <b>dzwonić</b> & czekać'),
  (2, '1002', '2026-11-20 11:00:00', 8, 'Jan Łąka', 'pending', NULL);
INSERT INTO line VALUES
  (1, 1, 'LAMPA-01', 'Lampa "stojąca"', '2', '119.5'), (1, 2, '0007', 'Żarówka', '10', '8'), (2, 1, 'GONE', 'x', '1', '1.00');
"""
STATES = "NumerObcy;Stan;Faktura;List;Przewoznik"


@dataclass
class Company:
    """The hub, the ERP's folders, and the shop."""

    home: Home

    @property
    def folder(self) -> Path:
        return self.home.folder / "exchange"

    def lying(self, folder: str) -> list[str]:
        return sorted(each.name for each in (self.folder / folder).iterdir() if each.name[0] != ".")

    def export(self, name: str, *rows: str, encoding: str = "cp1250") -> None:
        """The ERP exports a list; nobody has touched it for a while."""
        path = self.folder / f"{name}.tmp"
        path.write_text("\n".join([*rows, ""]), encoding=encoding)
        ago = time.time() - 100
        os.utime(path, (ago, ago))
        path.rename(self.folder / "out" / name)

    def exports(self) -> None:
        """The ERP exports all its lists."""
        for path in (EXAMPLE / "exchange" / "out").iterdir():
            shutil.copyfile(path, self.folder / "out" / path.name)
            ago = time.time() - 100
            os.utime(self.folder / "out" / path.name, (ago, ago))

    def run(self, *jobs: str) -> None:
        for job in jobs:  # one after the other: what one brings, the next takes on
            self.home.ok("jobs", "run", job)
            self.home.ok("up", "--until-idle")

    def shop(self, statement: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.home.folder / "shop.db")) as shop, shop:
            return shop.execute(statement).fetchall()

    def field(self, entity: str, key: str, name: str) -> Any:
        return self.home.json("records", "show", entity, key)["record"]["fields"].get(name)

    def waiting(self) -> list[dict[str, Any]]:
        return [each for each in self.home.json("quarantine", "list") if each["stream"] == "orders"]

    def order(self, name: str, folder: str = "orders") -> Element:
        root = parse(self.folder / folder / name).getroot()
        assert root is not None
        return root


@pytest.fixture
def company(tmp_path: Path) -> Company:
    """A company whose ERP has exported its lists, and whose shop has two orders: all has been in step once."""
    shutil.copytree(EXAMPLE / "exchange", tmp_path / "exchange")
    with closing(sqlite3.connect(tmp_path / "shop.db")) as shop:
        shop.executescript(SHOP_TABLES)
    home = Home(tmp_path)
    home.file.write_text((EXAMPLE / "hub.toml").read_text("utf-8") + SHOP, "utf-8")
    company = Company(home)
    company.exports()
    home.ok("up", "--until-idle")
    company.run("erp.orders")
    return company


@pytest.fixture
def said(company: Company) -> Callable[[str], str]:
    """Return a text of the first order's file."""
    root = company.order("shop-1001.xml")

    def text(path: str) -> str:
        found = root.find("/".join(NAMESPACE + step for step in path.split("/")))
        assert found is not None, path
        return found.text or ""

    return text


def test_lists_come_in_and_move_to_done(company: Company) -> None:
    assert company.field("products", "0007", "name") == "Żarówka LED 8 W"
    assert company.field("prices", "LAMPA-01|detaliczna|PLN", "amount") == "1119.00"
    assert company.field("stock", "LAMPA-01|MAGAZYN", "reserved") == "2"
    [address] = company.field("parties", "erp|KOWALSKI", "addresses")
    assert (address["street"], address["country"]) == ("Prosta 51", "PL")
    assert company.lying("out") == ["done"]
    [ruined] = company.home.json("quarantine", "list", "--system", "erp")
    assert (ruined["cause"], ruined["key"]) == ("gtin-ruined", "STARA")


def test_an_order_goes_out_as_the_erps_own_file(company: Company, said: Callable[[str], str]) -> None:
    assert company.lying("orders") == ["shop-1001.xml", "shop-1002.xml"]
    assert said("DOKUMENT/NAGLOWEK/NUMER_OBCY") == "shop-1001"
    assert said("DOKUMENT/NAGLOWEK/DATA_DOKUMENTU") == "2026-11-21"  # Warsaw's clock is an hour ahead
    assert said("DOKUMENT/NAGLOWEK/PLATNIK/KOD") == "NOVAK"
    assert said("DOKUMENT/NAGLOWEK/OPIS") == "Proszę <b>dzwonić</b> & czekać"
    lines = company.order("shop-1001.xml").findall(f".//{NAMESPACE}POZYCJA")
    told = [[line.findtext(f".//{NAMESPACE}{name}") for name in ("LP", "KOD", "NAZWA", "ILOSC")] for line in lines]
    assert told == [["1", "LAMPA-01", 'Lampa "stojąca"', "2.0000"], ["2", "0007", "Żarówka", "10.0000"]]


def test_s06_running_again_hands_nothing_out_twice_whether_it_was_taken_or_not(company: Company) -> None:
    (company.folder / "orders" / "shop-1001.xml").rename(company.folder / "taken" / "shop-1001.xml")
    (company.folder / "orders" / "shop-1002.xml").unlink()  # an ERP that keeps nothing
    company.run("shop.orders", "erp.orders")
    assert company.lying("orders") == []


def test_s06_a_hub_that_lost_its_memory_hands_nothing_out_twice(company: Company) -> None:
    (company.folder / "orders" / "shop-1001.xml").unlink()
    for path in company.home.folder.glob("hub.db*"):
        path.unlink()
    company.exports()
    company.home.ok("up", "--until-idle")
    company.run("erp.orders")
    assert company.lying("orders") == ["shop-1002.xml"]
    company.export("STATUSY_1.csv", STATES, "shop-1001;Potwierdzone;;;")
    company.run("erp.orders")
    assert company.field("orders", "shop|1001", "status") == "confirmed"


def test_what_became_of_it_comes_back_and_reaches_the_shop(company: Company) -> None:
    company.export(
        "STATUSY_1.csv", STATES, "shop-1001;Wydane;FS/7/2026;00359007;DPD", "RO/3;Wydane;;;", "shop-1002;Zgubione;;;"
    )
    company.run("erp.orders", "shop.orders")
    assert company.field("orders", "shop|1001", "status") == "shipped"
    assert company.field("orders", "shop|1001", "invoice") == "FS/7/2026"
    assert company.field("orders", "shop|1001", "tracking") == [{"carrier": "DPD", "number": "00359007"}]
    assert company.shop("SELECT status FROM sale ORDER BY id") == [("shipped",), ("pending",)]
    [unknown] = company.waiting()
    assert unknown["place"]["row"] == 4
    assert "Zgubione" in unknown["message"]
    company.export("STATUSY_2.csv", STATES, "shop-1001;Bufor;;;", "shop-1002;Potwierdzone;;;")
    company.run("erp.orders")
    assert company.field("orders", "shop|1001", "status") == "shipped", "a status only moves forward"


def test_what_the_erp_refuses_is_shown_with_its_words_until_it_is_mended(company: Company) -> None:
    (company.folder / "orders" / "shop-1002.xml").rename(company.folder / "refused" / "shop-1002.xml")
    (company.folder / "refused" / "shop-1002.xml.txt").write_bytes("Brak towaru GONE w cenniku: błąd".encode("cp1250"))
    company.run("erp.orders")
    [entry] = company.waiting()
    assert (entry["cause"], entry["key"]) == ("refused-by-erp", "shop|1002")
    assert "Brak towaru GONE w cenniku: błąd" in entry["message"]
    assert "the ERP has refused 1 file" in company.home.run("check", "erp").out
    assert "In quarantine: 1 record, see hub quarantine list --system erp" in company.home.ok("plan", "erp.orders")
    (company.folder / "refused" / "shop-1002.xml").rename(company.folder / "orders" / "shop-1002.xml")
    company.run("erp.orders")
    assert company.waiting() == []


def test_an_order_that_changes_after_it_was_handed_out_waits_for_somebody(company: Company) -> None:
    before = (company.folder / "orders" / "shop-1001.xml").read_bytes()
    company.shop("UPDATE line SET quantity = '3' WHERE sale = 1 AND position = 1")
    company.shop("UPDATE sale SET status = 'cancelled' WHERE id = 2")
    company.run("shop.orders", "erp.orders")
    assert (company.folder / "orders" / "shop-1001.xml").read_bytes() == before
    assert company.lying("orders") == ["shop-1001.xml", "shop-1002.xml"]
    told = {each["key"]: (each["cause"], each["message"]) for each in company.waiting()}
    assert told["shop|1001"][0] == "changed-after"
    assert "lines changed" in told["shop|1001"][1]
    assert told["shop|1002"][0] == "cancelled-after"


def test_or_it_is_handed_out_once_more_as_another_version(company: Company) -> None:
    text = company.home.file.read_text("utf-8")
    company.home.file.write_text(text.replace('errors = "refused"', 'errors = "refused"\nchanges = "version"'), "utf-8")
    company.home.ok("apply")
    company.shop("UPDATE line SET quantity = '3' WHERE sale = 1 AND position = 1")
    company.run("shop.orders", "erp.orders")
    company.run("shop.orders", "erp.orders")
    assert company.lying("orders") == ["shop-1001.xml", "shop-1001_v2.xml", "shop-1002.xml"]
    first = company.order("shop-1001_v2.xml").find(f".//{NAMESPACE}ILOSC")
    assert first is not None
    assert first.text == "3.0000"
    assert company.waiting() == []


def test_a_plan_and_a_try_leave_everything_where_it_lies(company: Company) -> None:
    company.export("STATUSY_1.csv", STATES, "shop-1001;Wydane;;;")
    company.export("TOWARY_2.csv", "Kod;Nazwa;EAN;JM;VAT;Nieaktywny", "NOWA;Nowa;;szt.;23;0")
    [tried] = company.home.json("systems", "try", "erp", "products")
    assert tried["fields"]["sku"] == "NOWA"
    actions = {(each["entity"], each["key"]): each for each in company.home.json("plan", "erp")["actions"]}
    assert actions["orders", "shop|1001"]["changes"]["status"] == ["pending", "shipped"]
    assert actions["products", "NOWA"]["outcome"] == "new"
    assert company.lying("out") == ["STATUSY_1.csv", "TOWARY_2.csv", "done"]
    company.run("erp.orders", "erp.products")
    assert company.field("orders", "shop|1001", "status") == "shipped"


def test_s06_a_shop_that_is_renamed_is_not_taken_for_another_one(company: Company) -> None:
    home, handed_out = company.home, company.lying("orders")
    text = home.file.read_text("utf-8")
    home.file.write_text(text.replace("systems.shop", "systems.store").replace("shop.orders", "store.orders"), "utf-8")
    for command in (("apply", "--yes"), ("up", "--until-idle")):
        done = home.run(*command)
        assert done.code == 2
        assert "call it shop as before" in done.err
    assert "[systems.shop] is gone" in home.run("check").out
    assert company.lying("orders") == handed_out
    assert home.json("apply", "--yes", "--as-new")["number"] == 2


def test_a_copy_in_the_place_of_a_shop_is_not_written_to(company: Company) -> None:
    home = company.home
    text = home.file.read_text("utf-8")
    home.file.write_text(text.replace("shop.db", "copy.db"), "utf-8")
    (home.folder / "copy.db").write_bytes((home.folder / "shop.db").read_bytes())
    for command in (("apply", "--yes"), ("up", "--until-idle")):
        done = home.run(*command)
        assert done.code == 2
        assert "if it is another one" in done.err
    assert "[systems.shop] had url" in home.run("check").out
    assert "cannot be applied as it stands: [systems.shop] had url" in home.run("plan", "shop").err
    assert home.json("apply", "--yes", "--same")["number"] == 2
    assert home.run("config", "revert", "1", "--yes").code == 2
    assert home.json("config", "revert", "1", "--yes", "--same")["number"] == 3


def test_an_order_that_is_not_paid_is_held_back_and_seen(company: Company) -> None:
    home = company.home
    paid = "\n[systems.erp.range]\norders = \"payment.state == 'paid'\"\n"
    home.file.write_text(home.file.read_text("utf-8") + paid, "utf-8")
    home.ok("apply", "--yes")
    assert "only those for which this holds: payment.state == 'paid'" in home.ok("systems", "show", "erp")
    company.shop("INSERT INTO sale VALUES (3, '1003', '2026-11-21 10:00:00', 7, 'Ana Novak', 'pending', NULL)")
    company.shop("INSERT INTO line VALUES (3, 1, 'LAMPA-01', 'Lampa', '1', '119.5')")
    company.run("shop.orders", "erp.orders")
    assert "shop-1003.xml" not in company.lying("orders")
    assert [(each["key"], each["cause"]) for each in company.waiting()] == [("shop|1003", "held-back")]


def test_a_share_that_is_not_mounted_is_told(company: Company) -> None:
    (company.folder / "out").rename(company.folder / "away")
    (company.folder / "out").mkdir()
    for command in (("plan", "erp.products"), ("systems", "try", "erp", "products")):
        assert "is its share mounted?" in str(company.home.json(*command, code=3))
    bad = [each["subject"] for each in company.home.json("check", "erp", code=1) if "mounted?" in each["message"]]
    assert "erp.products" in bad
