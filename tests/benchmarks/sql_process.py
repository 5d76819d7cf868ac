"""Takes a database's products into the hub through the real pipeline, in a process of its own.

`python -m tests.benchmarks.sql_process HUB SOURCE` prints JSON: seconds, documents that were read, the outcome, and bytes
of memory at the most. Run again, it reads what has changed. The source's password comes by SOURCE_PASSWORD.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Generator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from adapters.sql.connector import SqlConnector
from adapters.sql.options import SqlOptions
from hub import log
from hub.clock import SystemClock
from hub.config import JobSettings
from hub.connector import Page
from hub.store import Store, migrate
from hub.sync import System, exchanger, read_ahead
from hub.worker import collector
from tests.benchmarks.costs import most_memory
from tests.benchmarks.one_run import OneJob, carry_out

SYSTEM, STREAM = "erp", "products"
STREAMS = {
    STREAM: {
        "table": "article",
        "key": "id",
        "changed": "changed",
        "overlap": "0s",
        "fields": {name: name for name in ("sku", "name", "description", "brand", "tax_rate", "weight", "active")},
    }
}


class Counted(SqlConnector):
    """The connector, with a count of what it has read."""

    def __init__(self, options: SqlOptions) -> None:
        super().__init__(SYSTEM, options, Path(), SystemClock())
        self.read_so_far: Counter[str] = Counter()

    def read(self, stream: str, since: Mapping[str, Any] | None, *, full: bool) -> Generator[Page, None, None]:
        """Yield the connector's pages."""
        for page in super().read(stream, since, full=full):
            self.read_so_far[stream] += len(page.documents)
            yield page


def main(url: str, source: str) -> None:
    log.configure(level="warning")
    store = Store(url)
    migrate.migrate(store)
    collector.relax()  # as every worker does
    told = {"url": source, "password": "env:SOURCE_PASSWORD", "streams": STREAMS}
    options = SqlOptions.model_validate(told)
    connector = Counted(options)
    system = System(SYSTEM, "erp", connector, options, ahead=read_ahead)  # as hub.app does
    settings = JobSettings(name=f"{SYSTEM}.{STREAM}", system=SYSTEM, sync=(STREAM,), attempts=1, timezone="UTC")
    job = OneJob(settings, exchanger(lambda: system, (STREAM,), timedelta(days=1)))
    began = time.perf_counter()
    outcome = carry_out(store, job)
    took = time.perf_counter() - began
    store.close()
    read = connector.read_so_far[STREAM]
    print(json.dumps({"seconds": took, "read": read, "memory": most_memory(), "outcome": str(outcome)}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
