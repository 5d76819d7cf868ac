"""Numbers, instants and schedules as people read them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hub.config import ScheduleSettings, duration_text

ORDER = ("new", "update", "identical", "differs", "skipped", "quarantined", "pruned")
SINGULARS = {"parties": "party", "stock": "stock"}
OVERLAPS = {"buffer-one": "one more may wait while it runs", "allow": "may overlap itself"}


def number(count: int) -> str:
    """Return a number with thousands set apart."""
    return f"{count:,}"


def one_of(entity: str) -> str:
    """Return what one record of an entity is called: `order` of `orders`."""
    return SINGULARS.get(entity, entity.removesuffix("s"))


def outcomes(counts: Mapping[str, int] | None) -> str:
    """Return counts by outcome: `2,398 new, 14 quarantined`."""
    known = counts or {}
    names = [*(name for name in ORDER if known.get(name)), *(name for name in known if name not in ORDER)]
    return ", ".join(f"{known[name]:,} {name}" for name in names)


def seconds(length: timedelta) -> str:
    """Return how long something took."""
    total = length.total_seconds()
    return f"{total:.1f} s" if total < 100 else duration_text(length)  # noqa: PLR2004  # tenths say nothing then


def local(instant: datetime | None, zone: ZoneInfo, now: datetime | None = None) -> str:
    """Return an instant in the hub's time zone, to the second; without the date where that is today's."""
    if instant is None:
        return ""
    here = instant.astimezone(zone)
    today = now is not None and now.astimezone(zone).date() == here.date()
    return f"{here:%H:%M:%S}" if today else f"{here:%Y-%m-%d %H:%M:%S}"


def schedule(settings: ScheduleSettings) -> str:
    """Return when a job is due: `every 15m, mon-sat, 06:00-22:00`."""
    if settings.every is not None:
        parts = [f"every {duration_text(settings.every)}"]
    elif settings.cron is not None:
        parts = [f"cron {settings.cron}"]
    else:
        return "only when asked for"
    parts += [part for part in (settings.days, settings.between) if part]
    if settings.holidays == "skip":
        parts.append("not on holidays")
    if settings.jitter:
        parts.append(f"up to {duration_text(settings.jitter)} later")
    if settings.overlap in OVERLAPS:
        parts.append(OVERLAPS[settings.overlap])
    return ", ".join(parts)
