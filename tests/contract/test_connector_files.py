"""An ERP that exchanges files: it cannot be asked, so what it delivers is shown once, and what is read is overridden here."""

import os
from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import orjson
import pytest

from adapters.erp.files.connector import ErpFilesConnector
from adapters.erp.files.options import ErpFilesOptions
from hub.connector import Exchange, Write
from hub.errors import Refused, TryLater
from tests.contract.connector_suite import ConnectorContract, Counterpart, Sample, by_id, of_stream, read_on
from tests.unit.warehouse_samples import StandingClock, put

LISTS = {
    "products": "Kod;Nazwa\n0012;Lampa\n0013;Lampion\n0014;Świeca\n",
    "prices": "Kod;Cena\n0012;119,50\n0013;8\n",
    "stock": "Kod;Stan\n0012;7\n0013;0\n",
    "parties": "Kod;Nazwa;Miasto\nNOVAK;Ana Novak;Warszawa\nKOWAL;Kowalski;Kraków\n",
    "orders": "Nr;Stan;List\nS-1;Wydane;0035\nS-2;Bufor;\n",
}
FORMATS: Mapping[str, Mapping[str, Any]] = {
    "products": {"columns": {"sku": "Kod", "name": "Nazwa"}},
    "prices": {
        "columns": {"sku": "Kod", "amount": "Cena", "list": {"value": "detal"}, "currency": {"value": "PLN"}},
        "decimal": ",",
    },
    "stock": {"columns": {"sku": "Kod", "on_hand": "Stan", "location": {"value": "MAG"}}},
    "parties": {"columns": {"id": "Kod", "name": "Nazwa", "addresses": {"city": "Miasto"}}},
    "orders": {
        "columns": {
            "id": "Nr",
            "status": {"column": "Stan", "values": {"Wydane": "shipped", "Bufor": "pending"}},
            "tracking": {"number": "List"},
        }
    },
}
ORDERS = {
    "type": "json",
    "name": "number",
    "changes": "version",
    "template": {"nr": "number", "uwagi": "note", "pozycje": "lines[].{kod: sku, ilosc: quantity}"},
}
LINES = [{"id": "1", "sku": "0012", "quantity": "2", "unit_price": "10"}]


def order(token: str) -> dict[str, Any]:
    return {"channel": "shop", "number": token, "lines": LINES, "note": "", "status": "pending"}


def deliver(folder: Path, stream: str, name: str = "1") -> None:
    put(folder / "out", f"{stream}_{name}.csv", LISTS[stream])


