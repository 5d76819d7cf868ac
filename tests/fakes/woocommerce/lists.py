"""Collections: parameters, order, pages, fields; and batches. The same for all endpoints (docs: Introduction)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.fakes.records import Record, Table
from tests.fakes.server import Asked, Reply
from tests.fakes.woocommerce.keys import error

Row = dict[str, Any]
ZONE = ZoneInfo("Europe/Warsaw")
"""The site's own, under Settings > General."""
MOST = 100
ORDERS = {"id", "include", "date", "modified", "title", "slug", "registered_date"}


def listed(
    asked: Asked, table: Table, found: Iterable[Record], shown: Callable[[Record], Row], *, deaf: Sequence[str] = ()
) -> Reply:
    """Answer with a page of records (code: WC_REST_CRUD_Controller, get_items and get_collection_params).

    `deaf`: parameters that are taken and not heeded.
    """
    query = {name: value for name, value in asked.query.items() if name not in deaf}
    size, offset = int(query.get("per_page", 10)), int(query.get("offset", 0))
    if not 1 <= size <= MOST:
        return error(400, "rest_invalid_param", "Invalid parameter(s): per_page")
    if query.get("orderby", "date") not in ORDERS:
        return error(400, "rest_invalid_param", "Invalid parameter(s): orderby")
    rows = [each for each in found if _fits(each, query)]
    rows = table.in_any_order(rows, _key(query.get("orderby", "date")))
    if query.get("order", "desc") == "desc":
        rows.reverse()
    start = offset or (int(query.get("page", 1)) - 1) * size
    page = [_only(shown(each), query) for each in rows[start : start + size]]
    headers = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(-(-len(rows) // size))}
    return Reply(200, page, headers)


def _key(by: str) -> Callable[[Record], Any]:
    """`modified` and `date` have no second key in all of the tables that orders have lived in."""
    if by == "modified":
        return lambda each: each.modified
    return (lambda each: each.created) if by == "date" else (lambda each: each.id)


def _fits(record: Record, query: Mapping[str, str]) -> bool:
    if "include" in query and str(record.id) not in query["include"].split(","):
        return False
    after = query.get("modified_after")
    if after is None:
        return True
    column = UTC if query.get("dates_are_gmt") == "true" else ZONE
    return record.modified.astimezone(column).replace(tzinfo=None, microsecond=0) > _column_time(after)


def _column_time(text: str) -> datetime:
    """WordPress: WP_Date_Query, build_mysql_datetime: what names a zone becomes the site's local time, whatever the column."""
    moment = datetime.fromisoformat(text)
    return moment.astimezone(ZONE).replace(tzinfo=None) if moment.tzinfo else moment


def _only(row: Row, query: Mapping[str, str]) -> Row:
    """WordPress: "Global Parameters", _fields."""
    names = query.get("_fields")
    return {name: row[name] for name in row if name in names.split(",")} if names else row


def dates(record: Record) -> Row:
    """Return an object's dates, without zone, in local time and in GMT (docs: Introduction, Request/Response Format)."""
    row: Row = {}
    for name, moment in (("date_created", record.created), ("date_modified", record.modified)):
        row[name] = written(moment.astimezone(ZONE))
        row[f"{name}_gmt"] = written(moment)
    return row


def written(moment: datetime) -> str:
    """Return a date as it is shown, in whole seconds."""
    return moment.replace(tzinfo=None, microsecond=0).isoformat()


def batch(asked: Asked, create: Callable[[Row], Reply], update: Callable[[Row], Reply]) -> Reply:
    """Carry out many, each for itself (code: WC_REST_Controller, batch_items); PHP writes nothing as a list."""
    given: Mapping[str, Sequence[Row]] = {name: items for name, items in (asked.json or {}).items() if items}
    if sum(map(len, given.values())) > MOST:
        return error(
            413, "woocommerce_rest_request_entity_too_large", "Unable to accept more than 100 items for this request."
        )
    told: dict[str, list[Row]] = {}
    for name, act in (("create", create), ("update", update)):
        for item in given.get(name, ()):
            reply = act(item)
            body = reply.body if reply.status < 400 else {"id": item.get("id", 0), "error": reply.body}
            told.setdefault(name, []).append(body)
    return Reply(200, told or [])
