"""The worked example of Comarch ERP XL's kind of database: keys of two parts, dates and times as whole numbers."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.acceptance.hubs import Home
from tests.acceptance.test_cli_sql import EXAMPLE, Optima, database, hub_with

DIALECTS = {
    "postgres": {
        r"DATEDIFF\(day, '18001228', (.+?)\)(?=[,\n ])": r"(CAST(\1 AS DATE) - DATE '1800-12-28')",
        r"DATEDIFF\(second, '19900101', GETDATE\(\)\)": (
            "CAST(EXTRACT(EPOCH FROM LOCALTIMESTAMP - TIMESTAMP '1990-01-01') AS INTEGER)"
        ),
    },
    "mariadb": {
        r"DATEDIFF\(day, '18001228', (.+?)\)(?=[,\n ])": r"DATEDIFF(\1, '1800-12-28')",
        r"DATEDIFF\(second, '19900101', GETDATE\(\)\)": "TIMESTAMPDIFF(SECOND, '1990-01-01', NOW())",
    },
}
"""What stands in the example as SQL Server has it -> as the database under test does."""
CLARION_2026_11_20 = 82507
"""Days since 1800-12-28."""


@pytest.fixture(scope="module", params=["postgres", "mariadb"])
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def xl(request: pytest.FixtureRequest, kind: str) -> Iterator[Optima]:
    yield from database(request.getfixturevalue(kind), kind, "xl.sql")


@pytest.fixture(scope="module")
def home(xl: Optima, kind: str, tmp_path_factory: pytest.TempPathFactory) -> Home:
    text = (EXAMPLE / "xl.toml").read_text("utf-8")
    for theirs, ours in DIALECTS[kind].items():
        text, count = re.subn(theirs, ours, text)
        assert count
    text = text.replace("GETDATE()", "CURRENT_DATE")
    nothing = "UPDATE line SET quantity = '0' WHERE sale = 2;"
    folder = tmp_path_factory.mktemp("hub")
    return hub_with(xl, text, "mssql+pymssql://hub@erp.example/ERPXL_Kowalski", folder, nothing)


@pytest.fixture
def field(home: Home) -> Callable[[str, str, str], Any]:
    def value(entity: str, key: str, name: str) -> Any:
        return home.json("records", "show", entity, key)["record"]["fields"].get(name)

    return value


def test_goods_come_and_services_do_not(home: Home, field: Callable[[str, str, str], Any]) -> None:
    assert field("products", "LAMPA-01", "gtin") == "5901234123457"
    assert field("products", "STARA", "active") is False
    assert {each["key"] for each in home.json("records", "products")} == {"LAMPA-01", "LAMPA-02", "STARA"}


def test_prices_are_those_of_everybody(home: Home, field: Callable[[str, str, str], Any]) -> None:
    assert field("prices", "LAMPA-01|Hurtowa|PLN", "amount") == "81.3008"
    assert field("prices", "LAMPA-01|Hurtowa|PLN", "tax_included") is False
    assert field("prices", "LAMPA-01|Detaliczna|PLN", "amount") == "119.00"


def test_s05_stock_is_added_up_less_what_is_reserved_anywhere_and_not_expired(
    field: Callable[[str, str, str], Any],
) -> None:
    assert (field("stock", "LAMPA-01|GŁÓWNY", "on_hand"), field("stock", "LAMPA-01|GŁÓWNY", "reserved")) == ("12", "2")
    assert (field("stock", "LAMPA-01|ANY", "on_hand"), field("stock", "LAMPA-01|ANY", "reserved")) == ("0", "4")
    assert field("stock", "LAMPA-02|GŁÓWNY", "on_hand") == "0.5"


@pytest.mark.usefixtures("home")
def test_an_order_goes_in_with_its_customer_its_lines_and_a_date_as_clarion_counts(xl: Optima) -> None:
    [(id_, kind, day, party, url)] = xl.rows(
        "SELECT ZaN_GIDNumer, ZaN_ZamTyp, ZaN_DataWystawienia, ZaN_KntNumer, ZaN_Url FROM CDN.ZamNag"
    )
    assert (kind, day, url) == (1280, CLARION_2026_11_20, "shop 1001")
    assert xl.rows(f"SELECT Knt_EMail FROM CDN.KntKarty WHERE Knt_GIDNumer = {party}") == [("ana@example.com",)]
    lines = xl.rows(f"SELECT ZaE_GIDLp, ZaE_TwrNumer, ZaE_Ilosc FROM CDN.ZamElem WHERE ZaE_GIDNumer = {id_}")
    assert [tuple(map(float, line)) for line in lines] == [(1.0, 1.0, 2.0)]


def test_s18_an_order_whose_line_the_database_refuses_waits_and_leaves_no_head_behind(home: Home, xl: Optima) -> None:
    [entry] = [each for each in home.json("quarantine", "list") if each["system"] == "erp"]
    assert entry["key"] == "shop|1002"
    assert xl.rows("SELECT count(*) FROM CDN.ZamNag") == [(1,)]


def test_s06_its_state_and_invoice_come_back_and_nothing_goes_in_twice(
    home: Home, xl: Optima, field: Callable[[str, str, str], Any]
) -> None:
    xl.rows("UPDATE CDN.ZamNag SET ZaN_Stan = 5, ZaN_LastMod = ZaN_LastMod + 60")
    xl.rows(
        "INSERT INTO CDN.TraNag (TrN_GIDTyp, TrN_ZaNTyp, TrN_ZaNNumer, TrN_TrNNumer, TrN_TrNMiesiac, TrN_TrNRok) "
        "SELECT 2033, 960, ZaN_GIDNumer, 17, 11, 2026 FROM CDN.ZamNag"
    )
    xl.rows("UPDATE CDN.TwrKarty SET Twr_Nazwa = 'Lampion', Twr_LastModL = Twr_LastModL + 9 WHERE Twr_GIDNumer = 2")
    for job in ("erp.catalogue", "erp.orders"):
        home.ok("jobs", "run", job)
    home.ok("up", "--until-idle")
    assert field("orders", "shop|1001", "status") == "processing"
    assert field("orders", "shop|1001", "invoice") == "FS-17/11/2026"
    assert field("products", "LAMPA-02", "name") == "Lampion"
    assert xl.rows("SELECT count(*) FROM CDN.ZamNag") == [(1,)]
    assert xl.rows("SELECT count(*) FROM CDN.KntKarty") == [(2,)]


def test_what_an_order_that_has_ended_did_not_send_is_told(
    home: Home, xl: Optima, field: Callable[[str, str, str], Any]
) -> None:
    def ended(sent: int) -> Any:
        xl.rows("DELETE FROM CDN.TraSElem")
        xl.rows(
            "INSERT INTO CDN.TraSElem (TrS_GIDTyp, TrS_GIDNumer, TrS_GIDLp, TrS_ZlcTyp, TrS_ZlcNumer, TrS_ZlcLp, TrS_Ilosc) "
            f"SELECT 2033, TrN_GIDNumer, 1, 960, TrN_ZaNNumer, 1, {sent} FROM CDN.TraNag"
        )
        xl.rows("UPDATE CDN.ZamNag SET ZaN_Stan = 21, ZaN_LastMod = ZaN_LastMod + 60")
        home.ok("jobs", "run", "erp.orders")
        home.ok("up", "--until-idle")
        return field("orders", "shop|1001", "short_shipped")

    assert ended(sent=1) == [{"sku": "LAMPA-01", "sent": "1"}]
    assert field("orders", "shop|1001", "status") == "completed"
    assert ended(sent=2) is None
