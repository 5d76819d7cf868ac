"""A private MariaDB that tests may stop and kill."""

import contextlib
import secrets
import shutil
import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

import pymysql

from tests.servers import process as processes
from tests.servers.postgres import unprivileged_user
from tests.servers.process import HOST, Process, ServerFailed


class MariaServer:
    """A server with its data in a temporary folder. As root it runs as another user: MariaDB refuses root.

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

    def url_of(self, database: str) -> str:
        """Return the address of one database, for SQLAlchemy."""
        return f"mariadb+pymysql://{self.user}:{self.password}@{HOST}:{self.port}/{database}"

    def start(self) -> None:
        """Start it; the second time with the same data at the same port. Raises ServerFailed."""
        if self._folder is not None:
            self._launch()
            return
        self._folder = processes.open_folder("mariadb", self._owner)
        self._make_data(self._folder)
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
        """Shut it down in good order; the data is kept."""
        if self._process:
            processes.end(self._process, signal.SIGTERM)
            self._process = None

    def kill(self) -> None:
        """Kill the server; the data is kept as it lies."""
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

    def new_database(self) -> str:
        """Make an empty database and return its address."""
        name = f"test_{secrets.token_hex(6)}"
        self.execute(f"CREATE DATABASE {name}")
        return self.url_of(name)

    def drop_database(self, url: str) -> None:
        """Remove a database, once those who work in it have ended their transactions."""
        self.execute(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]}")

    def execute(self, statement: str) -> None:
        """Execute a statement as the server's administrator."""
        with contextlib.closing(self._connected()) as connection, connection.cursor() as cursor:
            cursor.execute(statement)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _connected(self) -> "pymysql.Connection[pymysql.cursors.Cursor]":
        return pymysql.connect(
            host=HOST, port=self.port, user=self.user, password=self.password, connect_timeout=5, autocommit=True
        )

    def _make_data(self, folder: Path) -> None:
        (folder / "user.sql").write_text(
            "FLUSH PRIVILEGES;\n"
            f"CREATE USER '{self.user}'@'{HOST}' IDENTIFIED BY '{self.password}';\n"
            f"GRANT ALL ON *.* TO '{self.user}'@'{HOST}' WITH GRANT OPTION;\n",
            encoding="utf-8",
        )
        (folder / "user.sql").chmod(0o644)  # the folder itself is closed to others
        done = subprocess.run(
            [
                program("mariadb-install-db"),
                "--no-defaults",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                f"--datadir={folder / 'data'}",
                f"--extra-file={folder / 'user.sql'}",
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
        if done.returncode:
            raise ServerFailed(f"mariadb-install-db ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")

    def _launch(self) -> None:
        assert self._folder, "start() makes the folder"
        settings = {
            "datadir": str(self._folder / "data"),
            "bind-address": HOST,
            "port": str(self.port),
            "socket": str(self._folder / "socket"),
            "pid-file": str(self._folder / "pid"),
            "character-set-server": "utf8mb4",
            "default-time-zone": "+00:00",
            "innodb-buffer-pool-size": "64M",
            "innodb-flush-log-at-trx-commit": "1" if self._durable else "2",
        }
        arguments = [f"--{name}={text}" for name, text in settings.items()]
        command = [program("mariadbd"), "--no-defaults", "--skip-name-resolve", *arguments]
        self._process = processes.start(command, log=self._folder / "server.log", user=self._owner)
        try:
            processes.wait_until("MariaDB to answer", self._answers, process=self._process)
        except ServerFailed:
            self.kill()
            raise

    def _answers(self) -> bool:
        with contextlib.suppress(pymysql.err.OperationalError), contextlib.closing(self._connected()):
            return True
        return False


def program(name: str) -> str:
    """Return the path of one of MariaDB's programs."""
    own = Path("/usr/sbin") / name
    found = str(own) if own.exists() else shutil.which(name)
    if not found:
        raise ServerFailed("MariaDB is not installed: run `python3 tests/install.py servers`")
    return found
