"""Bodies of answers, read whole: no larger, and no longer, than is worth waiting for."""

import httpx2

from hub.clock import Clock

LARGEST = 200_000_000
"""Bytes, unpacked: pages of lists have some megabytes. More than that would be in memory at once."""
LONGEST = 600.0
"""Seconds: a system that is never silent, and never ends, would keep its worker for ever."""


class TooMuch(Exception):
    """The answer is larger, or took longer, than is waited for."""


def whole(answer: httpx2.Response, clock: Clock) -> bytes:
    """Return the body of an answer that begins to come. Raises TooMuch, and httpx2's errors."""
    parts: list[bytes] = []
    size, ends = 0, clock.monotonic() + LONGEST
    for part in answer.iter_bytes():
        parts.append(part)
        size += len(part)
        if size > LARGEST:
            raise TooMuch(f"answered with more than {LARGEST:,} bytes")
        if clock.monotonic() > ends:
            raise TooMuch(f"has not come to the end of its answer within {LONGEST:g} s")
    return b"".join(parts)
