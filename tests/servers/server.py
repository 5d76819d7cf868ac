"""What private servers have in common: started, stopped, killed and started again with the same data, until closed."""

import shutil
import signal
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers import process as processes
from tests.servers.process import Process, ServerFailed


class Server(ABC):
    """A server in a temporary folder; it keeps data and ports until it is closed."""

    @abstractmethod
    def start(self) -> None:
        """Start it; the second time with the same data at the same ports. Raises ServerFailed."""

    @abstractmethod
    def stop(self) -> None:
        """Shut it down in good order; the data is kept."""

    @abstractmethod
    def kill(self) -> None:
        """Kill it with all it started; the data is kept as it lies."""

    @abstractmethod
    def close(self) -> None:
        """Kill it and remove its data."""

    def restart(self) -> None:
        """Stop it, if it runs, and start it at the same ports with the same data."""
        self.stop()
        self.start()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class Database(Server):
    """A database server: one program at one port. As root it runs as another user: databases refuse root."""

    title: str
    """What it is called where it fails."""
    ends_by = signal.SIGTERM
    """Shuts it down in good order."""

    def __init__(self, owner: str | None) -> None:
        """`owner`: the user whom it runs as; none: whoever runs the tests."""
        self.port = 0
        self._owner = owner
        self._folder: Path | None = None
        self._process: Process | None = None

    @abstractmethod
    def _make_data(self, folder: Path) -> None:
        """Make its first data; see `_make_by`."""

    @abstractmethod
    def _command(self, folder: Path) -> Sequence[str | Path]:
        """Return what serves the data at the port."""

    @abstractmethod
    def _answers(self) -> bool:
        """Tell whether it takes connections."""

    def start(self) -> None:
        """Start it; the second time with the same data at the same port. Raises ServerFailed."""
        if self._folder is not None:
            self._launch(self._folder)
            return
        folder = self._folder = processes.open_folder(self.title.lower(), self._owner)
        self._make_data(folder)
        processes.at_free_ports(1, lambda port: self._launch(folder, port))

    def stop(self) -> None:
        """Shut it down in good order; the data is kept."""
        if self._process:
            processes.end(self._process, self.ends_by)
            self._process = None

    def kill(self) -> None:
        """Kill the server with all it started; the data is kept as it lies."""
        if self._process:
            processes.end_at_once(self._process)
            self._process = None

    def close(self) -> None:
        """Kill it and remove its data."""
        self.kill()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def is_running(self) -> bool:
        """Tell whether the server is there."""
        return processes.is_running(self._process)

    def pids(self) -> list[int]:
        """Return the ids of the server and all it started; none if it is stopped."""
        root = self._process.popen.pid if self._process else None
        return [pid for pid in (root, *processes.descendants(root)) if processes.is_alive(pid)] if root else []

    def _program(self, name: str) -> str:
        """Return the path of one of its programs; Debian has servers where not everybody looks. Raises ServerFailed."""
        own = Path("/usr/sbin") / name
        found = str(own) if own.exists() else shutil.which(name)
        if not found:
            raise ServerFailed(f"{self.title} is not installed: run `python3 tests/install.py servers`")
        return found

    def _make_by(self, argv: Sequence[str], folder: Path) -> None:
        """Run the program that makes the first data. Raises ServerFailed with what it wrote."""
        done = subprocess.run(
            argv,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            user=self._owner,
            group=processes.group_of(self._owner),
            extra_groups=[] if self._owner else None,
        )
        if done.returncode:
            raise ServerFailed(f"{Path(argv[0]).name} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")

    def _launch(self, folder: Path, port: int | None = None) -> None:
        self.port = port or self.port
        self._process = processes.start(self._command(folder), log=folder / "server.log", user=self._owner)
        try:
            processes.wait_until(f"{self.title} to answer", self._answers, process=self._process)
        except ServerFailed:
            self.kill()
            raise
