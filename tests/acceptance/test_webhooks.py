"""A shop that calls, the whole way: registered by the hub, delivered to it, fetched, and switched on again (PAINS S8)."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.acceptance.hubs import SELDOM, Home, Running
from tests.fakes.woocommerce import WooCommerce, hooks
from tests.fakes.woocommerce.orders import order
from tests.servers.process import free_ports

SECONDS = 60.0
"""Within which an order has to be here, also on a machine that is busy with other tests; the schedule brings none."""
CONFIGURATION = """
[systems.shop]
kind = "eshop"
connector = "woocommerce"
url = "{url}"
key = "env:WOO_KEY"
secret = "env:WOO_SECRET"
webhook_secret = "env:WOO_WEBHOOKS"

[jobs."shop.orders"]
sync = ["parties", "orders"]
every = "{seldom}"

[jobs."shop.webhooks"]
every = "{seldom}"
"""


@pytest.fixture
def shop() -> Iterator[WooCommerce]:
    there = WooCommerce()
    yield there
    there.close()


@pytest.fixture
def home(tmp_path, shop: WooCommerce) -> Home:
    (port,) = free_ports(1)
    web = f'web = "127.0.0.1:{port}"\nweb_address = "http://127.0.0.1:{port}"'
    home = Home(tmp_path, {**shop.environment, "WOO_WEBHOOKS": "s3cret-of-calls"})
    home.configure(hub=web, more=CONFIGURATION.format(url=shop.server.url, seldom=SELDOM))
    home.ok("up", "--until-idle")
    return home


def placed(shop: WooCommerce) -> tuple[str, dict[str, Any]]:
    """Let a customer order; returns the order's number, and what the shop tells of it."""
    number, _ = shop.place_order(shop.clock.now())
    return number, dict(order(shop, shop.posts.records[int(number)]))


def statuses(home: Home) -> dict[str, str]:
    """Return the orders that are here, with their statuses."""
    return {each["fields"]["number"]: each["fields"]["status"] for each in home.json("records", "orders")}


def runs(home: Home) -> list[dict[str, Any]]:
    return [each for each in home.json("runs", "--job", "shop.orders") if each["cause"] == "trigger"]


def wait_until_here(running: Running, home: Home, wanted: dict[str, str]) -> None:
    running.wait_for(f"{wanted} to be here", lambda: statuses(home) == wanted, seconds=SECONDS)


def test_an_order_that_the_shop_calls_about_is_here_once_within_seconds(home: Home, shop: WooCommerce):
    topics = sorted(each.values["topic"] for each in shop.webhooks.there())
    assert topics == [
        f"{what}.{event}" for what in ("customer", "order") for event in ("created", "deleted", "updated")
    ]
    with home.up() as running:
        address = shop.webhooks.there()[0].values["delivery_url"]
        running.wait_for("the hub to answer", lambda: hooks.post(address, hooks.PING) == (200, "heard\n"))

        number, told = placed(shop)
        began = time.monotonic()
        assert hooks.deliver(shop, "order.created", told) == [(202, "taken\n")]
        assert hooks.deliver(shop, "order.created", told) == [(202, "known\n")]
        wait_until_here(running, home, {number: "confirmed"})
        assert time.monotonic() - began < SECONDS

        late = {**told, "status": "processing", "date_modified_gmt": "2020-01-01T00:00:00"}
        shop.complete(number)
        assert hooks.deliver(shop, "order.updated", late) == [(202, "taken\n")]
        wait_until_here(running, home, {number: "completed"})

        running.wait_for("both runs to be done", lambda: [each["state"] for each in runs(home)] == ["done"] * 2)
        _, unheard = placed(shop)
        forged = hooks.call("order.created", unheard, "guessed")
        assert hooks.post(address, forged)[0] == 401
        assert hooks.deliver(shop, "order.created", told) == [(202, "known\n")]
        assert len(runs(home)) == 2
        assert running.end() == 0
    assert statuses(home) == {number: "completed"}


def test_s08_webhooks_that_the_shop_has_switched_off_are_on_again_and_what_was_missed_is_fetched(
    home: Home, shop: WooCommerce
):
    missed, told = placed(shop)
    for _ in range(hooks.FAILURES + 2):  # that there are more than so many, the next one finds
        assert hooks.deliver(shop, "order.created", told) == [(0, "")]
    assert hooks.deliver(shop, "order.created", told) == []
    with home.up() as running:
        home.ok("jobs", "run", "shop.webhooks", "--wait")
        assert {each.values["status"] for each in shop.webhooks.there()} == {"active"}
        assert len(shop.webhooks.there()) == 6
        later, told = placed(shop)
        assert hooks.deliver(shop, "order.created", told) == [(202, "taken\n")]
        wait_until_here(running, home, {later: "confirmed"})
        home.ok("jobs", "run", "shop.orders", "--wait")
        assert statuses(home) == {missed: "confirmed", later: "confirmed"}
        assert running.end() == 0
