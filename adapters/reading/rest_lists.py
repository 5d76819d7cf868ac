"""Lists over REST that are asked for by parameters: which fields, in which order, from where on, which of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from adapters.rows import Row
from adapters.writing.bulk import portions


class Rest(Protocol):
    """A system whose lists are such."""

    def rows(self, path: str, /, **params: Any) -> tuple[Sequence[Row], int | None]:
        """Return a part of a list, and how many there are in all, if the system says so."""
        ...


System = TypeVar("System", bound=Rest)


def _nothing(_: object) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class RestListing(Generic[System]):
    """A list; `adapters.reading.walks` walks through it."""

    path: str
    fields: str
    """The parameter `fields`."""
    ident: str = "id[]"
    """The parameter that chooses rows by the ids of documents."""
    chosen: Callable[[System], Mapping[str, Any]] = _nothing
    """Parameters that make the list a part of a longer one."""
    size: int = 200
    since: str = "{mark}[$gte]"
    """The parameter for the earliest change mark."""
    most: int = 50
    """Identities in one address."""

    def page(
        self, system: System, offset: int, size: int, mark: str | None = None, since: str | None = None
    ) -> tuple[Sequence[Row], int | None]:
        """Return rows, and how many there are in all."""
        later = {self.since.format(mark=mark): since} if since else {}
        order = {"fields": self.fields, "order": mark or "id", "offset": offset, "limit": size}
        return system.rows(self.path, **order, **self.chosen(system), **later)

    def some(self, system: System, ids: Sequence[str]) -> list[Row]:
        """Return the rows that have one of these ids, or of the other values that `ident` chooses by."""
        found: dict[str, Row] = {}
        for part in portions(ids, self.most):
            rows, _ = system.rows(self.path, fields=self.fields, limit=2 * self.most, **{self.ident: part})
            found |= {row["id"]: row for row in rows}
        return list(found.values())
