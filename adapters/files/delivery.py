"""One pass over the files of a format: what has come is taken, read a page at a time, and moved away when all is stored."""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from adapters.files.checkpoint import Checkpoint
from adapters.files.format import Format
from adapters.files.intake import Intake
from adapters.files.options import FolderOptions
from adapters.files.taking import Folder, Found, Taken, is_complete, seen, shown_name, unchanged
from hub.clock import Clock
from hub.connector import Page
from hub.errors import Refused, TryLater

ELSEWHERE = "not the folder from which files were taken before: is its share mounted?"


@dataclass
class Delivery:
    """One pass over the files of one format."""

    system: str
    stream: str
    options: FolderOptions
    base_folder: Path
    """The folder of hub.toml."""
    clock: Clock
    moves: bool
    """False: everything is only looked at."""
    notes: list[str] = field(default_factory=list[str])
    waiting: list[Found] = field(default_factory=list[Found])
    """Files that are not complete yet."""

    @property
    def format(self) -> Format:
        """Return the format; raises Refused where there is none."""
        if self.stream not in self.options.formats:
            raise Refused(f"{self.system} has no format called {self.stream}")
        return self.options.formats[self.stream]

    def pages(self, since: Mapping[str, Any] | None) -> Generator[Page, None, None]:
        """Yield the pages of all files, then what else there is to say."""
        done = Checkpoint.of(since)
        if not self.format.enabled:
            yield self._said(done, f"the format {self.stream} is switched off (enabled = false)")
            return
        folder = self._folder()
        locations = frozenset(self.options.locations)
        for taken in self._takeable(folder, done):
            intake = Intake(folder, taken, self.format, locations, self.clock, self.moves)
            done = yield from intake.pages(done)
        looks = self._looks(done)
        if self.notes or looks != done.looks:
            yield self._said(replace(done, looks=looks))

    def unmounted(self, since: Mapping[str, Any] | None) -> str | None:
        """Return what is to be said of a folder that has nothing, and no trace of what was taken from it; else None."""
        folder, done = self._folder(), Checkpoint.of(since)
        if not self.format.enabled or not folder.path.is_dir() or not _is_elsewhere(folder, done):
            return None
        come = any(self.format.matches(file.path.name) for file in folder.look())
        return None if come else f"{folder.path} is {ELSEWHERE}"

    def _said(self, done: Checkpoint, *more: str) -> Page:
        return Page(self.format.entity, (), (), done.stored(), self.format.policy, notes=[*self.notes, *more])

    def _folder(self) -> Folder:
        source = self.options.folder(self.base_folder)
        path = source / (self.format.folder or "")
        if not path.resolve().is_relative_to(source.resolve()):
            raise Refused(f"the folder {path} leads out of {source}; links are not followed")
        return Folder(path, f"{self.system}.{self.stream}")

    def _takeable(self, folder: Folder, done: Checkpoint) -> Iterator[Taken]:
        """Yield what an earlier run left over, then what has come; each is taken only when its turn comes."""
        come = [file for file in folder.look(self.notes) if self.format.matches(file.path.name)]
        left_over = folder.left_over()
        if not come and not left_over:
            self._nothing_came(folder, done)
        for taken in left_over:
            again = folder.take_again(taken) if self.moves else taken
            if again is None:
                raise TryLater(f"{shown_name(taken.name)} is still held by another run")
            yield again
        for earlier in come:
            name = earlier.path.name
            # Looked at when its turn comes: those before it may have taken long, and its writer may write again. The
            # clock is read before that, so that whatever comes between makes the file younger than it is.
            now = self.clock.now()
            file = folder.look_again(earlier)
            if file is None:
                continue
            if not is_complete(file, now, self.options.settle, done.looks.get(name)):
                self.waiting.append(file)
            elif taken := self._take(folder, file, done.looks.get(name)):
                yield taken
            elif still := folder.look_again(file):
                self.waiting.append(still)

    def _nothing_came(self, folder: Folder, done: Checkpoint) -> None:
        nothing = f"no file called {self.format.files} has come to {folder.path}"
        if not _is_elsewhere(folder, done):
            self.notes.append(nothing)
        elif self.moves:  # a folder that was named anew has nothing of the old one, and is well: it is only told
            self.notes.append(f"{nothing}, and it is {ELSEWHERE}")
        else:
            raise TryLater(f"{nothing}, and it is {ELSEWHERE}")

    def _take(self, folder: Folder, file: Found, before: str | None) -> Taken | None:
        if not self.moves:
            return Taken(file.path, file.path.name)
        return folder.take(file, timedelta(0) if unchanged(file, before) else self.options.settle)

    def _looks(self, done: Checkpoint) -> dict[str, str]:
        """Remember how the files look that were not complete, to compare the next time."""
        now = self.clock.now()
        for file in self.waiting:
            self.notes.append(f"{shown_name(file.path.name)} is still being written; the next run looks again")
        return {file.path.name: seen(file, now, done.looks.get(file.path.name)) for file in self.waiting}


def _is_elsewhere(folder: Folder, done: Checkpoint) -> bool:
    """Tell whether a folder bears no trace of the files that were taken before."""
    return done.last is not None and not folder.taking.is_dir()
