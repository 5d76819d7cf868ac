"""Writing many at once where a system answers for each: what one comes to, the others do not feel."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

from adapters.asking.http import Rejected
from adapters.writing.writes import refused
from hub.connector import Write, Written

Where = TypeVar("Where", bound=Hashable)
Item = TypeVar("Item")
Told = TypeVar("Told")


def in_batches(
    writes: Sequence[Write],
    prepare: Callable[[Write], tuple[Where, Item]],
    carry_out: Callable[[Where, Sequence[tuple[Write, Item]]], Iterable[Told]],
    outcome: Callable[[Write, Where, Told], Written],
) -> Iterator[Written]:
    """Carry writes out, those that go to one place together.

    `prepare` says where a write goes and as what, `carry_out` sends what goes to one place and yields what was told of
    each, in their order, `outcome` what that means. Rejected, raised by the first or the last, is about one write alone.
    """
    batches: dict[Where, list[tuple[Write, Item]]] = defaultdict(list)
    for each in writes:
        try:
            where, item = prepare(each)
        except Rejected as fault:
            yield refused(each, fault)
        else:
            batches[where].append((each, item))
    for where, parts in batches.items():
        for told, (each, _) in zip(carry_out(where, parts), parts, strict=True):
            yield _meant(outcome, each, where, told)


def _meant(outcome: Callable[[Write, Where, Told], Written], write: Write, where: Where, told: Told) -> Written:
    try:
        return outcome(write, where, told)
    except Rejected as fault:
        return refused(write, fault)
