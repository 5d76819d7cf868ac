"""The world of a chaos run: a hub of five processes, and the warehouse's files."""

import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.processes import UNSETTLED, Hub
from tests.servers.postgres import PostgresServer
from tests.servers.rabbitmq import RabbitServer

TOML = """
[hub]
database = "env:HUB_DATABASE"
broker = "env:HUB_BROKER"
lease = "4s"
slice = "3s"

[systems.depot]
kind = "warehouse"
connector = "files"
source = "incoming"

[systems.depot.formats.stock]
entity = "stock"
files = "STAN_*.csv"
encoding = "utf-8"
delimiter = ";"
every = "5s"
columns = { sku = "Indeks", location = "Magazyn", on_hand = "Stan" }
"""
PROCESSES = {
    "scheduler-1": ["scheduler"],
    "scheduler-2": ["scheduler"],
    "adapter": ["adapter", "warehouse"],
    "runlog-1": ["runlog"],
    "runlog-2": ["runlog"],
}
QUEUES = ("hub.warehouse.depot", "hub.runlog", "hub.invalid", "hub.dead", "hub.maintenance.hub")


def write_file(folder: Path, version: int, rows: int) -> None:
    """Put a stock list into the folder, complete at once: every tenth row differs from the version before."""
    part = folder / f"STAN_{version}.csv.part"
    with part.open("w", encoding="utf-8", newline="") as file:
        file.write("Indeks;Magazyn;Stan\n")
        for row in range(rows):
            on_hand = version if row % 10 == version % 10 else 0
            file.write(f"{row:08};MAG1;{on_hand}\n")
    old = time.time() - 60
    os.utime(part, (old, old))
    part.rename(folder / f"STAN_{version}.csv")


@dataclass
class World:
    """A hub that imports the warehouse's stock lists."""

    hub: Hub
    rows: int
    versions: int = 0

    @classmethod
    def make(cls, folder: Path, postgres: PostgresServer, rabbit: RabbitServer, rows: int) -> "World":
        """Lay it out; nothing is started yet."""
        world = cls(Hub(folder, postgres, rabbit, PROCESSES, QUEUES), rows)
        world.hub.configure(TOML)
        world.incoming.mkdir()
        return world

    @property
    def incoming(self) -> Path:
        """Where the warehouse puts its files."""
        return self.hub.folder / "incoming"

    def drop_file(self) -> None:
        """Let the warehouse send its next stock list."""
        self.versions += 1
        write_file(self.incoming, self.versions, self.rows)

    def files_done(self) -> int:
        done = self.incoming / "done"
        return sum(1 for _ in done.glob("*STAN_*.csv*")) if done.is_dir() else 0

    def settled(self) -> bool:
        """Whether all files are in, nothing of theirs is under way, and all results are stored."""
        if self.files_done() < self.versions:
            return False
        return self.hub.query(UNSETTLED) == [(0,)]

    def wait_settled(self, limit: float) -> float:
        """Wait until everything is settled; returns the seconds it took. Fails after `limit` seconds."""
        began = time.monotonic()
        while not self.settled():
            assert time.monotonic() - began < limit, f"not settled after {limit} s: {self.summary()}"
            self.hub.revive()
            threading.Event().wait(0.25)
        return time.monotonic() - began

    def summary(self) -> dict[str, object]:
        """What an operator would ask."""
        files = sorted(str(path.relative_to(self.incoming)) for path in self.incoming.rglob("*.csv*"))
        return {**self.hub.summary(), "files done": self.files_done(), "files": files}

    def records(self) -> tuple[int, str]:
        """The number of records, and a digest of all of them with their versions."""
        statement = """
            SELECT count(*), md5(string_agg(key || fields::text || version::text, '' ORDER BY key))
            FROM record WHERE entity = 'stock'
        """
        ((count, digest),) = self.hub.query(statement)
        return int(str(count)), str(digest)
