"""Triggers that arrive while one waits become one run."""

from datetime import timedelta
from threading import Event

from hub.store import Store, claims, runs
from tests.contract.store_steps import (
    LATEST,
    LEASE,
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


def pull(store: Store, *wanted: runs.NewRun) -> list[int]:
    with store.write() as tx:
        return [runs.trigger(tx, each) for each in wanted]


def scope_of(store: Store, number: int) -> list[str] | None:
    with store.write() as tx:
        runs.mark_published(tx, runs.due(tx, tx.now, 100))
    (held,) = claim(store, (number, 1))
    return None if held.scope is None else list(held.scope)


def test_triggers_coalesce_into_the_one_that_waits(store: Store):
    first, second, third = pull(store, triggered(), triggered(), triggered(stands_for=5))
    assert first == second == third
    assert shown(store, first).stands_for == 7


def test_the_earliest_of_them_says_when(store: Store):
    with store.write() as tx:
        soon, later = tx.now + timedelta(seconds=1), tx.now + timedelta(minutes=2)
    pull(store, triggered(not_before=later), triggered(not_before=soon), triggered(not_before=later))
    with store.read() as tx:
        assert runs.due(tx, soon, 10)


def test_the_keys_of_all_triggers_are_asked_for_once(store: Store):
    number, _ = pull(store, triggered(scope=["a", "b"]), triggered(scope=["b", "c"]))
    assert scope_of(store, number) == ["a", "b", "c"]


def test_a_trigger_for_everything_absorbs_those_for_some(store: Store):
    number, *_ = pull(store, triggered(scope=["a"]), triggered(scope=None), triggered(scope=["b"]))
    assert scope_of(store, number) is None


def test_too_many_keys_become_everything(store: Store):
    many = [str(n) for n in range(runs.MOST_KEYS)]
    number, _ = pull(store, triggered(scope=many), triggered(scope=many[:1]))
    with store.read() as tx:
        assert runs.due(tx, tx.now, 10)[0].id == number
    assert pull(store, triggered(scope=["one more"])) == [number]
    assert scope_of(store, number) is None


def test_as_many_keys_as_allowed_are_kept(store: Store):
    many = [str(n) for n in range(runs.MOST_KEYS)]
    number, _ = pull(store, triggered(scope=many), triggered(scope=many[:1]))
    assert scope_of(store, number) == many


def test_a_trigger_after_the_start_makes_a_new_run(store: Store):
    (first,) = pull(store, triggered())
    assert scope_of(store, first) is None
    (second,) = pull(store, triggered())
    assert second != first


def test_a_run_between_two_attempts_does_not_take_new_triggers_in(store: Store):
    # It may have read past what the new trigger speaks of.
    (first,) = pull(store, triggered())
    make(store)
    (held,) = claim(store, (first, 1))
    settle(store, held, "waiting")
    (second,) = pull(store, triggered())
    assert second != first


def test_triggers_join_only_triggers_of_their_job(store: Store):
    (by_hand,) = make(store, new())
    mine, other = pull(store, triggered("shop.orders"), triggered("shop.stock"))
    assert len({by_hand, mine, other}) == 3


def test_a_storm_of_triggers_is_one_waiting_run(store: Store):
    def storm() -> set[int]:
        found: set[int] = set()
        for _ in range(5):
            with store.write() as tx:
                found |= {runs.trigger(tx, triggered(stands_for=10)) for _ in range(50)}
        return found

    numbers = set[int]().union(*together(storm, storm, storm, storm))
    assert len(numbers) == 1
    assert shown(store, numbers.pop()).stands_for == 10_000


def test_two_first_triggers_at_once_are_one_run(store: Store):
    found = together(lambda: pull(store, triggered()), lambda: pull(store, triggered()))
    assert found[0] == found[1]


def test_a_trigger_that_meets_a_claim_is_not_lost(postgres_store: Store):
    (first,) = pull(postgres_store, triggered())
    make(postgres_store)
    claimed = Event()

    def claim_slowly() -> None:
        with postgres_store.write() as tx:
            claims.claim(tx, named(tx, (first, 1)), "one", LEASE)
            claimed.set()
            until_somebody_waits(postgres_store)

    def trigger_meanwhile() -> int:
        assert claimed.wait(LATEST)
        return pull(postgres_store, triggered())[0]

    _, second = together(claim_slowly, trigger_meanwhile)
    assert second != first
    assert (shown(postgres_store, first).stands_for, shown(postgres_store, second).state) == (1, "waiting")
