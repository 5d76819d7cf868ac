"""What operators do to runs."""

from datetime import timedelta

import pytest

from hub.store import Store, claims, interventions, outbox, runs
from tests.contract.store_steps import START, begun, claim, make, new, scheduled, settle, shown


def dead(store: Store, *jobs: str) -> list[claims.Claimed]:
    held = begun(store, *(scheduled(name) for name in jobs))
    for each in held:
        settle(store, each, "dead", failures=5, message="HTTP 500")
    return sorted(held, key=lambda each: each.id)


def test_runs_are_listed_the_latest_first_by_what_is_asked_for(store: Store):
    first, second = make(store, new("shop.a"), new("till.b"))
    claim(store, (second, 1))
    with store.read() as tx:
        assert [each.id for each in interventions.find(tx)] == [second, first]
        assert [each.id for each in interventions.find(tx, most=1)] == [second]
        assert [each.id for each in interventions.find(tx, job="shop.a")] == [first]
        assert [each.id for each in interventions.find(tx, system="till")] == [second]
        assert [each.id for each in interventions.find(tx, states=["running", "dead"])] == [second]
        assert interventions.find(tx, numbers=[]) == []
        assert [each.state for each in interventions.find(tx)] == ["running", "waiting"]


def test_the_last_run_of_each_job_is_told(store: Store):
    make(store, scheduled("shop.a", START - timedelta(hours=1)))
    (last,) = make(store, scheduled("shop.a"))
    (other,) = make(store, new("shop.b"))
    with store.read() as tx:
        assert {name: each.id for name, each in interventions.last_of_each(tx).items()} == {
            "shop.a": last,
            "shop.b": other,
        }


def test_j16_a_cancelled_run_stays_cancelled(store: Store):
    (number,) = make(store, new())
    with store.write() as tx:
        assert interventions.cancel(tx, number, "anna") == "cancelled"
        assert interventions.cancel(tx, number, "anna") is None
        assert runs.recall_all(tx) == 0
    assert claim(store, (number, 1), (number, 2)) == []
    assert shown(store, number).message == "cancelled by anna"


def test_cancelling_what_has_ended_or_never_was_does_nothing(store: Store):
    (held,) = begun(store, new())
    settle(store, held)
    with store.write() as tx:
        assert interventions.cancel(tx, held.id, "anna") is None
        assert interventions.cancel(tx, 4711, "anna") is None


def test_waiting_runs_of_a_job_that_is_configured_no_more_are_cancelled(store: Store):
    begun(store, new("shop.gone"))
    waiting, other = make(store, new("shop.gone"), new("shop.stays"))
    with store.write() as tx:
        assert interventions.cancel_waiting(tx, ["shop.gone"], "anna", "taken out") == 1
        assert sorted(each.state for each in interventions.find(tx)) == ["cancelled", "running", "waiting"]
    assert shown(store, waiting).message == "taken out"
    assert claim(store, (waiting, 1), (waiting, 2)) == []
    assert len(claim(store, (other, 1))) == 1


def test_dead_runs_are_replayed_with_all_their_attempts(store: Store):
    one, two = dead(store, "shop.a", "shop.b")
    with store.write() as tx:
        assert interventions.replay(tx, [two.id, one.id, 4711], "anna") == [one.id, two.id]
        assert interventions.replay(tx, [one.id], "anna") == []
        assert [(each.id, each.generation) for each in runs.due(tx, tx.now, 10)] == [(one.id, 2), (two.id, 2)]
    seen = shown(store, one.id)
    assert (seen.state, seen.failures, seen.ended_at, seen.cause) == ("waiting", 0, None, "manual")
    assert (seen.scheduled_at, seen.message) == (START, "replayed by anna")


def test_a_replayed_run_has_a_result_of_its_own_again(store: Store):
    (held,) = dead(store, "shop.a")
    with store.write() as tx:
        interventions.replay(tx, [held.id], "anna")
    make(store)
    settle(store, claim(store, (held.id, 2))[0])
    with store.read() as tx:
        assert [(each.generation, each.part) for each in outbox.waiting(tx, 10)] == [(1, 0), (2, 0)]


def test_the_late_worker_of_a_dead_run_does_not_touch_its_replay(store: Store):
    (held,) = dead(store, "shop.a")
    with store.write() as tx:
        interventions.replay(tx, [held.id], "anna")
    make(store)
    claim(store, (held.id, 2), worker="two")
    assert settle(store, held) == set()
    assert shown(store, held.id).worker == "two"


@pytest.mark.parametrize("state", ["done", "cancelled", "waiting"])
def test_only_dead_runs_are_replayed_or_discarded(store: Store, state: str):
    (held,) = begun(store, new())
    settle(store, held, state)
    with store.write() as tx:
        assert interventions.replay(tx, [held.id], "anna") == []
        assert interventions.discard(tx, [held.id], "anna") == []


def test_a_discarded_run_says_by_whom_and_cannot_be_replayed(store: Store):
    one, two = dead(store, "shop.a", "shop.b")
    with store.write() as tx:
        assert interventions.discard(tx, [one.id], "anna") == [one.id]
        assert interventions.replay(tx, [one.id, two.id], "anna") == [two.id]
    assert (shown(store, one.id).state, shown(store, one.id).message) == ("discarded", "HTTP 500 (discarded by anna)")


def test_very_many_dead_runs_can_be_replayed_at_once(store: Store):
    (held,) = dead(store, "shop.a")
    with store.write() as tx:
        assert interventions.replay(tx, range(70_000), "anna") == [held.id]
