"""Private servers, fresh databases and virtual hosts, and the processes that are measured; all are gone at the end."""

import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psycopg

from hub.store import Store, migrate
from tests.servers import process as processes
from tests.servers.postgres import PostgresServer
from tests.servers.rabbitmq import RabbitServer

ROOT = Path(__file__).parents[2]
ROOM = "2GiB"
"""Memory that the broker may take before it holds publishers back."""


@dataclass(frozen=True, slots=True)
class Place:
    """An empty database and an empty virtual host, for one side and one round."""

    database: str
    """As SQLAlchemy wants it."""
    broker: str

    watch: psycopg.Connection
    """Of the benchmark itself, to look on."""

    def counted(self, statement: str) -> int:
        """Return the one number that a statement selects."""
        row = self.watch.execute(statement.encode()).fetchone()
        return int(row[0]) if row else 0


class Ground:
    """A RabbitMQ and a PostgreSQL that writes through to the disk, started when they are first needed."""

    def __init__(self, *, quick: bool) -> None:
        self.quick = quick
        self.rabbit = RabbitServer(memory=ROOM)
        self.postgres = PostgresServer(durable=True)
        self.folder = Path(tempfile.mkdtemp(prefix="hub-bench-"))
        self._open = contextlib.ExitStack()

    def __enter__(self) -> Self:
        try:
            self._open.callback(shutil.rmtree, self.folder, ignore_errors=True)
            self._open.enter_context(self.postgres)
            self._open.enter_context(self.rabbit)
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def rounds(self) -> int:
        """How often each side has its turn."""
        return 1 if self.quick else 3

    def amount(self, full: int) -> int:
        """Return how much is to be done: all of it, or a tenth if it is to be quick."""
        return full // 10 if self.quick else full

    @contextlib.contextmanager
    def place(self) -> Iterator[Place]:
        """Make an empty database and virtual host."""
        database, broker = self.postgres.new_database(), self.rabbit.new_vhost()
        try:
            with psycopg.connect(database.replace("+psycopg", "", 1), autocommit=True) as watch:
                yield Place(database, broker, watch)
        finally:
            self.rabbit.drop_vhost(broker)
            self.postgres.drop_database(database)

    @contextlib.contextmanager
    def hub_place(self) -> Iterator[tuple[Place, Store]]:
        """Make a place with the hub's tables in it."""
        with self.place() as place:
            store = Store(place.database)
            migrate.migrate(store)
            try:
                yield place, store
            finally:
                store.close()

    def rabbitmq_version(self) -> str:
        """Return the broker's version."""
        return str(self.rabbit.api("GET", "/api/overview")["rabbitmq_version"])

    def postgresql_version(self) -> str:
        """Return the database's version."""
        with psycopg.connect(self.postgres.url.replace("+psycopg", "", 1)) as connection:
            return f"{connection.info.server_version // 10_000}.{connection.info.server_version % 10_000}"

    @contextlib.contextmanager
    def running(self, *commands: Sequence[str], env: Mapping[str, str]) -> "Iterator[Team]":
        """Run Python modules as processes of their own until the block ends."""
        team: list[processes.Process] = []
        try:
            for number, command in enumerate(commands):
                folder = Path(tempfile.mkdtemp(prefix=f"{number}-", dir=self.folder))
                argv = [sys.executable, "-m", *command]
                team.append(processes.start(argv, log=folder / "log", env={"PYTHONPATH": str(ROOT), **env}))
            yield Team(team)
        finally:
            for each in team:
                processes.end(each, signal.SIGTERM, within=10)


@dataclass(frozen=True, slots=True)
class Team:
    """Processes that work together on one side."""

    members: Sequence[processes.Process]

    def until(self, what: str, ready: Callable[[], bool], seconds: float = 120) -> None:
        """Wait; raises ServerFailed, with what a process has said last, if it takes too long or one has ended."""

        def ready_or_ended() -> bool:
            for each in self.members:
                if each.popen.poll() is not None:
                    raise processes.ServerFailed(f"waiting for {what}: a process ended\n{processes.tail(each)}")
            return ready()

        processes.wait_until(what, ready_or_ended, seconds=seconds)

    @contextlib.contextmanager
    def held_still(self) -> Iterator[None]:
        """Stop all of them as they stand, warm and connected, and let them go on at the block's end."""
        pids = [pid for each in self.members for pid in (each.popen.pid, *processes.descendants(each.popen.pid))]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)
