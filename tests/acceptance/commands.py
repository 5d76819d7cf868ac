"""Commands as processes, forked from one that has imported the hub already: a hundred of them cost seconds.

What is run is `hub.cli.main.main`, as the console script runs it, in a process of its own.
"""

import multiprocessing
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerContext
from pathlib import Path

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
        return process.exitcode, *(path.read_text(encoding="utf-8") for path in streams[1:])


def context() -> ForkServerContext:
    """Return the server of processes, started when first needed."""
    if not _context:
        made = multiprocessing.get_context("forkserver")
        made.set_forkserver_preload(PRELOAD)
        _context.append(made)
        os.environ["PYTHONPATH"] = str(ROOT)
    return _context[0]


def _command(arguments: list[str], folder: Path, environment: dict[str, str], streams: list[Path]) -> None:
    for number, (path, mode) in enumerate(zip(streams, ("r", "w", "w"), strict=True)):
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
