"""Ways through a list that knows neither pages nor change marks: it comes whole, and is compared."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby
from typing import Any, Generic, Protocol, TypeVar

import orjson

from adapters.asking.answers import rows_in
from adapters.asking.http import Api
from adapters.declared import Source, Way
from adapters.rows import Row, Spot

System = TypeVar("System", bound="Spoken")


class Spoken(Protocol):
    """A system that is spoken to over HTTP."""

    @property
    def api(self) -> Api:
        """Its interface."""
        ...


@dataclass(frozen=True)
class Listing(Generic[System]):
    """A list that comes whole from an address; below that, by its id, a row alone."""

    path: str
    """With a slash at its end."""
    shape: Callable[[Sequence[Row]], Sequence[Row]] = list
    """Rows as they come -> with an `id`, a number."""
    rest: Callable[[System], Callable[[Row], Row]] = lambda _: lambda row: row
    """Asks for what the list does not show of a row, at the cost of a request; made once for each walk."""

    def rows(self, system: System) -> Sequence[Row]:
        """Return all rows as the list shows them."""
        return self.shape(rows_in(system.api.name, system.api.get(self.path).body))

    def some(self, system: System, ids: Sequence[str]) -> list[Row]:
        """Return whole rows by their ids, as far as they are there."""
        found = [row for id_ in ids if (row := system.api.look_up(f"{self.path}{id_}/"))]
        return list(map(self.rest(system), self.shape(found)))


def listed(listing: Listing[System], size: int = 500) -> Source[System]:
    """Return what comes whole, so many rows at a time, in the order of their ids; from where a former walk broke off."""

    def walk(system: System, spot: Spot | None) -> Iterable[tuple[Sequence[Row], Spot]]:
        complete, reached = listing.rest(system), (spot or {}).get("after", [])
        left = [row for row in sorted(listing.rows(system), key=_place) if _place(row) > reached]
        for start in range(0, len(left), size):
            shown = left[start : start + size]
            yield list(map(complete, shown)), {"after": _place(shown[-1])}

    return Source(Way(walk), listing.some)


def in_blocks(listing: Listing[System], told: Callable[[Row], Mapping[str, Any]] = dict, size: int = 20) -> Way[System]:
    """Walk through the blocks of rows in which one is new, gone or changed.

    `told`: what the list shows of a row, without what moves by itself.
    """

    def walk(system: System, spot: Spot | None) -> Iterable[tuple[Sequence[Row], Spot]]:
        complete = listing.rest(system)
        for block, after in changed_blocks(listing.rows(system), told, spot, size):
            yield list(map(complete, block)), after

    return Way(walk)


def changed_blocks(
    rows: Iterable[Row], told: Callable[[Row], Mapping[str, Any]], since: Spot | None, size: int
) -> Iterator[tuple[Sequence[Row], dict[str, Any]]]:
    """Yield the blocks in which a row is new, gone or changed, each with the checkpoint after it: digests of all blocks."""
    spot: dict[str, Any] = dict(since or {})
    for number, group in groupby(sorted(rows, key=_place), key=lambda row: int(row["id"]) // size):
        block = list(group)
        digest = blake2b(orjson.dumps([told(row) for row in block]), digest_size=8).hexdigest()
        if spot.get(str(number)) != digest:
            spot = spot | {str(number): digest}
            yield block, spot


def _place(row: Row) -> list[Any]:
    """Return a place in an order in which numbers stand as they count."""
    id_ = str(row["id"])
    return [len(id_), id_]
