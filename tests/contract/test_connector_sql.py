"""The connector for SQL databases, on three of them."""

from typing import Any, ClassVar

import pytest
import sqlalchemy as sa

from tests.contract.connector_suite import ConnectorContract, Counterpart, Sample
from tests.contract.sql_office import Office

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
