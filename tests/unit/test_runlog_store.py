"""What the log consumer makes of messages that are none of its own."""

from collections.abc import Iterator

import orjson
import pytest

from hub.broker import Delivery
from hub.broker.delivery import raw
from hub.broker.topology import DEAD, INVALID, RESULTS, RUNLOG, TRIGGERS
from hub.messages import encode
from hub.runlog import store_batch
from hub.store import Store, letters, results
from hub.store.migrate import migrate
from tests.contract.test_store_results import result


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


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ({"run": 2**63}, "run: "),
        ({"generation": 2**31}, "generation: "),
        ({"ended_at": "2026-11-02T06:00:00"}, "ended_at: "),
    ],
)
def test_j15_a_result_that_no_database_takes_is_put_aside_and_the_others_are_stored(
    store: Store, told: dict[str, object], named: str
) -> None:
    good = encode(result(7)).decode()
    bodies = [good, orjson.dumps(orjson.loads(good) | told)]
    deliveries = [Delivery(RUNLOG, RESULTS, "shop.orders", raw(body), False, {}, None, 1, 1) for body in bodies]
    store_batch(store, deliveries, lambda _: None)
    with store.read() as tx:
        (kept,) = letters.find(tx)
        assert kept.reason.startswith(named)
        assert len(results.history(tx, 7)) == 1


def test_of_a_strangers_megabytes_the_beginning_is_kept(store: Store) -> None:
    body = b"\xff" + b"k" * 10_000_000
    store_batch(store, [Delivery(INVALID, TRIGGERS, "shop.orders", body, False, {}, None, 1, 1)], lambda _: None)
    with store.read() as tx:
        (kept,) = letters.find(tx)
    assert kept.body.endswith("kkk ... (cut: it has 10,000,001 bytes)")
    assert len(kept.body) < 101_000
