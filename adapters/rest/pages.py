"""How a system's lists come in pages: the table `pages` of a list."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from adapters.rest.expressions import Expression, check_expression
from hub.config import within
from hub.config.settings import Frozen

Size = Annotated[int, within(1, 10_000)]
Parameter = Annotated[str, Field(min_length=1)]
"""Of the address; of a request with a body, the path in it, its steps parted by dots."""


HEADER = "header:"


def _check_total(value: str) -> str:
    return value if value.startswith(HEADER) else check_expression(value)


Total = Annotated[str, AfterValidator(_check_total)]
"""How many records there are in all: an expression over the answer, or `header:NAME`."""


class Sized(Frozen):
    """What all pages have in common."""

    size: Size = 100
    """Records that are asked for at once."""
    size_param: Parameter | None = None
    """Where that is said; none: it is not."""


class Whole(Frozen):
    """The list comes whole."""

    by: Literal["none"] = "none"


class Offsets(Sized):
    """So many records are passed over."""

    by: Literal["offset"]
    param: Parameter = "offset"
    size_param: Parameter | None = "limit"
    total: Total | None = None


class Numbers(Sized):
    """Pages have numbers."""

    by: Literal["page"]
    param: Parameter = "page"
    first: Annotated[int, within(0, 1)] = 1
    size_param: Parameter | None = "per_page"
    total: Total | None = None


class Cursors(Sized):
    """Each answer holds a cursor that leads to the next page."""

    by: Literal["cursor"]
    param: Parameter = "cursor"
    next: Expression
    """Over the answer: the cursor."""
    more: Expression | None = None
    """Over the answer: whether there is a next page; none: whether there is a cursor."""


class Link(Sized):
    """Each answer has a `Link` header with the next page's address (RFC 8288)."""

    by: Literal["link"]


class NextAddress(Sized):
    """Each answer holds the next page's address."""

    by: Literal["next"]
    next: Expression = "next"
    """Over the answer."""


Pages = Annotated[Whole | Offsets | Numbers | Cursors | Link | NextAddress, Field(discriminator="by")]
