"""The engine, an ERP's real folders, and a process that ends between any two steps of handing an order out (PAINS S6)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from adapters.erp.files.connector import ErpFilesConnector
from adapters.erp.files.options import ErpFilesOptions
from hub.store import Store
from hub.sync import System
from tests.contract.store_steps import StandingClock
from tests.contract.tables import SHOP, Hub, Tables
from tests.unit.warehouse_samples import StandingClock as FolderClock
from tests.unit.warehouse_samples import put

STEPS = ((Path, "open"), (os, "fsync"), (os, "link"), (Path, "rename"), (Path, "replace"))
LAST = 18
"""So many steps there are; then nothing breaks off."""
ORDERS = {"type": "csv", "name": "number", "each": "lines", "columns": {"Nr": "order.number", "Kod": "sku"}}
STATES = {"files": "S*.csv", "folder": "out", "columns": {"id": "Nr", "status": {"column": "Stan"}}}


class PowerCutError(BaseException):
    """Ends the process."""


@contextmanager
def power_cut(monkeypatch: pytest.MonkeyPatch, folder: Path, after: int) -> Iterator[list[str]]:
    """End the process before the step in the folder that comes after so many."""
    left, cut = after, []

    def breaking(call):
        def made(what, *args, **more):
            nonlocal left
            left -= isinstance(what, int) or folder in Path(what).parents  # the hub reads files of its own, too
            if left < 0:
                cut.append(str(what))
                raise PowerCutError
            return call(what, *args, **more)

        return made

    with monkeypatch.context() as patched, suppress(PowerCutError):
        for owner, name in STEPS:
            patched.setattr(owner, name, breaking(getattr(owner, name)))
        yield cut


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for each in ("orders", "out"):
        (tmp_path / "x" / each).mkdir(parents=True)
    return tmp_path / "x"


@pytest.fixture
def hub(store: Store, folder: Path) -> Hub:
    hub = Hub(store)
    options = ErpFilesOptions.model_validate({"source": str(folder), "orders": ORDERS, "formats": {"orders": STATES}})
    connector = ErpFilesConnector("erp", options, folder, FolderClock())
    hub.systems["erp"] = System("erp", "erp", connector, options, {}, hub.takes_orders)
    shop = hub.add("shop", "eshop", Tables(SHOP))
    lines = [{"id": "1", "sku": "A", "quantity": "2", "unit_price": "10.00"}]
    shop.put("orders", "o1", channel="shop", number="S1", lines=lines, status="pending")
    hub.run("shop", "orders")
    return hub


def taken(folder: Path) -> list[str]:
    """The ERP takes what it sees, and keeps nothing."""
    found = [each for each in (folder / "orders").iterdir() if each.name[0] != "."]
    return [each.name for each in found if not each.unlink()]


@pytest.mark.parametrize("step", range(LAST + 1))
def test_s06_an_order_goes_out_once_and_what_is_said_of_it_meanwhile_is_not_lost(
    hub: Hub, folder: Path, clock: StandingClock, monkeypatch: pytest.MonkeyPatch, step: int
):
    with power_cut(monkeypatch, folder, step) as cut:
        hub.run("erp", "orders")
    assert bool(cut) == (step < LAST)
    seen = taken(folder)
    if seen:
        put(folder / "out", "S_1.csv", "Nr;Stan\nS1;confirmed\n")
    hub.run("erp", "orders")
    clock.move(seconds=11)
    for _ in range(3):
        hub.run("erp", "orders")
        seen += taken(folder)
    assert seen == ["S1.csv"]
    assert hub.waiting() == []
    put(folder / "out", "S_2.csv", "Nr;Stan\nS1;confirmed\n", age=3000)
    hub.run("erp", "orders")
    assert hub.record("orders", "shop|S1").fields["status"] == "confirmed"
    assert [each.name for each in (folder / "out").iterdir() if each.is_file()] == []
    assert hub.binding("erp", "orders", "shop|S1").external_id == "S1"
