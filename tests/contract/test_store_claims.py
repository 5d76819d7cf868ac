"""A run is carried out by one worker at a time."""

from threading import Event

import pytest

from hub.store import Store, claims, interventions, runs
from tests.contract.store_steps import (
    LATEST,
    LEASE,
    StandingClock,
    begun,
    claim,
    make,
    named,
    new,
    settle,
    shown,
    together,
    triggered,
    until_somebody_waits,
)


def test_a_run_is_claimed_once(store: Store):
    (number,) = make(store, new())
    assert [each.id for each in claim(store, (number, 1))] == [number]
    assert claim(store, (number, 1)) == []


def test_a_claim_tells_what_is_to_be_done(store: Store, clock: StandingClock):
    (number,) = make(store, triggered(scope=["a", "b"]))
    clock.move(seconds=3)
    (held,) = claim(store, (number, 1), worker="adapter @ host")
    assert held == claims.Claimed(number, 1, "shop.orders", "shop", "trigger", None, ["a", "b"], 0, None)
    seen = shown(store, number)
    assert (seen.state, seen.worker, seen.lease_until) == ("running", "adapter @ host", clock.now() + LEASE)
    assert seen.started_at == clock.now()


def test_a_delivery_of_an_old_generation_is_dropped(store: Store):
    (held,) = begun(store, new())
    settle(store, held, "waiting")
    assert claim(store, (held.id, 1)) == []
    assert claim(store, (held.id, 3)) == []
    assert [each.generation for each in claim(store, (held.id, 2))] == [2]


def test_a_message_of_another_job_claims_nothing_and_takes_nobodys_turn(store: Store):
    """A database that was restored gives numbers out once more; messages of their first bearers may be left."""
    first, second = make(store, new("shop.orders"), new("shop.stock"))
    older = claims.Named(first, 1, "shop.stock")
    with store.write() as tx:
        claimed, overlapped = claims.claim(tx, [older, *named(tx, (second, 1))], "one", LEASE)
        assert claims.of_another_job(tx, [older, *named(tx, (second, 1))]) == {older: "shop.orders"}
    assert ([each.id for each in claimed], overlapped) == ([second], [])
    assert [each.job for each in claim(store, (first, 1))] == ["shop.orders"]


def test_a_message_of_another_job_puts_nothing_off(store: Store, clock: StandingClock):
    (number,) = make(store, new("shop.stock"))
    with store.write() as tx:
        claims.snooze(tx, [claims.Named(number, 1, "shop.orders")], tx.now + LEASE)
    assert shown(store, number).not_before == clock.now()


@pytest.mark.parametrize("state", ["done", "dead", "cancelled"])
def test_a_run_that_has_ended_is_not_claimed(store: Store, state: str):
    (held,) = begun(store, new())
    settle(store, held, state)
    assert claim(store, (held.id, 1), (held.id, 2)) == []


def test_a_run_that_does_not_exist_is_not_claimed(store: Store):
    assert claim(store, (4711, 1)) == []


def test_the_first_start_is_kept_through_retries(store: Store, clock: StandingClock):
    (held,) = begun(store, new())
    first = clock.now()
    settle(store, held, "waiting", failures=2)
    clock.move(minutes=3)
    (again,) = claim(store, (held.id, 2))
    assert (shown(store, held.id).started_at, again.failures) == (first, 2)


def test_two_workers_that_got_the_same_deliveries_share_them(store: Store):
    pairs = [(number, 1) for number in make(store, *(new(f"shop.{n}") for n in range(40)))]
    found = together(*(lambda w=worker: claim(store, *pairs, worker=w) for worker in ("one", "two", "three")))
    claimed = [each.id for share in found for each in share]
    assert sorted(claimed) == [number for number, _ in pairs]


def test_two_workers_that_meet_crosswise_do_not_wait_in_a_circle(store: Store):
    for _ in range(5):
        pairs = [(number, 1) for number in make(store, *(new(f"shop.{n}", overlap="allow") for n in range(60)))]
        forth, back = together(lambda p=pairs: claim(store, *p), lambda p=pairs: claim(store, *p[::-1]))
        assert len(forth) + len(back) == 60


def test_j09_two_workers_claim_different_runs_of_one_job_at_once(store: Store):
    """The second one's statement finds no open run yet; only the database's constraint keeps it out."""
    first, second, elsewhere = make(store, new(), new(), new("till.receipts"))
    one_has_it = Event()

    def claim_and_linger() -> list[int]:
        with store.write() as tx:
            claimed, _ = claims.claim(tx, named(tx, (first, 1)), "one", LEASE)
            one_has_it.set()
            until_somebody_waits(store)
        return [each.id for each in claimed]

    def claim_the_others() -> tuple[list[int], list[claims.Overlapped]]:
        assert one_has_it.wait(LATEST)
        with store.write() as tx:
            claimed, overlapped = claims.claim(tx, named(tx, (second, 1), (elsewhere, 1)), "two", LEASE)
        return [each.id for each in claimed], overlapped

    one, (two, overlapped) = together(claim_and_linger, claim_the_others)
    assert one == [first]
    # One run's conflict is its own: the other job's run is claimed all the same.
    assert two == [elsewhere]
    assert [(each.id, each.skipped) for each in overlapped] == [(second, False)]
    assert shown(store, second).blocked


def test_a_cancelled_run_is_not_claimed(store: Store):
    (number,) = make(store, new())
    with store.write() as tx:
        assert interventions.cancel(tx, number, "anna") == "cancelled"
    assert claim(store, (number, 1), (number, 2)) == []


def test_a_snoozed_run_keeps_its_attempts_and_its_old_delivery_is_void(store: Store, clock: StandingClock):
    first, second = make(store, new("shop.a"), new("shop.b"))
    later = clock.now() + LEASE
    with store.write() as tx:
        claims.snooze(tx, named(tx, (first, 1), (second, 7)), later)
        assert runs.due(tx, tx.now, 10) == []
    assert claim(store, (first, 1)) == []
    assert (shown(store, first).not_before, shown(store, first).failures) == (later, 0)
    clock.move(seconds=LEASE.total_seconds())
    with store.read() as tx:
        assert [(each.id, each.generation) for each in runs.due(tx, tx.now, 10)] == [(first, 2)]
    assert [each.id for each in claim(store, (second, 1))] == [second]


def test_a_running_run_cannot_be_snoozed(store: Store, clock: StandingClock):
    (held,) = begun(store, new())
    with store.write() as tx:
        claims.snooze(tx, named(tx, (held.id, held.generation)), tx.now + LEASE)
    assert shown(store, held.id).state == "running"
