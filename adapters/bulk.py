"""Writing many at once where a system takes all or none: what is refused is found by halves."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

from adapters.http import Rejected

Item = TypeVar("Item", bound=Hashable)


def in_halves(items: Sequence[Item], carry_out: Callable[[Sequence[Item]], None]) -> Iterator[tuple[Item, Rejected]]:
    """Carry out all at once; yields those that are refused, each with its refusal.

    `carry_out` does all of what it is given, or nothing and raises Rejected.
    """
    if not items:
        return
    try:
        carry_out(items)
    except Rejected as refusal:
        if len(items) == 1:
            yield items[0], refusal
            return
        middle = len(items) // 2
        yield from in_halves(items[:middle], carry_out)
        yield from in_halves(items[middle:], carry_out)
