"""One seed, from its beginning to its verdict."""

import gc
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from unittest import mock

import structlog

from hub.sync import exchange, push, scanning
from tests.exchanging import checker
from tests.exchanging.database import Database
from tests.exchanging.plan import Plan
from tests.exchanging.world import World

SMALL = ((push, "BATCH", 3), (scanning, "LOOKED_AT", 2), (exchange, "UNCHANGED", 4))
"""Batches so small that a few records are several of them."""


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


def simulate(plan: Plan, *, tracing: bool = False, make_database: Callable[[World], Database] | None = None) -> Verdict:
    """Run one plan and judge it; the same plan comes to the same verdict, always. `make_database`: another than SQLite."""
    with _quiet(), _small(), _uncollected():
        world = World(plan, tracing, make_database=make_database) if make_database else World(plan, tracing)
        world.judge = lambda: checker.check(world)
        try:
            world.begin()
            world.go_wrong()
            if not world.broken:
                world.come_right()
            violations = world.broken or world.judge()
        finally:
            world.database.store.close()
    return Verdict(plan, violations, world.trace, world.faults.counts, world.runs)


@contextmanager
def _uncollected() -> Generator[None]:
    """Look for garbage only between simulations: a fifth of the time goes into it otherwise."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def _small() -> Generator[None]:
    with ExitStack() as stack:
        for module, name, value in SMALL:
            stack.enter_context(mock.patch.object(module, name, value))
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
