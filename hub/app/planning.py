"""Plans of systems with records of their own: made, kept, and compared with what would be done now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hub.app.configuration import Configuration, system_of
from hub.app.hub import Hub
from hub.app.registry import is_exchange, open_connector
from hub.config import JobSettings, Settings, SystemSettings
from hub.config.faults import guess_or_list
from hub.errors import LeaseLost, Misconfigured, TryLater
from hub.store import plans, revisions
from hub.sync import System
from hub.sync.planned import SystemPlan, in_words, kept, known_of
from hub.sync.planning import plan_system


def in_force(hub: Hub) -> Settings:
    """Return the settings of the revision in force. Raises Misconfigured if nothing has been applied."""
    configuration = Configuration(hub.store, hub.folder, hub.clock)
    if not configuration.refresh():
        raise Misconfigured("nothing has been applied yet: hub apply")
    return configuration.settings


def as_written(hub: Hub) -> Settings:
    """Return what the file says, which may not be applied yet; without a file, the revision in force."""
    if hub.text is not None:
        return hub.settings
    configuration = Configuration(hub.store, hub.folder, hub.clock)
    configuration.refresh()
    return configuration.settings


def known_system(settings: Settings, name: str) -> SystemSettings:
    """Return a system of the configuration. Raises Misconfigured, with the nearest name there is."""
    system = settings.systems.get(name)
    if system is None:
        raise Misconfigured(f"there is no system {name}{guess_or_list(name, tuple(settings.systems))}")
    return system


def exchange_of(hub: Hub, settings: Settings, name: str) -> System | None:
    """Open a system with records of its own; none for one that only delivers files."""
    system = known_system(settings, name)
    if not is_exchange(system):
        return None
    connector: Any = open_connector(system, hub.folder, hub.clock, hub.vault)
    return system_of(settings, name, connector)


def make(hub: Hub, settings: Settings, system: System, streams: Sequence[str]) -> SystemPlan:
    """Plan some streams of a system. Raises TryLater or Refused."""
    try:
        return plan_system(system, streams, hub.store.write, _full_every(settings, system.name))
    except LeaseLost:
        raise TryLater(f"a run of {system.name} is under way; plan again when it has ended") from None


def keep(hub: Hub, plan: SystemPlan) -> None:
    """Keep a plan, to be done later."""
    with hub.store.write() as tx:
        plans.put(tx, plan.id, plan.system, revisions.number_in_force(tx), kept(plan))


def _full_every(settings: Settings, system: str) -> Mapping[str, timedelta | None]:
    """Return how often each stream is compared as a whole, as the first of its jobs says."""
    every: dict[str, timedelta | None] = {}
    for job in _jobs(settings, system):
        for stream in job.sync:
            every.setdefault(stream, job.full_every)
    return every


def _jobs(settings: Settings, system: str) -> list[JobSettings]:
    return [job for job in settings.all_jobs().values() if job.system == system]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is otherwise than a plan showed."""

    more: Sequence[str]
    """Would be done, and was not shown."""
    fewer: Sequence[str]
    """Was shown, and would not be done any more."""


def difference(stored: plans.StoredPlan, now: SystemPlan) -> Difference | None:
    """Compare a plan with what would be done now; none if it is the same."""
    if stored.body["digest"] == now.digest:
        return None
    before = known_of(stored.body)
    after = {each.digest: (each.direction, each.outcome, each.entity, each.key) for each in now.does}
    more = [in_words(*told, now.system) for digest, told in after.items() if digest not in before]
    fewer = [in_words(d, o, e, k, now.system) for digest, (d, o, e, k) in before.items() if digest not in after]
    return Difference(more, fewer)


def synchronised(settings: Settings, system: System) -> list[str]:
    """Return the streams of a system that its jobs carry; all there are, if it has no jobs yet."""
    carried = {stream for job in _jobs(settings, system.name) for stream in job.sync}
    return [each for each in system.connector.streams if each in carried or not carried]


def jobs_for(settings: Settings, stored: plans.StoredPlan) -> list[str]:
    """Return the jobs that together do what a plan showed, and carry nothing else.

    Raises Misconfigured if there are none.
    """
    system, streams = stored.system, stored.body["streams"]
    chosen: list[str] = []
    for stream in [name for name, actions in streams.items() if actions]:
        covering = [job for job in _jobs(settings, system) if stream in job.sync]
        fitting = [job.name for job in covering if set(job.sync) <= streams.keys()]
        if not covering:
            raise Misconfigured(f'no job carries {system}.{stream}; add [jobs."{system}.{stream}"], then hub apply')
        if not fitting:
            others = ", ".join(sorted(set(covering[0].sync) - streams.keys()))
            raise Misconfigured(
                f"{covering[0].name} also carries {others}, which the plan does not show: hub plan {system}"
            )
        if not set(chosen) & set(fitting):
            chosen.append(fitting[0])
    return chosen
