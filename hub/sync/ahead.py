"""Reading on while what was read is stored: the other system and the database are waited for at the same time."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

Item = TypeVar("Item")


def as_it_comes(items: Generator[Item]) -> Generator[Item]:
    """Yield what comes, one by one, in the taker's own thread."""
    return items


def read_ahead(items: Generator[Item]) -> Generator[Item]:
    """Yield the same; while the taker has one, a thread of its own reads the next. Errors come in their place."""
    with ThreadPoolExecutor(1, "read-ahead") as reader:
        coming = reader.submit(next, items, None)
        try:
            while (item := coming.result()) is not None:
                coming = reader.submit(next, items, None)
                yield item
        finally:
            wait([coming])
            items.close()
