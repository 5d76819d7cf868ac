"""The table [systems.NAME] of a system that is described by it."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from adapters.asking.auth.settings import AuthSettings, NoAuth
from adapters.rest.expressions import Address, Expression, Template
from adapters.rest.lists import Listed, Table
from adapters.rest.lookups import unknown
from adapters.rest.tellings import Writing, spoken
from adapters.writing.prices import written
from hub.canonical import ENTITIES, EntityModel
from hub.config import Reference, ScheduleSettings, refuse
from hub.config.exchange import ExchangeOptions
from hub.config.faults import guess_or_list, show
from hub.config.secrets import is_reference, read_reference

_SECRET_HEADER = re.compile(r"(authorization|key|password|secret|token)$", re.IGNORECASE)


def _read_header(value: str) -> str:
    return read_reference(value) if is_reference(value) else value


Header = Annotated[str, AfterValidator(_read_header)]
"""A header's value, or a Reference to one that is secret."""


class StreamSettings(Listed):
    """The table [systems.NAME.streams.STREAM]."""

    entity: str = ""
    """Empty: as the stream is called."""
    id: Expression = "id"
    """Over a document: the system's identity of it; of several parts, joined by a bar, the first is fetched by."""
    reference: Expression | None = None
    """Over a document: where it carries the hub's own reference."""
    fields: Mapping[str, Template] = Field(default_factory=dict[str, Template])
    """Our field -> what it is made of, over a document."""
    optional: tuple[str, ...] = ()
    """Fields that are left as they are where the document says nothing of them, instead of emptied."""
    write: Writing | None = None

    @model_validator(mode="after")
    def _row_as_id(self) -> Self:
        """What a record is known by tells it from others in the list, too, where the list shows it as it is."""
        if self.model_fields_set & {"row", "each", "details"}:
            return self
        return self.model_copy(update={"row": self.id})


class RestOptions(ExchangeOptions):
    """A system with its streams."""

    auth: AuthSettings = NoAuth()
    headers: Mapping[str, Header] = Field(default_factory=dict[str, str])
    """Sent with each request; what is secret, such as a second key, as env:NAME or file:PATH."""
    error: Expression | None = None
    """Over each answer: what is wrong, where the system says so in an answer that says yes."""
    check: Address | None = None
    """A path that `hub check` asks for; none: the first list."""
    words: Mapping[str, Mapping[str, str | bool]] = Field(default_factory=dict[str, Mapping[str, str | bool]])
    """Name -> their word -> ours, for `lookup`."""
    tables: Mapping[str, Table] = Field(default_factory=dict[str, Table])
    """Name -> a list of the system's, for `lookup`."""
    described: Mapping[str, StreamSettings] = Field(alias="streams", min_length=1)
    """Stream -> how it is read and written."""

    @field_validator("headers", mode="after")
    @classmethod
    def _secret(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        for name, each in value.items():
            if _SECRET_HEADER.search(name) and not isinstance(each, Reference):
                refuse("a secret must not stand in this file; write env:NAME or file:PATH here", name)
        return value

    def streams(self) -> Mapping[str, ScheduleSettings | None]:
        """Return what can be synchronised."""
        return dict.fromkeys(self.described)

    @field_validator("described", mode="after")
    @classmethod
    def _named(cls, value: Mapping[str, StreamSettings]) -> Mapping[str, StreamSettings]:
        named = {
            name: each if each.entity else each.model_copy(update={"entity": name}) for name, each in value.items()
        }
        for name, each in named.items():
            for place, message in _faults(name, each, named):
                refuse(message, (name, *place))
        return named

    @model_validator(mode="after")
    def _unambiguous(self) -> Self:
        for name in self.words.keys() & self.tables.keys():
            refuse("is among the words as well", ("tables", name))
        for name, told in self.described.items():
            for place, message in unknown(told, {"payment", "shipping", *self.words}, self.tables.keys()):
                refuse(message, ("streams", name, *place))
        return self


def _faults(
    name: str, told: StreamSettings, all_: Mapping[str, StreamSettings]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield what is wrong with a stream that only others or its entity show: place in its table, sentence."""
    entity = ENTITIES.get(told.entity)
    if entity is None:
        known = tuple(ENTITIES)
        where = ("entity",) if told.entity != name else ()
        yield (
            where,
            f"nothing is called {show(told.entity)}{guess_or_list(told.entity, known)} What the records are, entity says",
        )
        return
    for field in [*told.fields, *told.optional]:
        if field not in entity.fields:
            where = ("fields", field) if field in told.fields else ("optional",)
            yield where, f"{entity.name} have no field {show(field)}{guess_or_list(field, sorted(entity.fields))}"
    missing = [each for each in entity.key_fields if each not in told.fields and each != "location"]
    if missing:
        yield ("fields",), f"{', '.join(missing)} is missing: {entity.name} are told apart by it"
    yield from _write_faults(told.write or Writing(), entity)
    buyers, of = told.buyers, told.of
    if buyers and (buyers.stream not in all_ or (all_[buyers.stream].entity != "parties")):
        yield ("buyers",), f"there is no stream {show(buyers.stream)} of parties, which says what a buyer's fields are"
    if of and not (of in all_ and all_[of].buyers):
        yield ("of",), f"there is no stream {show(of)} with buyers"


def _write_faults(writing: Writing, entity: EntityModel) -> Iterator[tuple[tuple[str, ...], str]]:
    known = sorted(entity.fields)
    for path, template in writing.body.items():
        names = sorted({*spoken(template)})
        if not entity.fields & {*names}:
            why = f"is made of no field of {entity.name}{guess_or_list(names[0], known) if names else '.'}"
            yield ("write", "body", path), f"{why} What always goes along stands in the body of create or update"
    for number, action in enumerate(writing.updates):
        for field in {*action.tells} - entity.fields:
            why = f"{entity.name} have no field {show(field)}{guess_or_list(field, known)}"
            yield ("write", "update", str(number), "tells"), why


def written_fields(told: StreamSettings) -> frozenset[str]:
    """Return those of our fields that a stream writes: its key is never changed."""
    entity = ENTITIES[told.entity]
    fields = told.write.fields(entity.fields - {*entity.key_fields}) if told.write else frozenset[str]()
    return written(told.entity, fields, told.fields)
