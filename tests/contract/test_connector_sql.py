"""The connector for SQL databases, on four of them."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa

from hub.config.exchange import ExchangeOptions
from hub.connector import Exchange
from hub.store import Store
from hub.sync import System
from tests.contract.connector_suite import ConnectorContract, Counterpart, Sample, fields_of
from tests.contract.sql_office import Office
from tests.contract.tables import ERP, SHOP, Hub, Tables

WRONG = {"password": "env:WRONG_PASSWORD"}


def product(token: str) -> dict[str, Any]:
    return {"sku": token, "name": "Żarówka", "weight": "0.1234", "active": True}


def party(token: str) -> dict[str, Any]:
    return {"name": "Ana Novak", "email": f"{token.lower()}@example.com"}


def order(token: str) -> dict[str, Any]:
    line = {"id": "1", "sku": "A1", "name": "Lampa", "quantity": "2.5", "unit_price": "4.00"}
    sums = {"currency": "EUR", "totals": {"gross": "10.00"}, "status": "pending"}
    return {"channel": "shop", "number": token, "placed_at": "2026-07-01T10:00:00.5Z", "lines": [line], **sums}


class SqlContract(ConnectorContract):
    streams = ("products", "prices", "stock", "parties", "orders")
    samples: ClassVar = {
        "products": Sample(product, {"name": "Lantern", "active": False}, refused={"name": "x" * 101}),
        "prices": Sample(
            lambda sku: {"sku": sku, "list": "retail", "currency": "EUR", "amount": "119.90"},
            {"amount": "99.00"},
            refused={"amount": "1000000.00"},
        ),
        "parties": Sample(party, {"name": "Bo Novak"}, refused={"name": "x" * 101}),
        "orders": Sample(order, {"status": "confirmed"}, refused={"totals": {"gross": "-1.00"}}),
    }
    excused: ClassVar = {
        "s08": "a database calls nobody",
        "s22": "a database has no 429, and no Retry-After",
        "s23": "a database's password does not end, and there is no token to be renewed",
        "no_more_calls": "a database counts no requests: the key requests_per_second is refused in its table",
    }

    @pytest.fixture
    def office(self) -> Office:
        raise NotImplementedError

    @pytest.fixture
    def hub(self, migrated_sqlite: str) -> Iterator[Hub]:
        store = Store(migrated_sqlite)
        yield Hub(store)
        store.close()

    def add(self, hub: Hub, kind: str, connector: Exchange) -> None:
        """Let the hub have the database as a system, called it."""
        hub.systems["it"] = System("it", kind, connector, ExchangeOptions.model_validate({"url": "http://localhost"}))

    def test_s09_what_it_made_of_our_write_does_not_come_back(self, office: Office, connector: Exchange, hub: Hub):
        """A column of four decimals rounds what it is given."""
        code = f"T{secrets.token_hex(4)}"
        hub.add("other", "erp", Tables(ERP)).put("products", "1", sku=code, name="Lamp", weight="0.12345")
        self.add(hub, "eshop", connector)
        hub.in_step("products", others=True)
        assert [each.name for each in office.do("SELECT name FROM article WHERE code = :code", code=code)] == ["Lamp"]
        for full in (False, True):
            for system in hub.systems:
                hub.run(system, "products", full=full)
                assert {*hub.held.counts} <= {"identical", "skipped"}

    def test_s07_a_price_in_another_currency_than_its_prices_have_is_refused(self, connector: Exchange):
        good = self.new(connector, "prices")
        [refused] = connector.write("prices", [replace(good, record={**good.record, "currency": "PLN"})])
        assert (refused.outcome, refused.cause) == ("refused", "price-not-possible")

    def test_s10_a_late_status_does_not_set_an_order_back(self, office: Office, connector: Exchange, hub: Hub):
        number = f"T{secrets.token_hex(4)}"
        shop = hub.add("shop", "eshop", Tables(SHOP))
        shop.put("orders", "1", **order(number))
        self.add(hub, "erp", connector)
        hub.in_step("orders", others=True)
        done = "UPDATE sale SET status = 'completed', changed = CURRENT_TIMESTAMP WHERE number = :number"
        office.do(done, number=number)
        shop.put("orders", "1", status="processing")
        hub.in_step("orders", others=True)
        [told] = office.do("SELECT status FROM sale WHERE number = :number", number=number)
        assert (told.status, shop.rows["orders"]["1"]["status"]) == ("completed", "completed")

    def test_s27_the_totals_are_those_of_the_system(self, office: Office, connector: Exchange):
        id_ = office.add_sale()
        office.do("UPDATE sale SET gross = 10.01 WHERE id = :id", id=int(id_))
        told = fields_of(connector, "orders", id_)
        assert (told["totals"]["gross"], told["lines"][0]["unit_price"]) == ("10.01", "5.00")


class TestSqlite(SqlContract):
    @pytest.fixture(scope="class")
    @classmethod
    def office(cls, tmp_path_factory) -> Office:
        folder = tmp_path_factory.mktemp("office")
        (folder / "no.db").write_text("this is no database " * 100)
        return Office(sa.make_url(f"sqlite:///{folder.as_posix()}/office.db"), folder)

    @pytest.fixture
    def system(self, office, monkeypatch) -> Counterpart:
        return office.counterpart(monkeypatch, {"url": "sqlite:///no.db"}, {"url": "sqlite:///not-there.db"})


class TestPostgreSql(SqlContract):
    @pytest.fixture(scope="class")
    @classmethod
    def office(cls, postgres, tmp_path_factory) -> Office:
        return Office(sa.make_url(postgres.new_database()), tmp_path_factory.mktemp("office"))

    @pytest.fixture
    def system(self, office, monkeypatch) -> Counterpart:
        return office.counterpart(monkeypatch, WRONG, {"url": "postgresql+psycopg://hub@127.0.0.1:9/erp"})


class TestMariaDb(SqlContract):
    @pytest.fixture(scope="class")
    @classmethod
    def office(cls, mariadb, tmp_path_factory) -> Office:
        return Office(sa.make_url(mariadb.new_database()), tmp_path_factory.mktemp("office"))

    @pytest.fixture
    def system(self, office, monkeypatch) -> Counterpart:
        return office.counterpart(monkeypatch, WRONG, {"url": "mariadb+pymysql://hub@127.0.0.1:9/erp"})


class TestFirebird(SqlContract):
    @pytest.fixture(scope="class")
    @classmethod
    def office(cls, firebird, tmp_path_factory) -> Office:
        return Office(sa.make_url(firebird.new_database()), tmp_path_factory.mktemp("office"))

    @pytest.fixture
    def system(self, office, monkeypatch) -> Counterpart:
        # After four wrong passwords Firebird makes everybody of that name wait, for eight seconds.
        wrong = {"url": office.address.replace(".fdb", "-not-there.fdb")}
        return office.counterpart(monkeypatch, wrong, {"url": "firebird+firebird://hub@127.0.0.1:9//erp.fdb"})
