"""A copy of a system: laid out from the template, started, killed, started again."""

import shutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.peers import cache
from tests.peers.asking import answers
from tests.peers.install import install, run
from tests.peers.system import Place, System
from tests.servers import process as processes
from tests.servers.postgres import PostgresServer, program
from tests.servers.process import Process, ServerFailed

DUMP = "database.dump"


class Peer:
    """A copy with data of its own in a temporary folder; it keeps port and data until it is closed.

    What a client has to know is in `facts`, and so is `peer["user"]`.
    """

    def __init__(self, system: System, app: Path) -> None:
        self.system = system
        self._folder = processes.open_folder(system.name, None)
        self._postgres = PostgresServer() if system.postgres else None
        self._process: Process | None = None
        self.place = Place(app, self._folder / "data", port=0, database="")

    @property
    def name(self) -> str:
        """The system's name."""
        return self.system.name

    @property
    def facts(self) -> dict[str, Any]:
        """Its address, its credentials, and what else differs from system to system."""
        return {"port": self.place.port, **self.system.facts(self.place)}

    @property
    def port(self) -> int:
        """Where it listens; the same for as long as it is."""
        return self.place.port

    @property
    def url(self) -> str:
        """The address that its interfaces lie below."""
        return self["url"]

    def __getitem__(self, fact: str) -> Any:
        return self.facts[fact]

    def lay(self, template: Path) -> None:
        """Take the data from a template; its database is then running."""
        shutil.copytree(template, self.place.data)
        self._start_postgres()
        if self._postgres:
            run([program("pg_restore"), "--no-owner", "--dbname", self.place.database, self.place.data / DUMP])

    def make(self, template: Path) -> None:
        """Make the first data and save them as a template; the copy is of no use afterwards."""
        self.place.data.mkdir()
        self._start_postgres()
        self.system.prepare(self.place)
        self.start()
        self.system.fill(self.place)
        self._end(signal.SIGTERM)
        if self._postgres:
            run([program("pg_dump"), "--format=custom", f"--file={self.place.data / DUMP}", self.place.database])
        shutil.rmtree(template, ignore_errors=True)
        shutil.copytree(self.place.data, template)

    def start(self) -> None:
        """Start it; the second time with the same data at the same port. Raises ServerFailed."""
        self._start_postgres()
        if self.place.port:
            self._launch()
            return
        processes.at_free_ports(1, self._launch_at)

    def stop(self) -> None:
        """Shut it down in good order; the data are kept."""
        self._end(signal.SIGTERM)
        if self._postgres:
            self._postgres.stop()

    def kill(self) -> None:
        """Kill it with its database at one stroke; the data stay as they lie."""
        if self._process:
            processes.end_at_once(self._process)
            self._process = None
        if self._postgres:
            self._postgres.kill()

    def restart(self) -> None:
        """Stop it, if it runs, and start it at the same port with the same data."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Kill it and remove its data."""
        self.kill()
        if self._postgres:
            self._postgres.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def is_running(self) -> bool:
        """Tell whether it is there."""
        return processes.is_running(self._process)

    def pids(self) -> Sequence[int]:
        """Return the ids of all its processes; none if it is stopped."""
        own = [self._process.popen.pid, *processes.descendants(self._process.popen.pid)] if self._process else []
        return [*filter(processes.is_alive, own), *(self._postgres.pids() if self._postgres else ())]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _start_postgres(self) -> None:
        if self._postgres and not self._postgres.is_running():
            self._postgres.start()
            if not self.place.database:
                self._move(database=self._postgres.new_database().replace("+psycopg", "", 1))

    def _move(self, *, port: int | None = None, database: str | None = None) -> None:
        place = self.place
        self.place = Place(place.app, place.data, port or place.port, database or place.database)

    def _launch_at(self, port: int) -> None:
        self._move(port=port)
        self._launch()

    def _launch(self) -> None:
        self._process = processes.start(
            self.system.command(self.place),
            log=self._folder / "server.log",
            cwd=self.place.app,
            env=self.system.environment(self.place),
        )
        address = self.place.root + self.system.ready
        try:
            processes.wait_until(f"{self.name} to answer", lambda: answers(address), process=self._process, seconds=120)
        except ServerFailed:
            self._end(signal.SIGKILL)
            raise

    def _end(self, signal_number: signal.Signals) -> None:
        if self._process:
            processes.end(self._process, signal_number)
            self._process = None


def lay_out(system: System) -> Peer:
    """Return a fresh copy that is not started yet; first installs and fills what is absent. Raises ServerFailed."""
    with cache.locked(system.name) as folder:
        complete(system, folder)
        peer = Peer(system, folder / "app")
        try:
            peer.lay(folder / "template")
        except BaseException:
            peer.close()
            raise
        return peer


def make_ready(system: System) -> None:
    """Install and fill what is absent. Raises ServerFailed."""
    with cache.locked(system.name) as folder:
        complete(system, folder)


def complete(system: System, folder: Path) -> None:
    """Bring the system's folder in the cache up to date."""
    app, template = folder / "app", folder / "template"
    if not cache.is_current(app, cache.app_stamp(system)):
        say(f"{system.title}: installing")
        cache.forget(app)
        install(system.folder, app)
        cache.note(app, cache.app_stamp(system))
    if not cache.is_current(template, cache.template_stamp(system)):
        say(f"{system.title}: making its first data")
        cache.forget(template)
        with Peer(system, app) as first:
            first.make(template)
        cache.note(template, cache.template_stamp(system))


def say(text: str) -> None:
    """Tell whoever waits."""
    sys.stderr.write(f"{text}\n")
