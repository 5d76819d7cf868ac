"""One run of one job through the real pipeline, as a worker carries it out."""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.broker import Delivery, open_broker
from hub.broker.topology import JOBS
from hub.clock import SystemClock
from hub.config import JobSettings
from hub.handler import Done, Handler, Outcome
from hub.messages import RunDue, encode
from hub.store import Store, runs
from hub.worker import Pipeline


@dataclass(frozen=True)
class OneJob:
    """The duties of a worker with this one job."""

    settings: JobSettings
    handle: Handler

    def jobs(self) -> Mapping[str, JobSettings]:
        """Return the one job."""
        return {self.settings.name: self.settings}

    def handler(self, job: str) -> Handler | None:
        """Return its handler."""
        return self.handle if job == self.settings.name else None

    def breaker_failures(self, system: str) -> int:
        """Return how often a system may fail."""
        return 5


def carry_out(store: Store, duty: OneJob) -> Outcome:
    """Make a run, and carry it out slice by slice as a worker does, from claim to settle."""
    broker = open_broker(None, "bench")
    pipeline = Pipeline("bench", store, broker.publisher(), duty, SystemClock(), lambda _: None)
    job = duty.settings
    with store.write() as tx:
        wanted = runs.NewRun(job=job.name, system=job.system, cause="manual", not_before=tx.now)
        number = runs.make(tx, [wanted])[0]
    generation = 1
    while True:
        (held,) = pipeline.receive([delivery(job, number, generation)])
        outcome = pipeline.carry_out(held)
        pipeline.settle([(held, outcome)])
        if isinstance(outcome, Done):
            return outcome
        generation += 1


def delivery(job: JobSettings, number: int, generation: int) -> Delivery:
    """Return the message that brings a run."""
    body = encode(RunDue(run=number, generation=generation, job=job.name))
    return Delivery(f"hub.bench.{job.system}", JOBS, job.system, body, False, {}, None, 1, number)
