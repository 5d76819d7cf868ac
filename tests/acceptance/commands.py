"""Commands as processes, forked from one that has imported the hub already: a hundred of them cost seconds.

What is run is `hub.cli.main.main`, as the console script runs it, in a process of its own.
"""

import multiprocessing
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Any

from tests.servers.process import Process, guarded

ROOT = Path(__file__).parents[2]
PRELOAD = [
    "__main__",
    *(f"hub.cli.{name}" for name in ("jobs", "plan", "quarantine", "up", "check", "dead", "trigger")),
]

_context: list[ForkServerContext] = []


def run(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], given: str, limit: float
) -> tuple[int, str, str]:
    """Run a command to its end; returns its exit code and what it wrote to its outputs."""
    with tempfile.TemporaryDirectory() as place:
        streams = [Path(place) / name for name in ("in", "out", "err")]
        streams[0].write_text(given, encoding="utf-8")
        process = context().Process(target=_command, args=(list(arguments), folder, dict(environment), streams))
        process.start()
        process.join(limit)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise TimeoutError(f"hub {' '.join(arguments)} has not ended within {limit:g} s")
        out, err = (path.read_text(encoding="utf-8") for path in streams[1:])
        return process.exitcode, out, err


def start(arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> Process:
    """Start a command that goes on beside the test, in the folder of its log, which both its outputs go to."""
    streams = [Path(os.devnull), log, log]
    given = (list(arguments), log.parent, dict(environment), streams)
    process = context().Process(target=_command_in_session, args=given)
    process.start()
    return guarded(Started(process), log)


@dataclass(frozen=True)
class Started:
    """A command under way, as a program."""

    process: BaseProcess

    @property
    def pid(self) -> int:
        """Its number."""
        assert self.process.pid
        return self.process.pid

    def poll(self) -> int | None:
        """Return its exit code, or None while it runs."""
        return self.process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; returns its exit code. Raises TimeoutExpired."""
        self.process.join(timeout)
        if self.process.exitcode is None:
            raise TimeoutExpired(self.process.name, timeout or 0)
        return self.process.exitcode


def context() -> ForkServerContext:
    """Return the server of processes, started when first needed."""
    if not _context:
        made = multiprocessing.get_context("forkserver")
        made.set_forkserver_preload(PRELOAD)
        _context.append(made)
        os.environ["PYTHONPATH"] = str(ROOT)
    return _context[0]


def _command_in_session(*given: Any) -> None:
    os.setsid()
    _command(*given)


def _command(arguments: list[str], folder: Path, environment: dict[str, str], streams: list[Path]) -> None:
    for number, (path, mode) in enumerate(zip(streams, ("r", "a", "a"), strict=True)):
        with path.open(mode, encoding="utf-8") as file:
            os.dup2(file.fileno(), number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  # multiprocessing has closed it
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["hub", *arguments]

    from hub.cli import main  # noqa: PLC0415  # imported before the fork

    try:
        main()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
