"""A hub in a temporary folder, driven as its users do: by its command line, as a process."""

import json
import os
import signal
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.acceptance import commands
from tests.servers import process as processes

ROOT = Path(__file__).parents[2]
LIMIT = 120.0
"""Seconds that one command may take on a machine that is busy with other tests."""
SELDOM = "1000d"
"""How often a job runs that is not to become due a second time, at the full hour, while a test looks at its runs."""

STOCK = """
[systems.depot.formats.stock]
entity = "stock"
files = "STAN_*.csv"
encoding = "utf-8"
delimiter = ";"
decimal = ","
every = "{every}"
policy = "{policy}"
page = {page}
columns = {{ sku = "Indeks", location = "Magazyn", on_hand = "Stan" }}
"""
HEAD = """
[hub]
company = "Kowalski sp. z o.o."
timezone = "Europe/Warsaw"
{hub}

[systems.depot]
kind = "warehouse"
connector = "files"
source = "in"
"""


@dataclass(frozen=True, slots=True)
class Done:
    """What a command came to."""

    code: int
    out: str
    err: str


@dataclass
class Home:
    """A folder with a hub.toml, and an incoming folder."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    said: Done | None = None
    """What its import said, where a fixture has made one."""

    @property
    def file(self) -> Path:
        return self.folder / "hub.toml"

    @property
    def incoming(self) -> Path:
        return self.folder / "in"

    def configure(
        self, *, every: str = SELDOM, policy: str = "upsert", page: int = 1000, hub: str = "", more: str = ""
    ) -> "Home":
        """Write hub.toml with one import format for stock levels."""
        self.incoming.mkdir(parents=True, exist_ok=True)
        text = HEAD.format(hub=hub) + STOCK.format(every=every, policy=policy, page=page) + more
        self.file.write_text(text, encoding="utf-8")
        return self

    def deliver(self, name: str, rows: Sequence[str], header: str = "Indeks;Magazyn;Stan") -> Path:
        """Put a file into the folder that nobody has touched for a while, so that it counts as complete."""
        path = self.folder / name
        path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
        long_ago = time.time() - 100
        os.utime(path, (long_ago, long_ago))
        return path.rename(self.incoming / name)

    def run(self, *arguments: str, given: str | None = None, limit: float = LIMIT) -> Done:
        """Run a command to its end."""
        return Done(*commands.run(arguments, self.folder, self._environment(), given or "", limit))

    def ok(self, *arguments: str) -> str:
        """Run a command that must go well; returns what it wrote."""
        done = self.run(*arguments)
        assert done.code == 0, f"hub {' '.join(arguments)} ended with {done.code}:\n{done.out}\n{done.err}"
        return done.out

    def json(self, *arguments: str, code: int = 0) -> Any:
        """Run a command for programs; returns its JSON."""
        done = self.run(*arguments, "--json")
        assert done.code == code, f"hub {' '.join(arguments)} ended with {done.code}:\n{done.out}\n{done.err}"
        return json.loads(done.out)

    def count(self, table: str) -> int:
        """Count the rows of a table of the embedded database, while others write to it."""
        with closing(sqlite3.connect(f"{(self.folder / 'hub.db').as_uri()}?mode=ro", uri=True)) as database:
            return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]

    @contextmanager
    def up(self, *arguments: str, command: str = "up") -> Iterator["Running"]:
        """Run a process of the hub beside the test; killed at the end if it has not ended."""
        folder = Path(tempfile.mkdtemp(prefix="up-", dir=self.folder))
        given = ["--config", str(self.file), *command.split(), *arguments]
        process = commands.start(given, self._environment(), folder / "out.txt")
        try:
            yield Running(process)
        finally:
            processes.end_at_once(process)

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
        return {**inherited, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **self.environment}


@dataclass(frozen=True, slots=True)
class Running:
    """A process of the hub that is at work."""

    process: processes.Process

    def wait_for(self, what: str, ready: Callable[[], bool], seconds: float = LIMIT) -> None:
        """Wait until something has come true while the process runs."""
        processes.wait_until(what, ready, process=self.process, seconds=seconds)

    def said(self) -> str:
        """Return all that it has written so far."""
        return self.process.log.read_text(encoding="utf-8", errors="replace")

    def wait_until_said(self, text: str) -> None:
        """Wait until it has written a text."""
        self.wait_for(text, lambda: text in self.said())

    def end(self, number: signal.Signals = signal.SIGTERM, limit: float = LIMIT) -> int:
        """Send a signal and wait; returns the exit code."""
        os.kill(self.process.popen.pid, number)
        return self.process.popen.wait(limit)

    def kill(self) -> None:
        """Kill it at one stroke."""
        processes.end_at_once(self.process)


def rows(count: int, on_hand: Callable[[int], object] = lambda number: number % 97) -> list[str]:
    """Return that many rows of stock levels, each of a product of its own."""
    return [f"{number:06d};MAG1;{on_hand(number)}" for number in range(1, count + 1)]
