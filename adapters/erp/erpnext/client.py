"""How a Frappe site is spoken to: documents by doctype (pages "REST API" and "Listing documents", frappe/api/v1.py)."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any, cast
from urllib.parse import quote
from zoneinfo import ZoneInfo

import orjson

from adapters.asking.answers import Answer, first_words, rows_in
from adapters.asking.connecting import connected
from adapters.asking.http import KeyRefused, Rejected
from adapters.erp.erpnext.options import ErpNextOptions
from adapters.writing.writes import Gone, Unfit, forbidden
from hub.clock import Clock
from hub.config import resolve
from hub.errors import TryLater

PAGE = 100
UNSET_ZONE = "Asia/Kolkata"
"""What a site goes by whose zone nobody has set (frappe/utils/data.py, get_system_timezone)."""
LONGEST = 2500
"""Letters of names in one address: gunicorn, behind which sites run, takes no more than 4094 in all (limit_request_line)."""
Filters = Sequence[Sequence[Any]]
"""Each is a field, an operator and a value; all have to hold."""
_HELD = ("TimestampMismatchError", "DocumentLockedError")
"""Somebody else has saved the document meanwhile, or is about to (frappe/model/document.py, check_if_locked)."""


class ErpNext:
    """One site, and one company there. Raises what `Api` raises."""

    def __init__(self, name: str, options: ErpNextOptions, clock: Clock) -> None:
        self.name, self.options, self._clock = name, options, clock
        token = f"{resolve(options.key)}:{resolve(options.secret)}"
        self._api = connected(name, options, clock, headers={"Authorization": f"token {token}"})

    def rows(
        self, doctype: str, fields: str, filters: Filters = (), *, parent: str = "", size: int = 0, **params: Any
    ) -> list[dict[str, Any]]:
        """Return what is listed; `fields`: parted by blanks; `size` 0: all. Rows of child tables need their `parent`."""
        packed = {"fields": ["name", *fields.split()], "filters": filters, **params}
        asked = {name: orjson.dumps(value).decode() for name, value in packed.items() if name != "order_by"}
        asked |= {"limit_page_length": str(size), "order_by": params.get("order_by", "name asc")}
        asked |= {"parent": parent} if parent else {}
        answer = self._tried(lambda: self._api.get(_path(doctype), asked))
        return [{**row, "id": row["name"]} for row in rows_in(self.name, answer.body, "data")]

    def some(
        self, doctype: str, fields: str, key: str, values: Sequence[str], filters: Filters = (), *, parent: str = ""
    ) -> list[dict[str, Any]]:
        """Return all that have one of these values in the field `key`."""
        parts = _fitting(list(dict.fromkeys(values)))
        found = (self.rows(doctype, fields, [[key, "in", part], *filters], parent=parent) for part in parts)
        return [row for rows in found for row in rows]

    def document(self, doctype: str, name: str) -> Mapping[str, Any]:
        """Return a whole document, with its child tables."""
        return self._tried(lambda: self._api.get(_path(doctype, name)), doctype, "read").body["data"]

    def create(self, doctype: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Make a document; returns it as it was stored."""
        return self._tried(lambda: self._api.send("POST", _path(doctype), values), doctype, "create").body["data"]

    def change(self, doctype: str, name: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Set fields of a document; returns it as it was stored. A child table that is given replaces what was there."""
        right, path = "submit" if "docstatus" in values else "write", _path(doctype, name)
        return self._tried(lambda: self._api.send("PUT", path, values, repeatable=True), doctype, right).body["data"]

    def cancel(self, doctype: str, name: str) -> None:
        """Cancel a submitted document."""
        body = {"doctype": doctype, "name": name}
        self._tried(lambda: self._api.send("POST", "api/method/frappe.client.cancel", body), doctype, "cancel")

    @cached_property
    def zone(self) -> ZoneInfo:
        """The site's time zone, in which all its times are written, without saying so (System Settings)."""
        answer = self._api.get("api/method/frappe.client.get_time_zone").body
        return ZoneInfo(answer["message"]["time_zone"] or UNSET_ZONE)

    def today(self) -> date:
        """Return the day that it is there."""
        return self._clock.now().astimezone(self.zone).date()

    def day_of(self, moment: str) -> date:
        """Return the day that it was there."""
        return datetime.fromisoformat(moment).astimezone(self.zone).date()

    def _tried(self, ask: Callable[[], Answer], doctype: str = "", right: str = "") -> Answer:
        """Ask; `right`: what the key's user has to have on the doctype, if it is about a document.

        To missing rights on a doctype and to one document (User Permissions) Frappe says no alike, with a PermissionError.
        """
        try:
            return ask()
        except KeyRefused as fault:
            raise forbidden(fault, lambda: bool(right) and self._may(doctype, right)) from None
        except Rejected as fault:
            raise _meant(fault) from None

    def _may(self, doctype: str, right: str) -> bool:
        """Tell whether the user has a right on a doctype at all: no document is named (frappe/client.py, has_permission)."""
        asked = {"doctype": doctype, "docname": "", "perm_type": right}
        return bool(self._api.get("api/method/frappe.client.has_permission", asked).body["message"]["has_permission"])


def _meant(fault: Rejected) -> Exception:
    """Return a refusal in the site's own words, without its traceback."""
    said: Any = fault.body
    body = cast("Mapping[str, Any]", said) if isinstance(said, Mapping) else dict[str, Any]()
    kind = str(body.get("exc_type") or "refused")
    message = "; ".join(_messages(body)) or first_words(str(body.get("exception") or fault)).partition("Traceback")[0]
    if kind in _HELD:
        return TryLater(message)
    if fault.is_gone:
        return Gone(message)
    return Unfit(re.sub(r"(?<=[a-z])(?=[A-Z])", "-", kind).lower(), message)


def _messages(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the user is told: JSON in JSON in JSON (frappe/utils/response.py, make_logs)."""
    try:
        for each in orjson.loads(body.get("_server_messages") or "[]"):
            yield first_words(orjson.loads(each)["message"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return


def _path(*parts: str) -> str:
    return "/".join(["api/resource", *(quote(part, safe="") for part in parts)])


def _fitting(values: Sequence[str]) -> Iterator[list[str]]:
    """Yield all values, so many at a time as fit into an address."""
    part, length = list[str](), 0
    for value in values:
        own = len(quote(value, safe="")) + 9
        if part and length + own > LONGEST:
            yield part
            part, length = [], 0
        part.append(value)
        length += own
    if part:
        yield part
