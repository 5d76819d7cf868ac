"""The revision in force, followed without a restart: systems, jobs, and what carries them out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from hub import log
from hub.app.registry import OPTIONS, is_exchange, open_connector
from hub.app.vault import open_vault
from hub.broker import Topology, queue_of, topology
from hub.broker.topology import MAINTENANCE
from hub.clock import Clock
from hub.config import BUILT_IN, Faults, JobSettings, Settings, load, resolve
from hub.config.exchange import WEBHOOKS, ExchangeOptions
from hub.connector import Connector, Exchange
from hub.errors import Misconfigured
from hub.handler import Handler
from hub.runlog import pruner
from hub.store import Store, revisions
from hub.sync import System, Wanted, as_planned, exchanger, keeper, puller, read_ahead
from hub.web.webhooks import Registered

logger = log.get("configuration")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One revision, ready to work by."""

    number: int = 0
    settings: Settings = field(default_factory=Settings)
    jobs: Mapping[str, JobSettings] = field(default_factory=dict[str, JobSettings])
    connectors: dict[str, Connector | Exchange] = field(default_factory=dict[str, Connector | Exchange])
    """Opened when first needed."""


class Configuration:
    """Implements `hub.worker.pipeline.Duties` by the revision in force."""

    def __init__(self, store: Store, folder: Path, clock: Clock) -> None:
        """`folder`: where relative paths of systems count from."""
        self._store = store
        self._folder = folder
        self._clock = clock
        self._now = Snapshot()
        self._refused = 0

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self._now.settings

    @property
    def number(self) -> int:
        """The revision in force as last looked at; 0 before the first."""
        return self._now.number

    def refresh(self) -> bool:
        """Look whether a newer revision is in force, and take it up; returns whether one was. Raises DatabaseAway."""
        with self._store.read() as tx:
            if revisions.number_in_force(tx) in (self._now.number, self._refused):
                return False
            revision = revisions.in_force(tx)
        if revision is None:
            return False
        try:
            settings = load(revision.source, OPTIONS, source=f"revision {revision.number}")
        except Faults as faults:
            # Applied by a newer program, perhaps: go on with what we have rather than stop the work.
            self._refused = revision.number
            message = {"message": str(faults), "mend": "update this program"}
            logger.error("revision_refused", revision=revision.number, **message)  # noqa: TRY400 - no fault of ours
            return False
        self._now = Snapshot(revision.number, settings, settings.all_jobs())
        logger.info("revision_taken_up", revision=revision.number)
        return True

    def topology(self) -> Topology:
        """Return the queues and exchanges of all systems."""
        systems = [(system.kind, system.name) for system in self.settings.systems.values()]
        return topology([*systems, MAINTENANCE])

    def queues(self, kinds: frozenset[str]) -> dict[str, str]:
        """Return the queues of all systems of some kinds, by system."""
        systems = {system.name: system.kind for system in self.settings.systems.values() if system.kind in kinds}
        if MAINTENANCE[0] in kinds:
            systems[MAINTENANCE[1]] = MAINTENANCE[0]
        return {name: queue_of(kind, name) for name, kind in systems.items()}

    def jobs(self) -> Mapping[str, JobSettings]:
        """Return all jobs by name."""
        return self._now.jobs

    def handler(self, job: str) -> Handler | None:
        """Return what carries a job out."""
        now = self._now
        settings = now.jobs.get(job)
        if settings is None:
            return None
        if settings.system == BUILT_IN:
            return pruner(lambda: now.settings.hub)
        system = now.settings.systems.get(settings.system)
        if settings.sync == (WEBHOOKS,):
            return keeper(lambda: self._webhooks_of(settings.system))
        if system is not None and is_exchange(system):
            handler = exchanger(lambda: self.exchange(settings.system), settings.sync, settings.full_every)
            return as_planned(handler, lambda: self.exchange(settings.system), settings.sync, settings.full_every)
        return puller(lambda: cast("Connector", self.connector(settings.system)), settings.sync)

    def registered(self, system: str) -> Registered | None:
        """Return how a system calls when something happens; none if it may not. Raises Misconfigured."""
        settings = self._now.settings.systems.get(system)
        told = settings.options if settings else None
        if not isinstance(told, ExchangeOptions) or told.webhook_secret is None:
            return None
        hooks = cast("Exchange", self.connector(system)).hooks
        before = told.webhook_secret_before and resolve(told.webhook_secret_before)
        return None if hooks is None else Registered(hooks, resolve(told.webhook_secret), before)

    def _webhooks_of(self, system: str) -> Wanted | str:
        """Return the webhooks that a system should have, or why it can have none."""
        base, caller = self.settings.hub.web_address, self.registered(system)
        if caller is None:
            return f"the connector of {system} takes no webhooks; what changes is found by its scheduled runs"
        if base is None:
            return "nothing can be registered: web_address under [hub], the address that others call, is not set"
        jobs = [job for job in self.jobs().values() if job.system == system and job.enabled]
        address = f"{resolve(base).rstrip('/')}/{system}"
        streams = {stream for job in jobs for stream in job.sync}
        return Wanted(caller.hooks, address, caller.secret, streams, resigned=caller.before is not None)

    def exchange(self, system: str) -> System:
        """Return a system with records of its own, as the engine needs it; raises Misconfigured if there is none."""
        connector: Any = self.connector(system)
        return system_of(self._now.settings, system, connector)

    def connector(self, system: str) -> Connector | Exchange:
        """Return the connector of a system; raises Misconfigured if there is no such system."""
        now = self._now
        if system not in now.settings.systems:
            raise Misconfigured(f"there is no system {system}")
        if system not in now.connectors:
            vault = open_vault(self._store, now.settings.hub.token_key, self._clock)
            now.connectors[system] = open_connector(now.settings.systems[system], self._folder, self._clock, vault)
        return now.connectors[system]

    def breaker_failures(self, system: str) -> int:
        """Return after how many failures in a row a system is left alone."""
        settings = self.settings.systems.get(system)
        return settings.breaker_failures if settings else 5


def system_of(settings: Settings, name: str, connector: Exchange) -> System:
    """Return a system with records of its own, as the engine needs it."""
    system = settings.systems[name]
    options: Any = system.options
    reads = _synced(settings).get(name, set())
    return System(name, system.kind, connector, options, owners(settings), takes_orders(settings), reads, read_ahead)


def owners(settings: Settings) -> dict[str, str]:
    """Return which system owns which field, as all systems' tables say together: ENTITY.FIELD -> system."""
    found: dict[str, str] = {}
    for system in settings.systems.values():
        if isinstance(system.options, ExchangeOptions):
            found |= system.options.owner
    return found


def takes_orders(settings: Settings) -> dict[str, bool]:
    """Return each ERP that a job brings orders to, and whether a job reads its stock."""
    kinds = {name: system.kind for name, system in settings.systems.items()}
    synced = _synced(settings).items()
    return {name: "stock" in each for name, each in synced if kinds.get(name) == "erp" and "orders" in each}


def _synced(settings: Settings) -> dict[str, set[str]]:
    """Return the streams of each system that jobs read."""
    synced: dict[str, set[str]] = {}
    for job in settings.all_jobs().values():
        if job.enabled:
            synced.setdefault(job.system, set()).update(job.sync)
    return synced
