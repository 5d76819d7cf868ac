"""What the table of a system says that is reached by its SQL database."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Literal, Self, cast

from pydantic import BeforeValidator, Field, field_validator, model_validator

from adapters.sql.address import SqlAddress
from adapters.sql.paths import Expression, column_of, columns_in, columns_of
from adapters.sql.shape import item_fields
from adapters.sql.texts import parameters
from hub.canonical import ENTITIES, EntityModel
from hub.config import Duration, ScheduleSettings, Secret, refuse, within
from hub.config.calendars import Timezone
from hub.config.exchange import ExchangeOptions
from hub.config.faults import guess_or_list, show
from hub.config.settings import Frozen

PUT = frozenset(["prices", "stock"])
"""Entities whose records are set beside a product, so that writing one twice does no harm."""
ALWAYS = ("id", "reference", "product", "item", "position")
"""Parameters that every statement may name besides the fields; see docs/sql.md."""
MOST_STREAMS = 50

_STREAM = re.compile(r"[a-z][a-z0-9-]{0,59}", re.ASCII)

Name = Annotated[str, Field(min_length=1, max_length=200)]
Sql = Annotated[str, Field(min_length=1, max_length=50_000)]


def _listed(value: object) -> object:
    return tuple(cast("list[object]", value)) if isinstance(value, list) else (value,)


def _as_steps(value: object) -> object:
    steps = cast("list[object]", value) if isinstance(value, list) else [value]
    return tuple({"sql": each} if isinstance(each, str) else each for each in steps)


def without_values(query: str, key: str | None = None) -> str:
    """Return a query that names no values; those of another are refused. `key`: where a whole table is judged."""
    if named := sorted(parameters(query)):
        refuse(f"a query takes no values, and :{named[0]} looks like one; write \\\\:{named[0]} for the text", key)
    return query


class Rows(Frozen):
    """Where rows are: a table or view, or a query."""

    table: Name | None = None
    """A table or a view, with its schema in front where it needs one: `CDN.Towary`."""
    query: Sql | None = None
    """A SELECT."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.table is None) == (self.query is None):
            refuse("give a table (or view) or a query, one of them")
        if self.query:
            without_values(self.query, "query")
        return self


class ChildOptions(Rows):
    """Rows that belong to a record, such as an order's lines."""

    parent: Annotated[tuple[Name, ...], BeforeValidator(_listed)] = ()
    """The columns that hold the record's key; empty: they are called the same here."""
    order: Annotated[tuple[Name, ...], BeforeValidator(_listed)]
    """The columns by which they are ordered, so that they always come alike."""


class Step(Frozen):
    """One statement of a write."""

    sql: Sql
    each: Expression | None = None
    """What this finds in the record, a list, is gone through: the statement is carried out for each, e.g. `lines`."""


Steps = Annotated[tuple[Step, ...], BeforeValidator(_as_steps)]


