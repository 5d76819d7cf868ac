"""Lists: $filter, $orderby, $select, $top, $skip, $count and pages (guide: "Query Options", "Pagination"); and errors."""

import re
from collections.abc import Sequence
from typing import Any

from tests.fakes import odata
from tests.fakes.odata import Row
from tests.fakes.sapb1.schemas import SCHEMAS
from tests.fakes.server import Asked, Reply

DEFAULT_PAGE = 20
"""guide: PageSize in conf/b1s.conf."""


class BadQuery(Exception):
    """The query cannot be understood."""


def error(status: int, code: int, message: str) -> Reply:
    """seen: version 2 has the code as text, and details that are empty."""
    details = [{"code": "", "message": ""}]
    return Reply(status, {"error": {"code": str(code), "details": details, "message": message}})


def listed(asked: Asked, name: str, entity: str, rows: Sequence[Row]) -> Reply:
    """Answer with a page of an entity set; `@odata.nextLink` is relative, and leads on by $skip (seen)."""
    query, schema = asked.query, SCHEMAS[entity]
    if unknown := {option for option in query if option not in OPTIONS}:
        return error(400, 201, f"Invalid query option '{min(unknown)}'")
    try:
        holds = _Filter(query.get("$filter", ""), schema, blind="b1s-caseinsensitive" in asked.headers).holds
        ordered = _ordered(list(filter(holds, rows)), query.get("$orderby", ""), schema)
        fields = _fields(query.get("$select", ""), schema)
    except BadQuery as fault:
        return error(400, 201, str(fault))
    skip, top = int(query.get("$skip", 0)), int(query.get("$top", len(ordered) + 1))
    size = odata.wanted_size(asked, DEFAULT_PAGE)
    page = ordered[skip : skip + min(top, size)]
    body: dict[str, Any] = {"@odata.context": f"{asked.path}/$metadata#{name}"}
    body |= {"@odata.count": len(ordered)} if query.get("$count") == "true" else {}
    # seen: the last page, if it is full, leads on to one that is empty; a page that $top has made short does not.
    body |= {"value": [_shown(row, fields, schema) for row in page]}
    if len(page) == size and top > size:
        left = {**query, "$skip": str(skip + size)} | ({"$top": str(top - size)} if "$top" in query else {})
        body["@odata.nextLink"] = f"{name}?{odata.query_of(left)}"
    return Reply(200, body)


OPTIONS = ("$filter", "$orderby", "$select", "$top", "$skip", "$count")


def _fields(select: str, schema: Row) -> Sequence[str]:
    names = [name.strip() for name in select.split(",")] if select else list(schema)
    for name in names:
        _known(name, schema)
    return names


def _shown(row: Row, fields: Sequence[str], schema: Row) -> dict[str, Any]:
    """seen: with $select the etag is one that is never right."""
    told = {name: _whole(row.get(name), schema[name]) for name in fields}
    return {"@odata.etag": 'W/"356A192B7913B04C54574D18C28D46E6395428AB"'} | told


def _whole(value: Any, kind: str) -> Any:
    """What belongs to an entity always has all of its properties."""
    sort, _, schema = kind.partition(":")
    if sort != "list":
        return value
    return [{name: each.get(name) for name in SCHEMAS[schema]} for each in value or ()]


def _known(name: str, schema: Row) -> str:
    if name not in schema:
        raise BadQuery(f"Property '{name}' is invalid")
    return name


def _ordered(rows: list[Row], order: str, schema: Row) -> list[Row]:
    """Without $orderby the order is the database's own: here, backwards."""
    return odata.ordered(rows, order, lambda name: _known(name, schema)) if order.strip() else rows[::-1]


class _Filter(odata.Filter):
    """guide: "Filter": and, or, parentheses; eq ne gt ge lt le; startswith, endswith, contains; '' is a quote."""

    token = re.compile(r"\s*('(?:[^']|'')*'|-?\d+(?:\.\d+)?(?![\w-])|[\w.-]+|[(),])")

    def __init__(self, text: str, schema: Row, *, blind: bool) -> None:
        self.schema, self.blind = schema, blind
        super().__init__(text)

    def unclear(self) -> Exception:
        return BadQuery("Query string error - Invalid filter condition")

    def known(self, name: str) -> str:
        return _known(name, self.schema)

    def value(self, name: str, token: str) -> Any:
        if token == "null":
            return None
        kind = self.schema[name]
        if kind == "number":
            if token.startswith("'"):
                raise BadQuery(f"Invalid value for property '{name}'")
            return float(token)
        return self._comparable(kind, odata.text_of(token))

    def there(self, name: str, row: Row) -> Any:
        value = row.get(name)
        return self._comparable(self.schema[name], value) if isinstance(value, str) else value

    def compares(self, there: Any, word: str, wanted: Any) -> bool:
        """Nothing is nothing, and not something; it is neither more nor less."""
        if (there is None or wanted is None) and word not in ("eq", "ne"):
            return False
        return super().compares(there, word, wanted)

    def _comparable(self, kind: str, text: str) -> str:
        """guide: of a date, hours count for nothing; of a time, only hours and minutes. HANA tells capitals apart."""
        if kind in ("date", "time"):
            return text[:10] if kind == "date" else text[:5]
        return text.casefold() if self.blind else text
