"""A system whose answers the seed decides: pages, being away, refusing, and killing whoever asks."""

import random
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from adapters.warehouse import FilesConnector
from hub.app import registry
from hub.clock import Clock
from hub.config import Options, ScheduleSettings, SystemSettings
from hub.connector import Change, Connector, Finding, Page, Place, Unreadable
from hub.errors import Refused, TryLater
from hub.tokens import Vault
from tests.simulation.folder import SimPath

PAGE = 3
"""Changes on a page, at most."""


class ScriptedOptions(Options):
    """The table of a scripted system."""

    has: tuple[str, ...] = ()
    """Its streams."""

    def streams(self) -> Mapping[str, ScheduleSettings | None]:
        """Return the streams; none has a schedule of its own."""
        return dict.fromkeys(self.has)


@dataclass(slots=True)
class System:
    """An external system: what has changed in it, and how it feels."""

    name: str
    dice: random.Random
    changes: dict[str, list[tuple[str, str | None]]] = field(default_factory=dict[str, list[tuple[str, str | None]]])
    """Stream -> (key, value) in order; a value that is missing cannot be read."""
    away: bool = False
    mood: str | None = None
    """What the next page meets: refusal, surprise or poison."""
    poison: int = 0
    """How many readers it still kills."""
    _written: int = 0

    def change(self, stream: str) -> None:
        """Change a record or a few."""
        for _ in range(self.dice.randint(1, 5)):
            self._written += 1
            key = f"{stream}-{self.dice.randint(1, 6)}"
            readable = self.dice.random() > 0.05
            self.changes.setdefault(stream, []).append((key, str(self._written) if readable else None))

    def page(self, stream: str, at: int) -> tuple[Page, int] | None:
        """Return the page after the first `at` changes; a record stands on a page once, so that each change counts."""
        keys: set[str] = set()
        changes: list[Change] = []
        unreadable: list[Unreadable] = []
        waiting = self.changes.get(stream, [])
        for number, (key, value) in enumerate(waiting[at : at + PAGE], at + 1):
            if key in keys:
                break
            keys.add(key)
            place = Place(f"{self.name}/{stream}", number)
            if value is None:
                unreadable.append(Unreadable("scripted", "it cannot be read", place))
            else:
                changes.append(Change(key, {"value": value}, place))
        if not keys:
            return None
        at += len(keys)
        return Page(f"{self.name}-{stream}", changes, unreadable, {"at": at}), at


@dataclass(slots=True)
class ScriptedConnector:
    """Implements `hub.connector.Connector` for a scripted system."""

    system: System
    point: Callable[[str], None]
    kill: Callable[[], None]

    def check(self) -> list[Finding]:
        """Look whether the system answers."""
        return [Finding(self.system.name, good=not self.system.away, message="scripted")]

    def read(self, stream: str, since: Mapping[str, Any] | None) -> Generator[Page, None, None]:
        """Yield what has changed since."""
        at = int(since["at"]) if since else 0
        while True:
            self.point("before asking the system")
            self._feel()
            found = self.system.page(stream, at)
            if found is None:
                return
            page, at = found
            yield page

    def peek(self, stream: str, since: Mapping[str, Any] | None) -> Generator[Page, None, None]:
        """Yield what `read` would."""
        return self.read(stream, since)

    def _feel(self) -> None:
        system = self.system
        if system.poison:
            system.poison -= 1
            self.kill()
        if system.away:
            raise TryLater(f"{system.name} is away", after=system.dice.choice((None, None, 45.0)))
        mood, system.mood = system.mood, None
        if mood == "refusal":
            raise Refused(f"{system.name} says no")
        if mood == "surprise":
            raise ValueError("an error that nobody has thought of")


@contextmanager
def connectors(
    systems: Mapping[str, System], point: Callable[[str], None], kill: Callable[[], None]
) -> Generator[None]:
    """Have the hub's registry open our systems, and warehouses on paths that can be interrupted."""

    def scripted(system: SystemSettings, _folder: Path, _clock: Clock, _vault: Vault) -> Connector:
        return ScriptedConnector(systems[system.name], point, kill)

    def files(system: SystemSettings, folder: Path, clock: Clock, _vault: Vault) -> Connector:
        return FilesConnector(system.name, cast("Any", system.options), SimPath(folder), clock)

    types = {kind: registry.ConnectorType(lambda: ScriptedOptions, scripted) for kind in SCRIPTED}
    before = dict(registry.TYPES)
    registry.TYPES.update(types)
    registry.TYPES["warehouse", "files"] = registry.ConnectorType(before["warehouse", "files"].model, files)
    try:
        yield
    finally:
        registry.TYPES.clear()
        registry.TYPES.update(before)


SCRIPTED = (("eshop", "scripted"), ("erp", "scripted"))
