"""Wall time and instants: what a clock on the wall means when the clocks change. Pure."""

import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
"""The smallest step of time that Python knows."""


def instants(wall: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return what a wall time means by the offsets before and after a change of the clocks, nearly always the same.

    First < second: the wall time comes twice. First > second: it does not come, the clocks change in between.
    """
    return (
        wall.replace(tzinfo=zone, fold=0).astimezone(UTC),
        wall.replace(tzinfo=zone, fold=1).astimezone(UTC),
    )


def first_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return when a wall time comes first; if the clocks leap over it, the instant at which they do."""
    first, second = instants(wall, zone)
    return (change(zone, second, first) or first) if first > second else first


def change(zone: ZoneInfo, low: datetime, high: datetime) -> datetime | None:
    """Return the instant in low < instant <= high from which the offset is another than at `low`, if it is at `high`."""
    offset = low.astimezone(zone).utcoffset()
    if high.astimezone(zone).utcoffset() == offset:
        return None
    below, above = (low - EPOCH) // timedelta(seconds=1), math.ceil((high - EPOCH) / timedelta(seconds=1))
    while above - below > 1:
        middle = (below + above) // 2
        same = (EPOCH + timedelta(seconds=middle)).astimezone(zone).utcoffset() == offset
        below, above = (middle, above) if same else (below, middle)
    return EPOCH + timedelta(seconds=above)
