"""What was handed out, in a file for each order beside the folders: so that none is handed out twice (PAINS S6).

An entry comes into being at once, whole, and for one of two who make it at the same time. It names the part file that its
last file is renamed from: as long as the part is there, the file was not handed out; when it is not, it was.
"""

import hashlib
import os
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from hub.errors import Refused

FOLDER = ".handed"


@dataclass(frozen=True, slots=True)
class Handed:
    """A file that was handed out."""

    file: str
    digest: str
    """Of what it held."""
    part: str = ""
    """What it is called until it is renamed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An order that was handed out."""

    name: str
    reference: str
    """The hub's own; empty where only the file was found."""
    key: str
    """The hub's key of the order."""
    files: tuple[Handed, ...]
    """The first, and those that followed when it changed."""

    @property
    def last(self) -> Handed:
        """The file that holds the order as the ERP has it."""
        return self.files[-1]


@dataclass(frozen=True)
class Ledger:
    """The entries of one system's orders."""

    folder: Path

    def get(self, name: str) -> Entry | None:
        """Return what was handed out under a name. Raises Refused for an entry that cannot be read."""
        try:
            told: dict[str, Any] = orjson.loads(self._path(name).read_bytes())
            return Entry(told["name"], told["reference"], told["key"], tuple(Handed(**each) for each in told["files"]))
        except FileNotFoundError:
            return None
        except (orjson.JSONDecodeError, KeyError, TypeError):
            raise Refused(f"{self._path(name)} says what was handed out, and is damaged; restore it") from None

    def begin(self, entry: Entry) -> bool:
        """Make an entry; returns whether there was none, so that its file may be handed out."""
        self.folder.mkdir(parents=True, exist_ok=True)
        written = self._written(entry)
        try:
            os.link(written, self._path(entry.name))
        except FileExistsError:
            return False
        except OSError:  # a file system without links
            if self._path(entry.name).exists():
                return False
            written.rename(self._path(entry.name))
        finally:
            with suppress(FileNotFoundError):
                written.unlink()
        durable(self.folder)
        return True

    def replace(self, entry: Entry) -> None:
        """Put an entry in the place of the one before."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._written(entry).replace(self._path(entry.name))
        durable(self.folder)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _written(self, entry: Entry) -> Path:
        path = self.folder / f".{entry.name}.{secrets.token_hex(4)}.part"
        write(path, orjson.dumps(asdict(entry)))
        return path


def write(path: Path, content: bytes) -> None:
    """Write a file so that it is on the disk, and its name too."""
    try:
        with path.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        with suppress(OSError):
            path.unlink()
        raise
    durable(path.parent)


def durable(folder: Path) -> None:
    """Have the names in a folder on the disk, where folders can be opened (not on Windows)."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):  # network file systems may not know it
            os.fsync(opened)
    finally:
        os.close(opened)


def digest(content: bytes) -> str:
    """Return what a file holds, in short."""
    return hashlib.sha256(content).hexdigest()[:32]
