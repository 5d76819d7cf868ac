"""Ten thousand schedules that are due at once: from the first tick until every run is published and marked."""

import time
from datetime import UTC, datetime, timedelta
from functools import partial

from hub.clock import SystemClock
from hub.store import Store
from scheduler import Leader, Steps
from tests.benchmarks import celery_app, hub_side
from tests.benchmarks.figures import Figure, figure, in_turns
from tests.benchmarks.ground import Ground

SCHEDULES = 10_000
WARM_UP = 20
EVERY = timedelta(hours=1)
LONGEST = 15.0
"""Seconds that beat is looked at."""
ROUNDS = 2
LOOK = 0.1


def measure(ground: Ground) -> list[Figure]:
    """Measure our scheduler and celery beat in turns."""
    count = ground.amount(SCHEDULES)
    longest = LONGEST / 3 if ground.quick else LONGEST
    rates = in_turns(
        lambda: ours(ground, count), lambda: peer(ground, count, longest), rounds=min(ground.rounds, ROUNDS)
    )
    return [figure("due", "schedules/s", "celery beat", rates, {"schedules": count})]


def ours(ground: Ground, count: int) -> float:
    """Make the passes of a scheduler until all that was due is out."""
    with ground.hub_place() as (place, store):
        broker = hub_side.opened(place.broker, "bench")
        clock = SystemClock()
        steps = Steps(store, broker.publisher(), Leader(store, "bench", clock), clock)
        hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        put_due = partial(hub_side.put_jobs, store, every=EVERY, due=hour)
        put_due(1, WARM_UP)
        until_published(steps, store, WARM_UP)
        put_due(WARM_UP + 1, count)
        began = time.perf_counter()
        until_published(steps, store, WARM_UP + count)
        took = time.perf_counter() - began
        broker.close()
        marked = place.counted("SELECT count(*) FROM run WHERE published_at IS NOT NULL")
        assert marked == WARM_UP + count, f"{marked} runs are marked"
    return count / took


def until_published(steps: Steps, store: Store, count: int) -> None:
    """Make passes until so many runs are out."""
    while steps.once() or published(store) < count:
        pass


def published(store: Store) -> int:
    """Return how many runs have been published."""
    with store.read() as tx:
        return tx.connection.exec_driver_sql("SELECT count(*) FROM run WHERE published_at IS NOT NULL").scalar_one()


def peer(ground: Ground, count: int, longest: float) -> float:
    """Look at what beat publishes a second, from its first publish on."""
    with ground.place() as place:
        env = {celery_app.BROKER: place.broker, celery_app.ENTRIES: str(count)}
        beat = ("celery", "-A", "tests.benchmarks.celery_app", "beat", "--loglevel", "WARNING", "--schedule", "beat")
        app = celery_app.make_app(place.broker)
        with app.connection_for_read() as connection, ground.running(beat, env=env) as team:
            queue = app.amqp.queues[celery_app.QUEUE](connection.default_channel)
            queue.declare()
            team.until("beat's first publish", lambda: waiting(queue) > 0)
            before, began = waiting(queue), time.perf_counter()
            while time.perf_counter() - began < longest and waiting(queue) < count:
                time.sleep(LOOK)
            rate = (waiting(queue) - before) / (time.perf_counter() - began)
        app.close()
    return rate


def waiting(queue: object) -> int:
    """Return how many messages a queue of kombu holds."""
    return queue.queue_declare(passive=True).message_count  # type: ignore[attr-defined]
