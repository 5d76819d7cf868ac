"""Writing to a system that takes one record at a time."""

from collections.abc import Callable, Iterator, Sequence

from adapters.http import Rejected
from hub.connector import Write, Written


def one_by_one(writes: Sequence[Write], carry_out: Callable[[Write], Written]) -> Iterator[Written]:
    """Carry writes out; what the system refuses, or no longer has, does not stop the others."""
    for each in writes:
        try:
            written = carry_out(each)
        except Rejected as fault:
            outcome = "gone" if fault.is_gone else "refused"
            written = Written(each.key, outcome, cause=fault.cause, message=str(fault))
        yield written
