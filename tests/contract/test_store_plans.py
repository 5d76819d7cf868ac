"""Plans are kept, found by their id, and forgotten with the results of their time."""

from datetime import timedelta

from hub.store import Store, plans, pruning
from tests.contract.store_steps import StandingClock


def test_a_plan_is_kept_and_found(store: Store):
    body = {"digest": "d", "streams": {"products": {"1": ["out", "told", "products", "A"]}}}
    with store.write() as tx:
        plans.put(tx, "7f3a0000", "shop", 3, body)
    with store.read() as tx:
        found = plans.get(tx, "7f3a0000")
        assert plans.get(tx, "7f3a") is None
    assert found is not None
    assert (found.system, found.revision, found.body) == ("shop", 3, body)


def test_the_same_plan_made_again_is_the_same_and_counts_as_new(store: Store, clock: StandingClock):
    for _ in range(2):
        with store.write() as tx:
            plans.put(tx, "7f3a0000", "shop", 3, {})
        clock.move(days=8)
    with store.write() as tx:
        assert (
            pruning.prune(tx, tx.now - timedelta(days=10), 100, history_before=tx.now - timedelta(days=10)).plans == 0
        )


def test_plans_are_pruned_with_results(store: Store, clock: StandingClock):
    with store.write() as tx:
        plans.put(tx, "7f3a0000", "shop", 3, {})
    clock.move(days=11)
    with store.write() as tx:
        pruned = pruning.prune(tx, tx.now - timedelta(days=10), 100, history_before=tx.now - timedelta(days=10))
        assert (pruned.plans, pruned.total) == (1, 1)
        assert plans.get(tx, "7f3a0000") is None
