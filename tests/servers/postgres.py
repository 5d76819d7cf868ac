"""A private PostgreSQL that tests may stop and kill."""

import contextlib
import os
import secrets
import shutil
import signal
from collections.abc import Sequence
from pathlib import Path

import psycopg

from tests.servers.process import HOST, ServerFailed
from tests.servers.server import Database


class PostgresServer(Database):
    """A cluster in a temporary folder.

    `durable`: write through to the disk, as in production. Without it a killed server still keeps what was
    committed; only a machine that loses power would not.
    """

    title = "PostgreSQL"
    ends_by = signal.SIGINT
    """Without waiting for its clients."""

    def __init__(self, *, durable: bool = False) -> None:
        super().__init__(unprivileged_user())
        self.user = "hub"
        self.password = secrets.token_hex(8)
        self._durable = durable

    @property
    def url(self) -> str:
        """The address of the database `postgres`, for SQLAlchemy."""
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        """Return the address of one database, for SQLAlchemy."""
        return f"postgresql+psycopg://{self.user}:{self.password}@{HOST}:{self.port}/{database}"

    def new_database(self) -> str:
        """Make an empty database and return its address."""
        name = f"test_{secrets.token_hex(6)}"
        self._execute(f"CREATE DATABASE {name}")
        return self.url_of(name)

    def drop_database(self, url: str) -> None:
        """Remove a database, also from under those who are connected."""
        self._execute(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self._dsn(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _dsn(self) -> str:
        return self.url.replace("+psycopg", "", 1) + "?connect_timeout=5"

    def _make_data(self, folder: Path) -> None:
        secret = folder / "password"
        secret.write_text(self.password, encoding="utf-8")
        secret.chmod(0o644)  # the folder itself is closed to others
        self._make_by(
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
            folder,
        )
        secret.unlink()

    def _command(self, folder: Path) -> Sequence[str | Path]:
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
        arguments = [f"--{name}={text}" for name, text in settings.items()]
        return [program("postgres"), "-D", folder / "data", *arguments]

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


def program(name: str) -> str:
    """Return the path of a program of the newest PostgreSQL here; Debian keeps them off the PATH."""
    installed = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    newest = max(installed, key=lambda path: float(path.parent.parent.name), default=None)
    found = str(newest) if newest else shutil.which(name)
    if not found:
        raise ServerFailed("PostgreSQL is not installed: run `python3 tests/install.py`")
    return found
