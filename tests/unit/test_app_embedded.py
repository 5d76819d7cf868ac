from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from hub.app.embedded import StoringPublisher
from hub.broker import Broker, Fate, Outgoing, open_broker, topology
from hub.broker.topology import INVALID, JOBS, RESULTS
from hub.messages import Result, encode
from hub.posting import post
from hub.store import Store, letters, outbox, results
from hub.store.migrate import migrate

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    opened = Store(sqlite_url)
    migrate(opened)
    yield opened
    opened.close()


@pytest.fixture
def broker() -> Iterator[Broker]:
    opened = open_broker(None, "test")
    opened.declare(topology([("warehouse", "depot")]))
    yield opened
    opened.close()


def result() -> bytes:
    told = Result(
        run=1, generation=1, job="depot.stock", system="depot", cause="schedule", outcome="done", attempt=1,
        worker="test", scheduled_at=None, started_at=NOW, ended_at=NOW, counts={"new": 2}, message=None,
    )  # fmt: skip
    return encode(told)


def test_a_result_is_confirmed_when_it_is_stored(store: Store, broker: Broker):
    publisher = StoringPublisher(broker.publisher(), store)
    with store.write() as tx:
        outbox.put(tx, [outbox.Unsent(1, 1, 0, "depot.stock", result().decode())])
    with store.read() as tx:
        waiting = outbox.waiting(tx, 10)
    assert post(store, publisher, waiting) == 1
    with store.read() as tx:
        assert outbox.count(tx) == 0
        assert [each["counts"] for each in results.history(tx, 1)] == [{"new": 2}]


def test_runs_go_to_the_broker_and_fates_keep_their_order(store: Store, broker: Broker):
    publisher = StoringPublisher(broker.publisher(), store)
    batch = [
        Outgoing(JOBS, "nobody", b"{}"),
        Outgoing(RESULTS, "depot.stock", result()),
        Outgoing(JOBS, "depot", b"{}"),
        Outgoing("", INVALID, b"?", headers={"hub-reason": "no JSON", "hub-exchange": "x", "hub-routing-key": "y"}),
    ]
    assert publisher.publish(batch) == [Fate.UNROUTABLE, Fate.CONFIRMED, Fate.CONFIRMED, Fate.CONFIRMED]
    with store.read() as tx:
        assert [each.reason for each in letters.find(tx)] == ["no JSON"]


def test_without_a_database_nothing_is_confirmed(broker: Broker):
    away = Store("postgresql+psycopg://hub@127.0.0.1:1/hub")
    publisher = StoringPublisher(broker.publisher(), away)
    assert publisher.publish([Outgoing(RESULTS, "depot.stock", result())]) == [Fate.UNCONFIRMED]
    assert publisher.publish([]) == []
    away.close()
