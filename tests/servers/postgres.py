"""A private PostgreSQL that tests may stop and kill."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from tests.servers import process as processes
from tests.servers.process import HOST, Process, ServerFailed


class PostgresServer:
    """A cluster in a temporary folder. As root it runs as another user: PostgreSQL refuses root.

    `durable`: write through to the disk, as in production. Without it a killed server still keeps what was
    committed; only a machine that loses power would not.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self.user = "hub"
        self.password = secrets.token_hex(8)
        self.port = 0
        self._durable = durable
        self._owner = unprivileged_user()
        self._folder: Path | None = None
        self._process: Process | None = None

    @property
    def url(self) -> str:
        """The address of the database `postgres`, for SQLAlchemy."""
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        """Return the address of one database, for SQLAlchemy."""
        return f"postgresql+psycopg://{self.user}:{self.password}@{HOST}:{self.port}/{database}"

    def start(self) -> None:
        """Start it; the second time with the same data at the same port. Raises ServerFailed."""
        if self._folder is not None:
            self._launch()
            return
        self._folder = processes.open_folder("postgres", self._owner)
        self._make_cluster(self._folder)
        for attempts_left in (2, 1, 0):
            (self.port,) = processes.free_ports(1)
            try:
                self._launch()
            except ServerFailed:  # somebody else may have taken the port in between
                if not attempts_left:
                    raise
            else:
                return

    def stop(self) -> None:
        """Shut it down in good order, without waiting for its clients; the data is kept."""
        if self._process:
            processes.end(self._process, signal.SIGINT)
            self._process = None

    def kill(self) -> None:
        """Kill the server with all its backends; the data is kept as it lies."""
        if self._process:
            processes.end_at_once(self._process)
            self._process = None

    def restart(self) -> None:
        """Stop it, if it runs, and start it at the same port with the same data."""
        self.stop()
        self.start()

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
        """Return the ids of the server and its backends; none if it is stopped."""
        return [pid for pid in family_of(self._process) if processes.is_alive(pid)]

    def new_database(self) -> str:
        """Make an empty database and return its address."""
        name = f"test_{secrets.token_hex(6)}"
        self._execute(f"CREATE DATABASE {name}")
        return self.url_of(name)

    def drop_database(self, url: str) -> None:
        """Remove a database, also from under those who are connected."""
        self._execute(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)")

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self._dsn(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _dsn(self) -> str:
        return self.url.replace("+psycopg", "", 1) + "?connect_timeout=5"

    def _make_cluster(self, folder: Path) -> None:
        secret = folder / "password"
        secret.write_text(self.password, encoding="utf-8")
        secret.chmod(0o644)  # the folder itself is closed to others
        done = subprocess.run(
            [
                program("initdb"),
                "--no-sync",
                "--no-locale",
                "--encoding=UTF8",
                "--auth=scram-sha-256",
                f"--username={self.user}",
                f"--pwfile={secret}",
                f"--pgdata={folder / 'data'}",
            ],
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
        secret.unlink()
        if done.returncode:
            raise ServerFailed(f"initdb ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")

    def _launch(self) -> None:
        assert self._folder, "start() makes the folder"
        settings = {
            "listen_addresses": HOST,
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "shared_buffers": "64MB",
            "timezone": "UTC",
        }
        if not self._durable:
            settings["fsync"] = "off"
        self._process = processes.start(
            [
                program("postgres"),
                "-D",
                self._folder / "data",
                *(f"--{name}={text}" for name, text in settings.items()),
            ],
            log=self._folder / "server.log",
            user=self._owner,
        )
        try:
            processes.wait_until("PostgreSQL to answer", self._answers, process=self._process)
        except ServerFailed:
            self.kill()
            raise

    def _answers(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self._dsn()):
            return True
        return False


def unprivileged_user() -> str | None:
    """Return the user who runs PostgreSQL if we are root, else None."""
    if os.geteuid() != 0:
        return None
    import pwd  # noqa: PLC0415  # POSIX only

    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def family_of(process: Process | None) -> list[int]:
    """Return the ids of a process and all it started."""
    return [process.popen.pid, *processes.descendants(process.popen.pid)] if process else []


def program(name: str) -> str:
    """Return the path of a program of the newest PostgreSQL here; Debian keeps them off the PATH."""
    installed = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    newest = max(installed, key=lambda path: float(path.parent.parent.name), default=None)
    found = str(newest) if newest else shutil.which(name)
    if not found:
        raise ServerFailed("PostgreSQL is not installed: run `python3 tests/install.py`")
    return found
