"""Bringing an order to the status that it shall have: by steps, each of which looks whether it is done already."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from adapters.reading.walks import Found
from adapters.rows import Row
from adapters.writing.writes import Unfit, Writing, known, singly
from hub.connector import Write, Written

System = TypeVar("System")
Step = Callable[[System, Row, Write], object]
"""Does something with an order, as the shop had it before the first step; what is done already is not done again."""


def forward(
    listing: Found[System],
    steps: Mapping[str, Step[System]],
    *,
    before: Sequence[Step[System]] = (),
    after: Sequence[Step[System]] = (),
) -> Writing[System]:
    """Make a function that brings orders forward. `steps`: by our status; one without any cannot be told to the shop.

    `before`, `after`: done whatever the status, such as telling the parcels.
    """

    def write(system: System, write: Write) -> Written:
        row = known({row["id"]: row for row in listing.some(system, [write.id or ""])}, write.id)
        wanted = [step for status, step in steps.items() if status == write.fields.get("status")]
        for step in (*before, *wanted, *after):
            step(system, row, write)
        return Written(write.key, "done", write.id)

    return singly(write)


def unless(done: Callable[[Row], bool], step: Step[System]) -> Step[System]:
    """Make a step that is left out where the order shows that it is done."""
    return lambda system, row, write: None if done(row) else step(system, row, write)


def check_open(cancelled: Callable[[Row], bool]) -> Step[object]:
    """Make a step that refuses to bring an order forward that is cancelled in the shop."""

    def check(_: object, row: Row, write: Write) -> None:
        if cancelled(row) and write.fields.get("status") != "cancelled":
            raise Unfit("cancelled", "it is cancelled in the shop")

    return check


def in_turn(*steps: Step[System]) -> Step[System]:
    """Make one step of several."""
    return lambda system, row, write: [step(system, row, write) for step in steps]


def left(ordered: Iterable[tuple[str, float]], sent: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Return how much of each line of an order is in no parcel yet; lines without any are left out."""
    rest = dict(ordered)
    for id_, quantity in sent:
        rest[id_] -= quantity
    return {id_: quantity for id_, quantity in rest.items() if quantity > 0}
