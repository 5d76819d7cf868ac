"""Makes a configuration the one in force: a numbered revision, and the jobs' rows that schedulers go by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hub.app.moved import refuse_moved
from hub.app.registry import OPTIONS
from hub.app.renamed import refuse_renamed
from hub.broker.topology import MAINTENANCE
from hub.config import BUILT_IN, Changed, JobSettings, Settings, difference, load
from hub.errors import Misconfigured
from hub.store import Store, Tx, breakers, interventions, jobs, revisions, runs
from scheduler.tick import first_due, next_due


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying came to; number 0: nothing differs from the revision in force."""

    number: int
    changes: Sequence[Changed] = field(default=())


def preview(store: Store, text: str, *, as_new: bool = False, same: bool = False) -> Sequence[Changed]:
    """Return what applying a text would change; raises what `apply` would."""
    settings = load(text, OPTIONS)
    with store.read() as tx:
        before = revisions.in_force(tx)
        _refuse(tx, settings, as_new=as_new, same=same)
    return difference(before.source if before else None, text, OPTIONS)


def apply(
    store: Store, text: str, *, by: str, note: str | None = None, as_new: bool = False, same: bool = False
) -> Applied:
    """Make a text the configuration in force; running processes take it up. Raises Faults, and changes nothing then.

    Raises Misconfigured where a system seems to be called otherwise than before, unless somebody says that it is
    another one (`as_new`), and where one leads elsewhere, unless somebody says that it is still the same (`same`).
    """
    settings = load(text, OPTIONS)
    with store.write() as tx:
        before = revisions.in_force(tx)
        if before is not None and before.source == text:
            return Applied(0)
        _refuse(tx, settings, as_new=as_new, same=same)
        number = revisions.add(tx, text, by, note, before.number if before else 0)
        _put_jobs(tx, settings, by)
    return Applied(number, difference(before.source if before else None, text, OPTIONS))


def objection(tx: Tx, settings: Settings) -> str | None:
    """Return what keeps settings that are right by themselves from being applied, unless somebody says more of it."""
    try:
        _refuse(tx, settings, as_new=False, same=False)
    except Misconfigured as otherwise:
        return str(otherwise)
    return None


def _refuse(tx: Tx, settings: Settings, *, as_new: bool, same: bool) -> None:
    if not as_new:
        refuse_renamed(tx, settings)
    if not same:
        refuse_moved(tx, settings)


def revert(store: Store, number: int, *, by: str, as_new: bool = False, same: bool = False) -> Applied:
    """Apply an earlier revision anew, as a new one; raises Misconfigured if there is none of that number.

    Raises what `apply` does.
    """
    with store.read() as tx:
        earlier = revisions.get(tx, number)
    if earlier is None:
        raise Misconfigured(f"there is no revision {number}; hub config history lists them")
    return apply(store, earlier.source, by=by, note=f"revert to {number}", as_new=as_new, same=same)


def _put_jobs(tx: Tx, settings: Settings, by: str) -> None:
    # Breakers, jobs, runs: in the order in which workers lock them when they settle.
    breakers.forget(tx, settings.systems.keys())
    known = {job.name: job for job in jobs.find(tx, to_change=True)}
    wanted = {name: _row(job, settings) for name, job in settings.all_jobs().items()}
    gone = known.keys() - wanted.keys()
    interventions.cancel_waiting(tx, gone, by, "the job was taken out of the configuration")
    jobs.remove(tx, gone)
    rows: list[jobs.Job] = []
    at_once: list[runs.NewRun] = []
    for name, row in wanted.items():
        due, first = _due(row, known.get(name), tx.now)
        rows.append(jobs.Job(name, row.system, row.kind, row.settings, row.enabled, due))
        if first is not None:
            at_once.append(_first_run(row, first, tx.now))
    jobs.put(tx, rows)
    runs.make(tx, at_once)


def _row(job: JobSettings, settings: Settings) -> jobs.Job:
    kind = MAINTENANCE[0] if job.system == BUILT_IN else settings.systems[job.system].kind
    stored: Mapping[str, Any] = {
        "schedule": job.schedule().model_dump(mode="json", exclude_defaults=True),
        "country": settings.hub.holidays,
        "sync": list(job.sync),
        "triggers": job.triggers,
    }
    return jobs.Job(job.name, job.system, kind, stored, job.enabled, None)


def _due(job: jobs.Job, known: jobs.Job | None, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Return when a job is due next, and the occurrence to run at once if the job is new."""
    if not job.enabled:
        return None, None
    if known is None:
        first, following = first_due(job, now)
        return following, first
    unchanged = known.settings.get("schedule") == job.settings["schedule"] and known.enabled
    if unchanged and known.settings.get("country") == job.settings["country"]:
        return known.next_due, None
    return next_due(job, now), None


def _first_run(job: jobs.Job, occurrence: datetime, now: datetime) -> runs.NewRun:
    overlap = job.settings["schedule"].get("overlap", "skip")
    return runs.NewRun(
        job=job.name,
        system=job.system,
        cause="schedule",
        scheduled_at=occurrence,
        not_before=now,
        overlap=overlap,
        reason="the job is new",
    )
