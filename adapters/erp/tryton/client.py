"""How Tryton is spoken to: REST with a user application's key; buttons, for many records at once, by JSON-RPC."""

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import orjson

from adapters.bulk import portions
from adapters.erp.tryton.options import TrytonOptions
from adapters.http import Api, Rejected
from hub.clock import Clock
from hub.config import resolve

MOST = 100
"""Values in one address, so that it stays below the 8 kB that a proxy may allow."""
INSTANT = ("year", "month", "day", "hour", "minute", "second", "microsecond")

Row = Mapping[str, Any]


class Tryton:
    """One company in one Tryton database. Raises what `Api` raises."""

    def __init__(self, name: str, options: TrytonOptions, clock: Clock) -> None:
        """Resolve the secrets; nothing is sent yet."""
        login = f"{options.user}:{resolve(options.password)}" if options.password else ""
        self._login = {"Authorization": f"Basic {base64.b64encode(login.encode()).decode('ascii')}"}
        self._context = {"company": options.company}  # Without it prices and sums are null.
        self._api = Api(
            name,
            str(options.url),
            headers={"Authorization": f"bearer {resolve(options.key)}", "X-Tryton-Context": _packed(self._context)},
            requests_per_second=options.requests_per_second,
            timeout=options.timeout,
            clock=clock,
        )

    def search(
        self, model: str, fields: str, domain: Sequence[Any] = (), order: str = "id ASC", limit: int = 0, **context: Any
    ) -> list[Row]:
        """Return records with these fields, parted by blanks; dots lead through relations. Without those hidden."""
        params = [("f", field) for field in fields.split()] + [("d", _packed(domain)), ("o", _packed([order.split()]))]
        params += [("s", str(limit))] * bool(limit)
        headers = {"X-Tryton-Context": _packed(self._context | context)}
        return self._api.get(f"rest/model/{model}", params, headers=headers).body

    def having(
        self, model: str, fields: str, key: str, values: Sequence[Any], domain: Sequence[Any] = (), **context: Any
    ) -> list[Row]:
        """Return all records, those hidden as well, that have one of these values in the field `key`."""
        context = {"active_test": False} | context
        groups = [[[key, "in", some], *domain] for some in portions(values, MOST)]
        return [row for group in groups for row in self.search(model, fields, group, **context)]

    def create(self, model: str, values: Sequence[Mapping[str, Any]]) -> list[int]:
        """Create records, all or none; children are given as Tryton's commands, such as `["create", [...]]`."""
        return self._api.send("POST", f"rest/model/{model}/create", {"vlist": values}).body

    def change(self, model: str, id_: int, values: Mapping[str, Any]) -> None:
        """Change one record."""
        self._api.send("PUT", f"rest/model/{model}/{id_}", values, {"f": "id"})

    def press(self, model: str, button: str, ids: Sequence[int]) -> Sequence[int]:
        """Press a button of all these records, or of none; returns their numbers."""
        call = {"id": 1, "method": f"model.{model}.{button}", "params": [ids, self._context]}
        answer = self._api.send("POST", "rpc/", call, headers=self._login).body
        if error := answer.get("error"):
            raise Rejected(" ".join(str(part) for part in error[1] if part), status=HTTPStatus.BAD_REQUEST)
        return ids


def classed(value: Decimal | date) -> dict[str, Any]:
    """Return a Decimal, a date or an instant (UTC) as Tryton's JSON has it."""
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": format(value, "f")}
    parts = INSTANT if isinstance(value, datetime) else INSTANT[:3]
    return {"__class__": type(value).__name__} | {part: getattr(value, part) for part in parts}


def instant(raw: Mapping[str, int]) -> str:
    """Return an instant in Tryton's JSON as RFC 3339 text."""
    return datetime(*[raw[part] for part in INSTANT], tzinfo=UTC).isoformat(timespec="microseconds")


def _packed(value: Any) -> str:
    """Return JSON as addresses and headers take it."""
    return base64.urlsafe_b64encode(orjson.dumps(value)).decode("ascii")
