"""Bodies of answers, read whole: no larger, and no longer, than is worth waiting for."""

from collections.abc import Iterator

import httpx2

from hub.clock import Clock

LARGEST = 200_000_000
"""Bytes, unpacked: pages of lists have some megabytes. More than that would be in memory at once."""
LONGEST = 600.0
"""Seconds: a system that is never silent, and never ends, would keep its worker for ever."""


class TooMuch(Exception):
    """The answer is larger, or took longer, than is waited for."""


class _Ending(httpx2.SyncByteStream):
    """What comes over the line, as long as there is time: of a packed body, much may come that holds nothing."""

    def __init__(self, stream: httpx2.SyncByteStream, clock: Clock) -> None:
        self._stream, self._clock, self._ends = stream, clock, clock.monotonic() + LONGEST

    def __iter__(self) -> Iterator[bytes]:
        for part in self._stream:
            yield part
            if self._clock.monotonic() > self._ends:
                raise TooMuch(f"has not come to the end of its answer within {LONGEST:g} s")

    def close(self) -> None:
        self._stream.close()


def whole(answer: httpx2.Response, clock: Clock) -> bytes:
    """Return the body of an answer that begins to come. Raises TooMuch, and httpx2's errors."""
    parts: list[bytes] = []
    size = 0
    if isinstance(answer.stream, httpx2.SyncByteStream):
        answer.stream = _Ending(answer.stream, clock)
    for part in answer.iter_bytes():
        parts.append(part)
        size += len(part)
        if size > LARGEST:
            raise TooMuch(f"answered with more than {LARGEST:,} bytes")
    return b"".join(parts)
