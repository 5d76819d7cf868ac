"""What ERPs that examples describe say of an order, in its shop: once, and nothing that the ERP has not said."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hub.store import Store
from hub.sync import System
from tests.contract.crossing import ORDERS, sums
from tests.contract.crossing_described import Files, Rows
from tests.contract.crossing_shops import SHOPS
from tests.contract.tables import Hub
from tests.fakes.fake import Fake


@dataclass(frozen=True)
class Told:
    """A hub that has brought an order from a shop to such an ERP."""

    hub: Hub
    erp: Any
    shop: Fake
    order: str

    def exchange(self, *, full: bool = False) -> int:
        """Bring what has changed to and fro; return how many requests wrote to the shop."""
        before = len(self.shop.server.seen(self.shop.writes))
        for system in ("eshop", "erp", "eshop"):
            self.hub.run(system, "parties", "orders", full=full)
        return len(self.shop.server.seen(self.shop.writes)) - before

    def shown(self) -> tuple[str, list[str], str | None]:
        """Return the status, the parcels and the invoice that the shop shows."""
        shop: Any = self.hub.systems["eshop"].connector
        fields = shop.translate("orders", *shop.fetch("orders", [self.order])).fields
        return fields["status"], [each["number"] for each in fields["tracking"]], fields.get("invoice")

    def record(self) -> tuple[str, list[str], str | None]:
        """Return the same as the hub has it."""
        fields = self.hub.record("orders", self.hub.keys("orders")[0]).fields
        return fields["status"], [each["number"] for each in fields.get("tracking") or ()], fields.get("invoice")

    def shop_has(self, status: str, parcels: list[str], invoice: str | None) -> bool:
        """Return whether the shop has what it can hold of this."""
        shown, numbers, billed = self.shown()
        sent = status in ("shipped", "completed")
        return (shown in ("shipped", "completed")) <= sent and {*parcels} >= {*numbers} and billed in (invoice, None)

    def waiting(self) -> list[str]:
        return [each.cause for each in self.hub.waiting() if each.entity == "orders"]

    def export(self, *rows: str) -> None:
        """Have the ERP export a file of states, each a second later than the one before."""
        lying = self.erp.folder / "out" / "done"
        number = len([*lying.glob("STATUSY_*")]) + 1
        path = self.erp.folder / "out" / f"STATUSY_{number}.csv"
        name = next(iter((self.erp.folder / "orders").glob("*.xml"))).stem
        text = "NumerObcy;Stan;Faktura;List;Przewoznik\n" + "".join(f"{name};{row}\n" for row in rows)
        path.write_bytes(text.encode("cp1250"))
        at = time.time() - 90 + number
        os.utime(path, (at, at))


@pytest.fixture
def told(
    request: pytest.FixtureRequest, tmp_path: Path, migrated_sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Told]:
    form, name = request.param
    shop, order = SHOPS[name], ORDERS["with tax"]
    erp = Files(tmp_path) if form == "files" else Rows(request.getfixturevalue("postgres"))
    with closing(erp), closing(shop.fake()) as fake, closing(Store(migrated_sqlite)) as store:
        for key, value in {**erp.environment, **fake.environment}.items():
            monkeypatch.setenv(key, value)
        placed, hub = shop.place(fake, order, sums(order)), Hub(store)
        connectors: Mapping[str, Any] = {"erp": erp.connector, "eshop": fake.connect(**shop.options)}
        for kind, each in connectors.items():
            hub.systems[kind] = System(each.name, kind, each, each.options, takes_orders=hub.takes_orders)
        if isinstance(erp, Rows):
            erp.do("INSERT INTO CDN.Towary (Twr_Kod, Twr_Nazwa) VALUES ('A-1', 'Lamp'), ('00042', 'Bulb')")
        hub.run("erp", "products", "parties")
        told = Told(hub, erp, fake, placed)
        told.exchange()
        assert len(erp.sales()) == 1
        yield told


def drawn(type_: int, number: str, sale: int = 308, share: str = "1", parcel: str = "") -> str:
    """Return the statement for what people of Optima draw from a document: another, with a share of its goods, in a parcel."""
    return f"""
