"""A private MariaDB that tests may stop and kill."""

import contextlib
import secrets
from collections.abc import Sequence
from pathlib import Path

import pymysql

from tests.servers.postgres import unprivileged_user
from tests.servers.process import HOST
from tests.servers.server import Database


class MariaServer(Database):
    """A server with its data in a temporary folder.

    `durable`: write through to the disk, as in production. Without it a killed server still keeps what was
    committed; only a machine that loses power would not.
    """

    title = "MariaDB"

    def __init__(self, *, durable: bool = False) -> None:
        super().__init__(unprivileged_user())
        self.user = "hub"
        self.password = secrets.token_hex(8)
        self._durable = durable

    def url_of(self, database: str) -> str:
        """Return the address of one database, for SQLAlchemy."""
        return f"mariadb+pymysql://{self.user}:{self.password}@{HOST}:{self.port}/{database}"

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
        self._make_by(
            [
                self._program("mariadb-install-db"),
                "--no-defaults",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                f"--datadir={folder / 'data'}",
                f"--extra-file={folder / 'user.sql'}",
            ],
            folder,
        )

    def _command(self, folder: Path) -> Sequence[str]:
        settings = {
            "datadir": str(folder / "data"),
            "bind-address": HOST,
            "port": str(self.port),
            "socket": str(folder / "socket"),
            "pid-file": str(folder / "pid"),
            "character-set-server": "utf8mb4",
            "default-time-zone": "+00:00",
            "innodb-buffer-pool-size": "64M",
            "innodb-flush-log-at-trx-commit": "1" if self._durable else "2",
        }
        arguments = [f"--{name}={text}" for name, text in settings.items()]
        # Not encrypted, as from MariaDB 11.4 on by itself: tests lose certain messages on the way.
        return [self._program("mariadbd"), "--no-defaults", "--skip-name-resolve", "--skip-ssl", *arguments]

    def _answers(self) -> bool:
        with contextlib.suppress(pymysql.err.OperationalError), contextlib.closing(self._connected()):
            return True
        return False
