"""Lists as the Admin API is asked for them (page "Search Criteria"; RequestCriteriaBuilder, QueryStringParser).

What is filtered and sorted by is looked up in the whole record with all that belongs to it; shown is only what was asked
for by `associations` and `includes`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tests.fakes.server import Reply

MOST = 500
"""`shopware.api.max_limit` of shopware.yaml."""
NEXT_PAGES, EXACT = 2, 1
UUID = re.compile(r"[0-9a-f]{32}")
STORED = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d+)?)?")
"""A time as the database has it, in UTC. A range is compared there as it was given: MariaDB, and MySQL before 8.0.19, know
no offset in it."""
ASSOCIATIONS: Mapping[str, Mapping[str, str]] = {
    "product": {
        "tax": "tax",
        "manufacturer": "product_manufacturer",
        "categories": "category",
        "media": "product_media",
        "options": "property_group_option",
        "properties": "property_group_option",
        "tags": "tag",
        "parent": "product",
        "visibilities": "product_visibility",
    },
    "product_media": {"media": "media"},
    "property_group_option": {"group": "property_group"},
    "customer": {"addresses": "customer_address", "language": "language"},
    "language": {"locale": "locale"},
    "customer_address": {"country": "country", "countryState": "country_state"},
    "order": {
        "lineItems": "order_line_item",
        "deliveries": "order_delivery",
        "transactions": "order_transaction",
        "orderCustomer": "order_customer",
        "billingAddress": "order_address",
        "addresses": "order_address",
        "currency": "currency",
        "salesChannel": "sales_channel",
        "stateMachineState": "state_machine_state",
    },
    "order_delivery": {
        "shippingOrderAddress": "order_address",
        "shippingMethod": "shipping_method",
        "stateMachineState": "state_machine_state",
    },
    "order_transaction": {"paymentMethod": "payment_method", "stateMachineState": "state_machine_state"},
    "order_customer": {"customer": "customer"},
    "order_address": {"country": "country", "countryState": "country_state"},
    "media_folder": {"defaultFolder": "media_default_folder"},
}
"""Entity -> its associations, each with the entity that it leads to. None is loaded unless it is asked for, but these."""
LOADED = {"stateMachineState", "shippingOrderAddress"}
"""With autoload in their definitions."""


class Wrong(Exception):
    """The request cannot be carried out."""

    def __init__(self, code: str, detail: str, pointer: str = "", status: int = 400) -> None:
        super().__init__(detail)
        self.code, self.detail, self.pointer, self.status = code, detail, pointer, status

    def reply(self) -> Reply:
        """Return it as the API tells it (ErrorResponseFactory)."""
        return errors(self.status, [self.row()])

    def row(self) -> dict[str, Any]:
        """Return it as one of several."""
        where = {"source": {"pointer": self.pointer}} if self.pointer else {}
        return {
            "code": self.code,
            "status": str(self.status),
            "detail": self.detail,
            "meta": {"parameters": []},
        } | where


def errors(status: int, rows: Sequence[Mapping[str, Any]]) -> Reply:
    """Return a refusal."""
    return Reply(status, {"errors": [*rows]})


def answer(entity: str, rows: Sequence[dict[str, Any]], criteria: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a search answers. `rows`: whole records, in an order that means nothing."""
    limit, page = criteria.get("limit", MOST), criteria.get("page", 1)
    if not 0 < limit <= MOST:
        raise Wrong(
            "FRAMEWORK__QUERY_LIMIT_EXCEEDED", f'The limit "{limit}" exceeds the max limit of "{MOST}".', "/limit"
        )
    found = [row for row in rows if all(fits(row, each) for each in criteria.get("filter", ()))]
    for sort in reversed(criteria.get("sort", ())):
        found.sort(
            key=lambda row, sort=sort: key(row, sort["field"]), reverse=sort.get("order", "ASC").upper() == "DESC"
        )
    begin = limit * (page - 1)
    shown = found[begin : begin + limit]
    totals = {EXACT: len(found), NEXT_PAGES: len(found[begin : begin + 6 * limit + 1])}
    return {
        "total": totals.get(criteria.get("total-count-mode", 0), len(shown)),
        "data": [view(entity, row, criteria, criteria.get("includes", {})) for row in shown],
        "aggregations": {each["name"]: maximum(found, each) for each in criteria.get("aggregations", ())},
    }


def maximum(rows: Sequence[Mapping[str, Any]], aggregation: Mapping[str, Any]) -> dict[str, Any]:
    """Return the largest value, as the database writes it (MaxAggregation)."""
    if aggregation["type"] != "max":
        raise Wrong("FRAMEWORK__INVALID_AGGREGATION", f"the fake knows no {aggregation['type']}")
    values = [stored(value) for row in rows for value in values_at(row, aggregation["field"]) if value is not None]
    return {"extensions": [], "max": max(values, default=None)}


