"""Lists: which rows, in which order, how much of them (code: `manageFilters`, `SQLUtils`, `WebserviceOutputJSON`)."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tests.fakes.prestashop.schema import RESOURCES, flags
from tests.fakes.records import Record
from tests.fakes.server import Asked, Reply

if TYPE_CHECKING:
    from tests.fakes.prestashop.shop import PrestaShop

DATES = ("date_add", "date_upd")
PAGE = b"<html><head><title>500</title></head><body>PrestaShopDatabaseException: You have an error in your SQL syntax</body>"


class Wrong(Exception):
    """A request that is refused: status, message, code."""

    def __init__(self, status: int, message: str, code: int) -> None:
        super().__init__(message)
        self.status, self.code = status, code

    def reply(self) -> Reply:
        """Return the answer in JSON."""
        return Reply(self.status, {"errors": [{"code": self.code, "message": str(self)}]})


def listed(shop: "PrestaShop", asked: Asked, resource: str) -> Reply:
    """docs: List options. Nothing at all is an empty array, not an object."""
    table, found = shop.tables[resource], shop.tables[resource].there()
    for name, value in asked.pairs:
        if match := re.fullmatch(r"filter\[(\w+)\]", name):
            if '"' in value and "|" in value:  # such values are not escaped
                return Reply(500, PAGE, {"content-type": "text/html"})
            fits = _filter(resource, match[1], value, dated=asked.query.get("date") == "1")
            found = [each for each in found if fits(_value(each, match[1]))]
    rows = _sorted(resource, table.in_any_order(found, lambda _: 0), asked.query.get("sort"), asked)
    start, _, size = asked.query.get("limit", f"0,{len(rows)}").rpartition(",")
    page = rows[int(start or 0) : int(start or 0) + int(size)]
    names = _displayed(resource, asked.query.get("display", ""))
    return Reply(200, {resource: [shown(shop, resource, each, names) for each in page]} if page else [])


def shown(shop: "PrestaShop", resource: str, record: Record, names: Sequence[str] | None = None) -> dict[str, Any]:
    """Return a record in JSON: its number is a number, all else text; texts of several languages are lists."""
    row: dict[str, Any] = {"id": record.id}
    for name in RESOURCES[resource]:
        value = _value(record, name)
        row[name] = _texts(shop, value) if "i18n" in flags(resource, name) and value is not None else value
    if names is None:
        associated = {
            name: [{"id": str(id_)} for id_ in ids] for name, ids in shop.associations(resource, record) if ids
        }
        return row | ({"associations": associated} if associated else {})
    return {name: row[name] for name in names}


def _texts(shop: "PrestaShop", texts: Mapping[int, str]) -> Any:
    told = [{"id": str(id_), "value": texts.get(id_, "")} for id_ in shop.languages]
    return told[0]["value"] if len(told) == 1 else told


def _value(record: Record, name: str) -> Any:
    return str(record.id) if name == "id" else record.values.get(name)


def _displayed(resource: str, display: str) -> Sequence[str] | None:
    if display == "full":
        return None
    names = display.strip("[]").split(",") if display else ["id"]
    for name in names:
        if name not in ("id", *RESOURCES[resource]):
            raise Wrong(400, f'Unable to display this field "{name}". However, these are available: ...', 35)
    return names


def _filter(resource: str, name: str, told: str, *, dated: bool) -> Callable[[Any], bool]:
    if name not in ("id", *RESOURCES[resource]) or (name in DATES and not dated):
        raise Wrong(400, f'This filter does not exist. Did you mean: "{name}"?', 32)
    if name != "id" and "getter" in flags(resource, name):
        raise Wrong(400, f'The field "{name}" is dynamic. It is not possible to filter GET query with this field.', 34)
    match = re.fullmatch(r"(.*)\[(.*)\](.*)", told)
    if not match:
        return lambda value: _same(value, told)
    before, inside, after = match.groups()
    if (before, after) == ("", ""):
        if between := re.fullmatch(r"([\d.:\-\s]+),([\d.:\-\s]+)", inside):
            low, high = sorted(between.groups())
            return lambda value: low <= str(value) <= high
        return lambda value: any(_same(value, each) for each in inside.split("|"))
    if before == ">":
        return lambda value: int(value) > int(inside)
    return lambda _: True


def _same(value: Any, told: str) -> bool:
    return str(value).lower() == told.lower()


def _sorted(resource: str, rows: Sequence[Record], told: str | None, asked: Asked) -> list[Record]:
    found = list(rows)
    for each in reversed(told.strip("[]").split(",") if told else []):
        name, _, direction = each.rpartition("_")
        if name not in ("id", *RESOURCES[resource]) or (name in DATES and asked.query.get("date") != "1"):
            raise Wrong(400, "Unable to filter by this field. However, these are available: ...", 38)
        found.sort(
            key=lambda record: record.id if name == "id" else str(_value(record, name)), reverse=direction == "DESC"
        )
    return found
