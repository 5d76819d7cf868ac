"""Ways through a journal in which a system writes what happened to which record: numbered entries, the oldest first."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from adapters.declared import Way
from adapters.rows import Row, Spot

System = TypeVar("System")
Entries = Sequence[tuple[int, str]]
"""The number of an entry, and the identity of the record that it is about."""


def by_journal(
    ask: Callable[[System, int], Entries], some: Callable[[System, Sequence[str]], Sequence[Row]]
) -> Way[System]:
    """Walk through the records that entries are about; `ask(system, number)` gives those behind it, as many as it likes.

    The first walk shows nothing and only finds the journal's end: what was before it, the other ways of a stream read,
    which are walked after it. An entry that comes again costs nothing.
    """

    def walk(system: System, spot: Spot | None) -> Iterable[tuple[Sequence[Row], Spot]]:
        end = 0
        if spot is None:
            for entries in _behind(system, ask, 0):
                end = entries[-1][0]
            yield [], {"entry": end}
            return
        for entries in _behind(system, ask, spot["entry"]):
            yield some(system, list(dict.fromkeys(id_ for _, id_ in entries))), {"entry": entries[-1][0]}

    return Way(walk)


def _behind(system: System, ask: Callable[[System, int], Entries], number: int) -> Iterator[Entries]:
    while entries := sorted(each for each in ask(system, number) if each[0] > number):
        yield entries
        number = entries[-1][0]
