"""How far the files of one format have durably come. It is stored with each page, so a crash costs at most a page."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

MOST_RECENT = 500
"""File names that are remembered with what they last held."""


@dataclass(frozen=True, slots=True)
class Underway:
    """The file at hand."""

    name: str
    digest: str
    rows: int = 0
    """Of the file, committed."""
    closing: str | None = None
    """All is committed, and only the move to this folder (done or failed) is left."""
    reason: str | None = None
    """Why it goes to failed."""
    killed: int = 0
    """How often in a row what reads it was killed, or found no memory."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What has been taken."""

    file: Underway | None = None
    recent: Mapping[str, str] = field(default_factory=dict[str, str])
    """Name -> what its last file held, the latest last."""
    last: str | None = None
    """What the last file held, whatever its name."""
    newest: float = 0
    """When the youngest of the files that were taken was last changed, in seconds since 1970."""
    looks: Mapping[str, str] = field(default_factory=dict[str, str])
    """Files that were not complete yet -> how they looked, and when."""

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> "Checkpoint":
        """Read what `stored` gave back; what is missing in it has not happened."""
        data = stored or {}
        file = data.get("file")
        return cls(
            Underway(**file) if file else None,
            dict(data.get("recent", {})),
            data.get("last"),
            data.get("newest", 0),
            dict(data.get("looks", {})),
        )

    def stored(self) -> dict[str, Any]:
        """Return the checkpoint as JSON."""
        return {
            "file": asdict(self.file) if self.file else None,
            "recent": dict(self.recent),
            "last": self.last,
            "newest": self.newest,
            "looks": dict(self.looks),
        }

    def at(self, name: str, digest: str, rows: int) -> "Checkpoint":
        """Return the checkpoint within a file."""
        return replace(self, file=Underway(name, digest, rows))

    def killed(self) -> "Checkpoint":
        """Return the checkpoint after what reads the file at hand was killed once more."""
        return replace(self, file=self.file and replace(self.file, killed=self.file.killed + 1))

    def failing(self, name: str, digest: str, rows: int, reason: str) -> "Checkpoint":
        """Return the checkpoint at the point where a file was given up; it may come again."""
        return replace(self, file=Underway(name, digest, rows, "failed", reason))

    def closing(self, name: str, digest: str, rows: int) -> "Checkpoint":
        """Return the checkpoint at a file's end: it has been taken."""
        file = Underway(name, digest, rows, "done")
        recent = {known: held for known, held in self.recent.items() if known != name} | {name: digest}
        kept = dict(list(recent.items())[-MOST_RECENT:])
        return replace(self, file=file, recent=kept, last=digest)

    def closed(self) -> "Checkpoint":
        """Return the checkpoint after a file was moved away."""
        return replace(self, file=None)

    def has_taken(self, name: str, digest: str, changed: float) -> bool:
        """Tell whether a file is what was taken last under its name, or last of all.

        One that says what the last of all did, and was written since (`changed`), says it anew: files of another format
        may have changed meanwhile what it speaks of. Where others of its format came in between, it is an old one.
        """
        if digest == self.last:
            return changed <= self.newest
        return digest == self.recent.get(name)
