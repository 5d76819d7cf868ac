"""How Tryton is spoken to: REST with a user application's key; buttons, for many records at once, by JSON-RPC."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson

from adapters.asking.connecting import connected
from adapters.erp.models import Conditions, Model, wholly_shown
from adapters.erp.tryton.options import TrytonOptions
from adapters.fields import Field, within
from adapters.rows import Row
from hub.clock import Clock
from hub.config import resolve

MARK = "last_modified_at"
INSTANT = ("year", "month", "day", "hour", "minute", "second", "microsecond")


class Tryton:
    """One company in one Tryton database. Raises what `Api` raises."""

    def __init__(self, name: str, options: TrytonOptions, clock: Clock) -> None:
        self.name, self.options = name, options
        login = f"{options.user}:{resolve(options.password)}" if options.password else ""
        self._login = {"Authorization": f"Basic {base64.b64encode(login.encode()).decode('ascii')}"}
        # Without a company prices and sums are null.
        self._context = {"company": options.company, "language": options.language}
        headers = {"Authorization": f"bearer {resolve(options.key)}", "X-Tryton-Context": _packed(self._context)}
        self._api = connected(name, options, clock, headers=headers)

    def search(
        self, model: Model, only: Conditions = (), *, limit: int = 0, hidden: bool = False, **context: Any
    ) -> list[Row]:
        """Return a model's records of which this holds too; `hidden`: those that are out of use as well."""
        params = [("f", field) for field in model.fields.split()] + [("s", str(limit))] * bool(limit)
        params += [("d", _packed([*model.only, *only])), ("o", _packed([model.order.split()]))]
        headers = {"X-Tryton-Context": _packed(self._context | context | {"active_test": not hidden})}
        body = self._api.get(f"rest/model/{model.name}", params, headers=headers).body
        return wholly_shown(self.name, model, body)

    def since(self, mark: datetime, relatives: Iterable[str]) -> Conditions:
        """Return what holds for records that have changed then or later, themselves or what these ways lead to."""
        return [["OR", *[[within(way, MARK), ">=", classed(mark)] for way in ("", *relatives)]]]

    def latest(self, models: Iterable[str]) -> str | None:
        """Return the latest change mark that there is in these models, as RFC 3339 text."""
        marks = [Model(model, {"": Field(MARK)}, order=f"{MARK} DESC") for model in models]
        return max((instant(row[MARK]) for each in marks for row in self.search(each, limit=1)), default=None)

    def create(self, model: str, values: Sequence[Mapping[str, Any]]) -> list[int]:
        """Create records, all or none; children are given as Tryton's commands, such as `["create", [...]]`."""
        return self._api.send("POST", f"rest/model/{model}/create", {"vlist": values}).body

    def change(self, model: str, id_: int, values: Mapping[str, Any]) -> None:
        """Change one record."""
        self._api.send("PUT", f"rest/model/{model}/{id_}", values, {"f": "id"})

    def press(self, model: str, button: str, ids: Sequence[int]) -> Sequence[int]:
        """Press a button of all these records, or of none; returns their numbers."""
        # An `id`, as JSON-RPC has it, would make errors come with status 200 (trytond/protocols/jsonrpc.py).
        call = {"method": f"model.{model}.{button}", "params": [ids, self._context]}
        self._api.send("POST", "rpc/", call, headers=self._login)
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
