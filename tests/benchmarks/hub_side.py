"""Our side's rows: jobs, and runs of as many jobs, one each, under the default overlap policy."""

from datetime import datetime, timedelta

from hub.broker import Broker, open_broker
from hub.broker.topology import queue_of, topology
from hub.config import JobSettings
from hub.store import Store, jobs, runs

KIND, SYSTEM = "warehouse", "bench"
QUEUE = queue_of(KIND, SYSTEM)
AT_A_TIME = 5_000


def job_name(number: int) -> str:
    """Return the name of a job."""
    return f"{SYSTEM}.job-{number:05}"


def job_settings(number: int, every: timedelta | None = None) -> JobSettings:
    """Return a job as `hub.toml` would tell it."""
    return JobSettings(name=job_name(number), system=SYSTEM, sync=("nothing",), every=every, timezone="UTC", attempts=5)


def opened(place_broker: str, name: str) -> Broker:
    """Open the broker and declare what the hub needs."""
    broker = open_broker(place_broker, name)
    broker.declare(topology([(KIND, SYSTEM)]))
    return broker


def put_jobs(
    store: Store, first: int, count: int, *, every: timedelta | None = None, due: datetime | None = None
) -> None:
    """Store jobs, as `hub apply` does."""
    settings = job_settings(0, every).schedule().model_dump(mode="json", exclude_defaults=True)
    stored = {"schedule": settings, "country": None, "sync": ["nothing"], "triggers": False}
    for start in range(first, first + count, AT_A_TIME):
        numbers = range(start, min(start + AT_A_TIME, first + count))
        with store.write() as tx:
            jobs.put(tx, [jobs.Job(job_name(number), SYSTEM, KIND, stored, True, due) for number in numbers])


def make_runs(store: Store, first: int, count: int) -> None:
    """Store runs that are due."""
    for start in range(first, first + count, AT_A_TIME):
        numbers = range(start, min(start + AT_A_TIME, first + count))
        with store.write() as tx:
            new = (
                runs.NewRun(
                    job=job_name(number), system=SYSTEM, cause="schedule", scheduled_at=tx.now, not_before=tx.now
                )
                for number in numbers
            )
            runs.make(tx, new)
