"""Webhook calls that come again are taken once."""

from datetime import timedelta

from hub.store import Store, pruning, webhooks
from tests.contract.store_steps import StandingClock, together


def take(store: Store, system: str, event: str) -> bool:
    with store.write() as tx:
        return webhooks.take(tx, system, event)


def test_an_event_is_new_once(store: Store):
    assert take(store, "shop", "orders 17")
    assert not take(store, "shop", "orders 17")


def test_events_of_two_systems_have_nothing_to_do_with_each_other(store: Store):
    assert take(store, "shop", "orders 17")
    assert take(store, "kiosk", "orders 17")


def test_of_two_deliveries_at_the_same_moment_one_is_taken(store: Store):
    assert sorted(together(*[lambda: take(store, "shop", "orders 17")] * 4)) == [False, False, False, True]


def test_a_call_is_known_until_it_is_pruned(store: Store, clock: StandingClock):
    take(store, "shop", "orders 17")
    at = clock.now()
    with store.write() as tx:
        assert pruning.prune(tx, at, 100, history_before=at).webhooks == 0
        assert not webhooks.take(tx, "shop", "orders 17")
        assert pruning.prune(tx, at + timedelta(seconds=1), 100, history_before=at + timedelta(seconds=1)).webhooks == 1
        assert webhooks.take(tx, "shop", "orders 17")
