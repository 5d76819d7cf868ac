"""What `hub check` says about an ERP's folders."""

from pathlib import Path
from typing import Any

import pytest

from adapters.erp.files.connector import ErpFilesConnector
from adapters.erp.files.handing import Handing
from adapters.erp.files.options import ErpFilesOptions
from adapters.erp.files.order_files import OrderFiles
from adapters.erp.files.refused import refused
from hub.connector import Finding
from tests.unit.warehouse_samples import StandingClock, put

ORDERS = {"type": "json", "template": {"nr": "number"}, "archive": "taken", "errors": "errors"}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for each in ("orders", "taken", "errors"):
        (tmp_path / each).mkdir()
    return tmp_path


def found(source: Path, **more: Any) -> list[Finding]:
    options = ErpFilesOptions.model_validate({"source": str(source), "orders": {**ORDERS, **more}})
    return ErpFilesConnector("erp", options, source, StandingClock()).check()


def bad(source: Path, **more: Any) -> list[str]:
    return [each.message for each in found(source, **more) if not each.good]


def test_orders_that_wait_for_the_erp_are_counted(source: Path):
    put(source / "orders", "A.json", "{}", age=600)
    put(source / "orders", ".B.x.part", "{}", age=600)
    assert found(source)[-1].message == "1 order to be taken by the ERP (orders/*.json)"
    assert bad(source) == []


def test_one_that_waits_too_long_is_bad(source: Path):
    put(source / "orders", "A.json", "{}", age=3601)
    [said] = bad(source)
    assert said.endswith("the oldest has lain there longer than 1h")
    assert bad(source, taken_within="2h") == []


def test_lines_with_their_prices_and_no_charges_are_told(source: Path):
    """The ERP billed less than the customer had paid for the way, and nobody heard of it."""
    lines = {"lines": "lines[].{sku: sku, price: unit_price}"}
    [said] = bad(source, template=lines)
    assert said == "lines are handed out with their prices, and not shipping, discounts: the ERP reckons another total"
    assert bad(source, template=lines | {"way": "shipping[0].amount", "off": "discounts[0].amount"}) == []
    assert bad(source, template={"pick": "lines[].{sku: sku, quantity: quantity}"}) == [], "whoever packs asks no price"


def test_each_folder_that_is_missing_is_named(source: Path):
    (source / "errors").rmdir()
    (source / "orders").rmdir()
    assert bad(source) == [f"there is no folder {source / 'orders'}", f"there is no folder {source / 'errors'}"]


def test_what_was_refused_is_bad_with_its_reason(source: Path):
    put(source / "errors", "A.json", "{}")
    assert bad(source) == ["the ERP has refused 1 file"]


def told(source: Path) -> list[tuple[str, str]]:
    handing = Handing(source, OrderFiles.model_validate(ORDERS))
    return [(each.place.sheet or "", each.message.partition(" (")[0]) for each in refused(handing)[1]]


def test_a_refusal_in_capitals_is_one(source: Path):
    put(source / "errors", "A.JSON", "{}")
    put(source / "errors", "A.ERR", "no such customer")
    assert told(source) == [("A.JSON", "the ERP has not taken A.JSON: no such customer")]


def test_an_order_is_not_its_own_reason(source: Path):
    put(source / "errors", "A.txt", "order;1")
    handing = Handing(source, OrderFiles.model_validate({**ORDERS, "ending": ".txt"}))
    assert [each.message.partition(" (")[0] for each in refused(handing)[1]] == [
        "the ERP has not taken A.txt; it says no reason"
    ]


@pytest.mark.parametrize("name", ["A.err", "A.json.txt", "A_v2.JSON.LOG"])
def test_words_that_lie_alone_are_a_refusal_of_what_was_handed_out(source: Path, name: str):
    put(source / "errors", name, "no such customer")
    put(source / "errors", "import.log", "started")
    assert told(source) == []
    Handing(source, OrderFiles.model_validate(ORDERS)).hand_out("A", "hub-1", "shop|1", b"{}")
    assert told(source) == [], "it was put back"
    (source / "orders" / "A.json").rename(source / "taken" / "A.json")
    assert told(source) == [], "it was taken"
    (source / "taken" / "A.json").unlink()
    assert told(source) == [(name, f"the ERP has not taken {name}: no such customer")]
