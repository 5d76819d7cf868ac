"""Writing by the statements in hub.toml, with bound values: all of a call in one transaction, or none.

Where some are refused, the others are found by halves: that asks nothing of a database but transactions.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import sqlalchemy as sa
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from adapters.sql.database import Busy
from adapters.sql.finding import look_up
from adapters.sql.options import PUT, Step
from adapters.sql.paths import computes, found
from adapters.sql.plain import identity, plain
from adapters.sql.reading import Source
from adapters.sql.shape import item_fields
from adapters.sql.texts import bound, parameters
from adapters.sql.values import bindable, in_words, values_of
from adapters.writing.prices import check_described
from adapters.writing.writes import Unfit, all_or_none
from hub.canonical import EntityModel
from hub.connector import Write, Written

CANCELLED = "cancelled"
AT_ONCE = 4
"""Attempts at a transaction that another one stood in the way of."""
Values = Mapping[str, Any]

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Writer:
    """Writes the records of one stream."""

    source: Source
    entity: EntityModel

    def write(self, writes: Sequence[Write]) -> Iterator[Written]:
        """Yield what became of each. Raises TryLater, Unanswered or Refused."""
        return all_or_none(Writer._carried_out)(self, writes)

    def _carried_out(self, writes: Sequence[Write]) -> list[Written]:
        """Carry all out; raises Unfit, and then none is."""
        attempts = Retrying(
            retry=retry_if_exception_type(Busy),
            stop=stop_after_attempt(AT_ONCE),
            wait=wait_random_exponential(0.1, 2),
            reraise=True,
        )
        return attempts(partial(self._in_one_transaction, writes))

    def _in_one_transaction(self, writes: Sequence[Write]) -> list[Written]:
        steps = sorted({_step_of(each) for each in writes})
        with self.source.database.writing(f"{self.source.place} {' or '.join(steps)}") as connection:
            return [self._one(connection, each) for each in writes]

    def _one(self, connection: sa.Connection, write: Write) -> Written:
        values = values_of(connection, self.source, self.entity, write)
        options = self.source.options
        if self.entity.name == "prices":
            check_described(write, options.fields, options.writes)
        if write.id is None:
            return self._create(connection, write, values)
        put = self.entity.name in PUT and not options.update
        steps = options.remove if write.remove else options.create if put else self._concerned(write)
        if options.deleted and not self.source.there(
            connection, [write.id]
        ):  # statements may touch what is only marked
            return Written(write.key, "gone")
        # Less than none is what a driver says that was not told: of a procedure, or behind a trigger.
        touched = [result.rowcount for step in steps for result in self._results(connection, step, values)]
        if not (touched and all(count > 0 for count in touched)):
            there = self.source.there(connection, [write.id])
            if not there:
                return Written(write.key, "gone")
            if touched and not any(touched):
                self._check_called_off(write, there[0])
        return Written(write.key, "done", write.id)

    def _check_called_off(self, write: Write, row: Values) -> None:
        """Refuse a cancellation whose statement has touched nothing, unless the row says that it is cancelled."""
        path = self.source.options.fields.get("status")
        state = None if path is None else self._found(path, {name: plain(each) for name, each in row.items()})
        if write.fields.get("status") == CANCELLED and state not in (None, CANCELLED):
            why = (
                f"it is cancelled where it was placed, and update leaves it {state}: see there what is to become of it"
            )
            raise Unfit("not-cancelled", f"{why}; then: hub quarantine discard")

    def _create(self, connection: sa.Connection, write: Write, values: Values) -> Written:
        first, *others = self.source.options.create
        [result] = self._results(connection, first, values)
        id_ = self._returned(connection, result, values)
        key = {"id", *self.source.options.key} - self.entity.fields
        named = any(key & parameters(step.sql) for step in others)
        if id_ is None and named:
            id_ = self._looked_up(connection, write)
        values = {**values, **self.source.key_parts(connection, id_)}
        for step in others:
            list(self._results(connection, step, values))
        if id_ is None or not self._is_it(connection, id_, write):
            if id_ is not None and named:
                raise Unfit("wrong-key", f"create was told {id_} as the new key, under which the stream shows another")
            id_ = self._looked_up(connection, write)
        return Written(write.key, "done", id_)

    def _returned(self, connection: sa.Connection, result: sa.CursorResult[Any], values: Values) -> str | None:
        """Return the new row's identity, if its statement returns it, or `returning` asks for it."""
        row = result.first() if result.returns_rows else None
        if row is None and self.source.options.returning:
            row = connection.execute(self._bound(Step(sql=self.source.options.returning), values)).first()
        key = tuple(row or ())[: len(self.source.key)]
        return identity(key) if len(key) == len(self.source.key) and None not in key else None

    def _is_it(self, connection: sa.Connection, id_: str, write: Write) -> bool:
        """Tell whether the stream shows the new record under an identity.

        What a procedure returns may be a state, a trigger may have made the last key elsewhere, and a column may have
        cut the reference short, by which nothing would be found again.
        """
        found, column = self.source.there(connection, [id_]), self.source.options.reference
        return bool(found) and (column is None or str(found[0][column]).strip().lower() == write.reference.lower())

    def _looked_up(self, connection: sa.Connection, write: Write) -> str:
        """Return the new row's identity as the stream itself shows it."""
        rows = look_up(connection, self.source, self.entity, write)
        if len(rows) != 1:
            many = "more than one row" if rows else "no row"
            raise Unfit("nothing-written", f"create left {many} behind that the stream shows as this record's")
        return identity(self.source.key_of(rows[0]))

    def _concerned(self, write: Write) -> list[Step]:
        """Return the statements that name what is to change. Raises Unfit, if none names it."""
        named = [(step, self._fields_in(step)) for step in self.source.options.update]
        told = write.fields.keys() & {*self.source.options.writes}
        lacking = sorted(told - frozenset[str]().union(*(fields for _, fields in named)))
        if lacking and not self._is_whole(write):
            raise Unfit("cannot-change", f"{', '.join(lacking)} cannot be changed there: no update statement names it")
        return [step for step, fields in named if fields & write.fields.keys()]

    def _is_whole(self, write: Write) -> bool:
        """Tell whether a record is written once more as it was made: that was one transaction, so it lacks nothing."""
        return {n for n in self.source.options.writes if write.record.get(n) is not None} <= write.fields.keys()

    def _fields_in(self, step: Step) -> frozenset[str]:
        """Return the fields of ours that a statement names, itself or by its values."""
        paths = (self.source.options.values.get(name, name) for name in parameters(step.sql))
        return self.entity.fields & set(_WORD.findall(" ".join((*paths, step.each or ""))))

    def _results(self, connection: sa.Connection, step: Step, values: Values) -> Iterator[sa.CursorResult[Any]]:
        """Yield what executing a statement gives; one that goes through a list is executed for each of it."""
        once: Sequence[Values] = ({},)
        for more in once if step.each is None else self._items(step.each, values):
            yield connection.execute(self._bound(step, {**values, **more}))  # pyright: ignore[reportReturnType]

    def _items(self, path: str, values: Values) -> Iterator[Values]:
        items: Sequence[Any] = self._found(path, values) or ()
        left_out = dict.fromkeys(item_fields(self.entity.model, path))  # a line without a name has not the buyer's
        for position, item in enumerate(items, 1):
            own: Values = cast("Values", item) if isinstance(item, Mapping) else {}
            yield {**left_out, **own, "id": values.get("id"), "item": item, "position": position}

    def _bound(self, step: Step, values: Values) -> sa.TextClause:
        return bound(step.sql, self._given(step, values))

    def _given(self, step: Step, values: Values) -> Values:
        paths, backend = self.source.options.values, self.source.database.backend
        told = {
            name: self._found(paths[name], values) if name in paths else values.get(name)
            for name in parameters(step.sql)
        }
        return {name: bindable(each, backend) for name, each in told.items()}

    @staticmethod
    def _found(path: str, values: Values) -> Any:
        try:
            return found(path, in_words(values) if computes(path) else values)
        except ValueError as fault:
            raise Unfit("not-understood", f"the value {path} cannot be worked out: {fault}") from None


def _step_of(write: Write) -> str:
    return "remove" if write.remove else "create" if write.id is None else "update"
