"""Imports one file through the real pipeline, in a process of its own whose memory is looked at.

`python -m tests.benchmarks.import_process DATABASE SOURCE` prints JSON: seconds (of time, and of
its own work) and bytes of memory at the most.
"""

import json
import resource
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from adapters.warehouse import FilesConnector, FilesOptions
from hub.broker import Delivery, open_broker
from hub.broker.topology import JOBS
from hub.clock import SystemClock
from hub.config import JobSettings
from hub.connector import Connector
from hub.handler import Done, Handler, Outcome
from hub.messages import RunDue, encode
from hub.store import Store, migrate, runs
from hub.sync import puller
from hub.worker import Pipeline, collector

JOB, SYSTEM, STREAM = "depot.stock", "depot", "stock"
COLUMNS = {"sku": "sku", "location": "location", "on_hand": "on_hand"}


def connector_of(source: Path) -> Connector:
    """Return what reads the file."""
    stock = {"entity": "stock", "files": "*.csv", "decimal": ".", "columns": COLUMNS}
    options = FilesOptions.model_validate({"source": str(source), "settle": "0s", "formats": {STREAM: stock}})
    return FilesConnector(SYSTEM, options, source, SystemClock())


class OneJob:
    """The duties of a worker with this one job."""

    def __init__(self, source: Path) -> None:
        self._handler = puller(lambda: connector_of(source), (STREAM,))
        self._settings = JobSettings(name=JOB, system=SYSTEM, sync=(STREAM,), attempts=1, timezone="UTC")

    def jobs(self) -> Mapping[str, JobSettings]:
        """Return the one job."""
        return {JOB: self._settings}

    def handler(self, job: str) -> Handler | None:
        """Return its handler."""
        return self._handler if job == JOB else None

    def breaker_failures(self, system: str) -> int:
        """Return how often a system may fail."""
        return 5


def carry_out(store: Store, source: Path) -> Outcome:
    """Make a run, and carry it out slice by slice as a worker does, from claim to settle."""
    broker = open_broker(None, "bench")
    pipeline = Pipeline("bench", store, broker.publisher(), OneJob(source), SystemClock(), lambda _: None)
    with store.write() as tx:
        number = runs.make(tx, [runs.NewRun(job=JOB, system=SYSTEM, cause="manual", not_before=tx.now)])[0]
    generation = 1
    while True:
        (held,) = pipeline.receive([delivery(number, generation)])
        outcome = pipeline.carry_out(held)
        pipeline.settle([(held, outcome)])
        if isinstance(outcome, Done):
            return outcome
        generation += 1


def delivery(number: int, generation: int) -> Delivery:
    """Return the message that brings a run."""
    body = encode(RunDue(run=number, generation=generation, job=JOB))
    return Delivery("hub.warehouse.depot", JOBS, SYSTEM, body, False, {}, None, 1, number)


def main(url: str, source: Path) -> None:
    store = Store(url)
    migrate.migrate(store)
    collector.relax()  # as every worker does
    began, worked = time.perf_counter(), time.process_time()
    outcome = carry_out(store, source)
    took, worked = time.perf_counter() - began, time.process_time() - worked
    store.close()
    print(json.dumps({"seconds": took, "cpu": worked, "memory": most_memory(), "outcome": str(outcome)}))


def most_memory() -> int:
    """Return the most memory that this process ever took, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would count what the parent had when it started us
        line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
