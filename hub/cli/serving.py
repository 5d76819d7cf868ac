"""A process of the hub from its start to its end: log, signals, health, drain."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from hub import log
from hub.app import Hub, Process, Roles, open_hub
from hub.app.health import Health, parts_of
from hub.cli import show
from hub.cli.call import start_of
from hub.cli.logfile import LogFile
from hub.cli.main import GOOD, INTERRUPTED, NOT_WELL
from hub.errors import Misconfigured, TryLater
from hub.store import DatabaseAway

EVERY = 0.2
"""Seconds between two looks."""
STDERR = "stderr"

HealthAddress = Annotated[
    str | None,
    typer.Option("--health", metavar="HOST:PORT", help="Answer GET /health here, instead of at hub.health."),
]
LogTo = Annotated[str | None, typer.Option("--log", metavar="PATH|stderr", help="Where the process writes its log.")]


@dataclass(slots=True)
class Stop:
    """What was asked for by signals: the first drains, the second ends at once."""

    asked: threading.Event
    process: Process | None = None

    def __call__(self, _number: int, _frame: Any) -> None:
        """Take a signal."""
        if self.asked.is_set():
            os._exit(INTERRUPTED)
        self.asked.set()
        if self.process is not None:
            self.process.stopping.set()


@contextmanager
def signals() -> Generator[Stop]:
    """Listen to SIGINT and SIGTERM."""
    stop = Stop(threading.Event())
    names = [name for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), stop) for name in names}
    try:
        yield stop
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


@contextmanager
def logged(target: str | Path, *, debug: bool) -> Generator[None]:
    """Send this process's log to a file, or to standard error."""
    level = "debug" if debug else "info"
    if target == STDERR:
        log.configure(level=level)
        yield
        return
    try:
        file = LogFile(Path(target))
    except OSError as error:
        raise Misconfigured(f"the log {target} cannot be written: {(error.strerror or str(error)).lower()}") from None
    with closing(file):
        log.configure(level=level, stream=file)
        yield
        # Threads that outlive the drain must not write to a closed file.
        log.configure(level="critical", stream=sys.stderr)


def serve(
    process: Process,
    stop: Stop,
    step: Callable[[], bool],
    *,
    health: str | None,
    started: Callable[[], None] = lambda: None,
    waits: Callable[[TryLater], None] = lambda _: None,
    patience: float = float("inf"),
) -> bool:
    """Start a process, take steps until one says that it is over or a signal comes, then drain; returns if all did.

    `started` is called once it is at work, `waits` whenever the broker is not there. Raises TryLater if the broker is not
    there within `patience` seconds.
    """
    stop.process = process
    if stop.asked.is_set():
        process.stopping.set()
    settings = process.configuration.settings.hub
    address = health or settings.health
    listening = Health(address, lambda: parts_of(process)) if address else None
    if listening:
        listening.start()
    try:
        process.start(patience, waits)
        if process.started.is_set():
            started()
        while not stop.asked.is_set() and not process.broken() and not _stepped(step):
            stop.asked.wait(EVERY)
    finally:
        drained = process.stop(settings.drain.total_seconds())
        if listening:
            listening.stop()
    return drained and not process.broken()


def _stepped(step: Callable[[], bool]) -> bool:
    try:
        return step()
    except DatabaseAway:
        return False  # every part says so in the log, and goes on when it is back


def serve_role(ctx: typer.Context, roles: Roles, health: str | None, target: str | None) -> None:
    """Run a process that shares a named broker and database with others; its exit code says whether it drained."""
    start = start_of(ctx)
    with signals() as stop, logged(target or STDERR, debug=start.debug):
        hub = open_hub(start.config)
        try:
            _require_named(hub)
            if not serve(Process(hub, roles), stop, bool, health=health):
                show.remark(f"hub {roles.name}: not everything could be ended in time; it is rescued by others")
                raise typer.Exit(NOT_WELL)
        finally:
            hub.close()
    raise typer.Exit(GOOD)


def _require_named(hub: Hub) -> None:
    if hub.broker_address is None:
        raise Misconfigured(
            "the broker inside a process cannot be shared; name one in hub.toml: broker under [hub] (or hub up)"
        )
    if hub.embedded:
        raise Misconfigured(
            "the database beside hub.toml belongs to one process; name one in hub.toml: database under [hub] (or hub up)"
        )
