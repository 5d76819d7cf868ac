"""When a job is due: interval or cron, weekdays, window, holidays, time zone, jitter. Pure; docs/schedules.md explains.

An occurrence is an instant in UTC. Wall time serves only to find it, so the clocks' changes can neither lose one nor
make two of it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson

from hub.config.calendars import in_window
from hub.config.schedules import ScheduleSettings
from hub.errors import Misconfigured
from scheduler.cron import cron_after, pattern_of
from scheduler.walltime import EPOCH, INSTANT, change, first_instant

DAY = timedelta(days=1)
SHORTEST = timedelta(seconds=1)
TRIES = 4_000
"""Occurrences looked at before a schedule counts as one that never comes due: eleven years of a daily one."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a job is due: either every so often or by a cron line; raises Misconfigured if it can mean nothing."""

    every: timedelta | None = None
    """A second or more. Whole days keep their time of day, all else keeps its distance in elapsed time."""
    cron: str | None = None
    """Five fields, as Debian's cron reads them."""
    days: frozenset[int] = frozenset()
    """Weekdays, 0 is Monday; empty: all."""
    between: tuple[time, time] | None = None
    """Wall times from, to; the end does not belong to it; may go over midnight."""
    zone: ZoneInfo = ZoneInfo("UTC")  # noqa: RUF009  a ZoneInfo never changes
    holidays: str | None = None
    """Country code, `PL`, or with its part, `DE-BY`: on that country's public holidays nothing is due."""
    jitter: timedelta = timedelta(0)
    """The most by which the start of a run is put off."""
    anchor: datetime = EPOCH
    """Where intervals count from. The same everywhere, so that all processes and restarts agree."""

    def __post_init__(self) -> None:
        if (self.every is None) == (self.cron is None):
            raise Misconfigured("a schedule has either `every` or `cron`")
        if self.every is not None and self.every < SHORTEST:
            raise Misconfigured(f"`every` is {self.every.total_seconds():g} s, the shortest is one second")
        if self.cron is not None:
            pattern_of(self.cron)

    @property
    def even(self) -> bool:
        """Whether it is nothing but an interval of elapsed time, so that occurrences can be counted by division."""
        return bool(self.every and self.every % DAY and not self.filtered)

    @property
    def filtered(self) -> bool:
        """Whether some occurrences are left out: by weekday, window or holiday."""
        return bool(self.days or self.between or self.holidays)


def from_settings(settings: ScheduleSettings, country: str | None = None) -> Schedule | None:
    """Return the schedule that settings mean; None if the job runs only when it is triggered or started by hand.

    `country` says whose public holidays are meant where they skip these. Raises Misconfigured.
    """
    if not settings.is_timed:
        return None
    if settings.holidays == "skip" and country is None:
        raise Misconfigured('holidays = "skip" needs to know the country: set hub.holidays, e.g. "PL"')
    return Schedule(
        every=settings.every,
        cron=settings.cron,
        days=settings.weekdays() if settings.days else frozenset(),
        between=settings.window(),
        zone=_zone(settings.timezone or "UTC"),
        holidays=country if settings.holidays == "skip" else None,
        jitter=settings.jitter,
    )


def read_settings(stored: Mapping[str, Any]) -> ScheduleSettings:
    """Return the settings that are stored with a job, as `ScheduleSettings.model_dump(mode="json")` left them."""
    return _read_settings(orjson.dumps(stored))


def read_schedule(stored: Mapping[str, Any], country: str | None = None) -> Schedule | None:
    """Return the schedule that the settings stored with a job mean; see `from_settings`."""
    return _read_schedule(orjson.dumps(stored), country)


@lru_cache(maxsize=20_000)
def _read_settings(text: bytes) -> ScheduleSettings:
    return ScheduleSettings.model_validate_json(text)


@lru_cache(maxsize=20_000)
def _read_schedule(text: bytes, country: str | None) -> Schedule | None:
    return from_settings(_read_settings(text), country)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise Misconfigured(f'this machine knows no time zone "{name}"; install tzdata') from None


def next_after(schedule: Schedule, instant: datetime) -> datetime | None:
    """Return the first occurrence later than an instant (aware), in UTC; None if there is none, as on 30 February."""
    found = _unfiltered(schedule, instant)
    if not schedule.filtered:
        return found
    for _ in range(TRIES):
        allowed = None if found is None else _allowed_from(schedule, found)
        if allowed is None or allowed == found:
            return allowed
        found = _unfiltered(schedule, allowed - INSTANT)
    return None


