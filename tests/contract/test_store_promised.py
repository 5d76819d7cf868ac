"""Orders that no ERP's stock shows yet are found by one statement that reads the open orders alone."""

from typing import Any

from hub.store import Store, Tx, bindings, checkpoints, promised, records
from hub.store.bindings import Binding
from hub.store.records import Write

BOTH = {"erp": True, "other": False}


def _orders(tx: Tx, **statuses: str | None) -> None:
    writes = [Write(key, {"channel": "shop", "number": key, "status": status}) for key, status in statuses.items()]
    records.write(tx, "orders", writes, system="shop", run=1, latest=records.take_turn(tx, "orders"))


def _found(store: Store, takes_orders: dict[str, bool]) -> list[str]:
    with store.read() as tx:
        return sorted(each["number"] for each in promised.orders(tx, takes_orders))


def _bind(store: Store, system: str, *keys: str) -> None:
    with store.write() as tx:
        bindings.put(tx, system, "orders", [Binding(f"id of {key}", key) for key in keys], run=1)


def test_s05_open_orders_count_until_every_erp_has_them(store: Store):
    with store.write() as tx:
        _orders(tx, a="pending", b="processing", c="cancelled", d="completed", e=None)
    assert _found(store, {}) == []
    assert _found(store, BOTH) == ["a", "b", "e"]
    _bind(store, "other", "a", "b")
    assert _found(store, {"other": False}) == ["e"]
    _bind(store, "erp", "a")
    assert _found(store, BOTH) == ["a", "b", "e"]
    with store.write() as tx:
        seen = checkpoints.get(tx, "erp", "stock/orders")
        checkpoints.move(tx, "erp", "stock/orders", {"shown": bindings.latest_number(tx)}, seen)
    assert _found(store, BOTH) == ["b", "e"]


def test_s05_no_other_records_are_read_for_it(store: Store):
    with store.write() as tx:
        _orders(tx, **{f"n{number}": "completed" for number in range(2000)}, last="pending")
    with store.read() as tx:
        statement = promised.unknown_to(BOTH)
        told = str(statement.compile(tx.connection, compile_kwargs={"literal_binds": True}))
        explain = {"postgresql": "EXPLAIN ", "sqlite": "EXPLAIN QUERY PLAN "}[tx.dialect]
        plan: list[Any] = list(tx.connection.exec_driver_sql(explain + told.replace("%", "%%")))
    assert any("ix_record_orders_open" in str(row) for row in plan), plan