WITH made AS (
  INSERT INTO CDN.TraNag (TrN_TypDokumentu, TrN_NumerObcy, TrN_NumerPelny, TrN_DataDok, TrN_Waluta, TrN_RazemBrutto, TrN_Bufor)
  VALUES ({type_}, '{number}', '{number}', CURRENT_DATE, 'PLN', 0, 0) RETURNING TrN_TrNId
), related AS (
  INSERT INTO CDN.TraNagRelacje (TrR_TrNTyp, TrR_TrNId, TrR_FaTyp, TrR_FaId)
  SELECT TrN_TypDokumentu, o.TrN_TrNId, {type_}, d.TrN_TrNId FROM CDN.TraNag o, made d WHERE o.TrN_TypDokumentu = {sale}
), told AS (
  INSERT INTO CDN.DokAtrybuty (DAt_TrNId, DAt_Kod, DAt_WartoscTxt)
  SELECT TrN_TrNId, 'LIST', '{parcel}' FROM made WHERE '{parcel}' <> ''
)
INSERT INTO CDN.TraElem (TrE_TrNId, TrE_Lp, TrE_TwrId, TrE_Ilosc, TrE_Cena)
SELECT d.TrN_TrNId, ROW_NUMBER() OVER (), e.TrE_TwrId, e.TrE_Ilosc * {share}, 0
FROM CDN.TraElem e JOIN CDN.TraNag o ON o.TrN_TrNId = e.TrE_TrNId AND o.TrN_TypDokumentu = {sale}, made d
"""


CORRECTED = "UPDATE CDN.DokAtrybuty SET DAt_WartoscTxt = '{}' WHERE DAt_WartoscTxt = '{}'"
IN_ROWS = (
    ("UPDATE CDN.TraNag SET TrN_Bufor = 0", ("confirmed", [], None)),
    (drawn(306, "WZ/1", share="0.5", parcel="P-1"), ("processing", ["P-1"], None)),
    (CORRECTED.format("P-9", "P-1"), ("processing", ["P-9"], None)),
    (drawn(306, "WZ/2", share="0.5", parcel="P-2"), ("shipped", ["P-2", "P-9"], None)),
    (drawn(302, "FS/1", sale=306), ("completed", ["P-2", "P-9"], "FS/1")),
    (CORRECTED.format("P-8", "P-9"), ("completed", ["P-2", "P-8"], "FS/1")),
)
"""What the people of the ERP do, one after the other: what their order then is in a shop that shows all of it."""


@pytest.mark.parametrize("told", [("rows", shop) for shop in ("ecwid", "shopify")], indirect=True)
def test_what_becomes_of_an_order_in_a_database_is_told_once(told: Told) -> None:
    for statement, became in IN_ROWS:
        told.erp.do(statement)
        assert told.exchange(full=True) <= 2
        assert (statement, told.record(), told.waiting()) == (statement, became, [])
        assert told.shop_has(*became)
        assert (statement, told.exchange(full=True)) == (statement, 0)
    assert told.erp.do("SELECT count(*) FROM CDN.TraNag WHERE TrN_TypDokumentu = 308") == [(1,)]


@pytest.mark.parametrize("told", [("rows", "ecwid")], indirect=True)
def test_what_is_cancelled_in_a_database_is_so_in_the_shop(told: Told) -> None:
    told.erp.do("UPDATE CDN.TraNag SET TrN_Bufor = 0, TrN_Anulowany = 1")
    told.exchange(full=True)
    assert (told.shown()[0], told.waiting()) == ("cancelled", [])


@pytest.mark.parametrize("told", [("rows", "ecwid")], indirect=True)
def test_s15_what_is_deleted_in_a_database_waits(told: Told) -> None:
    told.erp.do("DELETE FROM CDN.TraNag")
    told.exchange(full=True)
    assert (told.shown()[0], told.waiting(), told.erp.sales()) == ("confirmed", ["gone-there"], [])


IN_FILES = (
    ("Potwierdzone;;;", ("confirmed", [], None)),
    ("Potwierdzone;;P-1;DPD", ("confirmed", ["P-1"], None)),
    ("Wydane;;P-2;DPD", ("shipped", ["P-2"], None)),
    ("Zrealizowane;FS/1;P-2;DPD", ("completed", ["P-2"], "FS/1")),
    ("Zrealizowane;FS/1;;", ("completed", ["P-2"], "FS/1")),
)
"""What its files say, one after the other. An empty cell says nothing."""


@pytest.mark.parametrize("told", [("files", shop) for shop in ("ecwid", "shopify", "shopware")], indirect=True)
def test_what_becomes_of_an_order_in_files_is_told_once(told: Told) -> None:
    for row, became in IN_FILES:
        told.export(row)
        assert told.exchange() <= 3
        assert (row, told.record(), told.waiting()) == (row, became, [])
        assert told.shop_has(*became)
        assert (row, told.exchange(full=True)) == (row, 0)


@pytest.mark.parametrize("told", [("files", "ecwid")], indirect=True)
def test_what_is_cancelled_in_files_is_so_in_the_shop(told: Told) -> None:
    told.export("Anulowane;;;")
    told.exchange()
    assert (told.shown()[0], told.waiting()) == ("cancelled", [])


@pytest.mark.parametrize("told", [("files", "ecwid")], indirect=True)
def test_a_second_parcel_of_an_order_in_one_file_waits_and_says_so(told: Told) -> None:
    told.export("Wydane;;P-1;DPD", "Wydane;;P-2;DPD")
    told.exchange()
    assert (told.shown(), told.waiting()) == (("shipped", ["P-1"], None), ["duplicate-key"])
