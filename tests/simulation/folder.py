"""The folder of a warehouse: who writes files there, and a path whose renames and openings can be interrupted."""

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from tests.simulation.clock import SimClock

HEADER = "Indeks;Magazyn;Stan"
NO_NUMBER = "na zapytanie"


class _Points:
    """Where a path's operations report; one simulation at a time."""

    point: Callable[[str], None] | None = None


class SimPath(type(Path())):
    """A path that the connector is handed: between it and the disk something may happen."""

    def rename(self, target: Any) -> Any:
        """Rename, with a point before and after."""
        _point("before renaming a file")
        super().rename(target)
        _point("after renaming a file")
        return Path(target)

    def open(self, *args: Any, **options: Any) -> IO[Any]:  # pyright: ignore[reportIncompatibleMethodOverride]  # all
        """Open, with a point before."""
        _point("before opening a file")
        return cast("IO[Any]", super().open(*args, **options))


def _point(what: str) -> None:
    if _Points.point is not None:
        _Points.point(what)


def interrupt(point: Callable[[str], None] | None) -> None:
    """Have all paths report here, or nowhere."""
    _Points.point = point


@dataclass(slots=True)
class Version:
    """A file as it was delivered once."""

    name: str
    rows: list[tuple[str, str]]
    """SKU and stock, in the file's order; a stock that is no number is a bad row."""
    replaced: bool = False
    """Another version was written over it before anybody took it."""
    again: bool = False
    """It says what the version before said."""

    def lines(self) -> list[str]:
        """Return the file's lines."""
        return [HEADER, *(f"{sku};MAG1;{stock}" for sku, stock in self.rows)]


@dataclass(slots=True)
class Growing:
    """A file that somebody is still writing, under its own name."""

    file: IO[str]
    lines: list[str]


@dataclass(slots=True)
class Exporter:
    """The warehouse's program that writes the files of one format."""

    folder: Path
    prefix: str
    clock: SimClock
    dice: random.Random
    delivered: list[Version] = field(default_factory=list[Version])
    growing: dict[str, Growing] = field(default_factory=dict[str, Growing])
    _written: int = 0

    def names(self) -> list[str]:
        """Return the names of its files."""
        return [f"{self.prefix}_{letter}.csv" for letter in "AB"]

    def keys_of(self, name: str) -> list[str]:
        """Return the SKUs that stand in a file; each stands in one file only."""
        return [f"{name[:-4]}-{number:02}" for number in range(1, 10)]

    def deliver(self, *, over_another: bool) -> str:
        """Write some file in some way; returns what was done. `over_another`: also begin to write over one that waits."""
        name = self.dice.choice(self.names())
        if name in self.growing:
            return f"{name} is still being written"
        version = self._version(name)
        waits = (self.folder / name).exists()
        self._note(version, waits=waits)
        how = self.dice.choice(("part", "part", "whole", "growing"))
        if how == "growing" and (over_another or not waits):
            self._begin(version)
        elif how == "part":
            self._write(self.folder / f"{name}.part", version)
            os.replace(self.folder / f"{name}.part", self.folder / name)  # noqa: PTH105  # over a file, as rsync does
        else:
            self._write(self.folder / name, version)
        return f"{name} ({how}): {len(version.rows)} rows{', the same again' if version.again else ''}"

    def _version(self, name: str) -> Version:
        earlier = [each for each in self.delivered if each.name == name]
        if earlier and self.dice.random() < 0.2:
            return Version(name, earlier[-1].rows, again=True)
        skus = self.dice.sample(self.keys_of(name), self.dice.randint(1, 9))
        return Version(name, [(sku, self._stock()) for sku in skus])

    def _stock(self) -> str:
        self._written += 1
        return NO_NUMBER if self.dice.random() < 0.08 else str(self._written)

    def _note(self, version: Version, *, waits: bool) -> None:
        if waits:
            latest = [each for each in self.delivered if each.name == version.name][-1]
            latest.replaced = True
        self.delivered.append(version)

    def _write(self, path: Path, version: Version) -> None:
        path.write_text("\n".join([*version.lines(), ""]), encoding="utf-8")
        self._touch(path)

    def _touch(self, path: Path | int) -> None:
        now = self.clock.now().timestamp()
        os.utime(path, (now, now))

    def _begin(self, version: Version) -> None:
        file = (self.folder / version.name).open("w", encoding="utf-8")
        self.growing[version.name] = Growing(file, version.lines())
        self._go_on(version.name)

    def go_on(self) -> None:
        """Write on: called whenever time has passed, so that a writer never pauses."""
        for name in list(self.growing):
            self._go_on(name)

    def _go_on(self, name: str) -> None:
        growing = self.growing[name]
        for line in growing.lines[:2]:
            growing.file.write(line + "\n")
        del growing.lines[:2]
        growing.file.flush()
        self._touch(growing.file.fileno())
        if not growing.lines:
            growing.file.close()
            del self.growing[name]

    def finish(self) -> None:
        """Write all files to their end."""
        while self.growing:
            self.go_on()
