"""What is asked for: requests, lists, single records, tables. The tables of the same names in hub.toml."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from adapters.rest.dates import RFC3339, DateForm
from adapters.rest.expressions import Address, Expression
from adapters.rest.pages import Pages, Parameter, Whole
from hub.config import Duration, refuse, within
from hub.config.settings import Frozen

Scalar = str | int | float | bool
Parameters = Mapping[str, Scalar | tuple[Scalar, ...]]


def number_of(value: Any) -> Literal["one", "several"]:
    """Return whether a table stands where several may stand, or a list of them: the tags of a union of both."""
    return "several" if isinstance(value, list | tuple) else "one"


class Request(Frozen):
    """What is asked."""

    path: Address = ""
    """Behind the system's `url`."""
    method: Literal["GET", "POST"] = "GET"
    """POST: all that is said goes into the body."""
    params: Parameters = Field(default_factory=dict[str, Scalar | tuple[Scalar, ...]])
    """Of the address; of a GraphQL query, its variables."""
    body: Mapping[str, Any] = Field(default_factory=dict[str, Any])
    query: str | None = None
    """A GraphQL query; the request is a POST then, and parameters are variables."""

    @property
    def in_body(self) -> bool:
        """Whether what is said goes into the body."""
        return self.method == "POST" or self.query is not None


class List(Request):
    """A list of records."""

    list: Expression = "@"
    """Over the answer: the records."""
    pages: Pages = Whole()


class Changes(Frozen):
    """What has changed since a mark, the highest that was read."""

    param: Parameter
    """Where the mark is said."""
    mark: Expression
    """Over a record of the list: its mark."""
    form: DateForm = RFC3339
    pattern: str | None = None
    """Of marks that have a form of their own, as in Python's strptime: `%d.%m.%Y %H:%M`."""
    value: Address = "{mark}"
    """What is said: the mark, or a text with it."""
    params: Parameters = Field(default_factory=dict[str, Scalar | tuple[Scalar, ...]])
    """What else is said then, such as the order."""
    ordered: bool = True
    """Whether the list can be had in the order of the marks (`params` asks for it), the eldest first."""
    late: Annotated[Duration, within(timedelta(0), timedelta(days=7))] = timedelta(minutes=2)
    """So long after its mark may a change become visible."""
    whole: bool = False
    """Whether the whole list is read along the marks as well: where its pages reach only so far."""


class Fetch(Request):
    """Single records, by their identity. Without a path and a query, the stream's own list is asked."""

    param: Parameter | None = None
    """Where the identity is said; none: it stands in the path, as `{id}`."""
    value: Expression = "id"
    """Over the identity, as `id`: what is said of it; nothing: such records are not asked for in this way."""
    many: Annotated[int, within(1, 1000)] = 1
    """How many may be asked for at once; the parameter is repeated then."""
    list: Expression = "@"
    """Over the answer: the record, or the records. Of the stream's own list, what its own `list` says counts."""


Fetches = Annotated[
    Annotated[Fetch, Tag("one")] | Annotated[tuple[Fetch, ...], Tag("several")], Discriminator(number_of)
]
"""How single records are asked for: in one way, or in several, each for those identities that its `value` knows."""


class More(Request):
    """What a record has elsewhere: asked for with each, its path made of the record."""

    list: Expression = "@"
    """Over the answer."""
    where: Expression | None = None
    """Over the record: it is asked for only if this holds; otherwise there is nothing."""
    value: Expression | None = None
    """Instead of a request: over the record, when it is read. `lookup` knows the system's own tables then."""


class Table(List):
    """A list by which `lookup` finds something: category -> its name, product -> its SKU."""

    key: Expression = "id"
    """Over a record of the list."""
    entry: Expression = "name"
    """Over a record of the list: what is found."""
    parent: Expression | None = None
    """Over a record of the list: the key of the record above it; what is found is the whole path then, with ` > `."""


class Buyers(Frozen):
    """Who placed the orders: parties that come along with them."""

    document: Expression
    """Over an order's document: the party, as the parties' stream understands it."""
    id: Expression = "id"
    """Over the party."""
    stream: str = "parties"


class Marked(List):
    """A list that may be asked for what is new in it."""

    row: Expression = "id"
    """Over a record of the list: what tells it from others while pages are turned."""
    changes: Changes | None = None
    """None: everything is read each time."""


class Gone(Marked):
    """What the system says it has no more."""

    id: Expression = "id"
    """Over a record of the list: the identity of the document that is gone, or a list of several."""


class Listed(Marked):
    """What is read of a stream."""

    each: str | None = None
    """The key of a list within each record, whose members are the records meant (variants of a product): each gets
    `parent`, what it lies in, and `siblings`, how many there are."""
    where: Expression | None = None
    """Over a document: it counts only if this holds."""
    details: bool = False
    """Whether the list shows only the beginning of each record, which is then fetched."""
    more: Mapping[str, More] = Field(default_factory=dict[str, More])
    """Name -> what the record gets under it, in their order: each sees those before it."""
    leave_out: tuple[str, ...] = ()
    """Keys, at any depth, that move by themselves or say nothing of the record."""
    unordered: bool = False
    """Whether lists within records come in another order each time."""
    gone: Gone | None = None
    """None: what is gone, a full scan finds."""
    fetch: Fetches = ()
    """None: at the list's path, behind it the identity."""
    buyers: Buyers | None = None
    of: str | None = None
    """The stream of orders whose buyers these are: the system has no list of them."""

    @property
    def fetches(self) -> tuple[Fetch, ...]:
        """The ways in which single records are asked for."""
        ways = self.fetch if isinstance(self.fetch, tuple) else (self.fetch,)
        return ways or (Fetch(path=f"{self.path.rstrip('/')}/{{id}}"),)

    @model_validator(mode="after")
    def _check_details(self) -> Self:
        if self.details and self.each is not None:
            refuse("cannot be had together with each", "details")
        if self.gone is not None and self.changes is None:
            refuse("without changes everything is read each time, which shows what is gone; leave it out", "gone")
        return self
