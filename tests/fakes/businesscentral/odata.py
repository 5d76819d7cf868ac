"""Lists: $filter, $orderby, $select, $expand, pages by skip tokens; and errors."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from tests.fakes.server import Asked, Reply

Row = Mapping[str, Any]
TOKEN = re.compile(r"\s*('(?:[^']|'')*'|[\w.:+-]+|[(),])")
WORDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
LARGEST = 20_000
"""limits: the most entities in a page."""
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")


class Wrong(Exception):
    """What is asked for cannot be done; `code`: of the table in errors."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.status = code, status


def error(status: int, code: str, message: str) -> Reply:
    """tips: messages end with another id each time."""
    error.times += 1
    return Reply(status, {"error": {"code": code, "message": f"{message}  CorrelationId:  {error.times:08x}-e3ea."}})


error.times = 0


def listed(asked: Asked, rows: Sequence[Row], schema: Row, largest: int = LARGEST) -> Reply:
    """Answer with a page of an entity set; `schema`: its properties, each with a value of its type."""
    query = asked.query
    if unknown := {*query} - {"$filter", "$orderby", "$select", "$expand", "$skiptoken", "aid"}:
        raise Wrong("BadRequest", f"The query parameter '{min(unknown)}' is not supported.")
    for name in query.get("$select", "").split(",") if "$select" in query else ():
        _known(name, schema)
    holds = _Filter(query.get("$filter", ""), schema)
    chosen = [row for row in rows if holds(row)]
    # Without $orderby they come by their GUID, as good as in no order.
    for each in reversed([*filter(None, query.get("$orderby", "").split(",")), "id"]):
        field, _, way = each.partition(" ")
        _known(field, schema)
        chosen.sort(key=lambda row, field=field: row[field], reverse=way == "desc")
    if token := query.get("$skiptoken"):
        at = [row["id"] for row in chosen].index(token)
        chosen = chosen[at + 1 :]
    found = re.search(r"odata\.maxpagesize=(\d+)", asked.headers.get("prefer", ""))
    size = min(int(found[1]) if found else largest, largest)
    page = chosen[:size]
    body: dict[str, Any] = {"@odata.context": f"https://bc.example{asked.path}/$metadata"}
    body["value"] = [shown(row, query.get("$select", ""), query.get("$expand", "")) for row in page]
    if len(chosen) > size:
        kept = "&".join(f"{name}={quote(value)}" for name, value in query.items() if name != "$skiptoken")
        body["@odata.nextLink"] = f"https://bc.example{asked.path}?{kept}&aid=FIN&$skiptoken={page[-1]['id']}"
    return Reply(200, body)


def shown(row: Row, select: str, expand: str) -> dict[str, Any]:
    """Return an entity with the properties that are chosen; what belongs to it only comes if it is asked for."""
    told = {"@odata.etag": row["etag"]}
    told |= {name: row[_known(name, row)] for name in select.split(",")} if select else _plain(row)
    for name, _, within in re.findall(r"(\w+)(\(\$select=([\w,]+)\))?", expand):
        told[name] = [{each: line[_known(each, line)] for each in within.split(",")} for line in row[_known(name, row)]]
    return told


def _plain(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "etag" and not isinstance(value, list)}


def _known(name: str, row: Row) -> str:
    if name not in row:
        raise Wrong("BadRequest", f"Could not find a property named '{name}' on type 'Microsoft.NAV'.")
    return name


class _Filter:
    """filters: `or` joins conditions on one field only; a function within a function is not understood."""

    def __init__(self, text: str, schema: Row) -> None:
        self.schema = schema
        self.tokens: list[str] = []
        at = 0
        while text[at:].strip():
            found = TOKEN.match(text, at)
            if not found:
                raise Wrong("BadRequest_NotFound", f"Bad Request - Error in query syntax at {at}")
            self.tokens.append(found[1])
            at = found.end()
        self.holds = self._either()[0] if self.tokens else lambda _: True
        if self.tokens:
            raise Wrong("BadRequest_NotFound", "Bad Request - Error in query syntax")

    def __call__(self, row: Row) -> bool:
        return self.holds(row)

    def _next(self, *wanted: str) -> str:
        if not self.tokens or (wanted and self.tokens[0] not in wanted):
            raise Wrong("BadRequest_NotFound", "Bad Request - Error in query syntax")
        return self.tokens.pop(0)

    def _either(self) -> tuple[Callable[[Row], bool], set[str]]:
        parts = [self._all()]
        while self.tokens[:1] == ["or"]:
            self._next()
            parts.append(self._all())
        fields = set[str]().union(*(fields for _, fields in parts))
        if len(parts) > 1 and len(fields) > 1:
            raise Wrong("BadRequest", "The 'OR' operator is not supported on distinct fields on an OData filter.")
        return (lambda row: any(part(row) for part, _ in parts)), fields

    def _all(self) -> tuple[Callable[[Row], bool], set[str]]:
        parts = [self._one()]
        while self.tokens[:1] == ["and"]:
            self._next()
            parts.append(self._one())
        return (lambda row: all(part(row) for part, _ in parts)), set[str]().union(*(fields for _, fields in parts))

    def _one(self) -> tuple[Callable[[Row], bool], set[str]]:
        if self.tokens[:1] == ["("]:
            self._next()
            inner = self._either()
            self._next(")")
            return inner
        if self.tokens[0] in ("startswith", "contains"):
            function = self._next()
            self._next("(")
            name = _known(self._next(), self.schema)
            self._next(",")
            wanted = self._value(self._next())
            self._next(")")
            tests: Mapping[str, Callable[[str], bool]] = {
                "startswith": lambda there: there.startswith(wanted),
                "contains": lambda there: wanted in there,
            }
            return (lambda row: tests[function](row[name])), {name}
        blind = self.tokens[0] == "tolower"
        if blind:
            self._next()
            self._next("(")
        name = _known(self._next(), self.schema)
        if blind:
            self._next(")")
        word, token = self._next(*WORDS), self._next()
        wanted = self._value(token)
        if isinstance(there := self.schema[name], str):
            bare = bool(GUID.fullmatch(there) or TIME.fullmatch(there))
            if bare == token.startswith("'"):
                raise Wrong("BadRequest", "A binary operator with incompatible types was detected.")
        if blind:
            return (lambda row: WORDS[word](str(row[name]).lower(), wanted.lower())), {name}
        return (lambda row: WORDS[word](row[name], wanted)), {name}

    @staticmethod
    def _value(token: str) -> Any:
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        return {"true": True, "false": False}.get(token, token)
