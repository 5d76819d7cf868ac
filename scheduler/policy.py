"""What becomes of occurrences that are due, missed or asked for again. Pure; docs/schedules.md explains.

What becomes of a run while the one before still goes on (the overlap policy) is decided in the claim, by the database.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.schedule import INSTANT, Schedule, last_before, next_after

GRACE = timedelta(minutes=1)
"""The least catchup window: a tick always comes a little after the occurrence."""
COUNTED = 1_000
"""Occurrences that are counted one by one; of more it is said "at least"."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An occurrence that is to become a run."""

    scheduled_at: datetime
    stands_for: int = 1
    """How many occurrences it makes up for, itself included."""
    at_least: bool = False
    """There were more than were counted."""


@dataclass(frozen=True, slots=True)
class Missed:
    """Occurrences older than the catchup window: accounted for together, as one skipped run."""

    count: int
    first: datetime
    last: datetime
    at_least: bool = False
    """There were more than were counted; `first` and `last` are exact all the same."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What one tick does with a schedule that is due."""

    runs: tuple[Occurrence, ...]
    missed: Missed | None
    next_due: datetime | None
    """The first occurrence not yet handled: in the past if `limit` cut the pass short; None if there is none."""


def decide(
    schedule: Schedule,
    last_due: datetime,
    now: datetime,
    catchup: timedelta,
    *,
    coalesce: bool = True,
    limit: int = 100,
) -> Decision:
    """Say what becomes of `last_due`, the occurrence that is due, and of all that came after it up to now.

    The catchup window says how late an occurrence may still run. With `coalesce` the latest within it runs for all,
    without it each runs, at most `limit` in one call. If the clock was set back, nothing happens until it has caught up.
    """
    if now < last_due:
        return Decision((), None, last_due)
    missed, fresh = _left_behind(schedule, last_due, now - max(catchup, GRACE))
    if fresh is None or fresh > now:
        return Decision((), missed, fresh)
    runs = (_as_one(schedule, fresh, now),) if coalesce else _one_by_one(schedule, fresh, now, limit)
    return Decision(runs, missed, next_after(schedule, runs[-1].scheduled_at))


def backfill(schedule: Schedule, first: datetime, last: datetime, limit: int) -> tuple[datetime, ...]:
    """Return the past occurrences that somebody asks to run again, from `first` to `last`, both included.

    At most `limit`: as many as that means there may be more, after the last one that is returned.
    """
    return _list(schedule, next_after(schedule, first - INSTANT), last, limit)


def _left_behind(schedule: Schedule, due: datetime, oldest: datetime) -> tuple[Missed | None, datetime | None]:
    """Return what is older than the catchup window, and the first occurrence that is not."""
    if due >= oldest:
        return None, due
    last = last_before(schedule, oldest, due)
    count, at_least = _count(schedule, due, last)
    return Missed(count, due, last, at_least), next_after(schedule, last)


def _as_one(schedule: Schedule, fresh: datetime, now: datetime) -> Occurrence:
    latest = last_before(schedule, now + INSTANT, fresh)
    count, at_least = _count(schedule, fresh, latest)
    return Occurrence(latest, count, at_least)


def _one_by_one(schedule: Schedule, fresh: datetime, now: datetime, limit: int) -> tuple[Occurrence, ...]:
    return tuple(Occurrence(scheduled_at) for scheduled_at in _list(schedule, fresh, now, max(limit, 1)))


def _list(schedule: Schedule, start: datetime | None, last: datetime, limit: int) -> tuple[datetime, ...]:
    found: list[datetime] = []
    while start is not None and start <= last and len(found) < limit:
        found.append(start)
        start = next_after(schedule, start)
    return tuple(found)


def _count(schedule: Schedule, first: datetime, last: datetime) -> tuple[int, bool]:
    """Count occurrences from `first` to `last`, both included; the flag says that there were more."""
    if schedule.every and schedule.even:
        # `first` was due, even if it has left the grid because the interval was changed since.
        return 1 + (last - schedule.anchor) // schedule.every - (first - schedule.anchor) // schedule.every, False
    count = len(_list(schedule, first, last, COUNTED + 1))
    return min(count, COUNTED), count > COUNTED
