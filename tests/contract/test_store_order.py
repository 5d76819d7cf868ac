"""Relay, workers, heartbeats and rescuers lock runs in the order of their ids: none waits for another in a circle."""

from collections.abc import Callable
from threading import Event

import pytest
import sqlalchemy as sa

from hub.store import Store, Tx, claims, interventions, runs
from tests.contract.store_steps import (
    LATEST,
    LEASE,
    StandingClock,
    begun,
    make,
    named,
    new,
    settlement,
    together,
    until_somebody_waits,
)

Pairs = list[tuple[int, int]]


def claim(tx: Tx, pairs: Pairs) -> None:
    claims.claim(tx, named(tx, *pairs), "two", LEASE)


def snooze(tx: Tx, pairs: Pairs) -> None:
    claims.snooze(tx, named(tx, *pairs), tx.now)


def recall(tx: Tx, pairs: Pairs) -> None:
    runs.recall(tx)


def recall_all(tx: Tx, pairs: Pairs) -> None:
    runs.recall_all(tx)


def cancel_waiting(tx: Tx, pairs: Pairs) -> None:
    interventions.cancel_waiting(tx, [f"shop.{n}" for n in range(20)], "anna", "taken out")


def keep(tx: Tx, pairs: Pairs) -> None:
    claims.keep(tx, pairs, LEASE)


def rescue(tx: Tx, pairs: Pairs) -> None:
    claims.lapsed(tx, 100)


def settle(tx: Tx, pairs: Pairs) -> None:
    told = [claims.Claimed(n, g, "shop.a", "shop", "manual", None, None, 0, None) for n, g in pairs]
    claims.settle(tx, [settlement(each, "done", tx.now) for each in told])


@pytest.mark.parametrize("change", [claim, snooze, recall, recall_all, cancel_waiting])
def test_who_changes_waiting_runs_begins_with_the_lowest(
    postgres_store: Store, clock: StandingClock, change: Callable[[Tx, Pairs], None]
):
    numbers = make(postgres_store, *(new(f"shop.{n}") for n in range(20)))
    clock.move(minutes=6)
    assert_begins_with_the_lowest(postgres_store, numbers, change)


@pytest.mark.parametrize("change", [keep, rescue, settle])
def test_who_changes_running_runs_begins_with_the_lowest(
    postgres_store: Store, clock: StandingClock, change: Callable[[Tx, Pairs], None]
):
    numbers = [each.id for each in begun(postgres_store, *(new(f"shop.{n}") for n in range(20)))]
    clock.move(minutes=6)
    assert_begins_with_the_lowest(postgres_store, numbers, change)


def test_the_relay_begins_with_the_lowest(postgres_store: Store):
    with postgres_store.write() as tx:
        numbers = runs.make(tx, [new(f"shop.{n}") for n in range(20)])

    def mark(tx: Tx, pairs: Pairs) -> None:
        assert runs.mark_published(tx, [runs.Waiting(number, 1, "", "", 0) for number, _ in pairs]) == 20

    assert_begins_with_the_lowest(postgres_store, numbers, mark)


def assert_begins_with_the_lowest(store: Store, numbers: list[int], change: Callable[[Tx, Pairs], None]) -> None:
    """Hold the lowest row; whoever waits for it must not hold another one yet."""
    lowest = min(numbers)
    with store.write() as tx:
        # It lies last in the table, and is named last: no other order than that of the ids begins with it.
        tx.execute(sa.text("UPDATE run SET reason = 'moved' WHERE id = :lowest"), {"lowest": lowest})
    held = Event()

    def hold_the_lowest() -> int:
        with store.write() as tx:
            tx.execute(sa.text("SELECT id FROM run WHERE id = :lowest FOR UPDATE"), {"lowest": lowest})
            held.set()
            until_somebody_waits(store)
            others = sa.text("SELECT id FROM run WHERE id <> :lowest FOR UPDATE NOWAIT")
            return len(tx.execute(others, {"lowest": lowest}).all())

    def change_all() -> None:
        assert held.wait(LATEST)
        with store.write() as tx:
            change(tx, [(number, 1) for number in sorted(numbers, reverse=True)])

    assert together(hold_the_lowest, change_all) == [len(numbers) - 1, None]
