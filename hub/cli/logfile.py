"""The file that a process logs to: it makes way for a new one when it has grown large, however long the process lives."""

import contextlib
import os
from pathlib import Path
from typing import TextIO

LARGEST = 10_000_000
"""Bytes above which a log makes way for a new one; the one before is kept as NAME.1."""


class LogFile:
    """A text file that is written line by line."""

    def __init__(self, path: Path, largest: int = LARGEST) -> None:
        """Raises OSError if it cannot be written."""
        self._path = path
        self._largest = largest
        self._file = self._opened()
        self._make_way()

    def isatty(self) -> bool:
        """Tell that this is no terminal."""
        return False

    def write(self, line: str) -> int:
        """Write a line; raises OSError."""
        self._make_way()
        return self._file.write(line)

    def flush(self) -> None:
        """Write what is held back; raises OSError."""
        self._file.flush()

    def close(self) -> None:
        """Close the file; what a full disk does not take is lost."""
        with contextlib.suppress(OSError):
            self._file.close()

    def _make_way(self) -> None:
        if not self._file.closed and os.fstat(self._file.fileno()).st_size <= self._largest:
            return
        self.close()  # where a file that is open cannot be renamed
        with contextlib.suppress(OSError):  # another process has it open: both go on with the one they have
            self._path.replace(self._path.with_name(f"{self._path.name}.1"))
        self._file = self._opened()

    def _opened(self) -> TextIO:
        return self._path.open("a", encoding="utf-8", errors="replace", buffering=1)
