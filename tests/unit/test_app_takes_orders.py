"""Which ERPs orders are brought to, as the jobs say."""

import pytest

from hub.app.configuration import takes_orders
from hub.app.registry import OPTIONS
from hub.config import load
from tests.unit.test_config_owners import ERP, SHOP

ORDERS = '[jobs."erp.sales"]\nsync = ["parties", "orders"]\nevery = "1m"\n'
STOCK = '[jobs."erp.stock"]\nevery = "1m"\n'
OF_SHOP = '[jobs."shop.orders"]\nevery = "1m"\n'


@pytest.mark.parametrize(
    ("jobs", "found"),
    [
        ("", {}),
        (OF_SHOP, {}),
        (STOCK + OF_SHOP, {}),
        (ORDERS, {"erp": False}),
        (ORDERS + STOCK + OF_SHOP, {"erp": True}),
        (ORDERS + "enabled = false\n" + STOCK, {}),
    ],
)
def test_s05_an_erp_with_a_job_for_orders_takes_them(jobs: str, found: dict[str, bool]):
    assert takes_orders(load(ERP + SHOP + jobs, OPTIONS)) == found
