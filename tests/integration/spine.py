"""A hub without systems: the embedded broker, a real database, and jobs whose handlers the test writes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hub.broker import open_broker
from hub.broker.topology import MAINTENANCE, queue_of, topology
from hub.config import JobSettings
from hub.handler import Handler
from hub.store import Store, interventions, jobs, migrate, runs
from hub.worker import Pipeline, Worker
from scheduler import Leader, Steps
from scheduler.relay import relay

QUEUE = queue_of("eshop", "shop")


LIMIT = 30.0
"""Seconds that a thread may take on a machine that is busy with other tests."""


class ShiftedClock:
    """A clock that stands until it is put ahead: what a lease sees when its holder is paused.

    However slow a test is, no lease of it lapses.
    """

    def __init__(self):
        self.began = datetime.now(UTC)
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return self.began + self.ahead

    def monotonic(self) -> float:
        return self.ahead.total_seconds()


@dataclass
class Spine:
    """Everything of a hub that a worker needs; also its Duties."""

    store: Store
    clock: ShiftedClock
    handlers: dict[str, Handler] = field(default_factory=dict)
    settings: dict[str, JobSettings] = field(default_factory=dict)

    def __post_init__(self):
        migrate.migrate(self.store)
        self.broker = open_broker(None, "test")
        self.broker.declare(topology([("eshop", "shop"), ("eshop", "other"), MAINTENANCE]))
        self.publisher = self.broker.publisher()
        self.consumer = self.broker.consumer([QUEUE], 100)
        self.leader = Leader(self.store, "test", self.clock)
        self.steps = Steps(self.store, self.publisher, self.leader, self.clock)

    def jobs(self) -> Mapping[str, JobSettings]:
        return self.settings

    def handler(self, job: str) -> Handler | None:
        return self.handlers.get(job)

    def breaker_failures(self, system: str) -> int:
        return 3

    def add_job(self, name: str, handler: Handler, **settings):
        """Configure a job; its system is what its name begins with."""
        system = name.partition(".")[0]
        given = {"sync": ("orders",), "attempts": 3, "triggers": True, "timezone": "UTC"} | settings
        job = JobSettings(name=name, system=system, **given)
        self.settings[name] = job
        self.handlers[name] = handler
        stored = {"schedule": job.schedule().model_dump(mode="json", exclude_defaults=True)}
        with self.store.write() as tx:
            jobs.put(tx, [jobs.Job(name, system, "eshop", stored, True, None)])

    def pipeline(self, name: str = "worker", **given) -> Pipeline:
        return Pipeline(
            name=name,
            store=self.store,
            publisher=self.publisher,
            duties=self,
            clock=self.clock,
            **{"acknowledge": self.consumer.ack, **given},
        )

    def worker(self, **given) -> Worker:
        return Worker(self.pipeline(**given), self.consumer, threads=2, prefetch=20)

    def make(self, job: str, *, cause: str = "schedule", at: datetime | None = None, **given) -> int:
        """Store one run that is due now; no two are of one instant."""
        self.clock.ahead += timedelta(milliseconds=1)
        with self.store.write() as tx:
            new = runs.NewRun(
                job=job,
                system=job.partition(".")[0],
                cause=cause,
                not_before=tx.now,
                scheduled_at=(at or tx.now) if cause == "schedule" else None,
                overlap=self.settings[job].overlap,
                **given,
            )
            return runs.make(tx, [new])[0]

    def relay(self) -> int:
        return relay(self.store, self.publisher).confirmed

    def take(self, count: int = 1):
        """Take deliveries, as many as there must be."""
        taken = []
        while len(taken) < count:
            more = self.consumer.take(count - len(taken), LIMIT)
            assert more, f"{len(taken)} of {count} deliveries came"
            taken += more
        return taken

    def deliver(self, pipeline: Pipeline, count: int = 1):
        """Take deliveries through a pipeline; returns what was settled."""
        held = pipeline.receive(self.take(count))
        ended = [(each, pipeline.carry_out(each)) for each in held]
        pipeline.settle(ended)
        return [outcome for _, outcome in ended]

    def run(self, number: int) -> interventions.Shown:
        with self.store.read() as tx:
            return interventions.find(tx, numbers=[number])[0]

    def close(self):
        self.broker.close()
        self.store.close()
