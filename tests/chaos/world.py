"""The world of a chaos run: private servers, five hub processes, and the warehouse's files."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.servers.postgres import PostgresServer
from tests.servers.rabbitmq import RabbitServer

ROOT = Path(__file__).parents[2]
TOML = """
[hub]
company = "chaos"
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
    """Five processes around one database and one virtual host; each may be killed and comes back."""

    folder: Path
    postgres: PostgresServer
    rabbit: RabbitServer
    rows: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    versions: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self.incoming = self.folder / "incoming"
        self.incoming.mkdir()
        (self.folder / "hub.toml").write_text(TOML, encoding="utf-8")
        self.database = self.postgres.new_database()
        self.broker = self.rabbit.new_vhost()

    def environment(self) -> Mapping[str, str]:
        return {**os.environ, "HUB_DATABASE": self.database, "HUB_BROKER": self.broker, "PYTHONPATH": str(ROOT)}

    def hub(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a hub command to its end."""
        command = [sys.executable, "-m", "hub.cli", *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment(), capture_output=True, text=True, check=False, timeout=120
        )

    def start(self) -> None:
        """Migrate, apply, and start the five processes."""
        for arguments in (["migrate"], ["apply", "--yes"]):
            done = self.hub(*arguments)
            assert done.returncode == 0, f"hub {arguments[0]}: {done.stdout}{done.stderr}"
        for name in PROCESSES:
            self.start_one(name)
        for queue in QUEUES:
            self.rabbit.wait_until_kept(self.broker, queue)

    def start_one(self, name: str) -> None:
        """Start one of the processes (again), its output to a file."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "hub.cli", *PROCESSES[name]],
                cwd=self.folder,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill(self, name: str) -> None:
        """SIGKILL a process, the broker or the database, and bring it back."""
        if name == "broker":
            self.rabbit.kill()
            self.rabbit.start()
        elif name == "database":
            self.postgres.kill()
            self.postgres.start()
        else:
            self.processes[name].kill()
            self.processes[name].wait()
            self.start_one(name)

    def drop_file(self) -> None:
        """Let the warehouse send its next stock list."""
        self.versions += 1
        write_file(self.incoming, self.versions, self.rows)

    def query(self, statement: str) -> list[tuple[object, ...]]:
        """Ask the database; waits out its absence."""
        address = self.database.replace("+psycopg", "", 1)
        deadline = time.monotonic() + 60
        while True:
            try:
                with psycopg.connect(address, autocommit=True, connect_timeout=5) as connection:
                    return connection.execute(statement.encode()).fetchall()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                threading.Event().wait(0.2)

    def revive(self) -> None:
        """Start what has ended by itself, as a supervisor does: a process that found no database at its start, say."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                self.start_one(name)

    def files_done(self) -> int:
        done = self.incoming / "done"
        return sum(1 for _ in done.glob("*STAN_*.csv*")) if done.is_dir() else 0

    def settled(self) -> bool:
        """Whether all files are in, nothing of theirs is under way, and all results are stored."""
        if self.files_done() < self.versions:
            return False
        statement = """
            SELECT (SELECT count(*) FROM run WHERE state = 'running' OR state = 'waiting')
                 + (SELECT count(*) FROM outbox)
                 + (SELECT count(*) FROM run WHERE state IN ('done', 'dead') AND NOT EXISTS
                     (SELECT 1 FROM result WHERE result.run = run.id AND result.generation = run.generation))
        """
        return self.query(statement) == [(0,)]

    def wait_settled(self, limit: float) -> float:
        """Wait until everything is settled; returns the seconds it took. Fails after `limit` seconds."""
        began = time.monotonic()
        while not self.settled():
            assert time.monotonic() - began < limit, f"not settled after {limit} s: {self.summary()}"
            self.revive()
            threading.Event().wait(0.25)
        return time.monotonic() - began

    def summary(self) -> dict[str, object]:
        """What an operator would ask."""
        return {
            "runs": dict(self.query("SELECT state, count(*) FROM run GROUP BY state")),
            "open": self.query("SELECT * FROM run WHERE state IN ('waiting', 'running', 'dead') LIMIT 5"),
            "outbox": self.query("SELECT count(*) FROM outbox"),
            "letters": self.query("SELECT queue, reason FROM letter LIMIT 5"),
            "files done": self.files_done(),
            "files": sorted(str(path.relative_to(self.incoming)) for path in self.incoming.rglob("*.csv*")),
        }

    def records(self) -> tuple[int, str]:
        """The number of records, and a digest of all of them with their versions."""
        statement = """
            SELECT count(*), md5(string_agg(key || fields::text || version::text, '' ORDER BY key))
            FROM record WHERE entity = 'stock'
        """
        ((count, digest),) = self.query(statement)
        return int(str(count)), str(digest)

    def stop(self) -> None:
        """End the five processes as an operator would."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
