"""Whoever comes late changes nothing: keeping, holding, settling and rescuing, each conditional on the generation."""

from datetime import timedelta

import pytest

from hub.errors import LeaseLost, RunCancelled
from hub.store import Store, checkpoints, claims, interventions, outbox, records, runs
from tests.contract.store_steps import (
    LEASE,
    START,
    StandingClock,
    begun,
    claim,
    make,
    new,
    settle,
    settlement,
    shown,
    together,
)


def keep(store: Store, *pairs: tuple[int, int]) -> dict[tuple[int, int], str | None]:
    with store.write() as tx:
        return claims.keep(tx, pairs, LEASE)


def page(store: Store, held: claims.Claimed, key: str) -> int:
    """Write a page as a worker does: record, checkpoint and progress in one transaction."""
    with store.write() as tx:
        latest = records.take_turn(tx, "products")
        records.write(tx, "products", [records.Write(key, {})], system="shop", run=held.id, latest=latest)
        checkpoints.move(tx, "shop", "products", {"at": key}, checkpoints.get(tx, "shop", "products"))
        return claims.hold(tx, held.id, held.generation, LEASE, {"new": 1})


def lose(store: Store, clock: StandingClock, held: claims.Claimed) -> None:
    """Let the lease lapse and the run be rescued."""
    clock.move(seconds=LEASE.total_seconds() + 1)
    with store.write() as tx:
        (gone,) = claims.lapsed(tx, 10)
        assert gone.id == held.id
        claims.take_back(tx, gone, tx.now, "its worker is gone", '{"lost": true}')


def unsent(store: Store) -> list[outbox.Unsent]:
    with store.read() as tx:
        return outbox.waiting(tx, 100)


def test_a_heartbeat_prolongs_the_lease_and_tells_what_is_still_held(store: Store, clock: StandingClock):
    one, two = begun(store, new("shop.a"), new("shop.b"))
    settle(store, two)
    clock.move(seconds=30)
    assert keep(store, (one.id, 1), (two.id, 1), (one.id, 2)) == {(one.id, 1): None}
    assert shown(store, one.id).lease_until == clock.now() + LEASE


def test_j16_a_heartbeat_brings_the_wish_to_cancel(store: Store):
    (held,) = begun(store, new())
    with store.write() as tx:
        assert interventions.cancel(tx, held.id, "anna") == "running"
    assert keep(store, (held.id, 1)) == {(held.id, 1): "anna"}


def test_pages_are_numbered_and_counted(store: Store):
    (held,) = begun(store, new())
    with store.write() as tx:
        assert claims.hold(tx, held.id, 1, LEASE, {"new": 2}) == 1
        assert claims.hold(tx, held.id, 1, LEASE, {"new": 5, "update": 1}) == 2
        assert claims.hold(tx, held.id, 1, LEASE, {"new": 5, "update": 1}, parts=3) == 5
    settle(store, held, "waiting")
    make(store)
    (again,) = claim(store, (held.id, 2))
    assert again.counts == {"new": 5, "update": 1}
    with store.write() as tx:
        assert claims.hold(tx, held.id, 2, LEASE, {"new": 6}) == 6
    settle(store, again)
    assert shown(store, held.id).counts == {"new": 6}


def test_j18_a_page_of_a_lost_lease_is_not_stored(store: Store, clock: StandingClock):
    (held,) = begun(store, new())
    page(store, held, "first")
    lose(store, clock, held)
    with pytest.raises(LeaseLost):
        page(store, held, "second")
    with store.read() as tx:
        assert [each.key for each in records.find(tx)] == ["first"]
        assert checkpoints.get(tx, "shop", "products").value == {"at": "first"}


def test_a_page_of_a_cancelled_run_is_not_stored(store: Store):
    (held,) = begun(store, new())
    with store.write() as tx:
        interventions.cancel(tx, held.id, "anna")
    with pytest.raises(RunCancelled, match="cancelled by anna"):
        page(store, held, "first")
    with store.read() as tx:
        assert records.find(tx) == []


def test_the_late_worker_settles_nothing(store: Store, clock: StandingClock):
    (held,) = begun(store, new())
    lose(store, clock, held)
    assert settle(store, held) == set()
    assert shown(store, held.id).state == "waiting"
    assert [each.body for each in unsent(store)] == ['{"lost": true}']


def test_settling_twice_settles_once_and_makes_one_result(store: Store):
    (held,) = begun(store, new())
    assert settle(store, held) == {held.id}
    assert settle(store, held, "dead") == set()
    assert shown(store, held.id).state == "done"
    assert [(each.run, each.generation, each.part) for each in unsent(store)] == [(held.id, 1, 0)]


def test_settling_twice_in_one_batch_makes_one_result(store: Store):
    (held,) = begun(store, new())
    with store.write() as tx:
        assert claims.settle(tx, [settlement(held, "done", tx.now)] * 2) == {held.id}
    assert len(unsent(store)) == 1


def test_a_worker_that_lost_a_run_and_claimed_it_again_settles_only_what_it_holds(store: Store, clock: StandingClock):
    (lost,) = begun(store, new())
    lose(store, clock, lost)
    (held,) = claim(store, (lost.id, 2))
    with store.write() as tx:
        late = settlement(lost, "dead", tx.now, result='{"late": true}')
        assert claims.settle(tx, [late, settlement(held, "done", tx.now)]) == {held.id}
    assert shown(store, held.id).state == "done"
    assert [(each.generation, each.body) for each in unsent(store)] == [(1, '{"lost": true}'), (2, "{}")]


