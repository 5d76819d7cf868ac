"""Handing an order to the ERP: a file that is there whole, or not at all, and once, whatever breaks in between.

1. The content is written beside its place, under a name that the ERP passes over.
2. The ledger gets an entry that names this part file. Of two who come to this at the same time, one makes the entry.
3. The part is renamed. That is the moment when the order is handed out.

Whoever finds an entry renames its part, if that is still there; if it is not, the order was handed out, whatever the
ERP has done with the file since.
"""

import secrets
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from adapters.erp.files.ledger import FOLDER, Entry, Handed, Ledger, digest, durable, write
from adapters.erp.files.order_files import OrderFiles
from hub.errors import TryLater


@dataclass(frozen=True)
class Handing:
    """The folders in which orders are handed out."""

    source: Path
    files: OrderFiles

    @property
    def folder(self) -> Path:
        """Where the ERP looks."""
        return self.source / self.files.folder

    @property
    def ledger(self) -> Ledger:
        """What was handed out; not below the folder, in which the ERP may look everywhere."""
        return Ledger(self.source / FOLDER / self.files.folder)

    def known(self, name: str) -> Entry | None:
        """Return what was handed out under a name; where no ledger tells, a file that still lies somewhere does."""
        return self.ledger.get(name) or self._lying(name)

    def hand_out(self, name: str, reference: str, key: str, content: bytes) -> Entry:
        """Hand an order out for the first time; returns its entry, which may be another's. Raises TryLater."""
        with _later(self.folder):
            part = self._part(name, content)
            handed = Handed(name + self.files.suffix, digest(content), part.name)
            entry = Entry(name, reference, key, (handed,))
            if not self.ledger.begin(entry):
                part.unlink()
                entry = self.ledger.get(name) or entry
            self._finish(entry)
            return entry

    def hand_again(self, entry: Entry, content: bytes) -> None:
        """Hand out an order that has changed, as its next version. Raises TryLater."""
        with _later(self.folder):
            name = f"{entry.name}_v{len(entry.files) + 1}"
            part = self._part(name, content)
            handed = Handed(name + self.files.suffix, digest(content), part.name)
            further = replace(entry, files=(*entry.files, handed))
            self.ledger.replace(further)
            self._finish(further)

    def finish(self, entry: Entry) -> None:
        """Do what an earlier write may not have come to. Raises TryLater."""
        with _later(self.folder):
            if self.ledger.get(entry.name) is None:
                self.ledger.begin(entry)
            self._finish(entry)

    def _finish(self, entry: Entry) -> None:
        if not entry.last.part:
            return
        with suppress(FileNotFoundError):  # renamed already, by us or another
            (self.folder / entry.last.part).rename(self.folder / entry.last.file)
        durable(self.folder)

    def _part(self, name: str, content: bytes) -> Path:
        path = self.folder / f".{name}.{secrets.token_hex(4)}.part"
        write(path, content)
        return path

    def _lying(self, name: str) -> Entry | None:
        for folder in (self.files.folder, self.files.archive, self.files.errors):
            path = self.source / (folder or self.files.folder) / (name + self.files.suffix)
            with suppress(OSError):
                return Entry(name, "", "", (Handed(path.name, digest(path.read_bytes())),))
        return None


@contextmanager
def _later(folder: Path) -> Generator[None]:
    """Say of what the file system cannot do now that it is tried again."""
    try:
        yield
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise TryLater(f"nothing can be handed out in {folder}: {why}") from None
