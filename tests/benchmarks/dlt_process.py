"""Takes a shop's products into PostgreSQL by dlt, in a process of its own.

`python -m tests.benchmarks.dlt_process WAY DATABASE ADDRESS FOLDER` prints JSON: seconds (of time, and of its own work)
and bytes of memory at the most. WAY is one of

- `plain`: its REST source, merged by primary key, with nothing else set; lists go into tables of their own
- `tuned`: all that its documentation advises for speed, chosen by trial on this very work; lists stay JSON
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

from tests.benchmarks.costs import most_memory, work

QUIET = {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}
TUNED = {
    "DATA_WRITER__DISABLE_COMPRESSION": "true",
    "DATA_WRITER__BUFFER_MAX_ITEMS": "10000",
    "NORMALIZE__DATA_WRITER__FILE_MAX_ITEMS": "50000",
    "EXTRACT__DATA_WRITER__FILE_MAX_ITEMS": "50000",
    "NORMALIZE__WORKERS": str(os.cpu_count() or 1),
    "LOAD__WORKERS": "4",
    "LOAD__TRUNCATE_STAGING_DATASET": "false",
}
KEY = "id"


def plain(address: str) -> tuple[Any, dict[str, Any]]:
    """Return the source as it is declared in its documentation, and nothing to run it with."""
    from dlt.sources.rest_api import rest_api_source  # noqa: PLC0415  # reads its settings

    endpoint: Any = {"path": "products", "data_selector": "products"}
    pages: Any = {"type": "offset", "limit": 100, "total_path": "count"}
    resource: Any = {"name": "products", "endpoint": endpoint, "primary_key": KEY, "write_disposition": "merge"}
    return rest_api_source({"client": {"base_url": address, "paginator": pages}, "resources": [resource]}), {}


def tuned(address: str) -> tuple[Any, dict[str, Any]]:
    """Return a resource that yields whole pages, and the file format it is loaded by (`COPY`)."""
    import dlt  # noqa: PLC0415  # reads its settings
    from dlt.sources.helpers.rest_client.client import RESTClient  # noqa: PLC0415
    from dlt.sources.helpers.rest_client.paginators import OffsetPaginator  # noqa: PLC0415

    upsert: Any = {"disposition": "merge", "strategy": "upsert"}

    @dlt.resource(name="products", primary_key=KEY, write_disposition=upsert, max_table_nesting=0)
    def products() -> Iterator[Any]:
        pages = OffsetPaginator(limit=100, total_path="count")
        yield from RESTClient(address, paginator=pages, data_selector="products").paginate("/products")

    return products(), {"loader_file_format": "csv"}


WAYS = {"plain": (plain, QUIET), "tuned": (tuned, QUIET | TUNED)}


def main(way: str, url: str, address: str, folder: str) -> None:
    make, settings = WAYS[way]
    os.environ.update(settings)
    import dlt  # noqa: PLC0415  # reads its settings

    destination = dlt.destinations.postgres(url.replace("+psycopg", "", 1))
    pipeline = dlt.pipeline("bench", pipelines_dir=folder, destination=destination, dataset_name="shop")
    began, before = time.perf_counter(), work()
    source, how = make(address)
    pipeline.run(source, **how).raise_on_failed_jobs()
    told = {
        "seconds": time.perf_counter() - began,
        "cpu": work() - before,
        "memory": most_memory(),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
