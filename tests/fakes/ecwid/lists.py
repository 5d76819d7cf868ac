"""How Ecwid shows lists: pages by offset, only the fields that are asked for, marks in whole seconds."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from tests.fakes.records import Record
from tests.fakes.server import Asked, Reply

LONGEST = 100
"""Rows of a page ("Search products": "Maximum and default value is 100")."""
Row = dict[str, Any]


def failed(status: int, code: str, message: str = "") -> Reply:
    """Return an error ("REST API error codes")."""
    return Reply(status, {"errorCode": code, "errorMessage": message or code})


def dated(instant: datetime) -> str:
    """Return a time as Ecwid writes it: `2024-09-04 07:22:09 +0000`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S +0000")


def seconds(text: str) -> int:
    """Return the UNIX timestamp that a parameter means: one itself, or a time in UTC ("Search orders")."""
    return int(text) if text.isdigit() else int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def changed_since(asked: Asked, records: Iterable[Record]) -> list[Record]:
    """Return the records whose mark is not before `updatedFrom`, the mark itself included."""
    since = seconds(asked.query.get("updatedFrom", "0"))
    return [each for each in records if int(each.modified.timestamp()) >= since]


def page(asked: Asked, rows: list[Row], **more: Any) -> Reply:
    """Return a page of a list with the count of all."""
    offset, limit = int(asked.query.get("offset", 0)), min(int(asked.query.get("limit", LONGEST)), LONGEST)
    shown = rows[offset : offset + limit]
    body = {"total": len(rows), "count": len(shown), "offset": offset, "limit": limit, "items": shown, **more}
    return Reply(200, narrowed(asked, body))


def narrowed(asked: Asked, body: Row) -> Any:
    """Return of an answer what `responseFields` names, such as `total,items(id,options(name))`."""
    wanted = asked.query.get("responseFields")
    return _picked(body, _named(wanted)) if wanted else body


def ordered(
    asked: Asked, records: list[Record], orders: Mapping[str, Callable[[Record], Any]], otherwise: str
) -> list[Record] | None:
    """Return records in the order of `sortBy`; none, if it is not among the `orders`, each of which can be `_DESC`."""
    name, _, way = asked.query.get("sortBy", otherwise).rpartition("_")
    if name not in orders or way not in ("ASC", "DESC"):
        return None
    return sorted(records, key=orders[name], reverse=way == "DESC")


def _named(text: str) -> dict[str, Any]:
    """Return what stands below what in a list of fields."""
    found, above = dict[str, Any](), list[dict[str, Any]]()
    last = ""
    for token in re.findall(r"[A-Za-z0-9_]+|[(),]", text):
        if token == "(":
            above.append(found)
            found = found[last]
        elif token == ")":
            found = above.pop()
        elif token != ",":
            last = token
            found[token] = {}
    assert not above, f"the brackets of responseFields do not match: {text}"
    return found


def _picked(value: Any, wanted: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_picked(each, wanted) for each in value]
    if not isinstance(value, dict) or not wanted:
        return value
    return {name: _picked(value[name], below) for name, below in wanted.items() if name in value}
