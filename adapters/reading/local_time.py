"""Change marks in a server's local time, which do not say their zone: once a year the same hour comes twice. Pure."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

SHIFT = timedelta(hours=3)
"""So long before clocks go back, times are taken as if they had."""


def instant_of(local: str, zone: ZoneInfo) -> str:
    """Return a local time as RFC 3339 text in UTC: the earlier of two that it may mean."""
    return datetime.fromisoformat(local).replace(tzinfo=zone).astimezone(UTC).isoformat()


def earliest_at(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the earliest local time, without a zone, that the server's clock shows at this instant or later."""
    offsets = [offset for at in (moment, moment + SHIFT) if (offset := at.astimezone(zone).utcoffset()) is not None]
    return (moment.astimezone(UTC) + min(offsets)).replace(tzinfo=None)
