"""Durations as people write them: `90s`, `15m`, `1h30m`, `7d`."""

import re
from datetime import timedelta
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BeforeValidator, PlainSerializer

from hub.config.faults import refuse, show

LONGEST = timedelta(days=3660)
_FORM = re.compile(r"(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?", re.ASCII)
_EXAMPLES = 'write it like "90s", "15m", "1h30m" or "7d"'

Limited = TypeVar("Limited", int, timedelta)


def read_duration(value: object) -> timedelta:
    """Return the duration that a text means; raises pydantic's error in words for the user."""
    if isinstance(value, timedelta):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        refuse(f'{value} has no unit; write "{value}s" for seconds or "{value}m" for minutes')
    found = _FORM.fullmatch(value.strip()) if isinstance(value, str) and value.strip() else None
    if found is None:
        refuse(f"{show(value)} is not a duration; {_EXAMPLES}")
    days, hours, minutes, seconds = (int(number or 0) for number in found.groups())
    duration = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if duration > LONGEST:
        refuse(f"{show(value)} is longer than ten years")
    return duration


def duration_text(duration: timedelta) -> str:
    """Return a duration in the form that `read_duration` reads, in whole seconds."""
    seconds = round(duration.total_seconds())
    text = ""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        text += f"{count}{unit}" if count else ""
    return text or "0s"


Duration = Annotated[
    timedelta,
    BeforeValidator(read_duration),
    PlainSerializer(duration_text, return_type=str, when_used="json"),
]
"""A `timedelta` that is written and stored as text, to the second."""


def within(lowest: Limited, highest: Limited, reason: str = "") -> AfterValidator:
    """Return the check that a number or duration lies between two limits, both allowed; `reason` ends the message."""
    ending = f" ({reason})" if reason else ""

    def check(value: Limited) -> Limited:
        if value < lowest:
            refuse(f"{_text(value)} is less than {_text(lowest)}{ending}")
        if value > highest:
            refuse(f"{_text(value)} is more than {_text(highest)}{ending}")
        return value

    return AfterValidator(check)


def _text(value: int | timedelta) -> str:
    return duration_text(value) if isinstance(value, timedelta) else str(value)
