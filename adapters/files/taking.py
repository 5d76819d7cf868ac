"""Taking files out of a folder: only when they are complete, each by one taker, and never losing one.

A file is taken by renaming it into `.taking/JOB/TOKEN~NAME`, which one of two takers does first. The token makes the
late move of a taker that was thought dead harmless: the path it knows is gone. From there the file goes to `done/`
or `failed/`, under a name that nothing else has.
"""

import hashlib
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from tenacity import retry, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from hub.errors import Refused, TryLater

TAKING, DONE, FAILED = ".taking", "done", "failed"
LONGEST_NAME = 180
"""Bytes; with token and date it must still be a name for every file system."""
PIECE = 1 << 20
COARSE = 0.1
"""Seconds by which the times of one file system may differ from each other."""

_UNFINISHED = (".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload", ".download", ".swp", ".lock")
_LOCKS = ("~$", ".~lock.", ".")


@dataclass(frozen=True, slots=True)
class Found:
    """A file in the folder, not taken yet."""

    path: Path
    size: int
    changed: float
    """Seconds since 1970."""

    @property
    def look(self) -> str:
        """Return how the file looks; two files that look alike are taken for unchanged."""
        return f"{self.size} {self.changed!r}"


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that is ours."""

    path: Path
    name: str
    """As it was delivered."""
    left_over: bool = False
    """By a run that did not come to its end."""


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder of one format."""

    path: Path
    job: str
    """Whose files under `.taking` are meant."""

    @property
    def taking(self) -> Path:
        """Where this job's files lie while they are read."""
        return self.path / TAKING / self.job

    def look(self, notes: list[str] | None = None) -> list[Found]:
        """Return the regular files, the longest unchanged first; what is refused is told in `notes`."""
        found: list[Found] = []
        for entry in _entries(self.path):
            refusal = _refusal(entry)
            if refusal is None:
                with suppress(FileNotFoundError):  # taken meanwhile
                    seen = entry.stat(follow_symlinks=False)
                    found.append(Found(self.path / entry.name, seen.st_size, seen.st_mtime))
            elif refusal and notes is not None:
                notes.append(refusal)
        return sorted(found, key=lambda file: (file.changed, file.path.name))

    def look_again(self, found: Found) -> Found | None:
        """Return a file as it is now; None if it is gone."""
        try:
            seen = found.path.lstat()
        except FileNotFoundError:
            return None
        return Found(found.path, seen.st_size, seen.st_mtime) if stat.S_ISREG(seen.st_mode) else None

    def take(self, found: Found, settle: timedelta = timedelta(0)) -> Taken | None:
        """Make a file ours; None if it is gone or being written, or still open where that prevents renaming (Windows).

        `settle`: how long nobody may have touched it by the clock of the file system, which may lag behind ours.
        """
        taken = self._move_to_taking(found.path, found.path.name)
        if taken is None:
            return None
        now = self.look_again(replace(found, path=taken.path))
        if now is not None and now.look == found.look and not _just_written(taken.path, settle):
            return taken
        # Somebody writes to it since it was looked at: back, unless another has come under its name meanwhile.
        if now is not None and not found.path.exists():
            try:
                taken.path.rename(found.path)
            except OSError as error:
                raise TryLater(f"{taken.name} cannot be put back: {_why(error)}") from None
        return None

    def left_over(self) -> list[Taken]:
        """Return files that were taken and never finished, without touching them."""
        if not self.taking.is_dir():
            return []
        entries = [entry for entry in _entries(self.taking) if "~" in entry.name and _refusal(entry) is None]
        return [
            Taken(self.taking / entry.name, entry.name.partition("~")[2], left_over=True)
            for entry in sorted(entries, key=_name)
        ]

    def take_again(self, taken: Taken) -> Taken | None:
        """Make a left-over file ours, so that whoever had it before can do nothing to it any more."""
        again = self._move_to_taking(taken.path, taken.name)
        return again and replace(again, left_over=True)

    def finish(self, taken: Taken, where: str, now: datetime, reason: str | None = None) -> Path | None:
        """Move a file to `done` or `failed`, a reason beside it; None if it is not ours any more."""
        target = self.path / where
        token = taken.path.name.partition("~")[0]
        final = target / f"{now:%Y%m%dT%H%M%SZ}-{token[:4]}_{taken.name}"
        try:
            target.mkdir(exist_ok=True)
            _move(taken.path, final)
            if reason is not None:
                (target / f"{final.name}.reason.txt").write_text(reason + "\n", encoding="utf-8")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise TryLater(f"{taken.name} cannot be moved to {where}: {_why(error)}") from None
        return final

    def _move_to_taking(self, path: Path, name: str) -> Taken | None:
        target = self.taking / f"{secrets.token_hex(6)}~{name}"
        try:
            self.taking.mkdir(parents=True, exist_ok=True)
            path.rename(target)
        except (FileNotFoundError, PermissionError) as error:
            if isinstance(error, PermissionError) and not os.access(self.path, os.W_OK):
                raise Refused(f"the folder {self.path} does not allow files to be moved") from None
            return None
        except OSError as error:
            raise TryLater(f"{name} cannot be taken: {_why(error)}") from None
        return Taken(target, name)


