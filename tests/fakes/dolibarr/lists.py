"""Lists: order, pages, conditions; and errors, as Restler writes them."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.fakes.records import Record
from tests.fakes.server import Asked, Reply

Row = dict[str, Any]
ZONE = ZoneInfo("Europe/Paris")
"""The server's: `tms` is kept in its local time."""
LEAF = re.compile(r"\(t\.(\w+):([^:()']+):'?([^:()']*)'?\)")
"""code: forgeSQLFromUniversalSearchCriteria. Pull request 30720: it ended a value at its first colon."""
WORDS = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 500: "Internal Server Error"}
COLUMNS = {"rowid", "tms", "ref_ext", "ref_client", "email", "tva_intra", "fk_soc", "fk_statut"}


def error(status: int, message: str, *more: str) -> Reply:
    """issue 14506: what went wrong stands beside code and message, by number."""
    told = {str(at): text for at, text in enumerate(more)}
    body = {**told, "code": status, "message": f"{WORDS[status]}: {message}"}
    return Reply(status, {"error": body, "debug": {"source": "api.class.php:1 at call stage"}})


def listed(
    asked: Asked, records: Sequence[Record], shown: Callable[[Record], Row], nothing: str | None, words: str
) -> Reply:
    """Answer with a page; `nothing`: what a list without rows says, with 404, up to version 19."""
    query = asked.query
    limit, page = int(query.get("limit", 100)), int(query.get("page", 0))
    rows = [each for each in records if fits(each, query.get("sqlfilters", ""))]
    orders = zip(query.get("sortfield", "t.rowid").split(","), query.get("sortorder", "ASC").split(","), strict=True)
    for field, order in reversed([*orders]):
        rows.sort(key=lambda each, by=field: value(each, by.removeprefix("t.")), reverse=order == "DESC")
    found = [shown(each) for each in rows[limit * page : limit * (page + 1)]]
    return error(404, words) if nothing and not found else Reply(200, found)


def value(record: Record, column: str) -> Any:
    """Return what the database has in a column."""
    if column not in COLUMNS:
        raise AssertionError(f"Unknown column 't.{column}'")
    if column in ("rowid", "tms"):
        return record.id if column == "rowid" else record.modified.astimezone(ZONE).replace(tzinfo=None, microsecond=0)
    if column == "fk_statut":
        return int(record.values["status"])
    return record.values.get(column) or ""


def fits(record: Record, filters: str) -> bool:
    """Conditions joined by `and`, each of some joined by `or`."""
    return all(any(_holds(record, *leaf) for leaf in LEAF.findall(part)) for part in filters.split(" and ") if part)


def _holds(record: Record, column: str, operator: str, wanted: str) -> bool:
    there = value(record, column)
    if isinstance(there, datetime):
        return {">=": there >= datetime.fromisoformat(wanted)}[operator]
    if isinstance(there, int):
        return {">": there > int(wanted), "=": there == int(wanted)}[operator]
    if operator == "like":
        assert wanted.endswith("%"), "the only pattern that is spoken here"
        return there.casefold().startswith(wanted[:-1].casefold())
    return {"=": there.casefold() == wanted.casefold()}[operator]


def stamp(record: Record) -> Row:
    """Return the dates of a record, in seconds."""
    return {"date_creation": _seconds(record.created), "date_modification": _seconds(record.modified)}


def _seconds(at: datetime) -> int:
    return int(at.astimezone(UTC).timestamp())


def text(number: object) -> str:
    """Return a number as the database writes it."""
    return f"{float(str(number)):.8f}"


def with_id(record: Record, values: Mapping[str, Any]) -> Row:
    """Return an object: its id is text."""
    return {"id": str(record.id), **values, **stamp(record)}
