"""Lists of a system by which `lookup` finds something, each asked for when it is first looked into."""

from collections.abc import Callable, Mapping
from typing import Any

from adapters.http import exact
from adapters.rest.expressions import said
from adapters.rest.functions import RestFunctions
from adapters.rest.lists import Table
from adapters.rest.session import Row, Session
from adapters.rest.ways import everything

BETWEEN = " > "
"""Between the steps of a path."""


def looked_up(session: Session, more: Mapping[str, Row] | None = None) -> RestFunctions:
    """Return functions whose tables are asked for once; `more`: tables that are known already."""
    known: dict[str, Row] = dict(more or {})

    def table(name: str) -> Row:
        if name not in known:
            known[name] = entries(session, session.options.tables[name])
        return known[name]

    return session.functions(table)


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
