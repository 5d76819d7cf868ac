"""What the log consumer makes of messages that are none of its own."""

from collections.abc import Iterator

import pytest

from hub.broker import Delivery
from hub.broker.topology import DEAD, INVALID, RUNLOG, TRIGGERS
from hub.runlog import store_batch
from hub.store import Store, letters
from hub.store.migrate import migrate


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    opened = Store(sqlite_url)
    migrate(opened)
    yield opened
    opened.close()


@pytest.mark.parametrize("queue", [DEAD, INVALID, RUNLOG])
def test_j15_headers_of_a_stranger_neither_stop_the_run_log_nor_speak_for_the_hub(store: Store, queue: str) -> None:
    headers = {"hub-reason": "forged", "x-first-death-reason": "expired", "x-first-death-queue": "hub.eshop.shop"}
    stored: list[Delivery] = []
    store_batch(store, [Delivery(queue, TRIGGERS, "shop.orders", b"?", False, headers, None, 1, 1)], stored.extend)
    assert len(stored) == 1
    with store.read() as tx:
        (kept,) = letters.find(tx)
    assert kept.headers == headers
    if queue == DEAD:
        assert kept.reason == "the broker gave it up: expired in hub.eshop.shop"
