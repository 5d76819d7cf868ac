"""PAINS S8: a shop that has switched its webhooks off is told to switch them on again."""

from dataclasses import replace

from hub.connector import Subscription
from hub.handler import Done, Work
from hub.store import Store
from hub.sync import Wanted, keeper
from tests.contract.bell import SECRET, Bell
from tests.contract.tables import Held

ADDRESS = "https://hub.example/hooks/shop"


def keep(store: Store, bell: Bell, *streams: str, secret: str = SECRET, resigned: bool = False) -> str | None:
    wanted = Wanted(bell, ADDRESS, secret, streams, resigned=resigned)
    outcome = keeper(lambda: wanted)(Work(1, 1, "shop.webhooks", "shop", "schedule", None, None), Held(store))
    assert isinstance(outcome, Done)
    return outcome.message


def test_what_is_missing_is_registered_for_the_streams_that_have_a_job(store: Store):
    bell = Bell()
    assert keep(store, bell, "orders") == "1 registered"
    assert [(each.topic, each.address) for each in bell.registered] == [("order.changed", ADDRESS)]
    assert keep(store, bell, "orders", "parties") == "1 in order, 1 registered"


def test_s08_what_the_shop_has_switched_off_is_switched_on_again(store: Store):
    bell = Bell()
    keep(store, bell, "orders")
    bell.registered[0] = replace(bell.registered[0], active=False)
    assert keep(store, bell, "orders") == "1 switched on again"
    assert bell.registered[0].active
    assert keep(store, bell, "orders") == "1 in order"


def test_a_new_secret_is_given_to_what_is_registered_while_the_one_before_stands_beside_it(store: Store):
    theirs = Subscription("9", "order.changed", "https://accountant.example/", active=True)
    bell = Bell([theirs])
    keep(store, bell, "orders", "parties", secret="the first")
    keep(store, bell, "orders", "parties", secret="the second", resigned=True)
    assert bell.signed == {"1": "the second", "2": "the second"}


def test_s08_what_was_switched_off_for_its_old_secret_is_on_again_with_the_new_one(store: Store):
    bell = Bell()
    keep(store, bell, "orders", secret="the first")
    bell.registered[0] = replace(bell.registered[0], active=False)
    keep(store, bell, "orders", secret="the second")
    assert bell.signed == {"0": "the second"}


def test_other_peoples_webhooks_are_left_alone(store: Store):
    theirs = Subscription("9", "order.changed", "https://accountant.example/", active=False)
    bell = Bell([theirs])
    assert keep(store, bell, "orders") == "1 registered"
    assert theirs in bell.registered


def test_why_nothing_can_be_done_is_said(store: Store):
    work = Work(1, 1, "shop.webhooks", "shop", "schedule", None, None)
    assert keeper(lambda: "no address")(work, Held(store)) == Done("no address")