class StreamOptions(Rows):
    """A table [systems.NAME.streams.STREAM]."""

    entity: str | None = None
    """None: as the stream is called."""
    key: Annotated[tuple[Name, ...], BeforeValidator(_listed), Field(min_length=1)]
    """The columns that tell one row from another, and never change."""
    changed: Name | None = None
    """The column that moves on with each change: a time, or a number that grows. None: all is read each time."""
    overlap: Annotated[Duration, within(timedelta(0), timedelta(days=7))] = timedelta(minutes=2)
    """So long after the time in `changed` a row may become visible."""
    overlap_numbers: Annotated[int, within(0, 1_000_000_000)] = 1000
    """The same, where `changed` is a number."""
    until: Sql | None = None
    """A query for the mark from which on changes may still be under way, where the database knows it."""
    deleted: Name | None = None
    """A column that says that the record is gone: true, a number but 0, `T`, `Y`, or the time when it went."""
    reference: Name | None = None
    """The column in which the hub's own reference stands: how what it has made is found again."""
    children: Mapping[str, ChildOptions] = Field(default_factory=dict[str, ChildOptions])
    """Name -> rows that come with each record, as a list under that name."""
    fields: Annotated[Mapping[str, Expression], Field(min_length=1)]
    """Our field -> a column, or a JMESPath expression over the row."""
    find: tuple[Name, ...] = ()
    """Our fields by which a record is looked for that no reference marks, tried in turn; none: the natural key's."""
    writes: tuple[Name, ...] = ()
    """Our fields that go there."""
    values: Mapping[str, Expression] = Field(default_factory=dict[str, Expression])
    """Parameter -> what it holds, an expression over the record; the others hold the field they are named for."""
    create: Steps = ()
    returning: Sql | None = None
    """A query for the new row's key, asked right after the first statement of `create`, where that does not return it; it
    may name the same values."""
    update: Steps = ()
    remove: Steps = ()

    @field_validator("until")
    @classmethod
    def _takes_no_values(cls, value: str | None) -> str | None:
        return value if value is None else without_values(value)

    @field_validator("entity")
    @classmethod
    def _is_known(cls, value: str | None) -> str | None:
        if value is not None and value not in ENTITIES:
            refuse(f"there are no {show(value)}{guess_or_list(value, tuple(ENTITIES))}")
        return value

    def columns(self) -> Iterator[tuple[str, str]]:
        """Yield all columns that are named, each with the key that names it."""
        for what, names in (("key", self.key), ("changed", (self.changed,)), ("deleted", (self.deleted,))):
            yield from ((what, name) for name in names if name)
        if self.reference:
            yield "reference", self.reference
        for ours, path in self.fields.items():
            yield from ((f"fields.{ours}", name) for name in sorted(columns_in(path) - self.children.keys()))

    def columns_of(self, child: str) -> Iterator[tuple[str, str]]:
        """Yield all columns that are named of a child's rows, each with the key that names it."""
        for ours, path in self.fields.items():
            yield from ((f"fields.{ours}", name) for name in sorted(columns_of(path, child)))

    def signs(self, entity: EntityModel) -> Iterator[tuple[str, str]]:
        """Yield what a record is known by besides the reference: our field, and its column."""
        for ours in self.find or entity.key_fields:
            column = column_of(self.fields.get(ours, "''"))
            if column:
                yield ours, column

    def untold(self) -> list[str]:
        """What an order comes to beside its lines, where statements write the prices of these, and not that."""
        lines = [each for each in self.create if each.each and {"unit_price"} <= parameters(each.sql)]
        paths = (*self.values.values(), *(each.each for each in self.create if each.each))
        named = frozenset[str]().union(*map(columns_in, paths), *(parameters(each.sql) for each in self.create))
        return [each for each in ("shipping", "discounts") if lines and each not in named]

    def judge(self, entity: EntityModel) -> Iterator[tuple[str, str]]:
        """Yield what does not agree with the canonical model: the key to mend, and why."""
        known = tuple(sorted(entity.fields))
        for name in (*self.fields, *self.writes, *self.find):
            if name not in entity.fields:
                key = "fields" if name in self.fields else "writes" if name in self.writes else "find"
                yield key, f"{entity.name} have no field {show(name)}{guess_or_list(name, known)}"
        lacking = [name for name in entity.key_fields if name not in self.fields and name != "location"]
        if lacking:
            yield "fields", f"{entity.name} are told apart by {', '.join(lacking)}, which no column is given for"
        for name in self.find:
            if not column_of(self.fields.get(name, "''")):  # else nothing would be looked for by it
                yield "find", f"{name} is looked for in a column; let the query give it, and fields name it alone"
        if self.until and not self.changed:
            yield "until", "it is about the column changed, which is not given"
        yield from self._judge_writes(entity)

    def _judge_writes(self, entity: EntityModel) -> Iterator[tuple[str, str]]:
        if bool(self.writes) != bool(self.create or self.update):
            yield "writes", "what is written needs both: the fields that go there, and a create or update statement"
        if self.create and entity.name not in PUT and not self.reference and not any(self.signs(entity)):
            yield "reference", "name the column in which the hub's reference is kept, or nothing prevents a second one"
        if self.create and self.create[0].each:
            yield "create", "its first statement makes the record itself, and is not gone through for each of a list"
        returning = (Step(sql=self.returning),) if self.returning else ()
        written = {"create": self.create, "returning": returning, "update": self.update, "remove": self.remove}
        for key, steps in written.items():
            for step in steps:
                given = self._given(entity, step)
                for name in sorted(parameters(step.sql) - given):
                    yield (
                        key,
                        f"there is no value :{name}{guess_or_list(name, sorted(given))}; in a text it is \\\\:{name}",
                    )

    def _given(self, entity: EntityModel, step: Step) -> frozenset[str]:
        more = item_fields(entity.model, step.each) if step.each else frozenset[str]()
        return entity.fields | more | {*ALWAYS, *self.key, *self.values}


class SqlOptions(ExchangeOptions):
    """The keys of [systems.NAME] with `connector = "sql"`."""

    url: SqlAddress
    """As SQLAlchemy writes it: `mssql+pymssql://hub@erp.example/CDN_FIRMA`."""
    password: Secret | None = None
    """Of the user in the address, where the address itself is no reference to a secret."""
    timezone: Timezone = "UTC"
    """What times without an offset mean."""
    isolation: Literal["READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SNAPSHOT", "SERIALIZABLE"] | None = (
        None
    )
    """Of the transactions that read; none: what suits the database best."""
    described: Annotated[Mapping[str, StreamOptions], Field(alias="streams", min_length=1, max_length=MOST_STREAMS)]

    def streams(self) -> Mapping[str, ScheduleSettings | None]:
        """Return what is described."""
        return dict.fromkeys(self.described)

    def entity_of(self, stream: str) -> str:
        """Return the canonical entity of a stream."""
        return self.described[stream].entity or stream

    @field_validator("described")
    @classmethod
    def _agree_with_the_model(cls, value: Mapping[str, StreamOptions]) -> Mapping[str, StreamOptions]:
        for name, stream in value.items():
            if not _STREAM.fullmatch(name):
                refuse(f"{show(name)}: a stream's name has small letters, digits and hyphens", name)
            entity = stream.entity or name
            if entity not in ENTITIES:
                refuse(
                    f"there are no {show(entity)}; say what it is: entity = ...{guess_or_list(entity, (*ENTITIES,))}",
                    name,
                )
            for key, why in stream.judge(ENTITIES[entity]):
                refuse(f"{key}: {why}", name)
        twice = [each.entity or name for name, each in value.items()]
        if len({*twice}) < len(twice):
            refuse("two streams are of the same entity; join them in one query")
        return value

    @field_validator("requests_per_second")
    @classmethod
    def _asks_as_it_needs(cls, value: float | None) -> float | None:
        if value is not None:
            refuse("a database is not asked by requests; leave it out")
        return value
