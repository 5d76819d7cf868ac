"""What the tests know of a system: what it is made of, how it is filled, served and reached."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers.process import HOST


@dataclass(frozen=True, slots=True)
class Place:
    """Where one copy of a system lives."""

    app: Path
    """The installed programs, shared by all copies."""
    data: Path
    """This copy's own data."""
    port: int
    database: str
    """The address of its PostgreSQL database, for those who need one."""

    @property
    def root(self) -> str:
        """The address of its server, without a path."""
        return f"http://{HOST}:{self.port}"


def nothing(place: Place) -> None:
    """Do nothing: for a step that a system does not need."""


@dataclass(frozen=True, slots=True)
class System:
    """A product: everything about it that differs from the others."""

    name: str
    title: str
    folder: Path
    """Its files here; `requirements.txt` or `package.json` among them says what is installed."""
    command: Callable[[Place], Sequence[str | Path]]
    """What serves a copy; it is started in the folder of the programs."""
    facts: Callable[[Place], dict[str, Any]]
    """What a client has to know: `url`, credentials."""
    environment: Callable[[Place], Mapping[str, str]]
    prepare: Callable[[Place], None] = nothing
    """Makes the first data, before it is served."""
    fill: Callable[[Place], None] = nothing
    """Adds to them through its own interface."""
    ready: str = "/health"
    """Below 500 as soon as it can be used."""
    postgres: bool = False
