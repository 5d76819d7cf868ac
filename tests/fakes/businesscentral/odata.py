"""Lists: $filter, $orderby, $select, $expand, pages by skip tokens; and errors."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from tests.fakes import odata
from tests.fakes.odata import Row
from tests.fakes.server import Asked, Reply

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
    chosen = list(filter(_Filter(query.get("$filter", ""), schema).holds, rows))
    # Without $orderby they come by their GUID, as good as in no order.
    chosen = odata.ordered(chosen, f"{query.get('$orderby', '')},id", lambda name: _known(name, schema))
    if token := query.get("$skiptoken"):
        at = [row["id"] for row in chosen].index(token)
        chosen = chosen[at + 1 :]
    size = min(odata.wanted_size(asked, largest), largest)
    page = chosen[:size]
    body: dict[str, Any] = {"@odata.context": f"https://bc.example{asked.path}/$metadata"}
    body["value"] = [shown(row, query.get("$select", ""), query.get("$expand", "")) for row in page]
    if len(chosen) > size:
        kept = odata.query_of({name: value for name, value in query.items() if name != "$skiptoken"})
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


class _Filter(odata.Filter):
    """filters: `or` joins conditions on one field only; a function within a function is not understood."""

    functions = ("startswith", "contains")

    def __init__(self, text: str, schema: Row) -> None:
        self.schema = schema
        super().__init__(text)

    def unclear(self) -> Exception:
        return Wrong("BadRequest_NotFound", "Bad Request - Error in query syntax")

    def known(self, name: str) -> str:
        return _known(name, self.schema)

    def check(self, word: str, parts: Sequence[odata.Condition]) -> None:
        if word == "or" and len(parts) > 1 and len(set[str]().union(*(names for _, names in parts))) > 1:
            raise Wrong("BadRequest", "The 'OR' operator is not supported on distinct fields on an OData filter.")

    def operand(self) -> tuple[str, Callable[[Row], Any]]:
        if self.tokens[:1] != ["tolower"]:
            return super().operand()
        self.next()
        self.next("(")
        name, there = super().operand()
        self.next(")")
        return name, lambda row: str(there(row)).lower()

    def value(self, name: str, token: str) -> Any:
        if isinstance(there := self.schema[name], str):
            bare = bool(GUID.fullmatch(there) or TIME.fullmatch(there))
            if bare == token.startswith("'"):
                raise Wrong("BadRequest", "A binary operator with incompatible types was detected.")
        return {"true": True, "false": False}.get(token, odata.text_of(token))