def last_before(schedule: Schedule, instant: datetime, since: datetime) -> datetime:
    """Return the latest occurrence earlier than an instant, or `since` if none comes after that.

    Halves the time between, so a year of minutes costs no more than some twenty steps.
    """
    last, high = since, instant
    while (found := next_after(schedule, last)) is not None and found < instant:
        last = found
        while (middle := last + (high - last) / 2) > last:
            found = next_after(schedule, middle)
            if found is not None and found < instant:
                last = found
                break
            high = middle
    return last


def jittered(schedule: Schedule, job: str, occurrence: datetime) -> datetime:
    """Return when the run of an occurrence may start: up to `jitter` later, the same in every process."""
    return occurrence + schedule.jitter * fraction_of(f"{job} {occurrence.astimezone(UTC).isoformat()}")


def fraction_of(text: str) -> float:
    """Return a number from 0 to below 1 that looks random, and is always the same for the same text."""
    digest = hashlib.blake2s(text.encode(), digest_size=6).digest()
    return int.from_bytes(digest, "big") / 2**48


def _unfiltered(schedule: Schedule, instant: datetime) -> datetime | None:
    """Return the next occurrence as if weekdays, window and holidays did not matter."""
    if schedule.cron is not None:
        return cron_after(schedule.cron, schedule.zone, instant)
    every = schedule.every or DAY
    if every % DAY:
        return schedule.anchor + ((instant - schedule.anchor) // every + 1) * every
    return _whole_days_after(schedule, every.days, instant)


def _whole_days_after(schedule: Schedule, step: int, instant: datetime) -> datetime:
    """Count in dates rather than in hours, so that a daily run keeps its time of day when the clocks change."""
    first, at = _first_day(schedule, step)
    today = instant.astimezone(schedule.zone).date()
    day = first + (today - first) // DAY // step * step * DAY
    while (found := first_instant(datetime.combine(day, at), schedule.zone)) <= instant:
        day += step * DAY
    return found


def _first_day(schedule: Schedule, step: int) -> tuple[date, time]:
    """Return the date that whole days count from, and the time of day: the window's start, otherwise midnight."""
    if schedule.anchor != EPOCH:
        anchor = schedule.anchor.astimezone(schedule.zone)
        return anchor.date(), anchor.time()
    # A Monday, so that weeks begin as people expect; if weekdays are named, weeks begin with the first of these.
    weekday = min(schedule.days, default=0) if step % 7 == 0 else 0
    return date(1970, 1, 5) + weekday * DAY, schedule.between[0] if schedule.between else time()


# Weekdays, window, holidays


def _allowed_from(schedule: Schedule, instant: datetime) -> datetime | None:
    """Return the first instant, from this one on, that weekdays, window and holidays allow."""
    start, end = schedule.between or (time(), None)
    if start == end:
        return None
    for _ in range(TRIES):
        local = instant.astimezone(schedule.zone)
        day_fits = _is_day_allowed(schedule, local.date())
        if day_fits and (schedule.between is None or in_window(*schedule.between, local.time())):
            return instant
        wall = local.replace(tzinfo=None)
        opens_today = day_fits and local.time() < start
        ahead = datetime.combine(wall.date() + (not opens_today) * DAY, start if opens_today else time()) - wall
        # If the clocks change before that, look again where they do: from there the wall time is another.
        instant = change(schedule.zone, instant, instant + ahead) or instant + ahead
    return None


def _is_day_allowed(schedule: Schedule, day: date) -> bool:
    if schedule.days and day.weekday() not in schedule.days:
        return False
    return not schedule.holidays or day not in public_holidays(schedule.holidays, day.year)


@lru_cache(maxsize=1_000)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """Return a year's public holidays of `PL` or, with a part of the country, `DE-BY`; raises Misconfigured."""
    from holidays import country_holidays  # noqa: PLC0415  slow to import, and few schedules ask for it

    code, _, part = country.partition("-")
    try:
        return frozenset(country_holidays(code, subdiv=part or None, years=year))
    except NotImplementedError:
        raise Misconfigured(f'no public holidays are known for "{country}"; use a code such as PL or DE-BY') from None