class TestErpFiles(ConnectorContract):
    streams = ("orders", "products", "prices", "stock", "parties")
    samples: Mapping[str, Sample] = {
        "orders": Sample(
            order,
            {"note": "Ring twice"},
            refused={"number": "2026/7"},
            unread=frozenset(["number", "note", "lines", "status"]),  # the ERP says nothing of what it was handed
        )
    }

    excused: ClassVar = {
        "s03": "it cannot be asked: which orders it was handed, the hub's ledger knows",
        "s08": "files call nobody",
        "s09": "nothing that was written to it is read back",
        "s10": "its orders are the channel's: what became of them is read, no more",
        "s11": "a time in its files counts only with its offset: another is refused, not guessed",
        "s14": "its files have no change marks: each is taken once",
        "s15": "its files do not tell what is gone, and what they leave out is never taken for it",
        "s22": "nobody is asked who could have enough",
        "s23": "it has no key",
        "s25": "its files are taken as they lie: no row moves",
        "no_more_calls": "nobody is asked: the key requests_per_second is refused in its table",
        "no_secret": "it has no key",
    }

    @pytest.fixture
    def system(self, tmp_path: Path) -> Counterpart:
        source = tmp_path / "exchange"
        for folder in (source, source / "out", source / "orders"):
            folder.mkdir()
        for stream in LISTS:
            deliver(source, stream)

        def connect(**options: Any) -> Exchange:
            formats = {
                name: {"files": f"{name}_*.csv", "folder": "out", "delimiter": ";", "page": 1, **each}
                for name, each in FORMATS.items()
            }
            given = {"source": str(source), "formats": formats, "orders": ORDERS, **options}
            return ErpFilesConnector("erp", ErpFilesOptions.model_validate(given), tmp_path, StandingClock())

        gone = {"source": str(tmp_path / "nowhere")}
        return Counterpart(connect, gone, gone, (), place=str(tmp_path))

    def test_a_full_reading_shows_everything_once_and_says_that_it_is_complete(self, connector: Exchange, stream: str):
        pages = list(connector.read(stream, None, full=True))
        assert not any(page.complete for page in pages), "what was delivered is never all there is"
        shown = [document.id for document in of_stream(connector, stream, pages)]
        assert len(shown) == len({*shown}) == LISTS[stream].count("\n") - 1

    def test_s16_what_was_delivered_is_never_taken_for_all_there_is(self, connector: Exchange, stream: str):
        for full in (True, False):
            assert not any(page.complete for page in connector.read(stream, None, full=full))

    def handed(self, system: Counterpart, template: Mapping[str, Any], **more: Any) -> Any:
        """Hand an order out by a template; return what its file says."""
        connector, record = system.connect(orders={**ORDERS, "template": template}), {**order("S-20"), **more}
        [done] = connector.write("orders", [Write("k", record, record, reference="hub-20")])
        assert done.outcome == "done"
        [file] = (Path(system.place) / "exchange" / "orders").glob("*S-20*")
        return orjson.loads(file.read_bytes())

    def test_s20_a_line_stands_without_its_product(self, system: Counterpart):
        lines = [*LINES, {"id": "2", "name": "Gone", "quantity": "1"}]
        told = self.handed(system, {"pozycje": "lines[].{kod: sku, nazwa: name, ilosc: quantity}"}, lines=lines)
        assert [(line.get("kod"), line.get("nazwa")) for line in told["pozycje"]] == [("0012", None), (None, "Gone")]

    def test_s27_the_totals_are_those_of_the_order(self, system: Counterpart):
        """Its lines, each rounded, come to something else."""
        assert self.handed(system, {"razem": "totals.gross"}, totals={"gross": "20.01"}) == {"razem": "20.01"}

    def test_s12_a_record_that_stands_still_is_read_the_same_each_time(self, connector: Exchange, stream: str):
        once, checkpoint = read_on(connector, stream, None)
        assert read_on(connector, stream, checkpoint)[0] == {}
        assert isinstance(connector, ErpFilesConnector)
        deliver(connector.options.folder(Path()), stream, "2")
        same, _ = read_on(connector, stream, {"files": None, "errors": None})
        assert same == once

    @pytest.mark.parametrize("full", [False])
    def test_s17_a_reading_that_was_broken_off_goes_on_from_its_checkpoint(
        self, connector: Exchange, stream: str, full: bool
    ):
        reading = connector.read(stream, None, full=full)
        first = list(islice(reading, 1))
        reading.close()
        rest = list(connector.read(stream, orjson.loads(orjson.dumps(first[-1].checkpoint)), full=full))
        before, after = by_id(of_stream(connector, stream, first)), by_id(of_stream(connector, stream, rest))
        assert not {*before} & {*after}
        assert len({*before, *after}) == LISTS[stream].count("\n") - 1

    def test_s06_a_plan_finds_and_looks_and_leaves_no_trace(self, connector: Exchange, system: Counterpart):
        before = sorted(path for path in Path(system.place).rglob("*"))
        assert isinstance(connector, ErpFilesConnector)
        for stream in self.streams:
            assert list(connector.peek(stream, None, full=False))
        write = self.new(connector, "orders")
        assert connector.find("orders", [write]) == {write.key: []}
        assert connector.fetch("orders", ["S-1"]) == []
        assert sorted(path for path in Path(system.place).rglob("*")) == before

    def test_s06_two_orders_of_one_name_are_never_taken_for_one(self, connector: Exchange):
        first = self.new(connector, "orders")
        other = replace(first, key="another", reference="hub-another", record={**first.record, "channel": "other"})
        outcomes = list(connector.write("orders", [first, other]))
        assert [each.outcome for each in outcomes] == ["done", "refused"]
        assert outcomes[1].cause == "name-taken"
        assert first.key in outcomes[1].message
        assert connector.find("orders", [other]) == {"another": []}

    def test_s06_two_orders_of_one_name_at_once_are_never_taken_for_one(self, connector: Exchange, monkeypatch):
        first, link = self.new(connector, "orders"), os.link
        other = replace(first, key="another", reference="hub-another", record={**first.record, "channel": "other"})

        def slowly(*args: Any) -> None:
            """Another process hands the other order out between our look and our entry."""
            monkeypatch.setattr(os, "link", link)
            assert [each.outcome for each in connector.write("orders", [other])] == ["done"]
            link(*args)

        monkeypatch.setattr(os, "link", slowly)
        assert [each.cause for each in connector.write("orders", [first])] == ["name-taken"]

    def test_s06_an_order_that_changed_is_told_to_somebody_where_no_version_is_wanted(self, system: Counterpart):
        connector = system.connect(orders={**ORDERS, "changes": "tell"})
        first = self.new(connector, "orders")
        [done] = connector.write("orders", [first])
        again = replace(first, id=done.id, fields={"note": "x"}, record={**first.record, "note": "x"})
        off = replace(first, id=done.id, fields={"status": "cancelled"}, record={**first.record, "status": "cancelled"})
        assert [
            (each.outcome, each.cause)
            for each in connector.write("orders", [again, off, replace(again, record=first.record)])
        ] == [
            ("refused", "changed-after"),
            ("refused", "cancelled-after"),
            ("done", ""),
        ]

    def test_a_key_that_is_refused_is_named_with_the_mend(self, system: Counterpart, stream: str):
        connector = system.connect(**system.wrong_key)
        with pytest.raises(Refused, match="does not exist"):
            list(connector.read(stream, None, full=False))
        [bad] = connector.check()
        assert not bad.good
        assert bad.mend
        assert bad.mend.startswith("create it: mkdir")

    def test_a_system_that_is_away_is_tried_later(self, system: Counterpart):
        connector = system.connect(**system.unreachable)
        with pytest.raises(TryLater, match="nothing can be handed out"):
            list(connector.write("orders", [Write("k", {}, order("S-9"), reference="hub-9")]))
