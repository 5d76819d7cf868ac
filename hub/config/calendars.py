"""When a schedule is due, as people write it: weekdays, windows, cron expressions, time zones, countries."""

import re
import zoneinfo
from collections.abc import Iterable
from datetime import UTC, datetime, time
from functools import cache
from typing import Annotated

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator

from hub.config.faults import guess, refuse, show

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of `date.weekday()`: Monday is 0."""

_TIME = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)", re.ASCII)
_OFFSET = re.compile(r"[+-]\d")
_CRON = re.compile(r"[0-9A-Za-z*/,#\- \t]{1,200}", re.ASCII)
_CRON_FIELDS = 5
_CRON_WORDS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_SOME_DAY = datetime(2024, 1, 1, tzinfo=UTC)


def weekdays(text: str) -> frozenset[int]:
    """Return the weekdays of `mon-sat`, `mon,wed,fri` or `fri-mon`, Monday as 0; raises pydantic's error."""
    found: set[int] = set()
    for part in text.lower().split(","):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        start = _weekday(first)
        end = _weekday(last) if dash else start
        found.update((start + step) % 7 for step in range((end - start) % 7 + 1))
    return frozenset(found)


def window(text: str) -> tuple[time, time]:
    """Return both ends of `06:00-22:00`; it crosses midnight where the second is the earlier. 24:00 is 00:00."""
    first, dash, last = (piece.strip() for piece in text.partition("-"))
    if not dash:
        refuse(f'{show(text)} is not a window; write it like "06:00-22:00"')
    start, end = _time_of_day(first), _time_of_day(last)
    if start == end:
        refuse(f"{show(text)} begins and ends at the same time; leave it out if the whole day is meant")
    return start, end


def in_window(start: time, end: time, moment: time) -> bool:
    """Return whether a time of day lies in a window: its start belongs to it, its end does not."""
    return start <= moment < end if start < end else moment >= start or moment < end


def cron_times(cron: str) -> Iterable[time]:
    """Yield the times of day at which a checked cron expression is due on the days it is due."""
    simulated = CronSim(cron, _SOME_DAY)
    return (time(hour, minute) for hour in simulated.hours for minute in simulated.minutes)


def _check_days(text: str) -> str:
    weekdays(text)
    return text


def _check_between(text: str) -> str:
    window(text)
    return text


def _check_cron(text: str) -> str:
    fields = text.split()
    if text.strip().lower() in _CRON_WORDS:
        refuse(f'{show(text)} is written "{_CRON_WORDS[text.strip().lower()]}" here')
    if len(fields) != _CRON_FIELDS or not _CRON.fullmatch(text):
        refuse(f'{show(text)} is not five fields: minute hour day month weekday, e.g. "15 2 * * *"')
    try:
        next(CronSim(text, _SOME_DAY))
    except (CronSimError, ValueError) as error:
        refuse(f"{show(text)} cannot be read: {str(error).lower().removeprefix('bad ')} is out of range or unclear")
    except StopIteration:
        refuse(f"{show(text)} is never due")
    return " ".join(fields)


def _check_timezone(text: str) -> str:
    zones = _zones()
    if text not in zones:
        # An offset is no zone: it knows no summer time, and the nearest name is another offset.
        near = ("" if _OFFSET.search(text) else guess(text, zones)) or '; write it like "Europe/Warsaw"'
        refuse(f"{show(text)} is not a time zone{near}")
    return text


def _check_country(text: str) -> str:
    countries = _countries()
    if text not in countries:
        upper = f"; did you mean {show(text.upper())}?" if text.upper() in countries else '; write it like "PL"'
        refuse(f"{show(text)} is not a country whose holidays are known{upper}")
    return text


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


@cache
def _countries() -> frozenset[str]:
    import holidays  # noqa: PLC0415  slow to import, and few schedules ask for it

    known = holidays.list_supported_countries()
    return frozenset(known) | {f"{country}-{part}" for country, parts in known.items() for part in parts}


def _weekday(name: str) -> int:
    if name not in WEEKDAYS:
        near = guess(name, WEEKDAYS) or '; write days like "mon-sat" or "mon,wed,fri"'
        refuse(f"{show(name)} is not a weekday{near}")
    return WEEKDAYS.index(name)


def _time_of_day(text: str) -> time:
    found = _TIME.fullmatch(text)
    hour, minute = (int(found[1]), int(found[2])) if found else (24, 1)
    if (hour, minute) > (24, 0):
        refuse(f'{show(text)} is not a time of day; write it like "06:00"')
    return time(hour % 24, minute)


Days = Annotated[str, AfterValidator(_check_days)]
"""Weekdays, as `weekdays` reads them."""

Between = Annotated[str, AfterValidator(_check_between)]
"""A window of the day, as `window` reads it."""

Cron = Annotated[str, AfterValidator(_check_cron)]
"""Five fields, as cronsim reads them, set apart by single spaces."""

Timezone = Annotated[str, AfterValidator(_check_timezone)]
"""The name of an IANA time zone."""

Country = Annotated[str, AfterValidator(_check_country)]
"""A country whose public holidays are known, ISO 3166-1: `PL`; or a part of it, ISO 3166-2: `DE-BY`."""
