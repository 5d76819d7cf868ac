"""The peer: Celery, set for speed as far as it keeps what we keep (late acknowledgements, confirms, stored results)."""

import os
from typing import Any

from celery import Celery

BROKER, BACKEND, ENTRIES = "BENCH_BROKER", "BENCH_BACKEND", "BENCH_BEAT_ENTRIES"
QUEUE = "bench"
TASK = "bench.nothing"
PREFETCH = 500
"""Messages that it holds for each of its processes, of which there are two."""
BEAT_EVERY = 3.0
"""Seconds after its start beat finds all entries due."""


def make_app(broker: str, backend: str | None = None, entries: int = 0) -> Any:
    """Return an app with one task that does nothing, and so many beat entries for it."""
    app = Celery("bench", broker=broker, backend=f"db+{backend}" if backend else None)
    app.conf.update(
        task_default_queue=QUEUE,
        task_default_queue_type="quorum",
        worker_detect_quorum_queues=True,
        broker_transport_options={"confirm_publish": True},
        broker_connection_retry_on_startup=True,
        task_acks_late=True,
        task_ignore_result=backend is None,
        task_store_errors_even_if_ignored=False,
        worker_prefetch_multiplier=PREFETCH,
        worker_send_task_events=False,
        worker_enable_remote_control=False,
        worker_disable_rate_limits=True,
        worker_hijack_root_logger=False,
        database_engine_options={},  # without a question before each use of a connection
        beat_schedule={
            f"entry-{number:05}": {"task": TASK, "schedule": BEAT_EVERY, "args": arguments(number)}
            for number in range(entries)
        },
    )
    app.task(nothing, name=TASK)
    return app


def nothing(run: int, generation: int, job: str) -> None:  # the references that our message carries
    """Do nothing."""


def arguments(number: int) -> tuple[int, int, str]:
    """Return what a message carries: the same as one of ours."""
    return number, 1, f"bench.job-{number:05}"


def send(app: Any, count: int, first: int = 1) -> None:
    """Publish tasks, each with its confirm."""
    task = app.tasks[TASK]
    for number in range(first, first + count):
        task.apply_async(arguments(number))


app = (
    make_app(os.environ[BROKER], os.environ.get(BACKEND), int(os.environ.get(ENTRIES, "0")))
    if BROKER in os.environ
    else None
)
