"""A hub of several processes around a private database and broker, each of which may be killed and comes back."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

import psycopg

from tests.servers.postgres import PostgresServer
from tests.servers.rabbitmq import RabbitServer

ROOT = Path(__file__).parents[2]
UNSETTLED = """
    SELECT (SELECT count(*) FROM run WHERE state = 'running' OR state = 'waiting')
         + (SELECT count(*) FROM outbox)
         + (SELECT count(*) FROM run WHERE state IN ('done', 'dead') AND NOT EXISTS
             (SELECT 1 FROM result WHERE result.run = run.id AND result.generation = run.generation))
"""


def close_when_ended() -> None:
    """Have SIGTERM close all that is open, as Ctrl-C does: the hub's processes would go on without us."""

    def end(_number: int, _at: FrameType | None) -> NoReturn:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        sys.exit(128 + signal.SIGTERM)

    signal.signal(signal.SIGTERM, end)


@dataclass
class Hub:
    """Processes around one database and one virtual host, in a folder with a hub.toml."""

    folder: Path
    postgres: PostgresServer
    rabbit: RabbitServer
    commands: Mapping[str, Sequence[str]]
    """A name -> the hub's command that the process runs."""
    queues: Sequence[str]
    """That the broker must have written to disk before it may be killed."""
    secrets: Mapping[str, str] = field(default_factory=dict[str, str])
    """Environment variables that hub.toml refers to."""
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict[str, subprocess.Popen[bytes]])

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.database = self.postgres.new_database()
        self.broker = self.rabbit.new_vhost()

    def configure(self, text: str) -> None:
        """Write hub.toml."""
        (self.folder / "hub.toml").write_text(text, encoding="utf-8")

    def environment(self) -> Mapping[str, str]:
        """Return what the processes are started with."""
        ours = {"HUB_DATABASE": self.database, "HUB_BROKER": self.broker, "PYTHONPATH": str(ROOT)}
        return {**os.environ, **self.secrets, **ours}

    def run(self, *arguments: str, limit: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a hub command to its end."""
        command = [sys.executable, "-m", "hub.cli", *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment(), capture_output=True, text=True, check=False, timeout=limit
        )

    def ok(self, *arguments: str, limit: float = 120) -> str:
        """Run a hub command that must go well; returns what it says."""
        done = self.run(*arguments, limit=limit)
        assert done.returncode == 0, f"hub {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout

    def start(self) -> None:
        """Migrate, apply, and start the processes."""
        self.ok("migrate")
        self.ok("apply", "--yes")
        for name in self.commands:
            self.start_one(name)
        for queue in self.queues:
            self.rabbit.wait_until_kept(self.broker, queue)

    def start_one(self, name: str) -> None:
        """Start one of the processes (again), its output to a file."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "hub.cli", *self.commands[name]],
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

    def revive(self) -> None:
        """Start what has ended by itself, as a supervisor does: a process that found no database at its start, say."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                self.start_one(name)

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

    def count(self, statement: str) -> int:
        """Ask the database for one number."""
        ((number,),) = self.query(statement)
        return int(str(number))

    def left_in_dead_queue(self) -> int:
        """Return how many messages the broker has given up."""
        path = f"/api/queues/{self.broker.rpartition('/')[2]}/hub.dead"
        return int(self.rabbit.api("GET", path).get("messages") or 0)

    def summary(self) -> dict[str, object]:
        """What an operator would ask."""
        return {
            "runs": {
                str(state): count for state, count in self.query("SELECT state, count(*) FROM run GROUP BY state")
            },
            "open": self.query("SELECT * FROM run WHERE state IN ('waiting', 'running', 'dead') LIMIT 5"),
            "outbox": self.query("SELECT count(*) FROM outbox"),
            "letters": self.query("SELECT queue, reason FROM letter LIMIT 5"),
        }

    def stop(self) -> None:
        """End the processes as an operator would."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
