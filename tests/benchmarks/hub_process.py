"""A real process of the hub whose handlers do nothing: `python -m tests.benchmarks.hub_process ROLE JOBS`."""

import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from hub.app import Configuration, Process, Roles, open_hub
from hub.broker import Topology, queue_of, topology
from hub.config import JobSettings, Settings
from hub.handler import Done, Handler, Hold, Outcome, Work
from tests.benchmarks.hub_side import KIND, SYSTEM, job_settings

PREFETCH = 1_000
JOBS: dict[str, JobSettings] = {}
ROLES = {"adapter": Roles.of_adapter(KIND), "runlog": Roles.of_runlog()}


def nothing(_work: Work, _hold: Hold) -> Outcome:
    """Do nothing."""
    return Done()


class IdleConfiguration(Configuration):
    """One system with so many jobs, none of which has anything to do."""

    @property
    def settings(self) -> Settings:
        """Return the default settings with a prefetch as large as the peer's."""
        settings = super().settings
        return settings.model_copy(update={"hub": settings.hub.model_copy(update={"prefetch": PREFETCH})})

    def topology(self) -> Topology:
        """Return the queues of that system."""
        return topology([(KIND, SYSTEM)])

    def queues(self, kinds: frozenset[str]) -> dict[str, str]:
        """Return the queue of that system."""
        return super().queues(kinds) | ({SYSTEM: queue_of(KIND, SYSTEM)} if KIND in kinds else {})

    def jobs(self) -> Mapping[str, JobSettings]:
        """Return the jobs by name."""
        return JOBS

    def handler(self, job: str) -> Handler | None:
        """Return what does nothing."""
        return nothing if job in JOBS else None


def main(role: str, count: int) -> None:
    JOBS.update({job.name: job for job in (job_settings(number) for number in range(1, count + 1))})
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    hub = open_hub(Path("hub.toml"))  # there is none: database and broker come from the environment
    process = Process(hub, ROLES[role])
    process.configuration = IdleConfiguration(hub.store, hub.folder, hub.clock)
    process.start()
    stopping.wait()
    process.stop(5)
    hub.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
