"""Search criteria: filters, order, pages, fields (pages "Search using REST APIs", "Retrieve filtered responses")."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from tests.fakes.magento.keys import error
from tests.fakes.records import Record
from tests.fakes.server import Asked, Reply

Row = dict[str, Any]
_FILTER = re.compile(r"searchCriteria\[filter_groups\]\[(\d+)\]\[filters\]\[(\d+)\]\[(\w+)\]")


def written(record: Record) -> Row:
    """Return the columns that all tables have: dates in UTC, in whole seconds, without a zone."""
    shown = {name: moment.strftime("%Y-%m-%d %H:%M:%S") for name, moment in _marks(record).items()}
    return {"entity_id": record.id, **shown}


def _marks(record: Record) -> Mapping[str, Any]:
    return {"created_at": record.created, "updated_at": record.modified}


def listed(asked: Asked, records: Iterable[Record], shown: Callable[[Record], Row], number: str = "entity_id") -> Reply:
    """Answer with a page. Behind the last page comes the last again (issues 3787, 26986)."""
    query, filters = asked.query, dict[tuple[str, str], dict[str, str]]()
    for name, value in query.items():
        if found := _FILTER.fullmatch(name):
            filters.setdefault((found[1], found[2]), {})[found[3]] = value
    rows = [(record.values | written(record) | {number: record.id}, shown(record)) for record in records]
    groups: dict[str, list[dict[str, str]]] = {}
    for (group, _), each in filters.items():
        groups.setdefault(group, []).append(each)
    for each in filters.values():
        if rows and each["field"] not in rows[0][0]:
            return error(400, "Invalid attribute name: %1", each["field"])
    rows = [row for row in rows if all(any(_holds(row[0], each) for each in group) for group in groups.values())]
    if by := query.get("searchCriteria[sortOrders][0][field]"):
        rows.sort(key=lambda row: row[0][by], reverse=query["searchCriteria[sortOrders][0][direction]"] == "DESC")
    size, page = (
        int(query.get("searchCriteria[pageSize]", 0)) or len(rows),
        int(query.get("searchCriteria[currentPage]", 1)),
    )
    last = max(1, -(-len(rows) // size)) if rows else 1
    start = (min(page, last) - 1) * size
    body: Row = {"items": [row for _, row in rows[start : start + size]], "total_count": len(rows)}
    if fields := query.get("fields"):
        return Reply(200, _only(body, _parsed(fields)))
    return Reply(200, body | {"search_criteria": {"page_size": size, "current_page": page}})


def _holds(row: Row, told: Mapping[str, str]) -> bool:
    """MySQL compares texts without regard to capitals."""
    ours, value = _comparable(row[told["field"]]), told["value"]
    match told.get("condition_type", "eq"):
        case "eq":
            return ours == _like(ours, value)
        case "in":
            return ours in [_like(ours, each) for each in value.split(",")]
        case "nin":
            return ours not in [_like(ours, each) for each in value.split(",")]
        case "gt":
            return ours > _like(ours, value)
        case "gteq":
            return ours >= _like(ours, value)
        case other:
            raise AssertionError(other)


def _comparable(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value or 0


def _like(ours: Any, value: str) -> Any:
    return value.lower() if isinstance(ours, str) else float(value)


def _parsed(text: str) -> dict[str, Any]:
    """`items[id,x[y]],total_count` -> what is wanted of each."""
    wanted: dict[str, Any] = {}
    stack, last = [wanted], ""
    for token in re.findall(r"[\w]+|[\[\],]", text):
        if token == "[":
            stack[-1][last] = {}
            stack.append(stack[-1][last])
        elif token == "]":
            stack.pop()
        elif token != ",":
            last = token
            stack[-1][token] = None
    return wanted


def _only(body: Any, wanted: dict[str, Any] | None) -> Any:
    if wanted is None:
        return body
    if isinstance(body, list):
        return [_only(each, wanted) for each in cast("list[Any]", body)]
    return {name: _only(body[name], part) for name, part in wanted.items() if name in body}