def test_two_who_settle_at_once_make_one_result(store: Store):
    held = begun(store, *(new(f"shop.{n}") for n in range(20)))

    def settle_all(state: str) -> set[int]:
        with store.write() as tx:
            return claims.settle(tx, [settlement(each, state, tx.now) for each in held])

    one, other = together(lambda: settle_all("done"), lambda: settle_all("dead"))
    assert sorted([*one, *other]) == sorted(each.id for each in held)
    assert len(unsent(store)) == 20


def test_one_row_that_was_lost_does_not_keep_the_others_from_being_settled(store: Store, clock: StandingClock):
    held = begun(store, *(new(f"shop.{n}") for n in range(3)))
    with store.write() as tx:
        interventions.cancel(tx, held[0].id, "anna")
    keep(store, (held[0].id, 1), (held[2].id, 1))
    with store.write() as tx:
        claims.keep(tx, [(held[1].id, 1)], -LEASE)
    with store.write() as tx:
        (gone,) = claims.lapsed(tx, 10)
        claims.take_back(tx, gone, tx.now, "gone", "{}")
    with store.write() as tx:
        settled = claims.settle(tx, [settlement(each, "done", tx.now) for each in held])
    assert settled == {held[0].id, held[2].id}


def test_a_retry_waits_for_its_time_with_a_new_generation(store: Store, clock: StandingClock):
    (held,) = begun(store, new())
    at = START + timedelta(minutes=7)
    settle(store, held, "waiting", not_before=at, failures=3, message="HTTP 503")
    seen = shown(store, held.id)
    assert (seen.state, seen.generation, seen.failures, seen.message) == ("waiting", 2, 3, "HTTP 503")
    assert (seen.not_before, seen.worker, seen.lease_until, seen.ended_at) == (at, None, None, None)
    with store.read() as tx:
        assert runs.due(tx, at - timedelta(microseconds=1), 10) == []
        assert len(runs.due(tx, at, 10)) == 1


def test_a_retry_can_be_hurried(store: Store):
    (held,) = begun(store, new())
    settle(store, held, "waiting", not_before=START + timedelta(hours=1))
    with store.write() as tx:
        assert interventions.hurry(tx, held.id)
        assert not interventions.hurry(tx, held.id)
        assert len(runs.due(tx, tx.now, 10)) == 1


def test_j18_only_lapsed_leases_are_rescued(store: Store, clock: StandingClock):
    kept, gone = begun(store, new("shop.a"), new("shop.b"))
    clock.move(seconds=LEASE.total_seconds())
    with store.write() as tx:
        assert claims.lapsed(tx, 10) == []
    keep(store, (kept.id, 1))
    clock.move(seconds=1)
    with store.write() as tx:
        assert [each.id for each in claims.lapsed(tx, 10)] == [gone.id]


def test_j18_a_lease_by_a_clock_that_was_ahead_is_rescued(store: Store, clock: StandingClock):
    clock.move(hours=3)
    (gone,) = begun(store, new())
    clock.move(hours=-3)
    with store.write() as tx:
        assert [each.id for each in claims.lapsed(tx, 10)] == [gone.id]


def test_two_rescuers_hand_a_run_on_once(store: Store, clock: StandingClock):
    (held,) = begun(store, new())
    clock.move(seconds=LEASE.total_seconds() + 1)

    def rescue() -> int:
        with store.write() as tx:
            gone = claims.lapsed(tx, 10)
            for each in gone:
                claims.take_back(tx, each, tx.now, "gone", "{}")
            return len(gone)

    assert sorted(together(rescue, rescue)) == [0, 1]
    assert shown(store, held.id).generation == 2
    assert len(unsent(store)) == 1


def test_taking_back_what_was_settled_meanwhile_changes_nothing(store: Store, clock: StandingClock):
    (held,) = begun(store, new())
    clock.move(seconds=LEASE.total_seconds() + 1)
    with store.read() as tx:
        (gone,) = claims.lapsed(tx, 10)
    settle(store, held)
    with store.write() as tx:
        claims.take_back(tx, gone, tx.now, "gone", "{}")
    assert shown(store, held.id).state == "done"
    assert len(unsent(store)) == 1


def test_j13_crashes_without_progress_are_counted_and_end_the_run(store: Store, clock: StandingClock):
    (held,) = begun(store, new())
    for crashes in (1, 2):
        lose(store, clock, held)
        assert shown(store, held.id).crashes == crashes
        (held,) = claim(store, (held.id, held.generation + 1))
    clock.move(seconds=LEASE.total_seconds() + 1)
    with store.write() as tx:
        (gone,) = claims.lapsed(tx, 10)
        claims.take_back(tx, gone, None, "given up", "{}")
    seen = shown(store, held.id)
    assert (seen.state, seen.message, seen.ended_at, seen.crashes) == ("dead", "given up", clock.now(), 3)


def test_a_page_of_progress_forgives_the_crashes(store: Store, clock: StandingClock):
    (held,) = begun(store, new())
    lose(store, clock, held)
    (held,) = claim(store, (held.id, 2))
    page(store, held, "first")
    assert shown(store, held.id).crashes == 0
