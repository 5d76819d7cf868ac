"""Which instants a cron line means, in a time zone. Pure.

cronsim knows which wall times a line means; which instants these are is decided here, because asked between the two
passes of a repeated hour it answers with an instant that has gone by, and croniter (7.0) runs fixed times twice in that
hour.
"""

import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from hub.counting import counted
from hub.errors import Misconfigured
from scheduler.walltime import EPOCH, INSTANT, change, instants


@dataclass(frozen=True, slots=True)
class Pattern:
    """A cron line that has been read."""

    calendar: CronSim
    rhythm: bool
    """Minutes or hours begin with a star: it means a distance in time, and goes on through a repeated hour."""
    every_hour: bool
    """No hour is named, so none is missed when the clocks leap over one."""


@lru_cache(maxsize=10_000)
def pattern_of(cron: str) -> Pattern | None:
    """Read a cron line; None if its day never comes (30 February); raises Misconfigured if it is none."""
    fields = cron.split()
    if len(fields) != 5:  # noqa: PLR2004  minute, hour, day, month, weekday
        has = counted(len(fields), "field")
        raise Misconfigured(f'cron "{cron}" has {has}, five are needed: minute hour day month weekday')
    try:
        calendar = CronSim(cron, EPOCH.replace(tzinfo=None))
    except CronSimError as fault:
        if _is_cron([*fields[:3], "*", fields[4]]):
            return None  # every field is right, only the months are too short for the day
        raise Misconfigured(f'cron "{cron}" cannot be read: {fault}') from None
    every_hour = len(calendar.hours) == 24  # noqa: PLR2004  hours of a day
    return Pattern(calendar, every_hour or "*" in (fields[0][0], fields[1][0]), every_hour)


def _is_cron(fields: list[str]) -> bool:
    try:
        CronSim(" ".join(fields), EPOCH.replace(tzinfo=None))
    except CronSimError:
        return False
    return True


def _walls_after(pattern: Pattern, wall: datetime) -> CronSim:
    """Iterate over the wall times that a cron line means, later than the given one."""
    walls = copy.copy(pattern.calendar)  # reading the line anew would cost more than the search itself
    walls.dt = wall.replace(microsecond=0, fold=0)
    return walls


def cron_after(cron: str, zone: ZoneInfo, instant: datetime) -> datetime | None:
    """Return the first instant after the given one; none if there can be none."""
    pattern = pattern_of(cron)
    if pattern is None:
        return None
    local = instant.astimezone(zone)
    wall = local.replace(tzinfo=None)
    if pattern.rhythm and not local.fold:
        first, second = instants(wall, zone)
        if first < second:
            return _rhythm_after(pattern, zone, wall, change(zone, first, second) or second)
    return _wall_after(pattern, zone, wall, instant)


def _rhythm_after(pattern: Pattern, zone: ZoneInfo, wall: datetime, changed: datetime) -> datetime | None:
    """Search from the first pass of a repeated hour: the rest of that pass, then from its end the second one."""
    found = next(_walls_after(pattern, wall), None)
    if found is not None and (first := instants(found, zone)[0]) < changed:
        return first
    again = changed.astimezone(zone).replace(tzinfo=None) - timedelta(seconds=1)
    return _wall_after(pattern, zone, again, changed - INSTANT)


def _wall_after(pattern: Pattern, zone: ZoneInfo, wall: datetime, instant: datetime) -> datetime | None:
    """Return the first instant, later than `instant`, that the wall times after `wall` come to."""
    for found in _walls_after(pattern, wall):
        first, second = instants(found, zone)
        if first > second:
            if not pattern.every_hour:
                return change(zone, second, first)
        elif first > instant:
            return first
        elif pattern.rhythm and second > instant:
            return second
    return None
