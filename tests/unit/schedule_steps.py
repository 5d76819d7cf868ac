"""A schedule, gone through step by step."""

from collections.abc import Iterator
from datetime import datetime

from scheduler.schedule import Schedule, next_after


def occurrences(schedule: Schedule, after: datetime, until: datetime) -> Iterator[datetime]:
    """Yield every occurrence with `after` < occurrence <= `until`, in order."""
    found = next_after(schedule, after)
    while found is not None and found <= until:
        yield found
        found = next_after(schedule, found)
