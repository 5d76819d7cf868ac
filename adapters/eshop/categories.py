"""A shop's tree of categories, known by their paths: `Lamps > Desk`."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

BELOW = " > "


class Categories:
    """Paths and identities of categories. One that is missing is made when it is asked for, those above it first."""

    def __init__(
        self, rows: Iterable[Mapping[str, Any]], above: str, make: Callable[[str, str, str | None], str]
    ) -> None:
        """`rows`: with `id` and `name`; of two with one path the last counts. `above`: the field with a parent's id.

        `make(name, path, parent)` makes one and returns its id.
        """
        self._above, self._make = above, make
        self._rows = {row["id"]: row for row in rows}
        self.paths = {id_: self._path(row) for id_, row in self._rows.items()}
        """Identity -> path."""
        self._ids = {path: id_ for id_, path in self.paths.items()}

    def _path(self, row: Mapping[str, Any]) -> str:
        parent = self._rows.get(row[self._above])
        return f"{self._path(parent)}{BELOW}{row['name']}" if parent else row["name"]

    def known(self, ids: Iterable[str]) -> list[str]:
        """Return the paths of those that there are, in the order of the alphabet."""
        return sorted(self.paths[id_] for id_ in ids if id_ in self.paths)

    def id_of(self, path: str) -> str:
        """Return the identity of a category."""
        if path not in self._ids:
            above, _, name = path.rpartition(BELOW)
            self._ids[path] = self._make(name, path, self.id_of(above) if above else None)
            self.paths[self._ids[path]] = path
        return self._ids[path]


def ids_of(
    paths: Iterable[str | None],
    rows: Callable[[], Iterable[Mapping[str, Any]]],
    make: Callable[[str, str | None], str],
) -> dict[str, str]:
    """Return the identities of categories by their paths; what is not there is made, and nothing is asked without need.

    `rows` asks for all there are, each with its `parent`, a record or none; `make(name, parent)` makes one.
    """
    wanted = sorted({path for path in paths if path})
    there = ({**each, "above": each["parent"] and each["parent"]["id"]} for each in (rows() if wanted else ()))
    tree = Categories(there, "above", lambda name, _, above: make(name, above))
    return {path: tree.id_of(path) for path in wanted}
