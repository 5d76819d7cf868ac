"""Systems that outlive the command that started them: each lives with a process of its own, its keeper."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from tests.peers import cache, start
from tests.servers.process import ServerFailed, wait_until

STARTUP = 300
"""Seconds, on a machine that is busy with something else."""


def up(name: str, instance: str) -> dict[str, Any]:
    """Return the facts of a running copy, started if need be. Raises ServerFailed."""
    with cache.locked(f"kept/{name}-{instance}") as folder:
        kept = read(folder)
        if kept:
            return kept
        with (folder / "log").open("wb") as log:
            keeper = subprocess.Popen(
                [sys.executable, "-m", "tests.peers", "keep", name, "--instance", instance],
                cwd=cache.ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            wait_until(f"{name} to start", lambda: bool(read(folder)) or keeper.poll() is not None, seconds=STARTUP)
        except BaseException:
            keeper.terminate()
            raise
        kept = read(folder)
        if not kept:
            raise ServerFailed((folder / "log").read_text(encoding="utf-8", errors="replace").strip())
        return kept


def down(name: str, instance: str) -> bool:
    """End a running copy with its data; tell whether there was one."""
    with cache.locked(f"kept/{name}-{instance}") as folder:
        kept = read(folder)
        if not kept:
            return False
        os.kill(kept["pid"], signal.SIGTERM)
        wait_until(f"{name} to end", lambda: started(kept["pid"]) != kept["started"], seconds=60)
        return True


def running(name: str) -> Iterator[dict[str, Any]]:
    """Yield the facts of each copy that runs."""
    for folder in sorted((cache.cache() / "kept").glob(f"{name}-*")):
        kept = read(folder)
        if kept:
            yield kept


def keep(name: str, instance: str) -> None:
    """Start a copy, note its facts, and live until told to end."""
    signal.signal(signal.SIGTERM, end)
    folder = cache.cache() / "kept" / f"{name}-{instance}"
    note = folder / "facts.json"
    with start(name) as peer:
        facts = {"name": name, "instance": instance, **peer.facts, "pid": os.getpid(), "started": started(os.getpid())}
        try:
            note.with_suffix(".part").write_text(json.dumps(facts), encoding="utf-8")
            note.with_suffix(".part").replace(note)
            while True:
                time.sleep(3600)
        finally:
            note.unlink(missing_ok=True)


def end(signal_number: int, at: FrameType | None) -> NoReturn:
    """Leave, closing what is open."""
    sys.exit()


def read(folder: Path) -> dict[str, Any] | None:
    """Return the facts of a copy if its keeper lives; a process that only has its old number does not count."""
    try:
        kept = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return kept if kept["started"] == started(kept["pid"]) else None


def started(pid: int) -> int | None:
    """Return when a process was started, in ticks since the machine was; None if it is gone."""
    try:
        fields = (Path("/proc") / str(pid) / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])
