"""A way through a list that is asked for by a mark alone, in whole numbers, with no offset to go on from within one."""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any, TypeVar

from adapters.declared import Way
from adapters.rows import Row, Spot
from hub.errors import Refused

System = TypeVar("System")


def by_instant(ask: Callable[[System, int, int], Sequence[Row]], size: int, mark: str) -> Way[System]:
    """Walk on from the last mark that was read; a page of less than `size` rows is the last.

    `ask(system, mark, key)` gives rows of that mark and later, by their marks, whose `id` is that high or higher. Only
    where one mark fills a page is a key given: what has the same mark is then read by id.
    """

    def walk(system: System, spot: Spot | None) -> Iterable[tuple[Sequence[Row], Spot]]:
        at, key, shown = (spot or {}).get("mark", 0), 0, set[str]()
        while True:
            rows = ask(system, at, key)
            _check_order([row[mark] for row in rows], mark)
            full, last = len(rows) == size, rows[-1][mark] if rows else at
            told = [row for row in rows if row[mark] == at] if key else rows
            yield [row for row in told if row["id"] not in shown], {"mark": at if key else last}
            shown = {row["id"] for row in told if row[mark] == last}
            if full and last == at:
                _check_order([int(row["id"]) for row in rows], "their numbers, where they have one mark")
                key = int(rows[-1]["id"]) + 1
            elif full or key:
                at, key = at + 1 if key else last, 0
            else:
                return

    return Way(walk)


def _check_order(places: Sequence[Any], what: str) -> None:
    """Refuse an order by which something could be passed over."""
    if any(one > other for one, other in pairwise(places)):
        raise Refused(f"the records do not come in the order of {what}")
