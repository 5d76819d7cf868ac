"""Opens what a configuration names: the database, the broker, where relative paths count from."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hub.app.registry import OPTIONS
from hub.app.vault import open_vault
from hub.broker import Broker, open_broker
from hub.clock import Clock, SystemClock
from hub.config import Settings, load, read_text, resolve
from hub.errors import Misconfigured
from hub.store import Store, file_address
from hub.store.migrate import migrate, require_current
from hub.store.revisions import Revision
from hub.tokens import Vault

DATABASE = "HUB_DATABASE"
BROKER = "HUB_BROKER"
"""Environment variables that name database and broker where no hub.toml does."""


@dataclass(slots=True)
class Hub:
    """An opened hub: its file, its database, and how to reach its broker."""

    file: Path
    text: str | None
    """What stands in the file; none: there is no file."""
    settings: Settings
    """As the file says, which may not be applied yet."""
    store: Store
    clock: Clock
    broker_address: str | None
    """None: inside this process."""
    embedded: bool
    """Whether the database is the file beside hub.toml, which this process takes care of itself."""

    @property
    def folder(self) -> Path:
        """Where hub.toml lies; relative paths in it count from here."""
        return self.file.parent

    def wanting(self, in_force: Revision | None) -> str:
        """Return what writes the file where it is not there: what was applied goes on without it."""
        if in_force is None:
            return "hub init writes one to start from"
        return f"revision {in_force.number} is in force, and hub config export --output {self.file.name} writes it"

    @property
    def vault(self) -> Vault:
        """Where the tokens of systems are kept."""
        return open_vault(self.store, self.settings.hub.token_key, self.clock)

    def broker(self, name: str) -> Broker:
        """Open the broker under a name that operators will see."""
        return open_broker(self.broker_address, name)

    def close(self) -> None:
        """Give the database's connections back."""
        self.store.close()


def open_hub(file: Path, *, clock: Clock | None = None, migrated: bool = True, begins: bool = False) -> Hub:
    """Open the hub of a configuration file; without one, the embedded default, if it is there or `begins` now.

    An embedded database is made and migrated as needed; another must have been (`hub migrate`), unless `migrated` is
    false. Raises Misconfigured (Faults for the file) or DatabaseAway.
    """
    file = file.absolute()
    text = read_text(file)
    settings = Settings() if text is None else load(text, OPTIONS, source=file.name)
    database = _named(settings.hub.database, DATABASE)
    beside = file.parent / "hub.db"
    if database is None and not file.parent.is_dir():
        raise Misconfigured(f"{file.parent} is not a folder; hub.toml and hub.db are to lie there")
    if database is None and text is None and not (begins or beside.exists()):
        raise Misconfigured(f"there is no {file.name} in {file.parent}: hub init writes one, --config names another")
    store = Store(database or file_address(beside))
    hub = Hub(
        file=file,
        text=text,
        settings=settings,
        store=store,
        clock=clock or SystemClock(),
        broker_address=_named(settings.hub.broker, BROKER),
        embedded=database is None,
    )
    if hub.embedded:
        _keep_private(beside)
        migrate(store)
    elif migrated:
        require_current(store)
    return hub


def _keep_private(database: Path) -> None:
    """Make a database that is not there yet for its owner alone: customers stand in it, and the tokens of systems."""
    with suppress(OSError):  # it is there already, or cannot be: SQLite says why
        os.close(os.open(database, os.O_CREAT | os.O_EXCL, 0o600))


def _named(setting: str | None, variable: str) -> str | None:
    return resolve(setting) if setting is not None else os.environ.get(variable) or None
