"""A private Firebird that tests may stop and kill."""

import contextlib
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

from firebird.driver import DatabaseError, connect, create_database, driver_config

from tests.servers.postgres import unprivileged_user
from tests.servers.process import HOST
from tests.servers.server import Database

SECURITY = "security.fdb"
USERS = """
CREATE DATABASE '{folder}/security.fdb';
CREATE USER {user} PASSWORD '{password}';
CREATE USER SYSDBA PASSWORD '{password}';
GRANT CREATE DATABASE TO USER {user};
COMMIT;
"""
"""The database of a server's users, made without the server: whoever can write the file is its administrator."""
SETTINGS = """
RemoteBindAddress = {host}
RemoteServicePort = {port}
SecurityDatabase = {folder}/security.fdb
DatabaseAccess = Restrict {folder}
DeadlockTimeout = 1
WireCrypt = Disabled
"""
"""Not encrypted: tests lose certain messages on the way. The time-out is that after which deadlocks are looked for."""


class FirebirdServer(Database):
    """A server with its settings, users and databases in a temporary folder."""

    title = "Firebird"

    def __init__(self) -> None:
        super().__init__(unprivileged_user())
        self.user = "hub"
        self.password = secrets.token_hex(8)

    def new_database(self) -> str:
        """Make an empty database and return its address, for SQLAlchemy."""
        driver_config.db_defaults.forced_writes.value = (
            False  # as elsewhere: only a machine without power would lose any
        )
        path = f"{self._folder}/test_{secrets.token_hex(6)}.fdb"
        create_database(self._dsn(path), user=self.user, password=self.password, charset="UTF8").close()
        return f"firebird+firebird://{self.user}:{self.password}@{HOST}:{self.port}/{path}"

    def _dsn(self, path: str) -> str:
        return f"inet://{HOST}:{self.port}/{path}"

    def _make_data(self, folder: Path) -> None:
        users = USERS.format(folder=folder, user=self.user, password=self.password)
        for name, text in (("users.sql", users), ("databases.conf", ""), ("plugins.conf", "")):
            (folder / name).write_text(text, encoding="utf-8")  # the folder itself is closed to others
        newest = max(Path("/usr/lib").glob("*/firebird/*"))
        for part in ("intl", "plugins"):  # they are looked for beside the settings, and links are refused
            shutil.copytree(newest / part, folder / part)
        self._write_settings(folder)
        self._make_by(
            ["env", *self._places(folder), self._program("isql-fb"), "-q", "-i", str(folder / "users.sql")], folder
        )

    def _program(self, name: str) -> str:
        # Debian 13 puts scripts before them that name the folder of the settings themselves.
        own = map(str, Path("/usr/lib/firebird").glob(f"*/bin/{name}"))
        return max(own, default="") or super()._program(name)

    def _command(self, folder: Path) -> Sequence[str | Path]:
        self._write_settings(folder)
        return ["env", *self._places(folder), self._program("firebird")]

    def _write_settings(self, folder: Path) -> None:
        settings = SETTINGS.format(host=HOST, port=self.port, folder=folder)
        (folder / "firebird.conf").write_text(settings, encoding="utf-8")

    @staticmethod
    def _places(folder: Path) -> Sequence[str]:
        return [f"{name}={folder}" for name in ("FIREBIRD", "FIREBIRD_LOCK", "FIREBIRD_TMP")] + ["ISC_USER=SYSDBA"]

    def _answers(self) -> bool:
        with contextlib.suppress(DatabaseError):
            connect(self._dsn(f"{self._folder}/{SECURITY}"), user=self.user, password=self.password).close()
            return True
        return False
