"""Runs executed with their results stored, end to end, by two processes a side."""

import time

from hub.broker import Publisher
from hub.store import Store
from scheduler.relay import relay
from tests.benchmarks import celery_app, hub_side
from tests.benchmarks.figures import Figure, figure, in_turns
from tests.benchmarks.ground import Ground, Place, Team

RUNS = 16_000
"""Each of a job of its own, under the default overlap policy."""
PEERS_SHARE = 10
"""The peer does this part of what we do: it takes as long."""
TRIAL = 200
"""Tasks by which the better pool is found."""
WARM_UP = 1_000
POOLS = {
    "prefork": ("--pool", "prefork", "--concurrency", "2"),
    "threads": ("--pool", "threads", "--concurrency", "8"),
}
STORED = "SELECT count(*) FROM result"
UNSENT = "SELECT count(*) FROM outbox"
PEERS_STORED = "SELECT count(*) FROM celery_taskmeta WHERE status = 'SUCCESS'"


def measure(ground: Ground) -> list[Figure]:
    """Measure us and the better of Celery's pools in turns."""
    count = ground.amount(RUNS)
    trials = {pool: peer(ground, pool, TRIAL) for pool in POOLS}
    best = max(trials, key=lambda pool: trials[pool])
    rates = in_turns(
        lambda: ours(ground, count), lambda: peer(ground, best, count // PEERS_SHARE), rounds=ground.rounds
    )
    details = {"runs": count, "pool": best, "trials": {pool: round(rate) for pool, rate in trials.items()}}
    return [figure("execute", "runs/s", f"Celery worker ({best}), results in its database", rates, details)]


def ours(ground: Ground, count: int) -> float:
    """Have one adapter process and one log consumer work off a full queue."""
    with ground.hub_place() as (place, store):
        broker = hub_side.opened(place.broker, "bench")
        publisher = broker.publisher()
        hub_side.put_jobs(store, 1, WARM_UP + count)
        commands = [("tests.benchmarks.hub_process", role, str(WARM_UP + count)) for role in ("adapter", "runlog")]
        with ground.running(*commands, env={"HUB_DATABASE": place.database, "HUB_BROKER": place.broker}) as team:
            publish(store, publisher, 1, WARM_UP)
            until_stored(team, place, WARM_UP)
            with team.held_still():
                publish(store, publisher, WARM_UP + 1, count)
                began = time.perf_counter()
            until_stored(team, place, WARM_UP + count)
            took = time.perf_counter() - began
        broker.close()
        done = place.counted("SELECT count(*) FROM run WHERE state = 'done'")
        assert done == WARM_UP + count, f"only {done} runs are done"
    return count / took


def publish(store: Store, publisher: Publisher, first: int, count: int) -> None:
    """Make runs and bring them to the queue."""
    hub_side.make_runs(store, first, count)
    while relay(store, publisher).due:
        pass


def until_stored(team: Team, place: Place, count: int) -> None:
    """Wait until all results are in the run log, and none is in the outbox any more."""
    team.until(f"{count} results", lambda: place.counted(STORED) >= count)
    team.until("an empty outbox", lambda: not place.counted(UNSENT))


def peer(ground: Ground, pool: str, count: int) -> float:
    """Have a Celery worker with two processes (or a pool of threads) work off a full queue."""
    with ground.place() as place:
        app = celery_app.make_app(place.broker, place.database)
        env = {celery_app.BROKER: place.broker, celery_app.BACKEND: place.database}
        flags = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING")
        worker = ("celery", "-A", "tests.benchmarks.celery_app", "worker", *POOLS[pool], *flags)
        with ground.running(worker, env=env) as team:
            warm = WARM_UP // PEERS_SHARE
            celery_app.send(app, warm)
            # The table is made by the worker with its first result.
            team.until("the warm-up", lambda: has_table(place) and place.counted(PEERS_STORED) >= warm)
            with team.held_still():
                celery_app.send(app, count, warm + 1)
                began = time.perf_counter()
            team.until(f"{count} results", lambda: place.counted(PEERS_STORED) >= warm + count)
            took = time.perf_counter() - began
        app.close()
    return count / took


def has_table(place: Place) -> bool:
    """Return whether the peer has made its table."""
    return bool(place.counted("SELECT count(*) FROM pg_tables WHERE tablename = 'celery_taskmeta'"))
