"""The circuit breaker of a system, and named leases: shared by all processes."""

from datetime import timedelta

import pytest

from hub.store import Store, breakers, leases
from tests.contract.store_steps import START, StandingClock, together


def fail(store: Store, times: int = 1, most: int = 3, system: str = "shop") -> list[bool]:
    found: list[bool] = []
    for _ in range(times):
        with store.write() as tx:
            found.append(breakers.failed(tx, system, "timed out", most))
    return found


def may_probe(store: Store) -> bool:
    with store.write() as tx:
        return breakers.may_probe(tx, "shop")


def reached(store: Store) -> None:
    with store.write() as tx:
        breakers.reached(tx, "shop")


def seen(store: Store) -> breakers.Breaker:
    with store.read() as tx:
        return breakers.find(tx)["shop"]


def test_a_breaker_opens_once_after_failures_in_a_row(store: Store):
    assert fail(store, 5) == [False, False, True, False, False]
    assert seen(store) == breakers.Breaker("shop", 5, START, START + breakers.FIRST_REST, 0, "timed out")


def test_the_very_first_failure_may_be_enough(store: Store):
    assert fail(store, 1, most=1) == [True]


def test_an_answer_in_between_starts_the_count_anew(store: Store):
    fail(store, 2)
    reached(store)
    assert fail(store, 3) == [False, False, True]


def test_systems_fail_apart(store: Store):
    fail(store, 2)
    assert fail(store, 1, system="till") == [False]
    with store.read() as tx:
        assert set(breakers.find(tx)) == {"shop", "till"}


def test_a_closed_or_unknown_system_needs_no_probe(store: Store):
    assert not may_probe(store)
    fail(store, 2)
    assert not may_probe(store)


def test_an_open_system_is_left_alone_longer_after_each_probe_that_failed(store: Store, clock: StandingClock):
    fail(store, 3)
    for rest in (30, 60, 120, 240, 480, 900, 900):
        clock.move(seconds=rest - 1)
        assert not may_probe(store)
        clock.move(seconds=1)
        assert may_probe(store)
        fail(store)
    assert seen(store).probes == 7


def test_a_probe_that_succeeds_closes_the_breaker(store: Store, clock: StandingClock):
    fail(store, 3)
    clock.move(seconds=30)
    assert may_probe(store)
    reached(store)
    assert seen(store) == breakers.Breaker("shop", 0, None, None, 0, None)
    assert fail(store, 3) == [False, False, True]
    assert seen(store).probe_at == clock.now() + breakers.FIRST_REST


def test_a_rest_by_a_clock_that_was_ahead_is_over(store: Store, clock: StandingClock):
    clock.move(hours=3)
    fail(store, 3)
    clock.move(hours=-3)
    assert may_probe(store)
    assert not may_probe(store)


def test_one_process_probes_at_a_time(store: Store, clock: StandingClock):
    fail(store, 3)
    clock.move(seconds=30)
    assert sorted(together(*(lambda: may_probe(store) for _ in range(4)))) == [False, False, False, True]


def test_failures_counted_at_once_open_a_breaker_once(store: Store):
    found = together(*(lambda: fail(store, 5, most=10) for _ in range(4)))
    assert sum(opened for each in found for opened in each) == 1
    assert seen(store).failures == 20


def take(store: Store, holder: str, length: float = 10) -> bool:
    with store.write() as tx:
        return leases.take(tx, "scheduler", holder, timedelta(seconds=length))


def holder(store: Store) -> str | None:
    with store.read() as tx:
        return leases.holder(tx, "scheduler")


def test_j07_a_lease_is_held_by_one_and_lapses(store: Store, clock: StandingClock):
    assert take(store, "one")
    assert not take(store, "two")
    clock.move(seconds=10)
    assert (holder(store), take(store, "two")) == ("one", False)
    clock.move(microseconds=1)
    assert holder(store) is None
    assert take(store, "two")
    assert not take(store, "one")


def test_j07_a_lease_is_prolonged_by_its_holder_alone(store: Store, clock: StandingClock):
    take(store, "one")
    clock.move(seconds=8)
    assert take(store, "one")
    clock.move(seconds=8)
    assert not take(store, "two")


def test_a_lease_of_a_clock_that_was_ahead_holds_nobody_up(store: Store, clock: StandingClock):
    """A machine may begin with a wrong clock, which is put right when whoever took the lease then is gone."""
    clock.move(hours=2)
    take(store, "one")
    clock.move(hours=-2)
    assert take(store, "two")
    assert not take(store, "one")


def test_a_lease_given_up_is_free_at_once_but_not_anothers(store: Store):
    take(store, "one")
    with store.write() as tx:
        leases.give_up(tx, "scheduler", "two")
    assert holder(store) == "one"
    with store.write() as tx:
        leases.give_up(tx, "scheduler", "one")
    assert take(store, "two")


def test_of_many_who_ask_at_once_one_leads(store: Store):
    assert sorted(together(*(lambda n=n: take(store, str(n)) for n in range(4)))) == [False, False, False, True]


@pytest.mark.parametrize("length", [60.0, -1.0])
def test_a_lease_is_judged_by_the_clock_of_production(timed_store: Store, length: float):
    assert take(timed_store, "one", length)
    assert take(timed_store, "two") is (length < 0)
