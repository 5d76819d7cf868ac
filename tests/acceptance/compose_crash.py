"""Crash each service of compose/ while it works, and see that nothing is lost and nothing doubled.

    python -m tests.acceptance.compose_crash [--rows 100000] [--keep]

A command, not one of the tests: it needs Linux, root and a container engine with compose. For each service a file
comes into the warehouse, triggers stream in, and as soon as its first rows are stored the service's main process is
killed. At the end what there is is compared with what must be there. Exit code 0: all is accounted for.
"""

import argparse
import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.acceptance.compose_account import File, compare, messages
from tests.acceptance.compose_project import (
    COMPOSE,
    IMAGE,
    ROOT,
    Container,
    Failed,
    Project,
    are_back,
    crash,
    run,
    wait_until,
)
from tests.acceptance.compose_triggers import JOB, Triggers

INTERVAL = 5
"""Seconds between two occurrences of the import's job."""
PATIENCE = 180.0
"""Seconds that anything may take."""


@dataclass(frozen=True)
class Crash:
    """What one crash came to; times in seconds from it."""

    stored: int
    """Rows of the file that had been stored when it happened."""
    healthy: float
    working: float
    """Until the next rows were stored."""
    finished: float


def main() -> int:
    """Bring up, crash, compare, take away; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=100_000, help="of all files together")
    parser.add_argument("--keep", action="store_true", help="leave everything running at the end")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="hub-compose-"))
    project = Project(folder / "compose", f"hub-crash-{os.getpid()}")
    try:
        faults = carry_out(project, arguments.rows)
    except Failed as failed:
        faults = [str(failed)]
        say(project.compose("logs", "--tail", "15"))
    finally:
        if not arguments.keep:
            project.compose("down", "--volumes", "--timeout", "10")
            shutil.rmtree(folder)
    for fault in faults:
        say(f"FAULT: {fault}")
    say("Not all is accounted for." if faults else "Nothing lost, nothing doubled.")
    return 1 if faults else 0


def carry_out(project: Project, rows: int) -> list[str]:
    """Crash one service after another; return what is not as it must be. Raises Failed."""
    build = ["docker", "build", "--quiet", "--file", str(COMPOSE / "Dockerfile"), "--tag", IMAGE, str(ROOT)]
    say(f"image built in {timed(lambda: run(build)):.1f} s")
    project.configure(hurry)
    up = timed(lambda: project.compose("up", "--detach", "--no-build", "--wait", "--wait-timeout", str(int(PATIENCE))))
    say(f"everything healthy after {up:.1f} s")
    triggers = Triggers(project.amqp_port, project.secret("rabbitmq_depot"))
    triggers.ask_badly()
    triggers.start()
    plan = list(victims(project.containers()))
    files = [File(number, rows // len(plan)) for number in range(1, len(plan) + 1)]
    say(f"{'crashed':<22}{'rows stored':>12}{'healthy':>10}{'working':>10}{'file done':>11}   (seconds)")
    for file, (name, those) in zip(files, plan, strict=True):
        done = crashed(project, file, name, those)
        say(f"{name:<22}{done.stored:>12,}{done.healthy:>10.1f}{done.working:>10.1f}{done.finished:>11.1f}")
    triggers.stop()
    say(f"{triggers.confirmed:,} triggers confirmed, longest gap between two {triggers.longest_gap:.1f} s")
    project.configure(rest)
    project.compose("run", "--rm", "--no-deps", "setup")
    open_runs = "SELECT count(*) FROM run WHERE state IN ('waiting', 'running')"
    wait_until("all runs to end", lambda: project.number(open_runs) == 0, PATIENCE)
    wait_until("all results to be stored", lambda: project.number("SELECT count(*) FROM outbox") == 0, PATIENCE)
    wait_until("all queues to be empty", lambda: not any(messages(project).values()), PATIENCE)
    for row in project.query("SELECT cause, state, count(*), sum(stands_for) AS stands_for FROM run GROUP BY 1, 2"):
        say(f"{row['count']:,} runs by {row['cause']} are {row['state']}, for {row['stands_for']:,} of them")
    return list(compare(project, files, triggers.confirmed, INTERVAL))


def hurry(document: Any) -> None:
    """Let everything happen more often than compose/hub.toml says, so that crashes fall into it."""
    document["hub"]["lease"] = "5s"
    document["systems"]["depot"]["settle"] = "1s"
    document["systems"]["depot"]["formats"]["stock"]["page"] = 100
    document["jobs"][JOB]["every"] = f"{INTERVAL}s"


def rest(document: Any) -> None:
    """Let nothing new become due."""
    document["jobs"][JOB]["every"] = "1d"


def victims(containers: Sequence[Container]) -> Iterator[tuple[str, list[Container]]]:
    """Yield what is crashed together, and what to call it: each alone, then the servers, then everything."""
    running = [each for each in containers if each.process]
    for each in sorted(running, key=lambda one: one.name):
        yield each.name.partition("-crash-")[2].partition("-")[2], [each]
    yield "both servers", [each for each in running if each.service in ("postgres", "rabbitmq")]
    yield "everything", running


def crashed(project: Project, file: File, name: str, those: Sequence[Container]) -> Crash:
    """Let a file come, crash while it is taken in, and wait until it has been. Raises Failed."""
    now = {each.id: each for each in project.containers()}
    those = [now[each.id] for each in those]
    file.put_into(project.warehouse)
    wait_until(f"the first rows of file {file.number}", lambda: file.stored(project) > 0, PATIENCE)
    crash(those)
    began = time.monotonic()
    wanted, stored = len(file.records()), -1
    back: dict[str, float] = {}

    def look() -> bool:
        nonlocal stored
        with contextlib.suppress(Failed):
            if "healthy" not in back and are_back(those):
                back["healthy"] = time.monotonic() - began
        with contextlib.suppress(Failed):  # the database itself may be down
            rows = file.stored(project)
            stored = rows if stored < 0 else stored
            if rows > stored or rows == wanted:
                back.setdefault("working", time.monotonic() - began)
            if rows == wanted:
                back.setdefault("finished", time.monotonic() - began)
        return len(back) == 3

    wait_until(f"the hub to recover from the crash of {name}", look, PATIENCE)
    return Crash(stored, **back)


def timed(step: Callable[[], object]) -> float:
    """Return how many seconds a step took."""
    began = time.monotonic()
    step()
    return time.monotonic() - began


def say(text: str) -> None:
    """Print at once: whoever looks on wants to know what happens now."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
