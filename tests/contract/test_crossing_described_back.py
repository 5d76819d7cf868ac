"""The catalogue of ERPs that examples describe, in a shop: what changes there is told once, or waits and says why."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hub.connector import Change
from hub.store import Store
from hub.sync import System
from tests.contract.crossing_described import Files, Rows
from tests.contract.tables import CATALOGUE, Hub
from tests.fakes.ecwid import Ecwid

LAMP = "LAMPA-01"


@dataclass(frozen=True)
class Catalogue:
    """A hub between such an ERP and a shop of one price list."""

    hub: Hub
    erp: Any
    shop: Ecwid

    def exchange(self, *, full: bool = False) -> int:
        """Bring everything to the shop; return how many requests wrote there."""
        before = len(self.shop.server.seen(self.shop.writes))
        for stream in CATALOGUE:
            self.hub.run("erp", stream, full=full and isinstance(self.erp, Rows))
        self.hub.run("eshop", *CATALOGUE, full=full)
        return len(self.shop.server.seen(self.shop.writes)) - before

    def shown(self) -> list[Any]:
        """Return what the shop says of the lamp: its name, whether it is for sale, its price, how many can be had."""
        found = [self._of(stream, name) for stream, names in SHOWN.items() for name in names]
        return [float(each) if each and each[0].isdigit() else each for each in map(str, found)]

    def _of(self, stream: str, name: str) -> Any:
        shop: Any = self.hub.systems["eshop"].connector
        documents = [each for page in shop.read(stream, None, full=True) for each in page.documents]
        changes = [shop.translate(stream, each) for each in documents]
        fields = [each.fields for each in changes if isinstance(each, Change) and each.fields["sku"] == LAMP]
        return fields[0][name] if fields else None

    def waiting(self) -> list[str]:
        return [each.cause for each in self.hub.waiting() if (each.key or "").startswith((LAMP, "NOWA"))]


SHOWN = {"products": ("name", "active"), "prices": ("amount",), "stock": ("available",)}


@pytest.fixture
def catalogue(
    request: pytest.FixtureRequest, tmp_path: Path, migrated_sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Catalogue]:
    erp = Files(tmp_path) if request.param == "files" else Rows(request.getfixturevalue("postgres"))
    with closing(erp), closing(Ecwid()) as fake, closing(Store(migrated_sqlite)) as store:
        for key, value in {**erp.environment, **fake.environment}.items():
            monkeypatch.setenv(key, value)
        hub = Hub(store)
        connectors: dict[str, Any] = {"erp": erp.connector, "eshop": fake.connect(range={"price_list": "detaliczna"})}
        for kind, each in connectors.items():
            hub.systems[kind] = System(each.name, kind, each, each.options, takes_orders=hub.takes_orders)
        catalogue = Catalogue(hub, erp, fake)
        catalogue.exchange()
        yield catalogue


OF_LAMP, PRICE = "WHERE Twr_TwrId = 1", "WHERE TwC_TwrId = 1 AND TwC_Nazwa = 'detaliczna'"
MARK = "Twr_TS_Mod = CURRENT_TIMESTAMP(3)"
IN_ROWS = (
    (
        f"UPDATE CDN.Towary SET Twr_Nazwa = '<b>\"A\"</b> & ż 💡', {MARK} {OF_LAMP}",
        ['<b>"A"</b> & ż 💡', "True", 119, 11],
        [],
    ),
    (f"UPDATE CDN.Towary SET Twr_Nazwa = '', {MARK} {OF_LAMP}", [LAMP, "True", 119, 11], []),
    (f"UPDATE CDN.TwrCeny SET TwC_Wartosc = 12.34 {PRICE}", [LAMP, "True", 12.34, 11], []),
    (f"UPDATE CDN.TwrCeny SET TwC_Wartosc = 0 {PRICE}", [LAMP, "True", 12.34, 11], ["price-gone"]),
    (f"UPDATE CDN.TwrCeny SET TwC_Wartosc = 9, TwC_Typ = 1 {PRICE}", [LAMP, "True", 12.34, 11], ["price-not-possible"]),
    (f"UPDATE CDN.TwrCeny SET TwC_Typ = 2 {PRICE}", [LAMP, "True", 9, 11], []),
    ("UPDATE CDN.TwrIlosci SET TwI_Ilosc = -3 WHERE TwI_TwrId = 1", [LAMP, "True", 9, 0], []),
    ("UPDATE CDN.TwrIlosci SET TwI_Ilosc = 2.7 WHERE TwI_TwrId = 1", [LAMP, "True", 9, 3], []),
    ("DELETE FROM CDN.TwrIlosci WHERE TwI_TwrId = 1", [LAMP, "True", 9, 0], []),
    (f"UPDATE CDN.Towary SET Twr_Kod = 'NOWA', {MARK} {OF_LAMP}", [LAMP, "True", 9, 0], []),
    (f"UPDATE CDN.Towary SET Twr_NieAktywny = 1, {MARK} {OF_LAMP}", [LAMP, "False", 9, 0], []),
    (f"UPDATE CDN.TwrCeny SET TwC_Wartosc = 8 {PRICE}", [LAMP, "False", 8, 0], []),
)
"""What its people do, and what the shop then says; the shop goes on calling it as it did."""


@pytest.mark.parametrize("catalogue", ["rows"], indirect=True)
def test_s27_what_changes_in_a_database_is_told_once(catalogue: Catalogue) -> None:
    for statement, shown, waiting in IN_ROWS:
        catalogue.erp.do(statement)
        catalogue.exchange(full=True)
        assert (statement, catalogue.shown(), catalogue.waiting()) == (statement, shown, waiting)
        assert (statement, catalogue.exchange(full=True)) == (statement, 0)


def lists(erp: Files) -> Callable[[str, str], None]:
    """Return what exports a list, each a second later than the one before."""
    written = iter(range(1, 100))

    def export(name: str, text: str) -> None:
        number = next(written)
        path = erp.folder / "out" / name.replace("#", str(20261121 + number))
        path.write_bytes(text.encode("cp1250"))
        at = time.time() - 90 + number
        os.utime(path, (at, at))

    return export


GOODS, PRICES = "Kod;Nazwa;EAN;JM;VAT;Nieaktywny\n", "Kod;Cennik;Waluta;Cena;Brutto\n"
IN_FILES = (
    (
        "TOWARY_#.csv",
        f'{GOODS}{LAMP};"<b>""A""</b> & ż; x";;szt.;23,00;0\n',
        ['<b>"A"</b> & ż; x', "True", 1119, 11],
        [],
    ),
    ("CENNIK_#.csv", f"{PRICES}{LAMP};detaliczna;PLN;1 012,30;tak\n", ['<b>"A"</b> & ż; x', "True", 1012.3, 11], []),
    (
        "CENNIK_#.csv",
        f"{PRICES}{LAMP};detaliczna;PLN;50,00;nie\n",
        ['<b>"A"</b> & ż; x', "True", 1012.3, 11],
        ["price-not-possible"],
    ),
    ("CENNIK_#.csv", f"{PRICES}{LAMP};detaliczna;PLN;50,00;tak\n", ['<b>"A"</b> & ż; x', "True", 50, 11], []),
    (
        "STANY_#.xml",
        f'<STANY><TOWAR MAGAZYN="MAGAZYN"><KOD>{LAMP}</KOD><ILOSC>-3</ILOSC><REZERWACJE>0</REZERWACJE></TOWAR></STANY>',
        ['<b>"A"</b> & ż; x', "True", 50, 0],
        [],
    ),
    ("TOWARY_#.csv", f"{GOODS}{LAMP};Lampa;;szt.;23,00;1\n", ["Lampa", "False", 50, 0], []),
    ("TOWARY_#.csv", f"{GOODS}{LAMP};Lampa;;szt.;23,00;0\n", ["Lampa", "True", 50, 0], []),
)
"""The lists that it exports one after the other, and what the shop then says."""


@pytest.mark.parametrize("catalogue", ["files"], indirect=True)
def test_s27_what_changes_in_files_is_told_once(catalogue: Catalogue) -> None:
    export = lists(catalogue.erp)
    for name, text, shown, waiting in IN_FILES:
        export(name, text)
        assert catalogue.exchange() == (not waiting)
        assert (text, catalogue.shown(), catalogue.waiting()) == (text, shown, waiting)
        assert (text, catalogue.exchange(full=True)) == (text, 0)