def key(row: Mapping[str, Any], field: str) -> tuple[bool, Any]:
    """Return what a row is sorted by; NULL comes first."""
    (value,) = values_at(row, field)
    return (value is not None, value)


def fits(row: Mapping[str, Any], query: Mapping[str, Any]) -> bool:
    """Tell whether a record fits a filter; of several that belong to it, one has to."""
    if query["type"] in ("multi", "not"):
        several = any if query.get("operator", "AND").upper() == "OR" else all
        found = several([fits(row, each) for each in query["queries"]])
        return found if query["type"] == "multi" else not found
    values = values_at(row, query["field"])
    if query["type"] == "range":
        return any(value is not None and within(value, query["parameters"]) for value in values)
    if query["type"] == "equals":
        return any(same(value, query["value"]) for value in values)
    if query["type"] == "contains":
        return any(value and query["value"] in value for value in values)
    if query["type"] == "equalsAny":
        return any(same(value, each) for value in values for each in several_of(query))
    raise Wrong("FRAMEWORK__INVALID_FILTER_QUERY", f"Unsupported filter type: {query['type']}", "/filter/type")


def several_of(query: Mapping[str, Any]) -> Sequence[Any]:
    wanted = query["value"].split("|") if isinstance(query["value"], str) else query["value"]
    if not wanted:
        raise Wrong(
            "FRAMEWORK__INVALID_FILTER_QUERY", 'Parameter "value" for equalsAny filter is missing.', "/filter/value"
        )
    is_id = query["field"].rpartition(".")[2].lower().endswith("id")
    if wrong := [each for each in wanted if is_id and not UUID.fullmatch(each)]:
        raise Wrong("FRAMEWORK__INVALID_UUID", f"Value is not a valid UUID: {wrong[0]}")
    return wanted


def same(value: Any, wanted: Any) -> bool:
    """The database's collation makes no difference between small and large letters (utf8mb4_unicode_ci)."""
    return value.lower() == wanted.lower() if isinstance(value, str) and isinstance(wanted, str) else value == wanted


def within(value: Any, limits: Mapping[str, Any]) -> bool:
    for name, limit in limits.items():
        if isinstance(value, str) and not STORED.fullmatch(limit):
            raise Wrong("0", f"Incorrect DATETIME value: '{limit}'", status=500)
        one = stored(value)
        if not {"gte": one >= limit, "gt": one > limit, "lte": one <= limit, "lt": one < limit}[name]:
            return False
    return True


def stored(value: Any) -> Any:
    """Return a time of an answer as the database has it; other values as they are."""
    return value.removesuffix("+00:00").replace("T", " ") if isinstance(value, str) else value


def values_at(record: Any, path: str) -> list[Any]:
    """Return all that a path leads to."""
    found = [record]
    for step in path.split("."):
        found = [*below(found, step)]
    return found


def below(found: Iterable[Any], step: str) -> Iterator[Any]:
    for each in found:
        if each is None:
            yield None
        elif step not in each:
            raise Wrong("FRAMEWORK__UNMAPPED_FIELD", f'Field "{step}" in entity "{each["apiAlias"]}" was not found.')
        elif isinstance(each[step], list) and each[step] and isinstance(each[step][0], dict):
            yield from each[step]
        else:
            yield each[step]


def view(entity: str, whole: Mapping[str, Any], criteria: Any, includes: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return what is shown of a record: associations that were asked for, fields that are included."""
    known, wanted = ASSOCIATIONS.get(entity, {}), dict(criteria.get("associations") or {})
    if unknown := {*wanted} - {*known}:
        raise Wrong("FRAMEWORK__ASSOCIATION_NOT_FOUND", f"Can not find association by name {unknown.pop()}")
    if entity == "product" and "parent" in wanted:  # EntityReader: of what inherits, it is not read along
        raise Wrong(
            "FRAMEWORK__PARENT_ASSOCIATION_CAN_NOT_BE_FETCHED", "It is not possible to read the parent association"
        )
    shown: dict[str, Any] = {}
    for name, value in whole.items():
        kept = entity not in includes or name in (*includes[entity], "apiAlias")
        if kept and name in known:
            asked = name in wanted or name in LOADED
            shown[name] = seen(known[name], value, wanted.get(name, {}), includes) if asked else None
        elif kept:
            shown[name] = value
    return shown


def seen(entity: str, value: Any, criteria: Any, includes: Mapping[str, Sequence[str]]) -> Any:
    if isinstance(value, list):
        return [view(entity, each, criteria, includes) for each in value]
    return None if value is None else view(entity, value, criteria, includes)
