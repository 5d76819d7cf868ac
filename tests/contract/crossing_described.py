"""ERPs that take orders as examples describe them: as files, and as rows of a database; what each makes of an order."""

import os
import shutil
import time
import tomllib
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Protocol
from xml.etree.ElementTree import Element

import sqlalchemy as sa
from defusedxml.ElementTree import fromstring

from adapters.erp.files.connector import ErpFilesConnector
from adapters.sql.connector import SqlConnector
from hub.app.registry import OPTIONS
from hub.clock import SystemClock
from tests.contract.crossing import by_rate
from tests.contract.crossing_erps import Sale
from tests.servers.postgres import PostgresServer

EXAMPLES = Path(__file__).parents[2] / "examples"
CENT, HUNDRED = Decimal("0.01"), Decimal(100)
NAMESPACE = "{http://www.cdn.com.pl/optima/dokument}"


class Described(Protocol):
    """An ERP, and what it has made of orders."""

    connector: Any
    environment: Mapping[str, str]

    def close(self) -> None:
        """End it."""
        ...

    def sales(self) -> Sequence[Sale]:
        """Return the orders as it has them."""
        ...


def reckoned(
    number: str,
    customer: str,
    day: str,
    lines: Sequence[tuple[str | None, Decimal, Decimal, Decimal]],
    *,
    included: bool,
) -> Sale:
    """Return a document of (product, rate, price, quantity): each line is rounded, with tax or without."""
    amounts = [(rate, (price * quantity).quantize(CENT, ROUND_HALF_UP)) for _, rate, price, quantity in lines]
    of = HUNDRED if not included else Decimal()
    taxes = [
        (
            str(rate.normalize() if rate else rate),
            (amount * rate / (of or HUNDRED + rate)).quantize(CENT, ROUND_HALF_UP),
        )
        for rate, amount in amounts
    ]
    total = sum((amount for _, amount in amounts), Decimal()) + (
        Decimal() if included else sum((tax for _, tax in taxes), Decimal())
    )
    return Sale(number, total, by_rate(taxes), customer, day, [line[0] for line in lines])


class Files:
    """Files in the form of Comarch ERP Optima."""

    environment: Mapping[str, str] = {}

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "exchange"
        shutil.copytree(EXAMPLES / "exchange" / "exchange", self.folder)
        long_ago = time.time() - 100
        for path in (self.folder / "out").iterdir():
            os.utime(path, (long_ago, long_ago))
        self.connector = ErpFilesConnector("erp", options("exchange/hub.toml"), folder, SystemClock())

    def close(self) -> None:
        """Leave the folders to the test's own."""

    def sales(self) -> Sequence[Sale]:
        return [self._sale(fromstring(path.read_bytes())) for path in sorted((self.folder / "orders").glob("*.xml"))]

    def _sale(self, root: Element) -> Sale:
        def text(path: str, under: Element = root) -> str:
            return under.findtext("/".join(NAMESPACE + step for step in path.split("/"))) or ""

        head = "DOKUMENT/NAGLOWEK"
        lines = [
            (
                text("TOWAR/KOD", line) or None,
                Decimal(text("STAWKA_VAT/STAWKA", line) or 0),
                Decimal(text("CENY/PO_RABACIE_WAL_DOKUMENTU", line)),
                Decimal(text("ILOSC", line)),
            )
            for line in root.iter(f"{NAMESPACE}POZYCJA")
        ]
        number, customer = text(f"{head}/NUMER_OBCY").replace("-", " ", 1), text(f"{head}/PLATNIK/NAZWA")
        included = text(f"{head}/TYP_NETTO_BRUTTO") == "2"
        return reckoned(number, customer, text(f"{head}/DATA_DOKUMENTU"), lines, included=included)


class Rows:
    """A database in the manner of Comarch ERP Optima."""

    def __init__(self, server: PostgresServer) -> None:
        self._server, self._address = server, server.new_database()
        # Whoever works in the ERP has the company's clock, as the hub has it there.
        self.engine = sa.create_engine(self._address, connect_args={"options": "-c timezone=Europe/Warsaw"})
        script = (EXAMPLES / "sql" / "optima.sql").read_text(encoding="utf-8")
        text = "\n".join(line for line in script.splitlines() if line[:2] != "--")
        with self.engine.begin() as connection:
            for statement in filter(str.strip, text.split(";")):
                connection.exec_driver_sql(statement)
        password = str(self.engine.url.password)
        url = self._address.replace(f":{password}@", "@")
        self.environment: Mapping[str, str] = {"ERP_PASSWORD": password}
        self.connector = SqlConnector("erp", options("sql/optima.toml", url=url), Path(), SystemClock())

    def close(self) -> None:
        """Remove the database."""
        self.engine.dispose()
        self._server.drop_database(self._address)

    def do(self, statement: str) -> Sequence[Any]:
        """Carry a statement out as the ERP's own users would; returns its rows."""
        with self.engine.begin() as connection:
            found = connection.exec_driver_sql(statement)
            return [*found] if found.returns_rows else []

    def sales(self) -> Sequence[Sale]:
        heads = self.do(
            "SELECT TrN_TrNId, TrN_NumerPelny, COALESCE(Knt_Nazwa, ''), TrN_DataDok, TrN_TypNB FROM CDN.TraNag"
            " LEFT JOIN CDN.Kontrahenci ON Knt_KntId = TrN_PodId"
        )
        return [
            reckoned(number, customer, str(day), self._lines(id_), included=included == 2)
            for id_, number, customer, day, included in heads
        ]

    def _lines(self, id_: int) -> Any:
        return self.do(
            "SELECT Twr_Kod, COALESCE(TrE_Stawka, 0), TrE_Cena, TrE_Ilosc FROM CDN.TraElem"
            f" LEFT JOIN CDN.Towary ON Twr_TwrId = TrE_TwrId WHERE TrE_TrNId = {id_}"
        )


def options(example: str, **other: Any) -> Any:
    """Return [systems.erp] of an example as its connector takes it."""
    table: Mapping[str, Any] = tomllib.loads((EXAMPLES / example).read_text(encoding="utf-8"))["systems"]["erp"]
    told = {name: value for name, value in {**table, **other}.items() if name not in ("kind", "connector")}
    return OPTIONS["erp", table["connector"]].model_validate(told)
