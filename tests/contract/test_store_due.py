"""What is due goes out once it may, and comes back when nobody has taken it."""

from datetime import timedelta

import pytest

from hub.store import Store, breakers, interventions, jobs, overview, runs
from tests.contract.store_steps import (
    LEASE,
    START,
    StandingClock,
    begun,
    claim,
    make,
    new,
    scheduled,
    settle,
    shown,
    triggered,
)
from tests.contract.test_store_jobs import job, put


def due(store: Store, most: int = 100) -> list[runs.Waiting]:
    with store.read() as tx:
        return runs.due(tx, tx.now, most)


def mark(store: Store, confirmed: list[runs.Waiting]) -> int:
    with store.write() as tx:
        return runs.mark_published(tx, confirmed)


def pause(store: Store, name: str) -> None:
    with store.write() as tx:
        jobs.put(tx, [jobs.Job(name, "shop", "eshop", {}, True, None)])
        jobs.pause(tx, [name], "anna", None)


def test_the_longest_due_goes_first_and_the_rest_later(store: Store):
    with store.write() as tx:
        runs.make(tx, [scheduled(f"shop.{n}", START - timedelta(minutes=n)) for n in range(5)])
    assert [each.job for each in due(store, 2)] == ["shop.4", "shop.3"]
    mark(store, due(store, 2))
    assert [each.job for each in due(store)] == ["shop.2", "shop.1", "shop.0"]


def test_nothing_goes_before_its_time(store: Store, clock: StandingClock):
    with store.write() as tx:
        runs.make(tx, [new(not_before=START + timedelta(seconds=5))])
    assert due(store) == []
    clock.move(seconds=5)
    assert len(due(store)) == 1


def test_j04_what_was_not_confirmed_stays_due(store: Store):
    with store.write() as tx:
        runs.make(tx, [new("shop.a"), new("shop.b")])
    waiting = due(store)
    assert mark(store, waiting[:1]) == 1
    assert due(store) == waiting[1:]


def test_a_mark_that_comes_after_a_retry_does_not_lose_it(store: Store):
    """The worker was faster than the confirm: claimed, failed and put back before the relay could mark."""
    with store.write() as tx:
        (number,) = runs.make(tx, [new()])
    waiting = due(store)
    (held,) = claim(store, (number, 1))
    settle(store, held, "waiting", failures=1)
    assert mark(store, waiting) == 0
    (again,) = due(store)
    assert (again.id, again.generation) == (number, 2)


def test_a_mark_that_comes_after_the_claim_leaves_the_run_alone(store: Store):
    with store.write() as tx:
        (number,) = runs.make(tx, [new()])
    waiting = due(store)
    claim(store, (number, 1))
    assert mark(store, waiting) == 0
    assert shown(store, number).state == "running"


def test_one_row_that_moved_on_does_not_keep_the_others_from_their_mark(store: Store):
    with store.write() as tx:
        numbers = runs.make(tx, [new(f"shop.{n}") for n in range(3)])
    waiting = due(store)
    with store.write() as tx:
        interventions.cancel(tx, numbers[1], "anna")
    assert mark(store, waiting) == 2
    assert mark(store, waiting) == 0


def test_marking_nothing_is_harmless(store: Store):
    assert mark(store, []) == 0


def test_a_run_that_waits_for_another_is_due_when_that_one_has_ended(store: Store):
    (held,) = begun(store, new())
    (second,) = make(store, new())
    claim(store, (second, 1))
    assert shown(store, second).blocked
    assert due(store) == []
    settle(store, held)
    (again,) = due(store)
    assert (again.id, again.generation) == (second, 2)


def test_a_paused_job_waits_but_what_is_asked_for_by_hand_goes_out(store: Store):
    pause(store, "shop.orders")
    with store.write() as tx:
        scheduled_one, by_hand = runs.make(tx, [scheduled()]) + runs.make(tx, [new()])
    assert [each.id for each in due(store)] == [by_hand]
    with store.write() as tx:
        jobs.resume(tx, {"shop.orders": None})
    assert {each.id for each in due(store)} == {scheduled_one, by_hand}


@pytest.mark.parametrize("again", [False, True], ids=["that is new", "that waits for a retry"])
def test_nothing_goes_out_of_a_job_that_is_switched_off_but_what_is_asked_for_by_hand(store: Store, again: bool):
    put(store, job("shop.orders"))
    if again:
        (held,) = begun(store, scheduled())
        settle(store, held, "waiting")
        waiting = held.id
    else:
        with store.write() as tx:
            waiting = runs.trigger(tx, triggered())
    put(store, job("shop.orders", enabled=False))
    with store.write() as tx:
        (by_hand,) = runs.make(tx, [new()])
    assert [each.id for each in due(store)] == [by_hand]
    with store.write() as tx:
        published, not_published = (interventions.cancel_removed(tx, published=each) for each in (True, False))
    assert (published, not_published) == (0, 1)
    assert (shown(store, waiting).state, shown(store, by_hand).state) == ("cancelled", "waiting")


def test_what_nobody_claims_is_published_again_later_each_time(store: Store, clock: StandingClock):
    make(store, new())
    for patience in (5, 10, 20, 40):
        clock.move(minutes=patience)
        assert recall(store) == 0
        clock.move(seconds=1)
        assert recall(store) == 1
        assert mark(store, due(store)) == 1


def test_patience_has_an_end(store: Store, clock: StandingClock):
    make(store, new())
    for _ in range(12):
        clock.move(days=1, seconds=1)
        assert recall(store) == 1
        mark(store, due(store))


def test_patience_begins_anew_with_the_next_attempt(store: Store, clock: StandingClock):
    (number,) = make(store, new())
    clock.move(minutes=6)
    recall(store)
    mark(store, due(store))
    (held,) = claim(store, (number, 1))
    settle(store, held, "waiting")
    mark(store, due(store))
    clock.move(minutes=5, seconds=1)
    assert recall(store) == 1


def recall(store: Store) -> int:
    with store.write() as tx:
        return runs.recall(tx)


def test_what_rests_in_the_queue_of_a_system_that_is_away_is_not_doubled(store: Store, clock: StandingClock):
    make(store, new("shop.orders"), new("till.receipts"))
    with store.write() as tx:
        assert breakers.failed(tx, "shop", "timed out", 1)
    clock.move(minutes=6)
    assert recall(store) == 1
    assert [each.job for each in due(store)] == ["till.receipts"]
    with store.write() as tx:
        breakers.reached(tx, "shop")
    assert recall(store) == 1


def test_what_the_broker_inside_this_process_forgot_goes_out_again_at_once(store: Store):
    begun(store, new("shop.running"))
    make(store, new("shop.a"), new("shop.b"))
    with store.write() as tx:
        assert runs.recall_all(tx) == 2
        assert [each.job for each in runs.due(tx, tx.now, 10)] == ["shop.a", "shop.b"]


def test_what_is_under_way_is_counted_whether_published_or_not(store: Store):
    begun(store, new("shop.running"), new("till.running"))
    make(store, new("shop.published"))
    with store.write() as tx:
        runs.make(tx, [new("shop.due"), new("shop.later", not_before=START + LEASE)])
        ended = new("shop.skipped", state="skipped", ended_at=START)
        runs.make(tx, [ended])
        assert overview.under_way(tx) == 4
