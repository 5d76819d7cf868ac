"""Pruning takes what is old, a bounded bit at a time, and nothing that waits for somebody."""

from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest

from hub.store import Store, history, interventions, letters, processes, pruning, quarantine, results, runs
from tests.contract.store_steps import LATEST, START, StandingClock, begun, make, new, settle, together
from tests.contract.test_store_results import page, result

TEN_DAYS = timedelta(days=10)


def prune(store: Store, before: datetime, most: int = 1000, *, history_before: datetime = START) -> pruning.Pruned:
    with store.write() as tx:
        return pruning.prune(tx, before, most, history_before=history_before)


def ended(store: Store, state: str, at: datetime) -> int:
    (number,) = make(store, new(f"shop.{state}", state=state, ended_at=at))
    with store.write() as tx:
        results.store(tx, [result(number, ended_at=at, outcome="dead" if state == "dead" else "done")])
        results.store_records(tx, [page(number)])
    return number


def numbers(store: Store) -> set[int]:
    with store.read() as tx:
        return {each.id for each in interventions.find(tx)}


def test_what_ended_before_goes_and_what_ended_later_stays(store: Store, clock: StandingClock):
    ended(store, "done", START - timedelta(microseconds=1))
    clock.move(hours=1)
    young = ended(store, "done", START)
    assert prune(store, START) == pruning.Pruned(results=1, runs=1)
    assert prune(store, START + timedelta(minutes=1)) == pruning.Pruned(results=1, pages=1, runs=1)
    with store.read() as tx:
        assert len(results.records(tx, young)) == 0
    assert numbers(store) == set()


def test_retention_counts_from_the_end_of_a_run_not_from_its_making(store: Store, clock: StandingClock):
    (held,) = begun(store, new())
    clock.move(days=20)
    settle(store, held)
    assert prune(store, clock.now() - TEN_DAYS).runs == 0
    clock.move(days=10, seconds=1)
    assert prune(store, clock.now() - TEN_DAYS).runs == 1


@pytest.mark.parametrize("state", ["done", "cancelled", "skipped", "discarded"])
def test_whatever_has_ended_is_pruned(store: Store, state: str):
    ended(store, state, START)
    assert prune(store, START + TEN_DAYS).runs == 1


def test_a_dead_run_and_its_history_stay_until_somebody_has_looked(store: Store):
    dead = ended(store, "dead", START)
    assert prune(store, START + TEN_DAYS).total == 0
    with store.write() as tx:
        assert interventions.discard(tx, [dead], "anna") == [dead]
    assert prune(store, START + TEN_DAYS) == pruning.Pruned(results=1, pages=1, runs=1)


def test_what_has_not_ended_stays_however_old(store: Store, clock: StandingClock):
    begun(store, new("shop.running"))
    make(store, new("shop.waiting"))
    assert prune(store, START + timedelta(days=365)).total == 0


def test_one_pass_is_bounded(store: Store):
    with store.write() as tx:
        runs.make(tx, [new(state="done", ended_at=START) for _ in range(25)])
        results.store(tx, [result(run) for run in range(1, 26)])
        results.store_records(tx, [page(run) for run in range(1, 26)])
    passes = [prune(store, START + TEN_DAYS, 10) for _ in range(4)]
    assert [each.runs for each in passes] == [10, 10, 5, 0]
    assert [each.results for each in passes] == [10, 10, 5, 0]
    assert [each.pages for each in passes] == [10, 10, 5, 0]


def test_open_quarantine_and_open_letters_stay(store: Store, clock: StandingClock):
    caught = [
        quarantine.Caught(
            system="depot",
            stream="stock",
            identity=key,
            entity="stock",
            key=key,
            cause="c",
            message="m",
            place={},
            raw={},
            run=1,
        )
        for key in ("open", "closed")
    ]
    told: dict[str, Any] = {"queue": "hub.invalid", "exchange": "", "routing_key": "", "headers": {}, "body": ""}
    with store.write() as tx:
        quarantine.put(tx, caught)
        quarantine.resolve(tx, "depot", "stock", ["closed"])
        letters.keep(tx, [letters.Letter(reason="open", **told), letters.Letter(reason="closed", **told)])
        letters.discard(tx, [each.id for each in letters.find(tx) if each.reason == "closed"])
        processes.seen(tx, "adapter @ host (1)", "adapter")
    assert prune(store, START + TEN_DAYS) == pruning.Pruned(letters=1, quarantine=1, processes=1)
    with store.read() as tx:
        assert [each.reason for each in letters.find(tx)] == ["open"]
        assert [each.key for each in quarantine.find(tx)] == ["open"]


def befell(key: str) -> history.Event:
    return history.Event(entity="stock", key=key, system="depot", what="changed", detail={"changes": {}}, run=1)


def lost(key: str) -> history.Conflict:
    told = {"system": "shop", "entity": "stock", "key": key, "lost_by": "shop", "values": {}, "run": 1}
    return history.Conflict(field="available", **told)


def test_what_befell_records_is_kept_for_longer(store: Store, clock: StandingClock):
    with store.write() as tx:
        history.note(tx, [befell(key) for key in ("a", "b", "c")])
        history.keep(tx, [lost(key) for key in ("a", "b", "c")])
    clock.move(days=1)
    with store.write() as tx:
        history.note(tx, [befell("a")])
        history.keep(tx, [lost("a")])
    assert prune(store, START + TEN_DAYS, history_before=START).total == 0
    passes = [prune(store, START, 2, history_before=START + timedelta(seconds=1)) for _ in range(3)]
    assert [(each.history, each.conflicts) for each in passes] == [(2, 2), (1, 1), (0, 0)]
    with store.read() as tx:
        assert [each.at for each in history.of_record(tx, "stock", "a")] == [START + timedelta(days=1)]
        assert [each.at for each in history.conflicts_of(tx, "stock", "a")] == [START + timedelta(days=1)]
        assert not history.of_record(tx, "stock", "b")
        assert not history.conflicts_of(tx, "stock", "c")


def test_storing_does_not_wait_for_pruning(postgres_store: Store):
    ended(postgres_store, "done", START)
    pruned, stored = Event(), Event()

    def prune_slowly() -> pruning.Pruned:
        with postgres_store.write() as tx:
            done = pruning.prune(tx, START + TEN_DAYS, 10, history_before=START + TEN_DAYS)
            pruned.set()
            assert stored.wait(LATEST)
        return done

    def store_meanwhile() -> None:
        assert pruned.wait(LATEST)
        with postgres_store.write() as tx:
            results.store(tx, [result(4711)])
            results.store_records(tx, [page(4711)])
        settle(postgres_store, begun(postgres_store, new("shop.busy"))[0])
        stored.set()

    done, _ = together(prune_slowly, store_meanwhile)
    assert done.runs == 1
