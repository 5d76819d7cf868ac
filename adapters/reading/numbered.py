"""Lists whose pages are numbered, all of one size, and cannot be asked for from any offset."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from adapters.rows import Row

System = TypeVar("System")


@dataclass(frozen=True)
class Numbered(Generic[System]):
    """A list in an order that stands still, for `walks.listed`: the first page is 1, an empty one lies behind the last."""

    ask: Callable[[System, int], Sequence[Row]]
    """The number of a page -> its rows."""
    some: Callable[[System, Sequence[str]], Sequence[Row]]
    """Ids of records -> the rows that they are in, as far as they are there."""
    size: int
    """The rows of a page that is not the last."""

    def page(
        self, system: System, offset: int, size: int, _mark: str | None = None, _since: str | None = None
    ) -> tuple[Sequence[Row], int | None]:
        """Return rows; how many there are in all, it does not say.

        Of two pages the later is asked for first: what moves up between the two is then shown by both, not passed over.
        """
        before, skipped = divmod(offset, self.size)
        numbers = (before + 2, before + 1) if skipped else (before + 1,)
        pages = [self.ask(system, number) for number in numbers]
        rows = {row["id"]: row for page in reversed(pages) for row in page}
        return list(rows.values())[skipped:][:size], None
