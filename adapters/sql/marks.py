"""Change marks: what to ask from, so that nothing is missed that became visible late. Pure."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

NOT_A_TIME = "0000-00-00"
"""How MySQL writes that there is none, which its driver hands over as text."""


def later(mark: Any, other: Any) -> Any:
    """Return the later of two marks, none where they are of two sorts: the column has become another."""
    try:
        return max(mark, other)
    except TypeError:
        return None


def ahead(mark: Any, limit: datetime, zone: tzinfo) -> Any:
    """Return a limit as a mark of the same type, if the mark is a time behind it; otherwise none."""
    local = limit.astimezone(zone).replace(tzinfo=None)
    at: Any
    match mark:
        case datetime():
            at = limit if mark.tzinfo else local
        case date():
            at = local.date()
        case str() if mark[4:5] == "-":
            at = local.isoformat(mark[10:11] or "T", "seconds")
        case _:
            return None
    return at if mark > at else None


def earlier(mark: Any, time: timedelta, numbers: int, zone: tzinfo) -> Any:
    """Return a mark so much before another, of its type; raises ValueError if it is neither a time nor a number.

    The first of all times has none before it. `zone`: what times without an offset mean. In the hour that comes twice in autumn its beginning is returned: the
    marks go back by an hour there.
    """
    match mark:
        case bool():
            raise ValueError(mark)
        case int() | Decimal():
            return mark - numbers
        case datetime():
            try:
                return mark - time if mark.tzinfo else _earlier_by_the_wall(mark, time, zone)
            except OverflowError:
                return mark
        case date():
            return earlier(datetime(mark.year, mark.month, mark.day, tzinfo=UTC), time, numbers, zone).date()
        case bytes():
            return max(0, int.from_bytes(mark) - numbers).to_bytes(len(mark))
        case str():
            return _earlier_text(mark, time, zone)
        case _:
            raise ValueError(mark)


def _earlier_by_the_wall(mark: datetime, time: timedelta, zone: tzinfo) -> datetime:
    before = mark - time
    first, second = (before.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    if first is None or second is None or first <= second:
        return before
    return before - (first - second)


def _earlier_text(mark: str, time: timedelta, zone: tzinfo) -> str:
    """Return a text that sorts before all later times of the same form."""
    if mark.startswith(NOT_A_TIME):
        return mark
    when = datetime.fromisoformat(mark.strip())
    before = earlier(when, time, 0, zone)
    return before.replace(tzinfo=None).isoformat(mark[10:11] or "T", "seconds")
