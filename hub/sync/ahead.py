"""Reading on while what was read is stored: the other system and the database are waited for at the same time."""

from collections import deque
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Protocol, TypeVar

Item = TypeVar("Item")

AHEAD = 3
"""Pages: enough that neither side waits for the other when one of its pages takes longer."""


class Ahead(Protocol):
    """A way to take what comes."""

    def __call__(self, items: Generator[Item], /) -> Generator[Item]:
        """Yield the same, one by one."""
        ...


def as_it_comes(items: Generator[Item]) -> Generator[Item]:
    """Yield what comes, one by one, in the taker's own thread."""
    return items


def read_ahead(items: Generator[Item]) -> Generator[Item]:
    """Yield the same; while the taker has one, a thread of its own reads the next few. Errors come in their place."""
    with ThreadPoolExecutor(1, "read-ahead") as reader:
        coming = deque(reader.submit(next, items, None) for _ in range(AHEAD))
        try:
            while (item := coming.popleft().result()) is not None:
                coming.append(reader.submit(next, items, None))
                yield item
        finally:
            for each in coming:
                each.cancel()
            wait(coming)
            items.close()
