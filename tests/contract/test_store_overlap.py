"""What becomes of a run that finds its job's run still open."""

from datetime import timedelta

import pytest

from hub.store import Store, claims, interventions, runs
from tests.contract.store_steps import (
    LEASE,
    START,
    begun,
    claim,
    make,
    named,
    new,
    scheduled,
    settle,
    shown,
    triggered,
)


def claim_one(store: Store, number: int, generation: int = 1) -> tuple[list[claims.Claimed], list[claims.Overlapped]]:
    with store.write() as tx:
        return claims.claim(tx, named(tx, (number, generation)), "two", LEASE)


def later(n: int, **told: str) -> runs.NewRun:
    return scheduled(at=START - timedelta(minutes=60 - n), **told)


def test_j09_skip_leaves_the_occurrence_out_and_says_so(store: Store):
    (held,) = begun(store, later(1))
    (second,) = make(store, later(2))
    claimed, (overlapped,) = claim_one(store, second)
    assert claimed == []
    assert overlapped.skipped
    assert (overlapped.id, overlapped.generation, overlapped.job) == (second, 1, "shop.orders")
    seen = shown(store, second)
    assert (seen.state, seen.message, seen.ended_at) == ("skipped", claims.STILL_OPEN, START)
    assert shown(store, held.id).state == "running"


@pytest.mark.parametrize("cause", ["manual", "trigger", "backfill"])
def test_what_somebody_asked_for_is_not_left_out_but_done_afterwards(store: Store, cause: str):
    (held,) = begun(store, later(1))
    (asked,) = make(store, new(cause=cause))
    claimed, (overlapped,) = claim_one(store, asked)
    assert (claimed, overlapped.skipped) == ([], False)
    settle(store, held)
    make(store)
    assert [each.id for each in claim(store, (asked, 2))] == [asked]


def test_buffer_one_keeps_one_occurrence_and_leaves_the_next_out(store: Store):
    (held,) = begun(store, later(1, overlap="buffer-one"))
    second, third = make(store, later(2, overlap="buffer-one"), later(3, overlap="buffer-one"))
    assert [each.skipped for each in claim_one(store, second)[1]] == [False]
    assert [each.skipped for each in claim_one(store, third)[1]] == [True]
    settle(store, held)
    make(store)
    assert [each.id for each in claim(store, (second, 2))] == [second]


def test_buffer_one_in_one_batch_keeps_the_first(store: Store):
    begun(store, later(1, overlap="buffer-one"))
    numbers = make(store, *(later(n, overlap="buffer-one") for n in range(2, 5)))
    with store.write() as tx:
        _, overlapped = claims.claim(tx, named(tx, *((number, 1) for number in numbers)), "two", LEASE)
    assert [each.skipped for each in overlapped] == [False, True, True]


def test_the_buffered_occurrence_is_not_left_out_when_another_run_is_faster(store: Store):
    (held,) = begun(store, later(1, overlap="buffer-one"))
    (buffered,) = make(store, later(2, overlap="buffer-one"))
    claim_one(store, buffered)
    settle(store, held)
    (by_hand,) = make(store, new())
    assert [each.id for each in claim(store, (by_hand, 1))] == [by_hand]
    _, (overlapped,) = claim_one(store, buffered, 2)
    assert not overlapped.skipped
    assert shown(store, buffered).state == "waiting"


def test_another_jobs_buffer_is_its_own(store: Store):
    begun(store, scheduled("shop.a", overlap="buffer-one"), scheduled("shop.b", overlap="buffer-one"))
    at = START - timedelta(minutes=1)
    one, other = make(
        store, scheduled("shop.a", at, overlap="buffer-one"), scheduled("shop.b", at, overlap="buffer-one")
    )
    assert not claim_one(store, one)[1][0].skipped
    assert not claim_one(store, other)[1][0].skipped


def test_allow_lets_runs_of_one_job_overlap(store: Store):
    held = begun(store, *(later(n, overlap="allow") for n in range(3)))
    assert len(held) == 3
    assert len(claim_one(store, *make(store, later(9, overlap="allow")))[0]) == 1


def test_two_runs_of_one_job_in_one_batch_do_not_overlap(store: Store):
    first, second, other = make(store, later(1), later(2), scheduled("shop.stock"))
    with store.write() as tx:
        claimed, overlapped = claims.claim(tx, named(tx, (second, 1), (other, 1), (first, 1)), "one", LEASE)
    assert sorted(each.id for each in claimed) == [first, other]
    assert [(each.id, each.skipped) for each in overlapped] == [(second, True)]


@pytest.mark.parametrize("handed_on", [{"failures": 0}, {"failures": 1}], ids=["between slices", "before a retry"])
def test_a_run_that_was_handed_on_keeps_its_job_closed_to_others(store: Store, handed_on: dict[str, int]):
    (held,) = begun(store, later(1))
    settle(store, held, "waiting", **handed_on)
    (second,) = make(store, later(2))
    assert claim_one(store, second)[1][0].skipped
    assert [each.id for each in claim(store, (held.id, 2))] == [held.id]


def test_a_rescued_run_keeps_its_job_closed_to_others(store: Store):
    (held,) = begun(store, later(1))
    with store.write() as tx:
        claims.keep(tx, [(held.id, 1)], -LEASE)
        (gone,) = claims.lapsed(tx, 10)
        claims.take_back(tx, gone, tx.now, "its worker is gone", "{}")
    (second,) = make(store, new())
    assert claim_one(store, second)[0] == []
    assert [each.id for each in claim(store, (held.id, 2))] == [held.id]


@pytest.mark.parametrize("end", ["done", "dead", "cancelled"])
def test_the_end_of_a_run_opens_its_job(store: Store, end: str):
    (held,) = begun(store, later(1))
    settle(store, held, end)
    assert len(begun(store, later(2))) == 1


def test_cancelling_a_run_before_its_retry_opens_its_job(store: Store):
    (held,) = begun(store, later(1))
    settle(store, held, "waiting", failures=1)
    with store.write() as tx:
        assert interventions.cancel(tx, held.id, "anna") == "cancelled"
    assert len(begun(store, later(2))) == 1


def test_a_replayed_run_takes_its_turn_behind_the_open_one(store: Store):
    (dead,) = begun(store, later(1))
    settle(store, dead, "dead")
    begun(store, later(2))
    with store.write() as tx:
        assert interventions.replay(tx, [dead.id], "anna") == [dead.id]
    make(store)
    claimed, (overlapped,) = claim_one(store, dead.id, 2)
    assert (claimed, overlapped.skipped) == ([], False)


def test_a_trigger_that_must_wait_still_takes_others_in(store: Store):
    begun(store, later(1))
    (waiting,) = make(store, triggered())
    claim_one(store, waiting)
    with store.write() as tx:
        assert runs.trigger(tx, triggered()) == waiting
