"""Imports one file through the real pipeline, in a process of its own whose memory is looked at.

`python -m tests.benchmarks.import_process DATABASE SOURCE` prints JSON: seconds (of time, and of
its own work) and bytes of memory at the most.
"""

import json
import sys
import time
from pathlib import Path

from adapters.warehouse import FilesConnector, FilesOptions
from hub.clock import SystemClock
from hub.config import JobSettings
from hub.connector import Connector
from hub.store import Store, migrate
from hub.sync import puller
from hub.worker import collector
from tests.benchmarks.costs import most_memory
from tests.benchmarks.one_run import OneJob, carry_out

JOB, SYSTEM, STREAM = "depot.stock", "depot", "stock"
COLUMNS = {"sku": "sku", "location": "location", "on_hand": "on_hand"}


def connector_of(source: Path) -> Connector:
    """Return what reads the file."""
    stock = {"entity": "stock", "files": "*.csv", "decimal": ".", "columns": COLUMNS}
    options = FilesOptions.model_validate({"source": str(source), "settle": "0s", "formats": {STREAM: stock}})
    return FilesConnector(SYSTEM, options, source, SystemClock())


def job_of(source: Path) -> OneJob:
    """Return the job that imports the file."""
    settings = JobSettings(name=JOB, system=SYSTEM, sync=(STREAM,), attempts=1, timezone="UTC")
    return OneJob(settings, puller(lambda: connector_of(source), (STREAM,)))


def main(url: str, source: Path) -> None:
    store = Store(url)
    migrate.migrate(store)
    collector.relax()  # as every worker does
    began, worked = time.perf_counter(), time.process_time()
    outcome = carry_out(store, job_of(source))
    took, worked = time.perf_counter() - began, time.process_time() - worked
    store.close()
    print(json.dumps({"seconds": took, "cpu": worked, "memory": most_memory(), "outcome": str(outcome)}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
