"""Identities, keys and values that no database keeps wait alone, and are told."""

import pytest

from tests.contract.tables import Hub, Tables


def told(hub: Hub) -> list[tuple[str, str | None]]:
    return [(each.cause, each.place.get("column")) for each in hub.waiting()]


@pytest.mark.parametrize("character", ["\0", "\ud83d"], ids=["NUL", "half a surrogate pair"])
def test_s18_an_identity_that_no_database_keeps_waits_and_holds_up_no_other(hub: Hub, erp: Tables, character: str):
    erp.put("products", f"1{character}", sku="A", name="Lamp")
    erp.put("products", "2", sku="B", name="Candle")
    hub.run("erp", "products")
    assert hub.keys("products") == ["B"]
    [waiting] = hub.waiting()
    assert (waiting.cause, ascii(f"1{character}") in waiting.message) == ("unfit-identity", True)
    for full in (False, True):
        hub.run("erp", "products", full=full)
        assert not hub.held.counts["quarantined"], "it is told once, not with each run"
    erp.put("products", "1", **erp.rows["products"].pop(f"1{character}"))
    hub.run("erp", "products", full=True)
    assert (sorted(hub.keys("products")), hub.waiting()) == (["A", "B"], [])


def test_s18_keys_values_and_references_with_a_nul_wait_as_well(hub: Hub, erp: Tables, shop: Tables):
    erp.put("products", "1", sku="A\0", name="Lamp")
    erp.put("products", "2", sku="B", name="Lamp\0")
    erp.put("products", "3", sku="C", name="Candle")
    hub.run("erp", "products")
    assert hub.keys("products") == ["C"]
    assert told(hub) == [("control-character", "sku"), ("control-character", "name")]
    shop.put("parties", "c\0", name="Jan", email="jan@x.example")
    lines = [{"id": "1", "sku": "C", "quantity": "1", "unit_price": "1.00"}]
    order = {"channel": "shop", "currency": "EUR", "lines": lines, "status": "pending", "totals": {"gross": "1.00"}}
    shop.put("orders", "o1", number="1", party="c\0", **order)
    shop.put("orders", "o2", number="2", **order)
    hub.run("shop", "parties", "orders")
    assert hub.keys("orders") == ["shop|2"]
    assert told(hub)[2:] == [("unfit-identity", None), ("control-character", "party")]
