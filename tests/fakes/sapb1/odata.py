"""Lists: $filter, $orderby, $select, $top, $skip, $count and pages (guide: "Query Options", "Pagination"); and errors."""

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cmp_to_key
from typing import Any
from urllib.parse import quote

from tests.fakes.sapb1.schemas import SCHEMAS
from tests.fakes.server import Asked, Reply

Row = Mapping[str, Any]
DEFAULT_PAGE = 20
"""guide: PageSize in conf/b1s.conf."""
TOKEN = re.compile(r"\s*('(?:[^']|'')*'|-?\d+(?:\.\d+)?(?![\w-])|[\w.-]+|[(),])")
WORDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


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
        chosen = _Filter(query.get("$filter", ""), schema, blind="b1s-caseinsensitive" in asked.headers).choose(rows)
        ordered = _ordered(chosen, query.get("$orderby", ""), schema)
        fields = _fields(query.get("$select", ""), schema)
    except BadQuery as fault:
        return error(400, 201, str(fault))
    skip, top = int(query.get("$skip", 0)), int(query.get("$top", len(ordered) + 1))
    size = _page_size(asked)
    page = ordered[skip : skip + min(top, size)]
    body: dict[str, Any] = {"@odata.context": f"{asked.path}/$metadata#{name}"}
    body |= {"@odata.count": len(ordered)} if query.get("$count") == "true" else {}
    # seen: the last page, if it is full, leads on to one that is empty; a page that $top has made short does not.
    body |= {"value": [_shown(row, fields, schema) for row in page]}
    if len(page) == size and top > size:
        left = {**query, "$skip": str(skip + size)} | ({"$top": str(top - size)} if "$top" in query else {})
        body["@odata.nextLink"] = f"{name}?" + "&".join(f"{key}={quote(value)}" for key, value in left.items())
    return Reply(200, body)


OPTIONS = ("$filter", "$orderby", "$select", "$top", "$skip", "$count")


def _page_size(asked: Asked) -> int:
    found = re.search(r"odata\.maxpagesize=(\d+)", asked.headers.get("prefer", ""))
    return int(found[1]) if found else DEFAULT_PAGE


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
    keys = [each.split() for each in order.split(",") if each.strip()]
    if not keys:
        return rows[::-1]

    def compare(one: Row, other: Row) -> int:
        for name, *way in keys:
            left, right = one.get(_known(name, schema)), other.get(name)
            if left != right:
                # Nothing comes first going up, and last going down, as in SQL Server.
                less = left is None or (right is not None and left < right)
                return (-1 if less else 1) * (-1 if way == ["desc"] else 1)
        return 0

    return sorted(rows, key=cmp_to_key(compare))


class _Filter:
    """guide: "Filter": and, or, parentheses; eq ne gt ge lt le; startswith, endswith, contains; '' is a quote."""

    def __init__(self, text: str, schema: Row, *, blind: bool) -> None:
        self.schema, self.blind = schema, blind
        self.tokens = self._split(text)
        self.holds: Callable[[Row], bool] = self._either() if self.tokens else lambda _: True
        if self.tokens:
            raise BadQuery("Query string error - Invalid filter condition")

    def choose(self, rows: Sequence[Row]) -> list[Row]:
        return [row for row in rows if self.holds(row)]

    def _split(self, text: str) -> list[str]:
        tokens, at = list[str](), 0
        while text[at:].strip():
            found = TOKEN.match(text, at)
            if not found:
                raise BadQuery("Query string error - Invalid filter condition")
            tokens.append(found[1])
            at = found.end()
        return tokens

    def _next(self, *wanted: str) -> str:
        if not self.tokens or (wanted and self.tokens[0] not in wanted):
            raise BadQuery("Query string error - Invalid filter condition")
        return self.tokens.pop(0)

    def _either(self) -> Callable[[Row], bool]:
        return self._joined("or", lambda: self._joined("and", self._one, all), any)

    def _joined(
        self, word: str, part: Callable[[], Callable[[Row], bool]], how: Callable[[Iterable[bool]], bool]
    ) -> Callable[[Row], bool]:
        parts = [part()]
        while self.tokens[:1] == [word]:
            self._next()
            parts.append(part())
        return lambda row: how(each(row) for each in parts)

    def _one(self) -> Callable[[Row], bool]:
        if self.tokens[:1] == ["("]:
            self._next()
            inner = self._either()
            self._next(")")
            return inner
        if self.tokens[0] in ("startswith", "endswith", "contains"):
            return self._function(self._next())
        name = _known(self._next(), self.schema)
        word = self._next(*WORDS)
        wanted = self._value(name, self._next())
        return lambda row: _compares(self._there(name, row), word, wanted)

    def _function(self, function: str) -> Callable[[Row], bool]:
        self._next("(")
        name = _known(self._next(), self.schema)
        self._next(",")
        wanted = self._value(name, self._next())
        self._next(")")
        tests: Mapping[str, Callable[[str], bool]] = {
            "startswith": lambda there: there.startswith(str(wanted)),
            "endswith": lambda there: there.endswith(str(wanted)),
            "contains": lambda there: str(wanted) in there,
        }
        return lambda row: tests[function](str(self._there(name, row) or ""))

    def _value(self, name: str, token: str) -> Any:
        if token == "null":
            return None
        text = token[1:-1].replace("''", "'") if token.startswith("'") else token
        kind = self.schema[name]
        if kind == "number":
            if token.startswith("'"):
                raise BadQuery(f"Invalid value for property '{name}'")
            return float(text)
        return self._comparable(kind, text)

    def _there(self, name: str, row: Row) -> Any:
        value = row.get(name)
        return self._comparable(self.schema[name], value) if isinstance(value, str) else value

    def _comparable(self, kind: str, text: str) -> str:
        """guide: of a date, hours count for nothing; of a time, only hours and minutes. HANA tells capitals apart."""
        if kind in ("date", "time"):
            return text[:10] if kind == "date" else text[:5]
        return text.casefold() if self.blind else text


def _compares(there: Any, word: str, wanted: Any) -> bool:
    """Nothing is nothing, and not something; it is neither more nor less."""
    if (there is None or wanted is None) and word not in ("eq", "ne"):
        return False
    return WORDS[word](there, wanted)
