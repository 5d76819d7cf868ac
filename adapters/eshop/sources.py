"""Pictures of ours in a shop are known again by a mark there, such as a tag, that says where they came from. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from adapters.rows import Row
from adapters.writing.writes import Unfit


def marks(addresses: Iterable[str], begins: str, longest: int) -> dict[str, str]:
    """Return mark -> address of each picture, once; Unfit, if the shop cannot keep one of them.

    `begins`: what marks of ours begin with; `longest`: the letters that the shop keeps.
    """
    found = {begins + address: address for address in addresses}
    if too_long := [address for mark, address in found.items() if len(mark) > longest]:
        raise Unfit("no-picture", f"the shop can keep no image with so long an address: {too_long[0]}")
    return found


def sources(shown: Iterable[str | None], begins: str) -> list[str]:
    """Return where pictures came from, in the order in which their marks are shown; those without are not ours."""
    return [mark.removeprefix(begins) for mark in shown if mark and mark.startswith(begins)]


def arranged(wanted: Mapping[str, str], held: Sequence[Row], mark: Callable[[Row], str | None]) -> list[str | Row]:
    """Return a product's pictures as they shall stand: ours in their order, and behind them what others have added.

    `wanted`: mark -> address; `held`: what the shop has; `mark`: of a row, none if it is not ours. A row is there already,
    an address is still to be brought; ours that are left out are to go.
    """
    marks = [mark(row) for row in held]
    there = dict(zip(reversed(marks), reversed(held), strict=True))  # of doubles, the first
    ours = [there.get(each, address) for each, address in wanted.items()]
    return ours + [row for row, its in zip(held, marks, strict=True) if its is None]
