import pytest

from hub.config import Changed, Faults, difference
from tests.unit.config_examples import CONNECTORS, DEPOT, SHOP


def test_no_change_is_no_difference_whatever_the_comments_and_order():
    assert difference(SHOP + DEPOT, "# new comment\n" + DEPOT + SHOP, CONNECTORS) == []


def test_a_change_is_shown_key_by_key():
    before = SHOP + DEPOT + '[jobs."shop-pl.orders"]\nevery = "5m"\n'
    after = (
        SHOP.replace("env:SHOP_PL_KEY", "env:OTHER")
        + DEPOT.replace('["sku", "location"]', '["sku"]')
        + '[jobs."shop-pl.orders"]\ncron = "0 6 * * *"\n'
    )
    assert difference(before, after, CONNECTORS) == [
        Changed("systems.shop-pl.key", "env:SHOP_PL_KEY", "env:OTHER"),
        Changed("systems.depot.formats.stock.key", ["sku", "location"], ["sku"]),
        Changed('jobs."shop-pl.orders".cron', None, "0 6 * * *"),
        Changed('jobs."shop-pl.orders".every', "5m", None),
    ]


def test_the_first_configuration_is_all_new():
    assert difference(None, "[hub]\nworkers = 4\n[jobs]\n", CONNECTORS) == [
        Changed("hub.workers", None, 4),
        Changed("jobs", None, {}),
    ]


def test_true_is_not_one():
    before = DEPOT + "[systems.depot.x]\ny = true\nz = 2026-11-21\n"
    assert [(change.old, change.new) for change in difference(before, DEPOT, CONNECTORS)] == [
        (True, None),
        ("2026-11-21", None),
    ]


def test_a_text_with_faults_has_no_difference():
    with pytest.raises(Faults):
        difference(None, "[hub]\nretention_days = 45", CONNECTORS)
