"""Stock in shops that count whole pieces: one rule for all, of a part of a piece nothing can be sold."""

from typing import Any

import pytest

from hub.connector import Write
from tests.contract.connector_suite import only
from tests.fakes.baselinker.shop import BaseLinker
from tests.fakes.ecwid import Ecwid
from tests.fakes.fake import Fake
from tests.fakes.prestashop import PrestaShop
from tests.fakes.shopware.shop import Shop as Shopware
from tests.fakes.woocommerce import WooCommerce


@pytest.mark.parametrize(("available", "pieces"), [("2.5", 2), ("0.999", 0), ("-0.5", -1)])
@pytest.mark.parametrize(
    ("fakes", "field"),
    [
        (WooCommerce, "quantity"),
        (PrestaShop, "quantity"),
        (BaseLinker, "stock"),
        (Shopware, "stock"),
        (Ecwid, "quantity"),
    ],
)
def test_parts_of_pieces_are_cut_downwards(
    monkeypatch: pytest.MonkeyPatch, fakes: type[Fake], field: str, available: str, pieces: int
):
    fake = fakes()
    for name, value in fake.environment.items():
        monkeypatch.setenv(name, value)
    connector, id_ = fake.connect(), fake.add("stock")
    record: dict[str, Any] = {"sku": "x", "available": available}
    write = Write("x", {"available": available}, record, id=id_, links={"products": {"x": id_}})
    assert only(connector.write("stock", [write])).outcome == "done"
    (document,) = connector.fetch("stock", [id_])
    assert int(document.raw[field]) == pieces
    fake.close()
