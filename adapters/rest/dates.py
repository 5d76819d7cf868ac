"""The forms in which systems write instants, read and written: pure."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator

from hub.config.faults import guess, refuse, show

RFC3339, RFC2822 = "rfc3339", "rfc2822"
SECONDS = {"epoch": 1, "epoch-ms": 1000}
"""How many of its units make a second."""
FORMS = (RFC3339, RFC2822, *SECONDS)
_SPACED, _WITH_T = "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"
_OFFSET = re.compile(r"(Z|[+-]\d\d:?\d\d)$", re.IGNORECASE)


def read(value: Any, form: str, pattern: str | None = None) -> datetime:
    """Return the instant that a system's value means, in UTC; raises ValueError with what is wrong.

    `form`: one of FORMS, or the time zone whose wall clock it shows (what says its own offset is taken by that);
    `pattern`: as in Python's strptime, none: ISO 8601.
    """
    if form in SECONDS:
        return _from_epoch(value, SECONDS[form])
    if form == RFC2822:
        return _from_mail(str(value))
    when = _parsed(str(value).strip(), pattern)
    return when.replace(tzinfo=when.tzinfo or _zone(form)).astimezone(UTC)


def wall(value: str, pattern: str | None = None) -> datetime:
    """Return what the wall clock shows in a text, without a zone: texts of one clock sort by it."""
    return _parsed(value, pattern).replace(tzinfo=None)


def written(when: datetime, form: str, pattern: str | None = None) -> str:
    """Return an instant as the system writes it."""
    if form in SECONDS:
        return str(int(when.timestamp() * SECONDS[form]))
    if form == RFC2822:
        return format_datetime(when.astimezone(UTC))
    if form == RFC3339 and pattern is None:
        return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return when.astimezone(_zone(form)).strftime(pattern or _SPACED)


def earlier(value: str, by: timedelta, form: str, pattern: str | None = None) -> str:
    """Return a mark that lies so much earlier, in the form of the given one.

    Where the clocks are put back, a wall clock shows an hour twice: then it lies an hour earlier still.
    """
    if _is_instant(form, pattern):
        return written(read(value, form, pattern) - by, form, pattern)
    when = wall(value, pattern)
    zone = _zone(form)
    twice = when.replace(tzinfo=zone).utcoffset() != when.replace(tzinfo=zone, fold=1).utcoffset()
    back = when - by - (timedelta(hours=1) if twice else timedelta(0))
    return back.strftime(pattern or (_WITH_T if "T" in value else _SPACED))


def moment(value: str, form: str, pattern: str | None = None) -> datetime:
    """Return what marks of one form are compared by."""
    return read(value, form, pattern) if _is_instant(form, pattern) else wall(value, pattern)


def _is_instant(form: str, pattern: str | None) -> bool:
    """Return whether texts of a form say which instant they mean, without a zone's wall clock."""
    return form in (RFC2822, *SECONDS) or (form == RFC3339 and pattern is None) or "%z" in (pattern or "")


def _from_mail(value: str) -> datetime:
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        raise ValueError(f"{show(value)} is not a time of the form Wed, 01 Jul 2026 12:00:00 +0000") from None
    return when.replace(tzinfo=when.tzinfo or UTC).astimezone(UTC)


def _from_epoch(value: Any, units: int) -> datetime:
    try:
        return datetime.fromtimestamp(float(value) / units, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        raise ValueError(f"{show(value)} is no number of seconds since 1970") from None


def _parsed(value: str, pattern: str | None) -> datetime:
    try:
        if pattern is not None:
            return datetime.strptime(value, pattern)  # noqa: DTZ007  # the zone is the caller's
        return datetime.fromisoformat(_OFFSET.sub(lambda found: found[0].upper(), value))
    except ValueError:
        raise ValueError(f"{show(value)} is not a time of the form {pattern or 'of ISO 8601'}") from None


def _zone(form: str) -> ZoneInfo:
    return ZoneInfo("UTC" if form in FORMS else form)


def check_form(value: str) -> str:
    """Return a form that there is; raises pydantic's error."""
    if value in FORMS:
        return value
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        listed = f"{', '.join(FORMS)} or a time zone such as Europe/Warsaw"
        refuse(f"{show(value)} is not a form of dates{guess(value, FORMS) or f'; one of {listed}'}")
    return value


DateForm = Annotated[str, AfterValidator(check_form)]
"""One of FORMS, or the time zone whose wall clock the system shows."""
