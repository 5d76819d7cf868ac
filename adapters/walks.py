"""Ways through a system's lists, for the declarations of `adapters.declared`."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import partial
from operator import itemgetter
from typing import TypeVar

from adapters import pages
from adapters.declared import Row, Way

System = TypeVar("System")
ID = itemgetter("id")


def by_offset(ask: Callable[[System, int, int], tuple[Sequence[Row], int | None]], size: int) -> Way[System]:
    """Walk through everything; `ask(system, offset, size)` gives rows, and how many there are in all."""

    def walk(system: System, spot: pages.Spot | None) -> Iterable[tuple[Sequence[Row], pages.Spot]]:
        return pages.by_offset(partial(ask, system), size, key=ID, since=spot)

    return Way(walk)


def by_mark(
    ask: Callable[[System, str | None, int, int], Sequence[Row]], size: int, mark: str, late: timedelta
) -> Way[System]:
    """Walk through what has changed, in the order of a mark (an RFC 3339 text).

    `ask(system, mark, offset, size)` gives rows of that mark and later, ordered by it; `late`: so long after its mark a
    record may become visible.
    """

    def walk(system: System, spot: pages.Spot | None) -> Iterable[tuple[Sequence[Row], pages.Spot]]:
        return pages.by_mark(
            partial(ask, system),
            size,
            since=spot,
            key=ID,
            mark=itemgetter(mark),
            earlier=pages.before(late),
            moment=pages.instant,
        )

    return Way(walk)


def from_time_on(begin: Callable[[System], str], way: Way[System]) -> Way[System]:
    """Walk anew each time through what bears a mark since `begin`: records whose change moves no mark."""

    def walk(system: System, spot: pages.Spot | None) -> Iterable[tuple[Sequence[Row], pages.Spot]]:
        return way.walk(system, spot or {"mark": begin(system)})

    return Way(walk, anew=True)
