"""Writing to a system that takes one record at a time, or many of which it takes all or none."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import TypeVar

from adapters.asking.http import KeyRefused, Rejected
from adapters.writing.bulk import in_halves
from hub.connector import Write, Written
from hub.errors import Refused, TryLater

System = TypeVar("System")
Given = TypeVar("Given")
Found = TypeVar("Found")
Told = TypeVar("Told")
Writing = Callable[[System, Sequence[Write]], Iterable[Written]]
"""Carries writes out."""


class Gone(Rejected):
    """There is no such record (any more)."""

    def __init__(self, message: str = "there is no such record (any more)") -> None:
        super().__init__(message, status=HTTPStatus.NOT_FOUND)


class Unfit(Rejected):
    """The system could not hold this record, or would misunderstand it: it is not even asked."""

    def __init__(self, cause: str, message: str) -> None:
        """`cause`: a short fixed word to group by."""
        super().__init__(message, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        self._cause = cause

    @property
    def cause(self) -> str:
        """The word to group by."""
        return self._cause


class NotAllowed(Rejected):
    """The key may do such things there, but not with this record."""

    def __init__(self, message: str) -> None:
        super().__init__(message, status=HTTPStatus.FORBIDDEN)

    @property
    def cause(self) -> str:
        """The word to group by."""
        return "not-allowed"


def forbidden(fault: KeyRefused, may: Callable[[], bool]) -> Refused:
    """Return what a 403 means: that of the record, if the key `may` do the like at all; otherwise the key's."""
    if fault.status != HTTPStatus.FORBIDDEN:
        return fault
    try:
        return NotAllowed(str(fault)) if may() else fault
    except Refused:  # not even that may be asked
        return fault


def product_of(write: Write) -> str:
    """Return the identity of the product that a price or stock belongs to; Gone, if the system does not have it."""
    return whole_product_of(write).partition("|")[0]


def whole_product_of(write: Write) -> str:
    """Return the same with what stands behind a bar: that of a variation, where prices and stock have it, too."""
    whole = write.id or write.links.get("products", {}).get(write.record["sku"])
    if not whole:
        raise Gone("the product is not there (any more)")
    return whole


def known(there: Mapping[str, Found], id_: str | None) -> Found:
    """Return what the system has under an identity; Gone, if it does not have it."""
    if not id_ or id_ not in there:
        raise Gone
    return there[id_]


def one_by_one(writes: Sequence[Write], carry_out: Callable[[Write], Written]) -> Iterator[Written]:
    """Carry writes out; what the system refuses, or no longer has, does not stop the others."""
    for each in writes:
        try:
            written = carry_out(each)
        except Rejected as fault:
            written = refused(each, fault)
        yield written


def all_or_none(
    carry_out: Writing[System],
) -> Callable[[System, Sequence[Write]], Iterator[Written]]:
    """Make a function that takes all or none into one that finds those that are refused, by halves.

    What is done stays known if the system cannot be asked any further.
    """

    def write(system: System, writes: Sequence[Write]) -> Iterator[Written]:
        done: list[Written] = []
        try:
            for each, fault in in_halves(writes, lambda some: done.extend(list(carry_out(system, some)))):
                yield refused(each, fault)
        except TryLater:
            yield from done
            raise
        yield from done

    return write


def singly(
    carry_out: Callable[[System, Write], Written],
) -> Callable[[System, Sequence[Write]], Iterator[Written]]:
    """Make a function that takes one write into one that takes them one by one."""

    def write(system: System, writes: Sequence[Write]) -> Iterator[Written]:
        return one_by_one(writes, lambda each: carry_out(system, each))

    return write


def singly_with(
    ask: Callable[[System], Given], carry_out: Callable[[System, Given, Write], Written]
) -> Callable[[System, Sequence[Write]], Iterator[Written]]:
    """Make a function that takes one write, and what is asked for once for all, into one that takes them one by one."""

    def write(system: System, writes: Sequence[Write]) -> Iterator[Written]:
        given = ask(system)
        return one_by_one(writes, lambda each: carry_out(system, given, each))

    return write


def saving(
    rows: Callable[[System, Sequence[str]], Mapping[str, Found]],
    ask: Callable[[System], Given],
    save: Callable[[System, Given, Found | None, Write], str],
    remove: Callable[[System, str], object],
) -> Writing[System]:
    """Make a function that makes, changes and removes records one by one.

    `rows` looks up what is there, by its identities; `ask` for what is needed once for all. `save` gets what is there,
    none to be made, and returns its identity; `remove` gets that.
    """

    def write(system: System, writes: Sequence[Write]) -> Iterator[Written]:
        there, given = rows(system, [each.id for each in writes if each.id]), ask(system)

        def carry_out(each: Write) -> Written:
            row = known(there, each.id) if each.id else None
            if each.id and each.remove:
                remove(system, each.id)
                return Written(each.key, "done", each.id)
            return Written(each.key, "done", save(system, given, row, each))

        return one_by_one(writes, carry_out)

    return write


def putting(
    ask: Callable[[System], Given], told: Callable[[Write, Given], Told], put: Callable[[System, str, Told], object]
) -> Writing[System]:
    """Make a function that sets one by one what belongs to products that are there.

    `ask`: for what is needed once for all; `told`: what is set, or Unfit; `put` gets a product's whole identity.
    """

    def carry_out(system: System, given: Given, write: Write) -> Written:
        id_ = whole_product_of(write)
        put(system, id_, told(write, given))
        return Written(write.key, "done", id_)

    return singly_with(ask, carry_out)


def by_sort(create: Writing[System], change: Writing[System], remove: Writing[System]) -> Writing[System]:
    """Make one function of three, each of which takes all or none: for what is new, what is there, what is to go."""

    def write(system: System, writes: Sequence[Write]) -> Iterator[Written]:
        sorts: Mapping[Writing[System], list[Write]] = {create: [], change: [], remove: []}
        for each in writes:
            sorts[remove if each.remove else change if each.id else create].append(each)
        for carry_out, some in sorts.items():
            yield from all_or_none(carry_out)(system, some)

    return write


def called(write: Write) -> Write:
    """Return the write of a product with a name: one that has none is called by its SKU, as no shop keeps it without."""
    if write.remove or write.fields.get("name") or (write.id and "name" not in write.fields):
        return write
    return replace(write, fields={**write.fields, "name": write.record["sku"]})


def done(writes: Iterable[Write]) -> Iterator[Written]:
    """Yield that all that was to be done with records that are there is done."""
    return (Written(each.key, "done", each.id) for each in writes)


def refused(write: Write, fault: Rejected) -> Written:
    """Return what became of a write that the system refused, or that is for what it no longer has."""
    outcome = "gone" if fault.is_gone else "refused"
    return Written(write.key, outcome, cause=fault.cause, message=str(fault))
