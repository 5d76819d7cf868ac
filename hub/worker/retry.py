"""When a run that failed is tried again; pure."""

import hashlib
from datetime import datetime, timedelta

SPREAD = 0.2
"""Retries are spread by a fifth either way, so that what failed together does not come back together."""


def retry_at(
    failures: int, attempts: int, now: datetime, *, first: timedelta, longest: timedelta, seed: str, after: float | None
) -> datetime | None:
    """Return when to try again after so many failures; none if the attempts are used up.

    The wait doubles from `first` to `longest`; `after`, the seconds the other system asked for, wins when it is longer.
    """
    if failures >= attempts:
        return None
    wait = min(first * 2 ** min(failures - 1, 30), longest) * (1 + SPREAD * _spread(f"{seed}:{failures}"))
    return now + max(wait, timedelta(seconds=after or 0))


def _spread(seed: str) -> float:
    """Return a number from -1 to 1 that is the same for the same seed everywhere."""
    number = int.from_bytes(hashlib.blake2s(seed.encode(), digest_size=4).digest())
    return number / 0x7FFFFFFF - 1
