"""Server processes: started in a session of their own, ended by id with all they started, gone when the tests are."""

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

HOST = "127.0.0.1"
PORTS = range(12_000, 32_000)
"""Below the ports that systems lend to clients: one of those could sit on a stopped server's port when it restarts."""

# Reads until whoever started it is gone, however that went; then ends the server and removes its folder.
GUARD = 'cat >/dev/null; kill -s KILL -- "-$1"; rm -rf -- "$2"'


class ServerFailed(Exception):
    """A server for the tests did not start."""


class Program(Protocol):
    """A program that was started: what is used of `subprocess.Popen`."""

    @property
    def pid(self) -> int:
        """Its number."""
        ...

    def poll(self) -> int | None:
        """Return its exit code, or None while it runs."""
        ...

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; returns its exit code. Raises TimeoutExpired."""
        ...


@dataclass(frozen=True, slots=True)
class Process:
    """A started server process, with the guard that ends it when the tests die without saying so."""

    popen: Program
    guard: subprocess.Popen[bytes]
    log: Path


def start(
    argv: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
    cwd: Path | None = None,
) -> Process:
    """Start a program, in the log's folder or another. The log's folder is removed if the tests die."""
    with log.open("ab") as output:
        popen = subprocess.Popen(
            argv,
            cwd=cwd or log.parent,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=user,
            group=group_of(user),
            extra_groups=[] if user else None,
        )
    return guarded(popen, log)


def guarded(popen: Program, log: Path) -> Process:
    """Put a guard beside a program that leads a session of its own."""
    guard = subprocess.Popen(
        ["sh", "-c", GUARD, "guard", str(popen.pid), str(log.parent)],
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    return Process(popen, guard, log)


def group_of(user: str | None) -> int | None:
    """Return the user's own group; for nobody in particular, none."""
    if user is None:
        return None
    import pwd  # noqa: PLC0415  # POSIX only

    return pwd.getpwnam(user).pw_gid


def is_running(process: Process | None) -> bool:
    """Tell whether the program has been started and has not ended."""
    return process is not None and process.popen.poll() is None


def end(process: Process, signal_number: signal.Signals, *, to: int | None = None, within: float = 30) -> None:
    """Send a signal (to another process of the family, where `to` names one), wait, and end whatever is left."""
    family = [process.popen.pid, *descendants(process.popen.pid)]
    with contextlib.suppress(ProcessLookupError):
        os.kill(to or process.popen.pid, signal_number)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.popen.wait(within)
    if signal_number != signal.SIGKILL and process.popen.poll() is not None:
        with contextlib.suppress(ServerFailed):
            wait_until("all processes to end", lambda: not any(map(is_alive, family)), seconds=5)
    end_at_once(process, family)


def end_at_once(process: Process, family: Sequence[int] = ()) -> None:
    """Kill the program and all it started at one stroke, and wait until they are gone."""
    pid = process.popen.pid
    if process.popen.poll() is None:
        os.kill(pid, signal.SIGSTOP)  # it cannot start another one while the others are looked for
    doomed = {pid, *family, *descendants(pid)}
    for each in doomed:
        if is_alive(each):
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
    process.popen.wait()
    wait_until("killed processes to end", lambda: not any(map(is_alive, doomed)))
    dismiss(process.guard)


def dismiss(guard: subprocess.Popen[bytes]) -> None:
    """End a guard whose server is gone, before it takes the closed pipe for our death."""
    guard.kill()
    guard.wait()
    if guard.stdin:
        guard.stdin.close()


def descendants(pid: int) -> list[int]:
    """Return the ids of all processes that a process started, directly or not; none where there is no /proc."""
    children: dict[int, list[int]] = {}
    for child, (parent, _) in stats():
        children.setdefault(parent, []).append(child)
    found = list(children.get(pid, ()))
    for each in found:
        found += children.get(each, ())
    return found


def is_alive(pid: int) -> bool:
    """Tell whether a process exists and is more than an entry that waits to be collected."""
    stat = stat_of(Path("/proc") / str(pid))
    return stat is not None and stat[1] not in "ZX"


def stats() -> Iterator[tuple[int, tuple[int, str]]]:
    """Yield each process of the machine with its parent's id and its state."""
    for folder in Path("/proc").glob("[0-9]*"):
        stat = stat_of(folder)
        if stat is not None:
            yield int(folder.name), stat


def stat_of(folder: Path) -> tuple[int, str] | None:
    """Return a process's parent and state, or None if it is gone."""
    try:
        state, parent = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[:2]
    except (OSError, ValueError):
        return None
    return int(parent), state


def free_ports(count: int) -> list[int]:
    """Return that many free ports of the loopback."""
    found: list[int] = []
    while len(found) < count:
        port = random.SystemRandom().choice(PORTS)
        if port not in found and is_free(port):
            found.append(port)
    return found


def at_free_ports(count: int, launch: Callable[..., None]) -> None:
    """Launch a server at that many free ports; at others, where somebody has taken one in between. Raises ServerFailed."""
    for attempts_left in (2, 1, 0):
        try:
            launch(*free_ports(count))
        except ServerFailed:
            if not attempts_left:
                raise
        else:
            return


def is_free(port: int) -> bool:
    """Tell whether nobody listens at the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def open_folder(name: str, owner: str | None) -> Path:
    """Make a temporary folder, owned by a user and reachable for them."""
    places = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]
    place = next(place for place in places if owner is None or is_open(place))
    folder = Path(tempfile.mkdtemp(prefix=f"hub-test-{name}-", dir=place))
    if owner:
        shutil.chown(folder, owner, group_of(owner))
    return folder


def is_open(folder: Path) -> bool:
    """Tell whether every user may enter the folder."""
    return all(each.stat().st_mode & 0o001 for each in (folder, *folder.resolve().parents))


def wait_until(what: str, ready: Callable[[], bool], *, process: Process | None = None, seconds: float = 60) -> None:
    """Ask again and again until it is so; an OSError counts as no. Raises ServerFailed with the end of the log."""
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError):
            if ready():
                return
        if process and (code := process.popen.poll()) is not None:
            raise ServerFailed(f"waiting for {what}: the server ended with {code}\n{tail(process)}")
        if time.monotonic() > deadline:
            raise ServerFailed(f"waited {seconds:g} s for {what}\n{tail(process) if process else ''}")
        time.sleep(0.03)


def tail(process: Process) -> str:
    """Return the last lines that the program wrote."""
    return "\n".join(process.log.read_text(encoding="utf-8", errors="replace").splitlines()[-30:])
