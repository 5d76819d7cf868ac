"""Published runs a second: rows that are due, read, sent with confirm and mandatory, and marked."""

import time

from scheduler.relay import relay
from tests.benchmarks import celery_app, hub_side, pika_limit
from tests.benchmarks.figures import Figure, figure, in_turns
from tests.benchmarks.ground import Ground

RUNS = 20_000
PEERS_SHARE = 10
"""The peer publishes this part of what we do: it takes as long."""
WARM_UP = 200


def measure(ground: Ground) -> list[Figure]:
    """Measure us, Celery's apply_async and bare pika in turns."""
    count = ground.amount(RUNS)
    rates = in_turns(
        lambda: ours(ground, count),
        lambda: peer(ground, count // PEERS_SHARE),
        lambda: limit(ground, count),
        rounds=ground.rounds,
    )
    return [figure("publish", "runs/s", "Celery apply_async; limit: bare pika", rates, {"runs": count})]


def ours(ground: Ground, count: int) -> float:
    """Relay runs until none is due."""
    with ground.hub_place() as (place, store):
        broker = hub_side.opened(place.broker, "bench")
        publisher = broker.publisher()
        hub_side.put_jobs(store, 1, WARM_UP + count)
        hub_side.make_runs(store, 1, WARM_UP)
        published(relay(store, publisher).confirmed, WARM_UP)
        hub_side.make_runs(store, WARM_UP + 1, count)
        began = time.perf_counter()
        confirmed = 0
        while (relayed := relay(store, publisher)).due:
            confirmed += relayed.confirmed
        took = time.perf_counter() - began
        broker.close()
        published(confirmed, count)
        published(place.counted("SELECT count(*) FROM run WHERE published_at IS NOT NULL"), WARM_UP + count)
    return count / took


def published(found: int, wanted: int) -> None:
    """Make sure that all has gone out."""
    assert found == wanted, f"{found} of {wanted} were published"


def peer(ground: Ground, count: int) -> float:
    """Publish tasks, waiting for each one's confirm as Celery does."""
    with ground.place() as place:
        app = celery_app.make_app(place.broker)
        celery_app.send(app, WARM_UP)
        began = time.perf_counter()
        celery_app.send(app, count)
        took = time.perf_counter() - began
        app.close()
    return count / took


def limit(ground: Ground, count: int) -> float:
    """Publish the same messages with nothing but pika."""
    with ground.place() as place:
        hub_side.opened(place.broker, "bench").close()
        return pika_limit.rate(place.broker, count)