def _just_written(path: Path, settle: timedelta) -> bool:
    """Tell whether a file was written shortly before it was renamed, which its file system has dated a moment ago."""
    with suppress(FileNotFoundError):
        seen = path.lstat()
        return os.name != "nt" and 0 <= seen.st_ctime - seen.st_mtime < settle.total_seconds() - COARSE
    return False


def _may_pass(error: BaseException) -> bool:
    """Tell whether trying again may help: a scanner or a network share holds files for a moment."""
    return isinstance(error, OSError) and not isinstance(error, FileNotFoundError)


@retry(
    retry=retry_if_exception(_may_pass),
    stop=stop_after_attempt(4),
    wait=wait_exponential_jitter(multiplier=0.1, max=1),
    reraise=True,
)
def _move(path: Path, target: Path) -> None:
    path.rename(target)


def is_complete(found: Found, now: datetime, settle: timedelta, before: str | None) -> bool:
    """Tell whether a writer has finished: the file is old enough, or looks as it did long enough ago.

    `before`: what `seen` returned at an earlier look.
    """
    age = now.timestamp() - found.changed
    if age >= settle.total_seconds():
        return True
    if before is None:
        return False
    at, _, _ = before.partition(" ")
    return unchanged(found, before) and now.timestamp() - float(at) >= settle.total_seconds()


def unchanged(found: Found, before: str | None) -> bool:
    """Tell whether a file looks as it did at an earlier look."""
    return before is not None and before.partition(" ")[2] == found.look


def seen(found: Found, now: datetime, before: str | None) -> str:
    """Return what to remember of an incomplete file: since when it looks as it does."""
    if before is not None and unchanged(found, before):
        return before
    return f"{now.timestamp()} {found.look}"


def digest(path: Path) -> str:
    """Return what a file holds, as the first half of its SHA-256."""
    value = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            value.update(piece)
    return value.hexdigest()[:32]


def _entries(path: Path) -> Iterator["os.DirEntry[str]"]:
    try:
        with os.scandir(path) as entries:
            yield from list(entries)
    except FileNotFoundError:
        raise Refused(f"the folder {path} does not exist") from None
    except NotADirectoryError:
        raise Refused(f"{path} is a file, not a folder") from None
    except PermissionError:
        raise Refused(f"the folder {path} may not be read") from None
    except OSError as error:
        raise TryLater(f"the folder {path} cannot be read: {_why(error)}") from None


def _refusal(entry: "os.DirEntry[str]") -> str | None:
    """Return why an entry is left where it is: "" where that needs no word, None for a file to take."""
    name = entry.name
    if name.startswith(_LOCKS) or name.casefold().endswith(_UNFINISHED):
        return ""
    try:
        if entry.is_symlink():
            return f"{shown_name(name)} is left alone: it is a link, and links are not followed"
        mode = entry.stat(follow_symlinks=False).st_mode
    except OSError:
        return ""  # gone meanwhile
    if stat.S_ISDIR(mode):
        return ""
    if not stat.S_ISREG(mode):
        return f"{shown_name(name)} is left alone: it is no ordinary file"
    if not os.access(entry.path, os.R_OK):
        return f"{shown_name(name)} is left alone: the hub's user may not read it; give it the right to"
    if not name.isprintable() or "\\" in name or "/" in name or ":" in name:
        return f"{shown_name(name)} is left alone: its name has characters that names may not have; rename it"
    if len(name.encode("utf-8", "surrogateescape")) > LONGEST_NAME:
        return f"{shown_name(name)} is left alone: its name is longer than {LONGEST_NAME} bytes; rename it"
    return None


def shown_name(name: str) -> str:
    """Return a file's name fit for a log: without control characters, not too long."""
    clean = "".join(character if character.isprintable() else "?" for character in name)
    return clean if len(clean) <= 80 else clean[:77] + "..."  # noqa: PLR2004 - a line's worth


def _name(entry: "os.DirEntry[str]") -> str:
    return entry.name


def _why(error: OSError) -> str:
    return (error.strerror or "unknown reason").lower()
