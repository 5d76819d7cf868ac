"""Writing many at once where a system takes all or none: what is refused is found by halves."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from adapters.asking.http import KeyRefused, Rejected
from hub.connector import Write, Written
from hub.errors import Refused

Item = TypeVar("Item", bound=Hashable)
Given = TypeVar("Given")
Made = TypeVar("Made")


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


@dataclass
class Batch:
    """Writes that take several steps together. One that is refused at a step is stopped there, the others go on."""

    writes: Sequence[Write]
    refused: dict[str, Refused] = field(default_factory=dict[str, Refused])

    def each(self, items: Mapping[str, Given], step: Callable[[str, Given], Made]) -> dict[str, Made]:
        """Do something with each of some items and its key, that of its write."""
        made: dict[str, Made] = {}
        for key, item in items.items():
            try:
                made[key] = step(key, item)
            except KeyRefused:
                raise
            except Refused as refusal:
                self.refused[key] = refusal
        return made

    def together(
        self, items: Mapping[str, Given], step: Callable[[Sequence[Given]], Sequence[Made]]
    ) -> dict[str, Made]:
        """Do something with all items at once, or, where the system refuses some, with the others.

        `step` does it with all of what it is given, and returns what comes of each, or with none and raises Rejected.
        """
        made: dict[str, Made] = {}

        def carry_out(keys: Sequence[str]) -> None:
            made.update(zip(keys, step([items[key] for key in keys]), strict=True))

        self.refused |= dict(in_halves([*items], carry_out))
        return made

    def make_or_change(
        self,
        there: Mapping[str, int],
        values: Callable[[str, Write], Given],
        create: Callable[[Sequence[Given]], Sequence[int]],
        change: Callable[[int, Given], object],
    ) -> Iterator[Written]:
        """Make what is new at once, change one by one what is `there`, by the numbers of its keys."""
        wanted = {write.key: write for write in self.writes if write.key in there or not write.id}
        prepared = self.each(wanted, values)
        made = self.together({key: value for key, value in prepared.items() if key not in there}, create)
        old = {key: value for key, value in prepared.items() if key in there}
        self.each(old, lambda key, value: change(there[key], value))
        return self.outcomes({**there, **made})

    def outcomes(self, ids: Mapping[str, object]) -> Iterator[Written]:
        """Yield what became of each write; `ids`: of those that are in the system, by their keys."""
        for write in self.writes:
            id_ = str(ids[write.key]) if write.key in ids else None
            refusal = self.refused.get(write.key)
            if isinstance(refusal, Rejected) and refusal.is_gone:
                yield Written(write.key, "gone")
            elif refusal:
                cause = getattr(refusal, "cause", "refused")
                yield Written(write.key, "refused", id_, cause=cause, message=str(refusal))
            else:
                yield Written(write.key, "done" if id_ else "gone", id_)


def portions(items: Sequence[Given], most: int) -> Iterator[Sequence[Given]]:
    """Yield all items, so many at a time."""
    for start in range(0, len(items), most):
        yield items[start : start + most]
