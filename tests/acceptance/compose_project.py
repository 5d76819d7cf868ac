"""The compose project under a folder and a name of its own: brought up, looked into, crashed, taken away."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit

from tests.servers.process import free_ports

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "compose"
IMAGE = "hubwerk:local"
MADE_THERE = ("secrets", "warehouse", ".env", "__pycache__")
LOOK = 0.1
"""Seconds between two looks."""


class Failed(Exception):
    """What was waited for did not come, or a command did not go well."""


@dataclass(frozen=True)
class Container:
    """A container as the engine describes it."""

    id: str
    service: str
    name: str
    process: int
    """The id of its main process, on this machine; 0: it does not run."""
    started_at: str
    healthy: bool


class Project:
    """One running copy of compose/; its own secrets, ports, volumes and warehouse."""

    def __init__(self, folder: Path, name: str) -> None:
        """Copy compose/ into `folder` and make its secrets."""
        self.folder = folder
        self.name = name
        shutil.copytree(COMPOSE, folder, ignore=shutil.ignore_patterns(*MADE_THERE), dirs_exist_ok=True)
        run([sys.executable, str(folder / "make_secrets.py")])
        self.amqp_port, *others = free_ports(3)
        ports = dict(zip(("HUB_AMQP_PORT", "HUB_PAGES_PORT", "HUB_WEB_PORT"), (self.amqp_port, *others), strict=True))
        self._environment = {**os.environ, **{name: str(port) for name, port in ports.items()}}

    @property
    def warehouse(self) -> Path:
        """Where files come."""
        return self.folder / "warehouse"

    def secret(self, name: str) -> str:
        """Return one of its secrets."""
        return (self.folder / "secrets" / f"{name}.txt").read_text(encoding="utf-8").strip()

    def configure(self, change: Callable[[Any], None]) -> None:
        """Change its hub.toml; `setup` applies it."""
        file = self.folder / "hub.toml"
        document = tomlkit.parse(file.read_text(encoding="utf-8"))
        change(document)
        file.write_text(tomlkit.dumps(document), encoding="utf-8")

    def compose(self, *arguments: str) -> str:
        """Run docker compose on it; returns what it said. Raises Failed."""
        files = ["--project-name", self.name, "--project-directory", str(self.folder)]
        return run(["docker", "compose", *files, *arguments], environment=self._environment)

    def query(self, statement: str) -> list[Any]:
        """Return the rows of a statement as JSON objects. Raises Failed while the database is away."""
        wrapped = f"SELECT coalesce(json_agg(answer), '[]') FROM ({statement}) AS answer"
        psql = ["psql", "-U", "postgres", "-d", "hub", "-AtXc", wrapped]
        return json.loads(self.compose("exec", "-T", "postgres", *psql))

    def number(self, statement: str) -> int:
        """Return the one number that a statement selects. Raises Failed while the database is away."""
        return next(iter(self.query(statement)[0].values()))

    def containers(self) -> list[Container]:
        """Return its containers, those that have ended as well."""
        ids = self.compose("ps", "--all", "--quiet").split()
        return [described(each) for each in json.loads(run(["docker", "inspect", *ids]))]


def described(inspected: Any) -> Container:
    """Return what matters of a container."""
    state = inspected["State"]
    return Container(
        id=inspected["Id"],
        service=inspected["Config"]["Labels"]["com.docker.compose.service"],
        name=inspected["Name"].rpartition("/")[2],
        process=state["Pid"],
        started_at=state["StartedAt"],
        healthy=state["Running"] and state.get("Health", {}).get("Status") == "healthy",
    )


def crash(victims: Collection[Container]) -> None:
    """Kill main processes at once; unlike `docker kill` this does not count as stopped by hand."""
    for victim in victims:
        os.kill(victim.process, signal.SIGKILL)


def are_back(victims: Collection[Container]) -> bool:
    """Tell whether containers have started anew since and are healthy."""
    now = json.loads(run(["docker", "inspect", *(victim.id for victim in victims)]))
    before = {victim.id: victim.started_at for victim in victims}
    return all(each.healthy and each.started_at != before[each.id] for each in map(described, now))


def wait_until(what: str, happened: Callable[[], bool], seconds: float) -> float:
    """Wait, and return for how many seconds; a look that fails is one more look. Raises Failed."""
    began = time.monotonic()
    fault = ""
    while time.monotonic() - began < seconds:
        try:
            if happened():
                return time.monotonic() - began
        except Failed as failed:
            fault = f" ({failed})"
        time.sleep(LOOK)
    raise Failed(f"waited {seconds:.0f} s in vain for {what}{fault}")


def run(command: list[str], environment: dict[str, str] | None = None) -> str:
    """Run a command; returns its standard output. Raises Failed with what it complained of."""
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", errors="replace", env=environment, check=False
    )
    if done.returncode:
        raise Failed(f"{' '.join(command[:6])} ...: exit code {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout
