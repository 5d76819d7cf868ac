"""One seed, from its beginning to its verdict."""

import random
import shutil
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import structlog

from tests.simulation import checker
from tests.simulation.folder import interrupt
from tests.simulation.hub import SimHub
from tests.simulation.plan import Plan
from tests.simulation.scripted import connectors

MEMORY = Path("/dev/shm")  # where there is one, files in memory are ten times as fast


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a seed came to."""

    plan: Plan
    violations: list[str]
    """Broken rules, in words; empty: all is as it must be."""
    trace: list[str] = field(default_factory=list[str])
    accidents: Mapping[str, int] = field(default_factory=dict[str, int])
    runs: int = 0

    @property
    def good(self) -> bool:
        """Whether no rule was broken."""
        return not self.violations


def simulate(plan: Plan, *, tracing: bool = False) -> Verdict:
    """Run one plan and judge it; the same plan comes to the same verdict, always."""
    with _folder() as folder, _machine(plan.seed), _quiet():
        hub = SimHub(plan, folder, tracing=tracing)
        with connectors(hub.world.systems, lambda what: hub.point(hub.current(), what), lambda: hub.current().killed()):
            interrupt(lambda what: hub.point(hub.current(), what))
            try:
                hub.begin()
                hub.go_wrong()
                violations = hub.observer.faults_found  # then there is nothing more to learn
                if not violations:
                    idle = hub.come_right()
                    violations = checker.check(hub, idle=idle)
            finally:
                interrupt(None)
                runs = hub.database.ask("SELECT count(*) FROM run")[0][0]
                hub.database.store.close()
    return Verdict(plan, violations, hub.trace or [], hub.faults.counts, runs)


@contextmanager
def _folder() -> Generator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="hub-simulation-", dir=MEMORY if MEMORY.is_dir() else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _machine(seed: int) -> Generator[None]:
    """Have the machine's own dice fall as the seed says."""
    dice = random.Random(f"machine {seed}")
    with mock.patch("secrets.token_hex", lambda size=16: dice.randbytes(size or 16).hex()):
        yield


@contextmanager
def _quiet() -> Generator[None]:
    """Keep the hub's log to itself."""
    before = structlog.get_config()
    structlog.configure(processors=[_drop], cache_logger_on_first_use=False)
    try:
        yield
    finally:
        structlog.configure(**before)


def _drop(_logger: object, _method: str, _event: Mapping[str, object]) -> Mapping[str, object]:
    raise structlog.DropEvent
