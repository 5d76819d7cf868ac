"""How Tryton is spoken to: REST with a user application's key; buttons for many records by JSON-RPC, with a login."""

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any, cast

import orjson

from adapters.bulk import in_halves
from adapters.erp.tryton.options import TrytonOptions
from adapters.http import Api, KeyRefused, Rejected, exact
from hub.clock import Clock
from hub.config import resolve

MOST_IDS = 200
"""In one address, so that it stays below the 8 kB that a proxy may allow."""
EVERY = {"active_test": False}
"""The context that shows what has been hidden as well."""
_INSTANT = ("year", "month", "day", "hour", "minute", "second", "microsecond")

Row = dict[str, Any]


class Tryton:
    """One company in one Tryton database. Raises what `Api` raises."""

    def __init__(self, name: str, options: TrytonOptions, clock: Clock) -> None:
        """Resolve the secrets; nothing is sent yet."""
        self._context = {"company": options.company}  # Without it prices and sums are null.
        self._login = [options.user, {"password": resolve(options.password)}] if options.password else []
        self._session: dict[str, str] = {}
        self._api = Api(
            name,
            str(options.url),
            headers={"Authorization": f"bearer {resolve(options.key)}", "X-Tryton-Context": _packed(self._context)},
            requests_per_second=options.requests_per_second,
            timeout=options.timeout,
            clock=clock,
        )

    def search(
        self,
        model: str,
        fields: str,
        domain: Sequence[Any] = (),
        *,
        order: str = "id",
        limit: int = 0,
        context: Mapping[str, Any] | None = None,
    ) -> list[Row]:
        """Return active records with these fields, parted by blanks; dots lead through relations."""
        way = [order.removeprefix("-"), "DESC" if order.startswith("-") else "ASC"]
        params = [("f", field) for field in fields.split()] + [("d", _packed(encoded(domain))), ("o", _packed([way]))]
        params += [("s", str(limit))] * bool(limit)
        headers = {"X-Tryton-Context": _packed(self._context | dict(context or {}))}
        return decoded(self._api.get(f"rest/model/{model}", params, headers=headers).body)

    def having(
        self, model: str, fields: str, key: str, ids: Sequence[int], domain: Sequence[Any] = (), **context: Any
    ) -> list[Row]:
        """Return the records, active or not, that have one of these numbers in the field `key`."""
        groups = [[key, "in", ids[start : start + MOST_IDS]] for start in range(0, len(ids), MOST_IDS)]
        found = [self.search(model, fields, [each, *domain], context=EVERY | context) for each in groups]
        return [row for rows in found for row in rows]

    def create(self, model: str, values: Sequence[Mapping[str, Any]]) -> list[int | Rejected]:
        """Create records, all in one transaction if it may be; returns the number or the refusal of each."""
        made: dict[int, int | Rejected] = {}

        def make(places: Sequence[int]) -> None:
            body = {"vlist": encoded([values[place] for place in places])}
            made.update(zip(places, self._api.send("POST", f"rest/model/{model}/create", body).body, strict=True))

        made.update(in_halves(range(len(values)), make))
        return [made[place] for place in range(len(values))]

    def change(self, model: str, id_: int, values: Mapping[str, Any]) -> None:
        """Change one record; children are given as Tryton's commands, such as `["create", [...]]`."""
        self._api.send("PUT", f"rest/model/{model}/{id_}", encoded(values), {"f": "id"})

    def press(self, model: str, button: str, ids: Sequence[int]) -> dict[int, Rejected]:
        """Press a button of records, with a login of all in one transaction; returns which of them it refuses."""

        def press_one(some: Sequence[int]) -> None:
            self._api.send("POST", f"rest/model/{model}/{some[0]}/{button}", {}, {"f": "id"})

        def press_all(some: Sequence[int]) -> None:
            self._call(f"model.{model}.{button}", [list(some), self._context])

        if self._login:
            return dict(in_halves(ids, press_all))
        return dict(refusal for id_ in ids for refusal in in_halves([id_], press_one))

    def _call(self, method: str, params: list[Any]) -> None:
        """Call within a session; one that has ended is opened anew, as nothing was carried out in it."""
        lasting = bool(self._session)
        if not lasting:
            number, token, *_ = self._rpc("common.db.login", self._login)
            session = base64.b64encode(f"{self._login[0]}:{number}:{token}".encode()).decode("ascii")
            self._session = {"Authorization": f"Session {session}"}
        try:
            self._rpc(method, params)
        except KeyRefused as refusal:
            self._session = {}
            if not lasting or refusal.status != HTTPStatus.UNAUTHORIZED:
                raise
            self._call(method, params)

    def _rpc(self, method: str, params: list[Any]) -> Any:
        body = {"id": 1, "method": method, "params": params}
        answer = self._api.send("POST", "rpc/", body, headers=self._session).body
        if error := answer.get("error"):
            raise Rejected(" ".join(str(part) for part in error[1] if part), status=HTTPStatus.BAD_REQUEST, body=error)
        return answer["result"]


def decoded(value: Any) -> Any:
    """Return an answer in plain JSON: numbers as decimal strings, times as RFC 3339, dates as YYYY-MM-DD."""
    if isinstance(value, float):
        return exact(value)
    if isinstance(value, list):
        return [decoded(each) for each in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    row = cast("Row", value)
    match row.get("__class__"):
        case "Decimal":
            return row["decimal"]
        case "date":
            return date(row["year"], row["month"], row["day"]).isoformat()
        case "datetime":
            return datetime(*[row[part] for part in _INSTANT], tzinfo=UTC).isoformat(timespec="microseconds")
        case _:
            return {name: decoded(each) for name, each in row.items() if name != "__name__"}


def encoded(value: Any) -> Any:
    """Return plain JSON with Tryton's classes for Decimals, instants (UTC) and dates."""
    match value:
        case Decimal():
            return {"__class__": "Decimal", "decimal": format(value, "f")}
        case datetime():
            return {"__class__": "datetime"} | {part: getattr(value, part) for part in _INSTANT}
        case date():
            return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
        case dict():
            return {name: encoded(each) for name, each in cast("Row", value).items()}
        case list() | tuple():
            return [encoded(each) for each in cast("Sequence[Any]", value)]
        case _:
            return value


def _packed(value: Any) -> str:
    """Return JSON as addresses and headers take it."""
    return base64.urlsafe_b64encode(orjson.dumps(value)).decode("ascii")
