"""Two transactions of the hub that meet on PostgreSQL between two of their statements."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from hub.app.applying import apply
from hub.broker.topology import queue_of
from hub.handler import Done, Later, Outcome
from hub.store import DatabaseAway, Store, Tx, interventions, jobs, letters, pruning, quarantine, runs
from hub.worker import Pipeline
from hub.worker.pipeline import Held
from scheduler.relay import recall
from scheduler.tick import next_due
from tests.contract.interleaved import interleave
from tests.contract.store_steps import (
    LATEST,
    START,
    StandingClock,
    begun,
    claim,
    make,
    new,
    settle,
    shown,
    triggered,
)
from tests.contract.test_store_jobs import job, put
from tests.integration.spine import ShiftedClock, Spine

LATER = timedelta(days=10)
LAST = "SELECT 'last'"
"""A statement at the end of a transaction, before which it is stopped."""


def put_record(tx: Tx) -> None:
    names = ("system", "stream", "identity", "entity", "cause", "message")
    told: dict[str, Any] = {"key": None, "place": {}, "raw": {}, "run": 1} | dict.fromkeys(names, "orders")
    quarantine.put(tx, [quarantine.Caught(**told)])


def put_letter(tx: Tx) -> None:
    letters.keep(tx, [letters.Letter(queue="q", reason="r", exchange="", routing_key="", headers={}, body="")])


@pytest.mark.parametrize("put", [put_record, put_letter])
def test_what_comes_to_wait_again_while_it_is_pruned_stays(
    postgres_store: Store, clock: StandingClock, put: Callable[[Tx], None]
):
    store = postgres_store
    with store.write() as tx:
        put(tx)
        quarantine.close(tx, [each.id for each in quarantine.find(tx)], "discarded")
        letters.discard(tx, [each.id for each in letters.find(tx)])
    clock.move(days=20)

    def put_again() -> None:
        with store.write() as tx:
            put(tx)
            tx.execute(sa.text(LAST))

    def prune() -> pruning.Pruned:
        with store.write() as tx:
            return pruning.prune(tx, START + LATER, 10, history_before=START + LATER)

    _, pruned = interleave(store, put_again, prune, before=LAST)
    assert pruned.came_to == pruning.Pruned()
    with store.read() as tx:
        assert len(quarantine.find(tx)) + len(letters.find(tx)) == 1


@pytest.mark.parametrize("state", ["waiting", "done"])
def test_a_run_is_cancelled_that_is_handed_on_at_that_moment(postgres_store: Store, state: str):
    store = postgres_store
    (held,) = begun(store, new())

    def cancel() -> str | None:
        with store.write() as tx:
            return interventions.cancel(tx, held.id, "anna")

    cancelled, _ = interleave(store, cancel, lambda: settle(store, held, state), before=1)
    assert cancelled.came_to == "running"
    assert shown(store, held.id).cancel_by == "anna"


def test_a_job_that_is_resumed_while_a_configuration_is_applied_makes_up_for_nothing(
    postgres_store: Store, clock: StandingClock
):
    store, name = postgres_store, "hub.prune"
    apply(store, "", by="anna")
    with store.write() as tx:
        jobs.pause(tx, [name], "anna", None)
    clock.move(days=3)

    def resume() -> int:
        with store.write() as tx:
            (job,) = jobs.find(tx, [name])
            return jobs.resume(tx, {name: next_due(job, tx.now)})

    interleave(store, lambda: apply(store, "[hub]\nretention_days = 9", by="ewa"), resume, before="INSERT INTO job")
    with store.read() as tx:
        (job,) = jobs.find(tx, [name])
        assert job.paused_at is None
        assert job.next_due is not None
        assert job.next_due > clock.now()


def test_a_worker_claims_what_is_looked_through_for_what_was_left_behind(postgres_store: Store, clock: StandingClock):
    """What is to be published again may lie before what is to be cancelled; a worker takes both in their order."""
    store = postgres_store
    put(store, job("shop.kept"))
    numbers = make(store, new("shop.kept"), triggered("shop.removed"))
    clock.move(minutes=6)
    both = [(number, 1) for number in numbers]
    recalled, claimed = interleave(store, lambda: recall(store), lambda: claim(store, *both), before="recall_at <")
    assert recalled.came_to == 0
    assert [each.job for each in claimed.came_to] == ["shop.kept"]
    assert shown(store, numbers[1]).state == "cancelled"


def test_triggers_and_a_claim_that_wait_for_each_other_are_both_carried_out_in_the_end(postgres_store: Store):
    """Triggers go by their jobs, claims by the runs: the database ends one of them, which loses nothing and is tried again."""
    store = postgres_store
    put(store, job("shop.orders"), job("shop.products"))
    numbers = [*make(store, triggered("shop.products")), *make(store, triggered("shop.orders"))]

    def trigger() -> list[int]:
        with store.write() as tx:
            orders = runs.trigger(tx, triggered("shop.orders"))
            tx.execute(sa.text(LAST))
            return [orders, runs.trigger(tx, triggered("shop.products"))]

    def claim_both() -> list[int]:
        return [each.id for each in claim(store, *((number, 1) for number in numbers))]

    pieces = interleave(store, trigger, claim_both, before=LAST)
    ended = [each for each in pieces if isinstance(each.came_to, DatabaseAway)]
    assert len(ended) == 1
    ended[0].came_to = ended[0].do()
    triggers, claimed = (each.came_to for each in pieces)
    assert claimed == numbers
    stand_for = [shown(store, number).stands_for for number in {*numbers, *triggers}]
    assert sum(stand_for) == 4


def test_a_job_is_taken_out_while_its_runs_are_published(emptied_postgres: str):
    """The run of a system without a queue may lie before the one that was confirmed."""
    clock = ShiftedClock()
    spine = Spine(Store(emptied_postgres, clock), clock)
    for name in ("lost.orders", "shop.orders"):
        spine.add_job(name, lambda _work, _hold: Done())
        spine.make(name)

    def cancel() -> int:
        with spine.store.write() as tx:
            return interventions.cancel_waiting(tx, spine.settings, "anna", "taken out")

    relayed, cancelled = interleave(spine.store, spine.relay, cancel, before="not_before=")
    spine.close()
    assert (relayed.came_to, cancelled.came_to) == (1, 2)


@pytest.mark.parametrize(("outcome", "before"), [(Later("away"), 1), (Done(again=START), 4)], ids=["fails", "again"])
def test_two_workers_settle_runs_of_the_same_systems_at_once(emptied_postgres: str, outcome: Outcome, before: int):
    """As when the network is away: many systems fail within one second, and each worker hears it in an order of its own."""
    clock = ShiftedClock()
    spine = Spine(Store(emptied_postgres, clock), clock)
    consumers = {
        "shop.orders": spine.consumer,
        "other.orders": spine.broker.consumer([queue_of("eshop", "other")], 100),
    }
    for name in consumers:
        spine.add_job(name, lambda _work, _hold: outcome, overlap="allow")
    ended: list[tuple[Pipeline, list[tuple[Held, Outcome]]]] = []
    for names in (list(consumers), list(reversed(consumers))):
        pipeline = spine.pipeline(names[0], acknowledge=lambda _: None)
        for name in names:
            spine.make(name)
        spine.relay()
        held = [each for name in names for each in pipeline.receive(consumers[name].take(1, LATEST))]
        ended.append((pipeline, [(each, outcome) for each in held]))
    both = (lambda pipeline=pipeline, some=some: len(pipeline.settle(some)) for pipeline, some in ended)
    came_to = [each.came_to for each in interleave(spine.store, *both, before=before)]
    spine.close()
    assert came_to == [2, 2]
