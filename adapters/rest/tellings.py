"""What a system is told: the table `write` of a stream, and what is in it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any, Literal, Self, cast

from pydantic import ConfigDict, Discriminator, Field, Tag, model_validator

from adapters.rest.expressions import Address, Expression, Template, braced, names_in
from adapters.rest.lists import More, Parameters, Scalar, number_of
from adapters.rest.pages import Parameter
from hub.config import refuse, within
from hub.config.settings import Frozen

Body = Mapping[str, Template]
_REPEATABLE = frozenset(["PUT", "PATCH", "DELETE"])
NOW = "now"


class Action(Frozen):
    """A request that changes something. Expressions are over our record; `answer` is what came for it."""

    method: Literal["POST", "PUT", "PATCH", "DELETE", "GET"] = "POST"
    path: Address = ""
    params: Parameters = Field(default_factory=dict[str, Scalar | tuple[Scalar, ...]])
    headers: Mapping[str, Address] = Field(default_factory=dict[str, Address])
    """Such as an idempotency key: `{hub_reference}`."""
    body: Body = Field(default_factory=dict[str, Template])
    """Their path, its steps parted by dots -> what is set there, beside the stream's own `body`."""
    query: str | None = None
    """A GraphQL mutation; the body is its variables."""
    id: Expression | None = None
    """The system's identity of what was made or set, e.g. `answer.id`."""
    document: Expression | None = None
    """The record as it is now, as the list shows it, e.g. `answer`; none: it is fetched."""
    error: Expression | None = None
    """What is wrong, where the system says so in an answer that says yes; e.g. `answer.error.message`."""
    more: Mapping[str, More] = Field(default_factory=dict[str, More])
    """Name -> what the system is asked for right before, over our record, in their order: each sees those before it."""
    refuse: Expression | None = None
    """Why the system cannot be told this, in a sentence; nothing is sent then."""
    where: Expression | None = None
    """It is carried out only if this holds."""
    each: Expression | None = None
    """A list: it is carried out for each of its members, which is `item` then."""
    repeatable: bool | None = None
    """Whether twice is as good as once; none: for PUT, PATCH and DELETE it is."""
    bulk: Annotated[int, within(1, 10_000)] | None = None
    """How many records one request may carry; none: one."""
    list: Parameter | None = None
    """Of many: where in the body they stand; none: they are the body."""
    outcomes: Expression | None = None
    """Of many, over the answer: what became of each, in their order; `answer` is one of these then. None: the system
    takes all or none, and says nothing of each."""

    tells: tuple[str, ...] = ()
    """Our fields that it tells; none: all that its body is made of. For a body that repeats what has not changed."""

    @property
    def fields(self) -> frozenset[str]:
        """Names that its body is made of, as far as they matter."""
        return frozenset(self.tells or spoken(self.body))

    @property
    def looks(self) -> bool:
        """Whether it is made of `now`, the record as the system shows it right before."""
        asked = [each for more in self.more.values() for each in (more.value, more.where, *braced(more.path))]
        made = [self.refuse, self.where, self.each, *asked, *braced(self.path)]
        return NOW in {*spoken(self.body), *(name for each in made if each for name in names_in(each))}

    @property
    def may_repeat(self) -> bool:
        """Whether a request may be sent again when no answer came."""
        return self.method in _REPEATABLE if self.repeatable is None else self.repeatable


class Sign(Frozen):
    """Something by which a record may be found that is in the system already."""

    value: Expression
    """Over our record: what is looked for, e.g. `hub_reference` or `sku`."""
    field: Expression
    """Over a document: where it stands there. Only what has exactly this value counts as found."""
    path: Address | None = None
    """None: the stream's list."""
    param: Parameter | None = None
    """Where the value is said; none: the whole list is looked through."""
    many: Annotated[int, within(1, 1000)] = 1
    """How many values may be asked for at once; the parameter is repeated then."""


Actions = Annotated[
    Annotated[Action, Tag("one")] | Annotated[tuple[Action, ...], Tag("several")], Discriminator(number_of)
]
"""What changes a record: a request, or a list of them."""


class Writing(Frozen):
    """How records of a stream are made, changed and taken away."""

    model_config = ConfigDict(ignored_types=(cached_property,))

    body: Body = Field(default_factory=dict[str, Template])
    """Their path -> what is set there, as far as it is made of fields that are given: of a new record those that are
    known, of a change those that have changed. Of what is put, all of it."""
    create: Action | None = None
    update: Actions = ()
    """One, or several: of these each is carried out if its own `body` is made of fields that have changed; the shared one goes with the
    first."""
    remove: Actions = ()
    put: Actions = ()
    """Of what belongs to another record, such as a price: it is neither made nor changed, but set."""
    find: tuple[Sign, ...] = ()
    """Tried in turn; a record is looked for before it is made."""

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.create and not self.find:
            refuse("is missing: without a way to find what was made, a lost answer would double it", "find")
        if self.create and not self.create.id:
            refuse('needs id: where the answer has the new identity, e.g. id = "answer.id"', "create")
        if self.put and (self.create or self.update):
            refuse("stands for both create and update, and goes with neither", "put")
        for name in ("create", "update", "remove", "put"):
            for fault in _faults(name, self.actions(name)):
                refuse(fault, name)
        return self

    @property
    def updates(self) -> tuple[Action, ...]:
        """The requests by which a record is changed."""
        return self.actions("update")

    def actions(self, name: str) -> tuple[Action, ...]:
        """Return the requests by which something is done: `create`, `update`, `remove` or `put`."""
        found: Action | tuple[Action, ...] | None = getattr(self, name)
        return found if isinstance(found, tuple) else (found,) if found else ()

    def fields(self, known: frozenset[str]) -> frozenset[str]:
        """Return those of our fields that can be written: all that the bodies of changes are made of."""
        changing = self.actions("put") or self.updates
        shared = spoken(self.body) if changing else ()
        return frozenset(shared).union(*(each.fields for each in changing)) & known


def _faults(name: str, actions: Sequence[Action]) -> Iterator[str]:
    """Yield what does not go together in the requests by which something is done."""
    if name == "put" and any(not each.id for each in actions):
        yield "needs id: what the record is known by there"
    if any(each.list and not each.bulk for each in actions):
        yield "needs bulk, how many records the list may have"
    if len(actions) > 1 and any(each.bulk for each in actions):
        yield "of several, none can carry many records at once (bulk)"
    if any(each.bulk and (each.more or each.refuse or each.where or each.each or each.looks) for each in actions):
        yield "looks at one record (now, more, refuse, where, each): it cannot carry many at once (bulk)"
    if name in ("create", "put") and any(each.looks for each in actions):
        yield f"what is there (now) is shown of records that are changed or removed; to {name}, ask for it by more"


def spoken(template: Any) -> Iterator[str]:
    """Yield the names that a template's expressions speak of."""
    if isinstance(template, Mapping):
        for each in cast("Mapping[str, Any]", template).values():
            yield from spoken(each)
    else:
        yield from names_in(template)
