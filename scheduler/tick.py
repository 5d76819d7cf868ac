"""One pass over the schedules: what is due becomes rows in `run`, and the schedules move on, in one transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hub import log
from hub.config import ScheduleSettings
from hub.errors import Misconfigured
from hub.store import Store, jobs, runs
from scheduler.policy import Missed, decide
from scheduler.schedule import jittered, next_after, read_schedule, read_settings

logger = log.get("scheduler")

MOST_JOBS = 2000
"""Jobs handled in one transaction."""
NOT_UNDERSTOOD = timedelta(minutes=5)
"""How long a job is left alone whose schedule cannot be read."""


@dataclass(frozen=True, slots=True)
class Ticked:
    """What one pass came to."""

    jobs: int = 0
    runs: int = 0


def tick(store: Store) -> Ticked:
    """Make the runs of all jobs that are due. Two schedulers at once do no harm: an occurrence is unique."""
    with store.read() as tx:
        if not jobs.due(tx, tx.now, 1):
            return Ticked()
    with store.write() as tx:
        due = jobs.due(tx, tx.now, MOST_JOBS)
        made: list[runs.NewRun] = []
        following: dict[str, datetime | None] = {}
        for job in due:
            try:
                new, following[job.name] = _decided(job, tx.now)
            except (Misconfigured, ValueError) as fault:
                # Stored by another version of this program, perhaps. One job's fault holds up no other.
                logger.error("job_not_understood", job=job.name, message=str(fault), mend="hub apply")  # noqa: TRY400
                new, following[job.name] = [], tx.now + NOT_UNDERSTOOD
            made += new
        ids = runs.make(tx, made)
        jobs.move_on(tx, following)
    return Ticked(len(due), len(ids))


def _decided(job: jobs.Job, now: datetime) -> tuple[list[runs.NewRun], datetime | None]:
    settings = read_settings(job.settings["schedule"])
    schedule = read_schedule(job.settings["schedule"], country=job.settings.get("country"))
    if schedule is None or job.next_due is None:
        return [], None
    decision = decide(schedule, job.next_due, now, settings.catchup, coalesce=settings.coalesce)
    new = [
        runs.NewRun(
            job=job.name,
            system=job.system,
            cause="schedule",
            scheduled_at=each.scheduled_at,
            not_before=jittered(schedule, job.name, each.scheduled_at),
            stands_for=each.stands_for,
            overlap=settings.overlap,
        )
        for each in decision.runs
    ]
    if decision.missed:
        new.append(_missed(job, decision.missed, settings, now))
    return new, decision.next_due


def _missed(job: jobs.Job, missed: Missed, settings: ScheduleSettings, now: datetime) -> runs.NewRun:
    number = f"{'at least ' if missed.at_least else ''}{missed.count}"
    message = (
        f"missed {number} {'occurrence' if missed.count == 1 else 'occurrences'} from {missed.first:%Y-%m-%d %H:%M}Z"
        f" to {missed.last:%Y-%m-%d %H:%M}Z, longer ago than the catchup window of {settings.catchup}"
    )
    logger.warning("occurrences_missed", job=job.name, message=message, mend=f"hub jobs backfill {job.name}")
    return runs.NewRun(
        job=job.name,
        system=job.system,
        cause="schedule",
        scheduled_at=missed.last,
        not_before=now,
        stands_for=missed.count,
        overlap=settings.overlap,
        state="skipped",
        message=message,
        ended_at=now,
    )


def next_due(job: jobs.Job, now: datetime) -> datetime | None:
    """Return when a job is due after now; what lies before is not made up for."""
    schedule = read_schedule(job.settings["schedule"], country=job.settings.get("country"))
    return None if schedule is None else next_after(schedule, now)


def first_due(job: jobs.Job, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Return, for a job that is new to the hub, the occurrence to run at once, and when it is due next.

    A job with an interval begins at once, within its window; one with a cron expression waits for its hour.
    """
    schedule = read_schedule(job.settings["schedule"], country=job.settings.get("country"))
    if schedule is None:
        return None, None
    following = next_after(schedule, now)
    if schedule.every is None:
        return None, following
    latest = next_after(schedule, now - schedule.every)
    return (latest if latest is not None and latest <= now else None), following
