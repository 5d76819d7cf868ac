"""Lists of a system by which `lookup` finds something, each asked for when it is first looked into."""

from collections.abc import Callable, Mapping
from typing import Any

from adapters.asking.http import exact
from adapters.rest.expressions import said
from adapters.rest.functions import RestFunctions
from adapters.rest.lists import Table
from adapters.rest.session import Row, Session
from adapters.rest.ways import everything
from hub.canonical import ENTITIES

_NOTHING: Row = {}
BETWEEN = " > "
"""Between the steps of a path."""


class Tables:
    """A system's tables while something is read or written: each is asked for once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, Row] = {}

    def __call__(self, name: str) -> Row:
        """Return a table; raises KeyError for one that is not described."""
        if name not in self._known:
            self._known[name] = entries(self._session, self._session.options.tables[name])
        return self._known[name]

    def functions(self, links: Mapping[str, Row] | None = None) -> RestFunctions:
        """Return functions that look into them; `links`: entity -> our key -> the system's identity."""
        known = {entity: _NOTHING for entity in ENTITIES if entity not in self._session.options.tables}
        known |= links or {}
        return self._session.functions(lambda name: known[name] if name in known else self(name))


def looked_up(session: Session) -> RestFunctions:
    """Return functions that look into tables as they are now."""
    return Tables(session).functions()


def entries(session: Session, told: Table) -> dict[str, Any]:
    """Return key -> what is found for it."""
    functions = session.functions()
    rows = [row for some, _ in everything(told, told.key).walk(session, None) for row in some]
    found = {_text(said(told.key, row, functions)): said(told.entry, row, functions) for row in rows}
    if told.parent is None:
        return found
    above = {_text(said(told.key, row, functions)): said(told.parent, row, functions) for row in rows}
    return {key: _path(key, found, above.get) for key in found}


def _path(key: str, names: Mapping[str, Any], above: Callable[[str], Any]) -> str:
    """Return a name behind those above it; a circle ends where it begins."""
    steps, seen = list[str](), set[str]()
    while key in names and key not in seen:
        seen.add(key)
        steps.insert(0, str(names[key]))
        key = _text(above(key))
    return BETWEEN.join(steps)


def _text(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else exact(value)
