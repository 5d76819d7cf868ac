"""The connectors there are: what each is told in hub.toml, and how one is opened."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.warehouse import FilesConnector, FilesOptions
from hub.clock import Clock
from hub.config import Connectors, Options, SystemSettings
from hub.connector import Connector

Opener = Callable[[SystemSettings, Path, Clock], Connector]


@dataclass(frozen=True, slots=True)
class ConnectorType:
    """A product that the hub can speak to."""

    options: type[Options]
    open: Opener


def _files(system: SystemSettings, folder: Path, clock: Clock) -> Connector:
    options: Any = system.options
    return FilesConnector(system.name, options, folder, clock)


TYPES: dict[tuple[str, str], ConnectorType] = {
    ("warehouse", "files"): ConnectorType(FilesOptions, _files),
}
OPTIONS: Connectors = {key: each.options for key, each in TYPES.items()}


def open_connector(system: SystemSettings, folder: Path, clock: Clock) -> Connector:
    """Open the connector of a system; `folder` is where hub.toml lies, relative paths count from there."""
    return TYPES[system.kind, system.connector].open(system, folder, clock)
