"""The connector `files` of a warehouse: files are taken, read a page at a time, and moved away when all is stored."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.files.checks import look_at
from adapters.files.delivery import Delivery
from adapters.warehouse.options import FilesOptions
from hub.clock import Clock
from hub.connector import Finding, Page


@dataclass(frozen=True)
class FilesConnector:
    """Reads the files of one system."""

    name: str
    """The system's."""
    options: FilesOptions
    base_folder: Path
    """The folder of hub.toml."""
    clock: Clock

    def check(self) -> list[Finding]:
        """Look at the folders and at what lies in them."""
        return look_at(self.name, self.options, self.base_folder)

    def read(self, stream: str, since: Mapping[str, Any] | None) -> Generator[Page, None, None]:
        """Take the stream's files, the longest unchanged first, and yield their pages."""
        return self._delivery(stream, moves=True).pages(since)

    def peek(self, stream: str, since: Mapping[str, Any] | None) -> Generator[Page, None, None]:
        """Yield the same pages from where the files lie, and move nothing."""
        return self._delivery(stream, moves=False).pages(since)

    def unmounted(self, stream: str, since: Mapping[str, Any] | None) -> str | None:
        """Say that a stream's folder is not the one from which files were taken before; None if all is well."""
        return self._delivery(stream, moves=False).unmounted(since)

    def _delivery(self, stream: str, *, moves: bool) -> Delivery:
        return Delivery(self.name, stream, self.options, self.base_folder, self.clock, moves)
