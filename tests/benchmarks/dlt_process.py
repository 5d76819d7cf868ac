"""Takes a shop's products into PostgreSQL by dlt, in a process of its own, as dlt's documentation advises.

`python -m tests.benchmarks.dlt_process DATABASE ADDRESS FOLDER FORMAT STRATEGY` prints JSON: seconds (of time, and of
its own work) and bytes of memory at the most.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

from tests.benchmarks.costs import most_memory, work

SETTINGS = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "ERROR",
    "DATA_WRITER__DISABLE_COMPRESSION": "true",
    "DATA_WRITER__BUFFER_MAX_ITEMS": "10000",
    "NORMALIZE__DATA_WRITER__FILE_MAX_ITEMS": "50000",
    "EXTRACT__DATA_WRITER__FILE_MAX_ITEMS": "50000",
    "NORMALIZE__WORKERS": str(os.cpu_count() or 1),
    "LOAD__WORKERS": "4",
    "LOAD__TRUNCATE_STAGING_DATASET": "false",
}


def main(url: str, address: str, folder: str, file_format: Any, strategy: Any) -> None:
    os.environ.update(SETTINGS)
    import dlt  # noqa: PLC0415  # reads its settings
    from dlt.sources.helpers.rest_client.client import RESTClient  # noqa: PLC0415
    from dlt.sources.helpers.rest_client.paginators import OffsetPaginator  # noqa: PLC0415

    @dlt.resource(
        name="products",
        primary_key="id",
        write_disposition={"disposition": "merge", "strategy": strategy},
        max_table_nesting=0,
    )
    def products() -> Iterator[Any]:
        pages = OffsetPaginator(limit=100, total_path="count")
        yield from RESTClient(address, paginator=pages, data_selector="products").paginate("/products")

    destination = dlt.destinations.postgres(url.replace("+psycopg", "", 1))
    pipeline = dlt.pipeline("bench", pipelines_dir=folder, destination=destination, dataset_name="shop")
    began, before = time.perf_counter(), work()
    pipeline.run(products(), loader_file_format=file_format).raise_on_failed_jobs()
    told = {
        "seconds": time.perf_counter() - began,
        "cpu": work() - before,
        "memory": most_memory(),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
