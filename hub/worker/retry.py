"""When a run that failed is tried again; pure."""

import hashlib
from datetime import datetime, timedelta

SPREAD = 0.2
"""A retry comes up to this share earlier or later, so that what failed together does not come back together."""
LONGEST_ASKED = timedelta(days=7)
"""Another system that asks to be left alone for longer is not believed."""


def retry_at(
    attempt: int,
    attempts: int,
    now: datetime,
    *,
    first: timedelta,
    longest: timedelta,
    seed: str,
    after: float | None = None,
) -> datetime | None:
    """Return when a run is tried again whose attempt number `attempt` (from 1) has failed; None after the last one.

    The wait doubles from `first` up to `longest`, give or take a fifth that depends on `seed` and attempt alone.
    `after`, the seconds for which the other system asked to be left alone, counts if it is longer.
    """
    if attempt >= attempts:
        return None
    # Doubling stops where it would pass `longest`: a high attempt number must not overflow.
    doublings = min(attempt - 1, max(0, int(longest / first)).bit_length()) if first else 0
    wait = min(first * 2**doublings, longest) * (1 - SPREAD + 2 * SPREAD * _fraction(f"{seed} {attempt}"))
    if after is not None and after > wait.total_seconds():
        wait = max(wait, timedelta(seconds=min(after, LONGEST_ASKED.total_seconds())))
    return now + wait


def _fraction(text: str) -> float:
    """Return a number from 0 to 1 that is the same for the same text everywhere."""
    return int.from_bytes(hashlib.blake2s(text.encode(), digest_size=6).digest()) / 2**48
