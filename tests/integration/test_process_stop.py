"""How long a process takes to end while the broker takes nothing."""

import threading
import time
from contextlib import closing
from pathlib import Path

from hub.app import Configuration, Process, Roles, open_hub
from hub.broker import Topology, queue_of, topology
from hub.clock import SystemClock
from hub.handler import Done, Handler
from hub.store import Store, interventions, migrate
from tests.benchmarks import hub_side
from tests.benchmarks.hub_side import KIND, SYSTEM
from tests.integration.broker_steps import set_memory_mark
from tests.integration.spine import LIMIT
from tests.servers.process import wait_until
from tests.servers.rabbitmq import RabbitServer

DRAIN, REST = 8.0, 9.0
"""Seconds; the second is less than what compose's `stop_grace_period` is longer than `drain`."""


class OneSystem(Configuration):
    """One system whose runs do what they are told."""

    carry_out: Handler = staticmethod(lambda _work, _hold: Done())

    def topology(self) -> Topology:
        return topology([(KIND, SYSTEM)])

    def queues(self, kinds):
        return {SYSTEM: queue_of(KIND, SYSTEM)}

    def jobs(self):
        return {job.name: job for job in map(hub_side.job_settings, (1, 2))}

    def handler(self, job):
        return self.carry_out


def test_j11_a_process_ends_in_time_while_the_broker_takes_nothing(
    killable_rabbitmq: RabbitServer, amqp_url: str, sqlite_url: str, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setenv("HUB_BROKER", amqp_url)
    monkeypatch.setenv("HUB_DATABASE", sqlite_url)
    with closing(Store(sqlite_url, SystemClock())) as store:
        migrate.migrate(store)
    began, release = threading.Event(), threading.Event()

    def hang(_work, _hold):
        began.set()
        assert release.wait(10 * LIMIT)
        return Done()

    hub = open_hub(tmp_path / "hub.toml")
    process = Process(hub, Roles.everything())
    process.configuration = configuration = OneSystem(hub.store, hub.folder, hub.clock)
    configuration.carry_out = hang
    process.start()
    hub_side.put_jobs(hub.store, 1, 2)
    hub_side.make_runs(hub.store, 1, 1)
    assert began.wait(LIMIT)
    set_memory_mark(killable_rabbitmq, "0")
    try:
        hub_side.make_runs(hub.store, 2, 1)
        wait_until("the publisher to be blocked", lambda: process.publisher.state().blocked is not None)
        asked = time.monotonic()
        assert not process.stop(DRAIN)
        assert time.monotonic() - asked < DRAIN + REST
    finally:
        set_memory_mark(killable_rabbitmq, "absolute 512MiB")
        release.set()
    with hub.store.read() as tx:
        states = [interventions.find(tx, numbers=[number])[0].state for number in (1, 2)]
    assert states == ["running", "waiting"]
    hub.close()
