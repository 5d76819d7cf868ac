"""Takes a shop's products into the hub through the real pipeline, in a process of its own.

`python -m tests.benchmarks.fetch_process DATABASE ADDRESS` prints JSON: seconds (of time, and of its own work), the
outcome, and bytes of memory at the most. The second time everything is fetched and compared again.
"""

import json
import sys
import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from typing import Any

from adapters.asking.http import Api, exact
from adapters.reading.pages import by_offset
from hub import log
from hub.clock import SystemClock
from hub.config import JobSettings
from hub.config.exchange import ExchangeOptions
from hub.connector import Change, Document, Finding, Page, Place, Stream, Unreadable, Write, Written
from hub.store import Store, migrate
from hub.sync import System, exchanger, read_ahead
from hub.worker import collector
from tests.benchmarks.costs import most_memory
from tests.benchmarks.one_run import OneJob, carry_out

SYSTEM, STREAM = "shop", "products"
REQUESTED = 100
"""Products of a request."""
STORED = 1_000
"""Products of a transaction."""
TAKEN = ("sku", "gtin", "name", "description", "unit", "brand", "active")
NUMBERS = ("tax_rate", "weight")


def lists(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a product's lists say."""
    return {
        "category": " > ".join([each["name"] for each in raw["categories"]]),
        "images": [each["src"] for each in raw["images"]],
        "attributes": {each["name"]: each["value"] for each in raw["attributes"]},
    }


class ProductsConnector:
    """A list of products that cannot be asked for what has changed: each reading is a full scan."""

    streams: Mapping[str, Stream] = {STREAM: Stream("products", delta=False)}

    hooks = None

    def __init__(self, address: str) -> None:
        self._api = Api(SYSTEM, address, clock=SystemClock())

    def check(self) -> list[Finding]:
        """Nothing needs to be looked at."""
        return []

    def pages(self, since: Mapping[str, Any] | None) -> Iterable[tuple[list[dict[str, Any]], Mapping[str, Any]]]:
        """Return the pages of the list, as they are requested."""
        return by_offset(self._page, REQUESTED, key=lambda row: row["id"], since=since)

    def _page(self, offset: int, size: int) -> tuple[list[dict[str, Any]], int]:
        answer = self._api.get("products", {"offset": offset, "limit": size}).body
        return answer["products"], answer["count"]

    def read(self, stream: str, since: Mapping[str, Any] | None, *, full: bool) -> Generator[Page, None, None]:
        """Yield pages; see the port."""
        documents: list[Document] = []
        spot = since or {}
        for rows, spot in self.pages(since):
            documents += [Document(str(row["id"]), row) for row in rows]
            if len(documents) >= STORED:
                yield Page("products", (), (), spot, documents=documents)
                documents = []
        yield Page("products", (), (), spot, documents=documents, complete=True)

    def fetch(self, stream: str, ids: Sequence[str]) -> list[Document]:
        """Nothing is ever asked for again."""
        raise NotImplementedError

    def translate(self, stream: str, document: Document) -> Change | Unreadable:
        """Return what a document says."""
        raw = document.raw
        fields = {name: raw[name] for name in TAKEN} | {name: exact(raw[name]) for name in NUMBERS}
        return Change(raw["sku"], fields | lists(raw), Place(f"{SYSTEM} product {document.id}"))

    def write(self, stream: str, writes: Sequence[Write]) -> Iterable[Written]:
        """Nothing goes out."""
        raise NotImplementedError

    def find(self, stream: str, wanted: Sequence[Write]) -> Mapping[str, Sequence[str]]:
        """Nothing goes out."""
        raise NotImplementedError


def job_of(address: str) -> OneJob:
    """Return the job that reads the list."""
    options = ExchangeOptions.model_validate({"url": address})
    system = System(SYSTEM, "erp", ProductsConnector(address), options, ahead=read_ahead)  # as hub.app does
    settings = JobSettings(name=f"{SYSTEM}.{STREAM}", system=SYSTEM, sync=(STREAM,), attempts=1, timezone="UTC")
    return OneJob(settings, exchanger(lambda: system, (STREAM,)))


def main(url: str, address: str) -> None:
    log.configure(level="warning")
    store = Store(url)
    migrate.migrate(store)
    collector.relax()  # as every worker does
    began, worked = time.perf_counter(), time.process_time()
    outcome = carry_out(store, job_of(address))
    took, worked = time.perf_counter() - began, time.process_time() - worked
    store.close()
    print(json.dumps({"seconds": took, "cpu": worked, "memory": most_memory(), "outcome": str(outcome)}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
